"""From Python's tree to ours, as far as what has a value: facts, literals, arithmetic, counts and ages.

Knows the types of facts, and refuses what they do not allow. Does not know conditions, which have a verdict:
those are for `parsing.py`.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from loopengine.core.durations import Duration
from loopengine.core.rules.expressions import (
    Age,
    Alike,
    Arithmetic,
    ArithmeticOp,
    Constant,
    Count,
    FactValue,
    Operand,
    OperandType,
    Size,
    Span,
)
from loopengine.core.rules.vocabulary import FUNCTIONS, RuleError, Scope
from loopengine.core.values import ALIKE_TYPES, UNKNOWN_WORD, Fact, is_label
from loopengine.errors import BadValue, nearest

_OPERATORS: dict[type[ast.operator], ArithmeticOp] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}
_A_DATE = Fact("date", "", "date")
# What the types of set have in them.
ELEMENTS: Mapping[OperandType, OperandType] = {"parties": "party", "labels": "label", "some_of": "one_of"}
_SORTS = {
    "number": "a number",
    "date": "a date",
    "one_of": "one of several values",
    "some_of": "a set of values",
    "text": "a text",
    "party": "a party",
    "parties": "a set of parties",
    "labels": "a set of labels",
    "label": "a label",
}


@dataclass(frozen=True, slots=True)
class Typed:
    """An operand as it was *written*, its type, and what it may be if that is a closed list."""

    operand: Operand
    type: OperandType
    written: str
    values: tuple[str, ...] = ()

    @property
    def described(self) -> str:
        """`age_at_event is a number`."""
        return f"{self.written} is {_SORTS[self.type]}"


def refusal(node: ast.expr, message: str, hint: str | None = None) -> RuleError:
    """What is wrong with *node*, at its column."""
    return RuleError(message, hint, node.col_offset)


def written(node: ast.expr) -> str:
    """*node* as its author would write it."""
    return ast.unparse(node).replace("'", '"')


def text_of(node: ast.expr) -> str | None:
    """The text that *node* is, if it is one."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def read_operand(node: ast.expr, scope: Scope) -> Typed:
    """The operand that *node* is; raises RuleError if it has no value, or none by itself."""
    match node:
        case ast.Name(id=name):
            return _fact_value(node, name, scope)
        case ast.Constant(value=int(number)):
            return Typed(Constant(number), "number", written(node))
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(number))):
            return Typed(Constant(-number), "number", written(node))
        case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
            raise refusal(node, "a sign stands only before a number", "write a difference, such as 0 - x")
        case ast.BinOp(left=left, op=op, right=right):
            return _arithmetic(node, _OPERATORS[type(op)], read_operand(left, scope), right, scope)
        case ast.Call(func=ast.Name(id="count")):
            return Typed(Count(*read_sub_cases(node, scope)), "number", written(node))
        case ast.Call(func=ast.Name(id="age")):
            born, anchor = arguments(node, 2)
            return Typed(Age(read_date(born, scope), read_date(anchor, scope)), "number", written(node))
        case ast.Call(func=ast.Name(id="size")):
            (part,) = arguments(node, 1)
            return Typed(Size(_read_set(part, scope)), "number", written(node))
        case ast.Call(func=ast.Name(id="uppermost")):
            by_itself = f'{written(node)} == "item", … in ("item", "item"), or known(…)'
            raise refusal(node, f"{written(node)} stands only in a comparison", f"write {by_itself}")
        case ast.Call(func=ast.Name(id="alike")):
            return Typed(_alike(node, scope), "number", written(node))
        case ast.Constant():
            raise refusal(node, f"{written(node)} means nothing by itself", "compare it with a fact")
        case ast.Tuple():
            raise refusal(node, "a list stands only after `in`", 'write x in ("a", "b")')
        case _:
            by_itself = "write the condition by itself, or `not` before it"
            raise refusal(node, f"{written(node)} is a condition, and has no value to compare", by_itself)


def read_pair(left: ast.expr, right: ast.expr, scope: Scope) -> tuple[Typed, Typed]:
    """Two operands, of which either may be a text that only the other explains."""
    if text_of(left) is None:
        first = read_operand(left, scope)
        return first, read_like(right, first, scope)
    second = read_operand(right, scope)
    return read_like(left, second, scope), second


def read_like(node: ast.expr, like: Typed, scope: Scope) -> Typed:
    """The operand that *node* is; a text is read as a value that *like* could have."""
    text = text_of(node)
    return read_operand(node, scope) if text is None else _literal(node, text, like)


def read_date(node: ast.expr, scope: Scope) -> Operand:
    """The date that *node* is: a fact, a literal, or one of these moved by a duration."""
    text = text_of(node)
    if text is not None:
        return _date(node, text)
    typed = read_operand(node, scope)
    if typed.type != "date":
        hint = 'name a date fact, or write a date such as "2017-01-31"'
        raise refusal(node, f"{typed.described}, and not a date", hint)
    return typed.operand


def read_duration(node: ast.expr) -> Duration:
    """The duration that *node* writes in quotes; working days are refused."""
    duration = _duration(text_of(node))
    if duration is None:
        raise refusal(node, f"{written(node)} is not a duration", 'write one such as "10 days" or "6 months"')
    if duration.unit == "working_days":
        raise refusal(node, "a rule does not count working days", "give the step a `wait:`, which does")
    return duration


