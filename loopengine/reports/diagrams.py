"""Pictures of a workflow, as text for Mermaid and for Graphviz.

Owns how a picture is laid out, and how its words are kept from being read as instructions. What it says is
`captions.py`'s. Does not know a case, and runs no renderer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape

from loopengine.core.definitions import STAGES, Stage, State, Step, Workflow
from loopengine.core.one_line import one_line
from loopengine.reports.captions import caption, even_lines, notes, words

_TITLE, _NOTE, _ARROW, _PAGE = 32, 44, 32, 80  # characters in a line

# The words that Mermaid keeps for itself where a state can stand: a state of that name is given another.
_MERMAID_WORDS = frozenset({
    "accdescr", "acctitle", "class", "classdef", "click", "constructor", "default", "direction", "href",
    "note", "root", "scale", "state", "statediagram", "style",
})  # fmt: skip
# What Mermaid, Markdown or HTML would not take for text: other signs than those of prose, and some of these
# where a line begins, doubled or in an address. "direction LR" is an instruction wherever it stands.
_MERMAID_SIGNS = re.compile(
    r"""[^\w\s\[\](),.?!'/“”‘’…–—-] | _ | ^[\d-] | \[(?=\[) | \](?=\() | \.(?=\w) | d(?=irection)""",
    re.VERBOSE | re.IGNORECASE,
)
# Room for the names of the stages, and for two labels side by side.
_MERMAID_SETTINGS = """\
config:
  state: {rankSpacing: 100}
  flowchart: {subGraphTitleMargin: {top: 4, bottom: 20}}"""

_INK, _QUIET, _LINE, _AUTOMATIC = "#1d2733", "#52606d", "#7b8794", "#0b6b73"
_GRAPH = {
    "rankdir": "TB", "labelloc": "t", "nodesep": "0.4", "ranksep": "0.5", "pad": "0.3",
    "fontname": "sans-serif", "fontsize": "20", "fontcolor": _INK, "bgcolor": "white",
}  # fmt: skip
_STAGE = {
    "style": "rounded,filled", "fillcolor": "#f1f4f8", "color": "#d5dce4", "labeljust": "l", "margin": "16",
    "fontsize": "15", "fontcolor": _QUIET,
}  # fmt: skip
_NODE = {
    "shape": "box", "style": "rounded,filled", "fillcolor": "white", "color": _LINE, "margin": "0.14,0.08",
    "fontname": "sans-serif", "fontsize": "13", "fontcolor": _INK,
}  # fmt: skip
_EDGE = {"color": _LINE, "arrowsize": "0.8", "fontname": "sans-serif", "fontsize": "11", "fontcolor": _QUIET}
_START = {
    "shape": "circle",
    "label": "",
    "width": "0.18",
    "fixedsize": "true",
    "fillcolor": _INK,
    "color": _INK,
}
_FINAL = {"peripheries": "2", "penwidth": "1.6"}
# By their weight the arrows that lead on keep the stages in order; those that lead back go around them.
_ONWARD = {"weight": "20"}
_DASHED = {"style": "dashed", "color": _AUTOMATIC, "fontcolor": _AUTOMATIC}


def mermaid(workflow: Workflow) -> str:
    """*workflow* as a Mermaid state diagram, its states grouped by stage."""
    title = one_line(workflow.title) or words(workflow.name)
    lines = [
        "---",
        f"title: {json.dumps(_in_front_matter(title), ensure_ascii=False)}",
        _MERMAID_SETTINGS,
        "---",
        "stateDiagram-v2",
        f"  accTitle: {_in_mermaid(title)}",
    ]
    for stage, states in _by_stage(workflow):
        boxes = [line for state in states for line in _mermaid_box(state, workflow)]
        if stage is None:
            lines += [f"  {line}" for line in boxes]
        else:
            # No name of a state has a capital in it.
            lines.append(f'  state "{_heading(stage)}" as {stage.upper()} {{')
            lines += [*(f"    {line}" for line in boxes), "  }"]
    lines += [f"  {_mermaid_arrow(step, workflow)}" for step in _moves(workflow)]
    finals = [_mermaid_name(state.name) for state in workflow.states.values() if state.final]
    if finals:
        lines += ["  classDef final stroke-width:3px", f"  class {','.join(finals)} final"]
    return "\n".join(lines) + "\n"


def dot(workflow: Workflow) -> str:
    """*workflow* in Graphviz's language, its states grouped by stage."""
    title = one_line(workflow.title) or words(workflow.name)
    lines = [
        "digraph workflow {",
        f"  graph {_attributes(_GRAPH, label=_bold(title, _PAGE))};",
        f"  node {_attributes(_NODE)};",
        f"  edge {_attributes(_EDGE)};",
    ]
    for stage, states in _by_stage(workflow):
        boxes = [line for state in states for line in _dot_box(state, workflow)]
        if stage is None:
            lines += [f"  {line}" for line in boxes]
        else:
            heading = f"graph {_attributes(_STAGE, label=_bold(_heading(stage), _PAGE))};"
            lines.append(f'  subgraph "cluster_{stage}" {{')
            lines += [*(f"    {line}" for line in (heading, *boxes)), "  }"]
    order = [state.name for _, states in _by_stage(workflow) for state in states]
    for step in _moves(workflow):
        onward = workflow.states[step.to].stage is not None and order.index(step.source) < order.index(
            step.to
        )
        lines.append(f"  {_dot_arrow(step, workflow, onward=onward)}")
    text = "\n".join([*lines, "}"]) + "\n"
    # Graphviz reads UTF-8, which is not what every pipe to it carries.
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii")


