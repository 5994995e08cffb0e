"""What the clocks of a case say, and by when: reminders, that a day has passed, the rungs of a ladder.

Knows definitions, records and the working calendar. Does not know who is told, or what time it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import MAXYEAR, date, datetime, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import Literal, TypeAlias

from loopengine.clock import london_midnight
from loopengine.core.clocks import Clock, Span
from loopengine.core.deadlines import resumed, stopping
from loopengine.core.definitions import Deadline, Workflow
from loopengine.core.durations import Duration
from loopengine.core.records import Record, spans_of
from loopengine.core.workdays import WorkingCalendar

NoticeKind: TypeAlias = Literal["reminded", "overdue", "escalated", "then"]
OVERDUE, THEN = "overdue", "then"  # what a clock says on the midnight after the due day
_ONE_DAY = timedelta(days=1)
# What is due before or after these days is due on them: the calendar of the language ends there.
_FIRST, _LAST = date(1, 1, 2), date(MAXYEAR, 12, 30)


@dataclass(frozen=True, slots=True)
class Notice:
    """What a clock says, or does, when an instant is reached: once for each arming.

    *due_at* is that instant; *at* the same, or that of the record which armed the clock if that came later.
    *name* tells it from the others of the same clock (`remind-1`, `overdue`, `escalate-2`, `then`); *tell*
    are the roles that the file names for it.
    """

    at: datetime
    due_at: datetime
    deadline: Deadline
    kind: NoticeKind
    name: str
    tell: tuple[str, ...] = ()


# The fields of a notice: of all that a clock has yet to say, only the first becomes one.
_Said: TypeAlias = "tuple[datetime, datetime, Deadline, NoticeKind, str, tuple[str, ...]]"
_in_due_order = itemgetter(0, 1)


def next_notice(workflow: Workflow, record: Record, calendar: Callable[[], WorkingCalendar]) -> Notice | None:
    """What the clocks of the case say next, whenever that is; ties in the order of the file."""
    if not any(clock.is_running for clock in record.clocks.values()):
        return None
    held = record.holds_on
    found = [
        said
        for name, deadline in workflow.deadlines.items()
        if (clock := record.clocks.get(name)) is not None
        and clock.is_running
        and not (held and stopping(workflow, record, name))
        for said in _to_come(workflow, record, deadline, clock, calendar)
    ]
    first = min(found, key=_in_due_order, default=None)
    return None if first is None else Notice(*first)


def _to_come(
    workflow: Workflow,
    record: Record,
    deadline: Deadline,
    clock: Clock,
    calendar: Callable[[], WorkingCalendar],
) -> Iterator[_Said]:
    """What *clock* has yet to say, in order, as far as that can be known before the next of it is said."""
    due = clock.due.on
    late_at = _midnight(min(due, _LAST) + _ONE_DAY)

    def notice(at: datetime, kind: NoticeKind, name: str, tell: tuple[str, ...] = ()) -> _Said:
        return max(at, clock.settled_at), at, deadline, kind, name, tell

    # Who learns of a clock when it is late already is not reminded of it.
    if late_at > clock.settled_at:
        for number, reminder in enumerate(deadline.reminders, 1):
            if (name := f"remind-{number}") not in clock.said:
                yield notice(
                    _midnight(_so_long_before(due, reminder.before, calendar())),
                    "reminded",
                    name,
                    reminder.tell,
                )
    if OVERDUE not in clock.said:
        yield notice(late_at, "overdue", OVERDUE)
        return
    if (
        deadline.then is not None
        and THEN not in clock.said
        and not _is_blocked(workflow, record, deadline.then)
    ):
        yield notice(late_at, "then", THEN)
    for number, rung in enumerate(deadline.ladder, 1):
        if (name := f"escalate-{number}") not in clock.said:
            day = _rung_day(due, rung.after, calendar(), spans_of(workflow, record, deadline))
            yield notice(_midnight(day), "escalated", name, rung.tell)


def _is_blocked(workflow: Workflow, record: Record, event: str) -> bool:
    """Whether a hold keeps *event* from being fired: it is fired when that is released."""
    return any(event in workflow.holds[name].blocks for name in record.holds_on)


@lru_cache(maxsize=16)
def _counting_after(calendar: WorkingCalendar) -> WorkingCalendar:
    """*calendar*, with the day that starts a clock not counted."""
    return replace(calendar, starts="day_after")


@lru_cache(maxsize=1024)
def _midnight(day: date) -> datetime:
    return london_midnight(min(max(day, _FIRST), _LAST))


@lru_cache(maxsize=1024)
def _so_long_before(due: date, duration: Duration, calendar: WorkingCalendar) -> date:
    try:
        return calendar.due_before(due, duration).on
    except (ValueError, OverflowError):
        return _FIRST


@lru_cache(maxsize=1024)
def _rung_day(due: date, after: Duration, calendar: WorkingCalendar, spans: tuple[Span, ...]) -> date:
    """The day on which a clock is late by *after*, the days left out that it was held since it was late."""
    try:
        day = _counting_after(calendar).add(due, after)
        for span in spans:
            if span.until is not None and due < span.since <= day:
                day = resumed(day, span.since, span.until, after, calendar)
    except (ValueError, OverflowError):
        return _LAST
    return day
