"""The slips that can be made in the text of one rule, each with the text as it would be.

Knows how a rule is spelled; does not know what any name in it means.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from copy import deepcopy
from typing import NamedTuple

from loopengine.core.durations import Duration
from loopengine.core.mutating.mutants import Kind
from loopengine.core.rules.parsing import RuleError
from loopengine.core.rules.syntax import read_syntax

_SIGNS: dict[type[ast.cmpop], tuple[type[ast.cmpop], str, str]] = {
    ast.Eq: (ast.NotEq, "==", "!="),
    ast.NotEq: (ast.Eq, "!=", "=="),
    ast.Lt: (ast.LtE, "<", "<="),
    ast.LtE: (ast.Lt, "<=", "<"),
    ast.Gt: (ast.GtE, ">", ">="),
    ast.GtE: (ast.Gt, ">=", ">"),
}
_OTHER_WAY = {"every": "some", "some": "every"}


class Slip(NamedTuple):
    """A slip of some *kind* in a rule, in words, and the *text* that it makes of the rule."""

    kind: Kind
    said: str
    text: str


def slips(text: str) -> Iterator[Slip]:
    """The slips that can be made in *text*, in its order; none if it cannot be read."""
    try:
        root = read_syntax(text)
    except RuleError:
        return
    if not isinstance(root, ast.UnaryOp | ast.BoolOp):
        opposite = ast.unparse(ast.UnaryOp(ast.Not(), root))
        yield Slip("negation", f"{_shown(root)} becomes its opposite", opposite)
    for way, node in _nodes(root, ()):
        for kind, said, instead in _of_node(node):
            yield Slip(kind, said, ast.unparse(_with(root, way, instead)))


_Way = tuple[tuple[str, int | None], ...]


def _nodes(node: ast.expr, way: _Way) -> Iterator[tuple[_Way, ast.expr]]:
    """Every expression in *node*, with the way there; what is called is none."""
    yield way, node
    for name, value in ast.iter_fields(node):
        if name == "func":
            continue
        if isinstance(value, ast.expr):
            yield from _nodes(value, (*way, (name, None)))
        elif isinstance(value, list):
            for n, each in enumerate(value):
                if isinstance(each, ast.expr):
                    yield from _nodes(each, (*way, (name, n)))


def _with(root: ast.expr, way: _Way, instead: ast.expr) -> ast.expr:
    if not way:
        return instead
    copy = deepcopy(root)
    node: ast.AST = copy
    for name, n in way[:-1]:
        node = getattr(node, name) if n is None else getattr(node, name)[n]
    name, n = way[-1]
    if n is None:
        setattr(node, name, instead)
    else:
        getattr(node, name)[n] = instead
    return copy


def _of_node(node: ast.expr) -> Iterator[tuple[Kind, str, ast.expr]]:
    match node:
        case ast.BoolOp(op=op, values=values):
            yield from _of_connective(op, values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield "negation", f"{_shown(node)} becomes {_shown(operand)}", operand
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            yield from _of_comparison(node, left, op, right)
        case ast.Constant(value=int() as number) if not isinstance(number, bool):
            for other in (number + 1, number - 1):
                if other >= 0:
                    yield "limit", f"{number} becomes {other}", ast.Constant(other)
        case ast.Constant(value=str() as said):
            for longer in durations_beside(said):
                yield "duration", f"{said} becomes {longer}", ast.Constant(longer)
        case ast.Call(func=ast.Name(id="possible"), args=[inner]):
            yield "possible", f"{_shown(node)} becomes {_shown(inner)}", inner
        case ast.Call(func=ast.Name(id=name), args=args) if name in _OTHER_WAY:
            other_way = ast.Call(ast.Name(_OTHER_WAY[name]), args, [])
            yield "quantifier", f"{_shown(node)} becomes {_shown(other_way)}", other_way
        case _:
            return


def _of_connective(op: ast.boolop, values: list[ast.expr]) -> Iterator[tuple[Kind, str, ast.expr]]:
    both = isinstance(op, ast.And)
    word, other = ("and", "or") if both else ("or", "and")
    whole = _shown(ast.BoolOp(op, values))
    yield (
        "connective",
        f"`{word}` becomes `{other}` in {whole}",
        ast.BoolOp(ast.Or() if both else ast.And(), values),
    )
    for n, value in enumerate(values):
        rest = [*values[:n], *values[n + 1 :]]
        left = rest[0] if len(rest) == 1 else ast.BoolOp(op, rest)
        yield "part", f"{_shown(value)} is left out of {whole}", left
        if not isinstance(value, ast.UnaryOp | ast.BoolOp):
            negated = [*values[:n], ast.UnaryOp(ast.Not(), value), *values[n + 1 :]]
            yield "negation", f"{_shown(value)} becomes its opposite in {whole}", ast.BoolOp(op, negated)


def _of_comparison(
    node: ast.expr, left: ast.expr, op: ast.cmpop, right: ast.expr
) -> Iterator[tuple[Kind, str, ast.expr]]:
    if type(op) in _SIGNS:
        made, sign, other = _SIGNS[type(op)]
        yield (
            "comparison",
            f"`{sign}` becomes `{other}` in {_shown(node)}",
            ast.Compare(left, [made()], [right]),
        )
    if isinstance(right, ast.Tuple) and len(right.elts) > 1:
        for n, value in enumerate(right.elts):
            rest = ast.Tuple([*right.elts[:n], *right.elts[n + 1 :]], ast.Load())
            yield "value", f"{_shown(value)} is left out of {_shown(node)}", ast.Compare(left, [op], [rest])


def durations_beside(text: str) -> tuple[str, ...]:
    """The durations longer and shorter by one of its unit than the one that *text* spells, if it does."""
    try:
        spelled = Duration.parse(text)
    except ValueError:
        return ()
    amounts = (spelled.amount + 1, spelled.amount - 1)
    return tuple(str(Duration(**{spelled.unit: amount})) for amount in amounts if amount > 0)


def _shown(node: ast.expr) -> str:
    return f"`{ast.unparse(node)}`".replace("'", '"')
