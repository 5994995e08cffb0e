"""The operands of a rule in SQL: numbers, days, names and sets, and sub-cases in numbers.

Agrees with `verdicts.value_of`; NULL is what is unknown. Knows the language of rules and the tables; does not
know what is made of a value.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Date,
    Text,
    case,
    cast,
    exists,
    extract,
    func,
    literal,
    or_,
    select,
)

from loopengine.core.durations import shift
from loopengine.core.rules.expressions import (
    Age,
    Alike,
    Arithmetic,
    Constant,
    Count,
    FactValue,
    Operand,
    Size,
    Span,
)
from loopengine.core.rules.sayable import sort_of
from loopengine.core.values import Value
from loopengine.store.cases import CASE, LINK
from loopengine.store.tongues import Tongue, moved


@dataclass(frozen=True, slots=True)
class Read:
    """What a condition of SQL is said of, and how: the columns of cases, and the day on which it is asked.

    *facts* are the answers that were so on that day, spelled in JSON, by fact; NULL where it is unknown.
    *linked* are the kinds of sub-case that are tied to a case by a link.
    """

    tongue: Tongue
    on: date
    cases: CTE
    facts: Mapping[str, ColumnElement[str]]
    linked: Collection[str] = ()


def value_sql(operand: Operand, read: Read) -> ColumnElement[object]:
    """The value of *operand*: a number, a day, or what a name or a set is spelled as."""
    match sort_of(operand):
        case "number":
            return _number(operand, read)  # type: ignore[return-value]  # of a number
        case "date":
            return day_sql(operand, read)  # type: ignore[return-value]  # of a day
        case _:
            return spelled_sql(operand, read)  # type: ignore[return-value]  # of a text


def spelled_sql(operand: Operand, read: Read) -> ColumnElement[str]:
    """What *operand*, a name or a set, is spelled as."""
    match operand:
        case FactValue(name):
            return read.facts[name]
        case Constant(value):
            return constant_sql(value)  # type: ignore[return-value]  # a name
        case _:
            raise NotImplementedError(operand)


def constant_sql(value: Value) -> ColumnElement[object]:
    """A value that is written in the rule."""
    match value:
        case date():
            return literal(value, Date())
        case int():
            return literal(value, BigInteger())
        case _:
            return literal(json.dumps(value), Text())


def _number(operand: Operand, read: Read) -> ColumnElement[int]:
    match operand:
        case FactValue(name):
            return cast(read.facts[name], BigInteger)
        case Constant(value):
            return literal(value, BigInteger())
        case Arithmetic("-", left, right) if sort_of(left) == "date":
            return read.tongue.between(day_sql(left, read), day_sql(right, read))
        case Arithmetic(op, left, right):
            first, second = _number(left, read), _number(right, read)
            return first + second if op == "+" else first - second if op == "-" else first * second
        case Count(kind, state):
            return reached_sql(kind, state, read)
        case Age(born, anchor):
            return _age(day_sql(born, read), day_sql(anchor, read))
        case Size(FactValue(name), among):
            return _size(read.facts[name], among, read)
        case Span() | Alike():
            raise NotImplementedError(operand)
        case _:
            assert_never(operand)


def day_sql(operand: Operand, read: Read) -> ColumnElement[date]:
    """The day that *operand* is."""
    match operand:
        case FactValue(name):
            return read.tongue.day(read.facts[name])
        case Constant(value):
            return literal(value, Date())
        case Arithmetic(op, Constant(date() as day), Span(duration)):
            return literal(shift(day, duration, back=op == "-"), Date())
        case Arithmetic(op, left, Span(duration)):
            return moved(read.tongue, day_sql(left, read), duration, back=op == "-")
        case _:
            raise NotImplementedError(operand)


def _age(born: ColumnElement[date], anchor: ColumnElement[date]) -> ColumnElement[int]:
    def part(name: str, day: ColumnElement[date]) -> ColumnElement[int]:
        return cast(extract(name, day), BigInteger)

    born_in, anchored_in = (100 * part("month", day) + part("day", day) for day in (born, anchor))
    return part("year", anchor) - part("year", born) - case((anchored_in < born_in, 1), else_=0)


def _size(spelled: ColumnElement[str], among: Sequence[str], read: Read) -> ColumnElement[int]:
    if not among:
        return read.tongue.size(spelled)
    members = read.tongue.members(spelled)
    found = select(func.count()).select_from(members).where(members.c.value.in_(among)).scalar_subquery()
    return case((spelled.is_not(None), found))


# --- sub-cases ---------------------------------------------------------------------------------------------


def reached_sql(kind: str, state: str, read: Read) -> ColumnElement[int]:
    """How many sub-cases of *kind* have reached *state*."""
    if kind in read.linked:
        return _linked(kind, read, state)
    return _counted(read, kind, "reached", state)


def satisfied_sql(kind: str, state: str, read: Read) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """How many sub-cases of *kind* there are, and how many have reached *state* or are excused from it."""
    if kind in read.linked:
        return _linked(kind, read), _linked(kind, read, state, or_excused=True)
    excused = _counted(read, kind, "excused") - _counted(read, kind, "excused_reached", state)
    return _counted(read, kind, "total"), _counted(read, kind, "reached", state) + excused


def _counted(read: Read, *path: str) -> ColumnElement[int]:
    return func.coalesce(read.tongue.counted(read.cases.c.tallies, *path), 0, type_=BigInteger())


def _linked(
    kind: str, read: Read, state: str | None = None, *, or_excused: bool = False
) -> ColumnElement[int]:
    """How many cases are tied to one by *kind*; of those that have reached *state*, if there is one."""
    other = CASE.alias()
    tied = LINK.join(other, other.c.id == LINK.c.other_id)
    counts = [LINK.c.case_id == read.cases.c.id, LINK.c.name == kind, other.c.path != "[]"]
    if state is not None:
        path = read.tongue.members(other.c.path)
        has = exists().select_from(path).where(path.c.value == state)
        counts.append(or_(has, other.c.excused) if or_excused else has)
    query = select(func.count()).select_from(tied).where(*counts)
    return query.correlate(read.cases).scalar_subquery()
