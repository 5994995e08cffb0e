"""The frameworks at hand: the present one, and those under which cases in the database began."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from loopengine.core.definitions import Framework, Workflow
from loopengine.core.ends import state_of
from loopengine.core.files.loading import framework_from_texts
from loopengine.core.records import Record
from loopengine.core.workdays import WorkingCalendar
from loopengine.errors import BrokenHistory, StorageError, UsageError
from loopengine.store import books
from loopengine.store.closures import closures
from loopengine.store.legible import TO_AUDIT


class Shelf:
    """Frameworks by content hash, each read and checked once."""

    def __init__(self, present: Framework | None) -> None:
        self._present = present
        self._known = {} if present is None else {present.digest: present}
        self._calendars: dict[tuple[str, frozenset[date]], WorkingCalendar] = {}

    @property
    def has_present(self) -> bool:
        """Whether there is a framework under which new cases begin."""
        return self._present is not None

    @property
    def present(self) -> Framework:
        """The framework under which new cases begin; raises UsageError if there is none."""
        if self._present is None:
            raise UsageError("there is no framework to open a case under", "give the engine one")
        return self._present

    def pinned(self, connection: Connection, digest: str) -> Framework:
        """The framework with this content hash, from the database if need be."""
        known = self._known.get(digest)
        if known is None:
            texts = books.texts_of(connection, digest)
            if texts is None:
                raise StorageError(
                    f"the database does not hold the framework {digest[:12]} of one of its cases"
                )
            known = framework_from_texts(texts, kept=True)
            if known.digest != digest:
                raise BrokenHistory(
                    f"the framework stored as {digest[:12]} is not the one that cases began under", TO_AUDIT
                )
            self._known[digest] = known
        return known

    def workflow_of(self, connection: Connection, record: Record) -> Workflow:
        """The workflow of a case; raises BrokenHistory if it stands where that has no such state."""
        workflow = self.pinned(connection, record.framework).workflows.get(record.workflow)
        state = None if workflow is None else state_of(workflow, record.state)
        if workflow is None or state is None or (record.stage, record.ended) != (state.stage, state.final):
            raise BrokenHistory(f"{record.reference} stands where its workflow has no such state", TO_AUDIT)
        return workflow

    def plain_calendar(self) -> WorkingCalendar:
        """The calendar as it is published, without the closures of any board."""
        return WorkingCalendar.england_and_wales()

    def calendar(self, connection: Connection, framework: Framework) -> WorkingCalendar:
        """The working calendar by whose convention *framework* counts, less the days on which the board's
        organisation is closed.
        """
        closed = frozenset(closure.day for closure in closures(connection))
        key = framework.first_day, closed
        if key not in self._calendars:
            self._calendars[key] = WorkingCalendar.england_and_wales(
                starts=framework.first_day, closures=closed
            )
        return self._calendars[key]
