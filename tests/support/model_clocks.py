"""The clocks of the model: what armed them, when they fall due, and what they still have to say.

Nothing is moved along with the time: after each entry a clock is worked out anew, from what is known by then.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from loopengine.clock import london_midnight
from loopengine.core.definitions import Deadline, Hold
from loopengine.core.durations import Duration
from support.model_case import ModelCase, ModelClock, Span, Start
from support.model_rules import PENCIL, earlier, later

DAY = timedelta(days=1)


class Notice(NamedTuple):
    """What a clock says, or does: at the instant *due_at*; or *at* a later one, if only then it was known."""

    at: datetime
    due_at: datetime
    deadline: str
    kind: Literal["reminded", "overdue", "escalated", "then"]
    name: str


def wind(case: ModelCase, today: date, at: datetime, released: Hold | None = None) -> None:
    """Have the clocks of *case* be what they are after its latest entry, which was written *at* an instant.

    If the entry says that a hold was *released*, what it kept still or from being fired goes on from there.
    """
    for name, deadline in case.workflow.deadlines.items():
        start, clock = _start(deadline, case, today), case.clocks.get(name)
        if start is None:
            case.clocks.pop(name, None)
        elif clock is None or (clock.start.n, clock.start.name) != (start.n, start.name):
            due = _due(deadline, start, case, today)
            case.clocks[name] = ModelClock(start, len(case.lines), due, at)
        elif stopped_on(deadline, clock.start, case) is None and _lets_go(released, deadline):
            clock.due, clock.since = _due(deadline, clock.start, case, today), at


def stopped_on(deadline: Deadline, start: Start, case: ModelCase) -> date | None:
    """The day on which the clock was stopped that *start* armed, if it was; at the latest with the case."""
    stops = [
        move.on
        for move in case.moves
        if move.event in deadline.until
        and ((move.on, move.n) > (start.on, start.n) if start.n else move.on >= start.stops_from)
    ]
    return min(stops, default=case.entered_on if case.state.final else None)


def notices(case: ModelCase) -> Iterator[Notice]:
    """What the clocks of *case* have not said yet, in the order of the file."""
    for name, deadline in case.workflow.deadlines.items():
        clock = case.clocks.get(name)
        if clock is None or stopped_on(deadline, clock.start, case) is not None or _is_held(case, name):
            continue
        for day, kind, what in _says(deadline, clock, case):
            if what not in clock.said:
                midnight = london_midnight(day)
                yield Notice(max(midnight, clock.since), midnight, name, kind, what)


def _says(
    deadline: Deadline, clock: ModelClock, case: ModelCase
) -> Iterator[tuple[date, Literal["reminded", "overdue", "escalated", "then"], str]]:
    """Everything that a clock says in its time, and on what days."""
    late = clock.due + DAY
    if london_midnight(late) > clock.since:  # nobody is reminded of what is late
        for number, reminder in enumerate(deadline.reminders, 1):
            yield earlier(clock.due, reminder.before), "reminded", f"remind-{number}"
    yield late, "overdue", "overdue"
    if deadline.then is not None and not _is_blocked(case, deadline.then):
        yield late, "then", "then"
    for number, rung in enumerate(deadline.ladder, 1):
        day = later(clock.due, rung.after)
        for since, until in _stood_still(case, deadline.name):
            if clock.due < since <= day:
                day = _moved_on(day, since, until, rung.after)
        yield day, "escalated", f"escalate-{number}"


def _start(deadline: Deadline, case: ModelCase, today: date) -> Start | None:
    """What armed the clock last, if anything has."""
    facts, opened_on = case.facts(today), case.moves[0].on
    hangs_on = deadline.due or deadline.before
    if hangs_on is not None:
        said = case.answer(hangs_on, today)
        known = said is not None and said.value is not None
        return Start(said.so_on, 0, f"{hangs_on}={said.value}", opened_on) if said and known else None
    starts: list[Start] = []
    for name in deadline.starts:
        if name == "opened":
            starts.append(Start(opened_on, 0, name, opened_on))
        day = facts.get(name)
        if isinstance(day, date):
            starts.append(Start(day, 0, f"{name}={day}", day))
        starts += [
            Start(move.on, move.n, name, move.on) for move in case.moves if move.event == name != "opened"
        ]
    return max(starts, default=None)


def _due(deadline: Deadline, start: Start, case: ModelCase, today: date) -> date:
    """The day on which a clock falls due, less the time for which it stood still."""
    named = case.facts(today).get(deadline.due or deadline.before or "")
    if not isinstance(named, date):
        assert deadline.within is not None
        due = later(start.on, deadline.within)
    else:
        due = named if deadline.within is None else earlier(named, deadline.within)
    for since, until in _stood_still(case, deadline.name):
        since = max(since, start.on)
        if since < until and since <= PENCIL.rolled(due, deadline.roll)[0]:  # or it was late before
            due = _moved_on(due, since, until, deadline.within)
    return PENCIL.rolled(due, deadline.roll)[0]


def _moved_on(day: date, since: date, until: date, duration: Duration | None) -> date:
    """Where *day* goes: what was left after the day *since* is left after the day *until*."""
    if duration is None or duration.working_days is None:
        return day + (until - since)
    left = PENCIL.count(since, day)[0]
    return later(until, Duration(working_days=left)) if left > 0 else until


def _lets_go(released: Hold | None, deadline: Deadline) -> bool:
    """Whether the hold that was *released* stopped the clock, or what it fires when its time is up."""
    return released is not None and (deadline.name in released.stops or deadline.then in released.blocks)


def _is_held(case: ModelCase, deadline: str) -> bool:
    return any(deadline in case.workflow.holds[name].stops for name in case.holds_on)


def _is_blocked(case: ModelCase, event: str) -> bool:
    return any(event in case.workflow.holds[name].blocks for name in case.holds_on)


def _stood_still(case: ModelCase, deadline: str) -> list[tuple[date, date]]:
    """The times for which holds stopped *deadline*, joined where they overlap, less one that still does."""
    holds = case.workflow.holds.values()
    spans = [span for hold in holds if deadline in hold.stops for span in case.holds.get(hold.name, ())]
    together: list[Span] = []
    for span in sorted(spans, key=lambda span: span.since):
        last = together[-1] if together else None
        if last is None or (last.until is not None and last.until <= span.since):
            together.append(Span(span.since, span.until))
        elif last.until is not None:
            last.until = None if span.until is None else max(last.until, span.until)
    return [(span.since, span.until) for span in together if span.until is not None]
