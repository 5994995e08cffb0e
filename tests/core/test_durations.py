"""Days moved by calendar durations, without a calendar of working days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import whenever
from hypothesis import given
from hypothesis import strategies as st
from support.rules import durations

from loopengine.core.durations import Duration, completed_years, shift

DAYS = st.dates(date(1990, 1, 1), date(2040, 1, 1))


@pytest.mark.parametrize(
    ("day", "duration", "later", "earlier"),
    [
        (date(2017, 1, 31), "1 month", date(2017, 2, 28), date(2016, 12, 31)),
        (date(2016, 2, 29), "12 months", date(2017, 2, 28), date(2015, 2, 28)),
        (date(2017, 8, 31), "6 months", date(2018, 2, 28), date(2017, 2, 28)),
        (date(2017, 3, 1), "2 weeks", date(2017, 3, 15), date(2017, 2, 15)),
        (date(2017, 3, 1), "1 day", date(2017, 3, 2), date(2017, 2, 28)),
        (date(2016, 2, 29), "4 years", date(2020, 2, 29), date(2012, 2, 29)),
    ],
)
def test_a_day_is_moved_to_the_same_day_or_the_last_of_a_short_month(
    day: date, duration: str, later: date, earlier: date
) -> None:
    assert shift(day, Duration.parse(duration)) == later
    assert shift(day, Duration.parse(duration), back=True) == earlier


@given(DAYS, durations)
def test_another_library_agrees(day: date, duration: Duration) -> None:
    span = {duration.unit: duration.amount}

    assert shift(day, duration) == whenever.Date(day).add(**span).to_stdlib()
    assert shift(day, duration, back=True) == whenever.Date(day).subtract(**span).to_stdlib()


@pytest.mark.parametrize("duration", ["9999 days", "9999 weeks", "9999 months", "9999 years"])
def test_time_ends_where_the_calendar_does(duration: str) -> None:
    assert shift(date.max, Duration.parse(duration)) == date.max
    assert shift(date.min, Duration.parse(duration), back=True) == date.min


def test_working_days_need_a_calendar() -> None:
    with pytest.raises(ValueError, match=r"use WorkingCalendar\.add"):
        shift(date(2017, 1, 3), Duration(working_days=5))


@given(DAYS, st.integers(0, 40))
def test_a_year_is_completed_on_the_birthday(born: date, years: int) -> None:
    """Or on 1 March, for somebody born on a 29 February."""
    try:
        birthday = born.replace(year=born.year + years)
    except ValueError:
        birthday = date(born.year + years, 3, 1)

    assert completed_years(born, birthday) == years
    assert completed_years(born, birthday - timedelta(days=1)) == years - 1
