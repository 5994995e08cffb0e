"""What a workflow is to the report: a review type, whose a case of it is, what its answers are called.

Reads it off the files, so that another board's framework is reported on as well. Knows no cases.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from loopengine.core.definitions import STAGES, Framework, Workflow
from loopengine.reports.annual.figures import words_of

# How the loops of a framework call the cases under a review (docs/annual-report.md).
LEARNING_POINTS, ACTIONS, RECOMMENDATIONS = "learning_points", "actions", "recommendations"


@lru_cache(maxsize=512)
def what_it_is(framework: Framework, workflow: str) -> str | None:
    """Whether a case of *workflow* is one of the learning points, actions or recommendations of a review."""
    for kind in (LEARNING_POINTS, ACTIONS, RECOMMENDATIONS):
        named = (each.sub_cases.get(kind) for each in framework.workflows.values())
        if any(each is not None and each.workflow == workflow for each in named):
            return kind
    return None


@lru_cache(maxsize=512)
def is_review(workflow: Workflow) -> bool:
    """Whether *workflow* is a review type: one that enters all seven stages of the loop."""
    stages = {state.stage for state in workflow.states.values()}
    return stages.union(*(step.passes for step in workflow.steps())).issuperset(STAGES)


@lru_cache(maxsize=512)
def agency_fact(workflow: Workflow) -> str | None:
    """The fact that says which agency has a case of *workflow* in hand: the party of its owners."""
    named = (party.of for state in workflow.states.values() for party in state.owner)
    parties = (each for each in named if each is not None and each in workflow.facts)
    return next((each for each in parties if workflow.facts[each].type == "party"), None)


def value_title(framework: Framework, values: Sequence[str], value: str) -> str:
    """The title of *value*, one of *values*, if they are a list of the framework; or else as words."""
    titles: list[dict[str, str]] = [
        {name: each.title for name, each in named.items()} for named in framework.lists.values()
    ]
    titles.append({name: each.title for name, each in framework.channels.items()})
    titles.append({name: each.title for name, each in framework.agencies.items()})
    return next((each[value] for each in titles if set(values) <= each.keys()), words_of(value))
