"""A model of one case, small enough to be read at once: it is told what was done, and judges what came of it.

It goes through the history of the case and asks of each entry whether the definition allows it; so it also
follows what the engine does of itself. Of rules over other cases it cannot tell, and says so. It knows
nothing of the machine, the compiled rules, the records or the clocks of the engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import NamedTuple

from loopengine.core.actors import Actor
from loopengine.core.definitions import OPENED, State, Step, Workflow
from loopengine.core.notices import THEN
from loopengine.core.rules.expressions import Alike, Count, Every, Some, walk
from loopengine.core.rules.verdicts import evaluate
from loopengine.core.situation import Recorded, Situation, Tally
from loopengine.core.truth import Truth
from loopengine.core.values import Value
from loopengine.core.workdays import WorkingCalendar
from loopengine.testing.clocks import Held


class Answer(NamedTuple):
    """One answer to a fact, so from the day *on*; the entry *n* says so."""

    name: str
    value: Value | None
    on: date
    n: int


class Move(NamedTuple):
    """One move of the case, by the entry *n*; *apart* if it was withdrawn or merged."""

    event: str
    to: str
    on: date
    n: int
    apart: bool = False


class Said(NamedTuple):
    """A clock has said a *notice* since it was *armed* by an entry."""

    deadline: str
    notice: str
    armed: str


@dataclass(slots=True)
class CaseModel:
    """What is known of the case called *reference*, and where it stands."""

    reference: str
    folded: Workflow
    calendar: WorkingCalendar
    opened_on: date
    parent: str | None = None
    kind: str | None = None
    answers: list[Answer] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    said: dict[Said, int] = field(default_factory=dict)
    read: int = 0  # how many entries have been judged

    @property
    def workflow(self) -> Workflow:
        """The workflow, about those whom the answers name."""
        named: dict[str, set[str]] = {}
        for each in self.answers:
            if each.name in self.folded.naming and isinstance(each.value, frozenset):
                named.setdefault(each.name, set()).update(each.value)
        return self.folded.about(named) if named else self.folded

    @property
    def state(self) -> State:
        """Where the case stands."""
        return self.workflow.states[self.moves[-1].to if self.moves else self.folded.starts]

    def facts(self, on: date) -> dict[str, Value]:
        """What is known on the day *on*: the latest that was so by then."""
        known = {each.name: each.value for each in self._by_day() if each.on <= on}
        return {name: value for name, value in known.items() if value is not None}

    def happened(self) -> dict[str, date]:
        """When each event last happened."""
        return {OPENED: self.opened_on} | {each.event: each.on for each in self.moves if not each.apart}

    def situation(self, on: date, tallies: Mapping[str, Tally] | None = None) -> Situation:
        """What the rules read on the day *on*, but for other cases unless there are *tallies*."""
        noon = datetime.combine(on, time(12), UTC)
        said: dict[str, tuple[Recorded, ...]] = {}
        for each in self._by_day():
            if each.on <= on:
                said[each.name] = (*said.get(each.name, ()), Recorded(each.value, each.on, noon))
        return Situation(on, self.facts(on), self.happened(), tallies or {}, said)

    def verdict(self, step: Step, on: date) -> Truth | None:
        """What the rule of *step* comes to on the day *on*; None if this model cannot tell."""
        if step.when is None:
            return Truth.TRUE
        if reads_others(step):
            return None
        return evaluate(step.when.condition, self.situation(on))

    def is_over(self, step: Step, on: date) -> bool:
        """Whether the wait of *step* is over on the day *on*."""
        if step.wait is None:
            return True
        since = self.happened().get(step.wait.after)
        return since is not None and self.calendar.add(since, step.wait.at_least) <= on

    def may(self, by: Actor, step: Step, on: date, *, overrides: bool = False) -> bool:
        """Whether *by* is somebody who takes *step*, or who *overrides* its rule."""
        facts = self.facts(on)
        if step.automatic:
            return False
        if step.not_of is not None:
            excluded = _agencies(facts.get(step.not_of))
            if not excluded or by.agency is None or by.agency in excluded:
                return False
        return overrides or not step.by or any(
            each.role in by.roles and (each.of is None or by.agency in _agencies(facts.get(each.of)))
            for each in step.by
        )  # fmt: skip

    def expected(self, event: str, by: Actor, reason: str | None, on: date) -> bool | None:
        """Whether *event* moves the case if *by* fires it; None if this model cannot tell."""
        step = self.state.steps.get(event)
        if step is None:
            return False
        says_why = bool((reason or "").strip())
        verdict = self.verdict(step, on)
        could_override = step.override in by.roles and says_why
        without = self.may(by, step, on)
        overriding = could_override and self.may(by, step, on, overrides=True)
        if (step.reason_required and not says_why) or not self.is_over(step, on) or self.blocking(step, on):
            return False
        if verdict is None:
            return True if without and overriding else (None if without or overriding else False)
        return without if verdict is Truth.TRUE else overriding

    def left_undone(self, on: date) -> list[str]:
        """The automatic steps that could certainly be taken on the day *on*, and were not."""
        return [
            step.event
            for step in self.state.steps.values()
            if step.automatic
            and self.verdict(step, on) is Truth.TRUE
            and self.is_over(step, on)
            and not self.blocking(step, on)
        ]

    def blocking(self, step: Step, on: date) -> list[str]:
        """The holds that block *step* on the day *on*."""
        holds = self.folded.holds
        return [
            each.hold
            for each in self.held
            if step.event in holds[each.hold].blocks and each.since <= on < (each.until or date.max)
        ]

    def is_on(self, hold: str) -> bool:
        """Whether a *hold* is on."""
        return any(each.hold == hold and each.until is None for each in self.held)

    def release(self, hold: str, on: date) -> None:
        """A *hold* is off since the day *on*."""
        self.held = [
            each._replace(until=on) if each.hold == hold and each.until is None else each
            for each in self.held
        ]

    def put_right(self, facts: Mapping[str, Value | None], days: Mapping[str, date], n: int) -> None:
        """Take down what the entry *n* says to be right, each from its day on, and not what was wrong."""
        for name, value in facts.items():
            wrong = [each for each in self._by_day() if each.name == name and each.on <= days[name]]
            self.answers = [each for each in self.answers if each not in wrong[-1:]]
            self.answers.append(Answer(name, value, days[name], n))

    def answer(self, facts: Mapping[str, Value | None], on: date, n: int) -> None:
        """Take down what the entry *n* says to have become so on the day *on*."""
        self.answers += [Answer(name, value, on, n) for name, value in facts.items()]

    def undo(self, entries: Iterable[int]) -> None:
        """Leave out what *entries* say."""
        struck = frozenset(entries)
        self.moves = [each for each in self.moves if each.n not in struck]
        # What steps had set is struck out with them; what somebody has recorded has an entry of its own.
        self.answers = [each for each in self.answers if each.n not in struck]
        # A clock that had fired one of them may fire again; of what it said otherwise, it is silent.
        self.said = {said: n for said, n in self.said.items() if said.notice != THEN or n not in struck}

    def _by_day(self) -> list[Answer]:
        return sorted(self.answers, key=lambda each: (each.on, each.n))


def reads_others(step: Step) -> bool:
    """Whether the rule of *step* reads cases that are not its own."""
    nodes = [] if step.when is None else walk(step.when.condition)
    return any(isinstance(node, Every | Some | Count | Alike) for node in nodes)


def _agencies(value: Value | None) -> frozenset[str]:
    if value is None:
        return frozenset()
    return value if isinstance(value, frozenset) else frozenset([str(value)])
