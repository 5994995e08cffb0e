"""Where options may stand: before the verb, between its words and after it, also those that are its own."""

from itertools import groupby

import click
import pytest

from loopengine.cli.arranging import arranged, flags_of, verbs
from loopengine.cli.options import verb
from loopengine.cli.program import program
from loopengine.errors import UsageError

CHAIR = ("--by", "Carys Chair", "--role", "independent_chair")


def after(given, day, length):
    """A verb of two words."""


BOARD = click.Group(
    "loopengine",
    commands=[
        click.Group("calendar", commands=[verb("after")(after), verb("show")(after)]),
        verb("fire")(click.option("--reason")(click.option("--quiet", is_flag=True)(after))),
    ],
    params=[click.Option(["--json"], is_flag=True), click.Option(["--by"])],
)


def test_a_reason_may_stand_before_the_verb(loop):
    case = loop.case("harmed=no")

    answer = loop.rehearse("--reason", "fire open", *CHAIR, "fire", case, "decline", "--json")

    assert (answer.status, answer.json["moved"]) == (0, True)
    assert loop.rehearse("history", case, "--json").json[-1]["reason"] == "fire open"


def test_evidence_and_correct_may_stand_before_the_verb(loop):
    case = loop.case("harmed=yes")

    first = loop.rehearse("--evidence", "minute 7", "record", case, "concern=no")
    second = loop.rehearse("--correct", "--evidence=minute 8", "record", case, "concern=no")

    assert (first.status, second.status) == (0, 0)
    kinds = [(each["kind"], each["evidence"]) for each in loop.rehearse("history", case, "--json").json[1:]]
    assert kinds == [("recorded", "minute 7"), ("corrected", "minute 8")]


def test_under_may_stand_before_the_verb(loop):
    case = loop.case()

    answer = loop.rehearse("--under", case, "--evidence", "minute 7", "open", "action", "--json")

    assert answer.status == 0
    assert loop.rehearse("show", answer.json["case"], "--json").json["parent"] == case


def test_conditions_of_a_list_may_stand_before_the_verb(loop):
    first, second = loop.case("harmed=no"), loop.case("harmed=no")
    loop.rehearse("fire", first, "decline", *CHAIR, "--reason", "old")

    def listed(*options):
        return [each["case"] for each in loop.rehearse(*options, "list", "--json").json]

    assert listed("--open") == [second]
    assert listed("--state", "declined") == [first]
    assert listed("--stage=decision", "--workflow", "review") == [first]
    assert listed("--workflow", "action") == []


def test_options_about_files_may_stand_before_the_verb(loop):
    assert (
        loop("--format", "dot", "diagram", "review").out == loop("diagram", "review", "--format", "dot").out
    )
    assert loop("--framework", "schema").out == loop("schema", "--framework").out != loop("schema").out


def test_roles_before_and_after_the_verb_add_up_and_of_the_rest_the_last_wins():
    words = ["--by=Ann", "--json", "fire", "SCR-1", "--by", "Bea"]

    assert arranged(BOARD, words) == ["fire", "--by=Ann", "--json", "SCR-1", "--by", "Bea"]


@pytest.mark.parametrize(
    "given",
    [
        ["--by", "fire", "calendar", "after", "2017-01-09", "15 working days"],
        ["calendar", "--by", "fire", "after", "2017-01-09", "15 working days"],
        ["calendar", "after", "--by", "fire", "2017-01-09", "15 working days"],
    ],
)
def test_options_may_stand_between_the_words_of_a_verb(given):
    assert arranged(BOARD, given) == ["calendar", "after", "--by", "fire", "2017-01-09", "15 working days"]


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (["--quiet", "fire", "A"], ["fire", "--quiet", "A"]),
        (["--reason", "--quiet", "fire", "A"], ["fire", "--reason", "--quiet", "A"]),
        (["--reason=", "fire", "A"], ["fire", "--reason=", "A"]),
        (["--reason", "", "fire", "A"], ["fire", "--reason", "", "A"]),
        (["--json", "--", "fire", "--", "-A"], ["fire", "--json", "--", "-A"]),
        (["--help", "fire"], ["fire", "--help"]),
        (["-h", "calendar"], ["calendar", "--help"]),
        (["help"], ["--help"]),
        (["help", "calendar", "after"], ["calendar", "after", "--help"]),
        (["--json", "--help"], ["--help"]),
        (["fire", "--version"], ["fire", "--version"]),
        (["calendar"], ["calendar"]),
        ([], []),
    ],
)
def test_arguments_are_arranged_as_they_are_meant(given, meant):
    assert arranged(BOARD, given) == meant


