"""A database with a row in every table that a verb fills, and ways to change it behind the engine's back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from loopengine import Actor, Engine, Framework
from loopengine.clock import FrozenClock, parse_instant
from loopengine.store.migrations.schema import TRIGGERS
from loopengine.store.tables import Table
from support.small import CHAIR, REVIEW, REVIEWER, UNIT, framework, salts

NOW = "2017-02-20T09:00Z"
HOSPITAL_UNIT = Actor("Uma Unit", ["business_unit"], agency="hospital")
_HOLDS = "holds: {court: {stops: [decide], source: local}}\ndeadlines:"
_STANDING = """\
standing:
  met: {when: reviewer_of == "council", tell: [owner, executive], source: local}
  noted:
    when: reviewer_of == "school"
    opens: {workflow: review, link: arises_from, carry: [told_on]}
    source: local
holds:"""


@cache
def board(version: int) -> Framework:
    """The small framework with a hold; of the second *version*, with another title of its review."""
    review = REVIEW.replace("deadlines:", _HOLDS).replace("holds:", _STANDING)
    return framework(
        review=review.replace("version: 1\ntitle: Review", f"version: {version}\ntitle: R{version}")
    )


def board_on(path: Path, *, rehearsal: bool = True) -> Engine:
    """The engine on the database at *path*, at the end of `live`."""
    return Engine(
        f"sqlite:///{path}", framework=board(2), clock=FrozenClock(NOW), rehearsal=rehearsal, salt=salts()
    )


def live(path: Path) -> None:
    """Make a database at *path* in which something of everything has happened, under two frameworks."""
    clock, url, salt = FrozenClock("2017-01-09T09:00Z"), f"sqlite:///{path}", salts()
    at_work = Engine(url, framework=board(1), clock=clock, rehearsal=True, salt=salt)
    case = at_work.open(
        "review", {"harmed": True, "note": "Child A"}, by=UNIT, key="opened", evidence="a letter"
    )
    at_work.record(case, {"told_on": date(2017, 1, 5), "agencies": "police,school"}, by=UNIT, key="recorded")
    at_work.fire(case, "decline", by=CHAIR, reason="no", key="refused")
    clock.advance(days=1)
    at_work.record(case, {"told_on": date(2017, 1, 6)}, by=UNIT, correction=True)
    at_work.record(case, {"concern": "unknown"}, by=UNIT)
    at_work.fire(case, "accept", by=CHAIR).require()
    first = at_work.fire(case, "propose", by=REVIEWER, key="moved").require().opened[0]
    second = at_work.fire(case, "propose", by=REVIEWER).require().opened[0]
    at_work.record(first, {"owner": "police"}, by=UNIT, evidence="minutes")
    at_work.fire(first, "verify", by=HOSPITAL_UNIT).require()
    at_work.fire(second, "drop", by=UNIT, reason="not needed").require()
    late = at_work.open("review", {"told_on": date(2017, 1, 7)}, by=UNIT)
    at_work.close()
    clock.advance(days=10)
    at_work = Engine(url, framework=board(2), clock=clock, rehearsal=True, salt=salt)
    at_work.fire(case, "follow", by=UNIT).require()
    at_work.hold(late, "court", by=UNIT, reason="a trial", on=date(2017, 1, 10))
    at_work.release(late, "court", by=UNIT, on=date(2017, 1, 12))
    at_work.open("review", {"harmed": False, "told_on": date(2017, 1, 17)}, by=UNIT)
    clock.advance_to(parse_instant(NOW))
    assert at_work.sweep()
    waiting = at_work.open("review", {"told_on": date(2017, 2, 1)}, by=UNIT)
    at_work.hold(waiting, "court", by=UNIT, reason="a trial")
    last = at_work.open("review", {"told_on": date(2017, 2, 2)}, by=UNIT)
    for agency in ("council", "school", "council"):
        at_work.record(last, {"reviewer_of": agency}, by=UNIT)
    at_work.close()


@contextmanager
def behind(path: Path) -> Iterator[sqlite3.Connection]:
    """A way into the database past the engine, with the guards taken away and the keys off."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("pragma foreign_keys = off")
        connection.execute("pragma ignore_check_constraints = on")
        for name in TRIGGERS:
            connection.execute(f"drop trigger if exists {name}")
        yield connection


