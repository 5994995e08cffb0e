"""The generated stateful test: the life of a case of a workflow, engine and model side by side.

The only subclass of hypothesis's state machine. What is done is chosen here; `beside` judges it.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from unittest import TestCase

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky, HypothesisException
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
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
from loopengine.testing.strategies import actors, facts_of

EXAMPLES = 20
STEPS = 20
STRIDES = (3, 8, 0, 15, 30)
# With more cases than these, nothing new is begun: each of them is judged after every act.
MOST_CASES = 30
# How many more lives a failure is worth to be told in fewer acts.
MOST_RETRIES = 60


class Enough(BaseException):
    """A failure has been shortened for long enough. No Exception, so that hypothesis stops, too."""


@dataclass(slots=True)
class Patience:
    """The failure with the shortest story so far, and how many lives were lived since there is one."""

    failure: Exception | None = None
    acts: int = 0
    retries: int = 0

    def begin(self) -> None:
        """One life more; raises Enough if that would be one too many."""
        self.retries += self.failure is not None
        if self.is_out:
            raise Enough

    @property
    def is_out(self) -> bool:
        """Whether a failure has been shortened for long enough."""
        return self.retries > MOST_RETRIES

    def fail(self, failure: Exception, acts: int) -> None:
        """A life has failed after so many *acts*."""
        if self.failure is None or acts < self.acts:
            self.failure, self.acts = failure, acts


class Lifecycle(RuleBasedStateMachine):
    """Walk a case of *workflow* and what comes of it; engine and model may never disagree."""

    framework: ClassVar[Framework]
    workflow: ClassVar[Workflow]
    coverage: ClassVar[Coverage]
    patience: ClassVar[Patience]

    def __init__(self) -> None:
        super().__init__()
        self.patience.begin()
        self.beside = Beside(self.framework, self.coverage)

    @initialize(data=st.data(), strides=st.sampled_from(STRIDES))
    def begin(self, data: DataObject, strides: int) -> None:
        """Open a case, and go some strides."""
        self.first = self.beside.open(self.workflow.name, data.draw(facts_of(self.workflow)))
        for _ in range(strides):
            if self.ongoing():
                go_on(self.beside, data.draw, self.ongoing()[0])

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


def lifecycle_machine(
    framework: Framework, workflow: str, coverage: Coverage | None = None
) -> type[Lifecycle]:
    """The state machine of which `lifecycle_test` is the test; *coverage* is told what it has seen."""
    definition = framework.workflow(workflow)
    name = "".join(part.capitalize() for part in workflow.split("-"))
    members = {
        "framework": framework,
        "workflow": definition,
        "coverage": Coverage() if coverage is None else coverage,
        "patience": Patience(),
    }
    return type(f"{name}Lifecycle", (Lifecycle,), members)


def lifecycle_test(
    framework: Framework, workflow: str, *, coverage: Coverage | None = None, examples: int = EXAMPLES
) -> type[TestCase]:
    """A test of the life of a case of *workflow*, for pytest or unittest to run.

    Engine and a model go through *examples* lives of some *STEPS* acts side by side. *coverage* is told what
    of the definitions was seen at work.
    """
    machine = lifecycle_machine(framework, workflow, coverage)

    def run_test(self: TestCase) -> None:
        live(machine, examples)

    return type(machine.__name__, (TestCase,), {"runTest": run_test, "__doc__": lifecycle_test.__doc__})


def live(machine: type[Lifecycle], examples: int) -> None:
    """Let so many lives be lived; raises what goes wrong in one that is as short as may be."""
    machine.patience = Patience()
    try:
        run_state_machine_as_test(machine, settings=walks(examples))
    except (Enough, Flaky):
        # Hypothesis, when it is stopped, may complain that a life ended earlier than it had the time before.
        if machine.patience.failure is None or not machine.patience.is_out:
            raise
        raise machine.patience.failure from None


def walks(examples: int) -> settings:
    """So many walks; however long one of them takes."""
    return settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
        deadline=None,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )


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
