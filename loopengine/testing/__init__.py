"""The test kit for whoever writes workflow files, or embeds the engine: the public names of it.

Needs hypothesis and pytest, which `pip install 'loopengine[testing]'` brings. It is described
in docs/testing.md.
"""

from __future__ import annotations

from importlib.util import find_spec

if missing := [name for name in ("hypothesis", "pytest") if find_spec(name) is None]:
    raise ImportError(f"loopengine.testing needs {' and '.join(missing)}: pip install 'loopengine[testing]'")

# Only now, so that what is missing is told, and how to come by it.
from loopengine.clock import FrozenClock
from loopengine.testing.coverage import Coverage
from loopengine.testing.engines import everybody, memory_engine
from loopengine.testing.lifecycle import case_histories
from loopengine.testing.living import lifecycle_test
from loopengine.testing.planting import PlantedBug, planted_bugs
from loopengine.testing.solving import satisfying
from loopengine.testing.story import Disagreement
from loopengine.testing.strategies import actors, answers, facts_of

__all__ = [
    "Coverage",
    "Disagreement",
    "FrozenClock",
    "PlantedBug",
    "actors",
    "answers",
    "case_histories",
    "everybody",
    "facts_of",
    "lifecycle_test",
    "memory_engine",
    "planted_bugs",
    "satisfying",
]
