"""Chance: what is drawn in a rehearsal, the same for the same number.

Every draw is seeded by what it is about, so that the order in which things are drawn does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from math import exp, log
from random import Random
from typing import TypeVar

_T = TypeVar("_T")
_TENTH = 1.2816  # so many standard deviations above the mean, one in ten is longer
_LONGEST = 3650  # days: whoever takes longer than ten years has been forgotten


@dataclass(frozen=True, slots=True)
class Days:
    """How many days something takes: half the time at most *usual*, and one time in ten more than *long*."""

    usual: float
    long: float

    def drawn(self, rng: Random) -> int:
        """Days drawn so: never fewer than none, and with a long tail."""
        if self.usual <= 0:
            return 0
        spread = log(max(self.long, self.usual) / self.usual) / _TENTH
        return min(_LONGEST, round(rng.lognormvariate(log(self.usual), spread)))


def seeded(*about: object) -> Random:
    """Chance that is the same each time for what it is *about*."""
    return Random("/".join(map(str, about)))


def weighted(rng: Random, weights: Mapping[_T, float]) -> _T:
    """One of those that have *weights*, by weight."""
    return rng.choices([*weights], [*weights.values()])[0]


def by_weight(rng: Random, weights: Mapping[_T, float]) -> list[_T]:
    """All those that have *weights* above nothing, in an order drawn by weight."""
    keys = {each: rng.random() ** (1 / weight) for each, weight in weights.items() if weight > 0}
    return sorted(keys, key=lambda each: keys[each], reverse=True)


def some_of(rng: Random, what: Sequence[_T], least: int, most: int) -> list[_T]:
    """From *least* to *most* of *what*, each once."""
    return rng.sample(what, min(len(what), rng.randint(least, most)))


def how_many(rng: Random, mean: float) -> int:
    """How many times what happens *mean* times, and independently, happens (a Poisson number)."""
    if mean > 30:  # the product below would be too small, and the bell is near enough
        return max(0, round(rng.gauss(mean, mean**0.5)))
    least, product, times = exp(-mean), rng.random(), 0
    while product > least:
        product *= rng.random()
        times += 1
    return times


def salts(rng: int) -> Callable[[], str]:
    """Salts for an engine, the same each time for the number *rng*."""
    numbers = count()
    return lambda: f"{seeded(rng, 'salt', next(numbers)).getrandbits(128):032x}"
