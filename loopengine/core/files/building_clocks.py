"""From the shapes of deadlines and holds to the deadlines and holds, every name in them resolved.

Knows what a clock may hang on. Does not know what day anything falls due.
"""

from __future__ import annotations

from loopengine.core.definitions import Deadline, Hold, Remind, Rung
from loopengine.core.files import messages
from loopengine.core.files.names import Names, refuse_unknown
from loopengine.core.files.places import Place
from loopengine.core.files.shapes import DeadlineShape, HoldShape, RemindShape, RungShape


def build_deadlines(names: Names) -> dict[str, Deadline]:
    """The clocks of a workflow."""
    return {name: _deadline(name, shape, names) for name, shape in names.own.shape.deadlines.items()}


def build_holds(names: Names) -> dict[str, Hold]:
    """What stops the clocks of a workflow and blocks its events."""
    return {name: _hold(name, shape, names) for name, shape in names.own.shape.holds.items()}


def _deadline(name: str, shape: DeadlineShape, names: Names) -> Deadline:
    place = shape.place
    _refuse_two_ways(place)
    for n, start in enumerate(shape.from_):
        _start(start, place / "from" / n, names)
    names.fact(shape.due, place / "due", "date")
    names.fact(shape.before, place / "before", "date")
    for n, event in enumerate(shape.until):
        names.event(event, place / "until" / n)
    names.event(shape.then, place / "then")
    told: tuple[RemindShape | RungShape, ...] = (*shape.remind, *shape.escalate)
    for each in told:
        for n, role in enumerate(each.tell):
            names.role(role, each.place / "tell" / n)
    return Deadline(
        name=name,
        sources=names.authorities(shape.source, place / "source"),
        title=shape.title or None,
        within=shape.within,
        starts=shape.from_,
        due=shape.due or None,
        before=shape.before or None,
        until=shape.until,
        roll=shape.roll or "none",
        reminders=tuple(Remind(each.before, each.tell) for each in shape.remind if each.before),
        ladder=tuple(Rung(each.after, each.tell) for each in shape.escalate if each.after),
        then=shape.then or None,
    )


def _refuse_two_ways(place: Place) -> None:
    """A day is reckoned in one of three ways: `within` and `from`, `within` and `before`, or `due`."""
    if place.gives("due"):
        for other in ("within", "from", "before"):
            if place.gives(other):
                (place / other).refuse_key(messages.not_beside(other, "due"))
    elif not place.gives("within"):
        place.refuse_key(messages.no_day_for_deadline())
    elif place.gives("from") == place.gives("before"):
        place.refuse_key(messages.from_or_before())


def _start(name: str, place: Place, names: Names) -> None:
    if name in names.own.shape.facts:
        names.fact(name, place, "date")
    else:
        dates = (fact.name for fact in names.own.facts.values() if fact.type == "date")
        refuse_unknown("event or date fact", name, (*names.moments, *dates), place)


def _hold(name: str, shape: HoldShape, names: Names) -> Hold:
    place = shape.place
    for n, deadline in enumerate(shape.stops):
        refuse_unknown("deadline", deadline, names.own.shape.deadlines, place / "stops" / n)
    for n, event in enumerate(shape.blocks):
        names.event(event, place / "blocks" / n)
    sources = names.authorities(shape.source, place / "source")
    return Hold(name, shape.title or name.replace("_", " "), shape.stops, shape.blocks, sources)
