"""A step that is fired and put right leaves a case as it would be had nobody fired it.

Two engines go through the same random past; in one of them somebody then fires an event by mistake, and
puts it right. Whatever the past, every case stands alike in both, but for what the history counts.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis.strategies import DataObject, booleans, data, integers, sampled_from
from support import clockwork, small
from support.anything import everybody, some_answers
from support.small import salts

from loopengine import Case, Engine, Framework, LoopEngineError
from loopengine.clock import FrozenClock
from loopengine.core.ends import WITHDRAWN
from loopengine.core.situation import NO_SUB_CASES
from loopengine.store import cases

FRAMEWORKS = [
    pytest.param(small.framework(), "review", id="small"),
    pytest.param(clockwork.framework(), "watch", id="clockwork"),
]
# How a case gets on, that its sub-cases come into play.
BEGUN: dict[str, list[tuple[str, str, Any]]] = {
    "review": [
        ("record", "REV-2017-001", {"harmed": True, "agencies": "police,school"}),
        ("fire", "REV-2017-001", "accept"),
        ("fire", "REV-2017-001", "ask_all"),
        ("fire", "ACT-2017-001", "verify"),
        ("fire", "ACT-2017-002", "begin"),
    ],
    "watch": [
        ("record", "WAT-2017-001", {"agreed": True, "hearers": "police,school", "settled": None}),
        ("fire", "WAT-2017-001", "ring"),
        ("fire", "WAT-2017-001", "answer"),
        ("fire", "CHI-2017-001", "muffle"),
    ],
}
LIVED = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


class Life:
    """The life of a few cases of *framework*, as it is drawn."""

    def __init__(self, framework: Framework) -> None:
        self.framework = framework
        self.clock = FrozenClock("2017-01-03T09:00Z")
        self.engine = Engine("sqlite://", framework=framework, clock=self.clock, salt=salts())
        self.by = everybody(framework)

    def act(self, verb: str, reference: str, what: Any) -> None:
        """Do something, if it can be done."""
        try:
            match verb:
                case "fire":
                    self.engine.fire(reference, what, by=self.by, reason="because")
                case "record":
                    self.engine.record(reference, what, by=self.by, evidence="minutes")
                case "hold":
                    self.engine.hold(reference, what, by=self.by, reason="because")
                case "release":
                    self.engine.release(reference, what, by=self.by)
                case "wait":
                    self.clock.advance(days=what)
                    self.engine.sweep()
                case "correct":
                    self.engine.correct(reference, by=self.by, reason="a mistake")
                case "withdraw":
                    self.engine.withdraw(reference, by=self.by, reason="a mistake")
        except LoopEngineError:
            pass

    def may_move(self) -> list[tuple[str, str]]:
        """The events that are allowed, or that somebody may carry out against the rule."""
        return [
            (case.reference, each.event)
            for case in self.engine.cases(open_only=True)
            for each in self.engine.explain(case).events
            if not each.automatic and (each.verdict == "allowed" or self.overrides(case, each.event))
        ]

    def overrides(self, case: Case, event: str) -> bool:
        """Whether *event* may be carried out against its rule."""
        return self.framework.workflow(case.workflow).states[case.state].steps[event].override is not None

    def stands(self) -> dict[str, object]:
        """Every case as it stands, but for what counts entries; less those that were opened in error."""
        found: dict[str, object] = {}
        with self.engine.database.reading() as connection:
            stored = cases.all_cases(connection)
            flows = {each.id: self.framework.workflow(each.record.workflow) for each in stored}
            answers = cases.answers_of(connection, flows)
        for each in stored:
            record = replace(
                each.record,
                answers=answers[each.id],
                revision=0,
                entries=0,
                head="",
                recorded_at=None,
            )
            counted = {kind: tally for kind, tally in each.tallies.items() if tally != NO_SUB_CASES}
            due_at = None if each.due_at is None else max(each.due_at, self.clock.now())
            found[record.reference] = (record, counted, due_at)
        return found


def act_of(draw: Any, life: Life) -> tuple[str, str, Any]:
    """Something that somebody may do to one of the cases."""
    case = draw(sampled_from(life.engine.cases()))
    workflow = life.framework.workflow(case.workflow)
    state = workflow.states[case.state]
    verb = draw(
        sampled_from(["fire", "fire", "fire", "record", "wait", "hold", "release", "correct", "withdraw"])
    )
    match verb:
        case "fire":
            return verb, case.reference, draw(sampled_from([*state.steps, *workflow.events]))
        case "record":
            return verb, case.reference, draw(some_answers(workflow))
        case "hold" | "release":
            return verb, case.reference, draw(sampled_from([*workflow.holds, "none"]))
        case _:
            return verb, case.reference, draw(sampled_from([1, 3, 10, 40]))


@pytest.mark.parametrize(("framework", "workflow"), FRAMEWORKS)
@LIVED
@given(data=data(), acts=integers(0, 8), later=booleans())
def test_what_is_fired_and_put_right_was_never_fired(
    framework: Framework, workflow: str, data: DataObject, acts: int, later: bool
) -> None:
    lives = [Life(framework), Life(framework)]
    facts = data.draw(some_answers(framework.workflow(workflow)))
    for life in lives:
        life.engine.open(workflow, facts, by=life.by, evidence="minutes")
    begun = BEGUN[workflow][: data.draw(integers(0, 6))]
    for act in begun:
        for life in lives:
            life.act(*act)
    for _ in range(acts):
        act = act_of(data.draw, lives[0])
        for life in lives:
            life.act(*act)
    for life in lives:
        life.clock.advance(seconds=1)
        life.engine.sweep()
    never, mistaken = lives
    assert never.stands() == mistaken.stands()

    may = mistaken.may_move()
    assume(may)
    case, event = data.draw(sampled_from(may))
    decision = mistaken.engine.fire(case, event, by=mistaken.by, reason="because")
    assume(decision.moved)  # an override may take more than everybody's word
    corrected = mistaken.engine.correct(case, by=mistaken.by, reason="a mistake")

    after = mistaken.stands()
    in_error = after.keys() - never.stands().keys()
    assert in_error == set(corrected.withdrawn)
    assert all(mistaken.engine.case(each).case.state == WITHDRAWN for each in in_error)
    assert {each: row for each, row in after.items() if each not in in_error} == never.stands()
    assert mistaken.engine.audit().problems == ()
    for life in lives:
        life.engine.close()
