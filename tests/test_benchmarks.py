"""Every benchmark still runs: at a small size, and for its lines, not for its figures."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


SHARED = {"board", "floor"}  # what several of them need


@pytest.mark.parametrize(
    ("name", "size", "says"),
    [
        (
            "exploring",
            ["2", "challenge"],
            ["steps taken in 2 lives", "challenge", "walked", "drawn", "led", "all"],
        ),
        ("proofs", ["2", "3"], ["proofs of the shipped files", "facts and rows", "every combination"]),
        ("rules", ["100"], ["compiled"]),
        ("step", ["14"], ["ratio", "a plain step", "with clocks and the stored explanation"]),
        ("sweep", ["--due", "5", "40", "60"], ["5 due among", "ratio", "found in ms", "40 ", "60 "]),
    ],
)
def test_a_benchmark_runs(name: str, size: list[str], says: list[str]) -> None:
    program = ROOT / "benchmarks" / f"{name}.py"

    run = subprocess.run(
        [sys.executable, str(program), *size], env={"PYTHONPATH": str(ROOT), "PATH": ""}, cwd="/",
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (run.returncode, run.stderr) == (0, "")
    assert [word for word in says if word not in run.stdout] == []


def test_every_benchmark_is_run() -> None:
    programs = {path.stem for path in (ROOT / "benchmarks").glob("*.py")} - SHARED
    assert sorted(programs) == ["exploring", "proofs", "rules", "step", "sweep"]
