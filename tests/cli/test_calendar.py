"""The verbs about working days; the dates themselves are in tests/domain/test_worked_dates.py."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import click
import pytest
from click.testing import CliRunner

from loopengine.cli.calendar import calendar_verb
from loopengine.cli.program import program

VERBS = sorted(calendar_verb.commands)


def count_the_same_day(loop: Any) -> None:
    """Have the framework's own calendar count the day that starts a clock."""
    file = loop.workflows / "framework.yaml"
    file.write_text(file.read_text("utf-8") + "calendar: {first_day: same_day}\n", "utf-8")


# after


def test_what_is_due_after_a_day_is_one_answer(loop):
    answer = loop("calendar", "after", "2017-03-30", "15 working days", "--json")

    assert answer.status == 0
    assert answer.json == {"due": "2017-04-24", "provisional": False, "rolled_by": None}


@pytest.mark.parametrize("words", [["5 working days"], ["5", "working", "days"]])
def test_a_duration_may_stand_without_quotes(loop, words):
    assert loop("calendar", "after", "2017-04-13", *words, "--json").json["due"] == "2017-04-24"


@pytest.mark.parametrize(
    ("options", "due", "rolled_by"),
    [
        ([], "2017-04-14", None),
        (["--roll", "none"], "2017-04-14", None),
        (["--roll", "next"], "2017-04-18", "next"),
        (["--roll", "previous"], "2017-04-13", "previous"),
    ],
)
def test_a_day_not_worked_is_moved_by_the_rule_that_is_named(loop, options, due, rolled_by):
    answer = loop("calendar", "after", "2017-03-31", "14 days", *options, "--json")

    assert answer.json == {"due": due, "provisional": False, "rolled_by": rolled_by}


def test_the_first_day_counts_as_the_framework_says(loop):
    after = loop("calendar", "after", "2017-04-13", "5 working days", "--json").json["due"]
    count_the_same_day(loop)
    same = loop("calendar", "after", "2017-04-13", "5 working days", "--json").json["due"]

    assert (after, same) == ("2017-04-24", "2017-04-21")


@pytest.mark.parametrize(("starts", "due"), [("day_after", "2017-04-24"), ("same_day", "2017-04-21")])
def test_an_option_says_otherwise_than_the_framework(loop, starts, due):
    asked = ("calendar", "after", "2017-04-13", "5 working days", "--starts", starts, "--json")
    before = loop(*asked).json["due"]
    count_the_same_day(loop)

    assert before == loop(*asked).json["due"] == due


def test_beyond_what_is_published_a_date_is_provisional(loop):
    asked = ("calendar", "after", "2030-03-29", "14 working days")

    assert loop(*asked, "--json").json == {"due": "2030-04-18", "provisional": True, "rolled_by": None}
    assert "provisional bank holidays are published from 2011-01-01 to 2028-12-31" in loop(*asked).out


def test_people_are_told_the_day_and_what_was_left_out(loop):
    assert loop("calendar", "after", "2017-04-13", "5 working days").out.splitlines() == [
        "Mon 2017-04-24",
        "  counted     5 working days from Thu 2017-04-13, which does not count",
        "  left out    Fri 2017-04-14 Good Friday",
        "              Mon 2017-04-17 Easter Monday",
    ]


def test_what_was_left_out_of_a_long_time_is_told_in_part(loop):
    lines = loop("calendar", "after", "2012-01-03", "1000 working days").out.splitlines()

    assert len(lines) == 2 + 12 + 1
    assert lines[-1].endswith("and 18 more")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["2017-03-31", "14 days", "--roll", "next"], "moved       to the next working day: Fri 2017-04-14"),
        (["2017-03-31", "14 days"], "note        Fri 2017-04-14 is not worked (Good Friday); --roll"),
        (["2017-03-31", "15 days"], "note        Sat 2017-04-15 is not worked (a Saturday); --roll"),
        (["2017-01-31", "1 month"], "counted     1 month from Tue 2017-01-31"),
        (["2017-04-13", "2 weeks", "--starts", "same_day"], "Thu 2017-04-13, which counts if worked"),
    ],
)
def test_people_are_told_how_it_came_to_that_day(loop, asked, said):
    assert said in loop("calendar", "after", *asked).out


