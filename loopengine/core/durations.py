"""So many working days, days, weeks, months or years; and a day moved by them, but for working days.

Knows nothing of holidays: working days are counted by the calendar in `workdays.py`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date
from typing import Literal, TypeAlias, get_args

Unit: TypeAlias = Literal["working_days", "days", "weeks", "months", "years"]

LONGEST = 9999
_WRITTEN = re.compile(r"([1-9][0-9]{0,3}) (working day|day|week|month|year)s?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """So many of exactly one unit; no unit is ever turned into another."""

    working_days: int | None = None
    days: int | None = None
    weeks: int | None = None
    months: int | None = None
    years: int | None = None

    def __post_init__(self) -> None:
        given = self._given()
        if len(given) != 1:
            named = ", ".join(given) or "no unit"
            raise ValueError(f"duration names {named}; give exactly one of {', '.join(get_args(Unit))}")
        if type(self.amount) is not int or not 1 <= self.amount <= LONGEST:
            raise ValueError(
                f"duration has {self.unit}={self.amount!r}; give a whole number from 1 to {LONGEST}"
            )

    @classmethod
    def parse(cls, text: str) -> Duration:
        """The duration that *text* names, such as "5 working days" or "1 month"."""
        written = _WRITTEN.fullmatch(text)
        if written is None:
            raise ValueError(
                f"duration {text!r} is not understood; write a whole number from 1 to {LONGEST}, then "
                "working days, days, weeks, months or years, as in '5 working days'"
            )
        return cls(**{f"{written[2]}s".replace(" ", "_"): int(written[1])})

    def __str__(self) -> str:
        words = self.unit.replace("_", " ")
        return f"1 {words.removesuffix('s')}" if self.amount == 1 else f"{self.amount} {words}"

    @property
    def unit(self) -> Unit:
        """The one unit that is given."""
        return next(iter(self._given()))

    @property
    def amount(self) -> int:
        """How many of the unit."""
        return next(iter(self._given().values()))

    def _given(self) -> dict[Unit, int]:
        every: dict[Unit, int | None] = {
            "working_days": self.working_days,
            "days": self.days,
            "weeks": self.weeks,
            "months": self.months,
            "years": self.years,
        }
        return {unit: amount for unit, amount in every.items() if amount is not None}


def shift(day: date, duration: Duration, *, back: bool = False, times: int = 1) -> date:
    """*day* moved forward by *times* the *duration*, or *back*; not beyond where the calendar of the language
    ends.

    A rule that looks further than that is answered, not refused. Raises ValueError for working days.
    """
    amount = times * (-duration.amount if back else duration.amount)
    match duration.unit:
        case "days":
            return _days_on(day, amount)
        case "weeks":
            return _days_on(day, 7 * amount)
        case "months":
            return _or_the_end(day, amount)
        case "years":
            return _or_the_end(day, 12 * amount)
        case "working_days":
            raise ValueError(f"{duration} cannot be counted without a calendar; use WorkingCalendar.add")


def months_on(day: date, months: int) -> date:
    """The same day of the month, *months* later, or the last of a month that has no such day.

    Raises OverflowError where the calendar of the language ends.
    """
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    if not MINYEAR <= year <= MAXYEAR:
        raise OverflowError
    _, last = monthrange(year, month + 1)
    return date(year, month + 1, min(day.day, last))


def completed_years(born: date, anchor: date) -> int:
    """The age on *anchor* of somebody born on *born*; negative before the birth.

    Somebody born on 29 February completes a year on 1 March of a year without that day.
    """
    return anchor.year - born.year - ((anchor.month, anchor.day) < (born.month, born.day))


def _days_on(day: date, days: int) -> date:
    return date.fromordinal(min(max(day.toordinal() + days, date.min.toordinal()), date.max.toordinal()))


def _or_the_end(day: date, months: int) -> date:
    try:
        return months_on(day, months)
    except OverflowError:
        return date.max if months > 0 else date.min
