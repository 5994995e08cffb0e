"""A case as its history makes it: where it stands, what was answered, what has happened.

`apply` (in `history.py`) makes a record from entries, one by one: the engine when it acts, and whoever
replays. Knows nothing of storage.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from loopengine.core.clocks import Clock, Span
from loopengine.core.definitions import OPENED, Deadline, Stage, Workflow
from loopengine.core.situation import NOTHING_BESIDE, Beside, Recorded, Situation, Tally
from loopengine.core.values import Value

NO_STAND_INS: Mapping[str, str] = MappingProxyType({})
ADOPTED = 0  # the entry by which a case was opened that was only taken over


class Happening(NamedTuple):
    """When an event happened: the day on which it was so, and the entry that says so."""

    on: date
    n: int


_NO_HOLDS: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer to one fact, by the entry *n*; *value* None is "unknown".

    A text's value is the reference under which it is kept. *said_by* and *evidence* are such references too.
    """

    fact: str
    value: Value | None
    so_on: date
    n: int
    recorded_at: datetime
    said_by: str
    evidence: str | None = None


# Without slots, for `changed`.
@dataclass(frozen=True)
class Record:
    """Where a case stands after *entries* entries, the last with digest *head*.

    *path* is the way from the start to the present state with every detour taken out: the states that the
    case *has reached*; empty of one that was withdrawn or merged. *moved_on* is the day on which it entered
    the present state, unless it began there. *happened* gives for each event when it did, in the order in
    which that was told. *answers* holds those that stand, by fact, in the order of (day, entry). *opened_for*
    are the parties for which an event opened cases, by event and kind; *holds* when each hold was on;
    *clocks* the latest arming of each deadline that has begun; *standing* when what each standing rule
    watches for was so.
    """

    reference: str
    workflow: str
    framework: str
    opened_on: date
    state: str
    stage: Stage | None = None
    ended: bool = False
    excused: bool = False
    revision: int = 0
    entries: int = 0
    head: str = ""
    recorded_at: datetime | None = None
    moved_on: date | None = None
    parent: str | None = None
    kind: str | None = None
    path: tuple[str, ...] = ()
    happened: Mapping[str, tuple[Happening, ...]] = field(default_factory=dict)
    answers: Mapping[str, tuple[Answered, ...]] = field(default_factory=dict)
    opened_for: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    holds: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    clocks: Mapping[str, Clock] = field(default_factory=dict)
    standing: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)

    @property
    def adopted(self) -> bool:
        """Whether it was taken over in the middle of its way."""
        return any(each.n == ADOPTED for each in self.happened.get(OPENED, ()))

    @property
    def holds_on(self) -> frozenset[str]:
        """The names of the holds that are on."""
        if not self.holds:
            return _NO_HOLDS
        return frozenset(name for name, spans in self.holds.items() if spans[-1].until is None)

    def holds_of(self, day: date) -> frozenset[str]:
        """The names of the holds that were on on *day*: from the day of each to the eve of its release."""
        if not self.holds:
            return _NO_HOLDS
        return frozenset(
            name
            for name, spans in self.holds.items()
            if any(span.since <= day and (span.until is None or day < span.until) for span in spans)
        )

    @property
    def latest(self) -> dict[str, int]:
        """The entry by which each event last happened."""
        return {event: max(each.n for each in times) for event, times in self.happened.items()}

    def has_arisen(self, rule: str) -> bool:
        """Whether what the standing rule called *rule* watches for has arisen, and has not ceased."""
        return rule in self.standing and self.standing[rule][-1].until is None

    def answer(self, fact: str, on: date) -> Answered | None:
        """The answer to *fact* that was so on the day *on*, if there is one."""
        for each in reversed(self.answers.get(fact, ())):
            if each.so_on <= on:
                return each
        return None

    def facts(self, on: date) -> dict[str, Value]:
        """The facts that were known and so on the day *on*."""
        known: dict[str, Value] = {}
        for fact in self.answers:
            answer = self.answer(fact, on)
            if answer is not None and answer.value is not None:
                known[fact] = answer.value
        return known

    def days_of_change(self, first: date, last: date) -> list[date]:
        """*first*, and each later day up to *last* on which another answer was so, an event happened, or a
        hold began or ended.
        """
        days = {each.so_on for answers in self.answers.values() for each in answers}
        days |= {each.on for times in self.happened.values() for each in times}
        spans = [span for each in self.holds.values() for span in each]
        days |= {day for span in spans for day in (span.since, span.until) if day is not None}
        return [first, *sorted(day for day in days if first < day <= last)]

    def situation(
        self,
        on: date,
        tallies: Mapping[str, Tally],
        stand_ins: Mapping[str, str] = NO_STAND_INS,
        beside: Beside = NOTHING_BESIDE,
    ) -> Situation:
        """What this case's rules read on the day *on*: its sub-cases in numbers too, and what is *beside*.

        A fact of *stand_ins* that has no answer of its own has that of the one which stands in for it.
        """
        happened = {
            event: max(days)
            for event, times in self.happened.items()
            if (days := [each.on for each in times if each.on <= on])
        }
        happened.setdefault(OPENED, self.opened_on)
        answers = {
            fact: tuple(
                Recorded(each.value, each.so_on, each.recorded_at, each.said_by, each.evidence)
                for each in answers
                if each.so_on <= on
            )
            for fact, answers in self.answers.items()
        }
        facts = self.facts(on)
        for fact, plain in stand_ins.items():
            if not answers.get(fact) and plain in answers:
                answers[fact] = answers[plain]
                facts |= {fact: facts[plain]} if plain in facts else {}
        return Situation(on, facts, happened, {**tallies, **beside.tallies}, answers, beside.others)


