"""What keeps a condition from coming to a verdict: names of which at least one would have to change.

Of facts: so the smallest changes are searched for where they can be, not everywhere. Of events: so it is
known what has to happen first. Knows trees, not values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
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
    Since,
    SinceDay,
    facts_of,
    kinds_of,
    walk,
)
from loopengine.core.rules.outcomes import ANYTHING, SETTLED, Outcomes, outcomes
from loopengine.core.rules.verdicts import evaluate
from loopengine.core.situation import Situation
from loopengine.core.truth import Truth, known, possible

# Names of which at least one has to change, none if nothing would help; None where nothing has to.
Obstacle: TypeAlias = frozenset[str] | None


def obstacle(condition: Condition, goal: Truth, of_leaf: Callable[[Leaf], Outcomes]) -> Obstacle:
    """What keeps *condition* from being *goal*, if each leaf may come to what *of_leaf* says of it: facts."""
    return _Obstacles(of_leaf, lambda leaf: frozenset(facts_of(leaf))).to(condition, goal)


def missing_events(condition: Condition, situation: Situation) -> tuple[str, ...]:
    """The events without which *condition* cannot be TRUE, whatever becomes of facts, sub-cases and time.

    They have never happened, or would have to happen again; none if they would not help either. Of those in
    the branches of an `or`, one is enough.
    """
    missing: frozenset[str] = frozenset()
    while True:
        obstacles = _Obstacles(partial(_but_for_events, situation, missing), _event_of)
        more = obstacles.to(condition, Truth.TRUE)
        if more is None:
            events = (node.event for node in walk(condition) if isinstance(node, Since))
            return tuple(dict.fromkeys(event for event in events if event in missing))
        if not more:
            return ()
        missing |= more


def _but_for_events(situation: Situation, happening: frozenset[str], leaf: Leaf) -> Outcomes:
    """What *leaf* may come to if facts, sub-cases and time do what they like, and the events *happening*."""
    now = evaluate(leaf, situation)
    match leaf:
        case Since(event):
            if event in happening:
                return SETTLED
            return frozenset({now, Truth.TRUE}) if event in situation.happened else frozenset({now})
        case SinceDay() if not facts_of(leaf):
            return frozenset({now, Truth.TRUE})
        case _:
            return ANYTHING if facts_of(leaf) or kinds_of(leaf) else frozenset({now})


def _event_of(leaf: Leaf) -> frozenset[str]:
    return frozenset({leaf.event}) if isinstance(leaf, Since) else frozenset()


@dataclass(frozen=True, slots=True)
class _Obstacles:
    """What is in the way, if each leaf may come to what *of_leaf* says, and *names_of* it could help."""

    of_leaf: Callable[[Leaf], Outcomes]
    names_of: Callable[[Leaf], frozenset[str]]

    def to(self, condition: Condition, goal: Truth) -> Obstacle:
        """What keeps *condition* from being *goal*."""
        if goal in outcomes(condition, self.of_leaf):
            return None
        match condition:
            case RuleRef(condition=part):
                return self.to(part, goal)
            case Not(part):
                return self.to(part, ~goal)
            case Possible(part):
                return self._to_any(part, (verdict for verdict in Truth if possible(verdict) is goal))
            case Known(part):
                return self._to_any(part, (verdict for verdict in Truth if known(verdict) is goal))
            case AllOf(parts):
                return self._to_joined(parts, goal, Truth.TRUE)
            case AnyOf(parts):
                return self._to_joined(parts, goal, Truth.FALSE)
            case _:
                return self.names_of(condition)

    def _to_any(self, condition: Condition, goals: Iterable[Truth]) -> Obstacle:
        return _either(self.to(condition, goal) for goal in goals)

    def _to_joined(self, parts: Sequence[Condition], goal: Truth, neutral: Truth) -> Obstacle:
        """To several parts, which together are *neutral* only if all are, and its opposite if any is."""
        if goal is neutral:
            return _each(self.to(part, goal) for part in parts)
        if goal is Truth.UNKNOWN:
            # No part may be the opposite; and if none need be, one has to be unknown.
            against = _each(self._to_any(part, (neutral, Truth.UNKNOWN)) for part in parts)
            if against is not None:
                return against
        return _either(self.to(part, goal) for part in parts)


def _each(obstacles: Iterable[Obstacle]) -> Obstacle:
    """All have to be overcome: so it is enough to name one, and the one with the fewest facts says most."""
    return min((each for each in obstacles if each is not None), key=len, default=None)


def _either(obstacles: Iterable[Obstacle]) -> Obstacle:
    """One has to be overcome, whichever."""
    told = tuple(obstacles)
    return None if None in told else frozenset().union(*(each for each in told if each is not None))
