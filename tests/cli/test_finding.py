"""`loopengine find`: which cases meet a rule, which do not, and of which it cannot be told."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli.conftest import CommandLine

from loopengine.workflow_files import default_framework


def test_counts_come_first_then_each_group_and_what_to_ask(loop: CommandLine) -> None:
    yes, no, unknown = loop.case("harmed=yes"), loop.case("harmed=no"), loop.case()

    said = loop.rehearse("find", "review", "criteria")

    assert said.status == 0
    counts, *listed = said.out.split("\n\n")
    assert counts.splitlines() == [
        "criteria (review) on Mon 2017-01-09",
        "  yes         1",
        "  no          1",
        "  cannot tell 1",
    ]
    assert [each.splitlines()[0] for each in listed] == ["Yes", "No", "Cannot tell"]
    for part, case in zip(listed, (yes, no, unknown), strict=True):
        assert case in part
    assert "Was the child harmed?" in listed[2]
    assert f"loopengine record {unknown} harmed=ANSWER" in listed[2]


def test_no_more_are_shown_than_asked_for_and_all_are_counted(loop: CommandLine) -> None:
    first, second = loop.case("harmed=yes"), loop.case("harmed=yes")

    said = loop.rehearse("find", "review", "harmed", "--limit", "1")

    assert first in said.out
    assert second not in said.out
    assert "and 1 case more (see --limit)" in said.out
    assert loop.rehearse("find", "review", "harmed", "--limit", "few").status == 2


def test_it_can_be_asked_of_a_day_and_of_ended_cases(loop: CommandLine) -> None:
    case = loop.case("harmed=yes")
    loop.rehearse("withdraw", case, "--reason", "opened twice", "--role", "business_unit")
    rule = 'since("opened", "1 week")'

    assert loop.rehearse("find", "review", rule, "--json").json["no"]["count"] == 0
    assert loop.rehearse("find", "review", rule, "--all", "--json").json["no"]["count"] == 1
    later = loop.rehearse("find", "review", rule, "--all", "--on", "2017-01-16", "--json").json
    assert later["yes"]["cases"][0]["case"] == case


def test_what_had_to_be_looked_at_is_told(loop: CommandLine) -> None:
    loop.case("harmed=yes")

    said = loop.rehearse("find", "review", 'within_before(harmed, "6 months", told_on)')

    assert 'looked at   one by one, because of within_before(harmed, "6 months", …)' in said.out


def test_what_is_no_condition_is_refused_with_what_was_meant(loop: CommandLine) -> None:
    loop.case()

    wrong = loop.rehearse("find", "review", "harmd and concern")

    assert wrong.status == 2
    assert "no fact or rule is called 'harmd'" in wrong.err
    assert "did you mean 'harmed'?" in wrong.err


@pytest.mark.parametrize(
    ("name", "said", "instead"),
    [
        ("told_on", "told_on is a date fact", 'told_on < "2017-01-31"'),
        ("note", "note is a text fact", "known(note)"),
        ("agencies", "agencies is a parties fact", '"police" in agencies'),
        ("reviewer_of", "reviewer_of is a party fact", "known(reviewer_of)"),
    ],
)
def test_a_fact_that_is_no_condition_is_told_as_what_it_is_and_what_to_write(
    loop: CommandLine, name: str, said: str, instead: str
) -> None:
    loop.case()

    wrong = loop.rehearse("find", "review", name)

    assert wrong.status == 2
    assert f"'{name}' is no condition of review: {said}, and not a condition by itself\nwrite " in wrong.err
    assert instead in wrong.err
    assert loop.rehearse("find", "review", instead).status == 0


def test_so_are_a_number_and_a_choice_and_an_event(tmp_path: Path) -> None:
    board = CommandLine(tmp_path / "board.db", default_framework())
    assert board.rehearse("open", "challenge", "--role", "business_unit").status == 0

    number, choice, event = (
        board.rehearse("find", "incident", name).err for name in ("age_at_event", "trigger", "decide")
    )

    assert "age_at_event is a number fact" in number
    assert "write age_at_event >= 1, or known(age_at_event)" in number
    assert "trigger is a one_of fact" in choice
    assert 'write trigger == "incident", or known(trigger)' in choice
    assert 'it is an event: write since("decide", "1 month")' in event


def test_a_fact_without_its_workflow_is_told_with_what_to_type(loop: CommandLine) -> None:
    loop.case()

    yes_no, day = loop.rehearse("find", "harmed"), loop.rehearse("find", "told_on")

    assert yes_no.status == day.status == 2
    assert yes_no.err.endswith(
        "'harmed' is a yes_no fact of review, and not a rule\nsay loopengine find review harmed\n"
    )
    assert day.err.endswith(
        "'told_on' is a date fact of review, and not a rule\n"
        'say loopengine find review "known(told_on)", or compare it\n'
    )
    several = loop.rehearse("find", "note").err
    assert "'note' is a text fact of action, review, and not a rule" in several


def test_a_rule_that_only_one_workflow_has_is_found_by_its_name_alone(loop: CommandLine) -> None:
    loop.case("harmed=yes")

    alone, named = (
        loop.rehearse("find", *words, "--json") for words in (("criteria",), ("review", "criteria"))
    )

    assert alone.json == named.json
    nobodys = loop.rehearse("find", "harmed and told_on < today")
    assert nobodys.status == 2
    assert "no workflow has a rule called" in nobodys.err
    assert "find WORKFLOW RULE" in nobodys.err
    assert loop.rehearse("find").status == 2
    assert "did you mean 'criteria'?" in loop.rehearse("find", "critera").err


def test_a_rule_that_several_workflows_have_wants_the_workflow_named(tmp_path: Path) -> None:
    board = CommandLine(tmp_path / "board.db", default_framework())
    assert board.rehearse("open", "challenge", "--role", "business_unit").status == 0

    said = board.rehearse("find", "criteria_met")

    assert said.status == 2
    assert "'criteria_met' is a rule of several: incident, serious-case-review" in said.err
    assert "loopengine find incident criteria_met" in said.err
