"""Doing what the engine asks for: what it names is necessary, and together it suffices.

Knows what the engine explains. Does not know the definition's rules, but for answers that make one TRUE.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import product
from typing import Protocol, TypeVar

from hypothesis import strategies as st

from loopengine.core.actors import Actor
from loopengine.core.definitions import Step
from loopengine.core.settled import settled_facts
from loopengine.core.values import Fact, Value
from loopengine.engine.why import Outlook
from loopengine.testing.beside import Beside
from loopengine.testing.company import DEEPEST, act_below, stir
from loopengine.testing.model import reads_others
from loopengine.testing.solving import satisfying
from loopengine.testing.strategies import values_of

# How often in a row something may be asked for on behalf of one event.
MOST_ASKED = 12

_Drawn = TypeVar("_Drawn")


class Draw(Protocol):
    """Hypothesis's way of choosing."""

    def __call__(self, strategy: st.SearchStrategy[_Drawn]) -> _Drawn: ...


def go_on(beside: Beside, draw: Draw, reference: str, depth: int = 0) -> bool:
    """Do for a case what is asked for on behalf of one of its events; whether it came to pass.

    Mostly it is an event that has not happened yet, or leads where the case has not been.
    """
    model = beside.models[reference]
    steps = list(model.state.steps.values())
    if not steps:
        return False
    been = {model.folded.starts, *(move.to for move in model.moves)}
    ahead = [step for step in steps if step.to not in been]
    onward = [step for step in ahead if not model.folded.states[step.to].final]
    untried = [step for step in steps if step.event not in model.happened()]
    choices = (onward or ahead or untried or steps, untried or steps, steps)
    step = draw(st.sampled_from(choices[draw(st.integers(0, 2))]))
    return Errand(beside, draw, reference, step, depth).carry_out()


