"""The smallest changes of facts that would make a rule TRUE, everything else being as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import prod
from typing import TypeAlias

from loopengine.core.compiling import compile_condition
from loopengine.core.expressions import Condition, Leaf, facts_of
from loopengine.core.outcomes import ANYTHING, Outcomes, outcomes
from loopengine.core.regions import Region, Regions
from loopengine.core.rules import evaluate
from loopengine.core.situation import Situation
from loopengine.core.supposing import Supposition
from loopengine.core.truth import Truth
from loopengine.core.values import UNKNOWN_WORD, Fact, Value, spell_text

# So many combinations of values are looked at; what has been found by then is given.
MOST_TRIED = 20_000


@dataclass(frozen=True, slots=True)
class Change:
    """A fact, and the *values* of which any one will do, as the command line spells them."""

    fact: str
    values: tuple[str, ...]


# Changes to be made together, one value of each.
Fix: TypeAlias = tuple[Change, ...]


def fixes(
    condition: Condition, situation: Situation, facts: Mapping[str, Fact], most: int = 12
) -> tuple[Fix, ...]:
    """The sets of changes, as few as will do, that make *condition* TRUE; none if it is, or nothing would.

    Facts are changed whether known or not; sub-cases and time stay as they are. At most *most* are given.
    """
    if evaluate(condition, situation) is Truth.TRUE:
        return ()
    names = facts_of(condition)
    search = _Search(condition, situation, facts)
    for size in range(1, len(names) + 1):
        hopeful = filter(search.is_hopeful, combinations(names, size))
        found = [fix for chosen in hopeful for fix in search.fixes(chosen)]
        if found:
            return tuple(found[:most])
    return ()


class _Search:
    """Tries the values of chosen facts until it has *tried* too many."""

    def __init__(self, condition: Condition, situation: Situation, facts: Mapping[str, Fact]) -> None:
        self._condition = condition
        self._situation = situation
        self._regions = Regions(condition, situation, facts)
        self._trial = Supposition(situation, condition)
        self._verdict = compile_condition(condition)
        self._left = MOST_TRIED

    def is_hopeful(self, chosen: Sequence[str]) -> bool:
        """Whether the condition could come to be TRUE if the *chosen* facts were whatever one liked."""

        def of_leaf(leaf: Leaf) -> Outcomes:
            free = not set(chosen).isdisjoint(facts_of(leaf))
            return ANYTHING if free else frozenset({evaluate(leaf, self._situation)})

        return Truth.TRUE in outcomes(self._condition, of_leaf)

    def fixes(self, chosen: Sequence[str]) -> tuple[Fix, ...]:
        """All the ways in which changes of all the *chosen* facts make the condition TRUE."""
        regions = self._regions.of(chosen)
        self._left -= prod(map(len, regions))
        return self._completed(list(zip(chosen, regions, strict=True))) if self._left >= 0 else ()

    def _completed(self, chosen: Sequence[tuple[str, tuple[Region, ...]]]) -> tuple[Fix, ...]:
        if not chosen:
            return ((),) if self._verdict(self._trial.situation) is Truth.TRUE else ()
        (name, regions), *others = chosen
        # Values after which the same changes are needed can be told in one go.
        alike: dict[tuple[Fix, ...], list[Value | None]] = {}
        for region in regions:
            self._trial.suppose(name, region[0])
            if rest := self._completed(others):
                alike.setdefault(rest, []).extend(region)
        self._trial.forget(name)
        return tuple((_change(name, values), *fix) for rest, values in alike.items() for fix in rest)


def _change(name: str, values: Sequence[Value | None]) -> Change:
    return Change(name, tuple(UNKNOWN_WORD if value is None else spell_text(value) for value in values))
