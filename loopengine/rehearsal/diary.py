"""The diary: who has something to do on which day. On disk, so that memory does not grow with the cases.

A temporary file, gone when it is closed. Knows references and days, and nothing of what is to be done.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

_TABLES = """
pragma journal_mode = off;
pragma synchronous = off;
create table page (
    reference text primary key, workflow text not null, day text, state text not null, stays integer not null,
    acts integer not null, done integer not null, mends integer not null, hold text, release_on text,
    tied integer not null
) without rowid;
create index page_day on page (day, reference) where day is not null;
create index page_release on page (release_on, reference) where release_on is not null;
create index page_state on page (workflow, state, tied, reference);
"""
_COLUMNS = "reference, workflow, day, state, stays, acts, done, mends, hold, release_on, tied"
_AT_ONCE = 200
OVER = ""  # the hold of a case that was held once, and is not held again


@dataclass(slots=True)
class Page:
    """What the diary says of a case: *stays* counts its stays in states, *acts* what was done for it, *done*
    the things done at the beginning of this stay, *mends* what was put in order in it; *hold* is on until it
    is released, or was once; *tied* says whether another case has taken it for its own.
    """

    reference: str
    workflow: str
    day: date | None
    state: str = ""
    stays: int = 0
    acts: int = 0
    done: int = 0
    mends: int = 0
    hold: str | None = None
    release_on: date | None = None
    tied: bool = False


class Diary:
    """The pages of all cases in which something is to be done, by day."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="loopengine-rehearsal-")
        self._pages = sqlite3.connect(Path(self._folder.name) / "diary.db", isolation_level=None)
        self._pages.executescript(_TABLES)

    def write(self, page: Page) -> None:
        """Put *page* in the place of what the diary says of its case."""
        days = [None if day is None else day.isoformat() for day in (page.day, page.release_on)]
        row = (page.reference, page.workflow, days[0], page.state, page.stays, page.acts, page.done)
        rest = (page.mends, page.hold, days[1], page.tied)
        self._pages.execute(f"replace into page ({_COLUMNS}) values ({','.join('?' * 11)})", (*row, *rest))

    def due(self, today: date) -> Iterator[Page]:
        """The pages of the cases that somebody has to see to by *today*, each once, also if it is put off."""
        after = ""
        while pages := [*self._found("day <= ? and reference > ?", today.isoformat(), after)]:
            yield from pages
            after = pages[-1].reference

    def to_release(self, today: date) -> list[Page]:
        """The pages of the cases of which a hold is to be released by *today*."""
        return [*self._found("release_on <= ?", today.isoformat())]

    def untied(self, workflow: str, state: str, most: int) -> list[Page]:
        """At most *most* cases that are in a *state*, and that no other has taken for its own."""
        return [*self._found("workflow = ? and state = ? and tied = 0", workflow, state)][:most]

    def wake(self, references: Iterable[str], day: date) -> None:
        """Have somebody look at these cases on *day*, if nobody has to sooner."""
        for reference in references:
            self._pages.execute(
                "update page set day = ?1 where reference = ?2 and (day is null or day > ?1)",
                (day.isoformat(), reference),
            )

    def forget(self, reference: str) -> None:
        """Leave out a case in which nothing will be done any more."""
        self._pages.execute("delete from page where reference = ?", (reference,))

    def close(self) -> None:
        """Throw the diary away."""
        self._pages.close()
        self._folder.cleanup()

    def _found(self, condition: str, *values: str) -> Iterator[Page]:
        query = f"select {_COLUMNS} from page where {condition} order by reference limit {_AT_ONCE}"
        for row in self._pages.execute(query, values):
            page = Page(*row)
            page.day, page.release_on = _day(row[2]), _day(row[9])
            yield page


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
