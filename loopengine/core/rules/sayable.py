"""What of a rule a database cannot be asked, so that each case has to be looked at by itself.

Knows trees, and what any database can reckon. Does not know how it is asked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Literal, TypeAlias, assert_never

from loopengine.core.rules.expressions import (
    Age,
    Alike,
    Arithmetic,
    Compare,
    Condition,
    Constant,
    Count,
    FactValue,
    Operand,
    RuleRef,
    Size,
    Span,
    WithinBefore,
    parts_of,
    walk,
)
from loopengine.core.values import LARGEST_NUMBER

Sort: TypeAlias = Literal["number", "date", "name"]

DEEPEST = 20  # levels of brackets: SQLite refuses thirty
MOST = 400  # parts: it refuses a thousand in a row
_LARGEST = 2**63 - 1  # what SQLite can reckon with, as a whole number
_COUNTED = 10**9  # more than there are cases, members, years or days


def unsayable(condition: Condition, own_lists: Collection[str] = ()) -> tuple[str, ...]:
    """What stands in the way of asking a database for *condition*, each once; nothing if it can be asked.

    *own_lists* are those of which each case has items of its own.
    """
    found = dict.fromkeys(_unsayable(condition, own_lists))
    if not found and (_depth(condition) > DEEPEST or _parts(condition) > MOST):
        return ("a rule of so many parts",)
    return tuple(found)


def sort_of(operand: Operand) -> Sort:
    """What *operand* is for a database: a number, a day, or a name (or names) as it is spelled."""
    match operand:
        case FactValue(_, "number") | Count() | Age() | Size() | Alike():
            return "number"
        case FactValue(_, "date") | Arithmetic(_, _, Span()):
            return "date"
        case Arithmetic():
            return "number"
        case Constant(value):
            return "number" if isinstance(value, int) else "name" if isinstance(value, str) else "date"
        case FactValue() | Span():
            return "name"
        case _:
            assert_never(operand)


def _unsayable(condition: Condition, own_lists: Collection[str]) -> Iterator[str]:
    for node in walk(condition):
        match node:
            case WithinBefore(fact, duration, _):
                yield f'within_before({fact}, "{duration}", …)'
            case Alike(fact, duration):
                yield f'alike({fact}, "{duration}")'
            case RuleRef(over=over) if over is not None and over.list in own_lists:
                yield f"{over.quantifier}({over.list}, …)"
            case Arithmetic(op, _, _) if sort_of(node) == "number" and _bound(node) > _LARGEST:
                yield f"a {'product' if op == '*' else 'sum'} that may be too large"
            case Compare(op, left, _) if op not in ("==", "!=") and sort_of(left) == "name":
                yield "an order of names"
            case _:
                pass


def _bound(operand: Operand) -> int:
    """What the number *operand* never exceeds, up or down."""
    match operand:
        case FactValue(_, "number"):
            return LARGEST_NUMBER
        case Constant(int() as value):
            return abs(value)
        case Arithmetic("*", left, right):
            return _bound(left) * _bound(right)
        case Arithmetic(_, left, right) if sort_of(left) == "number":
            return _bound(left) + _bound(right)
        case _:
            return _COUNTED


def _depth(node: Condition | Operand) -> int:
    """How many levels of brackets *node* takes."""
    below = max(map(_depth, parts_of(node)), default=0)
    match node:
        case RuleRef():
            return below
        case Arithmetic(_, _, Span()):
            return 3 + below
        case _:
            return 1 + below


def _parts(node: Condition | Operand) -> int:
    """How many parts *node* has when it is written out: to move a day, it is named several times."""
    below = sum(map(_parts, parts_of(node)))
    match node:
        case Arithmetic(_, _, Span()):
            return 1 + 4 * below
        case Age():
            return 1 + 3 * below
        case _:
            return 1 + below
