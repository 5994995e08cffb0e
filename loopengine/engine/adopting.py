"""Taking over a case in the middle of its way, with its true past days: clocks and waits run from those."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from loopengine.core.actors import Actor
from loopengine.core.adopting import Told, in_order, way_to
from loopengine.core.definitions import Framework, Workflow
from loopengine.core.history import words_body
from loopengine.core.values import Json, Value
from loopengine.engine.opening import kind_under, open_case, warnings_of
from loopengine.engine.recording import typed
from loopengine.engine.settling import followed_of, group_of
from loopengine.engine.work import Held, Work

# Days by event; of an event that has happened several times, several.
Happened: TypeAlias = "Mapping[str, date | Sequence[date]]"


@dataclass(frozen=True, slots=True)
class Adoption:
    """A case that is to be taken over: where it stands, and what is known of its past, typed already.

    *known_as* is what the file calls it that it comes from, where that is to be known when it comes again.
    """

    workflow: Workflow
    state: str
    opened_on: date
    told: tuple[Told, ...] = ()
    path: tuple[str, ...] = ()
    facts: Mapping[str, Value | None] = field(default_factory=dict)
    evidence: str | None = None
    known_as: str | None = None


def told_of(work: Work, happened: Happened) -> tuple[Told, ...]:
    """What has *happened*, in order of day; raises BadValue for what is no day, or to come."""
    told: list[Told] = []
    for event, days in happened.items():
        listed: Iterable[date] = days if isinstance(days, list | tuple) else [days]  # type: ignore[list-item]  # one day
        told += [Told(event, work.day(work.a_day(day))) for day in listed]
    return in_order(told)


def adoption_of(
    work: Work,
    framework: Framework,
    workflow: str,
    state: str,
    opened_on: date,
    happened: Happened,
    facts: Mapping[str, object],
    *,
    evidence: str | None,
    by: Actor,
) -> Adoption:
    """What is told of a case, typed and held against its workflow.

    Raises UnknownName, BadValue, NotAnswered.
    """
    definition = framework.workflow(workflow)
    day, told = work.day(work.a_day(opened_on)), told_of(work, happened)
    path = way_to(definition, state, told, day)
    known = {name: definition.fact(name) for name in facts}
    values = typed(known, facts, evidence=evidence, by=by)
    return Adoption(definition, state, day, told, path, values, evidence)


def adopt(
    work: Work, adoption: Adoption, *, by: Mapping[str, Json], under: Held | None
) -> tuple[Held, tuple[str, ...]]:
    """Write the case that *adoption* is about, *under* another, if so; with what is odd about it."""
    workflow = adoption.workflow
    kind = None if under is None else kind_under(under, workflow.name)
    warnings = (*warnings_of(workflow, adoption.opened_on), *_untold(adoption))
    more: dict[str, Json] = {
        "warnings": list(warnings) or None,
        "adopted": True,
        "to": adoption.state,
        "stage": workflow.states[adoption.state].stage,
        "path": list(adoption.path),
        "happened": [[each.event, each.on.isoformat()] for each in adoption.told],
        "parties": _opened_for(adoption),
        "known_as": None if adoption.known_as is None else words_body(work.keep(adoption.known_as)),
    }
    held = open_case(
        work,
        workflow.name,
        adoption.facts,
        by=by,
        on=adoption.opened_on,
        under=under,
        kind=kind,
        evidence=None if adoption.evidence is None else work.keep(adoption.evidence),
        more=more,
    )
    return held, warnings


def _opened_for(adoption: Adoption) -> Json:
    """The parties for which something was opened by what has happened: nobody opens it again."""
    events = {each.event for each in adoption.told}
    groups: dict[str, list[str]] = {}
    for event, opens in followed_of(adoption.workflow):
        named = adoption.facts.get(opens.for_each or "")
        if event in events and isinstance(named, frozenset):
            groups[group_of(event, opens)] = sorted(named)
    return {group: list(parties) for group, parties in groups.items()} or None


def _untold(adoption: Adoption) -> Iterable[str]:
    """The events from which a wait or a clock counts, and that the case has passed without a day told."""
    told = {each.event for each in adoption.told}
    passed = {
        step.event
        for step in adoption.workflow.steps()
        if step.source in adoption.path and step.to in adoption.path and step.source != step.to
    }
    onward = adoption.workflow.states[adoption.state].steps.values()
    waits = [step.wait.after for step in onward if step.wait is not None]
    for event in dict.fromkeys(waits):
        if event in passed - told:
            yield f"nobody has said when {event} happened, and a step of {adoption.state} waits after it"
