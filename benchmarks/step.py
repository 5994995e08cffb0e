"""One persisted step, beside raw `sqlite3` writing the same rows with the same durability.

Run it with `python benchmarks/step.py [STEPS]`; the figures that it gave last are in `benchmarks/README.md`.
Every step is a transaction of its own; both sides take theirs in turns in one run, each on a file of its own;
the figure to read is the ratio. A plain step has no rule and no clock. The other one stops a clock and starts
one, and has a rule, whose verdict is kept in the history with all that it read. With `TMPDIR` on a disk that
keeps nothing, no flush hides the difference.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

from board import KNOWN, UNIT, engine
from floor import Floor

from loopengine import Engine
from loopengine.clock import FrozenClock

ROUNDS = 30  # short turns: what else the machine does, it does to both sides
KINDS = {"plain": ("a plain step", 1.25), "clocked": ("with clocks and the stored explanation", 1.5)}


def timed(folder: Path, workflow: str, steps: int) -> tuple[float, float, float]:
    """Seconds a step for the floor and for the engine, and how many times the floor that is: the medians."""
    clock = FrozenClock("2017-01-09T00:00Z")
    ours = engine(folder / f"{workflow}.db", clock)
    cases = [_opened(ours, workflow, clock, n) for n in range(steps + 1)]
    ours.fire(cases.pop(), "look", by=UNIT).require()  # whatever is done once is done
    floor = Floor(folder / f"{workflow}-floor.db", folder / f"{workflow}.db")
    took: list[tuple[float, float]] = []
    each = max(steps // ROUNDS, 1)
    for first in range(0, steps - each + 1, each):
        some = cases[first : first + each]
        began = perf_counter()
        for case in some:
            clock.advance(seconds=1)
            ours.fire(case, "look", by=UNIT)
        by_us = perf_counter() - began
        written = [floor.written_to(case) for case in some]
        assert all(len(entries) == 1 for rows in written for entries in rows.entries.values())
        began = perf_counter()
        for case, rows in zip(some, written, strict=True):
            floor.step(case, UNIT.name, rows)
        took.append(((perf_counter() - began) / each, by_us / each))
        floor.see_same((id_ for rows in written for id_ in rows.cases), ours)
    floor.close()
    ours.close()
    raw, by_engine = (median(side) for side in zip(*took, strict=True))
    return raw, by_engine, median(us / theirs for theirs, us in took)


def _opened(ours: Engine, workflow: str, clock: FrozenClock, n: int) -> str:
    """A case like no other: each was told of on a day, and written down at an instant, of its own."""
    clock.advance(seconds=1)
    told = clock.today() - timedelta(days=n % 20)
    return ours.open(workflow, KNOWN | {"told_on": told}, by=UNIT).reference


def main(steps: int) -> None:
    """Print a line for each kind of step: the medians, and the median of the ratios."""
    print(f"{'milliseconds a step':40}{'sqlite3':>10}{'loopengine':>12}{'ratio':>8}{'aim':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for workflow, (name, aim) in KINDS.items():
            raw, by_us, ratio = timed(Path(folder), workflow, steps)
            print(f"{name:40}{raw * 1e3:10.3f}{by_us * 1e3:12.3f}{ratio:8.2f}{aim:8.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 900)
