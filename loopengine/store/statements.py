"""Statements built from the tables, compiled once for each dialect, and run on the driver itself.

What SQLAlchemy does around a statement takes several times as long as most statements do. Values go in and
come out as the types of the columns say, so rows and results are the same as through it. Where the driver is
not Python's own `sqlite3`, SQLAlchemy runs the statement. Knows no table.
"""

from __future__ import annotations

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from typing import Any, TypeAlias, cast
from weakref import WeakKeyDictionary

from sqlalchemy import (
    BindParameter,
    Connection,
    Dialect,
    Insert,
    Integer,
    Row,
    Select,
    Update,
    bindparam,
    exc,
)
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import ReturningInsert
from sqlalchemy.sql.selectable import CompoundSelect
from sqlalchemy.types import TypeEngine
from sqlmodel import UTCDateTime

Clause: TypeAlias = "Select[Any] | CompoundSelect[Any] | Insert | ReturningInsert[Any] | Update"
Values: TypeAlias = Mapping[str, object]
_Processor: TypeAlias = Callable[[object], object]
_AT_ONCE = 512  # keys in one statement


class Statement:
    """*clause*, ready to be run; of an insert or an update, *keys* are the columns that it writes."""

    def __init__(self, clause: Clause, *, keys: Sequence[str] = ()) -> None:
        self._clause = clause
        self._keys = keys
        self._compiled: WeakKeyDictionary[Dialect, _Compiled] = WeakKeyDictionary()
        self._last: tuple[Dialect, _Compiled] | None = None

    def rows(self, connection: Connection, **values: object) -> Sequence[Row[Any]]:
        """What the statement finds, or gives back of what it wrote."""
        driver = driver_of(connection)
        if driver is None:
            return connection.execute(self._clause, values).all()
        compiled = self._for(connection.dialect)
        try:
            found = driver.execute(compiled.text, compiled.arguments(values)).fetchall()
        except sqlite3.Error as error:
            raise as_sqlalchemy_has_it(error, compiled.text) from error
        return compiled.read(found)

    def add(self, connection: Connection, rows: Sequence[Values]) -> None:
        """Insert *rows*."""
        driver = driver_of(connection)
        if driver is not None:
            self._run(driver, connection.dialect, rows)
        elif rows:
            connection.execute(self._clause, [dict(row) for row in rows])

    def change(self, connection: Connection, rows: Sequence[Values]) -> int:
        """Update with each of *rows*; how many rows of the table that changed."""
        driver = driver_of(connection)
        if driver is not None:
            return self._run(driver, connection.dialect, rows)
        return sum(connection.execute(self._clause, dict(row)).rowcount for row in rows)

    def _run(self, driver: sqlite3.Connection, dialect: Dialect, rows: Sequence[Values]) -> int:
        if not rows:
            return 0
        compiled = self._for(dialect)
        try:
            return driver.executemany(compiled.text, [compiled.arguments(row) for row in rows]).rowcount
        except sqlite3.Error as error:
            raise as_sqlalchemy_has_it(error, compiled.text) from error

    def _for(self, dialect: Dialect) -> _Compiled:
        last = self._last
        if last is not None and last[0] is dialect:  # nearly always, and quicker than a weak reference
            return last[1]
        compiled = self._compiled.get(dialect)
        if compiled is None:
            compiled = self._compiled[dialect] = _compile(self._clause, self._keys, dialect)
        self._last = (dialect, compiled)
        return compiled


class ByKeys:
    """The statement that *clause* makes for the rows of so many keys: the keys in lots, of few sizes."""

    def __init__(self, clause: Callable[[Sequence[BindParameter[int]]], Clause]) -> None:
        self._clause = clause
        self._statements: dict[int, Statement] = {}

    def rows(self, connection: Connection, keys: Iterable[int]) -> Iterator[Row[Any]]:
        """What the statement finds for *keys*, lot by lot."""
        left = iter(keys)
        while some := list(islice(left, _AT_ONCE)):
            size = 1 << (len(some) - 1).bit_length()
            some += [some[-1]] * (size - len(some))
            values = {_key(number): key for number, key in enumerate(some)}
            yield from self._of(size).rows(connection, **values)

    def _of(self, size: int) -> Statement:
        if size not in self._statements:
            names = [bindparam(_key(number), type_=Integer) for number in range(size)]
            self._statements[size] = Statement(self._clause(names))
        return self._statements[size]


