"""Due deadlines as a calendar file, for Outlook and every other calendar: one all-day event each.

Owns what an event says: nothing of a case but its reference. Does not know which deadlines are due, nor where
the file goes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event

MADE_BY = "-//loopengine//due deadlines//EN"
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDeadline:
    """What a calendar is told of a deadline that runs.

    *title* is what its workflow file says is to be done. *arming* tells apart the times that the clock was
    started: it is the number of the entry that started it, 0 where nothing that happened did. *whose* are the
    roles whose move it is; *late* is said of the moment at which the file is written.
    """

    case: str
    deadline: str
    arming: int
    title: str
    due: date
    whose: tuple[str, ...] = ()
    provisional: bool = False
    late: bool = False

    @property
    def uid(self) -> str:
        """The name under which a calendar knows the event again, whatever becomes of its date."""
        return f"{self.case}.{self.deadline}.{self.arming}@loopengine"


def calendar_file(items: Iterable[DueDeadline], *, stamp: datetime) -> str:
    """The file that shows *items* as events, written at the instant *stamp*.

    Its lines end as RFC 5545 wants them: write it as it is, in UTF-8, with `newline=""`. With no items there
    is no event in it, and some calendars refuse such a file: rather say that nothing is due.
    """
    if stamp.utcoffset() is None:
        raise ValueError(f"datetime {stamp.isoformat()!r} has no time zone; give an aware one")
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", MADE_BY)
    # It tells of days, and invites nobody (RFC 5546, 1.4).
    calendar.add("method", "PUBLISH")
    for item in items:
        calendar.add_component(_event(item, stamp.astimezone(UTC)))
    written: bytes = calendar.to_ical()
    return written.decode("utf-8")


def _event(item: DueDeadline, stamp: datetime) -> Event:
    event = Event()
    event.add("uid", item.uid)
    event.add("dtstamp", stamp)
    event.add("summary", f"{item.case}: {item.title}")
    event.add("description", "\n".join(_said(item)))
    event.add("dtstart", item.due)
    # RFC 5545, 3.6.1 lets it be left out, but Exchange does not import an event without an end. It is not
    # included; after the last of all days there is none.
    if item.due < date.max:
        event.add("dtend", item.due + _ONE_DAY)
    event.add("status", "TENTATIVE" if item.provisional else "CONFIRMED")
    if item.whose:
        event.add("categories", list(item.whose))
    # Nobody is busy all day because something is due.
    event.add("transp", "TRANSPARENT")
    if item.late:
        event.add("priority", 1)
    return event


def _said(item: DueDeadline) -> Iterable[str]:
    yield f"Due {item.due:%A} {item.due.day} {item.due:%B} {item.due.year}."
    if item.whose:
        yield f"Whose move it is: {', '.join(role.replace('_', ' ') for role in item.whose)}."
    if item.late:
        yield "It is late."
    if item.provisional:
        yield "The date is provisional: not all the bank holidays that it rests on are published."
