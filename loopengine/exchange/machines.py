"""A workflow as a state machine in SCXML (W3C, 2015), for programs that draw, check or play state machines.

What is played is the part without rules and time: every state, and every step that the file has between
them. On what terms a step is taken stands beside it, in a namespace of our own, which no engine plays.
Knows definitions; does not know a case.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from loopengine.core.definitions import Party, State, Step, Workflow
from loopengine.core.one_line import one_line

SCXML = "http://www.w3.org/2005/07/scxml"
TERMS = "urn:loopengine:workflow"
_SAID = """
    The states of a workflow, and the steps between them. Whatever plays this file takes every step that there
    is. Whether one may be taken in a case depends on what its attributes loop:… say: its rule (when), its
    roles (by), its reason, its wait, and the holds that block it. A step that is automatic is an event as
    well: whoever plays sends it.
  """


def scxml(workflow: Workflow) -> str:
    """*workflow* as a document in SCXML."""
    root = Element(
        "scxml",
        {
            "xmlns": SCXML,
            "xmlns:loop": TERMS,
            "version": "1.0",
            "datamodel": "null",
            "name": workflow.name,
            "initial": workflow.starts,
        },
    )
    _say(root, {"title": workflow.title, "version": str(workflow.version), "about": workflow.description})
    root.append(ElementTree.Comment(_SAID))
    for state in workflow.states.values():
        drawn = SubElement(root, "final" if state.final else "state", {"id": state.name})
        _say(drawn, dict(_of_state(state)))
        for step in state.steps.values():
            # A step that stays is still one that the state answers to.
            way = SubElement(drawn, "transition", {"event": step.event, "target": step.to})
            _say(way, dict(_of_step(step, workflow)))
    ElementTree.indent(root)
    return f"<?xml version='1.0' encoding='UTF-8'?>\n{ElementTree.tostring(root, encoding='unicode')}\n"


def _of_state(state: State) -> Iterator[tuple[str, str | None]]:
    yield "title", state.title
    yield "stage", state.stage
    yield "owner", _parties(state.owner)


def _of_step(step: Step, workflow: Workflow) -> Iterator[tuple[str, str | None]]:
    yield "title", step.title
    yield "automatic", "yes" if step.automatic else None
    yield "by", _parties(step.by)
    yield "not-of", step.not_of
    yield "when", None if step.when is None else step.when.text
    yield "override", step.override
    yield "reason", "required" if step.reason_required else None
    yield "wait", None if step.wait is None else f"{step.wait.at_least} after {step.wait.after}"
    yield "blocked-by", " ".join(each.name for each in workflow.holds.values() if step.event in each.blocks)
    yield "fired-by", " ".join(each.name for each in workflow.deadlines.values() if each.then == step.event)
    yield "passes", " ".join(step.passes)
    yield "opens", " ".join(each.workflow for each in step.opens)
    yield "source", "; ".join(each.cite for each in step.sources)


def _parties(parties: tuple[Party, ...]) -> str:
    return ", ".join(f"{each.role} of {each.of}" if each.of else each.role for each in parties)


def _say(element: Element, said: dict[str, str | None]) -> None:
    """Give *element* what is *said* of it, as far as there is something to say."""
    for name, text in said.items():
        if shown := one_line(text or ""):
            element.set(f"loop:{name}", shown)
