"""The generated stateful test: it holds of every workflow, and finds what is wrong with an engine."""

from __future__ import annotations

import unittest

import pytest
from support import clockwork, small
from support.planted import FAULTS, Fault
from support.shipped import SHIPPED

from loopengine import Framework
from loopengine.testing import Coverage, Disagreement, lifecycle_test, planted_bugs
from loopengine.testing.living import EXAMPLES, lead_ahead, lifecycle_machine, walks

FRAMEWORKS = {"small": small.framework(), "clockwork": clockwork.framework()}
# Of all that is planted for our own model, what a kit has to find: who may, what a rule says, when, what is
# written, what clocks say and what a hold does. Keys and sub-cases are for the larger model.
FOUND = [
    "the role does not matter",
    "the agency does not matter",
    "everybody may verify their own",
    "no reason need be given",
    "not known is as good as yes",
    "the wait is ignored",
    "the wait is a day short",
    "the wait is a day long",
    "a move is not audited",
    "a refusal is not audited",
    "audited, but not moved",
    "the chain is not chained",
    "late a day late",
    "never late",
    "late twice",
    "a rung is said twice",
    "a hold blocks nothing",
    "a hold stops nothing",
    "what was left is forgotten",
    "days held are not added",
]


def run(framework: Framework, workflow: str, examples: int, coverage: Coverage | None = None) -> None:
    """Run the test of *workflow*, as unittest would, and raise what goes wrong."""
    lifecycle_test(framework, workflow, coverage=coverage, examples=examples)("runTest").debug()


@pytest.mark.parametrize("workflow", SHIPPED.workflows)
def test_every_step_of_every_shipped_workflow_is_taken_within_the_default_number_of_lives(
    workflow: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Those that are drawn add nothing to what is asked here, and take as long again.
    monkeypatch.setattr("loopengine.testing.living.walks", lambda _: walks(2))
    coverage = Coverage()

    run(SHIPPED, workflow, examples=EXAMPLES, coverage=coverage)

    definition = SHIPPED.workflow(workflow)
    assert [part.what for part in coverage.missing(definition) if part.sort == "steps"] == []


def test_a_life_that_is_led_is_the_same_whenever_it_is_lived() -> None:
    lives = [Coverage(), Coverage()]

    for coverage in lives:
        lead_ahead(lifecycle_machine(SHIPPED, "recommendation", coverage), EXAMPLES // 2)

    assert lives[0].told() == lives[1].told()


def test_a_failure_in_a_life_that_is_led_far_is_told_by_one_that_is_led_to_one_step() -> None:
    no_reasons = next(each for each in planted_bugs() if each.name == "no reason need be given")
    machine = lifecycle_machine(SHIPPED, "action")

    with no_reasons.planted(), pytest.raises(Disagreement, match=r"^fall_short is allowed") as told:
        lead_ahead(machine, 1)

    # The life that found it first had been to other ends before, and was put back.
    assert "struck out" not in str(told.value)


@pytest.mark.parametrize(
    ("framework", "workflow"),
    [("small", "review"), ("small", "action"), ("clockwork", "watch"), ("clockwork", "chime")],
)
def test_it_holds_of_small_ones_and_sees_every_state(framework: str, workflow: str) -> None:
    coverage = Coverage()

    run(FRAMEWORKS[framework], workflow, examples=20, coverage=coverage)

    seen, there = coverage.share(FRAMEWORKS[framework].workflow(workflow))["states"]
    assert seen >= there - 1


@pytest.mark.parametrize(
    "fault", [each for each in FAULTS if each.name in FOUND], ids=lambda fault: fault.name
)
def test_a_fault_that_is_planted_in_the_engine_is_found_and_told(
    fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loopengine.testing.patience.MOST_RETRIES", 3)

    told = r"\n  1\. a case of \w+ is opened on 2017-01-09"
    with fault.planted(), pytest.raises(Disagreement, match=told):
        run(FRAMEWORKS[fault.framework], fault.workflow, examples=200)


def test_every_fault_that_is_to_be_found_is_planted() -> None:
    assert set(FOUND) <= {each.name for each in FAULTS}


def test_it_is_a_test_case_of_its_own_name() -> None:
    test = lifecycle_test(SHIPPED, "serious-case-review")

    assert issubclass(test, unittest.TestCase)
    assert test.__name__ == "SeriousCaseReviewLifecycle"
