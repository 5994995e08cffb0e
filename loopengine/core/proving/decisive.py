"""Which facts can turn a rule by themselves: somewhere it is TRUE, and with another answer FALSE.

Both are looked at together, as pairs of verdicts: so what the fact has no part in is the same in both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

from loopengine.core.proving.domains import Thing
from loopengine.core.proving.outlooks import Outlook, Some, alike, crossed, is_one, outlook, pair
from loopengine.core.proving.worlds import MOST_LOOKS, Chosen, TooMany, Worlds
from loopengine.core.rules.expressions import Condition, facts_of
from loopengine.core.truth import Truth

_TURNED = pair(Truth.TRUE, Truth.FALSE)


def decisive(condition: Condition, worlds: Worlds) -> tuple[tuple[str, ...], bool]:
    """The facts that turn *condition* from TRUE to FALSE somewhere, in the order of the rule; and whether it
    is certain that no other does.

    Raises TooMany if there is too much to look at.
    """
    pairs = outlook(condition, worlds.places, paired=True)
    found: list[str] = []
    whole, exact = worlds.are_whole([condition]), True
    for name in facts_of(condition):
        thing = Thing("fact", name)
        turns = _turns(thing, pairs, worlds)
        if not turns and not whole:
            decided = worlds.turns(condition, thing)
            turns, exact = bool(decided), exact and decided is not None
        found += [name] if turns else []
    return tuple(found), exact


def _turns(thing: Thing, pairs: Outlook, worlds: Worlds) -> bool:
    places = range(len(worlds.domains[thing].states))
    return any(_Turn(pairs, worlds, thing, *two).is_found() for two in permutations(places, 2))


@dataclass(slots=True)
class _Turn:
    """The search for a world in which a rule is TRUE with *thing* at place *one*, and FALSE at *other*."""

    pairs: Outlook
    worlds: Worlds
    thing: Thing
    one: int
    other: int
    looks: int = 0

    def is_found(self) -> bool:
        """Whether there is such a world."""
        first, second = ({self.thing: place} for place in (self.one, self.other))
        return self._search(first, second, self.worlds.outcomes(first), self.worlds.outcomes(second))

    def _search(
        self, first: Chosen, second: Chosen, outcomes: Sequence[Some], others: Sequence[Some]
    ) -> bool:
        """The same, as far as things are chosen in the *first* world and in the *second*."""
        self.looks += 1
        if self.looks > MOST_LOOKS:
            raise TooMany
        leaves = [*map(alike, outcomes)]
        for place in self.worlds.reading(self.thing):
            leaves[place] = crossed(outcomes[place], others[place])
        found = self.pairs.of(leaves)
        if not found & _TURNED:
            return False
        if is_one(found):
            return True
        free = next(self.worlds.free(self.pairs.undecided(leaves), first))
        for place in range(len(self.worlds.domains[free].states)):
            one, other = {**first, free: place}, {**second, free: place}
            if self._search(
                one,
                other,
                self.worlds.outcomes_after(outcomes, one, free),
                self.worlds.outcomes_after(others, other, free),
            ):
                return True
        return False
