"""The command line as the tests call it: in this process, on a small framework and a database of its own."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import structlog
from click.testing import CliRunner
from support.small import TEXTS

from loopengine.cli.program import program

# Within the time in which the small framework's review is in force.
NOW = "2017-01-09T09:00Z"


@dataclass(frozen=True)
class Answer:
    """What a call printed, and the status it ended with."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on standard output."""
        return json.loads(self.out)

    @property
    def error(self) -> Any:
        """The error on standard error, asked for in JSON."""
        return json.loads(self.err)["error"]


@dataclass
class CommandLine:
    """`loopengine`, in an environment that names a database and a folder of workflow files."""

    database: Path
    workflows: Path
    env: dict[str, str | None] = field(default_factory=dict)

    def __call__(self, *args: str) -> Answer:
        given = {"LOOPENGINE_DB": str(self.database), "LOOPENGINE_WORKFLOWS": str(self.workflows)} | self.env
        result = CliRunner().invoke(program, args, env=given)
        return Answer(result.exit_code, result.stdout, result.stderr)

    def rehearse(self, *args: str, now: str = NOW) -> Answer:
        """The same at the instant *now*."""
        return self("--now", now, *args)

    def case(self, *facts: str) -> str:
        """A review that was opened in a rehearsal: its reference."""
        return self.rehearse("open", "review", *facts, "--json").json["case"]


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the environment in which the tests run says who acts, or on what."""
    for name in os.environ:
        if name.startswith("LOOPENGINE_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture(autouse=True)
def silence() -> Any:
    """A log that one call set up does not speak in the next."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def loop(tmp_path: Path) -> CommandLine:
    workflows = tmp_path / "small"
    workflows.mkdir()
    for name, text in TEXTS.items():
        (workflows / name).write_text(text, "utf-8")
    return CommandLine(tmp_path / "board.db", workflows)
