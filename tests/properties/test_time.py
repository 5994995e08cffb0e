"""Laws of time: what holds for every day, checked beside programs that are not ours."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import whenever
from holidays import country_holidays
from hypothesis import assume, given
from hypothesis import strategies as st
from support.dates_oracle import Pencil

from loopengine.clock import FrozenClock, instant_text, london_date, london_midnight, parse_instant
from loopengine.core.durations import Duration
from loopengine.core.workdays import Roll, WorkingCalendar

AFTER = WorkingCalendar.england_and_wales()
SAME = WorkingCalendar.england_and_wales(starts="same_day")
ENGLAND = country_holidays("GB", subdiv="ENG", years=range(2005, 2041))
ONE_DAY = timedelta(days=1)
# Published in the middle, forecast at both ends, and the ends of the list within reach.
DAYS = st.dates(date(2008, 1, 1), date(2032, 1, 1))
AMOUNTS = st.integers(1, 80)
SPANS = st.integers(1, 500)
CALENDARS = st.builds(
    WorkingCalendar.england_and_wales,
    starts=st.sampled_from(["day_after", "same_day"]),
    closures=st.frozensets(DAYS, max_size=10),
)
ROLLS = st.sampled_from(["none", "next", "previous"])
DURATIONS = st.builds(
    lambda unit, amount: Duration(**{unit: amount}),
    st.sampled_from(["working_days", "days", "weeks", "months", "years"]),
    st.integers(1, 30),
)
# An organisation that closes often, around a day: where the list reaches, where it ends, and beyond.
NEAR_AN_END = st.dates(date(2010, 12, 1), date(2011, 2, 1)) | st.dates(date(2028, 11, 1), date(2029, 2, 1))
AROUND = st.tuples(
    DAYS | NEAR_AN_END, st.sampled_from(["day_after", "same_day"]), st.frozensets(st.integers(-60, 90))
).map(
    lambda drawn: (
        drawn[0],
        WorkingCalendar.england_and_wales(
            starts=drawn[1], closures=[drawn[0] + days * ONE_DAY for days in drawn[2]]
        ),
    )
)
FEW = st.builds(
    lambda unit, amount: Duration(**{unit: amount}),
    st.sampled_from(["working_days", "days", "weeks", "months", "years"]),
    st.integers(1, 15),
)
INSTANTS = st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))


def working(amount: int) -> Duration:
    return Duration(working_days=amount)


# Working days


@given(AROUND, AMOUNTS)
def test_working_days_end_on_a_working_day(around: tuple[date, WorkingCalendar], amount: int) -> None:
    start, calendar = around

    assert calendar.is_working(calendar.add(start, working(amount)))


@given(AROUND, AMOUNTS)
def test_one_more_working_day_is_always_later(around: tuple[date, WorkingCalendar], amount: int) -> None:
    start, calendar = around

    assert start <= calendar.add(start, working(amount)) < calendar.add(start, working(amount + 1))


@given(AROUND, AMOUNTS, AMOUNTS)
def test_adding_twice_is_adding_the_sum(around: tuple[date, WorkingCalendar], a: int, b: int) -> None:
    """From a working day; where the first day counts itself, the day in the middle counts for both."""
    start, calendar = around
    assume(calendar.is_working(start))
    shared = 1 if calendar.starts == "same_day" else 0

    twice = calendar.add(calendar.add(start, working(a)), working(b))

    assert twice == calendar.add(start, working(a + b - shared))


@given(AROUND, AMOUNTS)
def test_counting_is_the_inverse_of_adding(around: tuple[date, WorkingCalendar], amount: int) -> None:
    start, calendar = around

    assert calendar.count(start, calendar.add(start, working(amount))) == amount


@given(AROUND, SPANS)
def test_adding_what_was_counted_returns_to_the_day(around: tuple[date, WorkingCalendar], span: int) -> None:
    start, calendar = around
    end = start + span * ONE_DAY
    assume(calendar.is_working(end))

    assert calendar.add(start, working(calendar.count(start, end))) == end


@given(AROUND, SPANS)
def test_counting_backwards_is_the_same_count_below_nought(
    around: tuple[date, WorkingCalendar], span: int
) -> None:
    start, calendar = around
    end = start + span * ONE_DAY

    assert calendar.count(start, end) == -calendar.count(end, start)


@given(DAYS, DAYS, DAYS)
def test_the_days_left_add_up_along_the_way(first: date, then: date, last: date) -> None:
    assert AFTER.working_days_left(first, last) == (
        AFTER.working_days_left(first, then) + AFTER.working_days_left(then, last)
    )


@given(DAYS, AMOUNTS)
def test_the_conventions_agree_from_a_day_that_is_not_worked(start: date, amount: int) -> None:
    """And from a day that is, counting it ends one working day sooner."""
    fewer = amount - 1 if AFTER.is_working(start) else amount
    expected = AFTER.add(start, working(fewer)) if fewer else start

    assert SAME.add(start, working(amount)) == expected


@given(AROUND, AMOUNTS)
def test_what_is_due_before_a_day_is_counted_back_from_it(
    around: tuple[date, WorkingCalendar], amount: int
) -> None:
    """From the last working day before that one, on which the count ends."""
    end, calendar = around
    calendar = replace(calendar, starts="same_day")

    due = calendar.due_before(end, working(amount)).on

    assert calendar.is_working(due)
    assert calendar.count(due, end - ONE_DAY) == amount
    assert due > calendar.due_before(end, working(amount + 1)).on


@given(AROUND, AMOUNTS)
def test_one_more_closure_never_brings_a_date_forward(
    around: tuple[date, WorkingCalendar], amount: int
) -> None:
    start, calendar = around
    due = calendar.add(start, working(amount))

    closed = replace(calendar, closures=calendar.closures | {due})

    assert closed.add(start, working(amount)) == calendar.add(start, working(amount + 1))


# Beside other programs


@given(AROUND, FEW, ROLLS)
def test_due_dates_agree_with_a_pencil(
    around: tuple[date, WorkingCalendar], duration: Duration, roll: Roll
) -> None:
    """Whatever is closed: the same day, as certain, moved by the same rule; after a day, and before it."""
    start, calendar = around
    pencil = Pencil(calendar.starts, calendar.closures)
    lasts = duration.amount, duration.unit.replace("_", " ")

    due, before = calendar.due(start, duration, roll=roll), calendar.due_before(start, duration, roll=roll)

    assert (due.on, due.provisional, due.rolled_by) == pencil.after(start, *lasts, roll=roll)
    assert (before.on, before.provisional, before.rolled_by) == pencil.before(start, *lasts, roll=roll)


@given(AROUND, st.integers(-200, 200))
def test_counts_agree_with_a_pencil(around: tuple[date, WorkingCalendar], span: int) -> None:
    start, calendar = around
    end = start + span * ONE_DAY

    counted = calendar.count(start, end), calendar.is_count_provisional(start, end)

    assert counted == Pencil(calendar.starts, calendar.closures).count(start, end)


def test_the_published_list_is_what_the_holidays_library_expects() -> None:
    """On every day from 2011 to 2028: nothing more, nothing less."""
    days = (AFTER.first + timedelta(days=n) for n in range((AFTER.horizon - AFTER.first).days + 1))

    assert [day for day in days if AFTER.is_working(day) is not ENGLAND.is_working_day(day)] == []


@given(DAYS, AMOUNTS)
def test_working_days_agree_with_the_holidays_library(start: date, amount: int) -> None:
    assert AFTER.add(start, working(amount)) == ENGLAND.get_nth_working_day(start, amount)


@given(DAYS, SPANS)
def test_counts_agree_with_the_holidays_library(start: date, span: int) -> None:
    end = start + span * ONE_DAY

    assert SAME.count(start, end) == ENGLAND.get_working_days_count(start, end)


@given(DAYS, st.integers(1, 600))
def test_months_agree_with_whenever(start: date, months: int) -> None:
    expected = whenever.Date(start.year, start.month, start.day).add(months=months)

    assert AFTER.add(start, Duration(months=months)).isoformat() == str(expected)


@given(DAYS, st.integers(1, 50))
def test_a_year_is_twelve_months_and_a_week_seven_days(start: date, amount: int) -> None:
    for calendar in (AFTER, SAME):
        assert calendar.add(start, Duration(years=amount)) == calendar.add(
            start, Duration(months=12 * amount)
        )
        assert calendar.add(start, Duration(weeks=amount)) == calendar.add(start, Duration(days=7 * amount))


# Rolls and the horizon


@given(CALENDARS, DAYS, DURATIONS, ROLLS)
def test_a_roll_lands_on_the_nearest_working_day_its_way(
    calendar: WorkingCalendar, start: date, duration: Duration, roll: Roll
) -> None:
    reached = calendar.add(start, duration)
    due = calendar.due(start, duration, roll=roll)

    assert due.rolled_by == (None if due.on == reached else roll)
    if roll == "none":
        assert due.on == reached
    else:
        assert calendar.is_working(due.on)
        assert due.on >= reached if roll == "next" else due.on <= reached
        between = range(min(due.on, reached).toordinal() + 1, max(due.on, reached).toordinal())
        assert not any(calendar.is_working(date.fromordinal(ordinal)) for ordinal in between)


@given(CALENDARS, DAYS, DURATIONS, ROLLS, st.frozensets(DAYS, max_size=200))
def test_no_later_announcement_moves_a_date_that_is_not_provisional(
    calendar: WorkingCalendar, start: date, duration: Duration, roll: Roll, announced: frozenset[date]
) -> None:
    due = calendar.due(start, duration, roll=roll)
    assume(not due.provisional)
    outside = frozenset(day for day in announced if not calendar.is_published(day))

    later = replace(calendar, holidays=calendar.holidays | outside)

    assert later.due(start, duration, roll=roll) == due


@given(CALENDARS, DAYS, AMOUNTS)
def test_working_days_never_pass_the_ends_of_the_list_silently(
    calendar: WorkingCalendar, start: date, amount: int
) -> None:
    due = calendar.due(start, working(amount))

    assert (
        due.provisional or calendar.first - ONE_DAY <= start < due.on + ONE_DAY <= calendar.horizon + ONE_DAY
    )


# Instants


@given(st.dates(date(1990, 1, 1), date(2040, 1, 1)))
def test_a_day_begins_at_its_midnight_and_not_a_moment_before(day: date) -> None:
    midnight = london_midnight(day)

    assert london_date(midnight) == day
    assert london_date(midnight - timedelta(microseconds=1)) == day - ONE_DAY


@given(INSTANTS)
def test_the_day_of_an_instant_agrees_with_whenever(instant: datetime) -> None:
    zoned = whenever.Instant.parse_iso(instant_text(instant)).to_tz("Europe/London")

    assert london_date(instant).isoformat() == str(zoned.date())


@given(INSTANTS, INSTANTS)
def test_instants_are_read_as_they_were_written_and_sort_as_text(a: datetime, b: datetime) -> None:
    assert parse_instant(instant_text(a)) == a
    assert (instant_text(a) < instant_text(b)) is (a < b)


@given(INSTANTS, DAYS)
def test_a_clock_told_to_advance_to_a_day_is_in_it_and_never_earlier(start: datetime, day: date) -> None:
    clock = FrozenClock(start)
    assume(clock.today() <= day)

    clock.advance_to(day)

    assert clock.today() == day
    assert clock.now() >= start
