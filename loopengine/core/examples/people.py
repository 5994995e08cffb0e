"""Whether the steps of a workflow are whose an example says, and lead where it says.

Knows workflows; nothing of files or time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields

from loopengine.core.definitions import OWNER, Framework, Party, Step, Workflow
from loopengine.core.examples.definitions import Charged, Duties, Reasoned, Walked
from loopengine.errors import UnknownName

ANYBODY = "anybody"  # takes what a file says nobody in particular takes
_SAID = {
    "takes": "takes",
    "overrides": "overrides the rule of",
    "answers": "answers",
    "has_the_move": "has the move in",
    "is_told": "is told of",
}


def steps_called(name: str, workflow: Workflow) -> tuple[Step, ...]:
    """The steps called *name*: `STATE.EVENT`, or those of an event in every state; raises UnknownName."""
    state, dot, event = name.rpartition(".")
    found = tuple(
        step for step in workflow.steps() if step.event == event and (not dot or step.source == state)
    )
    if not found:
        raise UnknownName("step", name, (f"{each.source}.{each.event}" for each in workflow.steps()))
    return found


def wrong_duties(charged: Charged, workflow: Workflow, board: Framework | None = None) -> str | None:
    """What is the role's duty and is not said, or the other way round; None if there is no such thing.

    Raises UnknownName if *board* has no such role, or *workflow* no such fact.
    """
    _known_role(charged.role, workflow, board)
    for each in fields(Duties):
        own = getattr(charged.duties, each.name)
        for name in getattr(charged.anybody, each.name):
            for called, roles in _whose(each.name, name, workflow):
                if (charged.role in roles) is not (name in own):
                    verb = _SAID[each.name]
                    return f"{charged.role} {'also ' if name not in own else 'never '}{verb} {called}"
    return None


def _known_role(called: str, workflow: Workflow, board: Framework | None) -> None:
    role, of, fact = called.partition(" of ")
    if of and fact not in workflow.facts:
        raise UnknownName("fact", fact, workflow.facts)
    if (
        board is not None
        and role not in board.roles
        and not (role == "not" if of else role in (ANYBODY, OWNER))
    ):
        raise UnknownName("role", role, board.roles)


def wrong_reasons(reasoned: Reasoned, workflow: Workflow) -> str | None:
    """The first step that needs no reason; None if each does."""
    steps = (step for name in reasoned.steps for step in steps_called(name, workflow))
    free = next((step for step in steps if not step.reason_required), None)
    return None if free is None else f"{free.source}.{free.event} needs no reason"


def wrong_way(walked: Walked, workflow: Workflow) -> str | None:
    """Where the way leads instead; None if it leads where it is said to.

    Raises UnknownName if *workflow* has no such state or event.
    """
    ends = workflow.state(walked.ends)
    start = workflow.starts if walked.start is None else walked.start
    state = workflow.state(start)
    for event in walked.events:
        if event not in workflow.events:
            raise UnknownName("event", event, workflow.events)
        if event not in state.steps:
            return f"{event} is not answered in {state.name}"
        state = workflow.states[state.steps[event].to]
    return None if state is ends else f"it ends in {state.name}, and not in {walked.ends}"


def _whose(sort: str, name: str, workflow: Workflow) -> Iterator[tuple[str, frozenset[str]]]:
    """What is called *name* among the duties of that *sort*, and the roles whose it is."""
    match sort:
        case "takes":
            for step in steps_called(name, workflow):
                yield f"{step.source}.{step.event}", frozenset(_takers(step))
        case "overrides":
            for step in steps_called(name, workflow):
                yield f"{step.source}.{step.event}", frozenset({step.override} if step.override else ())
        case "answers":
            known = {**workflow.repeated, **workflow.facts}
            if name not in known:
                raise UnknownName("fact", name, known)
            yield name, frozenset(known[name].by)
        case "has_the_move":
            yield name, frozenset(_roles(workflow.state(name).owner))
        case _:
            if name not in workflow.standing:
                raise UnknownName("standing rule", name, workflow.standing)
            yield name, frozenset(workflow.standing[name].tell)


def _takers(step: Step) -> Iterator[str]:
    """Who may take *step*; nobody of an agency in its `not_of`."""
    if not step.by and not step.automatic:
        yield ANYBODY
    yield from _roles(step.by)
    if step.not_of is not None:
        yield f"not of {step.not_of}"


def _roles(parties: Iterable[Party]) -> Iterator[str]:
    yield from (party.role if party.of is None else f"{party.role} of {party.of}" for party in parties)
