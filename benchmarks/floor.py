"""The floor: raw `sqlite3` that writes the very rows that an engine wrote, with the same durability.

It reads what has to be read: the cases with their answers, and on a sweep what is due. What it writes is at
hand already, so nothing has to be thought, spelled or hashed. Knows the tables, and sees in the end that they
are the same.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from loopengine import Engine
from loopengine.store.statements import driver_of

Row: TypeAlias = Sequence[object]

PRAGMAS = ("journal_mode = wal", "synchronous = full", "foreign_keys = on", "recursive_triggers = on")
NAMED = "select id, digest from loop_words where sort = 'name' and words = ?"
DUE = "select id, root_id from loop_case where due_at <= ? order by due_at, id limit ?"
STANDING = (
    "select * from loop_answer where case_id in ({}) and corrected_by is null order by case_id, so_on, n"
)


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: *cases* as they are since, and what was added to the histories and to the outbox."""

    cases: Mapping[int, Row]
    entries: Mapping[int, Sequence[Row]]
    notices: Mapping[int, Sequence[Row]]


class Floor:
    """A database at *path*, copied from *source*, in which what is done there is done again."""

    def __init__(self, path: Path, source: Path) -> None:
        self.source = sqlite3.connect(source, isolation_level=None)
        with closing(sqlite3.connect(path)) as copy:
            self.source.backup(copy)
        self.db = sqlite3.connect(path, isolation_level=None)
        for pragma in PRAGMAS:
            self.db.execute(f"pragma {pragma}").fetchall()
        columns = [row[1] for row in self.db.execute("pragma table_info(loop_case)")]
        self._first, self._entries = columns.index("state"), columns.index("entries")
        changed = ", ".join(f"{name} = ?" for name in columns[self._first :])
        self._update = f"update loop_case set {changed} where id = ? and entries = ?"
        self._insert = {table: self._inserting(table) for table in ("loop_entry", "loop_notice")}

    def written_to(self, case: str) -> Written:
        """What the last transaction wrote to one *case*."""
        ((id_,),) = self.source.execute("select id from loop_case where reference = ?", (case,))
        return self.written([id_])

    def written(self, ids: Iterable[int]) -> Written:
        """What was written in the source to the cases with the rows *ids*, and is not here yet."""
        ids = list(ids)
        cases = {id_: self._one("select * from loop_case where id = ?", id_) for id_ in ids}
        return Written(
            cases,
            {id_: self._new("loop_entry", id_) for id_ in ids},
            {id_: self._new("loop_notice", id_) for id_ in ids},
        )

    def step(self, reference: str, name: str, written: Written) -> None:
        """Take one step again: one case, one transaction."""
        db = self.db
        db.execute("begin immediate")
        case = db.execute("select * from loop_case where reference = ?", (reference,)).fetchone()
        db.execute(STANDING.format("?"), case[:1]).fetchall()
        db.execute(NAMED, (name,)).fetchone()
        self._write([case], written)
        db.execute("commit")

    def sweep(self, now: str, at_once: int, written: Written) -> None:
        """Do a sweep again: whatever is due, *at_once* cases in a transaction."""
        db = self.db
        while True:
            db.execute("begin immediate")
            ids = [row[0] for row in db.execute(DUE, (now, at_once))]
            if ids:
                marks = ", ".join("?" * len(ids))
                cases = db.execute(f"select * from loop_case where id in ({marks})", ids).fetchall()
                db.execute(STANDING.format(marks), ids).fetchall()
                self._write(cases, written)
            db.execute("commit")
            if len(ids) < at_once:
                return

    def find(self, now: str, at_once: int) -> None:
        """Find what is due."""
        self.db.execute(DUE, (now, at_once)).fetchall()

    def see_same(self, ids: Iterable[int], ours: Engine) -> None:
        """See that this is a fair floor: the very rows that the engine wrote, and as durably."""
        for table in ("loop_case", "loop_entry", "loop_notice", "loop_answer", "loop_words"):
            count = f"select count(*) from {table}"
            assert self.db.execute(count).fetchone() == self.source.execute(count).fetchone()
        for id_ in ids:
            for query in (
                "select * from loop_case where id = ?",
                "select * from loop_entry where case_id = ?",
                "select * from loop_notice where case_id = ?",
            ):
                assert (
                    self.db.execute(query, (id_,)).fetchall() == self.source.execute(query, (id_,)).fetchall()
                )
        with ours.database.writing() as connection:
            driver = driver_of(connection)
            assert driver is not None
            for pragma in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers", "page_size"):
                asked = f"pragma {pragma}"
                assert self.db.execute(asked).fetchone() == driver.execute(asked).fetchone()

    def close(self) -> None:
        """Let go of both databases."""
        self.source.close()
        self.db.close()

    def _write(self, cases: Sequence[Row], written: Written) -> None:
        after = (written.cases[_id(row)] for row in cases)
        values = [
            (*new[self._first :], new[0], old[self._entries]) for new, old in zip(after, cases, strict=True)
        ]
        assert self.db.executemany(self._update, values).rowcount == len(cases)
        for table, added in (("loop_entry", written.entries), ("loop_notice", written.notices)):
            if rows := [row for case in cases for row in added[_id(case)]]:
                self.db.executemany(self._insert[table], rows)

    def _new(self, table: str, id_: int) -> Sequence[Row]:
        query = f"select * from {table} where case_id = ? order by id"
        old = len(self.db.execute(query, (id_,)).fetchall())
        return self.source.execute(query, (id_,)).fetchall()[old:]

    def _one(self, query: str, id_: int) -> Row:
        (row,) = self.source.execute(query, (id_,))
        assert isinstance(row, tuple)
        return row

    def _inserting(self, table: str) -> str:
        columns = self.db.execute(f"pragma table_info({table})").fetchall()
        return f"insert into {table} values ({', '.join('?' * len(columns))})"


def _id(row: Row) -> int:
    assert isinstance(row[0], int)
    return row[0]
