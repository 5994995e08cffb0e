"""Durations and the working calendar, on dates that somebody worked out without this program."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest

from loopengine.core.durations import Duration
from loopengine.core.forecast import bank_holiday_names
from loopengine.core.published import england_and_wales
from loopengine.core.workdays import Roll, Starts, WorkingCalendar

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data" / "bank-holidays-england-and-wales.json"
AFTER = WorkingCalendar.england_and_wales()
SAME = WorkingCalendar.england_and_wales(starts="same_day")


def day(text: str) -> date:
    return date.fromisoformat(text)


def message_of(refused: pytest.ExceptionInfo[ValueError]) -> str:
    return str(refused.value)


# Durations


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("5 working days", Duration(working_days=5)),
        ("1 working day", Duration(working_days=1)),
        ("14 days", Duration(days=14)),
        ("1 day", Duration(days=1)),
        ("2 weeks", Duration(weeks=2)),
        ("1 month", Duration(months=1)),
        ("6 months", Duration(months=6)),
        ("1 year", Duration(years=1)),
        ("9999 years", Duration(years=9999)),
    ],
)
def test_a_duration_is_written_as_it_is_read(text: str, duration: Duration) -> None:
    assert Duration.parse(text) == duration
    assert str(duration) == text


def test_a_duration_names_its_unit_and_amount() -> None:
    assert (Duration(months=6).unit, Duration(months=6).amount) == ("months", 6)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5",
        "working days",
        "24 hours",
        "0 days",
        "-1 days",
        "05 days",
        "1.5 months",
        "10000 days",
        "5working days",
        "5  working days",
        " 5 days",
        "5 days\n",
        "5 Working Days",
        "1 month 2 days",
        "\u0665 days",
    ],
)
def test_a_text_that_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="duration") as refused:
        Duration.parse(text)

    assert message_of(refused) == (
        f"duration {text!r} is not understood; write a whole number from 1 to 9999, then "
        "working days, days, weeks, months or years, as in '5 working days'"
    )


def test_a_duration_has_exactly_one_unit() -> None:
    units = "give exactly one of working_days, days, weeks, months, years"

    with pytest.raises(ValueError, match="duration") as none:
        Duration()
    with pytest.raises(ValueError, match="duration") as two:
        Duration(weeks=1, working_days=5)

    assert message_of(none) == f"duration names no unit; {units}"
    assert message_of(two) == f"duration names working_days, weeks; {units}"


@pytest.mark.parametrize("amount", [0, -1, 10_000, True])
def test_the_amount_of_a_duration_is_a_positive_whole_number(amount: int) -> None:
    with pytest.raises(ValueError, match="duration") as refused:
        Duration(days=amount)

    assert message_of(refused) == f"duration has days={amount!r}; give a whole number from 1 to 9999"


# Worked dates


@pytest.mark.parametrize(
    ("case", "start", "amount", "day_after", "same_day"),
    [
        ("Easter 2017 (law 2.6)", "2017-04-13", 5, "2017-04-24", "2017-04-21"),
        ("weekend start (law 2.6)", "2017-01-28", 5, "2017-02-03", "2017-02-03"),
        ("an ordinary week", "2017-01-09", 5, "2017-01-16", "2017-01-13"),
        ("the same day", "2017-01-09", 1, "2017-01-10", "2017-01-09"),
        ("over Easter, three weeks", "2017-03-30", 15, "2017-04-24", "2017-04-21"),
        ("from Easter Saturday", "2023-04-08", 1, "2023-04-11", "2023-04-11"),
        ("from Good Friday", "2023-04-07", 2, "2023-04-12", "2023-04-12"),
        ("Christmas and New Year on substitute days", "2021-12-23", 5, "2022-01-04", "2021-12-31"),
        ("over a leap day", "2016-02-26", 2, "2016-03-01", "2016-02-29"),
        ("May Day moved for VE Day", "2020-05-07", 1, "2020-05-11", "2020-05-07"),
        ("the State Funeral", "2022-09-16", 1, "2022-09-20", "2022-09-16"),
        ("the Coronation", "2023-04-28", 6, "2023-05-10", "2023-05-09"),
        ("the Jubilee", "2022-05-31", 3, "2022-06-07", "2022-06-06"),
    ],
)
def test_working_days_end_where_the_calendar_on_the_wall_says(
    case: str, start: str, amount: int, day_after: str, same_day: str
) -> None:
    duration = Duration(working_days=amount)

    assert AFTER.add(day(start), duration) == day(day_after), case
    assert SAME.add(day(start), duration) == day(same_day), case
    assert AFTER.count(day(start), day(day_after)) == amount, case
    assert SAME.count(day(start), day(same_day)) == amount, case


@pytest.mark.parametrize(
    ("start", "duration", "due"),
    [
        ("2017-01-31", "1 month", "2017-02-28"),
        ("2017-01-30", "1 month", "2017-02-28"),
        ("2016-01-31", "1 month", "2016-02-29"),
        ("2017-01-31", "2 months", "2017-03-31"),
        ("2017-08-31", "6 months", "2018-02-28"),
        ("2016-11-30", "3 months", "2017-02-28"),
        ("2017-12-31", "1 month", "2018-01-31"),
        ("2016-02-29", "12 months", "2017-02-28"),
        ("2016-02-29", "1 year", "2017-02-28"),
        ("2016-02-29", "4 years", "2020-02-29"),
    ],
)
def test_months_and_years_end_on_the_same_day_or_the_last(start: str, duration: str, due: str) -> None:
    """Whichever day is counted first: a month is not a count of days."""
    assert AFTER.add(day(start), Duration.parse(duration)) == day(due)
    assert SAME.add(day(start), Duration.parse(duration)) == day(due)


@pytest.mark.parametrize("duration", ["14 days", "2 weeks"])
def test_days_and_weeks_are_counted_from_the_first_day_of_the_convention(duration: str) -> None:
    assert AFTER.add(day("2017-04-13"), Duration.parse(duration)) == day("2017-04-27")
    assert SAME.add(day("2017-04-13"), Duration.parse(duration)) == day("2017-04-26")


def test_an_organisations_closures_are_not_worked() -> None:
    closed = WorkingCalendar.england_and_wales(closures=[day("2017-12-27"), day("2017-12-28")])

    assert closed.add(day("2017-12-22"), Duration(working_days=1)) == day("2017-12-29")
    assert AFTER.add(day("2017-12-22"), Duration(working_days=1)) == day("2017-12-27")
    assert not closed.is_working(day("2017-12-27"))


@pytest.mark.parametrize("closed", ["2010-12-30", "2029-01-02", "2045-03-01"])
def test_a_closure_where_nothing_is_published_is_not_worked_either(closed: str) -> None:
    calendar = WorkingCalendar.england_and_wales(closures=[day(closed)])
    eve = day(closed) - timedelta(days=1)

    due = calendar.due(eve, Duration(working_days=1))

    assert AFTER.is_working(day(closed))
    assert due.on > day(closed)
    assert (calendar.first, calendar.horizon) == (AFTER.first, AFTER.horizon)
    assert not calendar.is_published(day(closed))


@pytest.mark.parametrize("closed", ["2017-12-23", "2017-12-25"])
def test_closing_on_a_day_that_is_not_worked_changes_nothing(closed: str) -> None:
    calendar = WorkingCalendar.england_and_wales(closures=[day(closed)])

    assert calendar.add(day("2017-12-22"), Duration(working_days=1)) == day("2017-12-27")
    assert calendar.count(day("2017-12-22"), day("2017-12-27")) == 1


def test_a_closure_is_no_bank_holiday() -> None:
    closed = WorkingCalendar.england_and_wales(closures=[day("2017-12-25"), day("2017-12-27")])

    assert [text for text in ("2017-12-25", "2017-12-27") if closed.is_bank_holiday(day(text))] == [
        "2017-12-25"
    ]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("2017-04-14", True), ("2017-04-13", False), ("2029-12-25", True), ("2022-12-25", False)],
)
def test_a_bank_holiday_is_a_weekday_published_or_forecast(text: str, is_one: bool) -> None:
    """Christmas Day 2022 was a Sunday: its substitute is the holiday. That of 2033 is forecast alike."""
    assert AFTER.is_bank_holiday(day(text)) is is_one
    assert not AFTER.is_bank_holiday(day("2033-12-25"))
    assert AFTER.is_bank_holiday(day("2033-12-27"))


def test_counting_against_the_calendar_is_negative() -> None:
    assert AFTER.count(day("2017-04-24"), day("2017-04-13")) == -5
    assert SAME.count(day("2017-04-21"), day("2017-04-13")) == -5
    assert AFTER.count(day("2017-04-16"), day("2017-04-15")) == 0


@pytest.mark.parametrize(
    ("today", "left"),
    [
        ("2017-04-13", 2),
        ("2017-04-14", 2),
        ("2017-04-18", 1),
        ("2017-04-19", 0),
        ("2017-04-20", -1),
        ("2017-04-22", -2),
        ("2017-04-24", -3),
    ],
)
@pytest.mark.parametrize("calendar", [AFTER, SAME])
def test_the_day_itself_leaves_no_working_days(calendar: WorkingCalendar, today: str, left: int) -> None:
    """What is left is asked of today, not of the day that started the clock: no convention changes it."""
    assert calendar.working_days_left(day(today), day("2017-04-19")) == left


# Rolls


@pytest.mark.parametrize(
    ("start", "roll", "on", "rolled_by"),
    [
        ("2017-03-31", "none", "2017-04-14", None),
        ("2017-03-31", "next", "2017-04-18", "next"),
        ("2017-03-31", "previous", "2017-04-13", "previous"),
        ("2017-03-30", "next", "2017-04-13", None),
        ("2017-03-30", "previous", "2017-04-13", None),
        ("2017-01-07", "next", "2017-01-23", "next"),
        ("2017-01-07", "previous", "2017-01-20", "previous"),
    ],
)
def test_a_due_date_off_the_working_days_is_moved_by_a_named_rule(
    start: str, roll: Roll, on: str, rolled_by: Roll | None
) -> None:
    due = AFTER.due(day(start), Duration(days=14), roll=roll)

    assert (due.on, due.rolled_by, due.provisional) == (day(on), rolled_by, False)


@pytest.mark.parametrize("roll", ["none", "next", "previous"])
def test_working_days_end_on_a_working_day_and_are_never_rolled(roll: Roll) -> None:
    due = AFTER.due(day("2017-04-13"), Duration(working_days=5), roll=roll)

    assert (due.on, due.rolled_by) == (day("2017-04-24"), None)


# The published list and its ends


@pytest.mark.parametrize(
    ("starts", "start", "amount", "on", "provisional"),
    [
        ("day_after", "2028-12-28", 1, "2028-12-29", False),
        ("day_after", "2028-12-29", 1, "2029-01-02", True),
        ("same_day", "2028-12-29", 1, "2028-12-29", False),
        ("day_after", "2031-01-06", 5, "2031-01-13", True),
        ("day_after", "2010-12-31", 1, "2011-01-04", False),
        ("same_day", "2010-12-31", 1, "2010-12-31", True),
        ("day_after", "2010-12-30", 1, "2010-12-31", True),
        ("day_after", "2010-12-24", 4, "2011-01-04", True),
    ],
)
def test_working_days_outside_the_published_list_are_provisional(
    starts: Starts, start: str, amount: int, on: str, provisional: bool
) -> None:
    calendar = WorkingCalendar.england_and_wales(starts=starts)

    due = calendar.due(day(start), Duration(working_days=amount))

    assert (due.on, due.provisional) == (day(on), provisional)


@pytest.mark.parametrize(
    ("start", "duration", "roll", "on", "provisional"),
    [
        ("2028-07-31", "6 months", "none", "2029-01-31", False),
        ("2028-07-31", "6 months", "next", "2029-01-31", True),
        ("2028-12-24", "1 week", "none", "2028-12-31", False),
        ("2028-12-24", "1 week", "next", "2029-01-02", True),
        ("2028-12-24", "1 week", "previous", "2028-12-29", False),
        ("2028-12-25", "1 week", "previous", "2028-12-29", True),
        ("2010-12-25", "1 week", "previous", "2010-12-31", True),
        ("2010-12-25", "1 week", "next", "2011-01-04", False),
    ],
)
def test_other_durations_are_provisional_only_where_a_roll_had_to_ask(
    start: str, duration: str, roll: Roll, on: str, provisional: bool
) -> None:
    due = AFTER.due(day(start), Duration.parse(duration), roll=roll)

    assert (due.on, due.provisional) == (day(on), provisional)


@pytest.mark.parametrize(
    ("start", "end", "day_after", "same_day"),
    [
        ("2017-04-13", "2017-04-24", False, False),
        ("2028-12-29", "2028-12-31", False, False),
        ("2028-12-31", "2029-01-01", True, True),
        ("2028-12-01", "2029-01-02", True, True),
        ("2010-12-31", "2011-01-04", False, True),
        ("2010-12-30", "2011-01-04", True, True),
        ("2031-01-06", "2031-01-06", False, True),
        ("9999-12-31", "9999-12-31", False, True),
    ],
)
def test_a_count_is_provisional_by_the_days_that_it_counts(
    start: str, end: str, day_after: bool, same_day: bool
) -> None:
    """Forwards and backwards alike."""
    for calendar, provisional in ((AFTER, day_after), (SAME, same_day)):
        assert calendar.is_count_provisional(day(start), day(end)) is provisional
        assert calendar.is_count_provisional(day(end), day(start)) is provisional


def test_the_list_says_where_it_ends_and_when_it_was_published() -> None:
    published = england_and_wales()

    assert (published.first, published.horizon) == (AFTER.first, AFTER.horizon)
    assert published.published_on == day("2025-11-24")
    assert published.days == AFTER.holidays
    assert "Open Government Licence" in published.source


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("2017-04-14", "Good Friday"),
        ("2017-04-17", "Easter Monday"),
        ("2021-12-27", "Christmas Day (substitute day)"),
        ("2022-09-19", "State Funeral of Queen Elizabeth II"),
        ("2031-12-25", "Christmas Day"),
    ],
)
def test_a_bank_holiday_has_a_name(text: str, name: str) -> None:
    assert bank_holiday_names(int(text[:4]))[day(text)] == name


def test_every_day_of_the_list_has_a_name() -> None:
    assert [each for each in AFTER.holidays if each not in bank_holiday_names(each.year)] == []


def test_the_shipped_list_is_dated_and_says_where_it_is_from() -> None:
    data = files("loopengine.core") / "data" / "bank_holidays_england_and_wales.json"
    shipped = json.loads(data.read_text("utf-8"))

    assert sorted(shipped) == ["days", "from", "published", "source", "until"]
    assert "GOV.UK" in shipped["source"]
    assert "Open Government Licence v3" in shipped["source"]
    assert shipped["published"] == "2025-11-24"
    assert (AFTER.first, AFTER.horizon) == (day("2011-01-01"), day("2028-12-31"))
    assert AFTER.holidays == frozenset(map(day, shipped["days"]))


@pytest.mark.skipif(not SHARED.exists(), reason="the shared design folder is not beside this checkout")
def test_the_shipped_list_equals_the_shared_one() -> None:
    years: dict[str, list[str]] = json.loads(SHARED.read_text("utf-8"))

    assert AFTER.holidays == {day(text) for days in years.values() for text in days}
    assert (str(AFTER.first.year), str(AFTER.horizon.year)) == (min(years), max(years))


def test_a_published_date_is_computed_without_loading_the_forecast() -> None:
    program = (
        "import sys; from datetime import date; from loopengine.core.workdays import *;"
        "WorkingCalendar.england_and_wales().due(date(2017, 4, 13), Duration(working_days=5));"
        "sys.exit('holidays' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


# Wrong input


def test_an_instant_is_not_taken_for_a_day() -> None:
    nine = datetime(2017, 1, 3, 9, tzinfo=UTC)
    attempts: tuple[Callable[[], object], ...] = (
        lambda: AFTER.add(nine, Duration(months=1)),
        lambda: AFTER.due(nine, Duration(working_days=1)),
        lambda: AFTER.count(day("2017-01-02"), nine),
        lambda: AFTER.working_days_left(nine, day("2017-01-04")),
        lambda: AFTER.is_working(nine),
        lambda: AFTER.is_published(nine),
        lambda: AFTER.is_bank_holiday(nine),
        lambda: AFTER.is_count_provisional(nine, day("2017-01-04")),
        lambda: AFTER.due_before(nine, Duration(days=1)),
        lambda: WorkingCalendar.england_and_wales(closures=[nine]),
    )
    for attempt in attempts:
        with pytest.raises(ValueError, match="instant") as refused:
            attempt()
        assert message_of(refused) == (
            "day '2017-01-03T09:00:00+00:00' is an instant; take its day in London with london_date"
        )


def test_an_unknown_convention_is_refused() -> None:
    with pytest.raises(ValueError, match="counting") as refused:
        WorkingCalendar.england_and_wales(starts="day_one")  # type: ignore[arg-type]  # what is tested

    assert (
        message_of(refused) == "no start of counting is called 'day_one'; choose one of day_after, same_day"
    )


def test_an_unknown_roll_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="roll") as refused:
        AFTER.due(day("2017-01-03"), Duration(days=1), roll="forward")  # type: ignore[arg-type]  # what is tested

    assert message_of(refused) == "no roll rule is called 'forward'; choose one of none, next, previous"


def test_a_calendar_may_be_published_for_a_single_day() -> None:
    calendar = WorkingCalendar(holidays=frozenset(), first=day("2017-01-03"), horizon=day("2017-01-03"))

    assert calendar.is_published(day("2017-01-03"))
    assert not calendar.is_published(day("2017-01-04"))


def test_a_calendar_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="calendar") as refused:
        WorkingCalendar(holidays=frozenset(), first=day("2018-01-01"), horizon=day("2017-01-01"))

    assert message_of(refused) == (
        "calendar begins on 2018-01-01 and ends on 2017-01-01; give first and horizon in order"
    )


@pytest.mark.parametrize("duration", ["1 working day", "1 day", "2 weeks", "1 month", "8000 years"])
def test_a_date_beyond_all_dates_is_refused(duration: str) -> None:
    with pytest.raises(ValueError, match="after") as refused:
        AFTER.add(date.max, Duration.parse(duration))

    assert message_of(refused) == (
        f"{duration} after 9999-12-31 is beyond the year 9999; give an earlier day or less time"
    )


@pytest.mark.parametrize("duration", ["1 working day", "1 day", "2 weeks", "1 month", "8000 years"])
def test_a_date_before_all_dates_is_refused(duration: str) -> None:
    with pytest.raises(ValueError, match="before") as refused:
        AFTER.due_before(date.min, Duration.parse(duration))

    assert message_of(refused) == (
        f"{duration} before 0001-01-01 is before the year 1; give a later day or less time"
    )


def test_counting_reaches_the_last_of_all_days() -> None:
    assert AFTER.count(date.max, date.max) == 0
