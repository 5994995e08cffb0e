"""A model of a family of cases, small enough to be obviously right; the engine is held against it.

Written from `docs/format.md` and the definitions of workflows, without the engine, its machine, its compiled
rules, its records or its counts of sub-cases: `model_case.py` is what the model knows of a case,
`model_rules.py` what a rule amounts to, and this page what is done and what follows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple, TypeAlias

from loopengine import Actor, Framework, Truth, Workflow
from loopengine.core.definitions import Each, FromFact, Opens, Step
from loopengine.core.rules.expressions import Since, SinceDay, WithinBefore, walk
from loopengine.core.values import Fact, Value
from support.model_case import ModelCase, Move, Said
from support.model_rules import later, truth_of

Facts: TypeAlias = Mapping[str, Value | None]


class Impossible(Exception):
    """Nobody can write this down, whatever the rules say: nothing comes of it."""


class Outcome(NamedTuple):
    """What comes of an event: the model's word for a `Moved` or a `Refused`."""

    verdict: str
    state: str
    overridden: bool = False
    opened: tuple[str, ...] = ()
    also_moved: frozenset[str] = frozenset()


class Model:
    """Every case of *framework* that was opened, by reference."""

    def __init__(self, framework: Framework) -> None:
        assert framework.first_day == "day_after", "the model counts from the day after, and not otherwise"
        assert not [step.event for step in _steps(framework) if step.automatic and _reads_time(step)], (
            "the model takes automatic steps when something is done, and none because time has passed"
        )
        self.framework = framework
        self.cases: dict[str, ModelCase] = {}
        self._numbers: Counter[str] = Counter()
        self._answers = 0
        self._stirred: list[ModelCase] = []

    # --- what can be done -----------------------------------------------------------------------------------

    def open(
        self,
        workflow: str,
        facts: Facts,
        *,
        by: Actor,
        evidence: bool,
        under: str | None,
        on: date,
        today: date,
    ) -> str:
        """Open a case; its reference."""
        definition = self.framework.workflow(workflow)
        parent = None if under is None else self.cases[under]
        kinds = (
            {} if parent is None else {its: kind for kind, its in reversed(parent.workflow.sub_cases.items())}
        )
        _taken_down(definition, facts, by, evidence)
        if on > today or (parent is not None and (workflow not in kinds or parent.state.final)):
            raise Impossible
        case = self._open(definition, facts, on, parent, kinds.get(workflow))
        self._settle(on, today)
        return case.reference

    def record(
        self, reference: str, facts: Facts, *, by: Actor, evidence: bool, on: date | None, today: date
    ) -> frozenset[str]:
        """Answer *facts*, as they are from *on*, or from today; the cases that move because of it."""
        case = self.cases[reference]
        _taken_down(case.workflow, facts, by, evidence)
        if on is not None and on > today:
            raise Impossible
        for fact, value in facts.items():
            self._say(case, fact, value, on or today)
        return self._changed(case, on or today, today)

    def correct(
        self, reference: str, facts: Facts, *, by: Actor, evidence: bool, on: date | None, today: date
    ) -> frozenset[str]:
        """Put *facts* in the place of the present answers, which were wrong; the cases that move."""
        case = self.cases[reference]
        _taken_down(case.workflow, facts, by, evidence)
        wrong = {fact: case.answer(fact, on or today) for fact in facts}
        if (on is not None and on > today) or None in wrong.values():
            raise Impossible
        for fact, said in wrong.items():
            assert said is not None
            case.said[fact].remove(said)
            self._say(case, fact, facts[fact], on or said.so_on)
        return self._changed(case, on or today, today)

    def fire(
        self, reference: str, event: str, *, by: Actor, reason: str | None, on: date, today: date
    ) -> Outcome:
        """Do what *event* does, or count a refusal."""
        case = self.cases[reference]
        before = [move.on for move in case.moves[1:]]  # the opening does not count: it may be told late
        if event not in case.workflow.events or on > today or any(day > on for day in before[-1:]):
            raise Impossible
        step = case.state.steps.get(event)
        verdict, overridden = ("refused", False) if step is None else self._judge(step, case, by, reason, on)
        if step is None or verdict != "allowed":
            case.refusals += 1
            return Outcome(verdict, case.state.name)
        opened = self._take(case, step, on)
        also_moved = self._settle(on, today) - {reference}
        return Outcome(verdict, step.to, overridden, opened, also_moved)

    # --- what can be asked ----------------------------------------------------------------------------------

    def outlook(self, reference: str, today: date) -> dict[str, str]:
        """The verdict of rule and wait on each event that is answered, whoever asks."""
        case = self.cases[reference]
        return {event: _outlook(step, case, today) for event, step in case.state.steps.items()}

    def left_undone(self, today: date) -> list[str]:
        """Automatic steps that could be taken, and have not been."""
        return [
            f"{case.reference}: {step.event}"
            for case in self.cases.values()
            for step in case.state.steps.values()
            if step.automatic and _outlook(step, case, today) == "allowed"
        ]

    # --- how it comes about ---------------------------------------------------------------------------------

    def _judge(
        self, step: Step, case: ModelCase, by: Actor, reason: str | None, on: date
    ) -> tuple[str, bool]:
        """The verdict on *by* taking *step*, and whether that overrides its rule."""
        verdict = truth_of(step.when, case, on)
        says_why = bool((reason or "").strip())
        overrides = verdict is not Truth.TRUE and step.override in by.roles and says_why
        entitled = _may_take(by, step, case.facts(on), overrides=overrides)
        if not entitled or (step.reason_required and not says_why) or must_wait(step, case, on):
            return "refused", False
        if verdict is Truth.TRUE or overrides:
            return "allowed", overrides
        return ("refused" if verdict is Truth.FALSE else "undetermined"), False

    def _changed(self, case: ModelCase, on: date, today: date) -> frozenset[str]:
        case.revision += 1
        self._stirred.append(case)
        return self._settle(on, today)

    def _settle(self, on: date, today: date) -> frozenset[str]:
        """Take automatic steps, of what was stirred and what that stirs, until none is left; who moved.

        A step that could be taken already on the day *on* is taken on that day; another, today.
        """
        moved: set[str] = set()
        while self._stirred:
            case = self._stirred.pop()
            days = (max(on, case.moves[-1].on), today)
            automatic = [step for step in case.state.steps.values() if step.automatic]
            ready = [
                (step, day) for step in automatic for day in days if _outlook(step, case, day) == "allowed"
            ]
            if ready:
                self._take(case, *ready[0])
                moved.add(case.reference)
        return frozenset(moved)

    def _take(self, case: ModelCase, step: Step, on: date) -> tuple[str, ...]:
        """Take *step*; the references of what it opens."""
        facts, before = case.facts(on), (case.reached, case.excused)
        case.moves.append(Move(step.event, step.to, on))
        case.revision += 1
        for fact, value in step.sets.items():
            self._say(case, fact, value, on)
        if case.parent is not None and (case.reached, case.excused) != before:
            self._stirred.append(case.parent)
        self._stirred.append(case)
        wanted = [(opens, party) for opens in step.opens for party in _parties(opens, facts)]
        return tuple(self._open_for(case, opens, party, facts, on) for opens, party in wanted)

    def _open_for(
        self, case: ModelCase, opens: Opens, party: str | None, facts: Mapping[str, Value], on: date
    ) -> str:
        given: dict[str, Value | None] = {}
        for name, value in opens.sets.items():
            match value:
                case Each():
                    given[name] = party
                case FromFact(fact):
                    given[name] = facts.get(fact)
                case _:
                    given[name] = value
        parent = None if opens.kind is None else case
        opened = self._open(self.framework.workflow(opens.workflow), given, on, parent, opens.kind)
        if opens.link is not None:
            opened.links.append((opens.link, case.reference))
        return opened.reference

    def _open(
        self, workflow: Workflow, facts: Facts, on: date, parent: ModelCase | None, kind: str | None
    ) -> ModelCase:
        prefix = f"{workflow.reference}-{on.year}"
        self._numbers[prefix] += 1
        reference = f"{prefix}-{self._numbers[prefix]:03}"
        case = ModelCase(reference, workflow, parent, kind, [Move("opened", workflow.starts, on)])
        self.cases[reference] = case
        for fact, value in facts.items():
            self._say(case, fact, value, on)
        if parent is not None:
            parent.under.append(case)
            self._stirred.append(parent)
        self._stirred.append(case)
        return case

    def _say(self, case: ModelCase, fact: str, value: Value | None, on: date) -> None:
        self._answers += 1
        case.said.setdefault(fact, []).append(Said(on, self._answers, value))


