"""The days on which the organisation does not work, beside the bank holidays.

Functions take a connection and never commit.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple, cast

from sqlalchemy import Connection, Table, insert, select

from loopengine.store.legible import legible
from loopengine.store.statements import Statement
from loopengine.store.tables import ClosureRow

CLOSURE = cast(Table, ClosureRow.__dict__["__table__"])


class Closure(NamedTuple):
    """A day that is not worked, why, and since when that is known."""

    day: date
    reason: str
    known_since: datetime


@legible("the days on which the board is closed")
def closures(connection: Connection) -> list[Closure]:
    """All closures, day by day."""
    return [Closure(row.day, row.reason, row.known_since) for row in _ALL.rows(connection)]


def close(connection: Connection, closure: Closure) -> bool:
    """Add *closure*; False if that day is closed already."""
    known = select(CLOSURE.c.day).where(CLOSURE.c.day == closure.day)
    if connection.execute(known).first() is not None:
        return False
    connection.execute(insert(CLOSURE).values(**closure._asdict()))
    return True


_ALL = Statement(select(CLOSURE).order_by(CLOSURE.c.day))
