"""What an audit reads of the tables and nobody else needs: rows that may be anything, and rows out of place.

Functions take a connection and never commit. They know the tables, and nothing of what their rows should say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Connection, Row, func, literal_column, select
from sqlalchemy import Table as SqlTable

from loopengine.errors import BrokenHistory
from loopengine.store.cases import CASE
from loopengine.store.legible import declared, legible
from loopengine.store.tables import Table

_AT_ONCE = 500  # rows in memory at a time


@dataclass(frozen=True, slots=True)
class Illegible:
    """A row that cannot be read: one of its columns holds what its type cannot be."""

    table: str
    row: int

    def __str__(self) -> str:
        return f"row {self.row} of {self.table}"


Seen: TypeAlias = Row[Any] | Illegible


def rows(
    connection: Connection,
    table: SqlTable,
    *conditions: ColumnElement[bool],
    order: ColumnElement[Any] | None = None,
    limit: int | None = None,
) -> list[Seen]:
    """The rows of *table* that meet the *conditions*, in *order*, however they can be read."""
    query = select(table).where(*conditions).order_by(order).limit(limit)
    try:
        with legible(table.name):
            return [declared(row, table) for row in connection.execute(query)]
    except BrokenHistory:  # row by row, then: on SQLite, since PostgreSQL keeps no such thing
        key: ColumnElement[int] = literal_column("rowid")
        numbers = select(key).select_from(table).where(*conditions).order_by(order).limit(limit)
        return [_row(connection, table, number) for number in connection.execute(numbers).scalars().all()]


def all_rows(connection: Connection, table: SqlTable) -> Iterator[Seen]:
    """Every row of a *table* that numbers its rows, however it can be read, some at a time."""
    after, key = 0, table.c.id
    while found := rows(connection, table, key > after, order=key, limit=_AT_ONCE):
        yield from found
        last = found[-1]
        after = last.row if isinstance(last, Illegible) else last.id


def root_of(connection: Connection, case_id: int) -> object:
    """The row at the top of a case's family, as the row of the case says."""
    root = func.coalesce(CASE.c.root_id, CASE.c.id)
    return connection.execute(select(root).where(CASE.c.id == case_id)).scalar_one_or_none()


def damages(connection: Connection) -> Iterator[tuple[str, str]]:
    """The tables that the database itself finds out of order in its file, each with the first thing it says.

    Only SQLite can be asked.
    """
    if connection.dialect.name != "sqlite":
        return
    for table in Table.metadata.sorted_tables:
        said = connection.exec_driver_sql(f"pragma integrity_check({table.name})").scalars().all()
        if said != ["ok"]:
            yield table.name, said[0].splitlines()[-1] if said else "it says nothing"


def strays(connection: Connection) -> Iterator[tuple[str, str, int]]:
    """What points to a row that is not there, as in a tool that does not check keys: table, column, how many.

    Without the cases themselves, which their histories are held against.
    """
    for table in Table.metadata.sorted_tables:
        for column in table.c:
            for key in column.foreign_keys if table is not CASE else ():
                there = key.column.table.alias()
                beside = table.outerjoin(there, there.c[key.column.name] == column)
                astray = column.is_not(None) & there.c[key.column.name].is_(None)
                count = connection.execute(
                    select(func.count()).select_from(beside).where(astray)
                ).scalar_one()
                if count:
                    yield table.name, column.name, count


def _row(connection: Connection, table: SqlTable, number: int) -> Seen:
    key: ColumnElement[int] = literal_column("rowid")
    try:
        with legible(table.name):
            return declared(connection.execute(select(table).where(key == number)).one(), table)
    except BrokenHistory:
        return Illegible(table.name, number)
