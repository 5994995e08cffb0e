"""Judging what an engine has written: entry by entry, beside a model of each case.

Knows histories, the models and what is covered. Does not know who has done what was written, or why.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from loopengine.clock import FrozenClock
from loopengine.core.actors import Actor
from loopengine.core.deadlines import standing
from loopengine.core.definitions import Framework, Workflow
from loopengine.core.history import FIRST, Entry, apply, begin
from loopengine.core.records import Record, tally_changed
from loopengine.core.situation import NO_SUB_CASES, Tally
from loopengine.core.truth import Truth
from loopengine.core.values import Value
from loopengine.core.workdays import WorkingCalendar
from loopengine.engine.engine import Engine
from loopengine.engine.reading import lines_of
from loopengine.engine.results import Case, Line
from loopengine.store.cases import history_since
from loopengine.testing.clocks import Held, days_left_when_held, due_dates, is_held, reminder_day, rung_day
from loopengine.testing.coverage import Coverage
from loopengine.testing.model import CaseModel, Move, Said
from loopengine.testing.story import Story, facts_words
from loopengine.testing.ways import name_of


class Fired(NamedTuple):
    """What somebody has just fired, to be found in the history."""

    case: str
    event: str
    by: Actor
    reason: str | None


class Judge:
    """An *engine* of *framework*, a model of each of its cases, and the story of what was done."""

    def __init__(self, framework: Framework, engine: Engine, clock: FrozenClock, coverage: Coverage) -> None:
        self.framework, self.engine, self.clock, self.coverage = framework, engine, clock, coverage
        self.story = Story()
        self.models: dict[str, CaseModel] = {}
        self.taken: dict[
            str, list[str]
        ] = {}  # by case, the steps that it took: those too that were struck out
        self.tied: dict[str, list[tuple[str, str]]] = {}
        self._calendar = WorkingCalendar.england_and_wales(starts=framework.first_day)
        self._revisions: dict[str, int] = {}
        self._records: dict[str, Record] = {}

    @property
    def today(self) -> date:
        """The day that it is."""
        return self.clock.today()

    def follow(self, acted_on: str | None = None, *, fired: Fired | None = None) -> None:
        """Judge what has been written since: of the case *acted_on*, and of all that have changed."""
        with self.story.without_error("what came of it cannot be read"):
            cases = self.engine.cases()
        changed = [
            case
            for case in cases
            if acted_on in (None, case.reference) or self._revisions.get(case.reference) != case.revision
        ]
        for case in changed:
            self._revisions[case.reference] = case.revision
            self._judge(case, fired if fired is not None and fired.case == case.reference else None)
        # Only now, when all of them are known as they are.
        for case in changed:
            model = self.models[case.reference]
            situation = model.situation(self.today, self._tallies(case.reference))
            self.coverage.see_rules(model.workflow, case.state, situation)

    def _tallies(self, reference: str) -> dict[str, Tally]:
        """The sub-cases of a case, and those that are tied to it as such, in numbers."""
        linked = self.models[reference].folded.linked_kinds
        tied = [
            (name, self._records[other]) for name, other in self.tied.get(reference, ()) if name in linked
        ]
        below = [(each.kind, each) for each in self._records.values() if each.parent == reference]
        found: dict[str, Tally] = {}
        for kind, record in [*below, *tied]:
            if kind is not None:
                found[kind] = tally_changed(found.get(kind, NO_SUB_CASES), None, record)
        return found

    def _judge(self, case: Case, fired: Fired | None) -> None:
        model = self.models.get(case.reference)
        with self.story.without_error(f"the history of {case.reference} cannot be read"):
            lines = self._written(case.reference, 0 if model is None else model.read)
        if model is None:
            model = self.models[case.reference] = CaseModel(
                case.reference,
                self.framework.workflow(case.workflow),
                self._calendar,
                lines[0].entry.so_on,
                case.parent,
                case.kind,
            )
        for line in lines:
            self._check_chain(model, line.entry)
            fired = self._take_in(model, line, fired)
        self.story.check(fired is None, f"nothing is written of {fired and fired.event}")
        where = f"{case.reference} is in {case.state}"
        self.story.check(case.state == model.state.name, f"{where}, but its way led to {model.state.name}")
        replayed = self._records[case.reference].state
        self.story.check(replayed == case.state, f"{where}, but its history ends in {replayed}")
        self._check_clocks(model)

    def _written(self, reference: str, n: int) -> tuple[Line, ...]:
        """The history of a case from the entry after *n* on: a long one is not read anew after every act."""
        with self.engine.database.reading() as connection:
            return lines_of(connection, history_since(connection, reference, n))

    def _check_chain(self, model: CaseModel, entry: Entry) -> None:
        """That an entry follows the one before it; and what it makes of the case, replayed."""
        record = self._records.get(model.reference)
        head, n = (FIRST, 0) if record is None else (record.head, record.entries)
        follows = (entry.body["prev"], entry.n) == (head, n + 1)
        self.story.check(
            follows, f"the history of {model.reference} is broken: {entry.n} does not follow {n}"
        )
        again = begin(entry.body, model.folded) if record is None else record
        self._records[model.reference] = apply(model.folded, again, entry)
        model.read = entry.n

    def _take_in(self, model: CaseModel, line: Line, fired: Fired | None) -> Fired | None:
        """Judge one entry; what is fired and not found yet."""
        entry, workflow = line.entry, model.folded
        event = entry.text("event") or entry.kind
        by_hand = not entry.body.get("automatic") and entry.text("notice") is None
        if entry.kind in ("moved", "refused") and by_hand and fired is not None and event == fired.event:
            self._check_fired(model, entry.kind == "moved", fired, entry.so_on)
            fired = None
        match entry.kind:
            case "opened" | "recorded":
                model.answer(self._answers(model, line), entry.so_on, entry.n)
                if entry.kind == "opened":
                    self.coverage.see(workflow, "states", model.state.name)
            case "corrected":
                model.put_right(self._answers(model, line), _days(entry), entry.n)
            case "held":
                model.held.append(Held(entry.text("hold") or "", entry.so_on))
            case "released":
                model.release(entry.text("hold") or "", entry.so_on)
            case "moved":
                self._move(model, line)
            case "refused" if event in model.state.steps:
                self.coverage.see(workflow, "refusals", f"{model.state.name}.{event}")
            case "withdrawn" | "merged":
                model.moves.append(Move(event, entry.text("to") or "", entry.so_on, entry.n, apart=True))
            case "undone":
                undoes = entry.body.get("undoes")
                model.undo(int(str(n)) for n in undoes if n) if isinstance(undoes, list | tuple) else None
            case _:
                pass
        if entry.text("notice") is not None:
            self._say(model, line)
        for clock in line.clocks() or {}:
            self.coverage.see(workflow, "clocks", clock)
        return fired

    def _check_fired(self, model: CaseModel, moved: bool, fired: Fired, on: date) -> None:
        expected = model.expected(fired.event, fired.by, fired.reason, on)
        if expected is None or expected is moved:
            return
        came = "is allowed" if moved else "is refused"
        should = "should have moved the case" if expected else "should have been refused"
        raise self.story.disagree(
            f"{fired.event} {came} in {model.reference}, which stands in {model.state.name}: by its "
            f"definition it {should} ({facts_words(model.facts(on))})"
        )

    def _move(self, model: CaseModel, line: Line) -> None:
        """Check that the definition allows the move, and make it."""
        entry, on = line.entry, line.entry.so_on
        event, to, source = entry.text("event") or "", entry.text("to") or "", model.state.name
        step = model.state.steps.get(event)
        where = f"{model.reference} went by {event} from {entry.text('from')} to {to}"
        self.story.check(entry.text("from") == source, f"{where}, but it stood in {source}")
        if step is None or step.to != to:
            raise self.story.disagree(f"{where}, but {source} does not lead there by that")
        rule = model.verdict(step, on)
        allowed = rule in (None, Truth.TRUE) or bool(entry.body.get("overrode"))
        self.story.check(allowed, f"{where}, but its rule is not TRUE on {on}")
        self.story.check(model.is_over(step, on), f"{where}, but has to wait longer than until {on}")
        automatic = bool(entry.body.get("automatic"))
        by_clock = entry.text("notice") is not None
        self.story.check(automatic is step.automatic or by_clock, f"{where}, but not by itself")
        blocked = model.blocking(step, on)
        self.story.check(not blocked, f"{where}, but is on hold: {', '.join(blocked)}")
        model.moves.append(Move(event, to, on, entry.n))
        model.answer(step.sets, on, entry.n)
        self.taken.setdefault(model.reference, []).append(name_of(step))
        self.coverage.see(model.folded, "steps", name_of(step))
        self.coverage.see(model.folded, "states", to)

    def _answers(self, model: CaseModel, line: Line) -> dict[str, Value | None]:
        """The answers that an entry tells, read as they are spelled."""
        told = line.facts()
        about: Workflow = model.folded.given({n: v for n, v in told.items() if n in model.folded.naming})
        return {
            name: (about if name in about.facts else model.workflow).fact_asked(name).accept_or_unknown(value)
            for name, value in told.items()
        }

    def _say(self, model: CaseModel, line: Line) -> None:
        """Check that a clock says what it does once, and not before its day."""
        entry = line.entry
        said = Said(entry.text("deadline") or "", entry.text("notice") or "", str(entry.body.get("armed")))
        where = f"{model.reference}: {said.deadline} says {said.notice}"
        self.story.check(said not in model.said, f"{where} twice")
        model.said[said] = entry.n
        self.coverage.see(model.folded, "rungs", f"{said.deadline} {said.notice}")
        due, deadline = (
            due_dates(model, entry.so_on).get(said.deadline),
            model.folded.deadlines[said.deadline],
        )
        if due is None:
            return
        day = reminder_day(model, deadline, due, said.notice)
        self.story.check(entry.so_on >= day, f"{where} on {entry.so_on}, and is due on {due}")

    def _check_clocks(self, model: CaseModel) -> None:
        """That the clocks run which should, and are due when they should be, less what holds leave them."""
        record = self._records[model.reference]
        clocks = standing(model.workflow, record, self._calendar, self.today)
        running = {each.deadline.name: each for each in clocks if each.stopped_on is None}
        due = due_dates(model, self.today)
        for name in dict.fromkeys([*running, *due]):
            where = f"{model.reference}: {name}"
            self.story.check(name in running, f"{where} should run until {due.get(name)}, and does not")
            self.story.check(name in due, f"{where} runs, and should not")
            there = running[name]
            self.story.check(
                there.due.on == due[name], f"{where} is due on {there.due.on}, not on {due[name]}"
            )
            left = days_left_when_held(model, there.deadline, due[name], self.today)
            held = is_held(model, there.deadline)
            self.story.check(bool(there.held) is held, f"{where} is{' not' * held} held by its holds")
            as_left = left is None or left == there.days
            self.story.check(as_left, f"{where} is held with {there.days} working days left, not {left}")

    def check_said(self, model: CaseModel) -> None:
        """That every clock that is overdue has said so, and each rung whose day has come."""
        records = self._records[model.reference]
        for name, due in due_dates(model, self.today).items():
            deadline, clock = model.folded.deadlines[name], records.clocks.get(name)
            if due >= self.today or clock is None or is_held(model, deadline):
                continue
            reached = [
                f"escalate-{number}"
                for number, rung in enumerate(deadline.ladder, 1)
                if rung_day(model, deadline, due, rung.after) <= self.today
            ]
            for notice in ("overdue", *reached):
                said = Said(name, notice, str(clock.n)) in model.said
                late = f"{model.reference}: {name} was due on {due}, and has not said"
                self.story.check(said, f"{late} {notice} by {self.today}")


def _days(entry: Entry) -> dict[str, date]:
    """The facts that an entry corrects, each with the day from which it was so."""
    facts = entry.body.get("facts")
    assert isinstance(facts, Mapping)
    told = {name: each for name, each in facts.items() if isinstance(each, Mapping)}
    return {name: date.fromisoformat(str(each["on"])) for name, each in told.items()}
