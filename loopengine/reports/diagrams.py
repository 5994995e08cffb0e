"""Pictures of a workflow, as text for Mermaid and for Graphviz.

Owns how a picture is laid out, and how its words are kept from being read as instructions. What it says is
`captions.py`'s. Does not know a case, and runs no renderer.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from html import escape

from loopengine.core.definitions import STAGES, Stage, State, Step, Workflow
from loopengine.reports.captions import caption, notes, words

# Words that begin a line of Mermaid's own, or that it keeps for itself: a state of that name needs another.
_MERMAID_WORDS = frozenset({
    "class", "classdef", "click", "constructor", "default", "direction", "href", "note", "root", "scale", "state",
    "style",
})  # fmt: skip

_INK, _QUIET, _LINE, _AUTOMATIC = "#1d2733", "#52606d", "#7b8794", "#0b6b73"
_GRAPH = {
    "rankdir": "TB", "labelloc": "t", "fontname": "sans-serif", "fontsize": "20", "fontcolor": _INK,
    "nodesep": "0.4", "ranksep": "0.5", "pad": "0.3", "newrank": "true", "bgcolor": "white",
}  # fmt: skip
_STAGE = {
    "style": "rounded,filled", "fillcolor": "#f1f4f8", "color": "#d5dce4", "fontname": "sans-serif",
    "fontsize": "15", "fontcolor": _QUIET, "labeljust": "l", "margin": "16",
}  # fmt: skip
_NODE = {
    "shape": "box", "style": "rounded,filled", "fillcolor": "white", "color": _LINE, "fontname": "sans-serif",
    "fontsize": "13", "fontcolor": _INK, "margin": "0.18,0.1",
}  # fmt: skip
_EDGE = {"color": _LINE, "fontname": "sans-serif", "fontsize": "11", "fontcolor": _QUIET, "arrowsize": "0.8"}
_START = {"shape": "circle", "label": "", "width": "0.18", "fixedsize": "true", "fillcolor": _INK, "color": _INK}


def mermaid(workflow: Workflow) -> str:
    """*workflow* as a Mermaid state diagram, its states grouped by stage."""
    lines = [
        "---",
        f"title: {json.dumps(_in_front_matter(workflow.title), ensure_ascii=False)}",
        "config:",
        "  flowchart:",
        "    subGraphTitleMargin: {top: 4, bottom: 20}",
        "---",
        "stateDiagram-v2",
        f"  accTitle: {_in_mermaid(workflow.title)}",
    ]
    for stage, states in _by_stage(workflow):
        boxes = [line for state in states for line in _mermaid_box(state, workflow)]
        if stage is None:
            lines += [f"  {line}" for line in boxes]
        else:
            lines += [f'  state "{_heading(stage)}" as {stage.upper()} {{', *(f"    {line}" for line in boxes), "  }"]
    lines += [f"  {_mermaid_arrow(step, workflow)}" for step in _moves(workflow)]
    finals = ",".join(_mermaid_name(state.name) for state in workflow.states.values() if state.final)
    if finals:
        lines += ["  classDef final stroke-width:3px", f"  class {finals} final"]
    return "\n".join(lines) + "\n"


def dot(workflow: Workflow) -> str:
    """*workflow* in Graphviz's language, its states grouped by stage."""
    lines = [
        "digraph workflow {",
        f"  graph {_attributes(_GRAPH, label=_bold(workflow.title, 80))};",
        f"  node {_attributes(_NODE)};",
        f"  edge {_attributes(_EDGE)};",
    ]
    for stage, states in _by_stage(workflow):
        boxes = [line for state in states for line in _dot_box(state, workflow)]
        if stage is None:
            lines += [f"  {box}" for box in boxes]
        else:
            heading = f"    graph {_attributes(_STAGE, label=_bold(_heading(stage), 80))};"
            lines += [f'  subgraph "cluster_{stage}" {{', heading, *(f"    {box}" for box in boxes), "  }"]
    order = [state.name for stage, states in _by_stage(workflow) for state in states if stage]
    for step in _moves(workflow):
        # The arrows that follow the stages hold the picture together; the others go around them.
        onward = step.to in order and order.index(step.source) < order.index(step.to)
        lines.append(f"  {_dot_arrow(step, workflow, onward=onward)}")
    return "\n".join([*lines, "}"]) + "\n"


