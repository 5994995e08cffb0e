"""What is still to be asked about a rule, what could overturn it, and what else it waits for.

Over trees and situations alone; whom to ask is for others. Which changes would make a rule TRUE is told by
`fixing.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from loopengine.core.durations import shift
from loopengine.core.rules.expressions import (
    AllOf,
    Among,
    AnyOf,
    Compare,
    Condition,
    Count,
    Every,
    Known,
    KnownFact,
    Leaf,
    Not,
    Operand,
    Possible,
    RuleRef,
    Since,
    SinceDay,
    Some,
    WithinBefore,
    facts_of,
    walk,
)
from loopengine.core.rules.fixing import Change, Fix, fixes
from loopengine.core.rules.outcomes import ANYTHING, SETTLED, Outcomes, leaves_where
from loopengine.core.rules.overturning import overturning
from loopengine.core.rules.verdicts import evaluate, value_of
from loopengine.core.situation import Situation
from loopengine.core.truth import Truth
from loopengine.core.values import Fact

__all__ = ["Change", "Fix", "fixes", "open_questions", "time_changes", "waits_for", "would_change"]


def open_questions(condition: Condition, situation: Situation) -> tuple[str, ...]:
    """The facts to be settled before *condition* can be, in the order of the rule; none unless it is UNKNOWN.

    Over facts alone, answering all of them settles it, whatever the answers: nobody is sent away twice.
    """
    asked: frozenset[str] = frozenset()
    while True:
        # An answer can bring down a `possible(a)` that stood in for what nobody asked: that is asked too.
        unsettled = leaves_where(_may_be_unknown, condition, _once_answered(asked, situation))
        more = asked.union(*(_questions(leaf, situation) for leaf in unsettled))
        if more == asked:
            return tuple(name for name in facts_of(condition) if name in asked)
        asked = more


def would_change(condition: Condition, situation: Situation, facts: Mapping[str, Fact]) -> tuple[str, ...]:
    """The unknown facts that are no open question, and could change the verdict all the same.

    They are part of some set of answers that changes it, no fewer of which would. Such facts matter through
    `possible` and `known`: they are what stands as long as nobody rules it out.
    """

    def of_leaf(leaf: Leaf) -> Outcomes:
        unknown = any(name not in situation.facts for name in facts_of(leaf))
        return ANYTHING if unknown else frozenset({evaluate(leaf, situation)})

    live = leaves_where(lambda outcomes: len(outcomes) > 1, condition, of_leaf)
    unknown = {name: None for leaf in live for name in facts_of(leaf) if name not in situation.facts}
    sought = unknown.keys() - set(open_questions(condition, situation))
    found = overturning(sought, condition, situation, facts, among=tuple(unknown))
    return tuple(name for name in unknown if name in found)


def waits_for(condition: Condition, situation: Situation) -> tuple[tuple[str, str], ...]:
    """The kinds of sub-case, each with the state that they have yet to reach, in branches that are not TRUE.

    What stands under a `not` is waited for only where a count is compared: a state is reached, not left.
    """
    return tuple(dict.fromkeys(_awaited(condition, situation, Truth.TRUE)))


def time_changes(condition: Condition, situation: Situation) -> date | None:
    """The first day to come on which the verdict is better than now, if only time passes."""
    now = evaluate(condition, situation)
    days = (_end(node, situation) for node in walk(condition))
    to_come = sorted({day for day in days if day is not None and day > situation.today})
    better = (day for day in to_come if evaluate(condition, situation.on(day)).value > now.value)
    return next(better, None)


def _may_be_unknown(outcomes: Outcomes) -> bool:
    return Truth.UNKNOWN in outcomes


def _once_answered(asked: frozenset[str], situation: Situation) -> Callable[[Leaf], Outcomes]:
    """What a leaf may come to when the facts of *asked* are answered, and no others."""

    def of_leaf(leaf: Leaf) -> Outcomes:
        if isinstance(leaf, KnownFact) and leaf.fact.name in asked:
            return frozenset({Truth.TRUE})
        questions = _questions(leaf, situation)
        if questions and asked.issuperset(questions):
            return SETTLED
        return frozenset({evaluate(leaf, situation)})

    return of_leaf


def _questions(leaf: Leaf, situation: Situation) -> tuple[str, ...]:
    """The facts whose answers are missing from *leaf*, if it is UNKNOWN."""
    if evaluate(leaf, situation) is not Truth.UNKNOWN:
        return ()
    unknown = tuple(name for name in facts_of(leaf) if name not in situation.facts)
    if isinstance(leaf, WithinBefore) and not unknown:
        return (leaf.fact,)  # what it is now is known, but not what it was then
    return unknown


def _awaited(condition: Condition, situation: Situation, wanted: Truth) -> Iterator[tuple[str, str]]:
    if evaluate(condition, situation) is wanted:
        return
    match condition:
        case RuleRef(condition=part) | Possible(part) | Known(part):
            yield from _awaited(part, situation, wanted)
        case Not(part):
            yield from _awaited(part, situation, ~wanted)
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _awaited(part, situation, wanted)
        case Every(kind, state) | Some(kind, state) if wanted is Truth.TRUE:
            yield kind, state
        case Compare() | Among():
            yield from ((node.kind, node.state) for node in walk(condition) if isinstance(node, Count))
        case _:
            pass


def _end(node: Condition | Operand, situation: Situation) -> date | None:
    """The day from which on a `since` is TRUE, as far as that is certain."""
    match node:
        case Since(event, duration):
            happened = situation.happened.get(event)
            return None if happened is None else shift(happened, duration)
        case SinceDay(day, duration):
            start = value_of(day, situation)
            return shift(start, duration) if isinstance(start, date) else None
        case _:
            return None
