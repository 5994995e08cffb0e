"""From the shapes of cycles to the cycles: what the framework opens of itself, and on which days.

Knows the workflows and the groups. Does not know what day it is.
"""

from __future__ import annotations

from collections.abc import Mapping

from loopengine.core.definitions import Cycle, Each
from loopengine.core.files import messages
from loopengine.core.files.building_carried import check_carry
from loopengine.core.files.building_steps import EACH, each_of
from loopengine.core.files.framework_shapes import CycleShape, FrameworkShape
from loopengine.core.files.names import Outline, Shared, accept, authorities_among, refuse_unknown
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
    outline = workflows.get(shape.workflow)
    if outline is not None:
        check_carry(shape.carry, place, outline, outline)
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
        parties=_parties(shape, shared),
        carry=shape.carry,
        sources=authorities_among(shared.sources, shape.source, place / "source"),
    )


def _parties(shape: CycleShape, shared: Shared) -> tuple[str, ...]:
    """The agencies for each of which it opens a case."""
    for n, name in enumerate(shape.without):
        refuse_unknown("agency", name, shared.agencies, shape.place / "without" / n)
    if shape.for_each is None:
        if shape.without:
            (shape.place / "without").refuse_key(messages.without_for_each())
        return ()
    if not shared.agencies:
        (shape.place / "for_each").refuse(messages.no_agencies())
    if EACH not in shape.set.values():
        (shape.place / "for_each").refuse_key(messages.cycle_for_nobody())
    return tuple(agency for agency in shared.agencies if agency not in shape.without)


def _sets(shape: CycleShape, workflows: Mapping[str, Outline | None]) -> dict[str, Value | Each]:
    outline = workflows.get(shape.workflow)
    if outline is None:
        return {}
    found: dict[str, Value | Each] = {}
    for name, raw in shape.set.items():
        place = shape.place / "set" / name
        value = each_of(name, place, outline) if raw == EACH else accept(outline, name, raw, place)
        if raw == EACH and not shape.place.gives("for_each"):
            place.refuse(messages.each_without_for_each())
        if value is not None:
            found[name] = value
    return found
