"""The way by which a case came to where it stands, for one that is taken over in the middle of it.

What is told are the state and some events with their days; what lies between them is the shortest way that
the workflow has. Knows definitions alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from loopengine.core.definitions import Step, Workflow
from loopengine.core.records import reached_after
from loopengine.errors import BadValue, UnknownName


@dataclass(frozen=True, slots=True)
class Told:
    """An event of the past of a case, and the day on which it happened."""

    event: str
    on: date


class NotSo(BadValue):
    """What is told of the past of a case cannot be so; *event* is what is wrong, None for the state."""

    def __init__(self, event: str | None, message: str, hint: str) -> None:
        super().__init__(message, hint)
        self.event = event


def way_to(workflow: Workflow, state: str, told: Sequence[Told], opened_on: date) -> tuple[str, ...]:
    """The states that a case in *state* has reached, if what is *told* has happened to it, in order of day.

    Raises UnknownName for a state or an event that the workflow does not have, NotSo for what cannot be so.
    """
    if state not in workflow.states:
        raise UnknownName("state", state, workflow.states)
    for each in told:
        if each.event not in workflow.events:
            raise UnknownName("event", each.event, workflow.events)
        if each.on < opened_on:
            raise NotSo(
                each.event,
                f"{each.event} cannot have happened on {each.on}",
                f"the case was opened on {opened_on}",
            )
    told_events = frozenset(each.event for each in told)
    here = workflow.starts
    path: tuple[str, ...] = (here,)
    for each in told:
        between = _shortest(workflow, here, told_events, _answering(workflow, each.event))
        if between is None:
            raise NotSo(
                each.event,
                f"{each.event} cannot have happened on {each.on}",
                f"no way leads to it from {here} without an event that is told for another day",
            )
        answers = between[-1].to if between else here
        last = workflow.states[answers].steps[each.event]
        for step in (*between, last):
            path = reached_after(workflow, path, step.to)
        here = last.to
    rest = _shortest(workflow, here, told_events, frozenset({state}))
    if rest is None:
        raise NotSo(
            None,
            f"the case cannot be in {state}",
            f"no way leads there from {here}, to which what has happened leads",
        )
    for step in rest:
        path = reached_after(workflow, path, step.to)
    return path


def in_order(told: Sequence[Told]) -> tuple[Told, ...]:
    """*told* in the order of the days; of one day, as they are given."""
    return tuple(sorted(told, key=lambda each: each.on))


def events_to(workflow: Workflow, state: str) -> tuple[str, ...]:
    """The events of the shortest way from the beginning to *state*; raises NotSo if there is none."""
    way = _shortest(workflow, workflow.starts, frozenset(), frozenset({state}))
    if way is None:
        raise NotSo(None, f"the case cannot be in {state}", "no way leads there")
    return tuple(step.event for step in way)


def _answering(workflow: Workflow, event: str) -> frozenset[str]:
    return frozenset(name for name, state in workflow.states.items() if event in state.steps)


def _shortest(
    workflow: Workflow, start: str, without: frozenset[str], goals: frozenset[str]
) -> tuple[Step, ...] | None:
    """The fewest steps from *start* to one of *goals*, *without* those of some events; None for no way."""
    ways: dict[str, tuple[Step, ...]] = {start: ()}
    ahead = deque([start])
    while ahead:
        here = ahead.popleft()
        if here in goals:
            return ways[here]
        for step in workflow.states[here].steps.values():
            if step.event not in without and step.to not in ways:
                ways[step.to] = (*ways[here], step)
                ahead.append(step.to)
    return None