def read_sub_cases(node: ast.Call, scope: Scope) -> tuple[str, str]:
    """The kind and the state that stand in the brackets of `every`, `some` and `count`."""
    first, second = arguments(node, 2)
    kind = written(first)
    if kind not in scope.kinds:
        quoted = text_of(first) in scope.kinds
        hint = "write it without quotes" if quoted else nearest(kind, [*scope.kinds, *scope.lists])
        if kind in scope.lists:
            hint = f"it is a list: write {written(node.func)}({kind}, condition)"
        raise refusal(first, f"no kind of sub-case is called {kind}", hint)
    state = text_of(second)
    if state is None:
        raise refusal(
            second,
            f"{written(second)} is not the name of a state",
            f'write it in quotes: "{written(second)}"',
        )
    if state not in scope.kinds[kind]:
        raise refusal(second, f"{kind} have no state called {state!r}", nearest(state, scope.kinds[kind]))
    return kind, state


def _read_set(node: ast.expr, scope: Scope) -> FactValue:
    found = read_operand(node, scope)
    if found.type in ELEMENTS and isinstance(found.operand, FactValue):
        return found.operand
    raise refusal(node, f"{found.described}, and not a set", "name a fact of type parties, labels or some_of")


def _alike(node: ast.Call, scope: Scope) -> Alike:
    """How many other cases have the same answer to the fact in the brackets."""
    first, second = arguments(node, 2)
    name = written(first)
    fact = scope.facts.get(name)
    if fact is None:
        raise refusal(first, f"no fact is called {name}", nearest(name, scope.facts))
    if fact.type not in ALIKE_TYPES:
        hint = "it counts cases by a fact of type yes_no, one_of, number or party"
        raise refusal(first, f"{name} is {_SORTS[fact.type]}, and no two cases are told alike by it", hint)
    return Alike(name, read_duration(second))


def arguments(node: ast.Call, many: int) -> list[ast.expr]:
    """The *many* arguments of the call *node*; raises RuleError if there are fewer or more."""
    name = written(node.func)
    if len(node.args) != many or any(isinstance(each, ast.Starred) for each in node.args):
        raise refusal(node, f"{name} does not take these arguments", f"write {FUNCTIONS[name]}")
    return node.args


def means_something(name: str, scope: Scope) -> bool:
    """Whether anything is called *name*, whatever it may be."""
    return any(
        name in known
        for known in (scope.facts, scope.rules, scope.kinds, scope.lists, scope.events, FUNCTIONS)
    )


def no_such_name(node: ast.expr, name: str, scope: Scope) -> RuleError:
    """That nothing with a value or a verdict is called *name*, and what was meant."""
    if name in scope.kinds:
        hint: str | None = f'it is a kind of sub-case: write some({name}, "state"), every(…) or count(…)'
    elif name in scope.lists:
        hint = f"it is a list: write some({name}, condition) or every(…)"
    elif name in scope.events:
        hint = f'it is an event: write since("{name}", "1 month")'
    elif name in FUNCTIONS:
        hint = f"it is a function: write {FUNCTIONS[name]}"
    else:
        hint = nearest(name, [*scope.facts, *scope.rules])
    return refusal(node, f"no fact or rule is called {name!r}", hint)


def _fact_value(node: ast.Name, name: str, scope: Scope) -> Typed:
    fact = scope.facts.get(name)
    if fact is not None and fact.type != "yes_no":
        return Typed(FactValue(name, fact.type), fact.type, name, fact.values)
    if fact is None and name not in scope.rules:
        raise no_such_name(node, name, scope)
    sort = "a rule" if fact is None else "a yes_no fact"
    raise refusal(node, f"{name} is {sort}, and has no value to compare", f"write `{name}` or `not {name}`")


def _arithmetic(node: ast.BinOp, op: ArithmeticOp, left: Typed, right: ast.expr, scope: Scope) -> Typed:
    if left.type == "date" and op != "*" and _duration(text_of(right)) is not None:
        moved = Arithmetic(op, left.operand, Span(read_duration(right)))
        return Typed(moved, "date", written(node))
    second = read_like(right, left, scope)
    match left.type, op, second.type:
        case ("number", _, "number") | ("date", "-", "date"):
            return Typed(Arithmetic(op, left.operand, second.operand), "number", written(node))
        case "date", "+" | "-", _:
            hint = 'move a date by a duration such as "10 days"'
        case _:
            hint = (
                "numbers are added, subtracted and multiplied; dates are subtracted, or moved by a duration"
            )
    raise refusal(node, f"{written(node)} has no meaning: {left.described}, and {second.described}", hint)


def _literal(node: ast.expr, text: str, like: Typed) -> Typed:
    match like.type:
        case "date":
            return Typed(_date(node, text), "date", written(node))
        case "number":
            raise refusal(node, f"{written(node)} is a text, and {like.described}", "write it without quotes")
        case "text":
            raise refusal(node, f"{like.described}, which no rule reads", f"write known({like.written})")
        case "one_of" | "some_of" | "party" | "parties":
            return _choice(node, text, like)
        case "labels" | "label":
            if not is_label(text):
                raise refusal(node, f"{written(node)} is not a label", 'write one such as "A"')
            return Typed(Constant(text), "label", written(node))


def _choice(node: ast.expr, text: str, like: Typed) -> Typed:
    if text in like.values:
        return Typed(Constant(text), ELEMENTS.get(like.type, like.type), written(node), like.values)
    unknown = f"write not known({like.written})" if text == UNKNOWN_WORD else nearest(text, like.values)
    raise refusal(node, f"{like.written} is never {written(node)}", unknown)


def _date(node: ast.expr, text: str) -> Constant:
    try:
        return Constant(_A_DATE.accept(text))
    except BadValue:
        raise refusal(node, f"{written(node)} is not a date", 'write one such as "2017-01-31"') from None


def _duration(text: str | None) -> Duration | None:
    try:
        return None if text is None else Duration.parse(text)
    except ValueError:
        return None
