"""What is proved of monitors: that no way through a workflow breaks them.

Every way is looked at, by what has happened on it: a rule that asks how long an event lies back is never TRUE
where it has not happened. What facts say is taken anew at each step, as if it could have changed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from loopengine.core.definitions import Step, Workflow
from loopengine.core.monitors import Monitor
from loopengine.core.proving.findings import Proof, tried
from loopengine.core.proving.leading import legs
from loopengine.core.proving.worlds import TRUE, Goal, Worlds
from loopengine.core.rules.english import words


@dataclass(frozen=True, slots=True)
class _Place:
    """A state, with the events that have happened on the way there, as far as they matter; and whether what
    a monitor waits for has happened *since*.
    """

    state: str
    happened: frozenset[str]
    since: bool = False


def of_monitors(workflow: Workflow, worlds: Worlds) -> Iterator[Proof]:
    """What is proved of the monitors of *workflow*."""
    for name, monitor in workflow.monitors.items():
        yield tried("monitor", name, partial(_kept, name, monitor, workflow, worlds))


def _kept(name: str, monitor: Monitor, workflow: Workflow, worlds: Worlds) -> Proof:
    way = _way_that_breaks(monitor, workflow, worlds, overriding=False)
    if way is not None:
        said = f"{monitor.order} is broken by {_told(way)}"
        return Proof("monitor", name, False, said, way=legs(workflow, worlds, way))
    way = _way_that_breaks(monitor, workflow, worlds, overriding=True)
    if way is None:
        return Proof("monitor", name, True, f"{monitor.order}")
    said = f"{monitor.order} can be broken where a rule is overridden, by {_told(way)}"
    led = legs(workflow, worlds, way)
    return Proof("monitor", name, monitor.overridable, said, noted=True, way=led)


def _told(way: tuple[str, ...]) -> str:
    return " -> ".join(words(event) for event in way)


def _way_that_breaks(
    monitor: Monitor, workflow: Workflow, worlds: Worlds, *, overriding: bool
) -> tuple[str, ...] | None:
    """A shortest way to the event of *monitor* that breaks it; *overriding* rules where a role may."""
    order = monitor.order
    asked = {thing.name for thing in worlds.domains if thing.sort == "event"}
    asked |= {step.wait.after for step in workflow.steps() if step.wait is not None}
    matter = asked | {*order.events}
    first = _Place(workflow.starts, frozenset())
    ways: dict[_Place, tuple[str, ...]] = {first: ()}
    waiting = deque(ways)
    can: dict[tuple[str, str, frozenset[str]], bool] = {}
    while waiting:
        place = waiting.popleft()
        for step in workflow.states[place.state].steps.values():
            never = frozenset(asked) - place.happened
            key = (step.source, step.event, never)
            if key not in can:
                can[key] = _can_be_taken(step, never, worlds, overriding=overriding)
            if not can[key]:
                continue
            way = (*ways[place], step.event)
            if step.event == order.event and _forbidden(monitor, place):
                return way
            then = _after(step, place, matter, monitor)
            if then not in ways:
                ways[then] = way
                waiting.append(then)
    return None


def _can_be_taken(step: Step, never: frozenset[str], worlds: Worlds, *, overriding: bool) -> bool:
    if step.wait is not None and step.wait.after in never:
        return False
    if step.when is None or (overriding and step.override is not None):
        return True
    return worlds.find(Goal(step.when.condition, TRUE), never=never) is not None


def _forbidden(monitor: Monitor, place: _Place) -> bool:
    """Whether the event would break *monitor* at *place*: as `Order.forbids`, of which only this is left."""
    order = monitor.order
    latest = dict.fromkeys(place.happened, 0)
    if order.since is not None and order.since in latest and order.other in latest:
        latest[order.other if place.since else order.since] = 1
    return order.forbids(latest)


def _after(step: Step, place: _Place, matter: set[str], monitor: Monitor) -> _Place:
    order, happened = monitor.order, place.happened
    if step.event in matter:
        happened |= {step.event}
    since = place.since
    if step.event == order.other:
        since = True
    elif step.event == order.since:
        since = False
    return _Place(step.to, happened, since)
