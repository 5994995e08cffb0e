"""From the shapes of cycles to the cycles: what the framework opens of itself, and on which days.

Knows the workflows and the groups. Does not know what day it is.
"""

from __future__ import annotations

from collections.abc import Mapping

from loopengine.core.definitions import Cycle
from loopengine.core.files import messages
from loopengine.core.files.framework_shapes import CycleShape, FrameworkShape
from loopengine.core.files.names import (
    LOCAL,
    Outline,
    Shared,
    accept,
    refuse_unknown,
)
from loopengine.core.rules.expressions import Source
from loopengine.core.values import Value


def build_cycles(
    shape: FrameworkShape, shared: Shared, workflows: Mapping[str, Outline | None]
) -> dict[str, Cycle]:
    """The cycles of the framework."""
    return {name: _cycle(name, each, shared, workflows) for name, each in shape.cycles.items()}


def _cycle(name: str, shape: CycleShape, shared: Shared, workflows: Mapping[str, Outline | None]) -> Cycle:
    place = shape.place
    refuse_unknown("workflow", shape.workflow, workflows, place / "workflow")
    if place.gives("every") == place.gives("meetings_of"):
        place.refuse_key(messages.every_or_meetings())
    elif place.gives("every") and not place.gives("from"):
        place.refuse_key(messages.missing_key("from", "the first day"))
    if shape.every is not None and shape.every.working_days is not None:
        (place / "every").refuse(messages.cycle_of_working_days())
    group = shared.groups.get(shape.meetings_of)
    refuse_unknown("group", shape.meetings_of, shared.groups, place / "meetings_of")
    if group is not None and not group.meets:
        (place / "meetings_of").refuse(messages.no_meetings(group.name))
    return Cycle(
        name=name,
        workflow=shape.workflow,
        title=shape.title or None,
        every=shape.every,
        first=shape.from_,
        meetings=() if group is None else group.meets,
        sets=_sets(shape, workflows),
        sources=_sources(shape, shared),
    )


def _sets(shape: CycleShape, workflows: Mapping[str, Outline | None]) -> dict[str, Value]:
    outline = workflows.get(shape.workflow)
    if outline is None:
        return {}
    given = {name: accept(outline, name, raw, shape.place / "set" / name) for name, raw in shape.set.items()}
    return {name: value for name, value in given.items() if value is not None}


def _sources(shape: CycleShape, shared: Shared) -> tuple[Source, ...]:
    found: list[Source] = []
    for n, name in enumerate(shape.source):
        known = shared.sources.get(name)
        if name == LOCAL.name:
            found.append(LOCAL)
        elif known is not None:
            found.append(Source(name, known.cite, known.confirm or None))
        else:
            refuse_unknown("source", name, (*shared.sources, LOCAL.name), shape.place / "source" / n)
    return tuple(found)
