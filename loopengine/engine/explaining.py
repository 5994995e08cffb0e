"""Why, and why not: what stands between a case and each event that its state answers to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import TypeAlias

from sqlalchemy import Connection

from loopengine.core.actors import eligible_agencies, unknown_parties, who_can
from loopengine.core.definitions import Step, Workflow
from loopengine.core.machine import Decision, blocking, outlook
from loopengine.core.rules.awaiting import Prospect, prospect, time_changes, waits_for
from loopengine.core.rules.explanation import Node, explain, renamed
from loopengine.core.rules.expressions import Condition, facts_of
from loopengine.core.rules.obstacles import missing_events
from loopengine.core.rules.questions import open_questions, would_change
from loopengine.core.rules.unread import Unread, unread
from loopengine.core.settled import settled_facts
from loopengine.core.situation import Situation
from loopengine.core.values import Fact
from loopengine.engine.beside import look_beside
from loopengine.engine.naming import sound
from loopengine.engine.reading import Now, Then, case_of
from loopengine.engine.why import Outlook, Why
from loopengine.engine.work import Held
from loopengine.errors import UnknownName
from loopengine.store import books

# Sub-cases, and cases that are linked as such: each with its kind.
_Members: TypeAlias = "list[tuple[str | None, Held]]"


def explain_case(view: Now | Then, held: Held, event: str | None = None, *, brief: bool = False) -> Why:
    """The outlook on every event that *held*'s state answers to, or on *event* alone; *brief* as in
    `Engine.explain`.

    Raises UnknownName for an event that the workflow does not know; one that is not answered here gives none.
    """
    if event is not None and event not in held.workflow.events:
        raise UnknownName("event", event, held.workflow.events)
    kinds = held.workflow.linked_kinds
    under = [(each.record.kind, each) for each in (view.sub_cases(held) if held.tallies else ())]
    under += [(kind, each) for kind, each in view.tied(held) if kind in kinds] if kinds else []
    steps = held.workflow.states[held.record.state].steps.values()
    look_beside(view, held, steps, view.today)
    outlooks = tuple(
        _outlook(view, held, step, under, brief=brief) for step in steps if event in (None, step.event)
    )
    references = tuple(dict.fromkeys(each.record.reference for _, each in under))
    return Why(case_of(held), references, outlooks, tuple(held.framework.roles))


def _outlook(view: Now | Then, held: Held, step: Step, under: _Members, *, brief: bool) -> Outlook:
    position, kinds = held.position(view.today), held.workflow.linked_kinds
    situation, facts = position.situation, held.workflow.facts
    verdict, earliest, obstacles = outlook(step, held.workflow, position, view.calendar(held))
    condition = None if step.when is None else step.when.condition
    settled = verdict == "allowed" or condition is None
    questions = () if settled or condition is None else open_questions(condition, situation)
    awaited = () if settled or condition is None else waits_for(condition, situation)
    events = () if verdict == "allowed" else _missing(step, situation)
    unanswered = () if settled or condition is None else _unanswered(condition, situation)
    stays = settled_facts(facts, held.record.facts(view.today), situation.happened)
    enough = verdict == "allowed" or (brief and (questions or unanswered))
    ahead = Prospect() if enough else _ahead(step, situation, facts, earliest, events, stays)
    if any(change.fact in held.workflow.naming for fix in ahead.fixes for change in fix):
        ahead = replace(ahead, fixes=sound(held, step, ahead.fixes, ahead.day or view.today))
    blocked_by = tuple(
        name for name in sorted(position.holds) if blocking(held.workflow, step, frozenset({name}))
    )
    return Outlook(
        event=step.event,
        title=step.title,
        to=step.to,
        verdict=verdict,
        automatic=step.automatic,
        roles=tuple(dict.fromkeys(party.role for party in who_can(step, situation.facts)))
        or _anybody(held, step),
        agencies=eligible_agencies(step, situation.facts, held.framework.agencies),
        reason_required=step.reason_required,
        questions=_facts(facts, (*questions, *unknown_parties(step, situation.facts))),
        would_change=()
        if condition is None or brief
        else _facts(facts, would_change(condition, situation, facts)),
        fixes=() if blocked_by else ahead.fixes,
        waiting_for=_awaited(under, awaited),
        not_before=ahead.day if ahead.day is not None and ahead.day > view.today else None,
        blocked_by=blocked_by,
        because=None
        if condition is None or brief
        else named(view.connection, explain(condition, situation, facts)),
        sources=_cites(step),
        override=step.override,
        obstacles=tuple(obstacles),
        awaits=awaited,
        opens=tuple(each.kind for each in step.opens if each.kind is not None),
        waiting_for_events=events,
        by_waiting=None if blocked_by else ahead.by_waiting,
        linked=tuple(kind for kind in dict.fromkeys(kind for kind, _ in awaited) if kind in kinds),
        unanswered=_facts(facts, unanswered),
    )


def _unanswered(condition: Condition, situation: Situation) -> tuple[str, ...]:
    return tuple(name for name in facts_of(condition) if name not in situation.facts)


def _missing(step: Step, situation: Situation) -> tuple[str, ...]:
    """The events that have to happen before *step* can be allowed: its wait's, and its rule's."""
    after = [] if step.wait is None or step.wait.after in situation.happened else [step.wait.after]
    read = () if step.when is None else missing_events(step.when.condition, situation)
    return tuple(dict.fromkeys((*after, *read)))


def _ahead(
    step: Step,
    situation: Situation,
    facts: Mapping[str, Fact],
    earliest: date | None,
    events: Collection[str],
    settled: Collection[str],
) -> Prospect:
    """When *step* could be allowed by changes of facts that are not *settled*, and by which, as far as
    *events* are not missing.

    Where nothing but sub-cases would do, the day on which something is better than now.
    """
    if events:
        return Prospect(earliest)
    if step.when is None:
        return Prospect(earliest, by_waiting=earliest)
    found = prospect(step.when.condition, situation, facts, start=earliest, settled=settled)
    if found.day is not None:
        return found
    changes = time_changes(step.when.condition, situation)
    return Prospect(max(filter(None, (earliest, changes)), default=None))


def named(connection: Connection, node: Node) -> Node:
    """*node* with the names of people in place of the references under which they are kept."""
    refs = {each.by for each in _nodes(node) if each.by is not None}
    return renamed(node, books.words_at(connection, refs))


def told_by_name(decision: Decision, connection: Connection) -> Decision:
    """*decision* with the names of people in its explanation: as they are kept now, whenever it is read."""
    match unread(decision):
        case None:
            return decision
        case Unread() as because:
            return replace(decision, because=because.naming(books.words_at(connection, because.refs())))
        case Node() as because:
            return replace(decision, because=named(connection, because))


def _nodes(node: Node) -> list[Node]:
    return [node, *(each for part in node.parts for each in _nodes(part))]


def _anybody(held: Held, step: Step) -> tuple[str, ...]:
    return () if step.automatic else tuple(held.framework.roles)


def _facts(facts: Mapping[str, Fact], names: tuple[str, ...]) -> tuple[Fact, ...]:
    return tuple(facts[name] for name in dict.fromkeys(names))


def _awaited(under: _Members, leaves: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """The sub-cases that have not come to where the rule wants them, and still can."""
    found: dict[str, None] = {}
    for kind, state in leaves:
        for is_of, each in under:
            record = each.record
            if is_of == kind and state not in record.path and _still_can(each, state):
                found[record.reference] = None
    return tuple(found)


def _still_can(held: Held, state: str) -> bool:
    """Whether *held* can come to *state*, or end excused from it."""
    ahead = _ahead_of(held.workflow, held.record.state)
    return state in ahead or any(held.workflow.states[each].excused for each in ahead)


@lru_cache(maxsize=1024)
def _ahead_of(workflow: Workflow, state: str) -> frozenset[str]:
    """The states that can be reached from *state*, itself not among them unless in a circle."""
    found: set[str] = set()
    at = [state]
    while at:
        new = {step.to for step in workflow.states[at.pop()].steps.values()} - found
        found |= new
        at += new
    return frozenset(found)


def _cites(step: Step) -> tuple[str, ...]:
    sources = [
        *step.sources,
        *(step.when.sources if step.when else ()),
        *(step.wait.sources if step.wait else ()),
    ]
    return tuple(dict.fromkeys(source.cite for source in sources))
