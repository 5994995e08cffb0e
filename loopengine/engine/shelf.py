"""The frameworks at hand: the present one, and those under which cases in the database began."""

from __future__ import annotations

from sqlalchemy import Connection

from loopengine.core.definitions import Framework
from loopengine.core.files.loading import framework_from_texts
from loopengine.core.workdays import WorkingCalendar
from loopengine.errors import StorageError
from loopengine.store import books


class Shelf:
    """Frameworks by content hash, each read and checked once."""

    def __init__(self, present: Framework) -> None:
        self.present = present
        self._known = {present.digest: present}
        self._calendars: dict[str, WorkingCalendar] = {}

    def pinned(self, connection: Connection, digest: str) -> Framework:
        """The framework with this content hash, from the database if need be."""
        known = self._known.get(digest)
        if known is None:
            texts = books.texts_of(connection, digest)
            if texts is None:
                raise StorageError(
                    f"the database does not hold the framework {digest[:12]} of one of its cases"
                )
            known = self._known[digest] = framework_from_texts(texts)
        return known

    def calendar(self, framework: Framework) -> WorkingCalendar:
        """The working calendar by whose convention *framework* counts."""
        starts = framework.first_day
        if starts not in self._calendars:
            self._calendars[starts] = WorkingCalendar.england_and_wales(starts=starts)
        return self._calendars[starts]
