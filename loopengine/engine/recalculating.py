"""What a change of the calendar does to the clocks that run: each is reckoned anew, and it is written why.

A closure that the board adds, or a bank holiday that was announced since: the list that comes with
loopengine is another one then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from loopengine.core.actors import Actor
from loopengine.core.deadlines import projected
from loopengine.core.history import canonical, digest_of, words_body
from loopengine.core.values import Json
from loopengine.core.workdays import WorkingCalendar
from loopengine.engine.catching_up import catch_up, reckon
from loopengine.engine.results import Document
from loopengine.engine.work import BY_ENGINE, Work, is_said
from loopengine.errors import BadValue, RefusedError
from loopengine.store import books, cases, closures

_PUBLISHED = "calendar"  # the setting that says by which list the clocks were reckoned
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Shifted:
    """A deadline whose due day is another one than it was."""

    case: str
    deadline: str
    was: date
    due: date

    def to_json(self) -> Document:
        """One of the deadlines that a change of the calendar moves."""
        return {
            "case": self.case,
            "deadline": self.deadline,
            "was": self.was.isoformat(),
            "due": self.due.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Closed:
    """A day that is not worked from now on, and the deadlines that it moved."""

    day: date
    reason: str
    moved: tuple[Shifted, ...]

    def to_json(self) -> Document:
        """What `calendar close` prints."""
        return {
            "closed": self.day.isoformat(),
            "reason": self.reason,
            "moved": [each.to_json() for each in self.moved],
        }


def close_day(work: Work, day: date, reason: str, *, by: Actor) -> Closed:
    """Close on *day*, and reckon the clocks anew; raises BadValue, or RefusedError for no working day."""
    if not is_said(reason):
        raise BadValue("a closure needs a reason", "say why")
    if not work.shelf.plain_calendar().is_working(day):
        raise RefusedError(f"{day} is not a working day anyway", "nothing has to be closed")
    catch_up_with_all(work)  # whatever fell due before was due by the calendar of then
    if not closures.close(work.connection, closures.Closure(day, reason, work.now)):
        raise RefusedError(f"{day} is closed already", "`loopengine calendar show` lists the closures")
    work.forget_calendars()
    moved = reckon_all(work, f"closed on {day}", by=work.signed(by), reason=words_body(work.keep(reason)))
    return Closed(day, reason, tuple(moved))


def follow_the_published(work: Work) -> tuple[Shifted, ...]:
    """Reckon the clocks anew if bank holidays were announced since that was last done; what that moved."""
    digest = published_digest(work.shelf.plain_calendar())
    known = books.setting(work.connection, _PUBLISHED)
    if known == digest:
        return ()
    books.alone(work.connection, f"setting:{_PUBLISHED}")
    known = books.setting(work.connection, _PUBLISHED)  # another process may have been here since
    if known == digest:
        return ()
    books.set_anew(work.connection, _PUBLISHED, digest)
    return (
        () if known is None else tuple(reckon_all(work, "the published bank holidays are others than before"))
    )


def published_digest(calendar: WorkingCalendar) -> str:
    """A digest of the bank holidays that are published."""
    days = sorted(day.isoformat() for day in calendar.holidays)
    return digest_of(canonical({"until": calendar.horizon.isoformat(), "days": days}))


def catch_up_with_all(work: Work) -> None:
    """Bring every case up to now."""
    due = cases.due(work.connection, work.now, limit=10**9)
    cases.lock(work.connection, [root for _, root in due])
    catch_up(work, work.load_rows(row for row, _ in due), until=work.now)


def reckon_all(
    work: Work, why: str, *, by: Mapping[str, Json] = BY_ENGINE, reason: Json = None
) -> Iterator[Shifted]:
    """Reckon the clocks of every open case anew; *why* goes into each history that this changes, with the
    *reason* that somebody gave, which is kept apart.
    """
    after = 0
    while rows := cases.with_clocks(work.connection, after=after, limit=_AT_ONCE):
        after = rows[-1][0]
        cases.lock(work.connection, [root for _, root in rows])
        for held in work.load_rows(row for row, _ in rows):
            clocks = projected(held.workflow, held.record, work.calendar(held), work.today)
            if not clocks:
                continue
            for name, clock in clocks.items():
                was = held.record.clocks[name].due.on
                yield Shifted(held.record.reference, name, was, clock.due.on)
            reckon(work, held, clocks, why, by=by, reason=reason)
