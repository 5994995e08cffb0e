"""The cases that the cycles of a framework have opened: one for each of their days.

Functions take a connection and never commit.
"""

from __future__ import annotations

from datetime import date
from typing import cast

from sqlalchemy import Connection, Table, func, insert, select

from loopengine.clock import london_date
from loopengine.store.legible import legible
from loopengine.store.tables import CycleRow, FrameworkRow

CYCLE, FRAMEWORK = (cast(Table, row.__dict__["__table__"]) for row in (CycleRow, FrameworkRow))


@legible("what the cycles have opened")
def opened(connection: Connection, framework: str) -> set[tuple[str, date]]:
    """The cycles of the framework called *framework*, and the days for which they have opened a case."""
    query = select(CYCLE.c.cycle, CYCLE.c.occurs_on).where(CYCLE.c.framework == framework)
    return {(row.cycle, row.occurs_on) for row in connection.execute(query)}


def mark(connection: Connection, framework: str, cycle: str, day: date, case_id: int) -> None:
    """Write that *cycle* has opened a case for *day*; the database refuses to be told twice."""
    connection.execute(insert(CYCLE).values(framework=framework, cycle=cycle, occurs_on=day, case_id=case_id))


def known_since(connection: Connection, framework: str) -> date | None:
    """The day on which the database first knew a framework called *framework*."""
    query = select(func.min(FRAMEWORK.c.known_since)).where(FRAMEWORK.c.name == framework)
    since = connection.execute(query).scalar_one_or_none()
    return None if since is None else london_date(since)
