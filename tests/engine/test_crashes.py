"""Whatever ends a process, the record is whole: after a kill at any moment, and after a cut of the power.

A kill shows that a transaction is done wholly or not at all; the operating system keeps what a killed process has
written. Only a cut of the power shows that what was acknowledged is on the disk: what was written and not flushed
is gone then.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median
from time import monotonic, sleep

import pytest
from sqlalchemy import text
from support.crashing import Child, Job, Nursery, nursery
from support.overdue import ENDS, Told, board, late, neglect, told
from support.power_cut import Recorded, cuts, record, recorder, write

from loopengine import Engine
from loopengine.clock import FrozenClock

SMALL = os.environ.get("LOOPENGINE_SOAK") == "small"
AT_ONCE = 4  # cases in a transaction: there are many transactions then, and many moments between them
EVERYTHING = {"opened", "moved", "refused", "reminded", "overdue", "escalated"}


# --- killed -------------------------------------------------------------------------------------------------


@dataclass
class Neglected:
    """A board in a file on which much is due, what it says once it was swept, and how long a sweep takes."""

    path: Path
    before: int
    swept: Told
    steps: int
    step: float
    children: Nursery

    def copy(self, to: Path) -> str:
        shutil.copy(self.path, to)
        return f"sqlite:///{to}"


def neglected(folder: Path, children: Nursery, *, inquiries: int) -> Neglected:
    path = folder / "board.db"
    neglect(f"sqlite:///{path}", inquiries=inquiries)
    assert [each.name for each in folder.iterdir()] == ["board.db"], "a copy of the file is the whole of it"
    once = shutil.copy(path, folder / "once.db")
    with opened(f"sqlite:///{once}") as engine:
        before = told(engine).count
        assert engine.sweep().failures == ()
        swept = told(engine)
    assert swept.kinds() == EVERYTHING

    many, heard = shutil.copy(path, folder / "many.db"), [monotonic()]
    job = Job("sweep", f"sqlite:///{many}", late(), {"at_once": AT_ONCE})
    (child,) = children.run(job, heed=lambda _: heard.append(monotonic()))
    assert child.status == 0
    gaps = [after - before for before, after in zip(heard, heard[1:], strict=False)]
    return Neglected(path, before, swept, child.steps, median(gaps), children)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neglected]:
    with nursery(tmp_path_factory.mktemp("results")) as children:
        yield neglected(tmp_path_factory.mktemp("neglected"), children, inquiries=30)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neglected]:
    with nursery(tmp_path_factory.mktemp("results")) as children:
        yield neglected(tmp_path_factory.mktemp("neglected"), children, inquiries=120)


@pytest.mark.parametrize("seeds", [range(4), range(4, 8)], ids=str)
def test_a_sweep_that_is_killed_and_run_again_loses_nothing_and_does_nothing_twice(
    small: Neglected, tmp_path: Path, seeds: Sequence[int]
) -> None:
    _kill_again_and_again(small, tmp_path, seeds)


@pytest.mark.soak
def test_however_often_a_sweep_is_killed_nothing_is_lost_and_nothing_done_twice(
    large: Neglected, tmp_path: Path
) -> None:
    _kill_again_and_again(large, tmp_path, range(100, 108 if SMALL else 220))


def _kill_again_and_again(board: Neglected, folder: Path, seeds: Sequence[int]) -> None:
    """Sweep a copy for each of *seeds*, and be killed up to three times each."""
    amid = 0
    for seed in seeds:
        random, url = Random(seed), board.copy(folder / f"{seed}.db")
        for _ in range(random.randint(1, 3)):
            found = entries(url)
            child = _killed(board, url, random)
            assert entries(url) >= found + sum(line.get("step", 0) for line in child.said)
            amid += child.status == -signal.SIGKILL and board.before < entries(url) < board.swept.count
        (child,) = board.children.run(Job("sweep", url, late(), {"at_once": AT_ONCE}))
        assert (child.status, child.result["failures"]) == (0, [])
        with opened(url) as engine:
            assert told(engine) == board.swept
            assert set(told(engine).notices.values()) == {1}
            assert engine.audit().problems == ()
            assert not engine.sweep(), "there is nothing left to do"
    assert amid, "nobody was killed amid a sweep: that shows nothing"


def _killed(board: Neglected, url: str, random: Random) -> Child:
    """A child that sweeps, and is killed at some moment, or has done by then."""
    after, moment = random.randrange(board.steps), random.random() * board.step

    def heed(child: Child) -> None:
        if child.steps == after and child.status is None:
            sleep(moment)
            with suppress(ProcessLookupError):
                os.kill(child.pid, signal.SIGKILL)

    (child,) = board.children.run(Job("sweep", url, late(), {"at_once": AT_ONCE}), heed=heed)
    assert child.error is None
    return child


class opened:  # noqa: N801  # it reads as a verb
    """The engine at *url*, on the day on which somebody sweeps at last; closed afterwards."""

    def __init__(self, url: str) -> None:
        self._engine = board(url, late())

    def __enter__(self) -> Engine:
        return self._engine

    def __exit__(self, *_: object) -> None:
        self._engine.close()


def entries(url: str) -> int:
    """How many entries there are at *url*."""
    with opened(url) as engine, engine.database.reading() as connection:
        return int(connection.execute(text("select count(*) from loop_entry")).scalar_one())
