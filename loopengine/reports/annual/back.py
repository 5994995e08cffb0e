"""One case as the report looks back on it: what was so of it by the last day of the period, as known now.

Reads the lines of a survey; what was struck out is left out. Does not count anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from loopengine.core.chronicle import Stay
from loopengine.core.definitions import Deadline, Framework, State, Step, Workflow
from loopengine.core.ends import MERGED, WITHDRAWN, state_of
from loopengine.core.history import struck_out
from loopengine.core.values import Json
from loopengine.engine.results import Line
from loopengine.engine.surveying import Surveyed
from loopengine.reports.annual.figures import Period, words_of
from loopengine.reports.annual.kinds import agency_fact, is_review

NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Move:
    """A step that was taken; *roles* are those in which it was, *sets* the answers that it gave of itself."""

    on: date
    n: int
    step: Step
    source: State
    to: State
    passes: tuple[str, ...]
    roles: tuple[str, ...]
    automatic: bool
    overrode: bool
    reason: str | None
    sets: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, as spelled (a text in full, None if it was erased), and the day from which it was so.

    It may be that it is not *known*.
    """

    value: Json
    so_on: date
    known: bool


@dataclass(frozen=True, slots=True)
class Arming:
    """One running of a deadline: when it began and fell due, and when it was stopped, if it was."""

    deadline: Deadline
    n: int
    started_on: date
    due: date
    stopped_on: date | None


@dataclass(frozen=True, slots=True)
class Holding:
    """A time in which a hold was on."""

    name: str
    since: date
    until: date | None
    reason: str | None

    def covers(self, day: date) -> bool:
        """Whether it was on at the end of *day*."""
        return self.since <= day and (self.until is None or day < self.until)


