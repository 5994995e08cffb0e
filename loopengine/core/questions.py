"""What is still to be asked about a rule, what could overturn it, and what else it waits for.

Over trees and situations alone; whom to ask is for others. Which changes would make a rule TRUE is told by
`fixing.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations, product
from math import prod

from loopengine.core.compiling import compile_condition
from loopengine.core.expressions import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Count,
    Every,
    KnownFact,
    Leaf,
    Not,
    RuleRef,
    Since,
    SinceDay,
    Some,
    WithinBefore,
    facts_of,
    walk,
)
from loopengine.core.fixing import Change, Fix, fixes
from loopengine.core.outcomes import ANYTHING, SETTLED, Outcomes, leaves_where
from loopengine.core.regions import Regions
from loopengine.core.rules import evaluate, value_of
from loopengine.core.shifting import shift
from loopengine.core.situation import Situation
from loopengine.core.supposing import Supposition
from loopengine.core.truth import Truth
from loopengine.core.values import Fact, Value

__all__ = ["Change", "Fix", "fixes", "open_questions", "time_changes", "waits_for", "would_change"]

# So many combinations of answers are looked at by `would_change`; what has been found by then is given.
MOST_TRIED = 20_000


def open_questions(condition: Condition, situation: Situation) -> tuple[str, ...]:
    """The facts to be settled before *condition* can be, in the order of the rule; none unless it is UNKNOWN.

    Over facts alone, answering all of them settles it, whatever the answers: nobody is sent away twice.
    """
    asked: frozenset[str] = frozenset()
    while True:
        # An answer can bring down a `possible(a)` that stood in for what nobody asked: then that is asked too.
        unsettled = leaves_where(_may_be_unknown, condition, _once_answered(asked, situation))
        more = asked.union(*(_questions(leaf, situation) for leaf in unsettled))
        if more == asked:
            return tuple(name for name in facts_of(condition) if name in asked)
        asked = more


def would_change(condition: Condition, situation: Situation, facts: Mapping[str, Fact]) -> tuple[str, ...]:
    """The unknown facts that are no open questions, but of some smallest set of answers that changes the verdict.

    They are those that matter through `possible` and `known`: what stands as long as nobody rules it out.
    """

    def of_leaf(leaf: Leaf) -> Outcomes:
        unknown = not situation.facts.keys() >= set(facts_of(leaf))
        return ANYTHING if unknown else frozenset({evaluate(leaf, situation)})

    live = leaves_where(lambda outcomes: len(outcomes) > 1, condition, of_leaf)
    names = dict.fromkeys(name for leaf in live for name in facts_of(leaf) if name not in situation.facts)
    sought = frozenset(names).difference(open_questions(condition, situation))
    found: set[str] = set()
    left = MOST_TRIED
    regions = Regions(condition, situation, facts)
    trial = _Trial(condition, situation)
    for size in range(1, len(names) + 1):
        for chosen in combinations(names, size):
            if sought - found and not (sought - found).isdisjoint(chosen):
                ...
    return tuple(name for name in names if name in found)


def waits_for(condition: Condition, situation: Situation) -> tuple[tuple[str, str], ...]:
    """The kinds of sub-case, each with the state that they would have to reach, in branches that are not TRUE."""
    return tuple(dict.fromkeys(_awaited(condition, situation, Truth.TRUE)))


def time_changes(condition: Condition, situation: Situation) -> date | None:
    """The first day to come on which the verdict is better than now, if only time passes; None if there is none."""
    now = evaluate(condition, situation)
    days = {_matures(node, situation) for node in walk(condition)} - {None}
    to_come = sorted(day for day in days if day is not None and day > situation.today)
    return next(
        (day for day in to_come if evaluate(condition, situation.on(day)).value > now.value), None
    )
