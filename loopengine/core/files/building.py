"""From the shapes of files to the definitions: everything merged, resolved, typed and parsed.

Problems are told at the places that the shapes carry, and whatever is wrong, building goes on. Does not know
where the files come from, nor whether the workflow that results hangs together: that is `checks.py`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from loopengine.core.definitions import ROLES, Channel, Group, InForce, Named, SubCases, Tie, Workflow
from loopengine.core.files import messages
from loopengine.core.files.building_claims import build_claims
from loopengine.core.files.building_clocks import build_deadlines, build_holds
from loopengine.core.files.building_facts import build_outline, check_settled
from loopengine.core.files.building_monitors import build_monitors
from loopengine.core.files.building_rules import build_rules
from loopengine.core.files.building_standing import build_standing
from loopengine.core.files.building_steps import build_states
from loopengine.core.files.framework_shapes import FrameworkShape, GroupShape, PuttingRightShape, TitledShape
from loopengine.core.files.names import (
    Names,
    Outline,
    Shared,
    authorities_among,
    refuse_local,
    refuse_unknown,
)
from loopengine.core.files.shapes import InForceShape, LoopShape, WorkflowShape
from loopengine.core.remedies import REMEDIES
from loopengine.core.routes import Otherwise
from loopengine.core.rules.expressions import Quorum
from loopengine.core.values import UNKNOWN_WORD

T = TypeVar("T")

_STANDARD_ROLES = {name: Named(name, name.replace("_", " ").capitalize()) for name in ROLES}


def build_shared(shape: FrameworkShape | None, *, kept: bool = False) -> Shared:
    """What the workflows of the framework in *shape* share; without one, what every framework has.

    One that was *kept* from before links were declared need not declare any.
    """
    if shape is None:
        return Shared(roles=_STANDARD_ROLES)
    refuse_local(shape.sources)
    for named in (shape.agencies, shape.channels, *shape.lists.values()):
        if UNKNOWN_WORD in named:
            named[UNKNOWN_WORD].place.refuse_key(messages.unknown_is_no_value())
    roles = {**_STANDARD_ROLES, **_named(shape.roles)}
    groups: dict[str, Group] = {}
    for name, group in shape.groups.items():
        refuse_unknown("role", group.role, roles, group.place / "role")
        if group.tier is not None:
            meets = tuple(sorted(day for day in group.meets if day is not None))
            quorum = _quorum(group, shape.agencies)
            groups[name] = Group(name, group.title, group.tier, group.role or None, meets, quorum)
    channels: dict[str, Channel] = {}
    for name, channel in shape.channels.items():
        refuse_unknown("role", channel.who, roles, channel.place / "who")
        refuse_unknown("group", channel.reports_to, shape.groups, channel.place / "reports_to")
        channels[name] = Channel(name, channel.title, channel.who or None, channel.reports_to or None)
    links = {name: Tie(name, each.title, each.inverse) for name, each in shape.links.items()}
    return Shared(
        roles,
        _named(shape.agencies),
        groups,
        channels,
        shape.sources,
        shape.loops,
        {name: _named(items) for name, items in shape.lists.items()},
        None if kept and not shape.place.gives("links") else links,
        shape.intake,
        shape.routes,
    )


def _quorum(group: GroupShape, agencies: Mapping[str, TitledShape]) -> Quorum | None:
    shape = group.quorum
    if shape is None:
        return None
    for key, names in (("of", shape.of), ("with", shape.with_)):
        for n, name in enumerate(names):
            refuse_unknown("agency", name, agencies, shape.place / key / n)
    counted = shape.of or tuple(agencies)
    if shape.at_least > len(counted):
        (shape.place / "at_least").refuse(messages.quorum_too_large(shape.at_least, len(counted)))
    return Quorum(group.title, shape.at_least, shape.of, shape.with_)


def build_otherwise(shape: FrameworkShape, shared: Shared) -> Otherwise | None:
    """Whom to ask about an incident that no route answers, as far as the framework says so."""
    otherwise = shape.otherwise
    if otherwise is None:
        return None
    if not shape.routes:
        otherwise.place.refuse_key(messages.otherwise_without_routes())
    for n, role in enumerate(otherwise.ask):
        refuse_unknown("role", role, shared.roles, otherwise.place / "ask" / n)
    sources = authorities_among(shared.sources, otherwise.source, otherwise.place / "source")
    return Otherwise(otherwise.ask, otherwise.title or None, sources)


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
        return build_outline(shape, shared)
    return build_outline(_with_loop(shape, shared.loops[shape.loop]), shared)


def _with_loop(shape: WorkflowShape, loop: LoopShape) -> WorkflowShape:
    """*shape* with all that *loop* has, as if it stood in the same file."""
    return replace(
        shape,
        sources=_merged(shape.sources, loop.sources),
        facts=_merged(shape.facts, loop.facts),
        sub_cases=_merged(shape.sub_cases, loop.sub_cases),
        rules=_merged(shape.rules, loop.rules),
        standing=_merged(shape.standing, loop.standing),
        claims=_merged(shape.claims, loop.claims),
        monitors=_merged(shape.monitors, loop.monitors),
        deadlines=_merged(shape.deadlines, loop.deadlines),
        holds=_merged(shape.holds, loop.holds),
        states=_merged(shape.states, loop.states),
        anywhere=_merged(shape.anywhere, loop.anywhere),
    )


def _merged(own: Mapping[str, T], loop: Mapping[str, T]) -> Mapping[str, T]:
    """What is the workflow's *own*, then what is of the *loop*: its own version, where it has one."""
    first = {name: each for name, each in own.items() if name not in loop}
    return first | {name: own.get(name, each) for name, each in loop.items()}


def build_workflow(names: Names, file: str, digest: str) -> Workflow:
    """The workflow that *names* are those of."""
    shape = names.own.shape
    for kind, each in shape.sub_cases.items():
        refuse_unknown("workflow", each.workflow, names.others, each.place / "workflow")
        if each.linked and kind in (names.shared.links or {}):
            each.place.refuse_key(messages.kind_called_like_a_link(kind))
    for n, role in enumerate(shape.who):
        names.role(role, shape.place / "who" / n)
    for n, group in enumerate(shape.reports_to):
        refuse_unknown("group", group, names.shared.groups, shape.place / "reports_to" / n)
    names.state(shape.starts, shape.place / "starts")
    check_settled(names)
    rules, routes, reader = build_rules(names)
    return Workflow(
        name=shape.workflow,
        version=shape.version,
        title=shape.title,
        reference=shape.reference,
        starts=shape.starts,
        facts=names.own.facts,
        rules=rules,
        routes=routes,
        states=build_states(names, reader),
        sub_cases={
            kind: SubCases(each.workflow, each.linked, each.warn_above or None)
            for kind, each in shape.sub_cases.items()
        },
        standing=build_standing(names, reader),
        claims=build_claims(names, reader),
        monitors=build_monitors(names),
        deadlines=build_deadlines(names),
        holds=build_holds(names),
        sources={name: names.authority(name) for name in shape.sources},
        in_force=_in_force(shape.in_force),
        repeated=names.own.repeated,
        lists=names.own.lists,
        loop=shape.loop or None,
        who=shape.who,
        reports_to=shape.reports_to,
        description=shape.about or None,
        file=file,
        digest=digest,
    )


def _in_force(shape: InForceShape | None) -> InForce:
    if shape is None:
        return InForce()
    if shape.from_ and shape.until and shape.from_ > shape.until:
        (shape.place / "until").refuse(messages.ends_before_it_begins())
    return InForce(shape.from_, shape.until)
