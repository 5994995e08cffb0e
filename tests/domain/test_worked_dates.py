"""Dates that a person could have worked out, and a program that knows nothing of ours did.

The tables say what is due; a `?` after a date says that it is provisional. Each is compared with the engine's
calendar, and with the pencil of `support/dates_oracle.py`, which wrote them.
"""

from __future__ import annotations

from datetime import date

import pytest
from support.dates_oracle import Pencil, by_the_rules

from loopengine.core.durations import Duration
from loopengine.core.workdays import DueDate, Roll, Starts, WorkingCalendar

AFTER = WorkingCalendar.england_and_wales()
SAME = WorkingCalendar.england_and_wales(starts="same_day")

# Counted from the day after, and with the first day itself counted.
COUNTED = """
an ordinary week                              | 2017-01-09 | 5 working days   | 2017-01-16  | 2017-01-13
from a Friday                                 | 2017-01-13 | 1 working day    | 2017-01-16  | 2017-01-13
over Easter 2017, three weeks                 | 2017-03-30 | 15 working days  | 2017-04-24  | 2017-04-21
from Good Friday 2018                         | 2018-03-30 | 3 working days   | 2018-04-05  | 2018-04-05
from Easter Sunday 2021                       | 2021-04-04 | 1 working day    | 2021-04-06  | 2021-04-06
the latest Easter of the list, 2011           | 2011-04-20 | 4 working days   | 2011-04-28  | 2011-04-27
the earliest Easter of the list, 2016         | 2016-03-24 | 2 working days   | 2016-03-30  | 2016-03-29
Easter across a month end, 2018               | 2018-03-28 | 5 working days   | 2018-04-06  | 2018-04-05
two bank holidays in May                      | 2017-04-28 | 20 working days  | 2017-05-30  | 2017-05-26
the August bank holiday                       | 2019-08-23 | 1 working day    | 2019-08-27  | 2019-08-23
Christmas on weekdays, 2017                   | 2017-12-21 | 5 working days   | 2018-01-02  | 2017-12-29
Christmas 2015: Boxing Day on Saturday        | 2015-12-24 | 2 working days   | 2015-12-30  | 2015-12-29
Christmas 2016: Christmas Day on Sunday       | 2016-12-23 | 5 working days   | 2017-01-04  | 2017-01-03
Christmas 2020: Boxing Day on Saturday        | 2020-12-24 | 3 working days   | 2020-12-31  | 2020-12-30
Christmas 2021: both at the weekend           | 2021-12-23 | 5 working days   | 2022-01-04  | 2021-12-31
Christmas 2022: Christmas Day on Sunday       | 2022-12-23 | 4 working days   | 2023-01-03  | 2022-12-30
Christmas 2027: both at the weekend           | 2027-12-24 | 6 working days   | 2028-01-06  | 2028-01-05
New Year 2011 on Saturday                     | 2010-12-31 | 1 working day    | 2011-01-04  | 2010-12-31?
New Year 2012 on Sunday                       | 2011-12-30 | 2 working days   | 2012-01-04  | 2012-01-03
New Year 2022 on Saturday                     | 2021-12-31 | 1 working day    | 2022-01-04  | 2021-12-31
New Year 2028 on Saturday                     | 2027-12-31 | 1 working day    | 2028-01-04  | 2027-12-31
over a leap day on a Monday                   | 2016-02-26 | 2 working days   | 2016-03-01  | 2016-02-29
from a leap day                               | 2016-02-29 | 5 working days   | 2016-03-07  | 2016-03-04
over a leap day at a weekend                  | 2020-02-28 | 1 working day    | 2020-03-02  | 2020-02-28
over the end of February in a common year     | 2017-02-27 | 2 working days   | 2017-03-01  | 2017-02-28
a royal wedding, 2011                         | 2011-04-28 | 2 working days   | 2011-05-04  | 2011-05-03
the Diamond Jubilee, 2012                     | 2012-06-01 | 3 working days   | 2012-06-08  | 2012-06-07
where the spring holiday of 2012 usually is   | 2012-05-25 | 1 working day    | 2012-05-28  | 2012-05-25
the early May holiday of 2020, moved          | 2020-05-01 | 1 working day    | 2020-05-04  | 2020-05-01
the day that it was moved to                  | 2020-05-07 | 2 working days   | 2020-05-12  | 2020-05-11
the Platinum Jubilee, 2022                    | 2022-05-27 | 5 working days   | 2022-06-07  | 2022-06-06
the State Funeral, 2022                       | 2022-09-16 | 3 working days   | 2022-09-22  | 2022-09-21
from the State Funeral itself                 | 2022-09-19 | 1 working day    | 2022-09-20  | 2022-09-20
the Coronation, 2023                          | 2023-05-05 | 2 working days   | 2023-05-10  | 2023-05-09
all three of May 2023                         | 2023-04-27 | 22 working days  | 2023-06-01  | 2023-05-31
seventy working days of a statement of action | 2017-11-01 | 70 working days  | 2018-02-12  | 2018-02-09
a year of working days                        | 2024-01-02 | 253 working days | 2024-12-31  | 2024-12-30
the last working day of the list              | 2028-12-28 | 1 working day    | 2028-12-29  | 2028-12-28
one beyond it                                 | 2028-12-29 | 1 working day    | 2029-01-02? | 2028-12-29
wholly beyond it, over Easter 2029            | 2029-03-28 | 5 working days   | 2029-04-06? | 2029-04-05?
beyond it, both Christmas days at the weekend | 2032-12-23 | 4 working days   | 2032-12-31? | 2032-12-30?
before the list begins                        | 2010-12-23 | 3 working days   | 2010-12-30? | 2010-12-29?
wholly before it, over Easter 2010            | 2010-03-31 | 5 working days   | 2010-04-09? | 2010-04-08?
before it, a bank holiday of one year         | 2002-05-31 | 2 working days   | 2002-06-06? | 2002-06-05?
a fortnight of days                           | 2017-04-13 | 14 days          | 2017-04-27  | 2017-04-26
the same in weeks                             | 2017-04-13 | 2 weeks          | 2017-04-27  | 2017-04-26
one day                                       | 2017-04-13 | 1 day            | 2017-04-14  | 2017-04-13
days over a leap day                          | 2016-02-25 | 7 days           | 2016-03-03  | 2016-03-02
days over the end of a common February        | 2017-02-25 | 7 days           | 2017-03-04  | 2017-03-03
twelve weeks over a year's end                | 2018-11-05 | 12 weeks         | 2019-01-28  | 2019-01-27
days over the spring change of the clocks     | 2017-03-24 | 3 days           | 2017-03-27  | 2017-03-26
days over the autumn change                   | 2017-10-27 | 3 days           | 2017-10-30  | 2017-10-29
a week beyond the list, where no day is asked | 2030-01-07 | 1 week           | 2030-01-14  | 2030-01-13
"""

