"""One persisted step, beside raw `sqlite3` writing the same rows with the same durability.

Run it with `python benchmarks/step.py [STEPS]`. Both fire an event on cases of the shipped framework's kind,
one commit a step, in turns in one run, each on a file of its own; the figure to read is the ratio. The raw
side reads the case, changes its row if it is still the one that was read, adds one chained entry, and
commits: what a step cannot do without.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
from contextlib import closing
from hashlib import sha256
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter

from loopengine import Actor, Engine, load_framework
from loopengine.clock import FrozenClock
from loopengine.workflow_files import default_framework

CHAIR = Actor("Chair", ["independent_chair"])
EVERYBODY = Actor("Everybody", load_framework(default_framework()).roles)
ROUNDS = 7


class Ours:
    """The engine: rule, roles, explanation, what was read, history, and everything that follows."""

    def __init__(self, path: Path, cases: int) -> None:
        framework = load_framework(default_framework())
        self.engine = Engine(f"sqlite:///{path}", framework=framework, clock=FrozenClock("2017-01-09T09:00Z"))
        known = {"notified_on": "2017-01-09", "normally_resident": True, "agencies_involved": "police"}
        self.cases = [
            self.engine.open("serious-case-review", known, by=EVERYBODY).reference for _ in range(cases)
        ]
        for case in self.cases:
            for event in ("gather_information", "refer", "recommend_review"):
                self.engine.fire(case, event, by=EVERYBODY, reason="as agreed").require()

    def step(self, n: int) -> None:
        self.engine.fire(self.cases[n], "seek_peer_challenge", by=CHAIR, reason="asked").require()


class Raw:
    """The driver: read, compare and swap, one chained entry, commit."""

    def __init__(self, path: Path, ours: Path) -> None:
        with closing(sqlite3.connect(ours)) as source, closing(sqlite3.connect(path)) as copy:
            source.backup(copy)
        self.db = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode = wal", "synchronous = full", "foreign_keys = on"):
            self.db.execute(f"pragma {pragma}")
        self.ids = [row[0] for row in self.db.execute("select id from loop_case order by id")]

    def step(self, n: int) -> None:
        db, id_ = self.db, self.ids[n]
        db.execute("begin immediate")
        read = db.execute("select state, revision, entries, head from loop_case where id = ?", (id_,))
        state, revision, entries, head = read.fetchone()
        body = json.dumps({"n": entries + 1, "from": state, "to": state, "prev": head}, sort_keys=True)
        digest = sha256(body.encode()).hexdigest()
        changed = db.execute(
            "update loop_case set revision = ?, entries = ?, head = ? where id = ? and entries = ?",
            (revision + 1, entries + 1, digest, id_, entries),
        )
        assert changed.rowcount == 1
        db.execute(
            "insert into loop_entry (case_id, n, kind, recorded_at, body, digest) values (?, ?, ?, ?, ?, ?)",
            (id_, entries + 1, "moved", "2017-01-09 09:00:00.000000", body, digest),
        )
        db.execute("commit")


def timed(side: Ours | Raw, first: int, steps: int) -> float:
    """Seconds for each of *steps* steps from case *first* on."""
    began = perf_counter()
    for n in range(first, first + steps):
        side.step(n)
    return (perf_counter() - began) / steps


def main(steps: int) -> None:
    """Time both in turns, and print the medians and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        ours = Ours(Path(folder) / "ours.db", steps)
        raw = Raw(Path(folder) / "raw.db", Path(folder) / "ours.db")
        each = max(steps // ROUNDS, 1)
        firsts = [n for n, _ in zip(count(0, each), range(ROUNDS), strict=False) if n + each <= steps]
        pairs = [(timed(raw, first, each), timed(ours, first, each)) for first in firsts]
        by_raw, by_us = (median(side) for side in zip(*pairs, strict=True))
        print(f"raw sqlite3     {by_raw * 1e3:6.2f} ms a step")
        print(f"loopengine      {by_us * 1e3:6.2f} ms a step")
        print(f"ratio           {median(us / theirs for theirs, us in pairs):6.2f}")
        ours.engine.close()
        raw.db.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 700)
