"""A rule, and what it amounts to on a situation: strong Kleene logic over the tree.

`evaluate` is what the language means; `Rule.verdict` is the same, compiled. Knows nothing of texts, which
`parsing.py` reads, or of reasons, which `explanation.py` gives.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import assert_never

from loopengine.core.durations import completed_years
from loopengine.core.rules import leaves
from loopengine.core.rules.compiling import compile_condition
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
    Member,
    Not,
    Operand,
    Possible,
    RuleRef,
    Since,
    SinceDay,
    Size,
    Some,
    Source,
    Span,
    Unlisted,
    WithinBefore,
    facts_of,
    kinds_of,
)
from loopengine.core.situation import Situation
from loopengine.core.truth import Truth, all_of, any_of, known, possible, truth
from loopengine.core.values import Value


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition with its text and its authorities; without a *name* where a step says it in place.

    *verdict* is the condition as a function, compiled when it is first asked; *reads* the facts and the kinds
    of sub-case that it reads, found when they are first asked for.
    """

    name: str | None
    text: str
    condition: Condition
    sources: tuple[Source, ...] = ()
    title: str | None = None
    verdict: Callable[[Situation], Truth] = field(init=False, compare=False, repr=False)
    _reads: tuple[tuple[str, ...], tuple[str, ...]] | None = field(
        default=None, init=False, compare=False, repr=False
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "verdict", self._first_verdict)

    @property
    def reads(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The names of the facts, and of the kinds of sub-case, that the condition reads."""
        if self._reads is None:
            object.__setattr__(self, "_reads", (facts_of(self.condition), kinds_of(self.condition)))
        assert self._reads is not None
        return self._reads

    def _first_verdict(self, situation: Situation) -> Truth:
        # A framework has hundreds of rules, and few of them are asked in the life of a short program.
        if self.verdict == self._first_verdict:
            object.__setattr__(self, "verdict", compile_condition(self.condition))
        return self.verdict(situation)


def evaluate(condition: Condition, situation: Situation) -> Truth:
    """What *condition* amounts to in *situation*."""
    match condition:
        case Answer(fact):
            return leaves.answered(situation, fact)
        case RuleRef(condition=part):
            return evaluate(part, situation)
        case Not(part):
            return ~evaluate(part, situation)
        case AllOf(parts):
            return all_of(evaluate(part, situation) for part in parts)
        case AnyOf(parts):
            return any_of(evaluate(part, situation) for part in parts)
        case Possible(part):
            return possible(evaluate(part, situation))
        case Known(part):
            return known(evaluate(part, situation))
        case KnownFact(fact):
            return truth(value_of(fact, situation) is not None)
        case Compare(op, left, right):
            return leaves.compared(op, value_of(left, situation), value_of(right, situation))
        case Among(operand, values):
            return leaves.among(value_of(operand, situation), values)
        case Member(party, parties):
            return leaves.member(value_of(party, situation), value_of(parties, situation))
        case Disjoint(left, right):
            return leaves.apart(value_of(left, situation), value_of(right, situation))
        case Every(kind, state):
            return leaves.every(situation, kind, state)
        case Some(kind, state):
            return leaves.some(situation, kind, state)
        case Since(event, duration):
            return leaves.since_event(situation, event, duration)
        case SinceDay(day, duration):
            return leaves.since_day(situation, value_of(day, situation), duration)
        case WithinBefore(fact, duration, anchor):
            return leaves.within_before(situation, fact, duration, value_of(anchor, situation))
        case Unlisted():
            return Truth.UNKNOWN
        case _:
            assert_never(condition)


def value_of(operand: Operand, situation: Situation) -> Value | None:
    """The value of *operand* in *situation*, or None while it is unknown."""
    match operand:
        case FactValue(name):
            return situation.facts.get(name)
        case Constant(value):
            return value
        case Count(kind, state):
            return leaves.count(situation, kind, state)
        case Alike(fact, duration):
            return leaves.alike(situation, fact, duration)
        case Arithmetic(op, left, Span(duration)):
            day = value_of(left, situation)
            return None if day is None else leaves.calculate(op, day, duration)
        case Arithmetic(op, left, right):
            first, second = value_of(left, situation), value_of(right, situation)
            return None if first is None or second is None else leaves.calculate(op, first, second)
        case Age(born, anchor):
            first, second = value_of(born, situation), value_of(anchor, situation)
            if isinstance(first, date) and isinstance(second, date):
                return completed_years(first, second)
            return None
        case Size(listed, among):
            return leaves.size(value_of(listed, situation), among)
        case Span():
            return None  # it has a meaning beside a date only
        case _:
            assert_never(operand)
