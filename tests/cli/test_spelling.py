"""Days and numbers as spreadsheets write them: refused, with how to write them."""

import pytest

from loopengine.cli.spelling import otherwise

JANUARY = "write 2017-01-31 if 31 January 2017 is meant"


@pytest.mark.parametrize(
    "text",
    [
        "31/01/2017",
        "31/1/2017",
        "31.01.2017",
        "31-01-2017",
        "31/01/17",
        "31 Jan 2017",
        "31-Jan-17",
        "31st January 2017",
        "31 JANUARY, 2017",
        "31Jan 2017",
        "January 31, 2017",
        " 31/01/2017 ",
        "2017/01/31",
        "2017-1-31",
        "20170131",
    ],
)
def test_a_day_that_is_written_otherwise_is_told_as_it_is_written_here(text):
    assert otherwise(text) == JANUARY


def test_the_day_comes_before_the_month():
    assert otherwise("03/04/2017") == "write 2017-04-03 if 3 April 2017 is meant"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("1,200", "write 1200: a number has no commas or spaces in it"),
        ("1 200 000", "write 1200000: a number has no commas or spaces in it"),
        ("1,200.00", "write 1200: a number has no commas or spaces in it"),
        ("3.0", "write 3: a number is whole"),
        ("3.5", "a number is whole: 3, for example"),
    ],
)
def test_a_number_that_is_written_otherwise_is_told_as_it_is_written_here(text, hint):
    assert otherwise(text) == hint


@pytest.mark.parametrize(
    "text",
    ["", "maybe", "31/13/2017", "32/01/2017", "31 Foo 2017", "2017-02-30", "12", "1,2", "yesterday", "1/2"],
)
def test_of_anything_else_nothing_is_guessed(text):
    assert otherwise(text) is None


@pytest.mark.parametrize(
    "verb", [["record", "REV-2017-001"], ["open", "review"], ["open", "action", "--under", "REV-2017-001"]]
)
def test_an_answer_written_otherwise_is_refused_with_the_hint(loop, verb):
    loop.case()
    fact = "owner" if "action" in verb else "told_on"

    answer = loop.rehearse(*verb, "note=3.5", f"{fact}=31/01/2017")

    assert (answer.status, answer.out) == (2, "")
    first, hint = answer.err.splitlines()
    assert first == f"error: {fact} cannot be '31/01/2017'"
    assert hint.startswith(f"{JANUARY}; it is ")


def test_assess_gives_the_hint_as_well(loop):
    answer = loop("assess", "review", "criteria", "told_on=31 Jan 2017")

    assert answer.status == 2
    assert answer.err.splitlines()[1] == f"{JANUARY}; it is a date such as 2017-01-31, or unknown"


def test_a_number_in_a_workflow_gets_the_hint(loop):
    loop.env = {"LOOPENGINE_WORKFLOWS": None}

    answer = loop("assess", "serious-case-review", "criteria_met", "age_at_event=3.5")

    assert answer.status == 2
    assert answer.err.splitlines()[1].startswith("a number is whole: 3, for example; it is a whole number")


def test_the_day_on_which_it_was_so_gets_the_hint(loop):
    assert loop("open", "review", "--on", "31/01/2017").err.splitlines()[1] == JANUARY


def test_a_text_that_looks_like_a_day_is_a_text(loop):
    case = loop.case("note=31/01/2017")

    assert loop.rehearse("show", case, "--json").json["facts"]["note"]["value"] == "31/01/2017"
