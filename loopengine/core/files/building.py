"""From the shapes of files to the definitions: everything merged, resolved, typed and parsed.

Problems are told at the places that the shapes carry, and whatever is wrong, building goes on. Does not know
where the files come from, nor whether the workflow that results hangs together: that is `checks.py`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from loopengine.core.definitions import ROLES, Channel, Group, InForce, Named, Workflow
from loopengine.core.files import messages
from loopengine.core.files.building_clocks import build_deadlines, build_holds
from loopengine.core.files.building_rules import build_rules
from loopengine.core.files.building_steps import build_states
from loopengine.core.files.framework_shapes import FrameworkShape, PuttingRightShape, TitledShape
from loopengine.core.files.names import Names, Outline, Shared, refuse_local, refuse_unknown
from loopengine.core.files.places import Place
from loopengine.core.files.shapes import FactShape, InForceShape, LoopShape, WorkflowShape
from loopengine.core.remedies import REMEDIES
from loopengine.core.values import UNKNOWN_WORD, Fact, FactType, Value
from loopengine.errors import BadValue

T = TypeVar("T")

CHANNELS = ("channels",)
_STANDARD_ROLES = {name: Named(name, name.replace("_", " ").capitalize()) for name in ROLES}


def build_shared(shape: FrameworkShape | None) -> Shared:
    """What the workflows of the framework in *shape* share; without one, what every framework has."""
    if shape is None:
        return Shared(roles=_STANDARD_ROLES)
    refuse_local(shape.sources)
    for named in (shape.agencies, shape.channels):
        if UNKNOWN_WORD in named:
            named[UNKNOWN_WORD].place.refuse_key(messages.unknown_is_no_value())
    roles = {**_STANDARD_ROLES, **_named(shape.roles)}
    groups: dict[str, Group] = {}
    for name, group in shape.groups.items():
        refuse_unknown("role", group.role, roles, group.place / "role")
        if group.tier is not None:
            meets = tuple(sorted(day for day in group.meets if day is not None))
            groups[name] = Group(name, group.title, group.tier, group.role or None, meets)
    channels: dict[str, Channel] = {}
    for name, channel in shape.channels.items():
        refuse_unknown("role", channel.who, roles, channel.place / "who")
        refuse_unknown("group", channel.reports_to, shape.groups, channel.place / "reports_to")
        channels[name] = Channel(name, channel.title, channel.who or None, channel.reports_to or None)
    return Shared(roles, _named(shape.agencies), groups, channels, shape.sources, shape.loops)


def build_putting_right(shape: PuttingRightShape | None, shared: Shared) -> dict[str, tuple[str, ...]]:
    """The roles that may put right a mistake, by remedy, as far as the framework names any."""
    if shape is None:
        return {}
    named: dict[str, tuple[str, ...]] = {remedy: getattr(shape, remedy) for remedy in REMEDIES}
    for remedy, roles in named.items():
        for n, role in enumerate(roles):
            refuse_unknown("role", role, shared.roles, shape.place / remedy / n)
    return {remedy: roles for remedy, roles in named.items() if roles}


def _named(shapes: Mapping[str, TitledShape]) -> dict[str, Named]:
    return {name: Named(name, shape.title) for name, shape in shapes.items()}


def outline(shape: WorkflowShape, shared: Shared) -> Outline:
    """The workflow in *shape*, with its loop, as far as others need to know it."""
    if refuse_unknown("loop", shape.loop, shared.loops, shape.place / "loop") or not shape.loop:
        merged = shape
    else:
        merged = _with_loop(shape, shared.loops[shape.loop])
    facts = {name: build_fact(name, each, shared) for name, each in merged.facts.items()}
    return Outline(merged, {name: fact for name, fact in facts.items() if fact is not None})


def _with_loop(shape: WorkflowShape, loop: LoopShape) -> WorkflowShape:
    """*shape* with all that *loop* has, as if it stood in the same file."""
    return replace(
        shape,
        sources=_merged(shape.sources, loop.sources),
        facts=_merged(shape.facts, loop.facts),
        sub_cases=_merged(shape.sub_cases, loop.sub_cases),
        rules=_merged(shape.rules, loop.rules),
        deadlines=_merged(shape.deadlines, loop.deadlines),
        holds=_merged(shape.holds, loop.holds),
        states=_merged(shape.states, loop.states),
        anywhere=_merged(shape.anywhere, loop.anywhere),
    )


def _merged(own: Mapping[str, T], loop: Mapping[str, T]) -> Mapping[str, T]:
    """What is the workflow's *own*, then what is of the *loop*: its own version, where it has one."""
    first = {name: each for name, each in own.items() if name not in loop}
    return first | {name: own.get(name, each) for name, each in loop.items()}


