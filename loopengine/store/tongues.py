"""What SQLite and PostgreSQL say differently: days, months, and what is kept as JSON.

A day is of SQL's type for dates on both, and moves as `durations.shift` moves it. Knows no rules, and no
tables.
"""

from __future__ import annotations

from datetime import date
from typing import Protocol

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Integer,
    TableValuedAlias,
    Text,
    case,
    cast,
    func,
    literal,
    select,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import JSONB

from loopengine.core.durations import Duration

_MONTHS = {"months": 1, "years": 12}
_DAYS = {"days": 1, "weeks": 7}


class Tongue(Protocol):
    """How one sort of database says what the other says otherwise."""

    def name(self, spelled: ColumnElement[str]) -> ColumnElement[str]:
        """The name that is *spelled* in JSON."""

    def day(self, spelled: ColumnElement[str]) -> ColumnElement[date]:
        """The day that is *spelled* in JSON."""

    def members(self, spelled: ColumnElement[str]) -> TableValuedAlias:
        """The names in the list that is *spelled* in JSON, as a table with a column `value`."""

    def size(self, spelled: ColumnElement[str]) -> ColumnElement[int]:
        """How many are in the list that is *spelled* in JSON."""

    def counted(self, spelled: ColumnElement[str], *path: str) -> ColumnElement[int]:
        """The number that stands in an object *spelled* in JSON, under one key in the other; NULL if none."""

    def last(self, happened: ColumnElement[str], event: str, day: date) -> ColumnElement[date]:
        """The last day up to *day* on which *event* has *happened*; NULL if it has not."""

    def between(self, later: ColumnElement[date], earlier: ColumnElement[date]) -> ColumnElement[int]:
        """The days from *earlier* to *later*."""

    def days_on(self, day: ColumnElement[date], days: int) -> ColumnElement[date]:
        """*day* moved by *days*, within the calendar."""

    def months_on(self, day: ColumnElement[date], months: int) -> ColumnElement[date]:
        """*day* moved by *months*, within the calendar; to the last of a month that has no such day."""


class Sqlite:
    """Days are text there, in the order of the calendar."""

    def name(self, spelled: ColumnElement[str]) -> ColumnElement[str]:
        return func.json_extract(spelled, "$", type_=Text())

    def day(self, spelled: ColumnElement[str]) -> ColumnElement[date]:
        return func.substr(spelled, 2, 10, type_=Date())

    def members(self, spelled: ColumnElement[str]) -> TableValuedAlias:
        return func.json_each(spelled).table_valued("value")

    def size(self, spelled: ColumnElement[str]) -> ColumnElement[int]:
        return func.json_array_length(spelled, type_=BigInteger())

    def counted(self, spelled: ColumnElement[str], *path: str) -> ColumnElement[int]:
        return func.json_extract(spelled, _path(*path), type_=BigInteger())

    def last(self, happened: ColumnElement[str], event: str, day: date) -> ColumnElement[date]:
        times = func.json_each(happened, _path(event)).table_valued("value")
        on = func.json_extract(times.c.value, "$[0]", type_=Date())
        return select(func.max(on)).select_from(times).where(on <= day).scalar_subquery()

    def between(self, later: ColumnElement[date], earlier: ColumnElement[date]) -> ColumnElement[int]:
        return cast(func.julianday(later) - func.julianday(earlier), BigInteger)

    def days_on(self, day: ColumnElement[date], days: int) -> ColumnElement[date]:
        return func.date(day, f"{days:+d} days", type_=Date())

    def months_on(self, day: ColumnElement[date], months: int) -> ColumnElement[date]:
        # It goes on into the next month where there is no such day; December has all of them, and the year
        # after the last has none.
        moved = func.date(day, f"{months:+d} months")
        last = func.date(day, "start of month", f"{months + 1:+d} months", "-1 day")
        return func.min(moved, func.coalesce(last, moved), type_=Date())


