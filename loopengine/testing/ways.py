"""The shortest ways through the arrows of a definition: from where a case stands to a step, or to a state.

Knows workflows. Does not know rules: whether a way can be gone is found out by going it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection

from loopengine.core.definitions import Step, Workflow

_NOTHING: frozenset[str] = frozenset()


def name_of(step: Step) -> str:
    """*step*, by its state and its event."""
    return f"{step.source}.{step.event}"


def way_to_step(
    workflow: Workflow, state: str, wanted: Collection[str], without: Collection[str] = _NOTHING
) -> list[Step]:
    """The shortest way from *state* that ends with one of the steps called *wanted*; empty if there is none.

    Of those that are as near, one that does not end the case. No step of those called *without* is on it.
    """

    def is_it(step: Step) -> bool:
        return name_of(step) in wanted

    def goes_on(step: Step) -> bool:
        return is_it(step) and not workflow.states[step.to].final

    nearest, onward = _way(workflow, state, is_it, without), _way(workflow, state, goes_on, without)
    return onward if len(onward) == len(nearest) else nearest


def way_to_state(
    workflow: Workflow, state: str, wanted: str, without: Collection[str] = _NOTHING
) -> list[Step]:
    """The shortest way from *state* to the one called *wanted*, or else to an end that excuses from it."""
    straight = _way(workflow, state, lambda step: step.to == wanted, without)
    return straight or _way(workflow, state, lambda step: workflow.states[step.to].excused, without)


def _way(
    workflow: Workflow, state: str, is_it: Callable[[Step], bool], without: Collection[str]
) -> list[Step]:
    ways: dict[str, list[Step]] = {state: []}
    ahead = deque([state])
    while ahead:
        here = ahead.popleft()
        steps = [each for each in workflow.states[here].steps.values() if name_of(each) not in without]
        for step in steps:
            if is_it(step):
                return [*ways[here], step]
        for step in steps:
            if step.to not in ways:
                ways[step.to] = [*ways[here], step]
                ahead.append(step.to)
    return []
