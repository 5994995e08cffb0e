"""How rows hold cases and answers: the values of their columns, and the records that are read from them.

Knows the core's values and the tables. Does not know how rows are found or written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from types import NoneType
from typing import Any, cast

from sqlalchemy import Row, Table, TypeDecorator

from loopengine.core.clocks import Clock, Span, clock_body, clock_from, span_body, span_from
from loopengine.core.definitions import Stage, Workflow
from loopengine.core.history import canonical
from loopengine.core.records import Answered, Happening, Record
from loopengine.core.retelling import numbers, tally_from
from loopengine.core.situation import Tally
from loopengine.core.values import Value, spell
from loopengine.store.tables import AnswerRow, CaseRow

_CASE, _ANSWER = (cast(Table, row.__dict__["__table__"]) for row in (CaseRow, AnswerRow))


def record_of(row: Row[Any]) -> Record:
    """The case that *row* holds, without its answers."""
    _see_declared(_CASE, row)
    assert row.parent_id is None or row.parent_id < row.id  # a case is opened after the one above it
    return Record(
        reference=row.reference,
        workflow=row.workflow,
        framework=row.framework,
        opened_on=row.opened_on,
        state=row.state,
        stage=cast("Stage | None", row.stage),
        ended=row.ended,
        excused=row.excused,
        revision=row.revision,
        entries=row.entries,
        head=row.head,
        recorded_at=row.recorded_at,
        moved_on=row.moved_on,
        parent=row.parent,
        kind=row.sub_case,
        path=_path(row.path),
        happened=_happened(row.happened),
        opened_for=_opened_for(row.opened_for),
        holds=_holds(row.holds),
        clocks=_clocks(row.clocks),
        standing=_holds(row.standing),
    )


def tallies_of(row: Row[Any]) -> Mapping[str, Tally]:
    """The numbers of sub-cases that *row* holds."""
    return _tallies(row.tallies)


def tallies_text(tallies: Mapping[str, Tally]) -> str:
    """The numbers of sub-cases as they are stored."""
    return canonical({kind: numbers(tally) for kind, tally in tallies.items()})


def columns_of(record: Record, before: Record | None = None) -> dict[str, object]:
    """What a verb can change of a case's row; what is spelled out only as far as *before* had another."""
    columns: dict[str, object] = {
        "state": record.state,
        "stage": record.stage,
        "ended": record.ended,
        "excused": record.excused,
        "revision": record.revision,
        "entries": record.entries,
        "head": record.head,
        "recorded_at": record.recorded_at,
        "moved_on": record.moved_on,
    }
    for name, spelled in _SPELLED.items():
        value = getattr(record, name)
        if before is None or value is not getattr(before, name):
            columns[name] = spelled(value)
    return columns


def answered_of(row: Row[Any], workflow: Workflow) -> Answered:
    """The answer that *row* holds, to a fact of *workflow*."""
    _see_declared(_ANSWER, row)
    value = None if row.value is None else _value(workflow, row.fact, row.value)
    return Answered(row.fact, value, row.so_on, row.n, row.recorded_at, row.said_by, row.evidence)


def answer_columns(case_id: int, answered: Answered) -> dict[str, object]:
    """The row of an answer that stands."""
    return {
        "case_id": case_id,
        "fact": answered.fact,
        "n": answered.n,
        "value": None if answered.value is None else json.dumps(spell(answered.value)),
        "so_on": answered.so_on,
        "recorded_at": answered.recorded_at,
        "said_by": answered.said_by,
        "evidence": answered.evidence,
        "corrected_by": None,
    }


def _spans_text(spans: Mapping[str, tuple[Span, ...]]) -> str:
    return canonical({name: list(map(span_body, each)) for name, each in spans.items()})


_SPELLED: Mapping[str, Callable[[Any], str]] = {
    "path": json.dumps,
    "happened": lambda happened: canonical(
        {event: [[each.on.isoformat(), each.n] for each in times] for event, times in happened.items()}
    ),
    "opened_for": lambda opened: canonical({kind: list(parties) for kind, parties in opened.items()}),
    "holds": _spans_text,
    "standing": _spans_text,
    "clocks": lambda clocks: canonical({name: clock_body(clock) for name, clock in clocks.items()}),
}


# What a text of a column says never changes, and neither do the values that are made of it: each is read once
# for all the steps of a case, and for all the cases that are alike. Bounded, since a board lives for years.
_once = lru_cache(maxsize=4096)


@_once
def _path(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


@_once
def _happened(text: str) -> Mapping[str, tuple[Happening, ...]]:
    happened = {
        event: tuple(Happening(date.fromisoformat(on), n) for on, n in times)
        for event, times in _read(text).items()
    }
    assert all(happened.values())
    return happened


@_once
def _opened_for(text: str) -> Mapping[str, tuple[str, ...]]:
    return {kind: tuple(parties) for kind, parties in _read(text).items()}


@_once
def _holds(text: str) -> Mapping[str, tuple[Span, ...]]:
    return {name: tuple(map(span_from, spans)) for name, spans in _read(text).items()}


@_once
def _clocks(text: str) -> Mapping[str, Clock]:
    return {name: clock_from(body) for name, body in _read(text).items()}


@_once
def _tallies(text: str) -> Mapping[str, Tally]:
    return {kind: tally_from(each) for kind, each in _read(text).items()}


@_once
def _value(workflow: Workflow, fact: str, text: str) -> Value:
    return workflow.fact_asked(fact).accept(json.loads(text))


def _read(text: str) -> Mapping[str, Any]:
    return {} if text == "{}" else cast("Mapping[str, Any]", json.loads(text))


def _see_declared(table: Table, row: Row[Any]) -> None:
    """Raise TypeError unless the first columns of *row* hold what *table* says."""
    wrong = _undeclared(table, tuple(map(type, row)))
    if wrong is not None:
        raise TypeError(f"{table.name}.{wrong} is not as declared")


@lru_cache(maxsize=1024)
def _undeclared(table: Table, found: tuple[type, ...]) -> str | None:
    """The first column of *table* that does not hold what it says, if its values are of the types *found*."""
    for column, type_ in zip(table.c, found, strict=False):
        said = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
        if type_ is not said.python_type and not (column.nullable and type_ is NoneType):
            return column.name
    return None
