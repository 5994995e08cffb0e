"""`mutate`: which slip of the pen in a workflow file nobody would notice, for those who write them."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from test_documented_json import documented, within

from loopengine.core.mutating.mutants import KINDS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "testing.md").read_text("utf-8")
NUMBERS = {"check", "example", "proof", "equivalent", "argued", "survived"}


@pytest.fixture
def examples(loop):
    """Writes the examples of the review."""
    home = loop.workflows / "examples"
    home.mkdir()

    def write(text):
        (home / "review.yaml").write_text("examples: review\n" + dedent(text), "utf-8")
        return str(loop.workflows / "review.yaml")

    return write


def test_a_slip_that_nobody_notices_is_shown_with_a_case_that_would_come_out_otherwise(loop, examples):
    file = examples("reasons: decline")

    answer = loop("mutate", file, "--kind", "possible")

    assert (answer.status, answer.err) == (1, "")
    assert answer.out == (
        "review: rule criteria: `possible(concern)` becomes `concern`\n"
        "  slip        rules.criteria.when/possible-1\n"
        "  for example harmed: yes; concern: unknown\n"
        "              it is true, and would be unknown\n"
        "1 slip: 1 noticed by nobody\n"
    )


def test_once_that_case_is_an_example_it_is_noticed(loop, examples):
    file = examples("rules: {criteria: {given: {harmed: true}, is: true}}")

    answer = loop("mutate", file, "--kind", "possible", "--all")

    assert answer.status == 0
    assert answer.out == (
        "review: rule criteria: `possible(concern)` becomes `concern`: noticed by an example\n"
        "              rule criteria 1: criteria is UNKNOWN then, and not TRUE\n"
        "1 slip: 1 noticed by an example\n"
    )


def test_what_is_argued_for_may_go_unnoticed(loop, examples):
    file = examples('survivors: {"rules.*/possible-1": whoever reads it will ask}')

    assert loop("mutate", file, "--kind", "possible").out == "1 slip: 1 argued for\n"


def test_an_argument_for_whatever_there_may_be_is_none(loop, examples):
    file = examples('survivors: {"*": it will do}')

    answer = loop("mutate", file)

    assert answer.status != 0
    assert "the name of a slip" in answer.out + answer.err


def test_an_argument_that_nothing_needs_is_told(loop, examples):
    file = examples("survivors: {rules.gone.when/limit-1: it was so once}")

    answer = loop("mutate", file)

    assert answer.status == 1
    assert (
        "'rules.gone.when/limit-1' is argued for, and there is no such slip; take the argument away"
        in answer.out
    )


def test_so_is_one_in_a_file_in_which_no_slip_can_be_made(loop, examples):
    examples("reasons: decline")
    argued = "examples: small\nsurvivors: {roles.gone/limit-1: it was so once}"
    (loop.workflows / "examples" / "framework.yaml").write_text(argued, "utf-8")

    answer = loop("mutate", str(loop.workflows / "framework.yaml"))

    assert answer.status == 1
    assert "'roles.gone/limit-1' is argued for, and there is no such slip" in answer.out
    assert answer.out.endswith("\nNo slip to make\n")
    assert loop("mutate", str(loop.workflows / "action.yaml"), "--kind", "limit").status == 0


def test_who_names_examples_is_told_what_to_name_instead(loop, examples):
    review = examples("reasons: decline")
    home = loop.workflows / "examples"

    file, folder = loop("mutate", str(home / "review.yaml")), loop("mutate", str(home))

    assert (file.status, folder.status) == (2, 2)
    assert file.err == (
        f"error: {str(home / 'review.yaml')!r} is a file of examples, and no slips are made in those\n"
        f"say loopengine mutate {review}, the file of which they are\n"
    )
    assert folder.err == (
        f"error: {str(home)!r} is a folder of examples, and no slips are made in those\n"
        f"say loopengine mutate {loop.workflows}\n"
    )
    assert "there is no file" in loop("mutate", str(home / "gone.yaml")).err


def test_the_kinds_of_slips_are_told_by_the_help_and_the_page_as_they_are_declared(loop):
    help_ = " ".join(loop("mutate", "--help").out.split())

    assert f"Only slips of this kind: {', '.join(KINDS[:-1])} or {KINDS[-1]};" in help_
    assert [kind for kind in KINDS if f"`{kind}`" not in PAGE] == []


def test_what_developers_call_a_slip_is_explained_where_the_json_says_it(loop):
    assert "Developers call a file with a slip in it a mutant" in " ".join(
        loop("mutate", "--help").out.split()
    )
    assert "Developers call the file with one slip in it a mutant" in PAGE


def test_the_json_is_as_documented(loop, examples):
    file = examples("reasons: decline\nsurvivors: {gone: it was so once}")

    document = loop("mutate", file, "--json").json

    assert document.keys() == documented("mutate")
    assert document["numbers"].keys() == within("mutate", "numbers") == NUMBERS
    assert {*document["mutants"][0]} == within("mutate", "mutants")
    assert {*document["stale"][0]} == within("mutate", "stale")
    assert sum(document["numbers"].values()) == len(document["mutants"])


def test_a_whole_folder_is_tried_where_no_file_is_named(loop):
    document = loop("mutate", "--json", "--kind", "guard").json

    assert {each["file"] for each in document["mutants"]} <= {
        each.name for each in loop.workflows.glob("*.yaml")
    }


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--kind", "gard"), "did you mean 'guard'?"),
        (("gone.yaml",), "there is no file 'gone.yaml'"),
    ],
)
def test_what_there_is_not_cannot_be_tried(loop, args, said):
    answer = loop("mutate", *args)

    assert answer.status == 2
    assert said in answer.err


def test_examples_that_do_not_come_out_are_told_by_check_and_can_notice_nothing(loop, examples):
    file = examples("rules: {criteria: {given: {harmed: true}, is: false}}")

    checked, tried = loop("check", file), loop("mutate", file)

    assert checked.status == 1
    assert "example rule criteria 1: criteria is TRUE then, and not FALSE" in checked.out
    assert "example rule criteria 1: criteria is TRUE then, and not FALSE" in tried.err


def test_a_file_of_examples_is_checked_by_its_own_name(loop, examples):
    examples("rules: {criteria: {given: {harmed: true}, is: false}}")
    named = str(loop.workflows / "examples" / "review.yaml")

    wrong, whole = loop("check", named), loop("check", str(loop.workflows / "examples"))
    examples("rules: {criteria: {given: {harmed: true}, is: true}}")

    assert wrong.status == 1
    assert "example rule criteria 1: criteria is TRUE then, and not FALSE" in wrong.out
    assert "1 problem\n" in wrong.out
    assert "1 problem\n" in whole.out
    assert loop("check", named).status == 0


def test_a_file_that_is_named_twice_is_tried_once(loop, examples):
    file = examples("reasons: decline")

    assert loop("mutate", file, file, "--kind", "possible").out.endswith("1 slip: 1 noticed by nobody\n")


def test_a_file_of_examples_has_a_schema(loop):
    assert loop("schema", "--examples").json["title"] == "A file of examples for workflow files of loopengine"
    assert loop("schema", "--examples", "--framework").status == 2