def build_fact(name: str, shape: FactShape, shared: Shared) -> Fact | None:
    """The fact in *shape*, or None if it cannot be told what its answers are."""
    place, type_ = shape.place, shape.type
    for n, role in enumerate(shape.by):
        refuse_unknown("role", role, shared.roles, place / "by" / n)
    if type_ is None:
        return None
    if place.gives("values") != (type_ == "one_of"):
        _refuse_key(place, "values", type_)
    if place.gives("unit") != (type_ == "number"):
        _refuse_key(place, "unit", type_)
    values = _values(shape, shared)
    if type_ == "one_of" and not (values and all(values)):
        return None
    fact = Fact(name, shape.ask, type_, values, shape.unit or None, by=shape.by)
    return replace(fact, needs_evidence=frozenset(_needing_evidence(fact, shape)))


def _refuse_key(place: Place, key: str, type_: FactType) -> None:
    if place.gives(key):
        (place / key).refuse_key(messages.key_of_another_type(key, type_))
    else:
        place.refuse_key(messages.type_needs_key(type_, key))


def _values(shape: FactShape, shared: Shared) -> tuple[str, ...]:
    place = shape.place / "values"
    match shape.type:
        case "party" | "parties":
            return tuple(shared.agencies)
        case "one_of" if shape.values == CHANNELS:
            if not shared.channels:
                place.refuse(messages.no_channels())
            return tuple(shared.channels)
        case "one_of":
            if UNKNOWN_WORD in shape.values:
                (place / shape.values.index(UNKNOWN_WORD)).refuse(messages.unknown_is_no_value())
            return shape.values
        case _:
            return ()


def _needing_evidence(fact: Fact, shape: FactShape) -> Iterable[Value]:
    for n, raw in enumerate(shape.needs_evidence):
        try:
            if raw is not None:
                yield fact.accept(raw)
        except BadValue as error:
            (shape.place / "needs_evidence" / n).refuse(messages.refused_value(error.message, error.hint))


def build_workflow(names: Names, file: str, digest: str) -> Workflow:
    """The workflow that *names* are those of."""
    shape = names.own.shape
    for each in shape.sub_cases.values():
        refuse_unknown("workflow", each.value, names.others, each.place)
    names.state(shape.starts, shape.place / "starts")
    rules, reader = build_rules(names)
    return Workflow(
        name=shape.workflow,
        version=shape.version,
        title=shape.title,
        reference=shape.reference,
        starts=shape.starts,
        facts=names.own.facts,
        rules=rules,
        states=build_states(names, reader),
        sub_cases={kind: each.value for kind, each in shape.sub_cases.items()},
        deadlines=build_deadlines(names),
        holds=build_holds(names),
        sources={name: names.authority(name) for name in shape.sources},
        in_force=_in_force(shape.in_force),
        loop=shape.loop or None,
        file=file,
        digest=digest,
    )


def _in_force(shape: InForceShape | None) -> InForce:
    if shape is None:
        return InForce()
    if shape.from_ and shape.until and shape.from_ > shape.until:
        (shape.place / "until").refuse(messages.ends_before_it_begins())
    return InForce(shape.from_, shape.until)
