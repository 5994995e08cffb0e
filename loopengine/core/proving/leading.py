"""How a case comes to a state: a shortest way there, and for each of its steps a world in which it is taken.

Every step is taken as if facts could have changed since the last. Knows workflows and worlds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence

from loopengine.core.definitions import Step, Workflow
from loopengine.core.proving.domains import World
from loopengine.core.proving.findings import Leg
from loopengine.core.proving.worlds import NOTHING, TRUE, Goal, TooMany, Worlds


def events_to(workflow: Workflow, taken: Sequence[Step]) -> Mapping[str, tuple[str, ...]]:
    """For each state that is reached over the steps *taken*, the events of a shortest way."""
    found: dict[str, tuple[str, ...]] = {workflow.starts: ()}
    waiting = deque(found)
    while waiting:
        state = waiting.popleft()
        for step in taken:
            if step.source == state and step.to not in found:
                found[step.to] = (*found[state], step.event)
                waiting.append(step.to)
    return found


def legs(
    workflow: Workflow, worlds: Worlds, events: Iterable[str], given: World = NOTHING
) -> tuple[Leg, ...]:
    """*events* from the start of *workflow* on, each with a world in which its step is taken, as *given*."""
    state, found = workflow.starts, list[Leg]()
    for event in events:
        step = workflow.states[state].steps[event]
        found.append(Leg(event, _world(step, worlds, given)))
        state = step.to
    return tuple(found)


def _world(step: Step, worlds: Worlds, given: World) -> World:
    if step.when is None:
        return given
    try:
        found = worlds.find(Goal(step.when.condition, TRUE), given=given)
        return found or worlds.find(Goal(step.when.condition, TRUE)) or {}
    except TooMany:
        return {}
