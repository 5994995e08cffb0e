"""From the shapes of monitors to the monitors: orders of events that are never to be.

Knows which events there are, and which of them the engine takes by itself.
"""

from __future__ import annotations

from loopengine.core.files import messages
from loopengine.core.files.names import Names, refuse_unknown
from loopengine.core.files.shapes import MonitorShape
from loopengine.core.monitors import WRITTEN_SO, Monitor, read_order


def build_monitors(names: Names) -> dict[str, Monitor]:
    """The monitors of a workflow, in the order of its file."""
    found = {name: _monitor(name, shape, names) for name, shape in names.own.shape.monitors.items()}
    return {name: monitor for name, monitor in found.items() if monitor is not None}


def _monitor(name: str, shape: MonitorShape, names: Names) -> Monitor | None:
    place = shape.place / "never"
    sources = names.authorities(shape.source, shape.place / "source")
    if not shape.never:
        return None
    try:
        order = read_order(shape.never)
    except ValueError:
        place.refuse(messages.no_order(shape.never, WRITTEN_SO))
        return None
    unknown = [event for event in order.events if refuse_unknown("event", event, names.events, place)]
    if unknown:
        return None
    if order.event in _automatic(names):
        place.refuse(messages.monitor_of_an_automatic_step(order.event))
    return Monitor(name, order, shape.overridable, shape.title or None, sources)


def _automatic(names: Names) -> set[str]:
    shape = names.own.shape
    found = {event for state in shape.states.values() for event, step in state.on.items() if step.automatic}
    return found | {event for event, step in shape.anywhere.items() if step.automatic}
