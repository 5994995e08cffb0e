"""The clocks of a history once more, as a proposed version would have had them.

Both versions are reckoned over the same history by the calendar of today, so that what differs is the
proposal's doing. Knows histories and deadlines; nothing of the database.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from loopengine.clock import london_date
from loopengine.core.clocks import Clock
from loopengine.core.deadlines import reckoned
from loopengine.core.definitions import Workflow
from loopengine.core.history import CHANGES, Entry
from loopengine.core.records import Record
from loopengine.core.unfolding import unfolded
from loopengine.core.workdays import WorkingCalendar

_Armed = tuple[str, int]  # a deadline, and the entry that armed it


@dataclass(frozen=True, slots=True)
class MovedDeadline:
    """A deadline that began on a day of a case which began under *version*, and would fall due otherwise.

    It *was* due on a day, and *would* be on another; None where it did not, or would not, begin. *late* and
    *would_be_late* say whether it was met.
    """

    case: str
    version: int
    deadline: str
    started_on: date
    was: date | None
    would: date | None
    late: bool
    would_be_late: bool


@dataclass(slots=True)
class Clocks:
    """The clocks that a history gives under *workflow*, followed entry by entry."""

    workflow: Workflow
    now: dict[str, Clock] = field(default_factory=dict)
    armed: dict[_Armed, Clock] = field(default_factory=dict)

    def follow(self, before: Record, after: Record, entry: Entry, calendar: WorkingCalendar) -> None:
        """Let them be as they are after *entry*, which made *after* of *before*."""
        if entry.kind not in CHANGES:
            return
        at = entry.due_at or entry.recorded_at
        workflow = unfolded(self.workflow, before)
        found = reckoned(workflow, self._own(before), self._own(after), lambda: calendar, london_date(at), at)
        for name, clock in found.items():
            if clock is None:
                self.now.pop(name, None)
            else:
                self.now[name] = self.armed[name, clock.n] = clock

    def _own(self, record: Record) -> Record:
        holds = {name: spans for name, spans in record.holds.items() if name in self.workflow.holds}
        return replace(record, clocks=dict(self.now), holds=holds)


@dataclass(slots=True)
class BothClocks:
    """The clocks of one case, as they were told, and as each version has them."""

    own: Clocks
    proposed: Clocks
    told: dict[_Armed, Clock] = field(default_factory=dict)

    def follow(self, before: Record, after: Record, entry: Entry, calendar: WorkingCalendar) -> None:
        """Let all be as they are after *entry*."""
        self.own.follow(before, after, entry, calendar)
        self.proposed.follow(before, after, entry, calendar)
        self.told.update({(name, clock.n): clock for name, clock in after.clocks.items()})

    def moved(self, record: Record, today: date) -> Iterator[MovedDeadline]:
        """The deadlines of the case that would fall due otherwise, or not begin, or only then begin."""
        for key, was, would in self._pairs():
            if was is not None and would is not None and was.due.on == would.due.on:
                continue
            told = self.told.get(key, was)
            was_due = None if was is None or told is None else told.due.on
            would_due = None if would is None else would.due.on
            if was_due == would_due:
                continue
            began = would if was is None else was
            assert began is not None
            yield MovedDeadline(
                record.reference,
                self.own.workflow.version,
                key[0],
                began.started_on,
                was_due,
                would_due,
                was is not None and was.is_late(today),
                would is not None and would.is_late(today),
            )

    def _pairs(self) -> Iterator[tuple[_Armed, Clock | None, Clock | None]]:
        """Each arming under one version with that under the other: by the same entry, or in their order."""
        own, proposed = dict(self.own.armed), dict(self.proposed.armed)
        for key in [each for each in own if each in proposed]:
            yield key, own.pop(key), proposed.pop(key)
        for key, was in own.items():
            other = next((each for each in proposed if each[0] == key[0]), None)
            yield key, was, None if other is None else proposed.pop(other)
        for key, would in proposed.items():
            yield key, None, would