@pytest.mark.parametrize(
    ("given", "message", "hint"),
    [
        (["calendar", "aftre"], "no verb of `calendar` is called 'aftre'", "did you mean 'after'?"),
        (["--json", "calender", "show"], "no verb is called 'calender'", "did you mean 'calendar'?"),
        (["calendar", "--json"], "no verb is among the arguments", "`loopengine calendar --help` lists them"),
    ],
)
def test_what_cannot_be_arranged_is_told_with_the_way_out(given, message, hint):
    with pytest.raises(UsageError) as caught:
        arranged(BOARD, given)

    assert (caught.value.message, caught.value.hint) == (message, hint)


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (["fire", "REV-2017-001", "accept"], ["--under", "REV-2017-001"]),
        (["open", "review"], ["--correct"]),
        (["list"], ["--reason", "old"]),
        (["history", "REV-2017-001"], ["--state=closed"]),
        (["why", "REV-2017-001"], ["--on", "2017-01-09"]),
    ],
)
def test_an_option_of_another_verb_is_refused_naming_the_verb_wherever_it_stands(loop, words, option):
    name = words[0]
    flag = option[0].split("=")[0]

    for args in ([*option, *words], [*words, *option]):
        answer = loop.rehearse(*args)
        assert (answer.status, answer.out) == (2, "")
        assert answer.err.splitlines() == [
            f"error: `{name}` does not take {flag}",
            f"`loopengine {name} --help` says what it takes",
        ]


@pytest.mark.parametrize("args", [["--reasn", "x", "fire", "A", "b"], ["fire", "A", "b", "--reasn", "x"]])
def test_an_option_that_no_verb_has_is_told_with_the_nearest(loop, args):
    answer = loop(*args)

    assert (answer.status, answer.out) == (2, "")
    assert answer.err.splitlines()[0] == "error: no option is called '--reasn'"
    assert "'--reason'" in answer.err.splitlines()[1]


@pytest.mark.parametrize("args", [["--json"], ["--by", "Ann", "--json"]])
def test_options_without_a_verb_are_a_mistake(loop, args):
    answer = loop(*args)

    assert (answer.status, answer.out) == (2, "")
    assert answer.error == {
        "kind": "usage",
        "message": "no verb is among the arguments",
        "hint": "`loopengine --help` lists them",
    }


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_may_be_asked_for_before_the_verb_and_after_it(loop, flag):
    before, later = loop(flag, "fire"), loop("--reason", "x", "fire", flag)

    assert before == later == loop("fire", flag)
    assert before.status == 0
    assert before.out.startswith("Usage: loopengine fire")


def test_the_version_is_told_whatever_follows(loop):
    assert loop("--version", "list").out == loop("--version").out


def test_an_option_takes_a_value_in_every_verb_that_has_it_or_in_none():
    """Which verb is meant is known only once the options before it are behind."""
    every = [program, *(command for _, command in verbs(program))]
    found = sorted((flag, option.is_flag) for each in every for flag, option in flags_of(each).items())

    ways = {flag: {takes for _, takes in group} for flag, group in groupby(found, lambda pair: pair[0])}

    # `schema --framework` is as old as `simulate --framework NAME` is wanted.
    assert [flag for flag, takes in ways.items() if len(takes) > 1] == ["--framework"]


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (["--framework", "schema"], ["schema", "--framework"]),
        (["--framework", "schema", "--json"], ["schema", "--framework", "--json"]),
        (["--framework", "north", "simulate"], ["simulate", "--framework", "north"]),
        (["--framework=north", "simulate"], ["simulate", "--framework=north"]),
    ],
)
def test_an_option_that_is_a_flag_for_one_verb_and_not_for_another_is_told_by_what_follows(given, meant):
    assert arranged(program, given) == meant
