"""What is still to be asked about a rule, and what could overturn it.

Over trees and situations alone; whom to ask is for others. Which changes would make a rule TRUE is told by
`fixing.py`, what else it waits for by `awaiting.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from loopengine.core.rules.expressions import Condition, KnownFact, Leaf, facts_of
from loopengine.core.rules.fixing import Change, Fix, fixes
from loopengine.core.rules.outcomes import ANYTHING, SETTLED, Outcomes, leaves_where
from loopengine.core.rules.overturning import overturning
from loopengine.core.rules.verdicts import evaluate
from loopengine.core.situation import Situation
from loopengine.core.truth import Truth
from loopengine.core.values import Fact

__all__ = ["Change", "Fix", "fixes", "open_questions", "would_change"]


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
    if not sought:
        return ()
    found = overturning(sought, condition, situation, facts, among=tuple(unknown))
    return tuple(name for name in unknown if name in found)


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
    return tuple(name for name in facts_of(leaf) if name not in situation.facts)
