"""A workflow as SCXML: loaded by an engine that is not ours, and played beside ours."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest
from statemachine import StateChart
from statemachine.io import load
from support.shipped import SHIPPED as FRAMEWORK

from loopengine import Actor
from loopengine.core.definitions import Step, Workflow
from loopengine.core.files.loading import framework_from_texts
from loopengine.core.machine import Moved, Position, decide
from loopengine.core.situation import Situation
from loopengine.core.workdays import WorkingCalendar
from loopengine.exchange.machines import SCXML, TERMS, scxml

every_shipped = pytest.mark.parametrize("name", FRAMEWORK.workflows)
TODAY = date(2017, 1, 16)
ANYBODY = Actor("Uma", ())
CALENDAR = WorkingCalendar.england_and_wales()
WALKS, LENGTH = 30, 40


def without_terms(workflow: Workflow) -> Workflow:
    """*workflow* as whoever knows no rules and no time would have it: any step may be taken by anybody."""

    def free(step: Step) -> Step:
        return replace(
            step,
            by=(),
            not_of=None,
            when=None,
            wait=None,
            override=None,
            reason_required=False,
            automatic=False,
        )

    states = {
        name: replace(state, steps={event: free(step) for event, step in state.steps.items()})
        for name, state in workflow.states.items()
    }
    return replace(workflow, states=states, monitors={})


def moved(workflow: Workflow, state: str, event: str) -> str | None:
    """Where *event* leads from *state* by our machine; None if it leads nowhere."""
    position = Position("TST-2017-001", state, Situation(TODAY, {}))
    decision = decide(workflow, position, event, by=ANYBODY, calendar=CALENDAR)
    return decision.to if isinstance(decision, Moved) else None


def theirs(workflow: Workflow) -> Any:
    """The machine that the other engine makes of our document."""
    return load(scxml(workflow), format="scxml")()


def stands(machine: Any) -> str:
    (value,) = machine.configuration_values
    return str(value)


@every_shipped
def test_another_engine_goes_wherever_ours_goes_and_is_offered_the_same(name: str) -> None:
    workflow = without_terms(FRAMEWORK.workflow(name))
    walker = random.Random(name)
    events = sorted(workflow.events)
    for _ in range(WALKS):
        machine, state = theirs(workflow), workflow.starts
        for _ in range(LENGTH):
            offered = {event for event in events if moved(workflow, state, event) is not None}

            assert stands(machine) == state
            assert {event.id for event in machine.enabled_events()} == offered
            if not offered:
                break

            # Mostly what leads on; now and then what is not answered here, and must change nothing.
            event = walker.choice(sorted(offered) if walker.random() < 0.9 else events)
            # Of the class: an event of ours may be called `send`.
            StateChart.send(machine, event)
            state = moved(workflow, state, event) or state


@every_shipped
def test_every_step_of_every_state_leads_the_same_way_in_both(name: str) -> None:
    workflow = FRAMEWORK.workflow(name)
    chart = load(scxml(workflow), format="scxml")
    ways = {
        (each.source.value, event.id, each.target.value)
        for state in chart.states
        for each in state.transitions
        for event in each._events
    }

    assert ways == {(step.source, step.event, step.to) for step in workflow.steps()}
    assert {state.value for state in chart.states if state.final} == {
        state.name for state in workflow.states.values() if state.final
    }


@every_shipped
def test_the_terms_of_each_step_stand_beside_it_in_a_namespace_of_our_own(name: str) -> None:
    workflow = FRAMEWORK.workflow(name)
    root = ElementTree.fromstring(scxml(workflow))
    said = {
        (state.get("id"), way.get("event")): way
        for state in root
        for way in state.iter(f"{{{SCXML}}}transition")
    }

    for step in workflow.steps():
        way = said[step.source, step.event]
        assert way.get(f"{{{TERMS}}}when") == (step.when and " ".join(step.when.text.split()))
        assert (way.get(f"{{{TERMS}}}automatic") == "yes") is step.automatic
        assert (way.get(f"{{{TERMS}}}reason") == "required") is step.reason_required
        assert (way.get(f"{{{TERMS}}}by") or "") == ", ".join(
            f"{each.role} of {each.of}" if each.of else each.role for each in step.by
        )
    assert not [way for way in said.values() if way.get("cond")]


@pytest.mark.parametrize("title", ['<b> & "c" -- ]]>', "a\u0007bell", "\ud800half", "–"])
def test_a_title_is_text_whatever_is_in_it(title: str) -> None:
    workflow = replace(FRAMEWORK.workflow("challenge"), title=title)

    root = ElementTree.fromstring(scxml(workflow))

    shown = "".join(char if char.isprintable() else " " for char in title)
    assert root.get(f"{{{TERMS}}}title") == " ".join(shown.split())


def test_a_machine_is_the_same_every_time() -> None:
    again = framework_from_texts(FRAMEWORK.texts)

    assert [scxml(each) for each in FRAMEWORK.workflows.values()] == [
        scxml(each) for each in again.workflows.values()
    ]
