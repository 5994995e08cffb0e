"""One transaction in progress: the cases it has in hand, and every entry it writes to them.

A verb makes a `Work`, writes entries through it, and lets `settling.py` take what follows of itself. The rows
are written once, by `finish`, when all of it is known. Nothing here commits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache

from sqlalchemy import Connection

from loopengine.clock import Clock, instant_text, london_date, london_midnight
from loopengine.core.actors import ENGINE_NAME, Actor
from loopengine.core.arising import changes_by_time
from loopengine.core.clocks import clock_body
from loopengine.core.deadlines import reckoned
from loopengine.core.definitions import Framework, Standing, Workflow
from loopengine.core.history import (
    CHANGES,
    TURNS,
    Entry,
    EntryKind,
    Words,
    applied,
    apply,
    next_body,
    sealed,
    under_seal,
    words_body,
)
from loopengine.core.machine import Position
from loopengine.core.notices import Notice, next_notice
from loopengine.core.rearming import Past, rearmed
from loopengine.core.records import Record, changed, tally_changed
from loopengine.core.situation import NO_SUB_CASES, NOTHING_BESIDE, Beside, Tally
from loopengine.core.timing import due_by_time, may_move_by_time
from loopengine.core.unfolding import names_in, unfolded
from loopengine.core.values import Json, is_storable
from loopengine.core.whereabouts import struck_by
from loopengine.core.workdays import WorkingCalendar
from loopengine.engine.shelf import Shelf
from loopengine.errors import BadValue, CaseNotFound, ClockWentBack
from loopengine.store import books, cases, outbox

_EARLIEST = date(1900, 1, 1)  # a day before this one is a slip of the pen
_ONE_DAY = timedelta(days=1)


@dataclass(slots=True)
class Held:
    """A case in hand: its record as the entries of this transaction leave it, and the rows that it has.

    *folded* is its workflow as the file has it. *beside* is what its rules read of cases that are not its
    own, as far as somebody has looked.
    """

    id: int
    parent_id: int | None
    root_id: int
    record: Record
    tallies: Mapping[str, Tally]
    folded: Workflow
    framework: Framework
    due_at: datetime | None = None
    beside: Beside = NOTHING_BESIDE
    _seen: tuple[Record, Mapping[str, Tally], Beside, Position] | None = field(
        default=None, init=False, repr=False, compare=False
    )

    @property
    def workflow(self) -> Workflow:
        """The workflow about whom the case is about, as its answers name them."""
        return self.folded if not self.folded.naming else unfolded(self.folded, self.record)

    def about(self, facts: Mapping[str, object]) -> Workflow:
        """The workflow about whom the case is about once *facts* are recorded."""
        named = names_in(self.folded, self.record)
        already = {name: frozenset().union(*answers) for name, answers in named.items()}
        return self.folded.given(facts, already=already)

    @property
    def is_alone(self) -> bool:
        """Whether nobody else is in its family: it has no parent, and never had a sub-case."""
        return self.parent_id is None and not self.tallies

    def position(self, on: date) -> Position:
        """Where the case stands, as its rules see it on the day *on*."""
        record, tallies, beside = self.record, self.tallies, self.beside
        if self._seen is not None:  # asked several times for each entry
            seen, counted, looked_at, position = self._seen
            unchanged = seen is record and counted is tallies and looked_at is beside
            if unchanged and position.situation.today == on:
                return position
        situation = record.situation(on, tallies, self.workflow.stand_ins, beside)
        latest = None if not self.folded.monitors or record.adopted else record.latest
        position = Position(record.reference, record.state, situation, record.holds_of(on), latest)
        self._seen = (record, tallies, beside, position)
        return position


@dataclass(slots=True)
class _Before:
    """How a case was found: what the rows still say."""

    record: Record
    tallies: Mapping[str, Tally]
    due_at: datetime | None


@dataclass(slots=True)
class Work:
    """A transaction on *connection*; *salt* gives a fresh random text each time.

    *now* is the instant at which everything is recorded. While a case is brought up to now, *at* is the
    instant that is being caught up with; otherwise it is None.
    """

    connection: Connection
    shelf: Shelf
    clock: Clock
    salt: Callable[[], str]
    moved: dict[str, None] = field(default_factory=dict)
    opened: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    written: list[tuple[Held, Entry]] = field(default_factory=list)
    at: datetime | None = None
    now: datetime = field(init=False)
    _by_reference: dict[str, Held] = field(default_factory=dict)
    _by_row: dict[int, Held] = field(default_factory=dict)
    _before: dict[int, _Before] = field(default_factory=dict)
    _unsettled: dict[str, Held] = field(default_factory=dict)
    _touched: dict[int, Held] = field(default_factory=dict)
    _notices: list[outbox.Sent] = field(default_factory=list)
    _links: list[tuple[int, int, str]] = field(default_factory=list)
    _calendars: dict[str, WorkingCalendar] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.now = self.clock.now()

    @property
    def today(self) -> date:
        """The day that it is in London: now, or at the instant that is being caught up with."""
        return _day_of(self.now if self.at is None else self.at)

    def calendar(self, held: Held) -> WorkingCalendar:
        """The working calendar by whose convention *held*'s framework counts, with the board's closures."""
        framework = held.framework
        if framework.first_day not in self._calendars:
            self._calendars[framework.first_day] = self.shelf.calendar(self.connection, framework)
        return self._calendars[framework.first_day]

    def forget_calendars(self) -> None:
        """Ask for the closures again: there are others."""
        self._calendars.clear()

    def load(self, reference: str) -> Held:
        """The case called *reference*; raises CaseNotFound."""
        held = self._by_reference.get(reference)
        if held is None:
            stored = cases.take(self.connection, reference)
            if stored is None:
                raise no_such_case(reference)
            (held,) = self._hold([stored])
        return held

    def load_rows(self, ids: Iterable[int]) -> list[Held]:
        """The cases whose rows are *ids*; their families are this transaction's already."""
        ids = list(ids)
        if missing := [id_ for id_ in ids if id_ not in self._by_row]:
            self._hold(cases.find_by_ids(self.connection, missing).values())
        return [self._by_row[id_] for id_ in ids]

    def load_row(self, id_: int) -> Held:
        """The case whose row is *id_*."""
        held = self._by_row.get(id_)
        return self.load_rows([id_])[0] if held is None else held

    def add(
        self, record: Record, framework: Framework, parent: Held | None, body: Mapping[str, Json]
    ) -> Held:
        """Write a new case with its first entry, made of *body*."""
        workflow = framework.workflow(record.workflow)
        held = Held(0, None if parent is None else parent.id, 0, record, {}, workflow, framework)
        entry = self._enter(held, dict(body))
        root_id = None if parent is None else parent.root_id
        held.id = cases.add(self.connection, held.record, parent_id=held.parent_id, root_id=root_id)
        held.root_id = root_id or held.id
        self._by_reference[record.reference] = self._by_row[held.id] = held
        self._before[held.id] = _Before(changed(held.record, {"answers": {}}), {}, None)
        self.written.append((held, entry))
        self.opened.append(record.reference)
        self.unsettle(held)
        self._tell_parent(held, None)
        return held

    def write(
        self,
        held: Held,
        kind: EntryKind,
        *,
        on: date,
        by: Mapping[str, Json],
        details: Mapping[str, Json],
        past: Past | None = None,
    ) -> Entry:
        """Add an entry to *held*'s history, and let the case and its parent's numbers follow from it.

        *past* is the case as it was before the steps that the entry strikes out, if it does.
        """
        before = held.record
        self._refuse_backwards(before)
        entry = self._enter(held, self.body(before, kind, on=on, by=by, details=details), past)
        self.written.append((held, entry))
        if kind == "refused":
            self.touch(held)
        else:
            self.unsettle(held)
        if kind in TURNS:
            self.moved[before.reference] = None
            self._tell_parent(held, before)
        return entry

    def body(
        self,
        record: Record,
        kind: EntryKind,
        *,
        on: date,
        by: Mapping[str, Json],
        details: Mapping[str, Json],
    ) -> dict[str, Json]:
        """The body of the entry that follows *record*, with the instant at which it fell due, if it did."""
        if self.at is not None:
            details = {"due": instant_text(self.at), **details}
        return next_body(record, kind, at=self.now, on=on, by=by, details=details)

    def tell(
        self, held: Held, entry: Entry, notice: Notice, roles: Iterable[str], agencies: Iterable[str]
    ) -> None:
        """Put what *notice* says into the outbox, in this transaction."""
        clock = held.record.clocks[notice.deadline.name]
        self._notices.append(
            outbox.Sent(
                case_id=held.id,
                n=entry.n,
                kind=notice.kind,
                deadline=notice.deadline.name,
                armed=clock.n,
                name=notice.name,
                due_on=clock.due.on,
                due_at=notice.due_at,
                recorded_at=self.now,
                roles=tuple(roles),
                agencies=tuple(agencies),
            )
        )

    def tell_change(
        self, held: Held, entry: Entry, rule: Standing, roles: Iterable[str], agencies: Iterable[str]
    ) -> None:
        """Put into the outbox what *entry* says: that something has arisen, or has ceased."""
        self._notices.append(
            outbox.Sent(
                case_id=held.id,
                n=entry.n,
                kind=entry.kind,
                deadline=rule.name,
                armed=len(held.record.standing[rule.name]),
                name=entry.kind,
                due_on=entry.so_on,
                due_at=entry.due_at or self.now,
                recorded_at=self.now,
                roles=tuple(roles),
                agencies=tuple(agencies),
            )
        )

    def link(self, held: Held, other_id: int, name: str) -> None:
        """Tie *held* to the case in the row *other_id* by *name*."""
        self._links.append((held.id, other_id, name))

    def in_hand(self) -> Mapping[int, Held]:
        """The cases that this transaction has in hand, by row."""
        return self._by_row

    def unlink(self, held: Held, name: str) -> None:
        """Undo the ties of *held* by *name*: the entry that made them was struck out."""
        cases.unlink(self.connection, held.id, name)

    def history(self, held: Held) -> tuple[Entry, ...]:
        """The entries of *held*, with those of this transaction."""
        written = (entry for each, entry in self.written if each is held)
        return (*cases.history_of(self.connection, held.id), *written)

    def unsettle(self, held: Held) -> None:
        """Have *held* looked at: one of its automatic steps may have become TRUE."""
        self._unsettled[held.record.reference] = held
        self._touched[held.id] = held

    def touch(self, held: Held) -> None:
        """Have what is next due in *held* found out anew."""
        self._touched[held.id] = held

    def next_unsettled(self) -> Held | None:
        """The next case to be looked at, if there is one."""
        return self._unsettled.pop(next(iter(self._unsettled))) if self._unsettled else None

    def touched(self) -> list[Held]:
        """The cases that are other than they were when this was last asked."""
        held = list(self._touched.values())
        self._touched.clear()
        return held

    def due_at(self, held: Held) -> datetime | None:
        """The next instant at which time alone brings something about in *held*, as it stands."""
        notice, day = self.next_notice(held), self.turns_on(held, after=self.today)
        instants = [None if notice is None else notice.at, None if day is None else london_midnight(day)]
        return min(filter(None, instants), default=None)

    def turns_on(self, held: Held, *, after: date) -> date | None:
        """The first day later than *after* on which time alone has an automatic step taken in *held*, or
        something arise or cease.
        """
        workflow, day = held.workflow, None
        if may_move_by_time(workflow, held.record.state):
            day = due_by_time(workflow, held.position(self.today), lambda: self.calendar(held), after=after)
        if not workflow.standing:
            return day
        arises = changes_by_time(workflow, held.record, held.position(self.today).situation, after=after)
        return min(filter(None, (day, arises)), default=None)

    def next_notice(self, held: Held) -> Notice | None:
        """What the clocks of *held* say next."""
        return next_notice(held.workflow, held.record, lambda: self.calendar(held))

    def look_ahead(self) -> None:
        """Find out what is next due in the cases that are other than they were."""
        for held in self.touched():
            held.due_at = self.due_at(held)

    def finish(self) -> None:
        """Write what the transaction came to; raises StaleCase if somebody else has written meanwhile."""
        self.look_ahead()
        changes = [
            cases.Change(id_, held.record, held.tallies, held.due_at, before.record, before.tallies)
            for id_, before in self._before.items()
            if _differs(held := self._by_row[id_], before)
        ]
        cases.save(self.connection, changes)
        cases.append(self.connection, ((held.id, entry) for held, entry in self.written))
        for change in changes:
            before = self._before[change.id_].record
            if change.record.answers is not before.answers:
                struck = self._struck(change.id_)
                cases.save_answers(self.connection, change.id_, before.answers, change.record, struck)
        for link in self._links:
            cases.link(self.connection, *link)
        outbox.put(self.connection, self._notices)

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

    @staticmethod
    def a_day(on: date) -> date:
        """*on*, if it is a day; raises BadValue."""
        if isinstance(on, datetime) or not isinstance(on, date):
            raise BadValue(f"{on!r} is not a day", "give a datetime.date")
        return on

    def day(self, on: date | None) -> date:
        """The day on which something was so: *on*, or today; raises BadValue for what is none, or to come."""
        if on is None:
            return self.today
        self.a_day(on)
        if on > self.today:
            raise BadValue(f"{on} is yet to come", f"nothing can have been so after today, {self.today}")
        if on < _EARLIEST:
            raise BadValue(f"{on} is too long ago", f"give a day from {_EARLIEST} on")
        return on

    def _struck(self, id_: int) -> dict[int, int]:
        """The entries of a case that this transaction strikes out, each with the one by which it does."""
        written = (entry for held, entry in self.written if held.id == id_)
        return {n: entry.n for entry in written for n in struck_by(entry.body)}

    def _enter(self, held: Held, body: dict[str, Json], past: Past | None = None) -> Entry:
        """Let *held* be what the entry made of *body* makes of it, clocks included."""
        before, workflow = held.record, held.workflow
        if body["kind"] not in CHANGES or not workflow.deadlines:
            entry = sealed(body)
            held.record = apply(workflow, before, entry)
            return entry
        after = applied(workflow, before, Entry(body, ""))
        at = self.now if self.at is None else self.at
        if past is None:
            clocks = reckoned(workflow, before, after, lambda: self.calendar(held), self.today, at)
        else:
            clocks = rearmed(workflow, past, before, after, self.calendar(held), self.today, at)
        if clocks:
            body["clocks"] = {
                name: None if clock is None else clock_body(clock) for name, clock in clocks.items()
            }
        entry = sealed(body)
        held.record = under_seal(before, after, entry)
        return entry

    def _hold(self, stored: Iterable[cases.Stored]) -> list[Held]:
        self.now = max(self.now, self.clock.now())
        found = list(stored)
        workflows = {each.id: self.shelf.workflow_of(self.connection, each.record) for each in found}
        answers = cases.answers_of(self.connection, workflows)
        hold: list[Held] = []
        for each in found:
            record = changed(each.record, {"answers": answers[each.id]})
            framework = self.shelf.pinned(self.connection, record.framework)
            held = Held(
                each.id,
                each.parent_id,
                each.root_id,
                record,
                each.tallies,
                workflows[each.id],
                framework,
                each.due_at,
            )
            self._by_reference[record.reference] = self._by_row[held.id] = held
            self._before[held.id] = _Before(record, held.tallies, held.due_at)
            hold.append(held)
        return hold

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
        self.unsettle(parent)

    def _refuse_backwards(self, record: Record) -> None:
        if record.recorded_at is not None and self.now < record.recorded_at:
            raise ClockWentBack(
                f"the clock says {instant_text(self.now)}, but {record.reference} was last written to at "
                f"{instant_text(record.recorded_at)}",
                "set the clock right: the time of a record never runs backwards",
            )


def _differs(held: Held, before: _Before) -> bool:
    return (
        held.record is not before.record or held.tallies is not before.tallies or held.due_at != before.due_at
    )


def _storable(text: str) -> str:
    if not (_is_text(text) and is_storable(text)):
        raise BadValue(
            "a name, a reason or a reference to evidence is not text", "give a text without half characters"
        )
    return text


def is_said(text: object) -> bool:
    """Whether *text* says something: whoever embeds the engine may have no types."""
    return isinstance(text, str) and bool(text.strip())


def _is_text(value: object) -> bool:
    return isinstance(value, str)


_day_of = lru_cache(maxsize=256)(london_date)
BY_ENGINE: Mapping[str, Json] = {"name": ENGINE_NAME, "roles": [], "agency": None}


def no_such_case(reference: str) -> CaseNotFound:
    """There is no case called *reference*."""
    return CaseNotFound(f"no case is called {reference!r}", "`loopengine list` shows those that there are")
