"""What a condition may still come to, when some of its leaves may come to several things.

Each connective is lifted from single verdicts to sets of them. That errs to one side only: a verdict that it
leaves out cannot come about; one that it names might not, where the same fact stands in two places.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, reduce
from typing import TypeAlias

from loopengine.core.rules.expressions import AllOf, AnyOf, Condition, Known, Leaf, Not, Possible, RuleRef
from loopengine.core.truth import Truth, known, possible

Outcomes: TypeAlias = frozenset[Truth]

ANYTHING: Outcomes = frozenset(Truth)
SETTLED: Outcomes = frozenset({Truth.TRUE, Truth.FALSE})


def outcomes(condition: Condition, of_leaf: Callable[[Leaf], Outcomes]) -> Outcomes:
    """The verdicts that *condition* may come to, if each leaf may come to what *of_leaf* says of it."""
    match condition:
        case RuleRef(condition=part):
            return outcomes(part, of_leaf)
        case Not(part):
            return frozenset(~verdict for verdict in outcomes(part, of_leaf))
        case Possible(part):
            return frozenset(map(possible, outcomes(part, of_leaf)))
        case Known(part):
            return frozenset(map(known, outcomes(part, of_leaf)))
        case AllOf(parts):
            return reduce(_all_of, (outcomes(part, of_leaf) for part in parts), frozenset({Truth.TRUE}))
        case AnyOf(parts):
            return reduce(_any_of, (outcomes(part, of_leaf) for part in parts), frozenset({Truth.FALSE}))
        case _:
            return of_leaf(condition)


def leaves_where(
    keep: Callable[[Outcomes], bool], condition: Condition, of_leaf: Callable[[Leaf], Outcomes]
) -> Iterator[Leaf]:
    """The leaves of *condition* in those branches whose outcomes are to *keep*, in the order of the rule."""
    if not keep(outcomes(condition, of_leaf)):
        return
    match condition:
        case RuleRef(condition=part) | Not(part) | Possible(part) | Known(part):
            yield from leaves_where(keep, part, of_leaf)
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from leaves_where(keep, part, of_leaf)
        case _:
            yield condition


# There are seven sets of verdicts, and so few pairs of them.
@cache
def _all_of(left: Outcomes, right: Outcomes) -> Outcomes:
    return frozenset(one & other for one in left for other in right)


@cache
def _any_of(left: Outcomes, right: Outcomes) -> Outcomes:
    return frozenset(one | other for one in left for other in right)