def changed(record: Record, changes: Mapping[str, object]) -> Record:
    """*record* with *changes* to its fields.

    `dataclasses.replace` does the same, and takes as long as a statement of the database for so many fields.
    """
    other = object.__new__(Record)
    other.__dict__.update(record.__dict__, **changes)
    return other


def spans_of(workflow: Workflow, record: Record, deadline: Deadline) -> tuple[Span, ...]:
    """The times during which *deadline* stood still: while any hold that stops it was on, joined where they
    overlap, in order.

    One that begins on the day on which another ends stays its own: what the first moved is moved already.
    """
    if not record.holds:
        return ()
    stops = (name for name in record.holds if deadline.name in workflow.holds[name].stops)
    spans = sorted((span for name in stops for span in record.holds[name]), key=lambda span: span.since)
    joined: list[Span] = []
    for span in spans:
        if joined and (joined[-1].until is None or span.since < joined[-1].until):
            last = joined.pop()
            ends = None if None in (last.until, span.until) else max(filter(None, (last.until, span.until)))
            span = Span(last.since, ends)
        joined.append(span)
    return tuple(joined)


def reached_after(workflow: Workflow, path: tuple[str, ...], state: str) -> tuple[str, ...]:
    """*path* after the case entered *state*: a step back takes away what came after.

    Back is where the case has been before; or where it has not been, but the file lists it before a state
    that can be reached from it (an action that was verified at once, and is then sent back to be begun).
    """
    if state in path:
        return (*path[: path.index(state)], state)
    undone = taken_back(workflow.as_filed)[state]
    return (*(each for each in path if each not in undone), state)


@lru_cache(maxsize=512)
def taken_back(workflow: Workflow) -> Mapping[str, frozenset[str]]:
    """For each state, those that the file lists after it and that can be reached from it: whoever enters it
    has not reached them any more.
    """
    order = list(workflow.states)
    return {
        state: frozenset(order[order.index(state) + 1 :]) & _reachable(workflow, state) for state in order
    }


def _reachable(workflow: Workflow, start: str) -> frozenset[str]:
    found, ahead = {start}, [start]
    while ahead:
        steps = workflow.states[ahead.pop()].steps.values()
        ahead += new if (new := [*{step.to for step in steps} - found]) else []
        found.update(step.to for step in steps)
    return frozenset(found)


def tally_changed(tally: Tally, before: Record | None, after: Record) -> Tally:
    """*tally* after one of its sub-cases went from *before* (None: it was opened) to *after*."""
    reached, excused_reached = dict(tally.reached), dict(tally.excused_reached)
    total, excused = tally.total, tally.excused
    for record, sign in ((before, -1), (after, +1)):
        # What was opened in error counts for nothing: it has not even reached the state in which it began.
        if record is None or not record.path:
            continue
        total, excused = total + sign, excused + sign * record.excused
        for state in record.path:
            _count(reached, state, sign)
            if record.excused:
                _count(excused_reached, state, sign)
    return Tally(total, reached, excused, excused_reached)


def _count(counts: dict[str, int], state: str, sign: int) -> None:
    counts[state] = counts.get(state, 0) + sign
    if not counts[state]:
        del counts[state]
