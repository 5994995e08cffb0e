"""Clocks between events: when each deadline of a case begins, falls due and stops.

Knows definitions, records and the working calendar. Does not know the database, or what time it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from loopengine.core.clocks import Clock, Span
from loopengine.core.definitions import OPENED, Deadline, Workflow
from loopengine.core.durations import Duration
from loopengine.core.records import Record, spans_of
from loopengine.core.values import Value
from loopengine.core.workdays import DueDate, WorkingCalendar


@dataclass(frozen=True, slots=True)
class Running:
    """A deadline of a case as it stands on a day: its *clock*, the holds that keep it still, and the working
    days that are left (of a clock that was stopped, None).
    """

    deadline: Deadline
    clock: Clock
    held: tuple[str, ...] = ()
    days: int | None = None

    @property
    def started_on(self) -> date:
        """The day that started it."""
        return self.clock.started_on

    @property
    def due(self) -> DueDate:
        """When it falls due; while it is held, as that was before."""
        return self.clock.due

    @property
    def stopped_on(self) -> date | None:
        """The day on which it was stopped, if it was."""
        return self.clock.stopped_on

    def is_late(self, today: date) -> bool:
        """Whether it was, or still is, overdue; what a hold keeps still was late before it, or is not."""
        if self.held and self.days is not None:
            return self.days < 0
        return self.clock.is_late(today)


class _Start(NamedTuple):
    """What began a clock: the day, the entry that says so (0 for a date fact), and a name for it.

    Of a date fact, whatever stops the clock counts *stops_from* a day on, however late the fact was recorded.
    """

    on: date
    n: int
    name: str
    stops_from: date


def reckoned(
    workflow: Workflow,
    before: Record,
    after: Record,
    calendar: Callable[[], WorkingCalendar],
    today: date,
    at: datetime,
) -> dict[str, Clock | None]:
    """The clocks that are different now that *before* has become *after*, as of the instant *at*.

    A due date is reckoned when a clock is armed or a hold on it changes, and then stands; `projected` reckons
    it anew. None stands for a clock that what it hung on is not known any more.
    """
    facts = after.facts(today)
    changed: dict[str, Clock | None] = {}
    for name, deadline in workflow.deadlines.items():
        known = before.clocks.get(name)
        start = _begun(deadline, after, facts, today)
        if start is None and known is None:
            continue
        clock = (
            None if start is None else _clock(workflow, deadline, start, before, after, facts, calendar, at)
        )
        if clock != known:
            changed[name] = clock
    return changed


def projected(workflow: Workflow, record: Record, calendar: WorkingCalendar, today: date) -> dict[str, Clock]:
    """The running clocks of the case whose due date is another one by *calendar* than it was."""
    facts = record.facts(today)
    found: dict[str, Clock] = {}
    for name, clock in running(record).items():
        deadline = workflow.deadlines[name]
        due = _due(deadline, clock.started_on, facts, calendar, spans_of(workflow, record, deadline))
        if due is not None and due != clock.due:
            found[name] = replace(clock, due=due)
    return found


def standing(
    workflow: Workflow, record: Record, calendar: WorkingCalendar, today: date
) -> tuple[Running, ...]:
    """The deadlines of the case that have begun, as they stand *today*, in the order of the file."""
    found: list[Running] = []
    for name, deadline in workflow.deadlines.items():
        clock = record.clocks.get(name)
        if clock is not None and clock.is_running:
            held = stopping(workflow, record, name)
            found.append(Running(deadline, clock, held, days_left(workflow, record, name, calendar, today)))
        elif clock is not None:
            found.append(Running(deadline, clock))
    return tuple(found)


def running(record: Record) -> dict[str, Clock]:
    """The clocks that run, by deadline."""
    return {name: clock for name, clock in record.clocks.items() if clock.is_running}


def stopping(workflow: Workflow, record: Record, deadline: str) -> tuple[str, ...]:
    """The holds that are on and keep *deadline* still."""
    return tuple(name for name in sorted(record.holds_on) if deadline in workflow.holds[name].stops)


def days_left(
    workflow: Workflow, record: Record, deadline: str, calendar: WorkingCalendar, today: date
) -> int:
    """The working days left after *today*; negative by the working days, whole or begun, that it is late.

    While the clock is held: what was left on the day that the hold began.
    """
    clock = record.clocks[deadline]
    if stopping(workflow, record, deadline):
        since = spans_of(workflow, record, workflow.deadlines[deadline])[-1].since
        today = min(today, max(since, clock.started_on))
    left = calendar.working_days_left(today, clock.due.on)
    is_late = clock.due.on < today
    return left - 1 if is_late and not calendar.is_working(today) else left


def _clock(
    workflow: Workflow,
    deadline: Deadline,
    start: _Start,
    before: Record,
    after: Record,
    facts: Mapping[str, Value],
    calendar: Callable[[], WorkingCalendar],
    at: datetime,
) -> Clock | None:
    known = before.clocks.get(deadline.name)
    if known is None or known.start != start.name:
        due = _due(deadline, start.on, facts, calendar(), spans_of(workflow, after, deadline))
        if due is None:
            return None
        known = Clock(after.entries, start.name, start.on, due, at)
    elif known.is_running and _concerns(workflow, deadline, before, after):
        due = _due(deadline, known.started_on, facts, calendar(), spans_of(workflow, after, deadline))
        known = replace(known, due=due or known.due, settled_at=at)
    stopped = _stopped_on(deadline, start, after)
    return known if stopped == known.stopped_on else replace(known, stopped_on=stopped)


def _concerns(workflow: Workflow, deadline: Deadline, before: Record, after: Record) -> bool:
    """Whether a hold was put on or taken off that *deadline* has to do with."""
    if after.holds is before.holds:
        return False
    changed = (name for name, spans in after.holds.items() if spans != before.holds.get(name))
    holds = [workflow.holds[name] for name in changed]
    return any(deadline.name in hold.stops or deadline.then in hold.blocks for hold in holds)


def _stopped_on(deadline: Deadline, start: _Start, record: Record) -> date | None:
    stops = (stop for event in deadline.until for stop in record.happened.get(event, ()))
    # Of two events on one day, the one told later is the later one; a date fact is as of its day.
    began = (start.on, start.n)
    days = [stop.on for stop in stops if (stop > began if start.n else stop.on >= start.stops_from)]
    if not days and record.ended:
        return record.moved_on
    return min(days, default=None)


def _begun(deadline: Deadline, record: Record, facts: Mapping[str, Value], today: date) -> _Start | None:
    """What began the clock last, if anything has."""
    hangs_on = deadline.due or deadline.before
    if hangs_on is not None:
        day, answer = facts.get(hangs_on), record.answer(hangs_on, today)
        if not isinstance(day, date) or answer is None:
            return None
        return _Start(answer.so_on, 0, f"{hangs_on}={day}", record.opened_on)
    starts: list[_Start] = []
    for name in deadline.starts:
        if name == OPENED:
            starts.append(_Start(record.opened_on, 0, OPENED, record.opened_on))
        elif name in record.happened:
            on, n = max(record.happened[name])  # of two on one day, the one told later
            starts.append(_Start(on, n, f"{name}#{n}", on))
        elif isinstance(day := facts.get(name), date):
            starts.append(_Start(day, 0, f"{name}={day}", day))
    return max(starts, default=None)


def _due(
    deadline: Deadline,
    start: date,
    facts: Mapping[str, Value],
    calendar: WorkingCalendar,
    spans: Sequence[Span],
) -> DueDate | None:
    """When the clock that began on *start* falls due, the *spans* in which it stood still left out of it."""
    try:
        due = _plainly_due(deadline, start, facts, calendar)
        for span in spans if due is not None else ():
            since = max(span.since, start)
            # While a hold is on, nobody knows for how long; and what was late before it stays late.
            if due is None or span.until is None or span.until <= since:
                continue
            if calendar.rolled(due.on, deadline.roll).on >= since:
                due = _moved(due, since, span.until, deadline.within, calendar)
        if due is None:
            return None
        rolled = calendar.rolled(due.on, deadline.roll)
    except (ValueError, OverflowError):  # beyond the last day that there is, or before the first
        return None
    return replace(rolled, provisional=True) if due.provisional and not rolled.provisional else rolled


def _moved(
    due: DueDate, since: date, until: date, within: Duration | None, calendar: WorkingCalendar
) -> DueDate:
    """*due* after a hold from *since* to *until*."""
    on = resumed(due.on, since, until, within, calendar)
    counted = within is not None and within.working_days is not None
    unsure = counted and not (calendar.is_published(since) and calendar.is_published(on))
    return DueDate(on, due.provisional or unsure, None)


def _plainly_due(
    deadline: Deadline, start: date, facts: Mapping[str, Value], calendar: WorkingCalendar
) -> DueDate | None:
    """When it would fall due if nothing were ever held, before it is moved off a day that is not worked."""
    if deadline.due is not None:
        day = facts.get(deadline.due)
        return DueDate(day, False, None) if isinstance(day, date) else None
    assert deadline.within is not None
    if deadline.before is None:
        return _counted(calendar, start, deadline.within)
    day = facts.get(deadline.before)
    return calendar.due_before(day, deadline.within) if isinstance(day, date) else None


@lru_cache(maxsize=4096)
def _counted(calendar: WorkingCalendar, start: date, within: Duration) -> DueDate:
    """When *within* from *start* on is over: counted day by day, and much the same for many cases."""
    return calendar.due(start, within)


def resumed(
    target: date, since: date, until: date, duration: Duration | None, calendar: WorkingCalendar
) -> date:
    """Where *target* goes if a clock stands still from *since*, and goes on at *until*.

    What was left after the day *since* is left after the day *until*: of working days as many, of anything
    else as many days.
    """
    if duration is None or duration.working_days is None:
        return target + (until - since)
    left = calendar.working_days_left(since, target)
    if left <= 0:
        return until
    return replace(calendar, starts="day_after").add(until, Duration(working_days=left))
