"""A rule as one condition of SQL, whose value is TRUE, FALSE or NULL as the rule is true, false or unknown.

Strong Kleene logic is that of SQL, so what is left are the leaves. Agrees with `verdicts.evaluate` of
whatever `sayable.unsayable` says nothing against. Does not know what is looked for, or why.
"""

from __future__ import annotations

from datetime import date
from typing import assert_never

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    Text,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    not_,
    null,
    or_,
    true,
)
from sqlalchemy.sql.elements import Grouping

from loopengine.core.definitions import OPENED
from loopengine.core.durations import Duration, shift
from loopengine.core.rules.expressions import (
    AllOf,
    Among,
    Answer,
    AnyOf,
    Compare,
    CompareOp,
    Condition,
    Constant,
    Disjoint,
    Every,
    FactValue,
    Known,
    KnownFact,
    Member,
    Not,
    Operand,
    Possible,
    RuleRef,
    Since,
    SinceDay,
    Some,
    Unlisted,
    WithinBefore,
)
from loopengine.core.rules.leaves import COMPARISONS
from loopengine.store.operands_sql import (
    Read,
    constant_sql,
    day_sql,
    reached_sql,
    satisfied_sql,
    spelled_sql,
    value_sql,
)

_YES = '"yes"'
_BOOLEAN = Boolean()


def condition_sql(condition: Condition, read: Read) -> ColumnElement[bool]:
    """*condition* in SQL; of what `unsayable` says nothing against."""

    def said(part: Condition) -> ColumnElement[bool]:
        return condition_sql(part, read)

    match condition:
        case RuleRef(condition=part):
            return said(part)
        case Not(part):
            return not_(said(part))
        case AllOf(parts):
            return and_(true(), *map(said, parts))
        case AnyOf(parts):
            return or_(false(), *map(said, parts))
        case Possible(part):
            return func.coalesce(said(part), true(), type_=_BOOLEAN)
        case Known(part):
            # In brackets: `not x is null` is `not (x is null)`.
            return Grouping(said(part)).is_not(None)
        case Answer(fact):
            return read.facts[fact] == _YES
        case KnownFact(fact):
            return read.facts[fact.name].is_not(None)
        case Compare(op, left, right):
            return _compared(op, left, right, read)
        case Among(operand, values):
            return value_sql(operand, read).in_([constant_sql(value) for value in values])
        case Member(party, parties):
            return not_(_apart(party, parties, read))
        case Disjoint(left, right):
            return _apart(left, right, read)
        case Every(kind, state):
            total, satisfied = satisfied_sql(kind, state, read)
            return case((total > 0, total == satisfied))
        case Some(kind, state):
            return reached_sql(kind, state, read) > 0
        case Since(event, duration):
            return _since_event(event, duration, read)
        case SinceDay(day, duration):
            return _since(day_sql(day, read), duration, read)
        case Unlisted():
            return cast(null(), _BOOLEAN)
        case WithinBefore():
            raise NotImplementedError(condition)
        case _:
            assert_never(condition)


def _compared(op: CompareOp, left: Operand, right: Operand, read: Read) -> ColumnElement[bool]:
    first, second = value_sql(left, read), value_sql(right, read)
    compared: ColumnElement[bool] = COMPARISONS[op](first, second)  # type: ignore[arg-type,assignment]  # columns
    return compared


# --- sets ---------------------------------------------------------------------------------------------------


def _apart(left: Operand, right: Operand, read: Read) -> ColumnElement[bool]:
    """Whether two sets, or names, have nobody in common."""
    match _is_set(left), _is_set(right):
        case False, False:
            return spelled_sql(left, read) != spelled_sql(right, read)
        case True, False:
            return _apart(right, left, read)
        case False, _:
            within = read.tongue.members(spelled_sql(right, read))
            met = exists().select_from(within).where(within.c.value == _name(left, read))
        case _:
            first, second = (read.tongue.members(spelled_sql(each, read)) for each in (left, right))
            met = exists().select_from(first.join(second, first.c.value == second.c.value))
    known = and_(spelled_sql(left, read).is_not(None), spelled_sql(right, read).is_not(None))
    return case((known, not_(met)))


def _is_set(operand: Operand) -> bool:
    return isinstance(operand, FactValue) and operand.type in ("parties", "some_of", "labels")


def _name(operand: Operand, read: Read) -> ColumnElement[str]:
    match operand:
        case Constant(value):
            return literal(value, Text())
        case _:
            return read.tongue.name(spelled_sql(operand, read))


# --- time ---------------------------------------------------------------------------------------------------


def _since_event(event: str, duration: Duration, read: Read) -> ColumnElement[bool]:
    last = read.tongue.last(read.cases.c.happened, event, read.on)
    if event == OPENED:
        last = func.coalesce(last, read.cases.c.opened_on, type_=Date())
    return func.coalesce(_since(last, duration, read), false(), type_=_BOOLEAN)


def _since(day: ColumnElement[date], duration: Duration, read: Read) -> ColumnElement[bool]:
    """Whether *duration* has passed since *day*."""
    latest = latest_before(read.on, duration)
    return case((day.is_not(None), false())) if latest is None else day <= latest


def latest_before(on: date, duration: Duration) -> date | None:
    """The latest day that is, moved by *duration*, no later than *on*; None if there is none."""
    # A later day never leads to an earlier one.
    low, high = 0, date.max.toordinal()
    while low < high:
        middle = (low + high + 1) // 2
        if shift(date.fromordinal(middle), duration) <= on:
            low = middle
        else:
            high = middle - 1
    return date.fromordinal(low) if low else None
