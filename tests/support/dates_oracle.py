"""Dates worked out the slow way: one day after another, with a pencil.

Shares no code with the engine, and none with the library by which the engine forecasts. Its bank holidays are
the list of the design folder, where that lies beside the checkout, and for all other years the rules by which
they fall: Easter by the anonymous Gregorian computus, Mondays by looking for them, substitute days by
stepping on. What it answers is a date, whether that is provisional, and the rule that moved it.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date, timedelta
from functools import cache
from pathlib import Path

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "bank-holidays-england-and-wales.json"
DAY = timedelta(days=1)
FIRST_YEAR, LAST_YEAR = 2011, 2028

# Proclaimed for one year: what was added, and what that took the place of.
ADDED = [
    *("1995-05-08", "1999-12-31", "2002-06-03", "2002-06-04", "2011-04-29", "2012-06-04", "2012-06-05"),
    *("2020-05-08", "2022-06-02", "2022-06-03", "2022-09-19", "2023-05-08"),
]
TAKEN = ["1995-05-01", "2002-05-27", "2012-05-28", "2020-05-04", "2022-05-30"]


def easter(year: int) -> date:
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    f = (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def by_the_rules(year: int) -> set[date]:
    """The bank holidays of *year*, all of them on weekdays, by the rules and the proclamations."""
    off = {easter(year) - 2 * DAY, easter(year) + DAY}
    off |= {first_monday(year, 5), last_monday(year, 5), last_monday(year, 8)}
    for fixed in (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)):
        if not weekend(fixed):
            off.add(fixed)
    for fixed in (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)):
        if weekend(fixed):
            substitute = fixed
            while weekend(substitute) or substitute in off:
                substitute += DAY
            off.add(substitute)
    off -= {date.fromisoformat(text) for text in TAKEN}
    return off | {date.fromisoformat(text) for text in ADDED if text.startswith(str(year))}


def weekend(day: date) -> bool:
    return day.isoweekday() in (6, 7)


def first_monday(year: int, month: int) -> date:
    day = date(year, month, 1)
    while day.isoweekday() != 1:
        day += DAY
    return day


def last_monday(year: int, month: int) -> date:
    day = date(year, month, 31)
    while day.isoweekday() != 1:
        day -= DAY
    return day


@cache
def bank_holidays() -> set[date]:
    """Those of a hundred years around the present, from the list wherever there is one."""
    off = {day for year in range(1990, 2100) for day in by_the_rules(year)}
    if SHARED.exists():
        listed = {
            date.fromisoformat(day) for days in json.loads(SHARED.read_text("utf-8")).values() for day in days
        }
        off = {day for day in off if not FIRST_YEAR <= day.year <= LAST_YEAR} | listed
    return off


class Pencil:
    """Somebody with a calendar on the wall, the organisation's *closed* days on it, and one convention."""

    def __init__(self, starts: str = "day_after", closed: Collection[date] = ()) -> None:
        self.starts = starts
        self.off = bank_holidays() | set(closed)
        self.asked: list[date] = []

    def works(self, day: date) -> bool:
        self.asked.append(day)
        return not weekend(day) and day not in self.off

    def after(self, start: date, amount: int, unit: str, roll: str = "none") -> tuple[date, bool, str | None]:
        """What is due *amount* *unit* after *start*."""
        self.asked = []
        if unit == "working days":
            day = start if self.starts == "same_day" else start + DAY
            done = 0
            while True:
                if self.works(day):
                    done += 1
                if done == amount:
                    return self.rolled(day, roll)
                day += DAY
        if unit in ("days", "weeks"):
            day = start
            for _ in range(amount * (7 if unit == "weeks" else 1)):
                day += DAY
            return self.rolled(day - DAY if self.starts == "same_day" else day, roll)
        return self.rolled(months_away(start, amount * (12 if unit == "years" else 1)), roll)

    def before(self, end: date, amount: int, unit: str, roll: str = "none") -> tuple[date, bool, str | None]:
        """What is due *amount* *unit* before *end*, which is never counted."""
        self.asked = []
        if unit == "working days":
            day, done = end, 0
            while done < amount:
                day -= DAY
                if self.works(day):
                    done += 1
            return self.rolled(day, roll)
        if unit in ("days", "weeks"):
            day = end
            for _ in range(amount * (7 if unit == "weeks" else 1)):
                day -= DAY
            return self.rolled(day, roll)
        return self.rolled(months_away(end, -amount * (12 if unit == "years" else 1)), roll)

    def rolled(self, day: date, roll: str) -> tuple[date, bool, str | None]:
        landed = day
        if roll != "none":
            while not self.works(landed):
                landed += DAY if roll == "next" else -DAY
        provisional = any(not FIRST_YEAR <= asked.year <= LAST_YEAR for asked in self.asked)
        return landed, provisional, None if landed == day else roll

    def count(self, start: date, end: date) -> tuple[int, bool]:
        """The working days that a clock started on *start* has counted by the end of *end*."""
        self.asked = []
        earlier, later = min(start, end), max(start, end)
        day = earlier if self.starts == "same_day" else earlier + DAY
        done = 0
        while day <= later:
            if self.works(day):
                done += 1
            day += DAY
        provisional = any(not FIRST_YEAR <= asked.year <= LAST_YEAR for asked in self.asked)
        return (done if start <= end else -done), provisional


def months_away(start: date, months: int) -> date:
    """One month after another, keeping the day of the month in mind, then back to a day that there is."""
    year, month = start.year, start.month
    for _ in range(abs(months)):
        month += 1 if months > 0 else -1
        if month == 13:
            year, month = year + 1, 1
        if month == 0:
            year, month = year - 1, 12
    day = start.day
    while True:
        try:
            return date(year, month, day)
        except ValueError:
            day -= 1
