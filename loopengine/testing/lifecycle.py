"""The generated stateful test: the life of a case of a workflow, engine and model side by side.

The only subclass of hypothesis's state machine. What is done is chosen here; `beside` judges it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.errors import HypothesisException
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from hypothesis.strategies import DataObject, SearchStrategy, composite

from loopengine.clock import london_date
from loopengine.core.definitions import Framework, Workflow
from loopengine.core.settled import settled_facts
from loopengine.core.values import Value
from loopengine.engine.results import Line
from loopengine.testing.beside import Beside
from loopengine.testing.coverage import Coverage
from loopengine.testing.errands import Draw, go_on
from loopengine.testing.leading import lead
from loopengine.testing.patience import Patience
from loopengine.testing.strategies import actors, facts_of
from loopengine.testing.ways import name_of

STEPS = 20
# With more cases than these, nothing new is begun: each of them is judged after every act.
MOST_CASES = 30


class Lifecycle(RuleBasedStateMachine):
    """Walk a case of *workflow* and what comes of it; engine and model may never disagree."""

    framework: ClassVar[Framework]
    workflow: ClassVar[Workflow]
    coverage: ClassVar[Coverage]
    patience: ClassVar[Patience]
    plan: ClassVar[Sequence[str] | None] = None
    lingering: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__()
        self.patience.begin()
        self.beside = Beside(self.framework, self.coverage)

    @initialize(data=st.data())
    def begin(self, data: DataObject) -> None:
        """Open a case, and lead it where it has to go; if nobody has said, to a step that is drawn."""
        self.first = self.beside.open(self.workflow.name, data.draw(facts_of(self.workflow)))
        steps = st.sampled_from(sorted(map(name_of, self.workflow.steps())))
        wanted = data.draw(st.lists(steps, max_size=2)) if self.plan is None else self.plan
        lead(self.beside, data.draw, self.first, wanted, lingering=self.lingering)

    @precondition(lambda self: self.few())
    @rule(data=st.data())
    def learn_something(self, data: DataObject) -> None:
        """Answers to a fact or two, those too that are known already or take what was known away."""
        reference = data.draw(st.sampled_from(list(self.beside.models)))
        if facts := _something(self.beside, data.draw, reference):
            self.beside.record(reference, facts)

    @rule(days=st.sampled_from([1, 6, 45, 400]))
    def let_time_pass(self, days: int) -> None:
        """Some days go by, and nobody sweeps."""
        self.beside.pass_until(self.beside.today + timedelta(days=days))

    @precondition(lambda self: self.few())
    @rule(data=st.data())
    def try_anything(self, data: DataObject) -> None:
        """Any event of a case, answered here or not, by anybody, with a reason or without."""
        reference = data.draw(st.sampled_from(list(self.beside.models)))
        model = self.beside.models[reference]
        event = data.draw(st.sampled_from([*model.state.steps, *model.folded.events]))
        by = data.draw(st.just(self.beside.everybody) | actors(self.framework))
        self.beside.fire(reference, event, by=by, reason=data.draw(st.sampled_from(["as agreed", None])))

    @precondition(lambda self: self.ongoing() and self.few())
    @rule(data=st.data())
    def do_what_is_asked(self, data: DataObject) -> None:
        """What the engine asks for is necessary, and together it suffices."""
        go_on(self.beside, data.draw, data.draw(st.sampled_from(self.ongoing())))

    @rule(until=st.sampled_from(["now", "next", "next", "next"]))
    def sweep(self, until: str) -> None:
        """Do what has fallen due, or will next."""
        due = self.beside.engine.next_due_at() if until == "next" else None
        if due is not None:
            self.beside.pass_until(london_date(due))
        self.beside.sweep()

    @precondition(lambda self: self.ongoing() and self.few())
    @rule(data=st.data())
    def hold_or_release(self, data: DataObject) -> None:
        """A hold is put on a case, or released if it is on; of those above and below, where this has none."""
        holding = [each for each in self.ongoing() if self.beside.models[each].folded.holds]
        if holding:
            reference = data.draw(st.sampled_from(holding))
            model = self.beside.models[reference]
            name = data.draw(st.sampled_from(sorted(model.folded.holds)))
            act = self.beside.release if model.is_on(name) else self.beside.hold
            act(reference, name)

    @precondition(lambda self: self.few())
    @rule(data=st.data())
    def put_right(self, data: DataObject) -> None:
        """An answer that had been wrong is corrected."""
        reference = data.draw(st.sampled_from(list(self.beside.models)))
        model = self.beside.models[reference]
        names = [name for name in model.facts(self.beside.today) if name not in model.workflow.naming]
        facts = (
            data.draw(facts_of(model.workflow, among=[data.draw(st.sampled_from(names))])) if names else {}
        )
        if facts:
            self.beside.put_right(reference, facts)

    @precondition(lambda self: self.framework.links and len(self.beside.models) > 1 and self.few())
    @rule(data=st.data())
    def tie(self, data: DataObject) -> None:
        """Two cases are tied by hand."""
        one, other = data.draw(st.lists(st.sampled_from(list(self.beside.models)), min_size=2, max_size=2))
        self.beside.link(one, other, data.draw(st.sampled_from(sorted(self.framework.links))))

    @precondition(lambda self: len(self.ongoing()) > 1)
    @rule(data=st.data())
    def withdraw(self, data: DataObject) -> None:
        """A case was opened in error: one of those that came of the first."""
        self.beside.withdraw(data.draw(st.sampled_from(self.ongoing()[1:])))

    @rule(data=st.data())
    def undo(self, data: DataObject) -> None:
        """Strike out the last step of a case, as taken by mistake."""
        self.beside.undo(data.draw(st.sampled_from(list(self.beside.models))))

    @invariant()
    def an_ended_case_stays_ended(self) -> None:
        """Of a case that has ended nothing is answered any more."""
        for reference, model in self.beside.models.items():
            if model.state.final:
                events = self.beside.engine.explain(reference, brief=True).events
                self.beside.story.check(not events, f"{reference} has ended, and still answers {events}")

    def teardown(self) -> None:
        error = sys.exc_info()[1]
        if isinstance(error, Exception) and not isinstance(error, HypothesisException):
            self.patience.fail(error, len(self.beside.story.sentences))
        self.beside.engine.close()

    def ongoing(self) -> list[str]:
        """The cases that go on: the first of the walk before others."""
        return self.beside.ongoing()

    def few(self) -> bool:
        """Whether there are few enough cases to begin something new."""
        return len(self.beside.models) <= MOST_CASES


def _something(beside: Beside, draw: Draw, reference: str) -> dict[str, Value | None]:
    """Answers to a fact or two of a case, but for what stays once it is known: whom it is about, what is
    settled.
    """
    model = beside.models[reference]
    about, known = model.workflow, model.facts(beside.today)
    stays = {*about.naming} & known.keys() | settled_facts(about.facts, known, model.happened())
    names = [name for name in about.facts if name not in stays]
    if not names:
        return {}
    chosen = draw(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True))
    return draw(facts_of(about, among=chosen))


def case_histories(
    framework: Framework, workflow: str, *, most: int = STEPS
) -> SearchStrategy[tuple[Line, ...]]:
    """Histories of cases of *workflow*, of at most so many acts each, as `Engine.history` gives them."""
    return _histories(framework, framework.workflow(workflow), most)


@composite
def _histories(draw: st.DrawFn, framework: Framework, workflow: Workflow, most: int) -> tuple[Line, ...]:
    beside = Beside(framework)
    try:
        reference = beside.open(workflow.name, draw(facts_of(workflow)))
        for _ in range(draw(st.integers(0, most))):
            match draw(st.sampled_from(["go on", "go on", "learn", "wait"])):
                case "go on" if beside.models[reference].state.steps:
                    go_on(beside, draw, reference)
                case "learn" if facts := _something(beside, draw, reference):
                    beside.record(reference, facts)
                case _:
                    beside.pass_until(beside.today + timedelta(days=draw(st.integers(1, 60))))
                    beside.sweep()
        return beside.engine.history(reference)
    finally:
        beside.engine.close()
