"""Opening a case: of its own, under a parent, or tied to the one that gave rise to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from loopengine.core.definitions import Framework, Workflow
from loopengine.core.history import Words, answer_body, words_body
from loopengine.core.records import Record
from loopengine.core.situation import NO_SUB_CASES
from loopengine.core.values import Fact, Json, Value, spell
from loopengine.engine.work import Held, Work
from loopengine.errors import NotAnswered, UsageError
from loopengine.store import books


class Carried(NamedTuple):
    """Answers that a new case takes over from the one called *case*."""

    case: str
    answers: Mapping[str, Value]


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
    carried: Carried | None = None,
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
    details = _details(record, workflow, linked)
    bodies = fact_bodies(work, workflow, facts, on, evidence) | _carried_bodies(work, workflow, carried, on)
    warnings = [*warnings_of(workflow, on), *_too_many(under, kind)]
    work.warnings += warnings
    details = {**details, "facts": bodies or None, "warnings": [*warnings] or None, "cycle": cycle} | dict(
        more or {}
    )
    held = work.add(record, framework, under, work.body(record, "opened", on=on, by=by, details=details))
    if linked is not None:
        work.link(held, linked[0].id, linked[1])
    return held


def kind_under(parent: Held, workflow: str) -> str:
    """The kind of sub-case that a case of *workflow* is under *parent*; raises UsageError if it is none."""
    taken = {kind: each.workflow for kind, each in parent.workflow.sub_cases.items() if not each.linked}
    kinds = [kind for kind, name in taken.items() if name == workflow]
    if not kinds:
        takes = ", ".join(dict.fromkeys(taken.values())) or "nothing"
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
        kept = value is not None and workflow.fact_asked(name).type == "text"
        spelled = words_body(work.keep(str(value))) if kept else (None if value is None else spell(value))
        bodies[name] = answer_body(spelled, on, evidence=evidence)
    return bodies


def _carried_bodies(work: Work, workflow: Workflow, carried: Carried | None, on: date) -> dict[str, Json]:
    """How an entry holds what a case takes over: with where it stood before as its evidence."""
    bodies = {} if carried is None else fact_bodies(work, workflow, carried.answers, on, None)
    for name, body in bodies.items():
        assert carried is not None
        assert isinstance(body, Mapping)
        # Nobody's words, and nothing that could have to be erased: it stands in the history itself.
        bodies[name] = {**body, "evidence": f"carried forward from {carried.case}"}
    return bodies


def _too_many(parent: Held | None, kind: str | None) -> list[str]:
    """What is odd about opening one more of *kind* under *parent*: there are many already."""
    if parent is None or kind is None:
        return []
    most, tally = parent.workflow.sub_cases[kind].warn_above, parent.tallies.get(kind, NO_SUB_CASES)
    number = tally.total - tally.excused + 1
    if most is None or number <= most:
        return []
    return [f"{parent.record.reference} has {number} {kind.replace('_', ' ')}, and more than {most} are many"]


def _details(record: Record, workflow: Workflow, linked: tuple[Held, str] | None) -> Mapping[str, Json]:
    return {
        "workflow": workflow.name,
        "version": workflow.version,
        "framework": record.framework,
        "parent": record.parent,
        "sub_case": record.kind,
        "link": None if linked is None else {"name": linked[1], "case": linked[0].record.reference},
        "to": workflow.starts,
        "stage": workflow.states[workflow.starts].stage,
    }


def framework_for(work: Work, parent: Held | None) -> Framework:
    """The framework under which a new case begins: its parent's, or the present one."""
    return work.shelf.present if parent is None else parent.framework
