"""Doing what the engine asks for: a property of its own, and the way into the far states of a case.

What it asks for is necessary: as long as anything of it is missing, the event is refused. And it is
sufficient: once it is done, the event is allowed to whom it names.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from typing import Protocol, TypeVar

from hypothesis import strategies as st

from loopengine import Actor, Workflow
from loopengine.core.definitions import FromFact, Step
from loopengine.core.rules.expressions import WithinBefore, kinds_of, walk
from loopengine.engine.why import Outlook
from support.anything import everybody, values_of
from support.beside import Beside
from support.model_course import Facts, is_blocked, must_wait

# How often in a row something may be asked for on behalf of one event, and how far down the sub-cases.
MOST_ASKED = 12
DEEPEST = 3

_Drawn = TypeVar("_Drawn")


class Draw(Protocol):
    """Hypothesis's way of choosing."""

    def __call__(self, strategy: st.SearchStrategy[_Drawn]) -> _Drawn: ...


def go_on(beside: Beside, draw: Draw, reference: str, depth: int = 0) -> bool:
    """Do for a case what is asked for on behalf of one of its events; whether it came to pass.

    Mostly it is an event that has not happened here yet, and leads where the case has not been.
    """
    case = beside.model.cases[reference]
    steps = list(case.state.steps.values())
    if not steps:  # time has ended it
        return False
    been = {move.to for move in case.moves}
    taken = {(before.to, move.event) for before, move in pairwise(case.moves)}
    ahead = [step for step in steps if step.to not in been and not case.workflow.states[step.to].final]
    untried = [step for step in steps if (case.state.name, step.event) not in taken]
    choices = ([*ahead, *untried] or steps, untried or steps, steps)
    event = draw(st.sampled_from([step.event for step in choices[draw(st.integers(0, 2))]]))
    return _Errand(beside, draw, reference, case.state.steps[event], depth).carry_out()


def go_to(beside: Beside, draw: Draw, reference: str, step: Step) -> bool:
    """Bring a case by the shortest way to where *step* can be taken, and have it taken; whether it was."""
    case = beside.model.cases[reference]
    distances = _distances(case.workflow, step.source)
    for _ in case.workflow.states:
        if case.state.name == step.source:
            return _Errand(beside, draw, reference, step).carry_out()
        ahead = [each for each in case.state.steps.values() if each.to in distances]
        if not ahead:
            return False
        nearest = min(ahead, key=lambda each: distances[each.to])
        if not _Errand(beside, draw, reference, nearest).carry_out():
            go_on(beside, draw, reference)
    return False


def _distances(workflow: Workflow, state: str) -> dict[str, int]:
    """How many steps it is to *state*, from each state from which one gets there."""
    found = {state: 0}
    for distance in range(1, len(workflow.states)):
        before = {step.source for step in workflow.steps() if step.to in found}
        found |= dict.fromkeys(before - found.keys(), distance)
    return found


