"""From the text of a rule to its tree: Python's expression grammar, cut down to a closed list.

The tree is typed as it is built, and whatever does not fit is refused by name, with the way out. Knows the
names that a rule can use, not the values they have.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

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
    WithinBefore,
    parts_of,
)
from loopengine.core.rules.operands import (
    ELEMENTS,
    Typed,
    arguments,
    no_such_name,
    read_date,
    read_duration,
    read_like,
    read_operand,
    read_pair,
    read_sub_cases,
    refusal,
    text_of,
    written,
)
from loopengine.core.rules.over_lists import (
    compare_uppermost,
    is_over_list,
    is_uppermost,
    read_over_list,
    read_quorate,
    uppermost_in,
    uppermost_known,
)
from loopengine.core.rules.strengths import STRENGTHS, agreement
from loopengine.core.rules.syntax import DEEPEST, read_syntax
from loopengine.core.rules.vocabulary import FUNCTIONS, SPLIT, RuleError, Scope
from loopengine.core.values import Fact, Value
from loopengine.errors import nearest

__all__ = ["RuleError", "Scope", "names_called", "names_in", "parse"]

MOST_PARTS = 2_000  # of a rule, together with the rules that it uses

_SIGNS: dict[type[ast.cmpop], CompareOp] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_OVER_SUB_CASES = frozenset({"every", "some", "count"})


def parse(text: str, scope: Scope) -> Condition:
    """The condition that *text* says, in terms of the names of *scope*; raises RuleError."""
    condition = _condition(read_syntax(text), scope)
    _check_size(condition)
    return condition


def names_in(text: str) -> tuple[str, ...]:
    """The names of facts and rules that *text* mentions, each once, in order; none if it cannot be read."""
    try:
        root = read_syntax(text)
    except RuleError:
        return ()
    calls = [node for node in ast.walk(root) if isinstance(node, ast.Call)]
    # What is called is a function, and what these three begin with is a kind of sub-case.
    others = {id(call.func) for call in calls}
    others |= {id(call.args[0]) for call in calls if call.args and written(call.func) in _OVER_SUB_CASES}
    found = [node for node in ast.walk(root) if isinstance(node, ast.Name) and id(node) not in others]
    return tuple(dict.fromkeys(node.id for node in sorted(found, key=lambda node: node.col_offset)))


def names_called(text: str) -> frozenset[str]:
    """The functions that *text* calls; none if it cannot be read."""
    try:
        root = read_syntax(text)
    except RuleError:
        return frozenset()
    return frozenset(written(node.func) for node in ast.walk(root) if isinstance(node, ast.Call))


def _check_size(condition: Condition) -> None:
    level: Sequence[Condition | Operand] = [condition]
    parts = 0
    for _ in range(DEEPEST):
        parts += len(level)
        if parts > MOST_PARTS:
            break
        level = [part for node in level for part in parts_of(node)]
    if level:
        raise RuleError("with the rules that it uses, this one is too large to follow", SPLIT, 0)


def _condition(node: ast.expr, scope: Scope) -> Condition:
    match node:
        case ast.Name(id=name):
            return _named(node, name, scope)
        case ast.BoolOp(op=ast.And(), values=parts):
            return AllOf(tuple(_condition(part, scope) for part in parts))
        case ast.BoolOp(values=parts):
            return AnyOf(tuple(_condition(part, scope) for part in parts))
        case ast.UnaryOp(op=ast.Not(), operand=part):
            return Not(_condition(part, scope))
        case ast.Compare(left=left, ops=[ast.In()], comparators=[right]):
            return _inclusion(left, right, scope)
        case ast.Compare(left=left, ops=[ast.NotIn()], comparators=[right]):
            return Not(_inclusion(left, right, scope))
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _comparison(left, _SIGNS[type(op)], right, scope)
        case ast.Compare():
            raise refusal(node, "a comparison has two sides", "write a < b and b < c")
        case ast.Call():
            return _call(node, scope)
        case ast.Tuple():
            raise refusal(node, "a list is not a condition", "write `and` or `or` between its parts")
        case _:
            raise refusal(node, f"{written(node)} is not a condition", "compare it with a fact")


def _named(node: ast.expr, name: str, scope: Scope) -> Condition:
    if name in scope.rules:
        return scope.rules[name]
    if name not in scope.facts:
        raise no_such_name(node, name, scope)
    fact = scope.facts[name]
    if fact.type == "yes_no":
        return Answer(name)
    raise refusal(node, f"{name} is a {fact.type} fact, and not a condition by itself", _as_condition(fact))


def _as_condition(fact: Fact) -> str:
    one = fact.values[0] if fact.values else ""
    match fact.type:
        case "one_of" | "party":
            return f'write {fact.name} == "{one}", or known({fact.name})'
        case "parties" | "some_of":
            return f'write "{one}" in {fact.name}, or known({fact.name})'
        case "labels":
            return f"write size({fact.name}) > 1, or known({fact.name})"
        case "number":
            return f"write {fact.name} >= 1, or known({fact.name})"
        case "date":
            return f'write {fact.name} < "2017-01-31", or known({fact.name})'
        case "text" | "yes_no":
            return f"write known({fact.name})"


def _comparison(left: ast.expr, sign: CompareOp, right: ast.expr, scope: Scope) -> Condition:
    if is_uppermost(left) or is_uppermost(right):
        return compare_uppermost(left, sign, right, scope)
    first, second = read_pair(left, right, scope)
    sides = first.type, second.type
    if sides in (("number", "number"), ("date", "date")):
        return Compare(sign, first.operand, second.operand)
    if set(sides) == {"number", "date"}:
        dates = 'write a date as "2017-01-31"; the days between two dates are a - b'
        raise refusal(left, f"{first.described}, and {second.described}", dates)
    for node, side in ((left, first), (right, second)):
        _check_choice(node, side, sign)
    if first.type != second.type:
        raise refusal(left, f"{first.described}, and {second.described}", "values of one type are compared")
    if first.type == "one_of" and not _is_literal(first) and not _is_literal(second):
        raise refusal(
            left,
            f"{first.written} and {second.written} have values of their own",
            "compare each with one of its values",
        )
    return Compare(sign, first.operand, second.operand)


def _check_choice(node: ast.expr, side: Typed, sign: CompareOp) -> None:
    """Refuse *side* of a comparison if it cannot be compared, or has no order and *sign* asks for one."""
    if side.type == "text":
        raise refusal(node, f"{side.described}, which no rule reads", f"write known({side.written})")
    if side.type in ("labels", "some_of"):
        raise refusal(node, f"{side.described}, and not compared", f'write "x" in {side.written}')
    if side.type == "parties":
        hint = f"write x in {side.written}, or disjoint({side.written}, …)"
        raise refusal(node, f"{side.described}, and not compared", hint)
    if side.type in ("one_of", "party") and sign not in ("==", "!="):
        raise refusal(
            node, f"the values of {side.written} have no order", "write == or !=, or list values after `in`"
        )


def _is_literal(side: Typed) -> bool:
    return isinstance(side.operand, Constant)


def _inclusion(left: ast.expr, right: ast.expr, scope: Scope) -> Condition:
    if isinstance(right, ast.Tuple):
        return _among(left, right, scope)
    if text_of(right) is not None:
        raise refusal(
            right, f"{written(right)} is one value, not a list", f"write ({written(right)},), or =="
        )
    parties = read_operand(right, scope)
    if parties.type not in ELEMENTS:
        raise refusal(right, f"{parties.described}, and nothing is in it", 'write x in ("a", "b")')
    party = read_like(left, parties, scope)
    if parties.type != "parties" and (party.type != ELEMENTS[parties.type] or not _is_literal(party)):
        hint = f"write a value of it in quotes before `in {parties.written}`"
        raise refusal(left, f"{party.described}, and not a written value", hint)
    if parties.type == "parties" and party.type != "party":
        raise refusal(
            left, f"{party.described}, and not a party", "two sets of parties are compared by disjoint(a, b)"
        )
    return Member(party.operand, parties.operand)


def _among(left: ast.expr, right: ast.Tuple, scope: Scope) -> Condition:
    if is_uppermost(left) and right.elts:
        return uppermost_in(left, right, scope)
    operand = read_operand(left, scope)
    if operand.type not in ("one_of", "number", "party"):
        raise refusal(left, f"{operand.described}, and not looked up in a list", "compare it with == or <")
    if not right.elts:
        raise refusal(right, "nothing is in an empty list", "list at least one value")
    return Among(operand.operand, tuple(_listed(value, operand, scope) for value in right.elts))


def _listed(node: ast.expr, like: Typed, scope: Scope) -> Value:
    value = read_like(node, like, scope)
    if value.type != like.type:
        raise refusal(node, f"{value.described}, and {like.described}", "values of one type are compared")
    if not isinstance(value.operand, Constant):
        raise refusal(node, f"{value.written} is not a written value", 'list values, such as 16 or "known"')
    return value.operand.value


def _call(node: ast.Call, scope: Scope) -> Condition:
    match written(node.func):
        case "possible":
            (part,) = arguments(node, 1)
            return Possible(_condition(part, scope))
        case "known":
            (part,) = arguments(node, 1)
            return _known(part, scope)
        case "every" | "some" if is_over_list(node, scope):
            return read_over_list(node, scope, _condition)
        case "every":
            return Every(*read_sub_cases(node, scope))
        case "some":
            return Some(*read_sub_cases(node, scope))
        case "since":
            return _since(node, scope)
        case "within_before":
            return _within_before(node, scope)
        case "disjoint":
            return _disjoint(node, scope)
        case "agrees":
            return _agrees(node, scope)
        case "quorate":
            return read_quorate(node, scope)
        case "count" | "age" | "size" | "alike":
            raise refusal(
                node, f"{written(node)} is a number, and not a condition", f"write {written(node)} >= 1"
            )
        case "uppermost":
            hint = f'write {written(node)} == "item", or known({written(node)})'
            raise refusal(node, f"{written(node)} is one of a list, and not a condition", hint)
        case name if name in scope.facts or name in scope.rules:
            raise refusal(node, f"{name} is not a function", f"write {name} without brackets")
        case name:
            raise refusal(node, f"no function is called {name!r}", nearest(name, FUNCTIONS))


def _known(node: ast.expr, scope: Scope) -> Condition:
    if is_uppermost(node):
        return uppermost_known(node, scope)
    fact = scope.facts.get(node.id) if isinstance(node, ast.Name) else None
    if fact is None or fact.type == "yes_no":
        return Known(_condition(node, scope))
    return KnownFact(FactValue(fact.name, fact.type))


def _since(node: ast.Call, scope: Scope) -> Condition:
    start, duration = arguments(node, 2)
    event = text_of(start)
    if event is None:
        return SinceDay(read_date(start, scope), read_duration(duration))
    if event not in scope.events:
        raise refusal(start, f"no event is called {event!r}", nearest(event, scope.events))
    return Since(event, read_duration(duration))


def _within_before(node: ast.Call, scope: Scope) -> Condition:
    looked_at, duration, anchor = arguments(node, 3)
    fact = scope.facts.get(written(looked_at))
    if fact is None or fact.type != "yes_no":
        raise refusal(
            looked_at, f"{written(looked_at)} is not a yes_no fact", "name one, to look back over its answers"
        )
    return WithinBefore(fact.name, read_duration(duration), read_date(anchor, scope))


def _agrees(node: ast.Call, scope: Scope) -> Condition:
    decided, how = arguments(node, 2)
    fact = read_operand(decided, scope)
    if fact.type != "some_of" or not isinstance(fact.operand, FactValue):
        raise refusal(decided, f"{fact.described}, and not what is decided", "name a fact of type some_of")
    strength = text_of(how)
    if strength not in STRENGTHS:
        raise refusal(how, f"{written(how)} is not how strongly a route leads", 'write "must" or "should"')
    if scope.led_to is None:
        raise refusal(
            node, "a route leads to what is decided, and does not read it", "say what has happened, by facts"
        )
    rows = scope.led_to.get(strength, ())
    if not rows:
        raise refusal(
            node,
            f"no route leads anywhere by {strength!r}",
            "see `routes`, which the workflow of `intake` reads",
        )
    for review, _ in rows:
        if review not in fact.values:
            raise refusal(decided, f"{fact.written} is never {review!r}, to which a route leads", "add it")
    title = f"what {strength} be carried out is among {fact.written.replace('_', ' ')}"
    return RuleRef(f"agrees_{strength}", agreement(rows, fact.operand), (), title)


def _disjoint(node: ast.Call, scope: Scope) -> Condition:
    left, right = arguments(node, 2)
    first, second = read_pair(left, right, scope)
    for part, side in ((left, first), (right, second)):
        if side.type not in ("party", "parties"):
            raise refusal(
                part, f"{side.described}, and not a set of parties", "name a fact of type party or parties"
            )
    return Disjoint(first.operand, second.operand)
