"""The strategies, the solver and the engine in memory: what a test of one's own is made of."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import small
from support.shipped import SHIPPED

from loopengine import Truth
from loopengine.core.history import replay
from loopengine.core.proving.domains import things_in
from loopengine.core.rules.expressions import leaves_of
from loopengine.testing import (
    FrozenClock,
    actors,
    answers,
    case_histories,
    everybody,
    facts_of,
    memory_engine,
    satisfying,
)
from loopengine.workflow_files import default_framework

SMALL = small.framework()
CRITERIA = SHIPPED.workflow("serious-case-review")


@given(st.data(), st.sampled_from(list(SHIPPED.workflows.values())))
@settings(max_examples=30)
def test_what_is_drawn_can_be_answered(data: st.DataObject, workflow) -> None:
    facts = data.draw(facts_of(workflow))

    about = workflow.given(facts)
    assert facts == {name: about.fact(name).accept_or_unknown(value) for name, value in facts.items()}


@given(st.data())
def test_an_answer_is_of_its_fact_or_not_known(data: st.DataObject) -> None:
    fact = CRITERIA.fact("abuse_or_neglect")

    assert data.draw(answers(fact)) in (None, *fact.values)


@given(actors(SMALL))
def test_an_actor_is_somebody_whom_the_framework_knows(actor) -> None:
    assert actor.within(SMALL) is actor


def test_what_satisfies_a_rule_makes_it_true() -> None:
    for workflow in SHIPPED.workflows.values():
        for name, rule in workflow.rules.items():
            things = {thing.sort for leaf in leaves_of(rule.condition) for thing in things_in(leaf)}
            if things != {"fact"} or workflow.naming:  # other cases, events, and those whom a case names
                continue
            facts = satisfying(rule, workflow.facts, today=date(2017, 1, 9))
            if facts is not None:
                found = workflow.assess(name, facts, on=date(2017, 1, 9)).verdict
                assert found is Truth.TRUE, (workflow.name, name, facts)


def test_what_cannot_be_true_is_satisfied_by_nothing() -> None:
    review = SMALL.workflow("review")
    never = small.framework(review=small.REVIEW.replace("harmed and", "harmed and not harmed and"))

    assert satisfying(review.rule("criteria"), review.facts) == {"harmed": True, "concern": True}
    assert satisfying(never.workflow("review").rule("criteria"), review.facts) is None


@given(case_histories(SMALL, "review"))
@settings(max_examples=5, suppress_health_check=list(HealthCheck))
def test_a_drawn_history_is_one_of_a_case(history) -> None:
    record = replay(SMALL, [line.entry for line in history])

    assert (record.workflow, history[0].entry.kind) == ("review", "opened")


def test_the_same_acts_in_memory_give_the_same_history() -> None:
    histories = []
    for _ in range(2):
        engine = memory_engine(SMALL, clock=FrozenClock("2017-01-09T09:00Z"))
        case = engine.open("review", {"harmed": True}, by=everybody(SMALL))
        histories.append([line.entry.digest for line in engine.history(case)])
        engine.close()

    assert histories[0] == histories[1]


def test_an_engine_in_memory_reads_a_folder() -> None:
    engine = memory_engine(default_framework())

    assert engine.framework.name == SHIPPED.name
    engine.close()


def test_without_hypothesis_or_pytest_it_says_how_to_come_by_them() -> None:
    code = (
        "import importlib.util as util\n"
        "found = util.find_spec\n"
        "util.find_spec = lambda name, *more: None if name == 'hypothesis' else found(name, *more)\n"
        "import loopengine.testing\n"
    )

    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    said = "ImportError: loopengine.testing needs hypothesis: pip install 'loopengine[testing]'"
    assert ended.stderr.splitlines()[-1] == said
