"""How strongly a route leads to a review, and what it is to decide in agreement with that."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias, get_args

from loopengine.core.rules.expressions import AllOf, AnyOf, Condition, Constant, FactValue, Member, Not

Strength: TypeAlias = Literal["must", "should", "may"]
# From the strongest on.
STRENGTHS: tuple[Strength, ...] = get_args(Strength)


def agreement(rows: Iterable[tuple[str, Condition]], decided: FactValue) -> Condition:
    """That every review to which one of *rows* leads is among those *decided*."""
    return AllOf(tuple(AnyOf((Not(when), Member(Constant(review), decided))) for review, when in rows))
