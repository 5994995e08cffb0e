"""A history under a proposed version: which of its decisions would flip, and which deadlines would move.

Knows histories and both versions; nothing of the database, or of other cases.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from loopengine.core.comparing.again import DECIDED, Redecided, Untold, Versions, decided_again
from loopengine.core.comparing.clocks import BothClocks, Clocks, MovedDeadline
from loopengine.core.history import Entry, apply, begin
from loopengine.core.records import Record
from loopengine.core.workdays import WorkingCalendar


@dataclass(slots=True)
class Tried:
    """What was looked at of one history, and what would be otherwise."""

    decisions: int = 0
    clocks: int = 0
    flips: list[Redecided] = field(default_factory=list)
    untold: list[Untold] = field(default_factory=list)
    moved: list[MovedDeadline] = field(default_factory=list)


def tried(versions: Versions, entries: Sequence[Entry], calendar: WorkingCalendar, today: date) -> Tried:
    """What the proposed version makes of the history that *entries* are, as of *today*."""
    found = Tried()
    clocks = BothClocks(Clocks(versions.own), Clocks(versions.proposed))
    record: Record | None = None
    for entry in entries:
        before = record or begin(entry.body, versions.own)
        if entry.kind in DECIDED and entry.text("event") is not None:
            found.decisions += 1
            match decided_again(versions, before, entry, calendar):
                case Redecided() as flip:
                    found.flips.append(flip)
                case Untold() as untold:
                    found.untold.append(untold)
                case None:
                    pass
        record = apply(versions.own, before, entry)
        clocks.follow(before, record, entry, calendar)
    if record is not None:
        found.moved += clocks.moved(record, today)
        found.clocks = len(clocks.own.armed)
    return found