class LookedBack:
    """A case as of the last day of *period*."""

    def __init__(self, found: Surveyed, period: Period) -> None:
        self.reference = found.case.reference
        self.workflow: Workflow = found.workflow
        self.framework: Framework = found.framework
        self.kind = found.case.kind
        self.opened_on = found.case.opened_on
        self.stays: Sequence[Stay] = found.stays
        self.period = period
        self._lines: Sequence[Line] = found.lines
        self._struck = struck_out([line.entry for line in found.lines])

    @property
    def counts_for_nothing(self) -> bool:
        """Whether it was opened in error, or merged into another."""
        ends = [line.entry.kind for line in self._standing() if line.entry.kind in (WITHDRAWN, MERGED)]
        return bool(ends)

    @property
    def is_review(self) -> bool:
        """Whether it is a review, which enters the seven stages."""
        return is_review(self.workflow.as_filed)

    @cached_property
    def at_start(self) -> State | None:
        """Where it stood on the eve of the period; None if it was not there yet."""
        return next((self._state(stay) for stay in self.stays if _eve_in(stay, self.period.first)), None)

    @cached_property
    def at_end(self) -> State | None:
        """Where it stood at the end of the period; None if it was not there yet."""
        return next((self._state(stay) for stay in self.stays if stay.covers(self.period.end)), None)

    @property
    def was_open(self) -> bool:
        """Whether it was there and had not ended when the period began."""
        return self.at_start is not None and not self.at_start.final

    @property
    def is_open(self) -> bool:
        """Whether it was there and had not ended when the period did."""
        return self.at_end is not None and not self.at_end.final

    @property
    def was_opened(self) -> bool:
        """Whether it was opened in the period."""
        return self.period.covers(self.opened_on)

    @cached_property
    def ended_in(self) -> Stay | None:
        """The end to which it came in the period, if it came to one."""
        last = self.stays[-1]
        return last if self._state(last).final and self.period.covers(last.since) else None

    def first_in(self, state: str) -> date | None:
        """The day on which it first came into *state*."""
        return next((stay.since for stay in self.stays if stay.state == state), None)

    @cached_property
    def moves(self) -> tuple[Move, ...]:
        """The steps that were taken in the period and stand."""
        moved = (line for line in self._standing() if line.entry.kind == "moved")
        return tuple(self._move(line) for line in moved if self.period.covers(line.entry.so_on))

    @property
    def refusals(self) -> int:
        """How often somebody was refused in the period."""
        return sum(
            line.entry.kind == "refused" and _is_a_person(line) and self.period.covers(line.entry.so_on)
            for line in self._lines
        )

    @cached_property
    def answers(self) -> Mapping[str, Answer]:
        """What was known and so at the end of the period, by fact."""
        given: dict[str, dict[int, Answer]] = {}
        for line in self._standing():
            facts = line.entry.body.get("facts")
            for name, each in facts.items() if isinstance(facts, Mapping) else ():
                assert isinstance(each, Mapping)
                told = given.setdefault(name, {})
                if each.get("corrects") is not None:
                    told.pop(int(str(each["corrects"])), None)
                told[line.entry.n] = _answer(line, each)
        found: dict[str, Answer] = {}
        for name, answers in given.items():
            so = [(each.so_on, n) for n, each in answers.items() if each.so_on <= self.period.end]
            if so and answers[max(so)[1]].known:
                found[name] = answers[max(so)[1]]
        return found

    def answer(self, fact: str) -> str | None:
        """What was known at the end, of a fact whose answer is one word; None if nothing was."""
        found = self.answers.get(fact)
        return str(found.value) if found is not None and found.value is not None else None

    @cached_property
    def agency(self) -> tuple[str, str]:
        """The agency that has it in hand, by name and title; or nobody."""
        fact = agency_fact(self.workflow.as_filed)
        name = None if fact is None else self.answer(fact)
        return (NOBODY, "No agency yet") if name is None else (name, self.agency_title(name))

    def agency_title(self, name: str) -> str:
        """The title of an agency."""
        known = self.framework.agencies.get(name)
        return words_of(name) if known is None else known.title

    def role_title(self, name: str) -> str:
        """The title of a role."""
        known = self.framework.roles.get(name)
        return words_of(name) if known is None else known.title

    @cached_property
    def armings(self) -> tuple[Arming, ...]:
        """Each running of its deadlines that was not overtaken: begun anew, or gone with what it hung on."""
        told: dict[str, Arming] = {}
        stopped: list[Arming] = []
        for line in self._lines:
            clocks = line.entry.body.get("clocks")
            for name, body in clocks.items() if isinstance(clocks, Mapping) else ():
                before = told.pop(name, None)
                if not isinstance(body, Mapping):
                    continue
                now = _arming(self.workflow.deadlines[name], body)
                if before is not None and before.n != now.n and before.stopped_on is not None:
                    stopped.append(before)
                # What was struck out may bring back a running that had been over.
                stopped = [each for each in stopped if (each.deadline.name, each.n) != (name, now.n)]
                told[name] = now
        return tuple(each for each in (*stopped, *told.values()) if each.n not in self._struck)

    @cached_property
    def holdings(self) -> tuple[Holding, ...]:
        """The times in which a hold was on."""
        found: list[Holding] = []
        for line in self._lines:
            name = line.entry.text("hold")
            if line.entry.kind == "held" and name is not None:
                found.append(Holding(name, line.entry.so_on, None, line.reason))
            elif line.entry.kind == "released" and name is not None:
                at = max(n for n, each in enumerate(found) if each.name == name)
                found[at] = Holding(name, found[at].since, line.entry.so_on, found[at].reason)
        return tuple(found)

    def is_held(self, arming: Arming) -> bool:
        """Whether a hold that was on at the end kept *arming* still, before it was late."""
        return any(
            each.covers(self.period.end)
            and arming.deadline.name in self.workflow.holds[each.name].stops
            and each.since <= arming.due
            for each in self.holdings
        )

    @property
    def is_overdue(self) -> bool:
        """Whether it was open at the end of the period with a deadline that was late."""
        end = self.period.end
        return self.is_open and any(
            arming.started_on <= end
            and arming.due < end
            and (arming.stopped_on is None or arming.stopped_on > end)
            and not self.is_held(arming)
            for arming in self.armings
        )

    def _standing(self) -> Iterator[Line]:
        return (line for line in self._lines if line.entry.n not in self._struck)

    def _state(self, stay: Stay) -> State:
        state = state_of(self.workflow, stay.state)
        assert state is not None, stay.state
        return state

    def _move(self, line: Line) -> Move:
        body = line.entry.body
        source = self.workflow.states[str(body["from"])]
        passes, by, facts = body.get("passes"), body["by"], body.get("facts")
        step = source.steps[str(body["event"])]
        assert isinstance(by, Mapping)
        roles = by["roles"]
        assert isinstance(roles, Sequence)
        named = {party.role for party in step.by} | ({step.override} if body.get("overrode") else set())
        acting = [str(role) for role in roles if role in named] or [str(role) for role in roles]
        return Move(
            on=line.entry.so_on,
            n=line.entry.n,
            step=step,
            source=source,
            to=self.workflow.states[str(body["to"])],
            passes=tuple(str(each) for each in passes) if isinstance(passes, Sequence) else (),
            roles=tuple(sorted(acting)),
            automatic=bool(body.get("automatic")),
            overrode=bool(body.get("overrode")),
            reason=line.reason,
            sets=dict(facts) if isinstance(facts, Mapping) else {},
        )


def _eve_in(stay: Stay, first: date) -> bool:
    """Whether *stay* covers the end of the day before *first*."""
    return stay.since < first and (stay.until is None or stay.until >= first)


def _arming(deadline: Deadline, body: Mapping[str, Json]) -> Arming:
    stopped = body.get("stopped")
    return Arming(
        deadline,
        int(str(body["n"])),
        date.fromisoformat(str(body["from"])),
        date.fromisoformat(str(body["due"])),
        None if stopped is None else date.fromisoformat(str(stopped)),
    )


def _answer(line: Line, given: Mapping[str, Json]) -> Answer:
    value = given["value"]
    spelled = line.texts.get(str(value["ref"])) if isinstance(value, Mapping) else value
    return Answer(spelled, date.fromisoformat(str(given["on"])), known=value is not None)


def _is_a_person(line: Line) -> bool:
    by = line.entry.body["by"]
    return isinstance(by, Mapping) and isinstance(by["name"], Mapping)