class Errand:
    """To have *step* taken in a case, by doing what the engine asks for."""

    def __init__(self, beside: Beside, draw: Draw, reference: str, step: Step, depth: int = 0) -> None:
        self.beside, self.draw, self.depth = beside, draw, depth
        self.reference, self.step = reference, step
        self.model = beside.models[reference]

    def carry_out(self) -> bool:
        """Do what is asked for until the step is taken; False if there is nothing to do, or the case has
        gone elsewhere meanwhile.
        """
        moves = len(self.model.moves)
        for _ in range(MOST_ASKED):
            if len(self.model.moves) > moves:
                return self.model.moves[-1].event == self.step.event
            if self.step.event not in self.model.state.steps:
                return False
            outlook = self._outlook()
            if outlook is None:
                return False
            if outlook.verdict == "allowed" and not outlook.automatic and not outlook.questions:
                return self._take(outlook)
            self._try_too_early(outlook)
            if len(self.model.moves) == moves and not self._do_one_thing(outlook):
                return False
        return False

    def _outlook(self) -> Outlook | None:
        """What stands in the way; None if time has brought the case elsewhere."""
        with self.beside.story.without_error(f"{self.step.event} cannot be explained"):
            events = self.beside.engine.explain(self.reference, brief=True).events
        return next((each for each in events if each.event == self.step.event), None)

    def _take(self, outlook: Outlook) -> bool:
        """Fire the event, as somebody whom the engine names: that has to do."""
        moves = len(self.model.moves)
        named = self._named(outlook)
        if not named:
            return False
        if not self.draw(st.booleans()):
            # Who is named is necessary, and so is a reason: the model knows whether anybody may, without.
            if self.step.reason_required:
                self.beside.fire(self.reference, self.step.event, by=named[0], reason=None)
            else:
                self.beside.fire(self.reference, self.step.event, by=Actor("Nobody in particular"))
            if len(self.model.moves) != moves:
                return True
        self.beside.fire(self.reference, self.step.event, by=self.draw(st.sampled_from(named)))
        self.beside.story.check(
            len(self.model.moves) != moves,
            f"{self.step.event} is refused in {self.reference}, though all is done that was asked for",
        )
        return True

    def _named(self, outlook: Outlook) -> list[Actor]:
        """Those whom the engine names, in one role each, as far as the model takes them for entitled."""
        pairs = product(outlook.roles, outlook.agencies or [None])
        everybody = [Actor("Named", role, agency) for role, agency in pairs]
        return [each for each in everybody if self.model.may(each, self.step, self.beside.today)]

    def _try_too_early(self, outlook: Outlook) -> None:
        """Fire an event for which something is missing still: what was named is necessary."""
        if outlook.automatic or self.draw(st.booleans()):
            return
        named = [each for each in self._named(outlook) if self.step.override not in each.roles]
        if outlook.verdict == "allowed" or not named:
            return
        moves = len(self.model.moves)
        moved = self.beside.fire(self.reference, self.step.event, by=named[0])
        self.beside.story.check(
            not moved or len(self.model.moves) != moves + 1,
            f"{self.step.event} is allowed in {self.reference}, though it was said that it is not",
        )

    # --- one thing after the other --------------------------------------------------------------------------

    def _do_one_thing(self, outlook: Outlook) -> bool:
        """Do the first thing that is asked for; whether there was one."""
        if outlook.questions:
            self._answer(outlook.questions)
            self._check_settled(outlook.questions)
        elif outlook.unanswered and outlook.verdict != "allowed":
            self._answer(outlook.unanswered)
        elif act_below(self, outlook):
            pass
        elif outlook.blocked_by:
            self.beside.release(self.reference, outlook.blocked_by[0])
        elif outlook.not_before is not None:
            self._wait(outlook)
        elif outlook.fixes:
            self._fix(outlook)
        else:
            return self._do_what_it_follows(outlook) or (
                outlook.verdict != "allowed" and (stir(self) or self._find_it_was_wrong())
            )
        return True

    def _answer(self, questions: Sequence[Fact]) -> None:
        """Answer every question: so that the rule is TRUE, or anyhow."""
        asked = {fact.name: fact for fact in questions}
        told: dict[str, Value | None] = {name: self.draw(values_of(fact)) for name, fact in asked.items()}
        about = self.model.workflow
        rule = about.states[self.model.state.name].steps[self.step.event].when
        if rule is not None and self.draw(st.integers(0, 3)) < 3:
            found = satisfying(rule, about.facts, today=self.beside.today) or {}
            told |= {name: value for name, value in found.items() if name in asked and value is not None}
            needless = {name for name, value in found.items() if value is None}
            told = {name: value for name, value in told.items() if name not in needless} or told
        self.beside.record(self.reference, told)

    def _check_settled(self, questions: Sequence[Fact]) -> None:
        """What was answered is not asked again."""
        if reads_others(self.step) or self.model.folded.naming:
            return
        after = self._outlook()
        told = {fact.name for fact in questions}
        still = {fact.name for fact in after.questions} & told if after is not None else set()
        self.beside.story.check(not still, f"{self.step.event} still asks for {', '.join(sorted(still))}")

    def below(self, reference: str, step: Step) -> bool:
        """Have another case take *step*, as this one needs it; whether it did."""
        return Errand(self.beside, self.draw, reference, step, self.depth + 1).carry_out()

    def _wait(self, outlook: Outlook) -> None:
        """Wait until the eve, when it is too early still; and then until the day."""
        assert outlook.not_before is not None
        state = self.model.state.name
        self.beside.pass_until(outlook.not_before - timedelta(days=1))
        self.beside.sweep()
        if self.model.state.name == state:
            self._try_too_early(outlook)
        self.beside.pass_until(outlook.not_before)
        self.beside.sweep()

    def _fix(self, outlook: Outlook) -> None:
        """Make one of the sets of changes that would allow the event."""
        fix = outlook.fixes[self.draw(st.integers(0, len(outlook.fixes) - 1))]
        facts = {change.fact: self.model.workflow.fact_asked(change.fact) for change in fix}
        changes = {change.fact: self.draw(st.sampled_from(change.values)) for change in fix}
        self.beside.record(
            self.reference, {name: facts[name].accept_or_unknown(value) for name, value in changes.items()}
        )

    def _find_it_was_wrong(self) -> bool:
        """Correct what is settled, and would have to be otherwise; whether there is anything."""
        about, today = self.model.workflow, self.beside.today
        rule, known = self.step.when, self.model.facts(today)
        wanted = None if rule is None else satisfying(rule, about.facts, today=today)
        settled = settled_facts(about.facts, known, self.model.happened())
        wrong = {
            name: value
            for name, value in (wanted or {}).items()
            if name in settled and value is not None and value != known[name]
        }
        return bool(wrong) and self.beside.put_right(self.reference, wrong)

    def _do_what_it_follows(self, outlook: Outlook) -> bool:
        """Take a step that this one waits for, or one that opens what it waits for."""
        kinds = {kind for kind, _ in outlook.awaits}
        here = self.model.state.steps.values()
        first = [step for step in here if step.event in outlook.waiting_for_events]
        first += [step for step in here if kinds & {each.kind for each in step.opens}]
        first = [step for step in first if step.event != self.step.event]
        if not first or self.depth == DEEPEST:
            return False
        step = first[0]
        for_each = {each.for_each for each in step.opens if each.for_each is not None}
        if unknown := sorted(for_each - self.model.facts(self.beside.today).keys()):
            about = self.model.workflow
            self.beside.record(
                self.reference, {name: self.draw(values_of(about.fact_asked(name))) for name in unknown}
            )
        return self.below(self.reference, step)
