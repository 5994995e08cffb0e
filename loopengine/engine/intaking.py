"""Intake: an incident comes in once, with every child whom it concerns, and what is decided is opened.

Knows how the facts of an incident are told apart by child. Where they lead is `core/routes.py`'s to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from loopengine.core.actors import Actor
from loopengine.core.choosing import set_of
from loopengine.core.definitions import Framework, Step, Workflow
from loopengine.core.machine import Decision
from loopengine.core.routes import Routing
from loopengine.core.rules.lists import concrete
from loopengine.core.values import Json
from loopengine.engine.firing import fire
from loopengine.engine.opening import open_case
from loopengine.engine.reading import case_of
from loopengine.engine.recording import typed
from loopengine.engine.results import Case
from loopengine.engine.settling import settle
from loopengine.engine.why import decision_json
from loopengine.engine.work import Work
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

    Raises UsageError for a fact that is not asked of each child and given of one.
    """
    labels = set_of(workflow)
    if children and labels is None:
        raise UsageError(f"{workflow.name} is not about several children", "give no child by letter")
    facts: dict[str, object] = {}
    for name, value in shared.items():
        if children and name in workflow.repeated:
            facts |= {concrete(name, child): value for child in children}
        else:
            facts[name] = value
    for child, own in children.items():
        for name, value in own.items():
            if name in workflow.facts and name not in workflow.repeated:
                raise UsageError(
                    f"{name} is asked of the incident, and not of each child",
                    "give it before the first child",
                )
            facts[concrete(name, child)] = value
    return facts | ({labels: list(children)} if children and labels is not None else {})


def is_decided(workflow: Workflow, facts: Mapping[str, object]) -> bool:
    """Whether *facts*, of an incident, say which reviews there will be."""
    decided = {opens.chosen for step in workflow.steps() for opens in step.opens} - {None}
    return any(name.partition(".")[0] in decided for name in facts)


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


def take_in(
    work: Work,
    framework: Framework,
    facts: Mapping[str, object],
    *,
    by: Actor,
    on: date,
    evidence: str | None,
    reason: str | None,
) -> tuple[Case, Decision | None, int]:
    """Open the case of an incident with *facts*, and decide it if they say which reviews there will be.

    The case, the decision, and the number of the entry that says so.
    """
    intake = intake_of(framework)
    about = intake.given(facts)
    values = typed({name: about.fact(name) for name in facts}, facts, evidence=evidence, by=by)
    words = None if evidence is None else work.keep(evidence)
    held = open_case(work, intake.name, values, by=work.signed(by), on=on, evidence=words)
    settle(work, on)
    decision, n = None, 0
    if is_decided(intake, facts):
        decision, n = fire(work, held, deciding(intake, reason).event, by=by, on=on, reason=reason)
    return case_of(held, tuple(work.warnings)), decision, n


def intake_of(framework: Framework) -> Workflow:
    """The workflow of incidents of *framework*; raises UsageError if it has none."""
    if framework.intake is None:
        raise UsageError(f"the framework {framework.name} has no intake", "it stands in its framework.yaml")
    return framework.workflow(framework.intake)


def children_of(given: object) -> Mapping[str, Mapping[str, object]]:
    """*given* as children with facts of their own; raises BadValue."""
    if given is None:
        return {}
    if not isinstance(given, Mapping) or not all(isinstance(each, Mapping) for each in given.values()):
        raise BadValue(
            "the children are not given by letter, each with facts", 'such as {"A": {"child_died": True}}'
        )
    return given
