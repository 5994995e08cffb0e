"""A condition as a Python function: one expression for "it is true", and one for "it is false".

Where neither holds, the verdict is UNKNOWN; so three values cost about what two do, and `and` and `or` stop
as soon as they can. Python's own tree is built node by node: no text of a rule is ever source. What a verdict
is, `rules.evaluate` says; this says the same faster.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple, assert_never

from loopengine.core.durations import completed_years
from loopengine.core.rules import leaves
from loopengine.core.rules.expressions import (
    Age,
    Alike,
    AllOf,
    Among,
    Answer,
    AnyOf,
    Arithmetic,
    Compare,
    CompareOp,
    Condition,
    Constant,
    Count,
    Disjoint,
    Every,
    FactValue,
    Known,
    KnownFact,
    Leaf,
    Member,
    Not,
    Operand,
    Possible,
    RuleRef,
    Since,
    SinceDay,
    Size,
    Some,
    Span,
    Unlisted,
    WithinBefore,
)
from loopengine.core.situation import Situation
from loopengine.core.truth import Truth

# The only source there is; `is_true` and `is_false` are replaced.
_SKELETON = """
def verdict(situation):
    get = situation.facts.get
    if is_true:
        return TRUE
    if is_false:
        return FALSE
    return UNKNOWN