@pytest.mark.parametrize(
    ("asked", "said", "hint"),
    [
        (["13/4/2017", "1 day"], "a day cannot be '13/4/2017'", "2017-04-13"),
        (["2017-02-30", "1 day"], "a day cannot be '2017-02-30'", "2017-01-03"),
        (["2017-04-13", "5 workdays"], "duration '5 workdays' is not understood", "as in '5 working days'"),
        (["2017-04-13", "9999 years"], "9999 years after 2017-04-13 is beyond the year 9999", "less time"),
        (["2017-04-13", "1 day", "--roll", "nxt"], "no roll rule is called 'nxt'", "'next'"),
        (["2017-04-13", "1 day", "--starts", "same"], "no start of counting is called 'same'", "same_day"),
        (["2017-04-13"], "missing argument 'DURATION'", "--help"),
    ],
)
def test_what_cannot_be_counted_is_refused_with_the_way_out(loop, asked, said, hint):
    answer = loop("calendar", "after", *asked)

    assert (answer.status, answer.out) == (2, "")
    first, second = answer.err.splitlines()
    assert first == f"error: {said}"
    assert hint in second


# count


def test_counting_gives_the_working_days_between_two_days(loop):
    assert loop("calendar", "count", "2017-04-13", "2017-04-24", "--json").json == {
        "from": "2017-04-13",
        "to": "2017-04-24",
        "working_days": 5,
        "provisional": False,
    }


@pytest.mark.parametrize(
    ("asked", "days", "provisional"),
    [
        (["2017-04-24", "2017-04-13"], -5, False),
        (["2017-04-13", "2017-04-13"], 0, False),
        (["2017-04-13", "2017-04-21", "--starts", "same_day"], 5, False),
        (["2028-12-29", "2029-01-02"], 1, True),
        (["2010-12-31", "2011-01-04"], 1, False),
    ],
)
def test_a_count_says_whether_it_is_provisional(loop, asked, days, provisional):
    answer = loop("calendar", "count", *asked, "--json").json

    assert (answer["working_days"], answer["provisional"]) == (days, provisional)


def test_a_count_follows_the_framework(loop):
    count_the_same_day(loop)

    assert loop("calendar", "count", "2017-04-13", "2017-04-21", "--json").json["working_days"] == 5


def test_people_are_told_which_days_were_not_counted(loop):
    assert loop("calendar", "count", "2022-09-16", "2022-09-20").out.splitlines() == [
        "1 working day",
        "  from        Fri 2022-09-16, not counted",
        "  to          Tue 2022-09-20, counted if worked",
        "  left out    Mon 2022-09-19 State Funeral of Queen Elizabeth II",
    ]


# show


def test_a_year_is_shown_with_its_months_and_bank_holidays(loop):
    year = loop("calendar", "show", "2017", "--json").json

    assert set(year) == {
        "year",
        "working_days",
        "provisional",
        "published",
        "months",
        "bank_holidays",
        "closures",
    }
    assert (year["year"], year["working_days"], year["provisional"]) == (2017, 252, False)
    assert (year["published"]["from"], year["published"]["until"]) == ("2011-01-01", "2028-12-31")
    assert year["published"]["on"] == "2025-11-24"
    assert year["months"][3] == {"month": 4, "working_days": 18}
    assert sum(month["working_days"] for month in year["months"]) == 252
    assert len(year["bank_holidays"]) == 8
    assert year["bank_holidays"][1] == {"on": "2017-04-14", "name": "Good Friday", "forecast": False}
    assert year["closures"] == []


