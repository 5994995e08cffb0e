"""Intake: an incident comes in once, with every child whom it concerns, and what is decided is opened.

Knows how the facts of an incident are told apart by child. Where they lead is `core/routes.py`'s to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from loopengine.core.actors import Actor
from loopengine.core.choosing import choices, set_of
from loopengine.core.definitions import Framework, Opens, Step, Workflow
from loopengine.core.machine import Decision, Moved
from loopengine.core.routes import Routing
from loopengine.core.rules.lists import concrete
from loopengine.core.values import Json, Value, is_label
from loopengine.engine.firing import fire
from loopengine.engine.opening import open_case
from loopengine.engine.reading import case_of
from loopengine.engine.recording import typed
from loopengine.engine.results import Case
from loopengine.engine.settling import settle
from loopengine.engine.why import decision_json
from loopengine.engine.work import Work
from loopengine.errors import BadValue, UnknownName, UsageError

# The child of an incident that names none.
ONLY = ""


@dataclass(frozen=True, slots=True)
class OpenedReview:
    """The *case* of a review that was opened, and the children whom it is about, if they have letters."""

    case: Case
    children: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Intake:
    """What came of an incident: what is recommended for each child, and what was opened.

    *children* are by letter; a single child without one is under "". *decided* are the reviews that the facts
    say there will be, for each child of whom they say it. Without a *case*, nothing was written; without a
    *decision*, the case waits for one.
    """

    children: Mapping[str, Routing]
    decided: Mapping[str, tuple[str, ...]]
    case: Case | None = None
    decision: Decision | None = None
    opened: tuple[OpenedReview, ...] = ()

    def to_json(self) -> dict[str, Json]:
        """The intake as JSON."""
        return {
            "case": None if self.case is None else self.case.opened_json(),
            "children": [self._child_json(child) for child in self.children],
            "decision": None if self.decision is None else decision_json(self.decision, ()),
            "opened": [
                {"case": each.case.reference, "workflow": each.case.workflow, "children": [*each.children]}
                for each in self.opened
            ],
        }

    def _child_json(self, child: str) -> dict[str, Json]:
        decided = self.decided.get(child)
        own: dict[str, Json] = {
            "child": child or None,
            "decided": None if decided is None else [*decided],
        }
        return own | self.children[child].to_json()


def only_said(
    framework: Framework,
    shared: Mapping[str, object],
    children: Mapping[str, Mapping[str, object]],
    on: date,
) -> Intake:
    """Where the incident leads for each of *children*, of whom each has the *shared* facts and its own.

    Raises UnknownName, BadValue, UsageError for what could not be taken in.
    """
    told = incident_facts(intake_of(framework), shared, children)
    each = children or {ONLY: {}}
    said = {child: framework.route({**shared, **own}, on) for child, own in each.items()}
    return Intake(said, _decided(intake_of(framework), told, each))


def incident_facts(
    workflow: Workflow, shared: Mapping[str, object], children: Mapping[str, Mapping[str, object]]
) -> dict[str, object]:
    """The facts of an incident about *children*, as its case holds them.

    Raises UnknownName, BadValue; UsageError for a fact that is not asked of each child and given of one.
    """
    labels = set_of(workflow)
    if children and labels is None:
        raise UsageError(f"{workflow.name} is not about several children", "give no child by letter")
    if not all(map(is_label, children)):  # which could be a name, and is not repeated
        raise BadValue(
            "a child cannot be called so",
            "a child has a capital letter, such as A, then at most three letters or digits; never a name",
        )
    if labels in shared:
        raise UsageError(f"{labels} are not given as a fact", "give each by its letter, with its own facts")
    facts: dict[str, object] = {}
    for name, value in shared.items():
        _refuse_unknown(workflow, name)
        if children and name in workflow.repeated:
            facts |= {concrete(name, child): value for child in children}
        else:
            facts[name] = value
    for child, own in children.items():
        for name, value in own.items():
            _refuse_unknown(workflow, name)
            if name not in workflow.repeated:
                raise UsageError(
                    f"{name} is asked of the incident, and not of each child",
                    "give it before the first child",
                )
            facts[concrete(name, child)] = value
    facts |= {labels: list(children)} if children and labels is not None else {}
    about = workflow.given(facts)
    for name, value in facts.items():
        about.fact(name).accept_or_unknown(value)
    return facts


def _refuse_unknown(workflow: Workflow, name: str) -> None:
    asked = {**workflow.facts, **workflow.repeated}
    plain, dot, item = name.partition(".")
    if dot and plain in workflow.repeated:
        raise UsageError(
            f"{name!r} names a child with the fact", f"give {plain} among what is known of child {item}"
        )
    if name not in asked:
        raise UnknownName("fact", name, asked)


def chosen_fact(workflow: Workflow) -> str:
    """The fact of *workflow* that says which reviews there will be; "" if none does."""
    return next((each.chosen for step in workflow.steps() for each in step.opens if each.chosen), "")


def is_decided(workflow: Workflow, facts: Mapping[str, object]) -> bool:
    """Whether *facts*, of an incident, say which reviews there will be."""
    chosen = chosen_fact(workflow)
    return bool(chosen) and any(name.partition(".")[0] == chosen for name in facts)


def _decided(
    workflow: Workflow, facts: Mapping[str, object], children: Iterable[str]
) -> dict[str, tuple[str, ...]]:
    """The reviews that *facts* say there will be for each of *children*, in the order of the file."""
    chosen = chosen_fact(workflow)
    if not chosen:
        return {}
    asked = workflow.fact_asked(chosen)
    told = {
        child: asked.accept_or_unknown(facts.get(concrete(asked.name, child) if child else asked.name))
        for child in children
    }
    return {
        child: tuple(review for review in asked.values if review in those)
        for child, those in told.items()
        if isinstance(those, frozenset)
    }


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


def _choosing(step: Step) -> Opens:
    """What *step*, by which it is decided, opens by choice."""
    return next(opens for opens in step.opens if opens.chosen is not None)


def opened_by(
    work: Work, framework: Framework, facts: Mapping[str, object], decision: Decision | None
) -> tuple[OpenedReview, ...]:
    """The reviews that *decision* opened for an incident with *facts*, each with its children."""
    if not isinstance(decision, Moved):
        return ()
    workflow = intake_of(framework)
    about = workflow.given(facts)
    values = {name: about.fact(name).accept_or_unknown(value) for name, value in facts.items()}
    known: dict[str, Value] = {name: value for name, value in values.items() if value is not None}
    chosen = [*choices(about, _choosing(deciding(workflow, None)), known, framework, ())]
    found: list[OpenedReview] = []
    for reference in decision.opened:
        case = case_of(work.load(reference))
        choice = next((each for each in chosen if each.review == case.workflow), None)
        if choice is not None:
            chosen.remove(choice)
            found.append(OpenedReview(case, choice.about))
    return tuple(found)


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
