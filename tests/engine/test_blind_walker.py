"""A program that knows only the JSON page carries any case of any workflow to an end."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

import pytest
from support.awkward import framework as awkward_framework
from support.shipped import SHIPPED
from support.small import framework as small_framework
from support.small import salts
from support.tied import framework as tied_framework
from support.walker import Walker

from loopengine import Actor, Engine, Framework
from loopengine.clock import FrozenClock
from loopengine.engine.why import decision_json

SMALL = small_framework()
AWKWARD = awkward_framework()
TIED = tied_framework()


@dataclass
class EnginePage:
    """The page as the engine answers it; everything goes through JSON and back."""

    engine: Engine
    clock: FrozenClock

    def why(self, case: str) -> Any:
        return json.loads(json.dumps(self.engine.explain(case).to_json()))

    def record(self, case: str, fact: str, value: str) -> None:
        everybody = Actor("Walker", self.engine.framework.roles)
        self.engine.record(case, {fact: value}, by=everybody, evidence="seen")

    def fire(self, case: str, event: str, *, role: str, agency: str | None, reason: str | None) -> Any:
        decision = self.engine.fire(case, event, by=Actor("Walker", role, agency), reason=reason)
        return json.loads(json.dumps(decision_json(decision)))

    def wait_until(self, day: str) -> None:
        self.clock.advance_to(date.fromisoformat(day))

    def today(self) -> str:
        return self.clock.today().isoformat()


def walk(framework: Framework, workflow: str, seed: int) -> tuple[Engine, Any]:
    clock = FrozenClock("2017-01-09T09:00Z")
    engine = Engine("sqlite://", framework=framework, clock=clock, salt=salts())
    case = engine.open(workflow, by=Actor("Walker"))
    return engine, Walker(EnginePage(engine, clock), Random(seed)).walk(case.reference)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("workflow", SHIPPED.workflows)
def test_every_workflow_is_walked_to_an_end(workflow: str, seed: int) -> None:
    engine, end = walk(SHIPPED, workflow, seed)

    assert end["ended"]
    assert engine.audit().ok


def test_walks_of_a_review_come_to_different_ends() -> None:
    ends = {walk(SMALL, "review", seed)[1]["state"] for seed in range(12)}

    assert ends >= {"published", "declined", "closed"}


@pytest.mark.parametrize("seed", range(24))
def test_what_can_only_be_done_later_or_after_something_else_is_walked_to_an_end(seed: int) -> None:
    """Look-backs, events that have never happened, counts, an agency that may not, and whoever alone may."""
    engine, end = walk(AWKWARD, "visit", seed)

    assert end["ended"]
    assert engine.audit().ok


def test_what_can_only_be_done_later_comes_to_every_end() -> None:
    assert {walk(AWKWARD, "visit", seed)[1]["state"] for seed in range(24)} == {"finished", "left"}


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 140))
def test_many_walks_of_a_serious_case_review(seed: int) -> None:
    engine, end = walk(SHIPPED, "serious-case-review", seed)

    assert end["ended"]
    assert engine.audit().ok


@pytest.mark.parametrize("seed", range(8))
def test_a_case_over_other_cases_is_walked_to_an_end(seed: int) -> None:
    """It waits for what is linked to it, and is pointed there."""
    clock = FrozenClock("2017-01-09T09:00Z")
    engine = Engine("sqlite://", framework=TIED, clock=clock, salt=salts())
    whole = engine.open("round", by=Actor("Walker"))
    for _ in range(3):
        audit = engine.open("audit", by=Actor("Walker"))
        engine.link(whole, audit, "audits", by=Actor("Walker"), reason="it belongs here")

    end = Walker(EnginePage(engine, clock), Random(seed)).walk(whole.reference)

    assert end["ended"]
    assert engine.audit().ok


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("workflow", TIED.workflows)
def test_a_case_that_counts_others_is_walked_to_an_end(workflow: str, seed: int) -> None:
    engine, end = walk(TIED, workflow, seed)

    assert end["ended"]
    assert engine.audit().ok
