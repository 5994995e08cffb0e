"""Every shipped workflow is walked to every one of its ends, engine and model side by side.

The walk does what the engine asks for, on the shortest way to a step into the end; it tries again, with other
answers, until it has come there.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from properties.test_lifecycle import SHIPPED
from support.anything import everybody
from support.asking import go_to
from support.beside import Beside

ENDS = [
    pytest.param(workflow.name, state.name, id=f"{workflow.name}/{state.name}")
    for workflow in SHIPPED.workflows.values()
    for state in workflow.states.values()
    if state.final and any(step.to == state.name for step in workflow.steps())
]
MOST = 60


class Came(Exception):
    """A walk has come to the end: that none does is refuted, and nobody need walk on."""


def draw_together(beside: Beside, reference: str) -> None:
    """Tie two cases of each linked kind to a case: that somebody does by hand, and nothing asks for it."""
    for name, kind in beside.model.cases[reference].workflow.sub_cases.items():
        for _ in range(2 if kind.linked else 0):
            other = beside.open(kind.workflow, {}, by=everybody(SHIPPED))
            assert other is not None
            beside.link(reference, other, name, by=everybody(SHIPPED))


@pytest.mark.parametrize(("name", "end"), ENDS)
def test_a_walk_comes_to_every_end(name: str, end: str) -> None:
    workflow = SHIPPED.workflow(name)
    into = [step for step in workflow.steps() if step.to == end]

    @settings(
        max_examples=MOST,
        phases=[Phase.generate],
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def walk(data: st.DataObject) -> None:
        beside = Beside(SHIPPED)
        try:
            reference = beside.open(name, {}, by=everybody(SHIPPED))
            assert reference is not None
            draw_together(beside, reference)
            go_to(beside, data.draw, reference, data.draw(st.sampled_from(into)))
            if beside.model.cases[reference].state.name == end:
                beside.check()
                beside.check_all()
                raise Came
        finally:
            beside.engine.close()

    with pytest.raises(Came):
        walk()
