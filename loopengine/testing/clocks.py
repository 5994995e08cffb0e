"""The clocks of a case by its model: which run, when they fall due, and what a hold leaves them.

Nothing is kept from one act to the next: each clock is worked out anew from what has happened. Knows the
working calendar, and nothing of the records or the clocks of the engine.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from loopengine.core.definitions import OPENED, Deadline
from loopengine.core.durations import Duration
from loopengine.core.workdays import WorkingCalendar

if TYPE_CHECKING:
    from loopengine.testing.model import CaseModel


class Held(NamedTuple):
    """A hold was on from the day *since* to the day *until*, None while it is on."""

    hold: str
    since: date
    until: date | None = None


class _Start(NamedTuple):
    """What began a clock: a day, and the entry *n* or none (0); what stops it counts *stops_from* a day."""

    on: date
    n: int
    stops_from: date


def due_dates(model: CaseModel, today: date) -> dict[str, date]:
    """When each clock that runs falls due."""
    found: dict[str, date] = {}
    for name, deadline in model.folded.deadlines.items():
        start = _start(model, deadline, today)
        if start is not None and not _is_stopped(model, deadline, start):
            due = _due(model, deadline, start, today)
            if due is not None:
                found[name] = due
    return found


def days_left_when_held(model: CaseModel, deadline: Deadline, due: date, today: date) -> int | None:
    """The working days that a clock has left which a hold keeps still; None if none does, or it was late."""
    start = _start(model, deadline, today)
    spans = _spans(model, deadline)
    if start is None or not spans or spans[-1][1] is not None:
        return None
    since = max(spans[-1][0], start.on)
    return model.calendar.working_days_left(since, due) if since <= min(due, today) else None


def rung_day(model: CaseModel, deadline: Deadline, due: date, after: Duration) -> date:
    """The day on which a clock that was due is late by *after*, without the days that it was held since."""
    day = _counting_after(model.calendar).add(due, after)
    for since, until in _spans(model, deadline):
        if until is not None and due < since <= day:
            day = _moved(model.calendar, day, since, until, after)
    return day


def reminder_day(model: CaseModel, deadline: Deadline, due: date, notice: str) -> date:
    """The first day on which a clock may say *notice*."""
    kind, _, number = notice.partition("-")
    match kind:
        case "remind":
            return model.calendar.due_before(due, deadline.reminders[int(number) - 1].before).on
        case "escalate":
            return rung_day(model, deadline, due, deadline.ladder[int(number) - 1].after)
        case _:
            return due + timedelta(days=1)


def is_held(model: CaseModel, deadline: Deadline) -> bool:
    """Whether a hold that is on keeps the clock still."""
    return any(until is None for _, until in _spans(model, deadline))


def _start(model: CaseModel, deadline: Deadline, today: date) -> _Start | None:
    facts = model.facts(today)
    if (hangs_on := deadline.due or deadline.before) is not None:
        said = [each for each in model.answers if each.name == hangs_on and each.on <= today]
        known = isinstance(facts.get(hangs_on), date)
        return _Start(max(each.on for each in said), 0, model.opened_on) if known else None
    starts: list[_Start] = []
    for name in deadline.starts:
        if name == OPENED:
            starts.append(_Start(model.opened_on, 0, model.opened_on))
        if isinstance(day := facts.get(name), date):
            starts.append(_Start(day, 0, day))
        starts += [_Start(each.on, each.n, each.on) for each in model.moves if each.event == name]
    return max(starts, default=None)


def _is_stopped(model: CaseModel, deadline: Deadline, start: _Start) -> bool:
    stops = [each for each in model.moves if each.event in deadline.until and not each.apart]
    return model.state.final or any(
        (each.on, each.n) > (start.on, start.n) if start.n else each.on >= start.stops_from for each in stops
    )


def _due(model: CaseModel, deadline: Deadline, start: _Start, today: date) -> date | None:
    calendar, named = model.calendar, model.facts(today).get(deadline.due or deadline.before or "")
    try:
        if not isinstance(named, date):
            assert deadline.within is not None
            due = calendar.add(start.on, deadline.within)
        else:
            due = named if deadline.within is None else calendar.due_before(named, deadline.within).on
        for since, until in _spans(model, deadline):
            since = max(since, start.on)
            # What was late before it was held stays late.
            if until is not None and since < until and calendar.rolled(due, deadline.roll).on >= since:
                due = _moved(calendar, due, since, until, deadline.within)
        return calendar.rolled(due, deadline.roll).on
    except (ValueError, OverflowError):  # beyond the last day that there is
        return None


def _moved(calendar: WorkingCalendar, day: date, since: date, until: date, duration: Duration | None) -> date:
    """Where *day* goes: what was left after the day *since* is left after the day *until*."""
    if duration is None or duration.working_days is None:
        return day + (until - since)
    left = calendar.working_days_left(since, day)
    return _counting_after(calendar).add(until, Duration(working_days=left)) if left > 0 else until


def _counting_after(calendar: WorkingCalendar) -> WorkingCalendar:
    """*calendar*, with the day that starts a clock not counted."""
    return replace(calendar, starts="day_after")


def _spans(model: CaseModel, deadline: Deadline) -> list[tuple[date, date | None]]:
    """The times for which holds kept the clock still, joined where they overlap."""
    stops = {name for name, hold in model.folded.holds.items() if deadline.name in hold.stops}
    joined: list[tuple[date, date | None]] = []
    for _, since, until in sorted((each for each in model.held if each.hold in stops), key=lambda h: h.since):
        if joined and (joined[-1][1] is None or since < joined[-1][1]):
            first, last = joined.pop()
            since, until = first, None if last is None or until is None else max(last, until)
        joined.append((since, until))
    return joined
