"""The door for pytest: `pytest --workflows FOLDER` tests the workflow files of a framework.

Without that option it does nothing, and loads nothing. What it does with it is in `loopengine.testing`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


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
        type=int,
        default=20,
        help="how many lives of each workflow are walked (default: 20)",
    )
    group.addoption(
        "--workflows-cover",
        metavar="PERCENT",
        type=float,
        help="fail if less of the definitions than PERCENT was seen at work",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Bring in the test kit, if it is wanted."""
    if config.getoption("workflows") is not None:
        from loopengine.testing.collecting import register  # late: every run of pytest loads this file

        register(config)
