"""A sweep of a thousand due cases among many, beside raw `sqlite3` writing the same rows as durably.

Run it with `python benchmarks/sweep.py [--due DUE] [CASES ...]`. Both sides do every sweep in as many
transactions, in turns in one run, each on a file of its own; the figure to read is the ratio. The cases that
are due lie scattered among the others, as they do on a board of some years.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from statistics import median
from time import perf_counter

from board import UNIT, engine
from floor import Floor

from loopengine import Engine
from loopengine.clock import FrozenClock
from loopengine.engine.sweeping import AT_ONCE
from loopengine.store import cases

ROUNDS = 5
SMALL, AIM_SMALL, AIM = 100_000, 2.0, 1.5  # times the floor: among fewer cases than that, and from it on
LOOKS = 20
BEGAN = "2017-01-03T09:00Z"


def board(path: Path, size: int, due: int) -> list[tuple[datetime, list[int]]]:
    """Make a database of so many cases; the instants at which *due* of them fall due, with their rows.

    One case of each kind is opened, and its rows are copied: all of them have a history, answers and a clock.
    """
    clock = FrozenClock(BEGAN)
    ours = engine(path, clock)
    for n in range(ROUNDS + 1):  # the last is that of those that are not due in any round
        ours.open("clocked", {"harmed": True, "told_on": str(clock.today())}, by=UNIT)
        clock.advance(days=7 if n < ROUNDS - 1 else 300)
    ours.close()
    with closing(sqlite3.connect(path)) as db:
        db.execute("pragma synchronous = off")  # it is only being made
        kinds = [_template(db, id_) for id_ in range(1, ROUNDS + 2)]
        rows = list(range(ROUNDS + 2, size + 1))
        chosen = random.Random(1).sample(rows, (due - 1) * ROUNDS)
        kind_of = {id_: n % ROUNDS for n, id_ in enumerate(chosen)}
        groups: list[list[int]] = [[n + 1] for n in range(ROUNDS)]
        for id_, n in kind_of.items():
            groups[n].append(id_)
        for first in range(0, len(rows), AT_ONCE * 40):
            _copy(db, ((id_, kinds[kind_of.get(id_, ROUNDS)]) for id_ in rows[first : first + AT_ONCE * 40]))
        db.execute("analyze")
        instants = [datetime.fromisoformat(kind.due_at).replace(tzinfo=UTC) for kind in kinds[:ROUNDS]]
    return list(zip(instants, groups, strict=True))


@dataclass(frozen=True, slots=True)
class Template:
    """The rows of one case, for copies."""

    case: dict[str, object]
    entry: dict[str, object]
    answers: list[dict[str, object]]

    @property
    def due_at(self) -> str:
        """When it falls due, as the database has it."""
        return str(self.case["due_at"])


def _template(db: sqlite3.Connection, id_: int) -> Template:
    def found(query: str) -> list[dict[str, object]]:
        cursor = db.execute(query, (id_,))
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    (case,) = found("select * from loop_case where id = ?")
    (entry,) = found("select * from loop_entry where case_id = ?")
    return Template(case, entry, found("select * from loop_answer where case_id = ?"))


def _copy(db: sqlite3.Connection, wanted: Iterable[tuple[int, Template]]) -> None:
    cases: list[dict[str, object]] = []
    entries: list[dict[str, object]] = []
    answers: list[dict[str, object]] = []
    for id_, kind in wanted:
        reference = f"CLO-2017-{id_:03d}"
        body = str(kind.entry["body"]).replace(str(kind.case["reference"]), reference)
        digest = sha256(body.encode()).hexdigest()
        cases.append(kind.case | {"id": id_, "reference": reference, "head": digest})
        entries.append(kind.entry | {"id": None, "case_id": id_, "body": body, "digest": digest})
        answers += [answer | {"id": None, "case_id": id_} for answer in kind.answers]
    for table, rows in (("loop_case", cases), ("loop_entry", entries), ("loop_answer", answers)):
        if rows:
            columns = ", ".join(f":{name}" for name in rows[0])
            db.executemany(f"insert into {table} values ({columns})", rows)
    db.commit()


def timed(folder: Path, size: int, due: int) -> tuple[float, float, float, float]:
    """Seconds for the floor and for the engine, how many times the floor that is, and seconds to find what is
    due: the medians.
    """
    path = folder / f"{size}.db"
    groups = board(path, size, due)
    floor = Floor(folder / f"{size}-floor.db", path)
    clock = FrozenClock(BEGAN)
    ours = engine(path, clock)
    took: list[tuple[float, float]] = []
    looks: list[float] = []
    for instant, rows in groups:
        clock.advance_to(instant)
        looks += _looks(ours)
        began = perf_counter()
        swept = ours.sweep()
        by_us = perf_counter() - began
        assert len(swept.done) == due
        assert not swept.failures
        written = floor.written(rows)
        began = perf_counter()
        floor.sweep(f"{instant:%Y-%m-%d %H:%M:%S.%f}", AT_ONCE, written)
        took.append((perf_counter() - began, by_us))
        floor.see_same(rows, ours)
    ours.close()
    floor.close()
    raw, by_engine = (median(side) for side in zip(*took, strict=True))
    return raw, by_engine, median(us / theirs for theirs, us in took), median(looks)


def _looks(ours: Engine) -> Iterator[float]:
    with ours.database.reading() as connection:
        for _ in range(LOOKS):
            began = perf_counter()
            cases.due(connection, ours.clock.now(), AT_ONCE)
            yield perf_counter() - began


def main(sizes: Sequence[int], due: int) -> None:
    """Print a line for each size."""
    print(f"{due} due among{'sqlite3 ms':>14}{'loopengine ms':>15}{'ratio':>8}{'aim':>6}{'found in ms':>13}")
    for size in sizes:
        aim = AIM_SMALL if size < SMALL else AIM
        with tempfile.TemporaryDirectory() as folder:
            raw, by_us, ratio, look = timed(Path(folder), size, due)
            print(f"{size:14}{raw * 1e3:14.1f}{by_us * 1e3:15.1f}{ratio:8.2f}{aim:6.1f}{look * 1e3:13.2f}")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description="A sweep, beside raw sqlite3.")
    arguments.add_argument("sizes", type=int, nargs="*", default=[10_000, 100_000], metavar="CASES")
    arguments.add_argument("--due", type=int, default=1_000)
    chosen = arguments.parse_args()
    main(chosen.sizes, chosen.due)
