"""The generated stateful test: it holds of every workflow, and finds what is wrong with an engine."""

from __future__ import annotations

import unittest

import pytest
from support import clockwork, small
from support.planted import FAULTS, Fault

from loopengine import Framework, load_framework
from loopengine.testing import Coverage, Disagreement, lifecycle_test
from loopengine.workflow_files import default_framework

SHIPPED = load_framework(default_framework())
FRAMEWORKS = {"small": small.framework(), "clockwork": clockwork.framework()}
# Of all that is planted for our own model, what a kit has to find: who may, what a rule says, when, and what
# is written. Holds, corrections, keys and sub-cases are for the larger model alone.
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
]


def run(framework: Framework, workflow: str, examples: int, coverage: Coverage | None = None) -> None:
    """Run the test of *workflow*, as unittest would, and raise what goes wrong."""
    lifecycle_test(framework, workflow, coverage=coverage, examples=examples)("runTest").debug()


@pytest.mark.parametrize("workflow", SHIPPED.workflows)
def test_it_holds_of_every_shipped_workflow_and_goes_somewhere(workflow: str) -> None:
    coverage = Coverage()

    run(SHIPPED, workflow, examples=3, coverage=coverage)

    # A challenge event goes nowhere without cases that somebody has linked to it.
    far = 0 if workflow == "section-11-challenge-event" else 1
    assert coverage.share(SHIPPED.workflow(workflow))["steps"][0] >= far


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
    fault.plant(monkeypatch)
    monkeypatch.setattr("loopengine.testing.patience.MOST_RETRIES", 3)

    with pytest.raises(Disagreement, match=r"\n  1\. a case of \w+ is opened on 2017-01-09"):
        run(FRAMEWORKS[fault.framework], fault.workflow, examples=200)


def test_every_fault_that_is_to_be_found_is_planted() -> None:
    assert set(FOUND) <= {each.name for each in FAULTS}


def test_it_is_a_test_case_of_its_own_name() -> None:
    test = lifecycle_test(SHIPPED, "serious-case-review")

    assert issubclass(test, unittest.TestCase)
    assert test.__name__ == "SeriousCaseReviewLifecycle"