@pytest.mark.parametrize("beyond", ["2010", "2029"])
def test_what_is_forecast_is_said_to_be(loop, beyond):
    year = loop("calendar", "show", beyond, "--json").json

    assert year["provisional"] is True
    assert all(holiday["forecast"] for holiday in year["bank_holidays"])
    assert f"the bank holidays of {beyond} are not all published" in loop("calendar", "show", beyond).out


def test_a_year_is_a_table_for_people(loop):
    lines = loop("calendar", "show", "2017").out.splitlines()

    assert lines[0] == "2017: 252 working days"
    assert "  published   2011-01-01 to 2028-12-31, as of 2025-11-24" in lines
    assert "April      18            Fri 14 Good Friday; Mon 17 Easter Monday" in lines
    assert "January    21            Mon 2 New Year's Day (substitute day)" in lines
    assert "February   20" in lines


def test_without_a_year_it_is_the_present_one(loop):
    assert loop.rehearse("calendar", "show", "--json").json["year"] == 2017


@pytest.mark.parametrize("year", ["17", "twenty", "0000", "20177", "²017"])
def test_a_year_has_four_figures(loop, year):
    answer = loop("calendar", "show", year)

    assert answer.status == 2
    assert answer.err.splitlines() == [
        f"error: a year cannot be {year!r}",
        "it has four figures, such as 2017",
    ]


# The verbs as verbs


@pytest.mark.parametrize(
    "args",
    [
        ["--json", "calendar", "count", "2017-04-13", "2017-04-24"],
        ["calendar", "--json", "count", "2017-04-13", "2017-04-24"],
        ["calendar", "count", "--json", "2017-04-13", "2017-04-24"],
        ["--starts", "day_after", "calendar", "count", "2017-04-13", "2017-04-24", "--json"],
    ],
)
def test_options_stand_before_between_or_after_the_verb(loop, args):
    assert loop(*args).json["working_days"] == 5


def test_none_of_them_makes_or_needs_a_database(loop):
    for asked in (["after", "2017-04-13", "1 day"], ["count", "2017-04-13", "2017-04-14"], ["show", "2017"]):
        assert loop("calendar", *asked).status == 0

    assert not loop.database.exists()


def test_a_verb_of_the_calendar_that_there_is_not_is_refused_with_the_nearest(loop):
    answer = loop("calendar", "aftr")

    assert answer.status == 2
    assert answer.err.splitlines() == [
        "error: no verb of `calendar` is called 'aftr'",
        "did you mean 'after'?",
    ]


@pytest.mark.parametrize("reason", [[], ["--reason", ""], ["--reason", " "]])
def test_a_day_is_not_closed_without_a_reason(loop, reason):
    answer = loop("calendar", "close", "2017-12-27", *reason)

    assert answer.status == 2
    assert "--reason" in answer.err
    assert not loop.database.exists()


@pytest.mark.parametrize("name", VERBS)
def test_each_says_what_it_does_and_shows_an_example(name):
    command = calendar_verb.commands[name]
    help_ = command.help or ""

    assert help_.splitlines()[0].endswith(".")
    assert f"\n  loopengine calendar {name}" in help_
    assert [each.name for each in command.params if isinstance(each, click.Option) and not each.help] == []
    shown = CliRunner().invoke(program, ["calendar", name, "--help"])
    assert shown.exit_code == 0
    assert shown.stdout.startswith(f"Usage: loopengine calendar {name}")


def test_naming_the_verbs_imports_nothing_that_is_slow():
    source = "import sys, loopengine.cli.calendar; print(*sys.modules)"

    run = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)

    loaded = set(run.stdout.split())
    assert loaded & {"holidays", "rich", "sqlalchemy", "transitions", "yaml"} == set()
    assert {name.split(".")[1] for name in loaded if name.startswith("loopengine.")} == {"cli", "errors"}
