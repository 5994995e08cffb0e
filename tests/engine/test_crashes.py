"""Whatever ends a process, the record is whole: after a kill at any moment, and after a cut of the power.

A kill shows that a transaction is done wholly or not at all; but the operating system keeps what a killed
process has written. Only a cut of the power shows that what was acknowledged is on the disk: what was written
and not flushed is gone then.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random
from statistics import median
from time import monotonic, sleep

import pytest
from sqlalchemy import text
from support.crashing import Child, Job, Nursery, nursery
from support.overdue import Told, board, late, neglect, told
from support.power_cut import Recorded, cuts, record, recorder, write

from loopengine import Engine

SMALL = os.environ.get("LOOPENGINE_SOAK") == "small"
CLOCK = late()
AT_ONCE = 4  # cases in a transaction: there are many transactions then, and many moments between them
EVERYTHING = {"opened", "moved", "refused", "reminded", "overdue", "escalated", "arose", "ceased"}


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
    job = Job("sweep", f"sqlite:///{many}", CLOCK, {"at_once": AT_ONCE})
    (child,) = children.run(job, heed=lambda _: heard.append(monotonic()))
    assert child.status == 0
    gaps = [later - earlier for earlier, later in pairwise(heard)]
    return Neglected(path, before, swept, child.steps, median(gaps), children)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neglected]:
    with nursery(tmp_path_factory.mktemp("results")) as children:
        yield neglected(tmp_path_factory.mktemp("neglected"), children, inquiries=20)


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
    _kill_again_and_again(large, tmp_path, range(100, 104 if SMALL else 220))


def _kill_again_and_again(board: Neglected, folder: Path, seeds: Sequence[int]) -> None:
    """Sweep a copy for each of *seeds*, and be killed up to three times each."""
    amid = 0
    for seed in seeds:
        random, url = Random(seed), board.copy(folder / f"{seed}.db")
        for _ in range(random.randint(1, 3)):
            found = entries(url)
            child = _killed(board, url, random)
            left = entries(url)
            assert left >= found + sum(line.get("step", 0) for line in child.said)
            amid += child.status == -signal.SIGKILL and board.before < left < board.swept.count
        (child,) = board.children.run(Job("sweep", url, CLOCK, {"at_once": AT_ONCE}))
        assert (child.status, child.result["failures"]) == (0, [])
        with opened(url) as engine:
            swept = told(engine)
            assert swept == board.swept
            assert set(swept.notices.values()) == {1}
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

    (child,) = board.children.run(Job("sweep", url, CLOCK, {"at_once": AT_ONCE}), heed=heed)
    assert child.error is None
    return child


# --- the power is cut ---------------------------------------------------------------------------------------

# How many pages SQLite lets its log of changes have before it takes them over, and flushes for that reason.
NEVER, OFTEN = "wal_autocheckpoint=0", "wal_autocheckpoint=60"
CUTS, VERBS = (10, 130) if SMALL else (150, 240)


@dataclass
class Life:
    """The life of a child as the disk saw it: *acted* entries when it had acted, and those of a sweep.

    And what the board says when everything is swept afterwards.
    """

    recorded: Recorded
    acted: int
    digests: Sequence[str]
    swept: Told


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return recorder(tmp_path_factory.mktemp("library"))


def life(library: Path, folder: Path, verbs: int, *pragmas: str) -> Life:
    file = folder / "board.db"
    recorded = record(library, folder, "support.acknowledging", str(file), str(verbs), *pragmas)
    acknowledged = [recorded.acknowledged(moment) for moment in recorded.acknowledgements()]
    assert acknowledged == recorded.heard, "the parent has heard what was written down, in this order"
    with opened(f"sqlite:///{file}") as engine:
        written = digests(engine)
        assert written, "there was a life"
        assert engine.sweep().failures == ()
        return Life(recorded, int(recorded.heard[verbs - 1]), written, told(engine))


@pytest.mark.parametrize("pragma", [NEVER, OFTEN])
def test_what_was_acknowledged_is_there_after_a_cut_of_the_power(
    library: Path, tmp_path: Path, pragma: str
) -> None:
    lived = life(library, tmp_path / "life", 48, pragma)

    _cut_again_and_again(lived, tmp_path, Random(pragma), times=5)


@pytest.mark.soak
def test_at_whatever_moment_the_power_is_cut_what_was_acknowledged_is_there(
    library: Path, tmp_path: Path
) -> None:
    """Long enough for the log of changes to be taken over when the engine sees fit, and begun anew."""
    lived = life(library, tmp_path / "life", VERBS)

    _cut_again_and_again(lived, tmp_path, Random(1), times=CUTS)


def test_a_board_that_does_not_flush_each_commit_loses_what_it_has_acknowledged(
    library: Path, tmp_path: Path
) -> None:
    """This is what a cut shows, and no kill does: the same board with less care, which the test finds out."""
    lived = life(library, tmp_path / "life", 24, "synchronous=normal")

    with pytest.raises(AssertionError, match="was acknowledged, and is lost"):
        _cut_again_and_again(lived, tmp_path, Random(1), times=5)


def _cut_again_and_again(lived: Life, folder: Path, random: Random, *, times: int) -> None:
    """Cut the power just after something was acknowledged, and at any other moment, so many *times* each."""
    recorded = lived.recorded
    moments = random.sample(recorded.acknowledgements(), times) + random.sample(recorded.moments, times)
    for moment, disk in cuts(recorded, moments):
        for kept in (None, random):
            write(disk.found(kept), folder / "cut")
            _find(lived, f"sqlite:///{folder / 'cut' / 'board.db'}", recorded.acknowledged(moment))


def _find(lived: Life, url: str, acknowledged: str | None) -> None:
    """See that what was *acknowledged* is at *url*, that all is whole there, and that one can go on."""
    with opened(url) as engine:
        found = digests(engine)
        assert len(found) >= int(acknowledged or 0), "what was acknowledged, and is lost"
        assert found == lived.digests[: len(found)]
        assert engine.audit().problems == ()
        assert engine.sweep().failures == ()
        assert len(found) < lived.acted or told(engine) == lived.swept


def digests(engine: Engine) -> Sequence[str]:
    """The digests of all entries, in the order in which they were written."""
    with engine.database.reading() as connection:
        return connection.execute(text("select digest from loop_entry order by id")).scalars().all()


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    """The engine at *url*, on the day on which somebody sweeps at last; closed afterwards."""
    with closing(board(url, CLOCK)) as engine:
        yield engine


def entries(url: str) -> int:
    """How many entries there are at *url*."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        return int(connection.execute("select count(*) from loop_entry").fetchone()[0])