def must_wait(step: Step, case: ModelCase, on: date) -> bool:
    """Whether *step* has to wait longer than until the day *on*."""
    if step.wait is None:
        return False
    last = case.last(step.wait.after)
    return last is None or on < later(last, step.wait.at_least)


def _outlook(step: Step, case: ModelCase, on: date) -> str:
    verdict = truth_of(step.when, case, on)
    if verdict is Truth.FALSE or must_wait(step, case, on):
        return "refused"
    return "allowed" if verdict is Truth.TRUE else "undetermined"


def _may_take(by: Actor, step: Step, facts: Mapping[str, Value], *, overrides: bool) -> bool:
    if step.automatic:
        return False
    if step.not_of is not None and (step.not_of not in facts or by.agency in _agencies(facts[step.not_of])):
        return False
    return (
        overrides
        or not step.by
        or any(
            party.role in by.roles
            and (party.of is None or (party.of in facts and by.agency in _agencies(facts[party.of])))
            for party in step.by
        )
    )


def _taken_down(workflow: Workflow, facts: Facts, by: Actor, evidence: bool) -> None:
    """Raise Impossible unless *by* may give these answers, with evidence where it is needed."""
    for name, value in facts.items():
        fact: Fact = workflow.facts[name]
        if (fact.by and by.roles.isdisjoint(fact.by)) or (value in fact.needs_evidence and not evidence):
            raise Impossible


def _agencies(value: Value) -> frozenset[str]:
    return value if isinstance(value, frozenset) else frozenset({str(value)})


def _parties(opens: Opens, facts: Mapping[str, Value]) -> list[str | None]:
    if opens.for_each is None:
        return [None]
    return [*sorted(_agencies(facts[opens.for_each]))] if opens.for_each in facts else []


def _steps(framework: Framework) -> list[Step]:
    return [step for workflow in framework.workflows.values() for step in workflow.steps()]


def _reads_time(step: Step) -> bool:
    nodes = [] if step.when is None else walk(step.when.condition)
    return step.wait is not None or any(isinstance(node, Since | SinceDay | WithinBefore) for node in nodes)