# Months and years: the same day, or the last of the month, by either convention.
MONTHS = """
a month from its last day                 | 2017-01-31 | 1 month   | 2017-02-28
and from the day before                   | 2017-01-30 | 1 month   | 2017-02-28
and from the day that there still is      | 2017-01-28 | 1 month   | 2017-02-28
the same in a leap year                   | 2016-01-31 | 1 month   | 2016-02-29
from the last day of a short month        | 2017-02-28 | 1 month   | 2017-03-28
from a leap day                           | 2016-02-29 | 1 month   | 2016-03-29
a thirty-first and a month of thirty days | 2017-03-31 | 1 month   | 2017-04-30
two months, not one and one               | 2017-01-31 | 2 months  | 2017-03-31
six months over a February                | 2017-08-31 | 6 months  | 2018-02-28
six months into a leap year               | 2019-08-31 | 6 months  | 2020-02-29
three months over a year's end            | 2016-11-30 | 3 months  | 2017-02-28
a December                                | 2017-12-31 | 1 month   | 2018-01-31
twelve months from a leap day             | 2016-02-29 | 12 months | 2017-02-28
a year from it                            | 2016-02-29 | 1 year    | 2017-02-28
four years from it                        | 2016-02-29 | 4 years   | 2020-02-29
a year to a leap day's eve                | 2019-02-28 | 1 year    | 2020-02-28
a month that ends on a Saturday           | 2017-03-15 | 1 month   | 2017-04-15
a month that ends on Christmas Day        | 2017-11-25 | 1 month   | 2017-12-25
a year that ends on a bank holiday        | 2016-05-29 | 1 year    | 2017-05-29
six months beyond the list                | 2028-07-31 | 6 months  | 2029-01-31
a month before the list                   | 2010-10-31 | 1 month   | 2010-11-30
"""

