"""Intake: an incident comes in once, with every child whom it concerns, and what is decided is opened.

Knows how the facts of an incident are told apart by child. Where they lead is `core/routes.py`'s to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from loopengine.core.definitions import Framework, Step, Workflow
from loopengine.core.machine import Decision
from loopengine.core.routes import Routing
from loopengine.core.values import Json
from loopengine.engine.results import Case
from loopengine.engine.why import decision_json
from loopengine.errors import BadValue, UsageError

# The child of an incident that names none.
ONLY = ""


@dataclass(frozen=True, slots=True)
class Intake:
    """What came of an incident: what is recommended for each child, and what was opened.

    *children* are by letter; a single child without one is under "". Without a *case*, nothing was written;
    without a *decision*, the case waits for one.
    """

    children: Mapping[str, Routing]
    case: Case | None = None
    decision: Decision | None = None

    def to_json(self) -> dict[str, Json]:
        """The intake as JSON."""
        return {
            "case": None if self.case is None else self.case.opened_json(),
            "children": [
                {"child": child or None, **routing.to_json()} for child, routing in self.children.items()
            ],
            "decision": None if self.decision is None else decision_json(self.decision, ()),
        }


def recommended(
    framework: Framework,
    shared: Mapping[str, object],
    children: Mapping[str, Mapping[str, object]],
    on: date,
) -> dict[str, Routing]:
    """Where the incident leads for each of *children*, of whom each has the *shared* facts and its own."""
    each = children or {ONLY: {}}
    return {child: framework.route({**shared, **own}, on) for child, own in each.items()}


def incident_facts(
    workflow: Workflow, shared: Mapping[str, object], children: Mapping[str, Mapping[str, object]]
) -> dict[str, object]:
    """The facts of an incident about *children*, as its case holds them.

    Raises UnknownName for a fact that there is not, UsageError for one of no child by itself.
    """
    facts: dict[str, object] = {}
    for name, value in shared.items():
        by_child = workflow.fact(name).for_each
        if by_child is None or not children:
            facts[name] = value
        else:
            facts |= {f"{name}.{child}": value for child in children}
    for child, own in children.items():
        for name, value in own.items():
            fact = workflow.fact(name)
            if fact.for_each is None:
                raise UsageError(
                    f"{name} is asked of the incident, and not of each child",
                    "give it before the first child",
                )
            facts[f"{name}.{child}"] = value
    labels = {fact.for_each for fact in workflow.facts.values() if fact.for_each is not None}
    for label in sorted(labels & workflow.facts.keys()) if children else ():
        if workflow.facts[label].type == "labels":
            facts[label] = ",".join(children)
    return facts


def is_decided(
    workflow: Workflow, shared: Mapping[str, object], own: Mapping[str, Mapping[str, object]]
) -> bool:
    """Whether the facts of an incident say which reviews there will be."""
    decided = {opens.chosen for step in workflow.steps() for opens in step.opens if opens.chosen is not None}
    return any(name in decided for facts in (shared, *own.values()) for name in facts)


def deciding(workflow: Workflow, reason: str | None) -> Step:
    """The step by which an incident just recorded is decided: with a *reason*, the one that needs it.

    Raises UsageError if the workflow of the intake has none.
    """
    steps = [
        step
        for step in workflow.states[workflow.starts].steps.values()
        if any(opens.chosen is not None for opens in step.opens)
    ]
    if not steps:
        raise UsageError(
            f"nothing is decided in {workflow.starts} of {workflow.name}",
            "its file needs a step with `opens: {reviews: …}`",
        )
    fitting = [step for step in steps if step.reason_required == (reason is not None)]
    return (fitting or steps)[0]


def children_of(given: object) -> Mapping[str, Mapping[str, object]]:
    """*given* as children with facts of their own; raises BadValue."""
    if given is None:
        return {}
    if not isinstance(given, Mapping) or not all(isinstance(each, Mapping) for each in given.values()):
        raise BadValue(
            "the children are not given by letter, each with facts", 'such as {"A": {"child_died": True}}'
        )
    return given