def _by_stage(workflow: Workflow) -> Iterator[tuple[Stage | None, list[State]]]:
    """The states by stage, in the order of the stages, and last those that are of none."""
    for stage in (*STAGES, None):
        states = [state for state in workflow.states.values() if state.stage == stage]
        if states:
            yield stage, states


def _moves(workflow: Workflow) -> Iterator[Step]:
    return (step for step in workflow.steps() if step.to != step.source)


def _heading(stage: Stage) -> str:
    return words(stage).capitalize()


def _one_line(text: str) -> str:
    """*text* without line breaks, or characters that cannot be seen."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


# --- Mermaid ---------------------------------------------------------------------------------------------------


def _mermaid_box(state: State, workflow: Workflow) -> Iterator[str]:
    name = _mermaid_name(state.name)
    yield f'state "{_in_mermaid(state.title)}" as {name}'
    for note in notes(state, workflow):
        yield from (f"{name} : {_in_mermaid(line)}" for line in textwrap.wrap(note, 48))
    if state.name == workflow.starts:
        yield f"[*] --> {name}"
    if state.final:
        yield f"{name} --> [*]"


def _mermaid_arrow(step: Step, workflow: Workflow) -> str:
    said = caption(step, workflow)
    text = "<br/>".join(_in_mermaid(line) for line in (said.event, *said.terms))
    label = f"<i>{text}</i>" if said.automatic else text
    return f"{_mermaid_name(step.source)} --> {_mermaid_name(step.to)} : {label}"


def _mermaid_name(name: str) -> str:
    # No name has a capital in it, so this is nobody else's.
    return f"{name}State" if name in _MERMAID_WORDS else name


def _in_mermaid(text: str) -> str:
    """*text* with every character that Mermaid, Markdown or HTML could read as an instruction given by number."""
    # "direction LR" is an instruction wherever it stands in a line.
    return re.sub(r"[^\w\s(),.?!'/…–—-]|_|^-|(?<=^\d)\.|(?i:d(?=irection))", _numbered, _one_line(text))


def _numbered(found: re.Match[str]) -> str:
    return f"#{ord(found[0])};"


def _in_front_matter(text: str) -> str:
    # Mermaid reads a title as HTML and shows what comes of it as text: these three cannot be written.
    return _one_line(text).replace("&", "and").replace("<", "‹").replace(">", "›")


# --- Graphviz --------------------------------------------------------------------------------------------------


def _dot_box(state: State, workflow: Workflow) -> Iterator[str]:
    label = _bold(state.title, 32)
    for note in notes(state, workflow):
        label += f'<BR/><FONT POINT-SIZE="11" COLOR="{_QUIET}">{_lines(note, 44)}</FONT>'
    final = {"peripheries": "2", "penwidth": "1.6"} if state.final else {}
    yield f'"{state.name}" {_attributes(final, label=label)};'
    if state.name == workflow.starts:
        yield f'"[*]" {_attributes(_START)};'
        yield f'"[*]" -> "{state.name}";'


def _dot_arrow(step: Step, workflow: Workflow, *, onward: bool) -> str:
    said = caption(step, workflow)
    event = f'<FONT COLOR="{_AUTOMATIC if said.automatic else _INK}">{_bold(said.event, 26)}</FONT>'
    terms = "<BR/>".join(_lines(term, 32) for term in said.terms)
    given = {"style": "dashed", "color": _AUTOMATIC, "fontcolor": _AUTOMATIC} if said.automatic else {}
    if onward:
        given["weight"] = "20"
    label = f'<TABLE BORDER="0" CELLPADDING="4"><TR><TD>{event}<BR/>{terms}</TD></TR></TABLE>'
    return f'"{step.source}" -> "{step.to}" {_attributes(given, label=label)};'


def _attributes(given: Mapping[str, str], label: str = "") -> str:
    """*given* in brackets, and *label*, which is written in Graphviz's HTML."""
    listed = [f'{name}="{value}"' for name, value in given.items()]
    return f"[{', '.join(listed + [f'label=<{label}>'] if label else listed)}]"


def _bold(text: str, width: int) -> str:
    return f"<B>{_lines(text, width)}</B>"


def _lines(text: str, width: int) -> str:
    """*text* in even lines of at most *width* characters, with nothing in it that Graphviz would read as HTML."""
    lines = textwrap.wrap(_one_line(text), width)
    while width > 1 and len(narrower := textwrap.wrap(_one_line(text), width - 1)) == len(lines):
        lines, width = narrower, width - 1
    return "<BR/>".join(map(escape, lines))