def _by_stage(workflow: Workflow) -> Iterator[tuple[Stage | None, list[State]]]:
    """The states by stage, in the order of the stages, and last those that are of none."""
    for stage in (*STAGES, None):
        states = [state for state in workflow.states.values() if state.stage == stage]
        if states:
            yield stage, states


def _moves(workflow: Workflow) -> Iterator[Step]:
    """The steps that are drawn as arrows; one that stays where it is stands in the notes of its state."""
    return (step for step in workflow.steps() if step.to != step.source)


def _heading(stage: Stage) -> str:
    return words(stage).capitalize()


def _title(state: State) -> str:
    return one_line(state.title) or words(state.name)


# --- Mermaid ------------------------------------------------------------------------------------------------


def _mermaid_box(state: State, workflow: Workflow) -> Iterator[str]:
    name = _mermaid_name(state.name)
    yield f'state "{_in_mermaid(_title(state))}" as {name}'
    for note in notes(state, workflow):
        yield from (f"{name} : {_in_mermaid(line)}" for line in even_lines(note, _NOTE))
    if state.name == workflow.starts:
        yield f"[*] --> {name}"
    if state.final:
        yield f"{name} --> [*]"


def _mermaid_arrow(step: Step, workflow: Workflow) -> str:
    said = caption(step, workflow)
    text = "<br/>".join(_in_mermaid(line) for line in (said.event, *said.terms))
    label = f"<i>{text}</i>" if step.automatic else text
    return f"{_mermaid_name(step.source)} --> {_mermaid_name(step.to)} : {label}"


def _mermaid_name(name: str) -> str:
    # No name of a state has a capital in it, so this is nobody else's.
    return f"{name}State" if name in _MERMAID_WORDS else name


def _in_mermaid(text: str) -> str:
    """*text* with each sign that would not be taken for text as a number."""
    return _MERMAID_SIGNS.sub(lambda found: f"#{ord(found[0])};", one_line(text))


def _in_front_matter(text: str) -> str:
    # Mermaid reads a title as HTML, and shows what comes of it as text: there is no way to write these three.
    return text.replace("&", "and").replace("<", "‹").replace(">", "›")


# --- Graphviz -----------------------------------------------------------------------------------------------


def _dot_box(state: State, workflow: Workflow) -> Iterator[str]:
    rows = [f'<TD CELLPADDING="3">{_bold(_title(state), _TITLE)}</TD>']
    for note in notes(state, workflow):
        text = f'<FONT POINT-SIZE="11" COLOR="{_QUIET}">{_in_dot(note, _NOTE)}</FONT>'
        rows.append(f'<TD ALIGN="LEFT" BALIGN="LEFT">{text}</TD>')
    drawn = {"tooltip": _title(state)} | (_FINAL if state.final else {})
    yield f'"{state.name}" {_attributes(drawn, label=_table(rows))};'
    if state.name == workflow.starts:
        yield f'"[*]" {_attributes(_START)};'
        yield f'"[*]" -> "{state.name}";'


def _dot_arrow(step: Step, workflow: Workflow, *, onward: bool) -> str:
    said = caption(step, workflow)
    event = f'<FONT COLOR="{_AUTOMATIC if step.automatic else _INK}">{_bold(said.event, _ARROW)}</FONT>'
    text = "<BR/>".join([event, *(_in_dot(term, _ARROW) for term in said.terms)])
    tooltip = {"tooltip": one_line(step.title or "") or said.event}
    drawn = tooltip | (_ONWARD if onward else {}) | (_DASHED if step.automatic else {})
    label = _table([f'<TD CELLPADDING="4">{text}</TD>'])
    return f'"{step.source}" -> "{step.to}" {_attributes(drawn, label=label)};'


def _attributes(given: Mapping[str, str], label: str | None = None) -> str:
    """*given* in brackets, and *label*, which is in Graphviz's HTML."""
    listed = [f'{name}="{_escaped(value)}"' for name, value in given.items()]
    return f"[{', '.join(listed if label is None else [*listed, f'label=<{label}>'])}]"


def _table(rows: Iterable[str]) -> str:
    body = "".join(f"<TR>{row}</TR>" for row in rows)
    return f'<TABLE BORDER="0" CELLSPACING="0" CELLPADDING="1">{body}</TABLE>'


def _bold(text: str, width: int) -> str:
    return f"<B>{_in_dot(text, width)}</B>"


def _in_dot(text: str, width: int) -> str:
    return "<BR/>".join(_escaped(line) for line in even_lines(text, width))


def _escaped(text: str) -> str:
    # "\N" is the name of a node to Graphviz, in some places even if its backslash is doubled: a sign
    # that looks like one stands for it.
    return escape(text).replace("\\", "∖")