# Left where it falls, moved to the next working day, moved to the one before.
ROLLED = """
a Saturday before the Easter Monday | 2017-04-01 | 14 days        | 2017-04-15 | 2017-04-18  | 2017-04-13
Good Friday                         | 2017-03-31 | 2 weeks        | 2017-04-14 | 2017-04-18  | 2017-04-13
Easter Saturday and a month         | 2017-03-15 | 1 month        | 2017-04-15 | 2017-04-18  | 2017-04-13
Christmas Day 2021, a Saturday      | 2021-11-25 | 1 month        | 2021-12-25 | 2021-12-29  | 2021-12-24
New Year's Eve 2022, a Saturday     | 2022-12-01 | 30 days        | 2022-12-31 | 2023-01-03  | 2022-12-30
the State Funeral                   | 2022-09-12 | 1 week         | 2022-09-19 | 2022-09-20  | 2022-09-16
the Coronation                      | 2022-05-08 | 1 year         | 2023-05-08 | 2023-05-09  | 2023-05-05
a leap day at a weekend             | 2020-01-29 | 1 month        | 2020-02-29 | 2020-03-02  | 2020-02-28
a day that is worked                | 2017-01-03 | 7 days         | 2017-01-10 | 2017-01-10  | 2017-01-10
working days, which are never moved | 2017-04-13 | 5 working days | 2017-04-24 | 2017-04-24  | 2017-04-24
the last Sunday of the list         | 2028-12-24 | 1 week         | 2028-12-31 | 2029-01-02? | 2028-12-29
a Saturday beyond it                | 2028-12-06 | 1 month        | 2029-01-06 | 2029-01-08? | 2029-01-05?
the first Saturday of the list      | 2010-12-25 | 1 week         | 2011-01-01 | 2011-01-04  | 2010-12-31?
"""

# So long before a day, which is not counted.
BEFORE = """
a copy one week before publication       | 2017-06-05 | 1 week          | none     | 2017-05-29
that day a bank holiday, moved back      | 2017-06-05 | 1 week          | previous | 2017-05-26
and moved on                             | 2017-06-05 | 1 week          | next     | 2017-05-30
working days back over Easter            | 2017-04-21 | 5 working days  | none     | 2017-04-12
one working day before Easter Tuesday    | 2017-04-18 | 1 working day   | none     | 2017-04-13
back over Christmas and New Year         | 2022-01-05 | 3 working days  | none     | 2021-12-30
back over the State Funeral              | 2022-09-21 | 3 working days  | none     | 2022-09-15
notice of ten working days               | 2023-05-15 | 10 working days | none     | 2023-04-27
from a Sunday                            | 2017-04-23 | 1 working day   | none     | 2017-04-21
a month back to a short month            | 2017-03-31 | 1 month         | none     | 2017-02-28
a month back to a leap day               | 2016-03-31 | 1 month         | none     | 2016-02-29
a year back from a leap day              | 2016-02-29 | 1 year          | none     | 2015-02-28
twelve months back, and to a working day | 2018-04-30 | 12 months       | previous | 2017-04-28
back into the list                       | 2029-01-01 | 1 working day   | none     | 2028-12-29
back from beyond it                      | 2029-01-03 | 2 working days  | none     | 2028-12-29?
back to its first working day            | 2011-01-05 | 1 working day   | none     | 2011-01-04
back out of it                           | 2011-01-04 | 1 working day   | none     | 2010-12-31?
"""


def rows(table: str) -> list[tuple[str, ...]]:
    return [tuple(cell.strip() for cell in line.split("|")) for line in table.strip().splitlines()]


def told(text: str) -> tuple[date, bool]:
    """The date that *text* names, and whether it is provisional."""
    return date.fromisoformat(text.removesuffix("?")), text.endswith("?")


def found(due: DueDate) -> tuple[date, bool]:
    return due.on, due.provisional


def pencilled(duration: Duration) -> tuple[int, str]:
    return duration.amount, duration.unit.replace("_", " ")


