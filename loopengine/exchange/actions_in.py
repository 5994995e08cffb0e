"""Bringing in the actions of a tracker: the file read, and its actions taken over, all of them or none.

Knows an engine and a file. Does not know what the words of a tracker mean.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from loopengine.clock import london_date
from loopengine.core.actors import Actor
from loopengine.engine.adoption_tables import TakenOver
from loopengine.engine.engine import Engine
from loopengine.engine.results import Case, Document
from loopengine.engine.spreadsheets import read_grid
from loopengine.errors import BadValue
from loopengine.exchange.tracker import Tracker, read_tracker


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """What came of a tracker: how it was read, and what was *taken_over* of it."""

    file: str
    tracker: Tracker
    taken_over: TakenOver

    @property
    def cases(self) -> tuple[Case, ...]:
        """The actions that were not there yet."""
        return self.taken_over.cases

    def to_json(self) -> Document:
        """What `import actions` prints."""
        return {
            "file": self.file,
            "cases": [each.opened_json() for each in self.cases],
            "already": [each.to_json() for each in self.taken_over.already],
            "dry_run": self.taken_over.dry_run,
            **self.tracker.to_json(),
        }


def import_actions(
    engine: Engine,
    file: str | Path,
    *,
    by: Actor,
    under: str | None = None,
    mapping: Mapping[str, str] | None = None,
    statuses: Mapping[str, str] | None = None,
    sheet: str | None = None,
    on: date | None = None,
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
) -> BroughtIn:
    """Take over the actions of the tracker in *file*, all of them or none; those that are there already stay.

    *under* is the case that they are under, unless a column says which; *on* the day on which they were
    opened, unless a column says when (default today). Raises CellsRefused with all that is wrong, by cell;
    UsageError, UnknownName, CaseNotFound, RefusedError.
    """
    grid = read_grid(file, sheet=sheet, only_one=True)
    today = london_date(engine.clock.now())
    if on is not None and on > today:
        raise BadValue(f"{on} is yet to come", f"nothing can have been so after today, {today}")
    tracker = read_tracker(
        grid,
        engine.framework,
        today=today,
        opened_on=on,
        under=under,
        mapping=mapping,
        statuses=statuses,
    )
    taken_over = engine.adopt_table(tracker.table, by=by, dry_run=dry_run, progress=progress)
    return BroughtIn(str(file), tracker, taken_over)