"""
_NAMES: dict[str, object] = {
    **Truth.__members__,
    "every": leaves.every,
    "some": leaves.some,
    "count": leaves.count,
    "alike": leaves.alike,
    "since_event": leaves.since_event,
    "since_day": leaves.since_day,
    "within_before": leaves.within_before,
    "calculate": leaves.calculate,
    "disjoint": leaves.disjoint,
    "completed_years": completed_years,
    "size": leaves.size,
}
# Each comparison, and what holds of two known values when it does not.
_SIGNS: dict[CompareOp, tuple[ast.cmpop, ast.cmpop]] = {
    "==": (ast.Eq(), ast.NotEq()),
    "!=": (ast.NotEq(), ast.Eq()),
    "<": (ast.Lt(), ast.GtE()),
    ">=": (ast.GtE(), ast.Lt()),
    ">": (ast.Gt(), ast.LtE()),
    "<=": (ast.LtE(), ast.Gt()),
}


class _Rails(NamedTuple):
    """Two expressions that are never both true."""

    is_true: ast.expr
    is_false: ast.expr


class _Known(NamedTuple):
    """The *value* of an operand, once its *guards* hold: every fact in it is known."""

    value: ast.expr
    guards: tuple[ast.expr, ...] = ()


@lru_cache(maxsize=4096)
def compile_condition(condition: Condition) -> Callable[[Situation], Truth]:
    """The function that gives the verdict of *condition* on a situation; made once for equal conditions."""
    compiler = _Compiler()
    skeleton = _Skeleton(compiler.rails(condition)).visit(ast.parse(_SKELETON))
    names = _NAMES | compiler.kept
    exec(compile(ast.fix_missing_locations(skeleton), "<rule>", "exec"), names)
    verdict: Callable[[Situation], Truth] = names["verdict"]  # type: ignore[assignment]  # as exec defines it
    return verdict


class _Skeleton(ast.NodeTransformer):
    """Puts two rails in the place of their names."""

    def __init__(self, rails: _Rails) -> None:
        self._rails: dict[str, ast.expr] = rails._asdict()

    def visit_Name(self, node: ast.Name) -> ast.expr:  # ast calls it so
        """The rail that *node* stands for, or *node*."""
        return self._rails.get(node.id, node)


class _Compiler:
    """Builds rails; *kept* are the values that they need and syntax has no literal for, by name."""

    def __init__(self) -> None:
        self.kept: dict[str, object] = {}
        self._facts_read = 0

    def rails(self, condition: Condition) -> _Rails:
        match condition:
            case RuleRef(condition=part):
                return self.rails(part)
            case Not(part):
                is_true, is_false = self.rails(part)
                return _Rails(is_false, is_true)
            case AllOf(parts):
                each = [self.rails(part) for part in parts]
                return _Rails(_all(one.is_true for one in each), _any(one.is_false for one in each))
            case AnyOf(parts):
                each = [self.rails(part) for part in parts]
                return _Rails(_any(one.is_true for one in each), _all(one.is_false for one in each))
            case Possible(part):
                ruled_out = self.rails(part).is_false
                return _Rails(_not(ruled_out), ruled_out)
            case Known(part):
                # In a function of its own: both rails of the part on each rail would double at every level.
                verdict = _call(self._keep(compile_condition(part)), _name("situation"))
                return _settled(verdict, _name("UNKNOWN"))
            case _:
                return self._leaf(condition)

    def _leaf(self, leaf: Leaf) -> _Rails:
        match leaf:
            case Answer(fact):
                return _Rails(_is(_get(fact), ast.Constant(True)), _is(_get(fact), ast.Constant(False)))
            case KnownFact(FactValue(name)):
                return _settled(_get(name), ast.Constant(None))
            case Compare(op, left, right):
                sign, otherwise = _SIGNS[op]
                return _when_known(sign, otherwise, self._known(left), self._known(right))
            case Among(operand, values):
                listed = _Known(self._keep(frozenset(values)))
                return _when_known(ast.In(), ast.NotIn(), self._known(operand), listed)
            case Member(party, parties):
                return _when_known(ast.In(), ast.NotIn(), self._known(party), self._known(parties))
            case Disjoint(left, right):
                first, second = self._known(left), self._known(right)
                guards = first.guards + second.guards
                apart = _call(_name("disjoint"), first.value, second.value)
                return _Rails(_all((*guards, apart)), _all((*guards, _not(apart))))
            case Every(kind, state):
                return _ask("every", ast.Constant(kind), ast.Constant(state))
            case Some(kind, state):
                return _ask("some", ast.Constant(kind), ast.Constant(state))
            case Since(event, duration):
                return _ask("since_event", ast.Constant(event), self._keep(duration))
            case SinceDay(day, duration):
                return _ask("since_day", self._value(day), self._keep(duration))
            case WithinBefore(fact, duration, anchor):
                span = self._keep(duration)
                return _ask("within_before", ast.Constant(fact), span, self._value(anchor))
            case Unlisted():
                return _Rails(ast.Constant(False), ast.Constant(False))
            case _:
                assert_never(leaf)

    def _known(self, operand: Operand) -> _Known:
        match operand:
            case FactValue(name):
                return self._fact(name)
            case Constant(value):
                return _Known(ast.Constant(value) if isinstance(value, int | str) else self._keep(value))
            case Span(duration):
                return _Known(self._keep(duration))
            case Count(kind, state):
                return _Known(_about("count", ast.Constant(kind), ast.Constant(state)))
            case Alike(fact, duration):
                guard = _compare(_get(fact), ast.IsNot(), ast.Constant(None))
                return _Known(_about("alike", ast.Constant(fact), self._keep(duration)), (guard,))
            case Arithmetic(op, left, right):
                first, second = self._known(left), self._known(right)
                result = _call(_name("calculate"), ast.Constant(op), first.value, second.value)
                return _Known(result, first.guards + second.guards)
            case Age(born, anchor):
                first, second = self._known(born), self._known(anchor)
                years = _call(_name("completed_years"), first.value, second.value)
                return _Known(years, first.guards + second.guards)
            case Size(listed, among):
                found = self._fact(listed.name)
                return _Known(_call(_name("size"), found.value, self._keep(among)), found.guards)
            case _:
                assert_never(operand)

    def _value(self, operand: Operand) -> ast.expr:
        """*operand*, or None while it is unknown."""
        known = self._known(operand)
        return ast.IfExp(_all(known.guards), known.value, ast.Constant(None))

    def _fact(self, name: str) -> _Known:
        """A variable that takes the value of the fact called *name* in the guard that it is known."""
        self._facts_read += 1
        variable = f"fact{self._facts_read}"
        read = ast.NamedExpr(ast.Name(variable, ast.Store()), _get(name))
        return _Known(_name(variable), (_compare(read, ast.IsNot(), ast.Constant(None)),))

    def _keep(self, value: object) -> ast.expr:
        name = f"kept{len(self.kept)}"
        self.kept[name] = value
        return _name(name)


def _name(name: str) -> ast.expr:
    return ast.Name(name, ast.Load())


def _call(function: ast.expr, *arguments: ast.expr) -> ast.expr:
    return ast.Call(function, list(arguments), [])


def _get(fact: str) -> ast.expr:
    return _call(_name("get"), ast.Constant(fact))


def _about(leaf: str, *arguments: ast.expr) -> ast.expr:
    return _call(_name(leaf), _name("situation"), *arguments)


def _ask(leaf: str, *arguments: ast.expr) -> _Rails:
    verdict = _about(leaf, *arguments)
    return _Rails(_is(verdict, _name("TRUE")), _is(verdict, _name("FALSE")))


def _when_known(sign: ast.cmpop, otherwise: ast.cmpop, left: _Known, right: _Known) -> _Rails:
    guards = left.guards + right.guards
    return _Rails(
        _all((*guards, _compare(left.value, sign, right.value))),
        _all((*guards, _compare(left.value, otherwise, right.value))),
    )


def _settled(value: ast.expr, unknown: ast.expr) -> _Rails:
    return _Rails(_compare(value, ast.IsNot(), unknown), _is(value, unknown))


def _compare(left: ast.expr, sign: ast.cmpop, right: ast.expr) -> ast.expr:
    return ast.Compare(left, [sign], [right])


def _is(left: ast.expr, right: ast.expr) -> ast.expr:
    return _compare(left, ast.Is(), right)


def _not(part: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), part)


def _all(parts: Iterable[ast.expr]) -> ast.expr:
    return _joined(ast.And(), tuple(parts), empty=True)


def _any(parts: Iterable[ast.expr]) -> ast.expr:
    return _joined(ast.Or(), tuple(parts), empty=False)


def _joined(connective: ast.boolop, parts: tuple[ast.expr, ...], *, empty: bool) -> ast.expr:
    if len(parts) > 1:
        return ast.BoolOp(connective, list(parts))
    return parts[0] if parts else ast.Constant(empty)
