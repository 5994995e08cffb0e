"""`diff` and `backtest`: what a change of workflow files means, for those who maintain them."""

from __future__ import annotations

import shutil

import pytest

CHAIR = ("--by", "Carys Chair", "--role", "independent_chair")


@pytest.fixture
def change(loop, tmp_path):
    """Writes a version of the review with changes to its text, beside nothing else; where it is."""

    def write(*changes, name="proposed.yaml"):
        text = (loop.workflows / "review.yaml").read_text("utf-8")
        for before, after in changes:
            assert before in text
            text = text.replace(before, after)
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return str(path)

    return write


def old(loop):
    return str(loop.workflows / "review.yaml")


def test_a_file_and_itself_differ_in_nothing(loop):
    answer = loop("diff", old(loop), old(loop))

    assert (answer.status, answer.err) == (0, "")
    assert answer.out == "No difference in meaning: 7 comparisons of rules, each exact\n"


def test_what_differs_is_told_in_words_with_an_example(loop, change):
    new = change(
        ("harmed and possible(concern)", "harmed and concern"),
        ("within: 1 month", "within: 2 months"),
        ("version: 1", "version: 2"),
        ("title: Review\n", "title: A review\n"),
    )

    answer = loop("diff", old(loop), new)

    assert answer.status == 1
    assert answer.out == (
        "\n"
        "review, version 1 and version 2\n"
        "rule criteria: was harmed and possible(concern); is harmed and concern\n"
        "  for example harmed: yes; concern: unknown\n"
        "              it was true, and is unknown\n"
        "  and so      referred.accept, referred.decline\n"
        "deadline decide: its length: was 1 month; is 2 months\n"
        "\n"
        "Only words, or names, by which nothing is decided:\n"
        "  workflow review: title: was Review; is A review\n"
        "\n"
        "2 differences in meaning\n"
    )


def test_other_words_alone_are_said_to_be_that(loop, change):
    answer = loop("diff", old(loop), change(("harmed and possible", "not not harmed and possible")))

    assert answer.status == 0
    assert answer.out.endswith(
        "Only words have changed: no difference in meaning: 7 comparisons of rules, each exact\n"
    )


def test_two_folders_are_compared_file_by_file(loop, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(loop.workflows, other)
    action = other / "action.yaml"
    action.write_text(
        action.read_text("utf-8").replace(
            "drop: {to: dropped, by: business_unit", "drop: {to: dropped, by: executive"
        ),
        "utf-8",
    )

    answer = loop("diff", str(loop.workflows), str(other), "--json")

    assert answer.status == 1
    found = {each["workflow"]: each for each in answer.json["workflows"]}
    assert [*found] == ["small", "action", "review"]
    assert [each["about"] for each in found["action"]["differences"]] == ["proposed.drop", "begun.drop"]
    assert (found["review"]["same"], found["review"]["proved"], answer.json["same"]) == (True, True, False)


@pytest.mark.parametrize(
    ("named", "said"),
    [
        (("review.yaml", "."), "one of the two is a folder, and the other is not"),
        (("review.yaml", "action.yaml"), "is of the workflow review, and"),
        (("review.yaml", "framework.yaml"), "does not say of which workflow it is"),
        (("review.yaml", "nothing.yaml"), "there is no file"),
    ],
)
def test_what_cannot_be_compared_is_a_mistake(loop, named, said):
    answer = loop("diff", *(str(loop.workflows / each) for each in named))

    assert answer.status == 2
    assert said in answer.err


def test_a_file_that_is_wrong_is_told_where(loop, change):
    new = change(("harmed and possible", "hurt and possible"))

    answer = loop("diff", old(loop), new)

    assert answer.status == 1
    assert f"{new}:" in answer.err


def test_a_proposal_is_tried_on_what_has_been_and_changes_nothing(loop, change):
    case = loop.case("harmed=yes", "told_on=2017-01-09")
    loop.rehearse("fire", case, "accept", *CHAIR)
    before = loop.rehearse("history", case).out
    new = change(
        ("harmed and possible(concern)", "harmed and concern"), ("within: 1 month", "within: 2 months")
    )

    answer = loop.rehearse("backtest", new)

    assert answer.status == 0
    assert answer.out == (
        "review, version 1 as proposed: 1 case (1 of version 1), 1 decision, 1 deadline\n"
        "  1 decision would wait for an answer\n"
        "  1 deadline would fall due otherwise\n"
        "\n"
        "Decisions that would come out otherwise\n"
        "CASE          ON          EVENT            WAS    WOULD               WHY\n"
        "REV-2017-001  2017-01-09  referred.accept  moved  wait for an answer  accept needs what is not "
        "settled (criteria): ask for concern; executive may override it with a reason\n"
        "\n"
        "Deadlines that would fall due otherwise\n"
        "CASE          DEADLINE  SINCE       WAS DUE     WOULD BE\n"
        "REV-2017-001  decide    2017-01-09  2017-02-09  2017-03-09\n"
    )
    assert loop.rehearse("history", case).out == before


def test_the_same_file_would_have_changed_nothing(loop):
    loop.rehearse("fire", loop.case("harmed=yes"), "accept", *CHAIR)

    answer = loop.rehearse("backtest", old(loop))

    assert answer.out.splitlines()[1:] == ["  nothing would have come out otherwise"]


def test_so_many_lines_are_shown_and_all_of_them_as_json(loop, change):
    for _ in range(3):
        loop.rehearse("fire", loop.case("harmed=yes"), "accept", *CHAIR)
    new = change(("harmed and possible(concern)", "harmed and concern"))

    short = loop.rehearse("backtest", new, "--limit", "1")
    whole = loop.rehearse("backtest", new, "--json")

    assert short.out.endswith("and 2 more: --limit shows more of them, and --json all\n")
    assert [each["case"] for each in whole.json["flips"]] == [f"REV-2017-00{n}" for n in (1, 2, 3)]
    assert loop.rehearse("backtest", new, "--limit", "few").status == 2
