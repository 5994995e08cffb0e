"""The rules of a workflow as decision tables in DMN (OMG, 1.3), for programs that show or evaluate them.

A decision for each rule, asking for facts and for the verdicts of other rules; of the workflow of incidents
also the routing table. Every table says what follows from what is unknown. Knows definitions; does not know a
case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from loopengine.core.definitions import Workflow
from loopengine.core.routes import Otherwise, Route
from loopengine.core.rules.columns import Column
from loopengine.core.rules.expressions import Source
from loopengine.core.rules.strengths import STRENGTHS
from loopengine.core.rules.tabling import Row, Table, TooManyRows, tables_of
from loopengine.core.rules.verdicts import Rule
from loopengine.core.truth import Truth
from loopengine.core.values import Fact
from loopengine.errors import UsageError
from loopengine.exchange.cells import spelled, text

ROUTES = "routes"
_VERDICTS = ("true", "false", "unknown")


@dataclass(frozen=True, slots=True)
class Output:
    """A column that answers, and all that it can say."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a decision: its cells, its outputs in FEEL, and what is said of it."""

    cells: Mapping[Column, tuple[int, ...]]
    answers: tuple[str, ...]
    said: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision table. *unique*: at most one row answers; otherwise every row that does, in their order."""

    name: str
    title: str
    sources: tuple[Source, ...]
    columns: tuple[Column, ...]
    outputs: tuple[Output, ...]
    lines: tuple[Line, ...]
    unique: bool = True


def decisions(workflow: Workflow, otherwise: Otherwise | None = None) -> tuple[Decision, ...]:
    """The decision tables of *workflow*; *otherwise* is whom to ask about what none of its routes answers.

    Raises UsageError if it has no rules, or one that asks for too much at once.
    """
    if not workflow.rules:
        raise UsageError(
            f"the workflow {workflow.name} has no rules", "`loopengine workflows` lists the others"
        )
    facts = {**workflow.facts, **workflow.repeated}
    found = [_of_rule(name, rule, facts, workflow) for name, rule in workflow.rules.items()]
    if workflow.routes:
        found += _alternatives(workflow.routes, facts)
        found.append(_routing(workflow, facts, otherwise))
    return tuple(found)


def _of_rule(name: str, rule: Rule, facts: Mapping[str, Fact], workflow: Workflow) -> Decision:
    try:
        (table,) = tables_of([rule.condition], facts, workflow.rules)
    except TooManyRows:
        raise UsageError(
            f"the rule {name} asks for so much at once that no table can show it", "take it apart into rules"
        ) from None
    lines = tuple(Line(row.cells, (text(row.verdict.word),)) for row in table.rows)
    outputs = (Output(spelled(name), _VERDICTS),)
    return Decision(spelled(name), rule.title or name, rule.sources, table.columns, outputs, lines)


def _alternatives(routes: Sequence[Route], facts: Mapping[str, Fact]) -> Iterator[Decision]:
    """Rows that are never TRUE at once, with all rules written out: that no two meet can be seen in them."""
    together = [each for each in routes if each.alternatives]
    together.sort(key=lambda each: each.alternatives or "")
    for name, some in groupby(together, key=lambda each: each.alternatives or ""):
        rows = tuple(some)
        tables = tables_of([each.rule.condition for each in rows], facts, ())
        lines = tuple(
            Line(row.cells, (text(each.review), text(each.strength)), each.rule.title or "")
            for each, table in zip(rows, tables, strict=True)
            for row in _that_are(table, Truth.TRUE)
        )
        outputs = (Output("review", _each(r.review for r in rows)), Output("strength", STRENGTHS))
        yield Decision(
            f"{ROUTES}_{name}",
            "Which of these reviews is called for; at most one is",
            _sources(rows),
            _columns(tables),
            outputs,
            lines,
        )


def _routing(workflow: Workflow, facts: Mapping[str, Fact], otherwise: Otherwise | None) -> Decision:
    """All rows: those that are TRUE, and those that could be."""
    tables = tables_of([each.rule.condition for each in workflow.routes], facts, workflow.rules)
    lines = tuple(
        Line(
            row.cells,
            (text(each.review), text(each.strength), text(row.verdict.word)),
            each.rule.title or "",
        )
        for each, table in zip(workflow.routes, tables, strict=True)
        for row in _that_are(table, Truth.TRUE, Truth.UNKNOWN)
    )
    outputs = (
        Output("review", _each(each.review for each in workflow.routes)),
        Output("strength", STRENGTHS),
        Output("verdict", ("true", "unknown")),
    )
    nobody = f"; if no row answers, ask {' or '.join(otherwise.ask)}" if otherwise else ""
    title = f"Which reviews a child of an incident needs, should have or may have, and which it could{nobody}"
    columns = _columns(tables)
    return Decision(ROUTES, title, _sources(workflow.routes), columns, outputs, lines, unique=False)


def _that_are(table: Table, *verdicts: Truth) -> Iterator[Row]:
    return (row for row in table.rows if row.verdict in verdicts)


def _columns(tables: Iterable[Table]) -> tuple[Column, ...]:
    return tuple(dict.fromkeys(column for table in tables for column in table.columns))


def _sources(routes: Iterable[Route]) -> tuple[Source, ...]:
    return tuple(dict.fromkeys(source for each in routes for source in each.rule.sources))


def _each(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
