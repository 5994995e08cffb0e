"""The smallest changes of facts that would make a rule TRUE, everything else being as it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from math import prod
from typing import TypeAlias

from loopengine.core.rules.compiling import compile_condition
from loopengine.core.rules.expressions import Condition, Leaf, facts_of
from loopengine.core.rules.obstacles import Obstacle, obstacle
from loopengine.core.rules.outcomes import ANYTHING, Outcomes
from loopengine.core.rules.regions import Region, Regions
from loopengine.core.rules.supposing import Supposition
from loopengine.core.rules.verdicts import evaluate
from loopengine.core.situation import Situation
from loopengine.core.truth import Truth
from loopengine.core.values import UNKNOWN_WORD, Fact, Value, spell_text

# So many combinations of values are tried, and so many sets of facts; what has been found by then is given.
MOST_TRIED = 20_000
MOST_SETS = 1_000
# With fewer combinations to come it is quicker to try them than to ask whether there is any hope.
FEW = 32


@dataclass(frozen=True, slots=True)
class Change:
    """A fact, and the *values* of which any one will do, each as it is typed after `FACT=`.

    *by* are the roles that may answer, anybody's if empty; *needs_evidence* those of the values that do.
    """

    fact: str
    values: tuple[str, ...]
    by: tuple[str, ...] = ()
    needs_evidence: tuple[str, ...] = ()


# Changes to be made together, one value of each.
Fix: TypeAlias = tuple[Change, ...]


def fixes(
    condition: Condition,
    situation: Situation,
    facts: Mapping[str, Fact],
    *,
    most: int = 12,
    settled: Collection[str] = (),
) -> tuple[Fix, ...]:
    """The sets of changes, as few as will do, that make *condition* TRUE; none if it is, or nothing would.

    Facts are changed whether known or not, but for those *settled*; sub-cases and time stay as they are. At
    most *most* are given.
    """
    if evaluate(condition, situation) is Truth.TRUE:
        return ()
    search = _Search(condition, situation, facts, settled)
    sets: list[tuple[str, ...]] = [()]
    while sets:
        # One way of each set of facts, before a second way of any.
        turns = zip_longest(*map(search.fixes, sets))
        if found := [fix for turn in turns for fix in turn if fix is not None]:
            return tuple(found[:most])
        sets = search.larger(sets)
    return ()


class _Search:
    """Tries values of chosen facts, as long as there is hope in them and not too many have been tried."""

    def __init__(
        self,
        condition: Condition,
        situation: Situation,
        facts: Mapping[str, Fact],
        settled: Collection[str],
    ) -> None:
        self._condition = condition
        self._facts = facts
        self._names = tuple(name for name in facts_of(condition) if name not in settled)
        self._regions = Regions(condition, situation, facts)
        self._supposed = Supposition(situation, condition)
        self._verdict = compile_condition(condition)
        self._tried = 0
        self._sets = 0

    def larger(self, sets: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
        """The sets of facts with one more than those in *sets*, which helps against what is in their way."""
        found: set[tuple[str, ...]] = set()
        for chosen in sets:
            in_the_way = self._obstacle(chosen)
            for more in self._names if in_the_way is None else in_the_way:
                if more in self._names and more not in chosen:
                    found.add(tuple(name for name in self._names if name == more or name in chosen))
        self._sets += len(found)
        return sorted(found, key=self._order) if self._sets <= MOST_SETS else []

    def _order(self, chosen: Sequence[str]) -> list[int]:
        return [self._names.index(name) for name in chosen]

    def fixes(self, chosen: Sequence[str]) -> tuple[Fix, ...]:
        """All the ways in which changes of all the *chosen* facts make the condition TRUE."""
        return self._completed(list(zip(chosen, self._regions.of(chosen), strict=True)))

    def _completed(self, chosen: Sequence[tuple[str, tuple[Region, ...]]]) -> tuple[Fix, ...]:
        if not chosen:
            self._tried += 1
            return ((),) if self._verdict(self._supposed.situation) is Truth.TRUE else ()
        if self._is_hopeless(chosen):
            return ()
        (name, regions), *others = chosen
        # Values after which the same changes are needed can be told in one go.
        alike: dict[tuple[Fix, ...], list[Value | None]] = {}
        for region in regions:
            self._supposed.suppose(name, region[0])
            if rest := self._completed(others):
                alike.setdefault(rest, []).extend(region)
        self._supposed.forget(name)
        return tuple(
            (_change(self._facts[name], values), *fix) for rest, values in alike.items() for fix in rest
        )

    def _is_hopeless(self, chosen: Sequence[tuple[str, tuple[Region, ...]]]) -> bool:
        if self._tried > MOST_TRIED:
            return True
        many = prod(len(regions) for _, regions in chosen)
        return many > FEW and self._obstacle([name for name, _ in chosen]) is not None

    def _obstacle(self, chosen: Sequence[str]) -> Obstacle:
        """What is in the way although the *chosen* facts may be anything; others are as they are supposed."""
        free = frozenset(chosen)

        def of_leaf(leaf: Leaf) -> Outcomes:
            if free.isdisjoint(facts_of(leaf)):
                return frozenset({evaluate(leaf, self._supposed.situation)})
            return ANYTHING

        return obstacle(self._condition, Truth.TRUE, of_leaf)


def _change(fact: Fact, values: Sequence[Value | None]) -> Change:
    told = tuple(UNKNOWN_WORD if value is None else spell_text(value) for value in values)
    needs = tuple(spell_text(value) for value in values if value is not None and value in fact.needs_evidence)
    return Change(fact.name, told, fact.by, needs)