class _Errand:
    """To have *step* taken in a case, by doing what the engine asks for."""

    def __init__(self, beside: Beside, draw: Draw, reference: str, step: Step, depth: int = 0) -> None:
        self.beside, self.draw, self.depth = beside, draw, depth
        self.reference, self.step = reference, step
        self.case = beside.model.cases[reference]
        self.framework = beside.engine.framework
        self.held_up = False

    def carry_out(self) -> bool:
        """Do what is asked for, again and again, until the step is taken; False if there is nothing to do.

        Perhaps on another day than the one on which the case came to where it is.
        """
        moves = len(self.case.moves)
        self.beside.clock.advance(days=self.draw(st.sampled_from([0, 1, 10])))
        for _ in range(MOST_ASKED):
            self.beside.keep_up()
            if len(self.case.moves) > moves:
                return self.case.moves[-1].event == self.step.event
            outlook = self._outlook()
            if is_ready(outlook):
                if not self.held_up and self._hold_up():
                    continue
                self._say_what_is_passed_on()
                self._try_without_something(outlook)
                assert len(self.case.moves) > moves or self._fire(self.draw(named_by(outlook))), (
                    f"{self.step.event} is refused, though all is done that was asked for"
                )
                return True
            if not self._do_one_thing(outlook):
                return False
            if len(self.case.moves) > moves:
                return self.case.moves[-1].event == self.step.event
        return False

    def _outlook(self) -> Outlook:
        [outlook] = self.beside.why(self.reference, self.step.event).events
        return outlook

    def _fire(self, by: Actor, *, reason: str | None = "as agreed", on: date | None = None) -> bool:
        decision = self.beside.fire(self.reference, self.step.event, by=by, reason=reason, on=on)
        assert decision is not None
        return decision.moved

    def _say_what_is_passed_on(self) -> None:
        """Answer, perhaps, what the cases are to know that the step opens, and for whom they are opened."""
        given = [
            value.fact
            for opens in self.step.opens
            for value in opens.sets.values()
            if isinstance(value, FromFact)
        ]
        wanted = {*given, *(opens.for_each for opens in self.step.opens if opens.for_each)}
        unknown = sorted(wanted - self.case.facts(self.beside.today).keys())
        if unknown and self.draw(st.booleans()):
            self._tell({name: self.draw(values_of(self.case.workflow.fact_asked(name))) for name in unknown})

    # --- what is asked for is necessary ---------------------------------------------------------------------

    def _try_without_something(self, outlook: Outlook) -> None:
        """Fire an event that is allowed, but for one thing: who is named is necessary, and so is the reason.

        Whether it was allowed on an earlier day, or is possible at all before the last move, the model knows.
        """
        role, agency = outlook.roles[0], (outlook.agencies or [None])[0]
        roles = [each for each in self.framework.roles if each not in outlook.roles]
        agencies = [each for each in self.framework.agencies if each not in (outlook.agencies or [each])]
        attempts: list[Callable[[], bool]] = []
        if roles:
            attempts.append(lambda: self._fire(Actor("Another", self.draw(st.sampled_from(roles)), agency)))
        if agencies and len(self.step.by) <= 1:
            attempts.append(lambda: self._fire(Actor("Outsider", role, self.draw(st.sampled_from(agencies)))))
        if self.step.not_of is not None:
            attempts.append(lambda: self._fire(Actor("Anonymous", role)))
        if outlook.reason_required:
            attempts.append(lambda: self._fire(Actor("Silent", role, agency), reason=" "))
        if self.draw(st.booleans()):
            assert not any(attempt() for attempt in attempts)
        came = self.case.moves[-1].on
        if came < self.beside.today and self.draw(st.booleans()):
            yesterday = self.beside.today - timedelta(days=1)
            for day in (came - timedelta(days=1), self.draw(st.dates(came, yesterday))):
                by = Actor("Early", role, agency)
                self.beside.fire(self.reference, self.step.event, by=by, reason="as agreed", on=day)

    def _hold_up(self) -> bool:
        """Put on a hold that blocks the event, perhaps; whether it is refused by that."""
        holds = [hold.name for hold in self.case.workflow.holds.values() if self.step.event in hold.blocks]
        if not holds or not self.draw(st.booleans()):
            return False
        self.held_up = True
        self.beside.hold(self.reference, holds[0], by=everybody(self.framework))
        if is_blocked(self.step, self.case, self.beside.today):
            assert not self._fire(self.draw(named_by(self._outlook())))
        return is_blocked(self.step, self.case, self.beside.today)

    def _try_too_early(self, outlook: Outlook) -> None:
        """Fire an event that is not allowed: also for whoever may override its rule, but does not say why."""
        if self.draw(st.booleans()):
            by = self.draw(named_by(outlook))
            # Who may take the step may be who may override its rule: for a reason.
            assert not self._fire(by, reason=" " if outlook.override in by.roles else "as agreed")
        elif outlook.override is not None:
            assert not self._fire(Actor("Silent", outlook.override), reason=" ")

    # --- what is asked for is sufficient --------------------------------------------------------------------

    def _do_one_thing(self, outlook: Outlook) -> bool:
        """Do the first thing that is asked for; whether there was one."""
        if outlook.verdict != "allowed" and not outlook.automatic:
            self._try_too_early(outlook)
        if outlook.questions:
            self._answer(outlook)
        elif self._act_below(outlook):
            pass
        elif outlook.blocked_by:
            self._release(outlook)
        elif outlook.not_before is not None:
            self._wait(outlook)
        elif outlook.fixes:
            self._fix(outlook)
        else:
            return self._do_what_it_follows()
        return True

    def _answer(self, outlook: Outlook) -> None:
        """Answer every open question: of a rule over facts alone, nothing is open any more."""
        moves = len(self.case.moves)
        self._tell({fact.name: self.draw(values_of(fact)) for fact in outlook.questions})
        nodes = [] if self.step.when is None else list(walk(self.step.when.condition))
        over_facts = not any(isinstance(node, WithinBefore) or kinds_of(node) for node in nodes)
        # Whoever names some opens as many questions about them.
        over_facts = over_facts and not {fact.name for fact in outlook.questions} & {
            *self.case.workflow.naming
        }
        if outlook.verdict == "undetermined" and over_facts and len(self.case.moves) == moves:
            after = self._outlook()
            assert after.verdict != "undetermined"
            assert after.questions == ()

    def _act_below(self, outlook: Outlook) -> bool:
        """Do what is asked for a sub-case that is waited for; whether that was possible."""
        if self.depth == DEEPEST or not outlook.waiting_for:
            return False
        order = self.draw(st.permutations(outlook.waiting_for))
        return any(go_on(self.beside, self.draw, each, self.depth + 1) for each in order)

    def _wait(self, outlook: Outlook) -> None:
        """Wait until the eve, when nothing is better than now; and then until the day, when something is."""
        assert outlook.not_before is not None
        eve = outlook.not_before - timedelta(days=1)
        if eve > self.beside.today:
            self.beside.clock.advance_to(eve)
            if self.beside.keep_up():
                return
            before = self._outlook()
            assert (before.verdict, before.not_before) == (outlook.verdict, outlook.not_before)
        self.beside.clock.advance_to(outlook.not_before)
        assert self.beside.keep_up() or self._outlook().not_before != outlook.not_before

    def _release(self, outlook: Outlook) -> None:
        """Release every hold that blocks the event: then none does."""
        moves = len(self.case.moves)
        for name in outlook.blocked_by:
            self.beside.release(self.reference, name, by=everybody(self.framework))
        assert len(self.case.moves) > moves or self._outlook().blocked_by == ()

    def _fix(self, outlook: Outlook) -> None:
        """Make one set of the changes that would allow the event: then nothing but a wait is in its way."""
        moves = len(self.case.moves)
        fix = outlook.fixes[self.draw(st.integers(0, len(outlook.fixes) - 1))]
        changes = {change.fact: self.draw(st.sampled_from(change.values)) for change in fix}
        facts = {name: self.case.workflow.fact_asked(name) for name in changes}
        self._tell({name: facts[name].accept_or_unknown(value) for name, value in changes.items()})
        if len(self.case.moves) == moves:
            waits = must_wait(self.step, self.case, self.beside.today) or is_blocked(
                self.step, self.case, self.beside.today
            )
            assert self._outlook().verdict == "allowed" or waits

    def _do_what_it_follows(self) -> bool:
        """Take the step that this one waits for, which only the file tells."""
        first = self.step.wait and self.case.state.steps.get(self.step.wait.after)
        if not first or self.case.last(first.event) is not None:
            return False
        return _Errand(self.beside, self.draw, self.reference, first, self.depth).carry_out()

    def _tell(self, facts: Facts) -> None:
        """Record *facts*: at once, or after somebody has tried who may not, or without evidence."""
        needs_role = any(self.case.workflow.fact_asked(name).by for name in facts)
        match self.draw(st.integers(0, 2)):
            case 1:
                self.beside.record(self.reference, facts, by=everybody(self.framework), evidence=None)
            case 2 if needs_role:
                self.beside.record(self.reference, facts, by=Actor("Nobody in particular"))
        self.beside.record(self.reference, facts, by=everybody(self.framework))


def is_ready(outlook: Outlook) -> bool:
    """Whether somebody whom *outlook* names may take the step now."""
    somebody = outlook.roles and outlook.agencies != ()
    return outlook.verdict == "allowed" and bool(somebody) and not outlook.questions


def named_by(outlook: Outlook) -> st.SearchStrategy[Actor]:
    """Somebody whom *outlook* names, and no more than that."""
    agencies = st.sampled_from(outlook.agencies or [None])
    return st.builds(Actor, st.just("Named"), st.sampled_from(outlook.roles), agencies)
