"""Years of a board, and of several: everything comes about, cases come to their ends, and memory stays."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from support.shipped import SHIPPED as BOARD

from loopengine.rehearsal import rehearse

pytestmark = pytest.mark.soak
SMALL = os.environ.get("LOOPENGINE_SOAK") == "small"
START = date(2016, 4, 1)
PATIENCE = timedelta(days=700)
MOVES = ("opened", "moved", "undone")
ROOT = Path(__file__).resolve().parents[2]
MEASURED = "import sys; sys.path.insert(0, 'tests'); from rehearsal.test_soak import measured"


def test_three_years_have_everything_in_them_and_nobody_dawdles_for_ever(tmp_path: Path) -> None:
    years = rehearse(tmp_path / "years.db", framework=BOARD, start=START, years=3, scale=1 if SMALL else 8)

    assert years.by_workflow.keys() == BOARD.workflows.keys()
    assert years.failures == ()
    audit = years.engine.audit()
    assert (audit.ok, audit.entries) == (True, years.entries)
    assert years.engine.stalled() == ()
    # Where only few cases come in, some rare ways are not taken.
    assert len(years.never_visited()) < (45 if SMALL else 12), years.never_visited()
    early = [each for each in years.engine.cases() if each.opened_on < START.replace(year=2017)]
    assert sum(each.ended for each in early) > 0.8 * len(early)
    entered = {
        each.reference: max(
            line.entry.so_on for line in years.engine.history(each) if line.entry.kind in MOVES
        )
        for each in years.engine.cases(open_only=True)
    }
    assert {case: day for case, day in entered.items() if day < years.end - PATIENCE} == {}
    years.engine.close()


def test_memory_does_not_grow_with_the_number_of_cases(tmp_path: Path) -> None:
    def rehearsed(scale: float) -> tuple[int, int]:
        """The cases of a year, and the most memory that a process of its own had, in KB."""
        run = [sys.executable, "-c", f"{MEASURED}; measured({str(tmp_path / f'{scale}.db')!r}, {scale})"]
        said = subprocess.run(run, check=True, capture_output=True, text=True, cwd=ROOT).stdout.split()
        return int(said[0]), int(said[1])

    few, many = (rehearsed(scale) for scale in ((0.5, 2) if SMALL else (4, 16)))

    assert many[0] > 3 * few[0]
    assert many[1] < 1.25 * few[1], (few, many)


def measured(path: str, scale: float) -> None:
    """Rehearse a year, and print how many cases it has and how much memory it took."""
    rehearsal = rehearse(path, framework=BOARD, start=START, years=1, scale=scale)
    print(rehearsal.cases, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
