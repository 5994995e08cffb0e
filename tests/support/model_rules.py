"""What a rule amounts to in the model: sub-cases and events are looked at one by one, never counted up.

`loopengine.core.rules.evaluate` is asked for the rest: the logic, and what a rule says of facts. Days are
counted one by one, with a pencil.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import lru_cache

from loopengine import Truth
from loopengine.core.durations import Duration
from loopengine.core.rules.expressions import (
    AllOf,
    Among,
    Answer,
    AnyOf,
    Arithmetic,
    Compare,
    Condition,
    Constant,
    Count,
    Every,
    Known,
    Not,
    Operand,
    Over,
    Possible,
    RuleRef,
    Since,
    SinceDay,
    Some,
    walk,
)
from loopengine.core.rules.lists import renamed
from loopengine.core.rules.verdicts import Rule, evaluate
from loopengine.core.situation import Recorded, Situation
from loopengine.core.values import Value
from support.dates_oracle import Pencil
from support.model_case import ModelCase

# A verdict that was worked out stands in the rule as a fact. No fact of a file has such a name.
WORKED_OUT: Mapping[str, Value] = {"TRUE": True, "FALSE": False}
TRUE, FALSE, UNKNOWN = Answer("TRUE"), Answer("FALSE"), Answer("UNKNOWN")
PENCIL = Pencil()


def truth_of(rule: Rule | None, case: ModelCase, on: date) -> Truth:
    """What *rule* amounts to in *case* on the day *on*; TRUE if there is none."""
    if rule is None:
        return Truth.TRUE
    answers = {
        fact: tuple(
            Recorded(said.value, said.so_on, datetime.combine(said.so_on, time(), UTC))
            for said in sorted(every)
            if said.so_on <= on
        )
        for fact, every in case.said.items()
    }
    situation = Situation(on, {**case.facts(on), **WORKED_OUT}, answers=answers)
    return evaluate(_worked_out(rule.condition, case, on), situation)


def reads_time(rule: Rule) -> bool:
    """Whether time alone can make *rule* TRUE."""
    return any(isinstance(node, Since | SinceDay) for node in walk(rule.condition))


@lru_cache(maxsize=100_000)
def later(day: date, duration: Duration) -> date:
    """The day on which *duration* ends that starts on *day*."""
    return PENCIL.after(day, duration.amount, duration.unit.replace("_", " "))[0]


@lru_cache(maxsize=100_000)
def earlier(day: date, duration: Duration) -> date:
    """The day that is *duration* before *day*."""
    return PENCIL.before(day, duration.amount, duration.unit.replace("_", " "))[0]


def _worked_out(node: Condition, case: ModelCase, on: date) -> Condition:
    """*node*, with what it says of sub-cases and events replaced by what that comes to."""
    match node:
        case RuleRef(over=Over(quantifier, of, part)) if of in case.workflow.naming:
            return _over_each(quantifier, of, part, case, on)
        case RuleRef(condition=part):
            return _worked_out(part, case, on)
        case Not(part) | Possible(part) | Known(part):
            return type(node)(_worked_out(part, case, on))
        case AllOf(parts) | AnyOf(parts):
            return type(node)(tuple(_worked_out(part, case, on) for part in parts))
        case Every(kind, state):
            under = case.sub_cases(kind)
            return _said(all(state in each.reached or each.excused for each in under)) if under else UNKNOWN
        case Some(kind, state):
            return _said(any(state in each.reached for each in case.sub_cases(kind)))
        case Since(event, duration):
            last = case.last(event, by=on)
            return _said(last is not None and later(last, duration) <= on)
        case Compare(op, left, right):
            return Compare(op, _counted(left, case), _counted(right, case))
        case Among(operand, values):
            return Among(_counted(operand, case), values)
        case _:
            return node


def _over_each(quantifier: str, of: str, part: Condition, case: ModelCase, on: date) -> Condition:
    """What is said over the set *of*, item by item; of the only one there is where nobody is named."""
    every = [each.value for each in case.said.get(of, ()) if isinstance(each.value, frozenset)]
    now = case.facts(on).get(of)
    named = sorted(now if isinstance(now, frozenset) else frozenset().union(*every))
    listing = case.workflow.lists[of]
    if not named:
        return _worked_out(part, case, on) if listing.plainly else UNKNOWN
    names = [{fact: _of_item(fact, item, case, on) for fact in listing.facts} for item in named]
    parts = tuple(_worked_out(renamed(part, each), case, on) for each in names)
    return AllOf(parts) if quantifier == "every" else AnyOf(parts)


def _of_item(fact: str, item: str, case: ModelCase, on: date) -> str:
    """What answers *fact* for *item*: its own, or what was answered before anybody was named."""
    own = f"{fact}.{item}"
    return own if case.answer(own, on) or not case.answer(fact, on) else fact


def _counted(node: Operand, case: ModelCase) -> Operand:
    match node:
        case Count(kind, state):
            return Constant(sum(state in each.reached for each in case.sub_cases(kind)))
        case Arithmetic(op, left, right):
            return Arithmetic(op, _counted(left, case), _counted(right, case))
        case _:
            return node


def _said(verdict: bool) -> Condition:
    return TRUE if verdict else FALSE
