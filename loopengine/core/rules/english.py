"""A rule in plain English, for those who decide by it.

Names of facts are taken as they are, with spaces; there are brackets where English alone would be ambiguous.
Knows no values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import assert_never

from loopengine.core.durations import Duration
from loopengine.core.rules.expressions import (
    Age,
    Alike,
    AllOf,
    Among,
    Answer,
    AnyOf,
    Arithmetic,
    Compare,
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
    Over,
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
from loopengine.core.rules.verdicts import evaluate
from loopengine.core.situation import Situation
from loopengine.core.values import Fact, Value, spell_text

_OF_NUMBERS = {
    "==": "is",
    "!=": "is other than",
    "<": "is less than",
    "<=": "is at most",
    ">": "is more than",
    ">=": "is at least",
}
_OF_DATES = {
    "==": "is",
    "!=": "is other than",
    "<": "is before",
    "<=": "is on or before",
    ">": "is after",
    ">=": "is on or after",
}
_QUANTIFIERS = {"every": "every one", "some": "at least one"}
_SUMS = {"+": "plus", "-": "minus", "*": "times"}


def words(name: str) -> str:
    """*name* as words; what a fact is asked of stands in brackets."""
    plain, _, item = name.replace("_", " ").replace("-", " ").partition(".")
    return f"{plain} ({item})" if item else plain


def render(condition: Condition, facts: Mapping[str, Fact]) -> str:
    """The whole of *condition*, the rules that it uses written out; *facts* give the units of numbers."""
    match condition:
        case RuleRef(over=Over() as over):
            return f"{over_words(over)}, {_inner(over.condition, facts)}"
        case RuleRef(condition=part):
            return render(part, facts)
        case AllOf(parts):
            return _listed(parts, "and", facts)
        case AnyOf(parts):
            return _listed(parts, "or", facts)
        case Not(part):
            return _denied(part, facts)
        case Possible(part):
            return f"it has not been ruled out that {_inner(part, facts)}"
        case Known(part):
            return f"it is settled whether {_inner(part, facts)}"
        case _:
            return leaf_words(condition, facts)


def over_words(over: Over) -> str:
    """Of whom something is said *over* a list."""
    return f"for {_QUANTIFIERS[over.quantifier]} of the {words(over.list)}"


def shortfall(condition: Condition, situation: Situation, facts: Mapping[str, Fact]) -> list[str]:
    """The parts of *condition* that stand in its way, in words: a rule by its title, and not what is in it.

    Of a verdict that is FALSE the parts that are, of one that is UNKNOWN those.
    """
    verdict = evaluate(condition, situation)
    match condition:
        case AllOf(parts):
            short = [part for part in parts if evaluate(part, situation) is verdict]
            return [said for part in short for said in shortfall(part, situation, facts)]
        case RuleRef(condition=AllOf(parts), over=Over("every", items=items)) if items:
            short = [part for part in parts if evaluate(part, situation) is verdict]
            named = [part.title or part.name for part in short if isinstance(part, RuleRef)]
            return [f"{render(condition, facts)}: see {', '.join(named)}"]
        case RuleRef(over=Over()) | Not(RuleRef(over=Over())):
            return [render(condition, facts)]
        case RuleRef(name, title=title):
            return [title or words(name)]
        case Not(RuleRef(name, title=title)):
            return [f"not: {title or words(name)}"]
        case _:
            return [render(condition, facts)]


def _denied(part: Condition, facts: Mapping[str, Fact]) -> str:
    match part:
        case RuleRef(over=Over()):
            return f"it is not so that, {render(part, facts)}"
        case RuleRef(condition=inner):
            return _denied(inner, facts)
        case Among(operand, values):
            return f"{operand_words(operand)} is other than {_alternatives(values)}"
        case Member(party, parties):
            return f"{operand_words(party)} is not among {operand_words(parties)}"
        case Disjoint(left, right):
            return f"{operand_words(left)} and {operand_words(right)} have some party in common"
        case KnownFact(FactValue(name)):
            return f"{words(name)} is not on record"
        case Possible(inner):
            return f"it has been ruled out that {_inner(inner, facts)}"
        case Known(inner):
            return f"it is not settled whether {_inner(inner, facts)}"
        case _:
            return f"it is not so that {_inner(part, facts)}"


def _listed(parts: Sequence[Condition], word: str, facts: Mapping[str, Fact]) -> str:
    """Parts joined by *word*, with commas where one of them is joined itself."""
    said = [_inner(part, facts) for part in parts]
    if not said:
        return "always" if word == "and" else "never"
    if any(map(_is_joined, parts)):
        return f", {word} ".join(said)
    return _series(said, word)


def _inner(part: Condition, facts: Mapping[str, Fact]) -> str:
    """*part* within something else: what joins several parts is kept together."""
    match part:
        case RuleRef(over=Over()):
            return f"({render(part, facts)})"
        case RuleRef(condition=inner):
            return _inner(inner, facts)
        case AllOf(parts) | AnyOf(parts):
            said = render(part, facts)
            if len(parts) > 2 or any(map(_is_joined, parts)):
                return f"({said})"
            return f"both {said}" if isinstance(part, AllOf) else f"either {said}"
        case _:
            return render(part, facts)


def _is_joined(part: Condition) -> bool:
    match part:
        case RuleRef(over=Over()):
            return False
        case RuleRef(condition=inner):
            return _is_joined(inner)
        case AllOf() | AnyOf():
            return True
        case _:
            return False


def leaf_words(leaf: Leaf, facts: Mapping[str, Fact]) -> str:
    """A condition without parts, as a claim."""
    match leaf:
        case Answer(fact):
            return words(fact)
        case KnownFact(FactValue(name)):
            return f"{words(name)} is on record"
        case Compare(op, left, right):
            sign = (_OF_DATES if _is_date(left) else _OF_NUMBERS)[op]
            return f"{operand_words(left)} {sign} {operand_words(right)}{_unit(left, right, facts)}"
        case Among(operand, values):
            return f"{operand_words(operand)} is {_alternatives(values)}{_unit(operand, Constant(1), facts)}"
        case Member(party, parties):
            return f"{operand_words(party)} is among {operand_words(parties)}"
        case Disjoint(left, right):
            return f"{operand_words(left)} and {operand_words(right)} have no party in common"
        case Every(kind, state):
            return f"every one of the {words(kind)} has reached {words(state)}"
        case Some(kind, state):
            return f"at least one of the {words(kind)} has reached {words(state)}"
        case Since(event, duration):
            return f"{duration} {_have(duration)} passed since {words(event)}"
        case SinceDay(day, duration):
            return f"{duration} {_have(duration)} passed since {operand_words(day)}"
        case WithinBefore(fact, duration, anchor):
            return f"{words(fact)} at some time in the {duration} before {operand_words(anchor)}"
        case Unlisted(FactValue(name)):
            return f"it is on record who is among {words(name)}"
        case _:
            assert_never(leaf)


def operand_words(operand: Operand) -> str:
    """What has a value, as a noun."""
    match operand:
        case FactValue(name):
            return words(name)
        case Constant(value):
            return _value_words(value)
        case Span(duration):
            return str(duration)
        case Count(kind, state):
            return f"the number of {words(kind)} that have reached {words(state)}"
        case Alike(fact, duration):
            return f"the number of other cases of the last {duration} with the same {words(fact)}"
        case Age(born, anchor):
            return f"the completed years from {operand_words(born)} to {operand_words(anchor)}"
        case Size(FactValue(name), among):
            return f"the number of {words(name)}" + (f" among {_alternatives(among)}" if among else "")
        case Arithmetic("+", day, Span(duration)):
            return f"{duration} after {operand_words(day)}"
        case Arithmetic(_, day, Span(duration)):
            return f"{duration} before {operand_words(day)}"
        case Arithmetic(op, left, right) if _is_date(left):
            return f"the days from {operand_words(right)} to {operand_words(left)}"
        case Arithmetic(op, left, right):
            return f"{_term(left)} {_SUMS[op]} {_term(right)}"
        case _:
            assert_never(operand)


def _term(operand: Operand) -> str:
    said = operand_words(operand)
    return f"({said})" if isinstance(operand, Arithmetic) else said


def _is_date(operand: Operand) -> bool:
    match operand:
        case FactValue(_, "date") | Arithmetic(_, _, Span()):
            return True
        case Constant(value):
            return isinstance(value, date)
        case _:
            return False


def _unit(left: Operand, right: Operand, facts: Mapping[str, Fact]) -> str:
    """The unit in which the fact on the left is compared with the number on the right."""
    if isinstance(left, FactValue) and isinstance(right, Constant) and left.name in facts:
        unit = facts[left.name].unit
        return f" {unit}" if unit else ""
    return ""


def _have(duration: Duration) -> str:
    return "has" if duration.amount == 1 else "have"


def _value_words(value: Value) -> str:
    return value.isoformat() if isinstance(value, date) else words(spell_text(value))


def _alternatives(values: Sequence[Value]) -> str:
    return _series([_value_words(value) for value in values], "or")


def _series(said: Sequence[str], word: str) -> str:
    return f"{', '.join(said[:-1])} {word} {said[-1]}" if len(said) > 1 else said[0]