@dataclass(frozen=True)
class Column:
    """One column of one table, as declared."""

    table: str
    name: str
    optional: bool

    def __str__(self) -> str:
        return f"{self.table}.{self.name}"


@dataclass(frozen=True)
class Put:
    """A *value* that is put into one row: as it is, or as a text made of bytes that are none."""

    row: int
    value: object
    as_text: bool = False


COLUMNS = [
    Column(table.name, column.name, bool(column.nullable))
    for table in Table.metadata.sorted_tables
    for column in table.c
]
_JSON = {
    "agencies", "answer", "body", "clocks", "happened", "holds", "opened_for", "path", "roles", "standing",
    "tallies", "texts", "value",
}  # fmt: skip


def plausible(connection: sqlite3.Connection, column: Column) -> Iterator[Put]:
    """What somebody might write there instead: what stands in another row, and what is near to it."""
    name, table = column.name, column.table
    for row in _rows(connection, table):
        (now,) = connection.execute(f"select {name} from {table} where rowid = ?", (row,)).fetchone()
        query = f"select {name} from {table} where {name} is not ? and {name} is not null limit 1"
        for value in [value for (value,) in connection.execute(query, (now,))] + _near(name, now):
            yield Put(row, value)
        if column.optional and now is not None:
            yield Put(row, None)


def strange(connection: sqlite3.Connection, column: Column) -> Iterator[Put]:
    """What no verb would ever write there, into one row: bytes, what is no text, and no end of brackets."""
    name, table = column.name, column.table
    query = f"select max(rowid), cast({name} as blob) from {table} where {name} is not null"
    row, raw = connection.execute(query).fetchone()
    yield Put(row, raw or b"x")
    yield Put(row, b"caf\xe9", as_text=True)
    if name in _JSON:
        yield Put(row, "[" * 5000)
        yield Put(row, '{"x": 1}')


@contextmanager
def changed(connection: sqlite3.Connection, column: Column, put: Put) -> Iterator[bool]:
    """The database with *put* in *column*, and as it was again afterwards; whether it is another one."""
    name, table = column.name, column.table
    (was,) = connection.execute(f"select {name} from {table} where rowid = ?", (put.row,)).fetchone()
    row = put.row
    try:
        value = "cast(? as text)" if put.as_text else "?"
        connection.execute(f"update {table} set {name} = {value} where rowid = ?", (put.value, row))
    except sqlite3.IntegrityError:  # there is such a row already
        yield False
        return
    row = put.value if name == "id" else row
    same = connection.execute(f"select {name} is ? from {table} where rowid = ?", (was, row)).fetchone()
    try:
        yield not same[0]
    finally:
        connection.execute(f"update {table} set {name} = ? where rowid = ?", (was, row))


def _near(name: str, now: object) -> list[object]:
    match now:
        case None:
            return [2 if name.endswith(("_id", "_by")) else "2017-01-11"]
        case int():
            return [now + 1 if now != 1 else 0]
        case str() if now.startswith("2017-"):
            return [now.replace("2017-", "2016-", 1)]
        case "[]":
            return ['["police"]', "[]x"]
        case _:
            return [f"{now}x", str(now).replace("1", "2") if "1" in str(now) else str(now).upper()]


def _rows(connection: sqlite3.Connection, table: str) -> list[int]:
    """The first and the last row of *table*, and one between them."""
    found = [number for (number,) in connection.execute(f"select rowid from {table} order by rowid")]
    return sorted({found[0], found[len(found) // 2], found[-1]}) if found else []
