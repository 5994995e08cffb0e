"""The door for pytest: `pytest --workflows FOLDER` tests the workflow files of a framework.

Without that option it does nothing, and loads nothing. What it does with it is in `loopengine.testing`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from loopengine.testing import PlantedBug


def _lives(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of lives: say 1 or more")
    return int(text)


def _percent(text: str) -> float:
    try:
        percent = float(text)
    except ValueError:
        percent = -1
    if not 0 <= percent <= 100:
        raise argparse.ArgumentTypeError(f"{text!r} is no percentage: say 0 to 100")
    return percent


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the plugin."""
    group = parser.getgroup("loopengine", "workflow files of loopengine")
    group.addoption(
        "--workflows",
        metavar="FOLDER",
        help="test the workflow files in FOLDER: each file, each proof, and the life of each case",
    )
    group.addoption(
        "--workflows-examples",
        metavar="N",
        type=_lives,
        default=20,
        help="how many lives of each workflow are walked (default: 20)",
    )
    group.addoption(
        "--workflows-cover",
        metavar="PERCENT",
        type=_percent,
        help="fail if less of the definitions than PERCENT was seen at work",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Bring in the test kit, if it is wanted."""
    if config.getoption("workflows") is not None:
        from loopengine.testing.collecting import register  # late: every run of pytest loads this file

        register(config)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for `planted_bug` is run once with each."""
    if "planted_bug" in metafunc.fixturenames:
        from loopengine.testing import planted_bugs  # late: every run of pytest loads this file

        metafunc.parametrize("planted_bug", planted_bugs(), indirect=True, ids=str)


@pytest.fixture
def planted_bug(request: pytest.FixtureRequest) -> Iterator[PlantedBug]:
    """A known fault of the engine, which is there while the test runs: whatever it checks should fail."""
    bug: PlantedBug = request.param
    with bug.planted():
        yield bug
