"""An engine in memory, on a clock held in the hand, and somebody who may do anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

from loopengine.clock import Clock, FrozenClock
from loopengine.core.actors import Actor
from loopengine.core.definitions import Framework
from loopengine.core.files.loading import load_framework
from loopengine.engine.engine import Engine

A_MONDAY = "2017-01-09T09:00Z"
EVERYBODY = "Everybody"


def memory_engine(
    framework: Framework | str | Path, *, clock: Clock | None = None, cycles: bool = True
) -> Engine:
    """An engine of *framework* (or of that in a folder) on a new database in memory.

    Without a *clock* it is nine o'clock on Monday, 9 January 2017, for good. With *cycles* False nothing is
    opened by the calendar alone. The same acts give the same histories, to the byte.
    """
    whole = framework if isinstance(framework, Framework) else load_framework(framework)
    board = whole if cycles else replace(whole, cycles={})
    return Engine("sqlite://", framework=board, clock=clock or FrozenClock(A_MONDAY), salt=_salts())


def everybody(framework: Framework, *, agency: str | None = None) -> Actor:
    """Somebody in every role that *framework* has, of *agency* or of none."""
    return Actor(EVERYBODY, framework.roles, agency)


def _salts() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"salt-{next(numbers)}"