@pytest.mark.parametrize(
    ("start", "duration", "day_after", "same_day"),
    [
        ("2017-04-13", "5 working days", "2017-04-24", "2017-04-21"),
        ("2017-01-28", "5 working days", "2017-02-03", "2017-02-03"),
        ("2017-01-31", "1 month", "2017-02-28", "2017-02-28"),
        ("2017-01-30", "1 month", "2017-02-28", "2017-02-28"),
    ],
    ids=["Easter 2017", "weekend start", "month end", "month end, or 30 Jan"],
)
def test_the_worked_dates_of_the_law_come_out_as_written(
    start: str, duration: str, day_after: str, same_day: str
) -> None:
    """law.md 2.6; in the first the start is a Thursday, and the due day a Monday."""
    begun, lasts = date.fromisoformat(start), Duration.parse(duration)

    assert found(AFTER.due(begun, lasts)) == told(day_after)
    assert found(SAME.due(begun, lasts)) == told(same_day)


@pytest.mark.parametrize(("case", "start", "duration", "day_after", "same_day"), rows(COUNTED))
def test_days_are_counted_by_both_conventions(
    case: str, start: str, duration: str, day_after: str, same_day: str
) -> None:
    begun, lasts = date.fromisoformat(start), Duration.parse(duration)

    for calendar, expected in ((AFTER, day_after), (SAME, same_day)):
        assert found(calendar.due(begun, lasts)) == told(expected), case
        assert Pencil(calendar.starts).after(begun, *pencilled(lasts)) == (*told(expected), None)


@pytest.mark.parametrize(("case", "start", "duration", "due"), rows(MONTHS))
def test_months_and_years_are_the_same_by_both(case: str, start: str, duration: str, due: str) -> None:
    begun, lasts = date.fromisoformat(start), Duration.parse(duration)

    for calendar in (AFTER, SAME):
        assert found(calendar.due(begun, lasts)) == told(due), case
        assert Pencil(calendar.starts).after(begun, *pencilled(lasts)) == (*told(due), None)


@pytest.mark.parametrize(("case", "start", "duration", "stays", "moved_on", "moved_back"), rows(ROLLED))
def test_a_day_that_is_not_worked_is_moved_by_the_rule_that_is_named(
    case: str, start: str, duration: str, stays: str, moved_on: str, moved_back: str
) -> None:
    begun, lasts = date.fromisoformat(start), Duration.parse(duration)
    rules: tuple[tuple[Roll, str], ...] = (("none", stays), ("next", moved_on), ("previous", moved_back))

    for roll, expected in rules:
        due = AFTER.due(begun, lasts, roll=roll)
        rolled_by = None if due.on == AFTER.add(begun, lasts) else roll
        assert (*found(due), due.rolled_by) == (*told(expected), rolled_by), case
        assert Pencil().after(begun, *pencilled(lasts), roll=roll) == (*told(expected), rolled_by)


@pytest.mark.parametrize(("case", "end", "duration", "roll", "due"), rows(BEFORE))
@pytest.mark.parametrize("starts", ["day_after", "same_day"])
def test_what_is_due_before_a_day_does_not_count_it(
    case: str, end: str, duration: str, roll: Roll, due: str, starts: Starts
) -> None:
    """By neither convention: a copy one week before publication is due on the same day of the week."""
    day, lasts = date.fromisoformat(end), Duration.parse(duration)

    calendar = WorkingCalendar.england_and_wales(starts=starts)

    assert found(calendar.due_before(day, lasts, roll=roll)) == told(due), case
    assert Pencil(starts).before(day, *pencilled(lasts), roll=roll)[:2] == told(due)


def test_the_shipped_list_is_what_the_rules_and_the_proclamations_make_it() -> None:
    """Every year of it, and every day; the pencil's own rules, not its copy of the list."""
    for year in range(AFTER.first.year, AFTER.horizon.year + 1):
        assert {day for day in AFTER.holidays if day.year == year} == by_the_rules(year), year


@pytest.mark.parametrize("year", [1990, 1995, 1999, 2002, 2010, 2029, 2033, 2038, 2060, 2099])
def test_the_forecast_is_what_the_rules_make_it(year: int) -> None:
    days = (
        date.fromordinal(n) for n in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal())
    )

    assert {day for day in days if AFTER.is_bank_holiday(day)} == by_the_rules(year)
