"""Whether a leaf of a rule has been seen to decide it: what is called MC/DC, with masking, over three values.

Knows conditions, and what their leaves came to. Does not know what that was found by.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import combinations

from loopengine.core.rules.expressions import AllOf, AnyOf, Condition, Known, Leaf, Not, Possible, RuleRef
from loopengine.core.truth import Truth, all_of, any_of, known, possible

_SETTLED = frozenset({Truth.TRUE.value, Truth.FALSE.value})
_VALUES = (Truth.FALSE, Truth.UNKNOWN, Truth.TRUE)


@lru_cache(maxsize=4096)
def said_in_place(condition: Condition) -> tuple[Leaf | RuleRef, ...]:
    """The leaves of *condition* and the rules that it names, each once; not the leaves of those."""
    match condition:
        case Not(part) | Possible(part) | Known(part):
            return said_in_place(part)
        case AllOf(parts) | AnyOf(parts):
            return tuple(dict.fromkeys(leaf for part in parts for leaf in said_in_place(part)))
        case _:
            return (condition,)


def verdict_of(condition: Condition, came_to: Mapping[Condition, Truth]) -> Truth:
    """What *condition* comes to if what is said in place in it *came_to* this."""
    match condition:
        case Not(part):
            return ~verdict_of(part, came_to)
        case Possible(part):
            return possible(verdict_of(part, came_to))
        case Known(part):
            return known(verdict_of(part, came_to))
        case AllOf(parts):
            return all_of(verdict_of(part, came_to) for part in parts)
        case AnyOf(parts):
            return any_of(verdict_of(part, came_to) for part in parts)
        case _:
            return came_to[condition]


def sign_of(condition: Condition, leaf: Leaf, came_to: Mapping[Condition, Truth]) -> str:
    """What an evaluation says about *leaf*, in four digits: what it came to, and the verdict had it been
    FALSE, UNKNOWN or TRUE, all else being as it was.
    """
    verdicts = (verdict_of(condition, {**came_to, leaf: value}) for value in _VALUES)
    return "".join(str(each.value) for each in (came_to[leaf], *verdicts))


def has_decided(signs: Iterable[str]) -> bool:
    """Whether two of the evaluations with these *signs* show that the leaf decides.

    It came to something else in one than in the other, and so did the rule, TRUE and FALSE; and in either,
    this leaf alone being as in the other, the verdict would have been the other's.
    """
    return any(_differ(*pair) for pair in combinations(map(_digits, sorted(signs)), 2))


def _digits(sign: str) -> Sequence[int]:
    return [int(each) for each in sign]


def _differ(one: Sequence[int], other: Sequence[int]) -> bool:
    value, *verdicts = one
    changed, *others = other
    first, second = verdicts[value], others[changed]
    return {first, second} == _SETTLED and verdicts[changed] == second and others[value] == first
