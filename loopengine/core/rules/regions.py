"""The values of a fact that a rule tells apart: a region for each way in which it judges them.

For a fact that is not set against another that changes too, regions are exact: any value stands for all of
its region. Facts that are set against each other get a bounded choice of values, each a region of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache, partial
from itertools import groupby, islice, product
from typing import TypeAlias

from loopengine.core.rules.boundaries import boundaries, representatives
from loopengine.core.rules.expressions import (
    Among,
    Condition,
    Constant,
    Leaf,
    facts_of,
    leaves_of,
    walk,
)
from loopengine.core.rules.sets import as_set, labels_for, sets_of
from loopengine.core.rules.supposing import Supposition
from loopengine.core.rules.verdicts import evaluate
from loopengine.core.situation import Situation
from loopengine.core.truth import Truth
from loopengine.core.values import Fact, Value

# Values among which a rule makes no difference; None is to know less than now.
Region: TypeAlias = tuple[Value | None, ...]

# How many values of facts set against each other are tried for the sake of one of them.
MOST_TOGETHER = 64


class Regions:
    """The regions of the facts of *condition*, as things stand in *situation*."""

    def __init__(self, condition: Condition, situation: Situation, facts: Mapping[str, Fact]) -> None:
        self._facts = facts
        self._present = situation.facts
        self._supposed = Supposition(situation, condition)
        self._leaves = _leaves_by_fact(condition)
        self._found: dict[tuple[str, ...], tuple[Region, ...]] = {}

    def of(self, chosen: Sequence[str]) -> list[tuple[Region, ...]]:
        """For each fact *chosen* to change, its regions but the one where it is now."""
        return [self._regions(name, self._rivals(name, chosen)) for name in chosen]

    def _rivals(self, name: str, chosen: Sequence[str]) -> tuple[str, ...]:
        """Those of the *chosen* facts that some leaf sets against the one called *name*."""
        against = {other for leaf in self._leaves[name] for other in facts_of(leaf)}
        return tuple(other for other in chosen if other in against and other != name)

    def _regions(self, name: str, rivals: tuple[str, ...]) -> tuple[Region, ...]:
        key = (name, *rivals)
        if key not in self._found:
            self._found[key] = self._each(name, rivals) if rivals else self._grouped(name)
        return self._found[key]

    def _grouped(self, name: str) -> tuple[Region, ...]:
        groups: dict[tuple[Truth, ...], list[Value | None]] = {}
        for value in self._values(name):
            groups.setdefault(self._judged(name, value), []).append(value)
        groups.pop(self._judged(name, self._present.get(name)), None)
        return tuple(map(tuple, groups.values()))

    def _judged(self, name: str, value: Value | None) -> tuple[Truth, ...]:
        self._supposed.suppose(name, value)
        judged = tuple(evaluate(leaf, self._supposed.situation) for leaf in self._leaves[name])
        self._supposed.forget(name)
        return judged

    def _each(self, name: str, rivals: tuple[str, ...]) -> tuple[Region, ...]:
        values = dict.fromkeys(self._tried(name))
        if self._facts[name].type in ("number", "date"):
            values |= dict.fromkeys(self._set_against(name, rivals))
        return tuple((value,) for value in values if value != self._present.get(name))

    def _tried(self, name: str) -> list[Value | None]:
        """What the fact called *name* is tried with beside its rivals; also what its leaves mention."""
        leaves = self._leaves[name]
        mentioned = [node.value for leaf in leaves for node in walk(leaf) if isinstance(node, Constant)]
        mentioned += [value for leaf in leaves if isinstance(leaf, Among) for value in leaf.values]
        match self._facts[name].type:
            case "number":
                return [*self._values(name), 0, 1, *(value for value in mentioned if isinstance(value, int))]
            case "date":
                return [*self._values(name), *(value for value in mentioned if isinstance(value, date))]
            case _:
                return self._values(name)

    def _set_against(self, name: str, rivals: tuple[str, ...]) -> Iterator[Value]:
        """Numbers or dates of the fact called *name* where they meet those that its *rivals* may have."""
        fact = self._facts[name]
        for values in islice(product(*map(self._tried, rivals)), MOST_TOGETHER):
            for rival, value in zip(rivals, values, strict=True):
                self._supposed.suppose(rival, value)
            cuts = set().union(*(boundaries(fact, leaf, self._supposed) for leaf in self._leaves[name]))
            yield from representatives(fact, cuts, self._supposed.situation.today)
            for rival in rivals:
                self._supposed.forget(rival)

    def _values(self, name: str) -> list[Value | None]:
        """Values that show every way in which the fact called *name* can be judged while no other changes."""
        fact = self._facts[name]
        values: list[Value | None]
        match fact.type:
            case "yes_no":
                values = [True, False]
            case "one_of" | "party":
                values = [*fact.values]
            case "parties" | "some_of" | "labels":
                values = [*self._sets(fact)]
            case "text":
                values = ["any text"]
            case "number" | "date":
                cuts = set().union(*(boundaries(fact, leaf, self._supposed) for leaf in self._leaves[name]))
                values = self._ends(name, representatives(fact, cuts, self._supposed.situation.today))
        # Nobody is asked to know less than is known, although it would help a rule with `possible` in it.
        return values

    def _ends(self, name: str, values: Sequence[Value]) -> list[Value | None]:
        """Of *values* in their order, the ends of each run judged alike; the outermost runs have only one."""
        first, *others = (list(run) for _, run in groupby(values, partial(self._judged, name)))
        if not others:
            return [first[0]]
        *inner, last = others
        return [first[-1], *(end for run in inner for end in dict.fromkeys((run[0], run[-1]))), last[0]]

    def _sets(self, fact: Fact) -> list[frozenset[str]]:
        """Sets of parties, values or labels, those nearest to the present one first."""
        leaves, present = self._leaves[fact.name], as_set(self._present.get(fact.name))
        others = {name for leaf in leaves for name in facts_of(leaf)}
        beside = [as_set(self._present.get(name)) for name in sorted(others)]
        members = labels_for(leaves, present) if fact.type == "labels" else fact.values
        sets = sets_of(members, leaves, present, beside)
        if fact.type != "some_of":
            sets -= {frozenset()}
        return sorted(sets, key=lambda parties: (len(parties ^ present), sorted(parties)))


@lru_cache(maxsize=1024)  # asked again and again of the few rules that there are
def _leaves_by_fact(condition: Condition) -> Mapping[str, tuple[Leaf, ...]]:
    leaves = tuple(leaves_of(condition))
    return {name: tuple(leaf for leaf in leaves if name in facts_of(leaf)) for name in facts_of(condition)}
