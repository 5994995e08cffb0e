"""The public face: a dozen names, each of them there, and each imported only when it is asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

import loopengine


def test_the_public_names_are_these_and_each_is_there() -> None:
    assert loopengine.__all__ == [
        "Actor", "Case", "Decision", "Engine", "Framework", "LoopEngineError", "Moved", "Refused", "Truth",
        "Workflow", "WorkingCalendar", "load_framework", "load_workflow",
    ]  # fmt: skip
    for name in loopengine.__all__:
        assert getattr(loopengine, name) is not None
        assert name in dir(loopengine)


def test_importing_the_package_imports_nothing_heavy() -> None:
    heavy = ("sqlalchemy", "pydantic", "yaml", "transitions", "structlog", "click")
    code = f"import sys, loopengine; print([name for name in {heavy} if name in sys.modules])"

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert said.strip() == "[]"


def test_what_is_not_public_is_named() -> None:
    with pytest.raises(AttributeError, match="module 'loopengine' has no attribute 'Manager'"):
        getattr(loopengine, "Manager")  # noqa: B009  # as a program would ask
