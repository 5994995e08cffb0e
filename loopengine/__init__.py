"""Run the learning loop of a safeguarding board: workflows as data, rules that say why, cases that lose
nothing.

These names are the public face; everything else may change. They are imported when first asked for, so that
the command line answers quickly.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loopengine.core.actors import Actor as Actor
    from loopengine.core.definitions import Framework as Framework
    from loopengine.core.definitions import Workflow as Workflow
    from loopengine.core.files.loading import load_framework as load_framework
    from loopengine.core.files.loading import load_workflow as load_workflow
    from loopengine.core.machine import Decision as Decision
    from loopengine.core.machine import Moved as Moved
    from loopengine.core.machine import Refused as Refused
    from loopengine.core.truth import Truth as Truth
    from loopengine.core.workdays import WorkingCalendar as WorkingCalendar
    from loopengine.engine.engine import Engine as Engine
    from loopengine.engine.results import Case as Case
    from loopengine.errors import LoopEngineError as LoopEngineError

__version__ = "0.1.0"

_HOME = {
    "Actor": "loopengine.core.actors",
    "Case": "loopengine.engine.results",
    "Decision": "loopengine.core.machine",
    "Engine": "loopengine.engine.engine",
    "Framework": "loopengine.core.definitions",
    "LoopEngineError": "loopengine.errors",
    "Moved": "loopengine.core.machine",
    "Refused": "loopengine.core.machine",
    "Truth": "loopengine.core.truth",
    "Workflow": "loopengine.core.definitions",
    "WorkingCalendar": "loopengine.core.workdays",
    "load_framework": "loopengine.core.files.loading",
    "load_workflow": "loopengine.core.files.loading",
}

__all__ = [
    "Actor",
    "Case",
    "Decision",
    "Engine",
    "Framework",
    "LoopEngineError",
    "Moved",
    "Refused",
    "Truth",
    "Workflow",
    "WorkingCalendar",
    "load_framework",
    "load_workflow",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'loopengine' has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_HOME[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
