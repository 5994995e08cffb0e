"""What is in a database, in numbers; and which cases are new in it.

Functions take a connection and never commit. They know the tables, and nothing of what the cases are about.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from loopengine.store.cases import CASE, ENTRY


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A case that was opened lately: its row, what it is called, its workflow, and where it stands."""

    row: int
    reference: str
    workflow: str
    state: str


def newcomers(connection: Connection, after: int, most: int) -> list[Newcomer]:
    """At most *most* of the cases that were opened after the row *after*, in the order in which they were."""
    columns = (CASE.c.id, CASE.c.reference, CASE.c.workflow, CASE.c.state)
    query = select(*columns).where(CASE.c.id > after).order_by(CASE.c.id).limit(most)
    return [Newcomer(*row) for row in connection.execute(query)]


def cases_by_state(connection: Connection) -> dict[tuple[str, str, bool], int]:
    """How many cases stand where, by workflow, state, and whether they have ended."""
    keys = (CASE.c.workflow, CASE.c.state, CASE.c.ended)
    query = select(*keys, func.count()).group_by(*keys).order_by(*keys)
    return {(workflow, state, ended): count for workflow, state, ended, count in connection.execute(query)}


def entries_by_kind(connection: Connection) -> dict[str, int]:
    """How many entries there are in all histories, by kind."""
    query = select(ENTRY.c.kind, func.count().label("entries")).group_by(ENTRY.c.kind).order_by(ENTRY.c.kind)
    return {row.kind: row.entries for row in connection.execute(query)}