class Postgresql:
    """Days are dates there, of a longer calendar."""

    def name(self, spelled: ColumnElement[str]) -> ColumnElement[str]:
        return func.jsonb_extract_path_text(func.jsonb_build_array(cast(spelled, JSONB)), "0", type_=Text())

    def day(self, spelled: ColumnElement[str]) -> ColumnElement[date]:
        return cast(func.substr(spelled, 2, 10), Date)

    def members(self, spelled: ColumnElement[str]) -> TableValuedAlias:
        return func.jsonb_array_elements_text(cast(spelled, JSONB)).table_valued("value").render_derived()

    def size(self, spelled: ColumnElement[str]) -> ColumnElement[int]:
        return cast(func.jsonb_array_length(cast(spelled, JSONB)), BigInteger)

    def counted(self, spelled: ColumnElement[str], *path: str) -> ColumnElement[int]:
        return cast(func.jsonb_extract_path_text(cast(spelled, JSONB), *path), BigInteger)

    def last(self, happened: ColumnElement[str], event: str, day: date) -> ColumnElement[date]:
        told = func.jsonb_extract_path(cast(happened, JSONB), event)
        times = func.jsonb_array_elements(told, type_=JSONB).table_valued("value").render_derived()
        on = cast(func.jsonb_extract_path_text(times.c.value, "0"), Date)
        return select(func.max(on)).select_from(times).where(on <= day).scalar_subquery()

    def between(self, later: ColumnElement[date], earlier: ColumnElement[date]) -> ColumnElement[int]:
        return cast(type_coerce(later.op("-")(earlier), Integer), BigInteger)

    def days_on(self, day: ColumnElement[date], days: int) -> ColumnElement[date]:
        return type_coerce(day.op("+")(literal(days, Integer())), Date)

    def months_on(self, day: ColumnElement[date], months: int) -> ColumnElement[date]:
        return cast(day.op("+")(func.make_interval(0, months)), Date)


def tongue_of(dialect: str) -> Tongue:
    """How the database called *dialect* says it."""
    return Postgresql() if dialect == "postgresql" else Sqlite()


def moved(tongue: Tongue, day: ColumnElement[date], duration: Duration, *, back: bool) -> ColumnElement[date]:
    """*day* as `durations.shift` moves it: not beyond where the calendar ends."""
    sign = -1 if back else 1
    if duration.unit in _MONTHS:
        amount = sign * duration.amount * _MONTHS[duration.unit]
        there, edge = tongue.months_on(day, amount), _edge_of_months(amount)
    else:
        amount = sign * duration.amount * _DAYS[duration.unit]
        there, edge = tongue.days_on(day, amount), _edge_of_days(amount)
    end = literal(date.min if back else date.max, Date())
    if edge is None:
        return case((day.is_not(None), end))
    return case((day < edge if back else day > edge, end), else_=there)


def _edge_of_days(days: int) -> date | None:
    """The day from which *days* lead to the end of the calendar; None if there is none."""
    end = date.max if days > 0 else date.min
    ordinal = end.toordinal() - days
    return date.fromordinal(ordinal) if 1 <= ordinal <= date.max.toordinal() else None


def _edge_of_months(months: int) -> date | None:
    """The last day, or with fewer than no *months* the first, that they leave within the calendar."""
    # Months are counted from the year 0.
    last, first = 12 * 10_000 - 1 - months, 12 - months
    if months > 0:
        return _last_of(last) if last >= 12 else None
    return date(first // 12, first % 12 + 1, 1) if first < 12 * 10_000 else None


def _last_of(month: int) -> date:
    if month == 12 * 10_000 - 1:
        return date.max
    following = date((month + 1) // 12, (month + 1) % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)


def _path(*names: str) -> str:
    """The path of SQLite to what stands under the first of *names*, then under the next."""
    return "$" + "".join(f'."{name}"' for name in names)
