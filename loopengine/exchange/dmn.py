"""Decision tables as a document in DMN 1.3.

Knows what a table says, and the elements of DMN; does not know how a table is made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from loopengine.core.definitions import Workflow
from loopengine.core.one_line import one_line
from loopengine.core.routes import Otherwise
from loopengine.core.rules.columns import Column, FactColumn, RuleColumn
from loopengine.core.rules.expressions import Source
from loopengine.core.values import Fact
from loopengine.exchange.cells import allowed, cell, kind_of, name_of, one_of, said_of, spelled
from loopengine.exchange.tables import Decision, Line, decisions

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"
NAMESPACE = "urn:loopengine:workflow"
_SAID = (
    "A yes_no is “yes” or “no”, a verdict “true” or “false”. What is not known is the word “unknown”, of a "
    "number or a date null."
)


def dmn(workflow: Workflow, otherwise: Otherwise | None = None) -> str:
    """The decision tables of *workflow* as a document; *otherwise* is whom to ask where no route answers.

    Raises UsageError if it has no rules, or one that asks for too much at once.
    """
    found = decisions(workflow, otherwise)
    document = _Document(workflow, found)
    return f"<?xml version='1.0' encoding='UTF-8'?>\n{document.written()}\n"


class _Document:
    """Makes the elements of a document, and remembers how each thing is called in it."""

    def __init__(self, workflow: Workflow, found: Sequence[Decision]) -> None:
        self._workflow = workflow
        self._decisions = found
        self._facts: Mapping[str, Fact] = {**workflow.facts, **workflow.repeated}
        self._names: dict[Column, str] = {}
        taken = {spelled(name) for name in (*self._facts, *workflow.rules)}
        for column in dict.fromkeys(column for each in found for column in each.columns):
            name = name_of(column, self._facts)
            if not isinstance(column, FactColumn | RuleColumn):
                while name in taken:
                    name += "_"
                taken.add(name)
            self._names[column] = name

    def written(self) -> str:
        """The document as text."""
        workflow = self._workflow
        given = {
            "id": f"rules_of_{workflow.name}",
            "name": workflow.title,
            "namespace": NAMESPACE,
            "exporter": "loopengine",
        }
        root = Element("definitions", {"xmlns": DMN, **given})
        _say(root, f"Version {workflow.version} of the workflow {workflow.name}. {_SAID}")
        # By name: the stretches of a number are not the same in every table that asks for it.
        asked = {self._names[column]: column for column in self._names if not isinstance(column, RuleColumn)}
        for name, column in asked.items():
            self._input(root, name, column)
        for source in self._sources().values():
            authority = SubElement(root, "knowledgeSource", _called(f"source_{source.name}", source.cite))
            if source.confirm:
                _say(authority, f"To be confirmed: {source.confirm}")
        for each in self._decisions:
            self._decision(root, each)
        ElementTree.indent(root)
        return ElementTree.tostring(root, encoding="unicode")

    def _sources(self) -> dict[str, Source]:
        return {source.name: source for each in self._decisions for source in each.sources}

    def _input(self, root: Element, name: str, column: Column) -> None:
        data = SubElement(root, "inputData", _called(f"input_{name}", name))
        match column:
            case FactColumn(fact):
                _say(data, f"{fact.ask} ({fact.unit})" if fact.unit else fact.ask)
            case _:
                _say(data, f"To be found out elsewhere, whether it is so: {said_of(column, self._facts)}")
        SubElement(data, "variable", {**_called(f"value_{name}", name), "typeRef": kind_of(column)})

    def _decision(self, root: Element, given: Decision) -> None:
        decision = SubElement(root, "decision", _called(f"decision_{given.name}", given.name))
        _say(decision, given.title)
        variable = _called(f"value_{given.name}", given.name)
        if len(given.outputs) == 1:
            variable["typeRef"] = "string"
        SubElement(decision, "variable", variable)
        for column in given.columns:
            name = self._names[column]
            needs = SubElement(decision, "informationRequirement", {"id": f"{given.name}_needs_{name}"})
            if isinstance(column, RuleColumn):
                SubElement(needs, "requiredDecision", {"href": f"#decision_{name}"})
            else:
                SubElement(needs, "requiredInput", {"href": f"#input_{name}"})
        for source in given.sources:
            rests = {"id": f"{given.name}_rests_on_{source.name}"}
            authority = SubElement(decision, "authorityRequirement", rests)
            SubElement(authority, "requiredAuthority", {"href": f"#source_{source.name}"})
        self._table(decision, given)

    def _table(self, decision: Element, given: Decision) -> None:
        policy = "UNIQUE" if given.unique else "COLLECT"
        table = SubElement(decision, "decisionTable", {"id": f"table_{given.name}", "hitPolicy": policy})
        for column in given.columns:
            self._column(table, given, column)
        for output in given.outputs:
            named = {"id": f"{given.name}_says_{output.name}", "name": output.name, "typeRef": "string"}
            answer = SubElement(table, "output", named)
            _texted(answer, "outputValues", one_of(output.values), f"{given.name}_says_{output.name}_one_of")
        if any(line.said for line in given.lines):
            SubElement(table, "annotation", {"name": "title"})
        for n, line in enumerate(given.lines, 1):
            self._row(table, given, line, f"{given.name}_{n}")

    def _column(self, table: Element, given: Decision, column: Column) -> None:
        name = self._names[column]
        asks = {"id": f"{given.name}_asks_{name}", "label": said_of(column, self._facts)}
        asked = SubElement(table, "input", asks)
        expression = _texted(asked, "inputExpression", name, f"{given.name}_reads_{name}")
        expression.set("typeRef", kind_of(column))
        if (values := allowed(column)) is not None:
            _texted(asked, "inputValues", values, f"{given.name}_asks_{name}_one_of")

    def _row(self, table: Element, given: Decision, line: Line, name: str) -> None:
        row = SubElement(table, "rule", {"id": name})
        for n, column in enumerate(given.columns, 1):
            _texted(row, "inputEntry", cell(column, line.cells.get(column)), f"{name}_if_{n}")
        for n, answer in enumerate(line.answers, 1):
            _texted(row, "outputEntry", answer, f"{name}_then_{n}")
        if any(each.said for each in given.lines):
            _texted(row, "annotationEntry", line.said, None)


def _texted(parent: Element, tag: str, text: str, name: str | None) -> Element:
    element = SubElement(parent, tag, {} if name is None else {"id": name})
    SubElement(element, "text").text = one_line(text)
    return element


def _say(element: Element, text: str) -> None:
    SubElement(element, "description").text = one_line(text)


def _called(identity: str, name: str) -> dict[str, str]:
    return {"id": identity, "name": one_line(name)}
