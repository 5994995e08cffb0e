"""A model of a family of cases, small enough to be obviously right; the engine is held against it.

Written from `docs/format.md` and the definitions of workflows, without the engine, its machine, its compiled
rules, its records, its clocks or its counts of sub-cases: `model_case.py` is what the model knows of a case,
`model_rules.py` what a rule amounts to, `model_clocks.py` what clocks say, `model_course.py` what follows of
itself, and this page what is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import date
from typing import NamedTuple

from loopengine import Actor, Truth, Workflow
from loopengine.core.definitions import Step
from loopengine.core.values import Fact, Value
from support.model_case import Line, ModelCase, Said, Span
from support.model_course import Course, Facts, agencies_in, is_blocked, must_wait, outlook
from support.model_rules import truth_of


class Impossible(Exception):
    """Nobody can write this down, whatever the rules say: nothing comes of it."""


class Outcome(NamedTuple):
    """What comes of an event: the model's word for a `Moved` or a `Refused`.

    *state* is where the case stands after all, *to* where the event itself led.
    """

    verdict: str
    state: str
    to: str | None = None
    overridden: bool = False
    opened: tuple[str, ...] = ()
    also_moved: frozenset[str] = frozenset()


class Model(Course):
    """Every case that was opened; whatever is done to one, its family is brought up to now before."""

    def copy(self) -> Model:
        """Another one that is the same, of the same files."""
        shared = (self.framework, *self.framework.workflows.values())
        return deepcopy(self, {id(each): each for each in shared})

    # --- what can be done -----------------------------------------------------------------------------------

    def open(
        self, workflow: str, facts: Facts, *, by: Actor, evidence: bool, under: str | None, on: date | None
    ) -> str:
        """Open a case; its reference."""
        definition = self.framework.workflow(workflow)
        parent = None if under is None else self._up_to_now(under)
        declared = () if parent is None else reversed(parent.workflow.sub_cases.items())
        kinds = {its.workflow: kind for kind, its in declared if not its.linked}
        _taken_down(definition, {}, facts, by, evidence)
        day = self._day(on)
        if parent is not None and (workflow not in kinds or parent.state.final):
            raise Impossible
        case = self.add(definition, facts, day, parent, kinds.get(workflow))
        self.settle(day)
        return case.reference

    def record(
        self, reference: str, facts: Facts, *, by: Actor, evidence: bool, on: date | None
    ) -> frozenset[str]:
        """Answer *facts*, as they are from *on*, or from today; the cases that move because of it."""
        case, day = self._up_to_now(reference), self._day(on)
        _taken_down(case.workflow, case.said, facts, by, evidence)
        for fact, value in facts.items():
            stands = case.answer(fact, self.today)
            if stands and stands.value not in (None, value) and day >= stands.so_on and case.is_settled(fact):
                raise Impossible
        for fact, value in facts.items():
            self.say(case, fact, value, day)
        self.write(case, Line("recorded", day))
        self.settle(day)
        return frozenset(self.moved)

    def correct(
        self, reference: str, facts: Facts, *, by: Actor, evidence: bool, on: date | None
    ) -> frozenset[str]:
        """Put *facts* in the place of the present answers, which were wrong; the cases that move."""
        case, day = self._up_to_now(reference), self._day(on)
        _taken_down(case.workflow, case.said, facts, by, evidence)
        wrong = {fact: answer for fact in facts if (answer := case.answer(fact, day))}
        if wrong.keys() != facts.keys():
            raise Impossible
        for fact, said in wrong.items():
            case.said[fact].remove(said)
            self.say(case, fact, facts[fact], on or said.so_on)
        self.write(case, Line("corrected", on or min(said.so_on for said in wrong.values())))
        self.settle(day)
        return frozenset(self.moved)

    def fire(self, reference: str, event: str, *, by: Actor, reason: str | None, on: date | None) -> Outcome:
        """Do what *event* does, or write down a refusal."""
        case, day = self._up_to_now(reference), self._day(on)
        # What happened while it is in its state may be told in any order; the opening may be told late.
        if event not in case.workflow.events or day < (case.entered_on or day):
            raise Impossible
        step = case.state.steps.get(event)
        verdict, overridden = ("refused", False) if step is None else _judge(step, case, by, reason, day)
        if step is None or verdict != "allowed":
            self.write(case, Line("refused", day, what=event))
            return Outcome(verdict, case.state.name, also_moved=frozenset(self.moved))
        caught_up, self.opened = frozenset(self.moved) - {reference}, []
        self.take(case, step, day)
        self.moved.clear()
        self.settle(day)
        also_moved = caught_up | frozenset(self.moved)
        return Outcome(verdict, case.state.name, step.to, overridden, tuple(self.opened), also_moved)

    def hold(self, reference: str, name: str, *, reason: str, on: date | None) -> frozenset[str]:
        """Put a hold on a case; all that are on."""
        case, day = self._up_to_now(reference), self._day(on)
        self._can_be_held(case, name, day)
        if name in case.holds_on or not reason.strip():
            raise Impossible
        case.holds.setdefault(name, []).append(Span(day))
        self.write(case, Line("held", day, what=name))
        self.settle(self.today)
        return case.holds_on

    def release(self, reference: str, name: str, *, reason: str | None, on: date | None) -> frozenset[str]:
        """Release a hold; all that are still on."""
        case, day = self._up_to_now(reference), self._day(on)
        self._can_be_held(case, name, day)
        if name not in case.holds_on:
            raise Impossible
        case.holds[name][-1].until = day
        self.write(case, Line("released", day, what=name), released=case.workflow.holds[name])
        self.settle(day)
        return case.holds_on

    def link(self, reference: str, other: str, name: str, *, on: date | None) -> int:
        """Tie a case to another that exists by itself, as one of a linked kind; its revision."""
        case, day = self._up_to_now(reference), self._day(on)
        there, kind = self.cases[other], case.workflow.sub_cases.get(name)
        fits = kind is not None and kind.linked and kind.workflow == there.workflow.name
        if not fits or (name, other) in case.links or day < max(case.moves[0].on, there.moves[0].on):
            raise Impossible
        case.links.append((name, other))
        case.tied.append((name, there))
        self.write(case, Line("linked", day))
        self.settle(day)
        return case.revision

    def withdraw(self, reference: str, *, reason: str, on: date | None) -> tuple[list[str], frozenset[str]]:
        """End a case that was opened in error; those below it that end too, and the cases that move."""
        case, day = self._up_to_now(reference), self._day(on)
        if case.state.final or not reason.strip() or day < (case.entered_on or day):
            raise Impossible
        below = [each for each in case.below() if not each.state.final]
        for each in (case, *below):
            self.end_in_error(each, max(day, each.entered_on or day))
        self.settle(day)
        gone = [each.reference for each in below]
        return gone, frozenset(self.moved) - {reference, *gone}

    def sweep(self) -> list[tuple[str, Line]]:
        """Bring every case up to now; the entries that are written, in order."""
        self.catch_up(self.cases.values())
        return self.written

    # --- what can be asked ----------------------------------------------------------------------------------

    def outlook(self, reference: str) -> dict[str, str]:
        """The verdict of rule, wait and holds on each event that is answered, whoever asks."""
        case = self.cases[reference]
        return {event: outlook(step, case, self.today) for event, step in case.state.steps.items()}

    def left_undone(self) -> list[str]:
        """Automatic steps that could be taken, and have not been."""
        return [
            f"{case.reference}: {step.event}"
            for case in self.cases.values()
            for step in case.state.steps.values()
            if step.automatic and case.looked == self.today and outlook(step, case, self.today) == "allowed"
        ]

    # --- how it comes about ---------------------------------------------------------------------------------

    def _up_to_now(self, reference: str) -> ModelCase:
        """The case, with its whole family brought up to now."""
        case = self.cases[reference]
        self.catch_up([case])
        return case

    def _day(self, on: date | None) -> date:
        if on is not None and on > self.today:
            raise Impossible
        return on or self.today

    def _can_be_held(self, case: ModelCase, name: str, day: date) -> None:
        days = [each for span in case.holds.get(name, ()) for each in (span.since, span.until) if each]
        if case.state.final or day < max([case.moves[0].on, *days]):
            raise Impossible


def _judge(step: Step, case: ModelCase, by: Actor, reason: str | None, on: date) -> tuple[str, bool]:
    """The verdict on *by* taking *step*, and whether that overrides its rule."""
    verdict = truth_of(step.when, case, on)
    says_why = bool((reason or "").strip())
    overrides = verdict is not Truth.TRUE and step.override in by.roles and says_why
    entitled = _may_take(by, step, case.facts(on), overrides=overrides)
    if not entitled or (step.reason_required and not says_why):
        return "refused", False
    if must_wait(step, case, on) or is_blocked(step, case, on):
        return "refused", False
    if verdict is Truth.TRUE or overrides:
        return "allowed", overrides
    return ("refused" if verdict is Truth.FALSE else "undetermined"), False


def _may_take(by: Actor, step: Step, facts: Mapping[str, Value], *, overrides: bool) -> bool:
    if step.automatic:
        return False
    # Nobody moderates itself; whoever does not say for whom they act could.
    if step.not_of is not None and (
        by.agency is None or step.not_of not in facts or by.agency in agencies_in(facts[step.not_of])
    ):
        return False
    return (
        overrides
        or not step.by
        or any(
            party.role in by.roles
            and (party.of is None or (party.of in facts and by.agency in agencies_in(facts[party.of])))
            for party in step.by
        )
    )


def _taken_down(
    workflow: Workflow, said: Mapping[str, list[Said]], facts: Facts, by: Actor, evidence: bool
) -> None:
    """Raise Impossible unless *by* may give these answers, with evidence where it is needed."""
    for name, value in facts.items():
        if not _is_asked(name, workflow, said, facts):
            raise Impossible
        fact: Fact = workflow.fact_asked(name)
        if (fact.by and by.roles.isdisjoint(fact.by)) or (value in fact.needs_evidence and not evidence):
            raise Impossible


def _is_asked(name: str, workflow: Workflow, said: Mapping[str, list[Said]], facts: Facts) -> bool:
    """Whether the fact called *name* is asked of a case in which *said* stands, once it has *facts*."""
    plain, _, item = name.partition(".")
    of = next((each for each in workflow.lists.values() if plain in each.facts), None)
    if of is None:
        return True
    if of.named_by is None:
        return item in {each.name for each in of.items}
    sets = [facts.get(of.name), *(each.value for each in said.get(of.name, ()))]
    named = {item for each in sets if isinstance(each, frozenset) for item in each}
    return item in named if item else not named and of.plainly
