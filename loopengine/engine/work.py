"""One transaction in progress: the cases it has in hand, and every entry it writes to them.

A verb makes a `Work`, writes entries through it, and lets `settling.py` take what follows of itself. Nothing
here commits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import Connection

from loopengine.clock import Clock, instant_text, london_date
from loopengine.core.actors import ENGINE_NAME, Actor
from loopengine.core.definitions import Framework, Workflow
from loopengine.core.history import Entry, EntryKind, Words, apply, next_entry, words_body
from loopengine.core.machine import Position
from loopengine.core.records import Record, tally_changed
from loopengine.core.situation import NO_SUB_CASES, Tally
from loopengine.core.values import Json, is_storable
from loopengine.core.workdays import WorkingCalendar
from loopengine.engine.shelf import Shelf
from loopengine.errors import BadValue, CaseNotFound, ClockWentBack
from loopengine.store import books, cases


@dataclass(slots=True)
class Held:
    """A case in hand: its record as the entries of this transaction leave it, and the rows that it has."""

    id: int
    parent_id: int | None
    record: Record
    tallies: Mapping[str, Tally]
    workflow: Workflow
    framework: Framework

    def position(self, on: date) -> Position:
        """Where the case stands, as its rules see it on the day *on*."""
        return Position(self.record.reference, self.record.state, self.record.situation(on, self.tallies))


@dataclass(slots=True)
class Work:
    """A transaction on *connection* at the instant *now*; *salt* gives a fresh random text each time."""

    connection: Connection
    shelf: Shelf
    clock: Clock
    salt: Callable[[], str]
    moved: dict[str, None] = field(default_factory=dict)
    opened: list[str] = field(default_factory=list)
    now: datetime = field(init=False)
    _by_reference: dict[str, Held] = field(default_factory=dict)
    _by_row: dict[int, Held] = field(default_factory=dict)
    _unsettled: dict[str, Held] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.now = self.clock.now()

    @property
    def today(self) -> date:
        """The day that it is in London."""
        return london_date(self.now)

    def calendar(self, held: Held) -> WorkingCalendar:
        """The working calendar by whose convention *held*'s framework counts."""
        return self.shelf.calendar(held.framework)

    def load(self, reference: str) -> Held:
        """The case called *reference*; raises CaseNotFound."""
        held = self._by_reference.get(reference)
        if held is None:
            stored = cases.find(self.connection, reference, lock=True)
            if stored is None:
                raise no_such_case(reference)
            held = self._hold(stored)
        return held

    def load_row(self, id_: int) -> Held:
        """The case whose row is *id_*."""
        if id_ in self._by_row:
            return self._by_row[id_]
        stored = cases.find_by_id(self.connection, id_, lock=True)
        assert stored is not None
        return self._hold(stored)

    def add(self, record: Record, framework: Framework, parent: Held | None, entry: Entry) -> Held:
        """Write a new case with its first *entry*."""
        workflow = framework.workflow(record.workflow)
        record = apply(workflow, record, entry)
        parent_id = None if parent is None else parent.id
        id_ = cases.add(self.connection, record, parent_id=parent_id)
        held = Held(id_, parent_id, record, {}, workflow, framework)
        self._by_reference[record.reference] = self._by_row[held.id] = held
        cases.append(self.connection, id_, entry)
        cases.save_answers(self.connection, id_, {}, record)
        self.opened.append(record.reference)
        self.unsettle(held)
        self._tell_parent(held, None)
        return held

    def write(
        self, held: Held, kind: EntryKind, *, on: date, by: Mapping[str, Json], details: Mapping[str, Json]
    ) -> Entry:
        """Add an entry to *held*'s history, and let the case and its parent's numbers follow from it."""
        before = held.record
        self._refuse_backwards(before)
        entry = next_entry(before, kind, at=self.now, on=on, by=by, details=details)
        held.record = apply(held.workflow, before, entry)
        cases.save(self.connection, held.id, held.record, entries_before=before.entries)
        cases.append(self.connection, held.id, entry)
        if held.record.answers is not before.answers:
            cases.save_answers(self.connection, held.id, before.answers, held.record)
        if kind == "moved":
            self.moved[before.reference] = None
            self._tell_parent(held, before)
        if kind != "refused":
            self.unsettle(held)
        return entry

    def unsettle(self, held: Held) -> None:
        """Have *held* looked at: one of its automatic steps may have become TRUE."""
        self._unsettled[held.record.reference] = held

    def next_unsettled(self) -> Held | None:
        """The next case to be looked at, if there is one."""
        return self._unsettled.pop(next(iter(self._unsettled))) if self._unsettled else None

    def signed(self, actor: Actor) -> Mapping[str, Json]:
        """How an entry says who acted: the name is kept apart."""
        name = books.keep_name(self.connection, _storable(actor.name), self.salt())
        return {"name": words_body(name), "roles": sorted(actor.roles), "agency": actor.agency}

    def keep(self, text: str) -> Words:
        """Keep free text apart; where it is."""
        return books.keep_text(self.connection, _storable(text), self.salt())

    def words(self, ref: str) -> str | None:
        """The words that are kept under *ref*; None if they were erased."""
        words = books.words_at(self.connection, [ref])[ref]
        return None if words == books.ERASED else words

    def new_reference(self, prefix: str, year: int) -> str:
        """The next reference of *prefix* in *year*."""
        return cases.new_reference(self.connection, prefix, year)

    def day(self, on: date | None) -> date:
        """The day on which something was so: *on*, or today; raises BadValue for what is none, or to come."""
        if on is not None and (isinstance(on, datetime) or not isinstance(on, date)):
            raise BadValue(f"{on!r} is not a day", "give a datetime.date")
        if on is not None and on > self.today:
            raise BadValue(f"{on} is yet to come", f"nothing can have been so after today, {self.today}")
        return self.today if on is None else on

    def _hold(self, stored: cases.Stored) -> Held:
        self.now = max(self.now, self.clock.now())
        framework = self.shelf.pinned(self.connection, stored.record.framework)
        workflow = framework.workflow(stored.record.workflow)
        answers = cases.answers_of(self.connection, stored.id, workflow)
        record = replace(stored.record, answers=answers)
        held = Held(stored.id, stored.parent_id, record, stored.tallies, workflow, framework)
        self._by_reference[record.reference] = self._by_row[held.id] = held
        return held

    def _tell_parent(self, held: Held, before: Record | None) -> None:
        """Keep the parent's numbers of its sub-cases, and have it look again at what it waits for."""
        kind = held.record.kind
        if held.parent_id is None or kind is None:
            return
        if before is not None and (before.path, before.excused) == (held.record.path, held.record.excused):
            return
        parent = self.load_row(held.parent_id)
        tally = tally_changed(parent.tallies.get(kind, NO_SUB_CASES), before, held.record)
        parent.tallies = {**parent.tallies, kind: tally}
        cases.save_tallies(self.connection, parent.id, parent.tallies)
        self.unsettle(parent)

    def _refuse_backwards(self, record: Record) -> None:
        if record.recorded_at is not None and self.now < record.recorded_at:
            raise ClockWentBack(
                f"the clock says {instant_text(self.now)}, but {record.reference} was last written to at "
                f"{instant_text(record.recorded_at)}",
                "set the clock right: the time of a record never runs backwards",
            )


def _storable(text: str) -> str:
    if not is_storable(text):
        raise BadValue(
            "a name, a reason or a reference to evidence is not text", "it has half a character in it"
        )
    return text


BY_ENGINE: Mapping[str, Json] = {"name": ENGINE_NAME, "roles": [], "agency": None}


def no_such_case(reference: str) -> CaseNotFound:
    """There is no case called *reference*."""
    return CaseNotFound(f"no case is called {reference!r}", "`loopengine list` shows those that there are")
