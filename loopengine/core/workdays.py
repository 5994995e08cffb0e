"""The working calendar of England and Wales, and the day on which a duration ends.

Knows which bank holidays are published, and says where one had to be forecast.
Does not know what day it is, what falls due, or why an organisation closes.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import MAXYEAR, MINYEAR, date, datetime, timedelta
from functools import cache, lru_cache
from itertools import accumulate, islice
from typing import Literal, TypeAlias, assert_never, get_args

from loopengine.core.durations import Duration, months_on
from loopengine.core.forecast import forecast_bank_holidays
from loopengine.core.published import england_and_wales

Starts: TypeAlias = Literal["day_after", "same_day"]
Roll: TypeAlias = Literal["none", "next", "previous"]

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class DueDate:
    """A day that something is due on, and how sure that is.

    *provisional* when it rests on days whose bank holidays nobody has published; *rolled_by* names the
    rule that moved it off a day that is not worked, if one did.
    """

    on: date
    provisional: bool
    rolled_by: Roll | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingCalendar:
    """The days that are worked: weekdays but for bank *holidays* and an organisation's own *closures*.

    The holidays are published from *first* to *horizon*, both included; outside, they are forecast.
    *starts* says which day a clock counts first: the day after the one that starts it, or that same day.
    """

    holidays: frozenset[date]
    closures: frozenset[date] = frozenset()
    first: date
    horizon: date
    starts: Starts = "day_after"

    def __post_init__(self) -> None:
        _refuse_unknown("start of counting", self.starts, get_args(Starts))
        _refuse_instants(self.first, self.horizon, *self.holidays, *self.closures)
        if self.first > self.horizon:
            raise ValueError(
                f"calendar begins on {self.first} and ends on {self.horizon}; give first and horizon in order"
            )

    @staticmethod
    def england_and_wales(*, starts: Starts = "day_after", closures: Iterable[date] = ()) -> WorkingCalendar:
        """The calendar published for England and Wales, as shipped with this package."""
        return replace(_shipped(), starts=starts, closures=frozenset(closures))

    def is_published(self, day: date) -> bool:
        """Whether somebody has said for certain if *day* is a bank holiday."""
        _refuse_instants(day)
        return self.first <= day <= self.horizon

    def is_bank_holiday(self, day: date) -> bool:
        """Whether *day* is a weekday off for a bank holiday, by forecast where nothing is published."""
        _refuse_instants(day)
        return day.weekday() < _SATURDAY and self._is_holiday(day)

    def is_working(self, day: date) -> bool:
        """Whether *day* is worked, by forecast where nothing is published."""
        _refuse_instants(day)
        return self._works(day)

    def add(self, start: date, duration: Duration) -> date:
        """The day on which a *duration* that starts on *start* ends.

        Working days, days and weeks are counted from the first day that `starts` names; months and years
        end on the same day of the month as *start*, or on the last of a month that has no such day.
        """
        _refuse_instants(start)
        try:
            return self._end(start, duration)
        except OverflowError:
            raise ValueError(
                f"{duration} after {start} is beyond the year {MAXYEAR}; give an earlier day or less time"
            ) from None

    def due(self, start: date, duration: Duration, *, roll: Roll = "none") -> DueDate:
        """What falls due when *duration* has passed since *start*, moved by *roll* off a day not worked.

        Only the days that had to be asked whether they are worked can make it provisional: all that a
        count of working days passes, and those that a roll looks at.
        """
        _refuse_unknown("roll rule", roll, get_args(Roll))
        reached = self.add(start, duration)
        on = self._rolled(reached, roll)
        asked: tuple[date, ...] = () if roll == "none" else (reached, on)
        if duration.working_days is not None:
            asked = (self._counted_first(start), reached)
        # What is published is one stretch of days, so the ends of what was asked speak for the rest.
        provisional = not all(self.is_published(day) for day in asked)
        return DueDate(on=on, provisional=provisional, rolled_by=None if on == reached else roll)

    def due_before(self, day: date, duration: Duration, *, roll: Roll = "none") -> DueDate:
        """What falls due so long before *day*, which is not counted; moved by *roll* like `due`."""
        _refuse_instants(day)
        _refuse_unknown("roll rule", roll, get_args(Roll))
        try:
            reached = self._beginning(day, duration)
        except OverflowError:
            raise ValueError(
                f"{duration} before {day} is before the year {MINYEAR}; give a later day or less time"
            ) from None
        rolled = self.rolled(reached, roll)
        counted = (reached, day - _ONE_DAY) if duration.working_days is not None else ()
        provisional = rolled.provisional or not all(map(self.is_published, counted))
        return replace(rolled, provisional=provisional)

    def rolled(self, day: date, roll: Roll) -> DueDate:
        """What falls due on *day* itself, moved by *roll* off a day not worked."""
        _refuse_unknown("roll rule", roll, get_args(Roll))
        on = self._rolled(day, roll)
        provisional = roll != "none" and not (self.is_published(day) and self.is_published(on))
        return DueDate(on=on, provisional=provisional, rolled_by=None if on == day else roll)

    def count(self, start: date, end: date) -> int:
        """How many working days a clock that starts on *start* has counted by the close of *end*.

        The inverse of `add`. Before *start* it is negative: as many as from *end* to *start*.
        """
        _refuse_instants(start, end)
        if end < start:
            return -self.count(end, start)
        own = 1 if self.starts == "same_day" and self._works(start) else 0
        return own + self.working_days_left(start, end)

    def is_count_provisional(self, start: date, end: date) -> bool:
        """Whether what `count` says of *start* and *end* rests on days that nobody has published."""
        _refuse_instants(start, end)
        if start == end and self.starts == "day_after":
            return False
        first, last = sorted((start, end))
        return not (self.is_published(self._counted_first(first)) and self.is_published(last))

    def working_days_left(self, today: date, due: date) -> int:
        """The working days after *today* up to and including *due*; negative by as many as it is late."""
        _refuse_instants(today, due)
        if due < today:
            return -self.working_days_left(due, today)
        whole_years = sum(_worked(self, year)[-1] for year in range(today.year, due.year))
        return whole_years + _worked_by(self, due) - _worked_by(self, today)

    def _works(self, day: date) -> bool:
        return day.weekday() < _SATURDAY and day not in self.closures and not self._is_holiday(day)

    def _is_holiday(self, day: date) -> bool:
        if day in self.holidays:
            return True
        return not self.first <= day <= self.horizon and day in forecast_bank_holidays(day.year)

    def _counted_first(self, start: date) -> date:
        match self.starts:
            case "day_after":
                return start + _ONE_DAY
            case "same_day":
                return start
            case _:
                assert_never(self.starts)

    def _end(self, start: date, duration: Duration) -> date:
        amount = duration.amount
        match duration.unit:
            case "working_days":
                worked = filter(self._works, _days(self._counted_first(start)))
                return next(islice(worked, amount - 1, None))
            case "days":
                return self._counted_first(start) + timedelta(days=amount - 1)
            case "weeks":
                return self._counted_first(start) + timedelta(days=7 * amount - 1)
            case "months":
                return months_on(start, amount)
            case "years":
                return months_on(start, 12 * amount)
            case _:
                assert_never(duration.unit)

    def _beginning(self, day: date, duration: Duration) -> date:
        amount = duration.amount
        match duration.unit:
            case "working_days":
                worked = filter(self._works, _days(day - _ONE_DAY, -_ONE_DAY))
                return next(islice(worked, amount - 1, None))
            case "days":
                return day - timedelta(days=amount)
            case "weeks":
                return day - timedelta(days=7 * amount)
            case "months":
                return months_on(day, -amount)
            case "years":
                return months_on(day, -12 * amount)
            case _:
                assert_never(duration.unit)

    def _rolled(self, day: date, roll: Roll) -> date:
        match roll:
            case "none":
                return day
            case "next":
                return next(filter(self._works, _days(day)))
            case "previous":
                return next(filter(self._works, _days(day, -_ONE_DAY)))
            case _:
                assert_never(roll)


@cache
def _shipped() -> WorkingCalendar:
    published = england_and_wales()
    return WorkingCalendar(holidays=published.days, first=published.first, horizon=published.horizon)


@lru_cache(maxsize=512)
def _worked(calendar: WorkingCalendar, year: int) -> tuple[int, ...]:
    """The working days up to the close of each day of *year*, after a nought; the last is all of them."""
    first, days = date(year, 1, 1), 366 if isleap(year) else 365
    worked = (calendar.is_working(first + timedelta(days=n)) for n in range(days))
    return tuple(accumulate(worked, initial=0))


def _worked_by(calendar: WorkingCalendar, day: date) -> int:
    """The working days of the year of *day*, up to its close."""
    return _worked(calendar, day.year)[day.timetuple().tm_yday]


def _days(first: date, step: timedelta = _ONE_DAY) -> Iterator[date]:
    day = first
    while True:
        yield day
        day += step


def _refuse_instants(*days: date) -> None:
    # A datetime is a date to the type checker, but which day it is depends on where one stands.
    for day in days:
        if isinstance(day, datetime):
            raise ValueError(
                f"day {day.isoformat()!r} is an instant; take its day in London with london_date"
            )


def _refuse_unknown(sort: str, name: str, known: tuple[str, ...]) -> None:
    if name not in known:
        raise ValueError(f"no {sort} is called {name!r}; choose one of {', '.join(known)}")
