"""A small framework in a folder, and pytest run over it in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

FRAMEWORK = """\
framework: small
version: 1
title: A small framework
"""

VISIT = """\
workflow: visit
version: 1
title: Visit
reference: VIS
starts: asked
facts:
  agreed: {ask: "Does the family agree?", type: yes_no}
  child_age: {ask: "How old is the child?", type: number, unit: years}
rules:
  is_wanted: {when: agreed and child_age < 18, source: local}
deadlines:
  answer:
    within: 5 working days
    from: opened
    until: [go, refuse]
    source: local
    remind: {before: 1 working day, tell: business_unit}
    escalate: {after: 2 working days, tell: independent_chair}
states:
  asked:
    title: Somebody has asked for a visit
    owner: business_unit
    on:
      go: {to: done, by: business_unit, when: is_wanted}
      refuse: {to: refused, by: business_unit, when: not is_wanted, reason: required}
  done: {title: The visit was made, final: true}
  refused: {title: The visit was not made, final: true}
"""

Write = Callable[..., Path]
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write the framework into a folder, with each of *changes* made to its one workflow."""

    def written(*changes: tuple[str, str], folder: str = "board") -> Path:
        text = VISIT
        for right, wrong in changes:
            assert text.count(right) == 1, right
            text = text.replace(right, wrong)
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "framework.yaml").write_text(FRAMEWORK, "utf-8")
        (tmp_path / folder / "visit.yaml").write_text(text, "utf-8")
        return tmp_path / folder

    return written


@pytest.fixture
def run_tests(tmp_path: Path) -> Run:
    """Run pytest with *arguments* in the folder of the test, every warning an error."""

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-W", "error", "-m", "pytest", "-p", "no:cacheprovider", "-W", "error"]
        environment = os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "150", "NO_COLOR": "1", "CI": "1"}
        environment |= {"HYPOTHESIS_STORAGE_DIRECTORY": str(tmp_path / "examples")}
        return subprocess.run(
            [*command, *map(str, arguments)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            env=environment,
        )

    return run
