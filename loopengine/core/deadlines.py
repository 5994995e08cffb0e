"""Clocks between events: when each deadline of a case began, when it falls due, and what stopped it.

Knows definitions, records and the working calendar. Does not know the database, or what time it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from loopengine.core.definitions import OPENED, Deadline, Workflow
from loopengine.core.records import Happening, Record
from loopengine.core.values import Value
from loopengine.core.workdays import DueDate, WorkingCalendar


@dataclass(frozen=True, slots=True)
class Running:
    """A deadline that has begun: the day it was started, when it falls due, and the day it was stopped, if it
    was.
    """

    deadline: Deadline
    started_on: date
    due: DueDate
    stopped_on: date | None = None

    def is_late(self, today: date) -> bool:
        """Whether it was, or still is, overdue: late from the midnight that follows the due day."""
        return self.due.on < (today if self.stopped_on is None else self.stopped_on)


def running(
    workflow: Workflow, record: Record, calendar: WorkingCalendar, today: date
) -> tuple[Running, ...]:
    """The deadlines of the case that have begun by *today*, in the order of the file."""
    facts = record.facts(today)
    found = (_running(deadline, record, facts, calendar) for deadline in workflow.deadlines.values())
    return tuple(each for each in found if each is not None)


def _running(
    deadline: Deadline, record: Record, facts: Mapping[str, Value], calendar: WorkingCalendar
) -> Running | None:
    begun = _begun(deadline, record, facts)
    try:
        due = None if begun is None else _due(deadline, begun.on, facts, calendar)
    except (ValueError, OverflowError):  # beyond the last day that there is, or before the first
        due = None
    if begun is None or due is None:
        return None
    stops = (stop for event in deadline.until for stop in record.happened.get(event, ()))
    after = [stop.on for stop in stops if _stops(stop, begun)]
    return Running(deadline, begun.on, due, min(after, default=None))


def _begun(deadline: Deadline, record: Record, facts: Mapping[str, Value]) -> Happening | None:
    """The latest start; of a date fact, the day it names, which no entry comes before (n = 0)."""
    if deadline.due is not None or deadline.before is not None:
        return Happening(record.opened_on, 0)
    starts: list[Happening] = []
    for start in deadline.starts:
        if start == OPENED:
            starts.append(Happening(record.opened_on, 0))
        elif start in record.happened:
            starts.append(record.happened[start][-1])
        else:
            day = facts.get(start)
            starts += [Happening(day, 0)] if isinstance(day, date) else []
    return max(starts, default=None)


def _stops(stop: Happening, begun: Happening) -> bool:
    """Whether *stop* came after *begun*: by the order of entries if both are events, otherwise by day."""
    return stop.n > begun.n if begun.n else stop.on >= begun.on


def _due(
    deadline: Deadline, begun: date, facts: Mapping[str, Value], calendar: WorkingCalendar
) -> DueDate | None:
    if deadline.due is not None:
        day = facts.get(deadline.due)
        return calendar.rolled(day, deadline.roll) if isinstance(day, date) else None
    assert deadline.within is not None
    if deadline.before is None:
        return calendar.due(begun, deadline.within, roll=deadline.roll)
    day = facts.get(deadline.before)
    return calendar.due_before(day, deadline.within, roll=deadline.roll) if isinstance(day, date) else None
