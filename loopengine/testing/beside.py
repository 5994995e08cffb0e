"""The engine, and beside it a model of each of its cases: whatever is done is judged.

Knows the engine's verbs and the models. Does not know what will be done, or who chooses it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from loopengine.clock import FrozenClock
from loopengine.core.actors import Actor
from loopengine.core.deadlines import Running
from loopengine.core.definitions import Framework, Workflow
from loopengine.core.history import canonical, faults, replay
from loopengine.core.truth import Truth
from loopengine.core.values import Value
from loopengine.core.workdays import WorkingCalendar
from loopengine.engine.results import Case, Line
from loopengine.errors import LoopEngineError, RefusedError
from loopengine.testing.coverage import Coverage, name_of
from loopengine.testing.engines import A_MONDAY, everybody, memory_engine
from loopengine.testing.model import CaseModel, Move
from loopengine.testing.story import Story, facts_words

EVIDENCE = "letter of 1 May"


class _Fired(NamedTuple):
    """What somebody has just fired, to be found in the history."""

    case: str
    event: str
    by: Actor
    reason: str | None


class Beside:
    """A new engine of *framework*, a model of each case, and the story of what was done."""

    def __init__(self, framework: Framework, coverage: Coverage | None = None) -> None:
        self.framework = framework
        self.clock = FrozenClock(A_MONDAY)
        self.engine = memory_engine(framework, clock=self.clock, cycles=False)
        self.everybody = everybody(framework)
        self.story = Story()
        self.models: dict[str, CaseModel] = {}
        self.coverage = Coverage() if coverage is None else coverage
        self._calendar = WorkingCalendar.england_and_wales(starts=framework.first_day)
        self._revisions: dict[str, int] = {}

    @property
    def today(self) -> date:
        """The day that it is."""
        return self.clock.today()

    def ongoing(self) -> list[str]:
        """The cases that have not ended."""
        return [reference for reference, each in self.models.items() if not each.state.final]

    # --- what is done ---------------------------------------------------------------------------------------

    def open(self, workflow: str, facts: Mapping[str, Value | None]) -> str:
        """Open a case; its reference."""
        self.story.tell(f"a case of {workflow} is opened on {self.today}, with {facts_words(facts)}")
        with self.story.without_error("it cannot be opened"):
            case = self.engine.open(workflow, facts, by=self.everybody, evidence=EVIDENCE)
        self.follow(case.reference)
        return case.reference

    def record(self, reference: str, facts: Mapping[str, Value | None]) -> None:
        """Answer *facts* of a case."""
        self.story.tell(f"of {reference} is recorded: {facts_words(facts)}")
        with self.story.without_error("it cannot be recorded"):
            self.engine.record(reference, facts, by=self.everybody, evidence=EVIDENCE)
        self.follow(reference)

    def fire(self, reference: str, event: str, *, by: Actor, reason: str | None = "as agreed") -> bool:
        """Fire *event* on a case; whether it moved, which has to be as the definition says."""
        self.story.tell(f"{by.name} ({_acting(by)}) fires {event} on {reference}")
        with self.story.without_error(f"{event} cannot be fired"):
            moved = self.engine.fire(reference, event, by=by, reason=reason).moved
        self.follow(reference, fired=_Fired(reference, event, by, reason))
        return moved

    def undo(self, reference: str) -> None:
        """Strike out the last step that somebody took in a case, if that can be."""
        self.story.tell(f"the last step in {reference} is struck out")
        try:
            self.engine.correct(reference, by=self.everybody, reason="it was a mistake")
        except RefusedError:
            self.story.tell("which cannot be")
        except LoopEngineError as error:
            raise self.story.disagree(f"it cannot be struck out: {error.message}") from error
        self.follow(reference)

    def sweep(self) -> None:
        """Do what has fallen due: a second sweep has nothing left to say, and nor has any clock."""
        self.story.tell(f"it is swept on {self.today}")
        with self.story.without_error("it cannot be swept"):
            failures = self.engine.sweep().failures
            again = self.engine.sweep().done
        self.story.check(not failures, "; ".join(each.message for each in failures))
        self.story.check(not again, f"a second sweep still has something to do: {list(again)}")
        self.follow()
        for reference, model in self.models.items():
            undone = model.left_undone(self.today)
            self.story.check(not undone, f"{reference}: {', '.join(undone)} can be taken, and was not")
            self._check_clocks(reference, model)

    def pass_until(self, day: date) -> None:
        """Let time pass until *day* begins."""
        if day > self.today:
            self.clock.advance_to(day)
            self.story.tell(f"time passes until {day}")

    # --- what came of it ------------------------------------------------------------------------------------

    def follow(self, acted_on: str | None = None, *, fired: _Fired | None = None) -> None:
        """Judge what has been written since: of the case *acted_on*, and of all that have changed."""
        with self.story.without_error("what came of it cannot be read"):
            cases = self.engine.cases()
        for case in cases:
            known = self._revisions.get(case.reference)
            if acted_on in (None, case.reference) or known != case.revision:
                self._revisions[case.reference] = case.revision
                self._judge(case, fired if fired is not None and fired.case == case.reference else None)

    def _judge(self, case: Case, fired: _Fired | None) -> None:
        with self.story.without_error(f"the history of {case.reference} cannot be read"):
            lines = self.engine.history(case)
        model = self.models.get(case.reference)
        if model is None:
            model = self.models[case.reference] = CaseModel(
                case.reference,
                self.framework.workflow(case.workflow),
                self._calendar,
                lines[0].entry.so_on,
                case.parent,
                case.kind,
            )
        for line in lines[model.read :]:
            fired = self._take_in(model, line, fired)
        model.read = len(lines)
        self.story.check(fired is None, f"nothing is written of {fired and fired.event}")
        where = f"{case.reference} is in {case.state}"
        self.story.check(case.state == model.state.name, f"{where}, but its way led to {model.state.name}")
        entries = [line.entry for line in lines]
        replayed = replay(self.framework, entries).state
        self.story.check(replayed == case.state, f"{where}, but its history ends in {replayed}")
        broken = faults((canonical(entry.body), entry.digest) for entry in entries)
        self.story.check(not broken, f"the history of {case.reference} is broken: {broken}")
        self.coverage.see_rules(model.workflow, case.state, model.situation(self.today))

    def _take_in(self, model: CaseModel, line: Line, fired: _Fired | None) -> _Fired | None:
        """Judge one entry; what is fired and not found yet."""
        entry, workflow = line.entry, model.folded
        event, deadline = entry.text("event") or entry.kind, entry.text("deadline")
        by_hand = not entry.body.get("automatic") and entry.text("notice") is None
        if entry.kind in ("moved", "refused") and by_hand and fired is not None and event == fired.event:
            self._check_fired(model, entry.kind == "moved", fired, entry.so_on)
            fired = None
        match entry.kind:
            case "opened" | "recorded":
                model.answer(self._answers(model, line), entry.so_on, entry.n)
                if entry.kind == "opened":
                    self.coverage.see(workflow, "states", model.state.name)
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
        if (notice := entry.text("notice")) is not None:
            self.coverage.see(workflow, "rungs", f"{deadline} {notice}")
        for clock in line.clocks() or {}:
            self.coverage.see(workflow, "clocks", clock)
        return fired

    def _check_fired(self, model: CaseModel, moved: bool, fired: _Fired, on: date) -> None:
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
        model.moves.append(Move(event, to, on, entry.n))
        model.answer(step.sets, on, entry.n)
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

    def _check_clocks(self, reference: str, model: CaseModel) -> None:
        """Every clock that is overdue has said so, and each rung whose day has come."""
        said = [
            (line.entry.text("deadline"), line.entry.text("notice"), line.entry.body.get("armed"))
            for line in self.engine.history(reference)
        ]
        for each in self.engine.case(reference).clocks:
            if each.stopped_on is None and not each.held and each.due.on < self.today:
                for notice in ("overdue", *self._rungs_reached(each)):
                    told = (each.deadline.name, notice, each.clock.n) in said
                    late = f"{reference}: {each.deadline.name} was due on {each.due.on}, and has not said"
                    self.story.check(told, f"{late} {notice} by {self.today}")

    def _rungs_reached(self, clock: Running) -> list[str]:
        after = WorkingCalendar.england_and_wales(starts="day_after")
        return [
            f"escalate-{number}"
            for number, rung in enumerate(clock.deadline.ladder, 1)
            if after.add(clock.due.on, rung.after) <= self.today
        ]


def _acting(by: Actor) -> str:
    if by.name == "Everybody":
        return "in every role"
    return ", ".join([*sorted(by.roles), *filter(None, [by.agency])]) or "in no role"