def driver_of(connection: Connection) -> sqlite3.Connection | None:
    """The connection of Python's own `sqlite3` that *connection* is on, if it is on one."""
    driver: object = connection.connection.dbapi_connection
    return driver if isinstance(driver, sqlite3.Connection) else None


def begin(connection: Connection, how: str) -> None:
    """Begin a transaction with the words *how*."""
    driver = driver_of(connection)
    if driver is None:
        connection.exec_driver_sql(how)
        return
    try:
        driver.execute(how)
    except sqlite3.Error as error:
        raise as_sqlalchemy_has_it(error, how) from error


def commit(driver: sqlite3.Connection) -> None:
    """Commit what was done on *driver*."""
    try:
        driver.commit()
    except sqlite3.Error as error:
        raise as_sqlalchemy_has_it(error, "COMMIT") from error


def as_sqlalchemy_has_it(error: sqlite3.Error, text: str) -> exc.DBAPIError:
    """*error* of the driver, at the statement *text*, as SQLAlchemy tells it; without the values."""
    kind = getattr(exc, type(error).__name__, exc.DBAPIError)
    told = kind(text, None, error, hide_parameters=True)
    assert isinstance(told, exc.DBAPIError)
    return told


@dataclass(frozen=True, slots=True)
class _Compiled:
    """The text for the driver, and what values go through on their way in and out, where they do."""

    text: str
    binds: tuple[tuple[str, _Processor | None], ...]
    fixed: Values
    columns: tuple[tuple[int, _Processor], ...]
    row: Callable[[Sequence[object]], Row[Any]]

    def arguments(self, values: Values) -> list[object]:
        """*values* in the order of the text, as the driver takes them."""
        given = {**self.fixed, **values} if self.fixed else values
        return [given[name] if process is None else process(given[name]) for name, process in self.binds]

    def read(self, found: Sequence[Sequence[object]]) -> list[Row[Any]]:
        """What the driver *found*, as SQLAlchemy gives it: tuples with names."""
        if not self.columns:
            return [self.row(row) for row in found]
        read: list[Row[Any]] = []
        for row in found:
            values = list(row)
            for index, process in self.columns:
                values[index] = process(values[index])
            read.append(self.row(values))
        return read


def _key(number: int) -> str:
    return f"key_{number}"


def _compile(clause: Clause, keys: Sequence[str], dialect: Dialect) -> _Compiled:
    compiled = clause.compile(dialect=dialect, column_keys=list(keys) or None)
    assert isinstance(compiled, SQLCompiler)
    names = compiled.positiontup or []
    types = {name: compiled.binds[name].type.dialect_impl(dialect) for name in names}
    fixed = {name: compiled.binds[name].value for name in names if not compiled.binds[name].required}
    columns = list(clause.exported_columns)
    ways_out = [_way_out(column.type.dialect_impl(dialect), dialect) for column in columns]
    row = namedtuple("Row", [column.key for column in columns])  # type: ignore[misc]  # named at run time
    return _Compiled(
        compiled.string,
        tuple((name, _way_in(types[name], dialect)) for name in names),
        fixed,
        tuple((index, way_out) for index, way_out in enumerate(ways_out) if way_out is not None),
        cast("Callable[[Sequence[object]], Row[Any]]", row._make),
    )


def _way_in(type_: TypeEngine[Any], dialect: Dialect) -> _Processor | None:
    """What is done to a value of *type_* on its way in, if anything is; to an instant in UTC, quicker."""
    process = type_.bind_processor(dialect)
    if not isinstance(type_, UTCDateTime) or process is None:
        return process

    def text_of(value: object) -> object:
        if isinstance(value, datetime) and value.tzinfo is UTC:
            return _utc_text(value)
        return process(value)

    return text_of


@lru_cache(maxsize=256)  # what is written in one transaction bears the same few instants
def _utc_text(instant: datetime) -> str:
    return instant.isoformat(" ", "microseconds").removesuffix("+00:00")


def _way_out(type_: TypeEngine[Any], dialect: Dialect) -> _Processor | None:
    """What is done to a value of *type_* on its way out, if anything is.

    An instant is read once: what was written in one transaction bears the same.
    """
    process = type_.result_processor(dialect, None)
    return lru_cache(maxsize=1024)(process) if process and isinstance(type_, UTCDateTime) else process
