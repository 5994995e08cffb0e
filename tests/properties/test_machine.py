"""`transitions` makes the moves: those of the file and no others, and only when they are permitted."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis.strategies import DataObject, booleans, data, integers, sampled_from
from support import small
from support.anything import reasons, some_answers, somebody, somebody_for
from support.shipped import SHIPPED
from transitions import MachineError

from loopengine import Framework, Workflow, WorkingCalendar
from loopengine.core.machine import Moved, Position, _Token, decide, machine_of
from loopengine.core.situation import Situation, Tally

CALENDAR = WorkingCalendar.england_and_wales()
TODAY = date(2017, 6, 30)

every_workflow = pytest.mark.parametrize(
    ("framework", "workflow"),
    [
        pytest.param(framework, workflow, id=f"{framework.name}-{workflow.name}")
        for framework in (small.framework(), SHIPPED)
        for workflow in framework.workflows.values()
    ],
)


def table_of(workflow: Workflow) -> dict[tuple[str, str], str]:
    """Where each event leads from each state that answers it: our own machine, and all of it."""
    return {
        (state.name, event): step.to
        for state in workflow.states.values()
        for event, step in state.steps.items()
    }


def draw_situation(data: DataObject, framework: Framework, workflow: Workflow) -> Situation:
    """Anything that a rule may come to read: facts, what has happened, and a sub-case of each kind."""
    days = {event: data.draw(integers(-30, 400)) for event in ("opened", *workflow.events)}
    tallies = {}
    for kind, each in workflow.sub_cases.items():
        reached = [state for state in framework.workflow(each.workflow).states if data.draw(booleans())]
        tallies[kind] = Tally(total=data.draw(sampled_from([1, 0])), reached=dict.fromkeys(reached, 1))
    return Situation(
        today=TODAY,
        facts=data.draw(some_answers(workflow)),
        happened={event: TODAY - timedelta(days=ago) for event, ago in days.items() if ago >= 0},
        tallies=tallies,
    )


@every_workflow
@given(data=data())
def test_what_is_decided_is_what_the_table_and_the_library_do(
    framework: Framework, workflow: Workflow, data: DataObject
) -> None:
    state = data.draw(sampled_from(list(workflow.states.values())))
    event = data.draw(sampled_from([*state.steps, *workflow.events]))
    situation = draw_situation(data, framework, workflow)
    step = state.steps.get(event)
    by = somebody(framework) if step is None else somebody_for(step, situation.facts, framework)

    decision = decide(
        workflow,
        Position("SCR-2017-001", state.name, situation),
        event,
        by=data.draw(by),
        calendar=CALENDAR,
        reason=data.draw(reasons),
        by_engine=step is not None and step.automatic and data.draw(booleans()),
    )

    token = _Token(state.name, permitted=decision.moved)
    if step is None:
        assert not decision.moved
        with pytest.raises(MachineError):
            machine_of(workflow).events[event].trigger(token)
    else:
        assert machine_of(workflow).events[event].trigger(token) is decision.moved
    stands = decision.to if isinstance(decision, Moved) else decision.state
    assert stands == token.state
    assert stands == (table_of(workflow)[state.name, event] if decision.moved else state.name)


@every_workflow
def test_a_token_goes_where_the_table_says_if_it_is_permitted_and_nowhere_else(
    framework: Framework, workflow: Workflow
) -> None:
    table = table_of(workflow)

    for state, event, permitted in product(workflow.states, workflow.events, (True, False)):
        token, trigger = _Token(state, permitted), machine_of(workflow).events[event].trigger
        if (state, event) in table:
            assert trigger(token) is permitted
        else:
            with pytest.raises(MachineError):
                trigger(token)
        assert token.state == (table.get((state, event), state) if permitted else state)


@every_workflow
def test_only_the_events_of_the_file_trigger_anything(framework: Framework, workflow: Workflow) -> None:
    """In particular no `to_STATE`, with which the library would jump past every rule."""
    machine = machine_of(workflow)

    assert machine.events.keys() == set(workflow.events)
    assert not [event for event in machine.events if event.removeprefix("to_") in workflow.states]
    with pytest.raises(KeyError):
        machine.events[f"to_{workflow.starts}"]


@every_workflow
def test_one_machine_is_shared_and_knows_no_case(framework: Framework, workflow: Workflow) -> None:
    """A case that was registered with it would never be freed."""
    machine = machine_of(workflow)
    others = [each for each in framework.workflows.values() if each is not workflow]

    for step in workflow.steps():
        machine.events[step.event].trigger(_Token(step.source, permitted=True))

    assert machine.models == []
    assert machine_of(workflow) is machine
    assert machine not in map(machine_of, others)
