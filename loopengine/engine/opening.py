"""Opening a case: of its own, under a parent, or tied to the one that gave rise to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from loopengine.core.definitions import Framework, Workflow
from loopengine.core.history import Words, answer_body, words_body
from loopengine.core.records import Record
from loopengine.core.values import Fact, Json, Value, spell
from loopengine.engine.work import Held, Work
from loopengine.errors import NotAnswered, UsageError
from loopengine.store import books


def open_case(
    work: Work,
    workflow_name: str,
    facts: Mapping[str, Value | None],
    *,
    by: Mapping[str, Json],
    on: date,
    reference: str | None = None,
    under: Held | None = None,
    kind: str | None = None,
    linked: tuple[Held, str] | None = None,
    evidence: Words | None = None,
    cycle: str | None = None,
    more: Mapping[str, Json] | None = None,
) -> Held:
    """Write a new case of the workflow, begun on the day *on* with *facts* (typed already).

    A case *under* another keeps that one's framework; any other begins under the present one. *cycle* is the
    cycle of the framework that opens it, if one does; *more* what else its entry holds.
    """
    framework = work.shelf.present if under is None else under.framework
    workflow = framework.workflow(workflow_name)
    if under is None:
        books.pin(work.connection, framework, work.now)
    record = Record(
        reference=reference or work.new_reference(workflow.reference, on.year),
        workflow=workflow.name,
        framework=framework.digest,
        opened_on=on,
        state=workflow.starts,
        parent=None if under is None else under.record.reference,
        kind=kind,
    )
    details = {
        **_details(work, record, workflow, facts, on, evidence, linked),
        "cycle": cycle,
        **(more or {}),
    }
    held = work.add(record, framework, under, work.body(record, "opened", on=on, by=by, details=details))
    if linked is not None:
        work.link(held, linked[0], linked[1])
    return held


def kind_under(parent: Held, workflow: str) -> str:
    """The kind of sub-case that a case of *workflow* is under *parent*; raises UsageError if it is none."""
    kinds = [kind for kind, name in parent.workflow.sub_cases.items() if name == workflow]
    if not kinds:
        takes = ", ".join(dict.fromkeys(parent.workflow.sub_cases.values())) or "nothing"
        raise UsageError(
            f"no {workflow} can be opened under {parent.record.reference}, a {parent.workflow.name}",
            f"it takes: {takes}",
        )
    if parent.record.ended:
        raise NotAnswered(f"{parent.record.reference} has ended", "nothing more is opened under it")
    return kinds[0]


def warnings_of(workflow: Workflow, on: date) -> list[str]:
    """What is odd about opening a case of *workflow* on the day *on*."""
    if workflow.in_force.covers(on):
        return []
    since, until = workflow.in_force.since or "the beginning", workflow.in_force.until or "further notice"
    return [f"{workflow.name} is in force from {since} until {until}: {on} lies outside"]


def check_evidence(fact: Fact, value: Value | None, evidence: str | None) -> None:
    """Raise NotAnswered if *value* needs a reference to evidence and has none."""
    if value is not None and value in fact.needs_evidence and not (evidence or "").strip():
        raise NotAnswered(
            f"{fact.name}={spell(value)} needs a reference to evidence",
            "say with --evidence where it is recorded, or answer unknown",
        )


def fact_bodies(
    work: Work, workflow: Workflow, facts: Mapping[str, Value | None], on: date, evidence: Words | None
) -> dict[str, Json]:
    """How an entry holds *facts*: texts are kept apart."""
    bodies: dict[str, Json] = {}
    for name, value in facts.items():
        kept = value is not None and workflow.facts[name].type == "text"
        spelled = words_body(work.keep(str(value))) if kept else (None if value is None else spell(value))
        bodies[name] = answer_body(spelled, on, evidence=evidence)
    return bodies


def _details(
    work: Work,
    record: Record,
    workflow: Workflow,
    facts: Mapping[str, Value | None],
    on: date,
    evidence: Words | None,
    linked: tuple[Held, str] | None,
) -> Mapping[str, Json]:
    return {
        "workflow": workflow.name,
        "version": workflow.version,
        "framework": record.framework,
        "parent": record.parent,
        "sub_case": record.kind,
        "link": None if linked is None else {"name": linked[1], "case": linked[0].record.reference},
        "to": workflow.starts,
        "stage": workflow.states[workflow.starts].stage,
        "facts": fact_bodies(work, workflow, facts, on, evidence) or None,
        "warnings": [*warnings_of(workflow, on)] or None,
    }


def framework_for(work: Work, parent: Held | None) -> Framework:
    """The framework under which a new case begins: its parent's, or the present one."""
    return work.shelf.present if parent is None else parent.framework
