"""What keeps a condition from coming to a verdict: facts of which at least one would have to change.

With it, the smallest changes are searched for where they can be, not everywhere. Knows trees, not values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from loopengine.core.rules.expressions import (
    AllOf,
    AnyOf,
    Condition,
    Known,
    Leaf,
    Not,
    Possible,
    RuleRef,
    facts_of,
)
from loopengine.core.rules.outcomes import Outcomes, outcomes
from loopengine.core.truth import Truth, known, possible

# Facts of which at least one has to change, none if nothing would help; None where nothing has to.
Obstacle: TypeAlias = frozenset[str] | None


def obstacle(condition: Condition, goal: Truth, of_leaf: Callable[[Leaf], Outcomes]) -> Obstacle:
    """What keeps *condition* from being *goal*, if each leaf may come to what *of_leaf* says of it."""
    if goal in outcomes(condition, of_leaf):
        return None
    match condition:
        case RuleRef(condition=part):
            return obstacle(part, goal, of_leaf)
        case Not(part):
            return obstacle(part, ~goal, of_leaf)
        case Possible(part):
            return _to_any(part, (verdict for verdict in Truth if possible(verdict) is goal), of_leaf)
        case Known(part):
            return _to_any(part, (verdict for verdict in Truth if known(verdict) is goal), of_leaf)
        case AllOf(parts):
            return _to_joined(parts, goal, Truth.TRUE, of_leaf)
        case AnyOf(parts):
            return _to_joined(parts, goal, Truth.FALSE, of_leaf)
        case _:
            return frozenset(facts_of(condition))


def _to_any(condition: Condition, goals: Iterable[Truth], of_leaf: Callable[[Leaf], Outcomes]) -> Obstacle:
    return _either(obstacle(condition, goal, of_leaf) for goal in goals)


def _to_joined(
    parts: Sequence[Condition], goal: Truth, neutral: Truth, of_leaf: Callable[[Leaf], Outcomes]
) -> Obstacle:
    """To several parts, which together are *neutral* only if all of them are, and its opposite if any is."""
    if goal is neutral:
        return _each(obstacle(part, goal, of_leaf) for part in parts)
    if goal is Truth.UNKNOWN:
        # No part may be the opposite; and if none need be, one has to be unknown.
        against = _each(_to_any(part, (neutral, Truth.UNKNOWN), of_leaf) for part in parts)
        if against is not None:
            return against
    return _either(obstacle(part, goal, of_leaf) for part in parts)


def _each(obstacles: Iterable[Obstacle]) -> Obstacle:
    """All have to be overcome: so it is enough to name one, and the one with the fewest facts says most."""
    return min((each for each in obstacles if each is not None), key=len, default=None)


def _either(obstacles: Iterable[Obstacle]) -> Obstacle:
    """One has to be overcome, whichever."""
    told = tuple(obstacles)
    return None if None in told else frozenset().union(*(each for each in told if each is not None))
