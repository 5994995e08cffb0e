"""Whether several rules can come to certain verdicts at once, and a world in which they do.

Every world is looked at that the rules can tell from others, but for those of which it is clear already that
they cannot be such. What matters for no verdict is not said of the world that is found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Protocol, TypeAlias

from loopengine.core.proving.domains import (
    TODAY,
    Domain,
    State,
    Thing,
    Ways,
    World,
    domains,
    situation_of,
    things_in,
)
from loopengine.core.proving.outlooks import Outlook, Some, outlook, some
from loopengine.core.rules.expressions import Condition, Leaf, leaves_of
from loopengine.core.rules.verdicts import evaluate
from loopengine.core.truth import Truth
from loopengine.core.values import Fact

TRUE, FALSE, UNKNOWN = (frozenset({each}) for each in (Truth.TRUE, Truth.FALSE, Truth.UNKNOWN))
# Of each thing that something is said of, the place of its state in its domain.
Chosen: TypeAlias = "dict[Thing, int]"
NOTHING: World = MappingProxyType({})
_FREE = -1  # any place
MOST_LOOKS = 100_000  # at worlds of which some is said; what takes more is not known


class TooMany(Exception):
    """There are more worlds than can be looked at."""


@dataclass(frozen=True, slots=True)
class Goal:
    """That a condition comes to one of *wanted*."""

    condition: Condition
    wanted: frozenset[Truth]


@dataclass(frozen=True, slots=True)
class Grounds:
    """What worlds are made of: the *facts* that may be asked about, what is *fixed*, the *ways* of sub-cases,
    and the day.
    """

    facts: Mapping[str, Fact]
    fixed: World = field(default_factory=dict)
    ways: Ways = field(default_factory=dict)
    today: date = TODAY


class Solver(Protocol):
    """Somebody who is asked where looking at every world does not do."""

    def can_say(self, conditions: Iterable[Condition]) -> bool: ...

    def find(self, goals: Sequence[Goal], given: World = NOTHING) -> World | None: ...

    def turns(self, condition: Condition, thing: Thing) -> bool: ...


# Who answers on certain grounds.
Solving: TypeAlias = Callable[[Grounds], Solver]


@dataclass(slots=True)
class Worlds:
    """The worlds that some conditions can tell apart.

    Only what stands in *conditions* may be asked about; *fixed* says what things are in all of the worlds,
    and *ways* what sub-cases have reached before they reach a state; *most* is how many are looked at. Where
    that does not decide, *solving* is asked.
    """

    conditions: Sequence[Condition]
    facts: Mapping[str, Fact]
    fixed: World = field(default_factory=dict)
    ways: Ways = field(default_factory=dict)
    today: date = TODAY
    most: int | None = None
    solving: Solving | None = None
    domains: Mapping[Thing, Domain] = field(init=False)
    leaves: tuple[Leaf, ...] = field(init=False)
    places: Mapping[Leaf, int] = field(init=False)
    _tables: list[_Table] = field(init=False)
    _reading: dict[Thing, tuple[int, ...]] = field(init=False, default_factory=dict)
    _looks: int = field(init=False, default=0)
    _solver: Solver | None = field(init=False, default=None)
    _unchosen: list[Some] = field(init=False, default_factory=list)
    _outlooks: dict[int, tuple[Condition, Outlook]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.leaves = tuple(dict.fromkeys(leaf for each in self.conditions for leaf in leaves_of(each)))
        self.places = {leaf: place for place, leaf in enumerate(self.leaves)}
        for place, leaf in enumerate(self.leaves):
            for thing in things_in(leaf):
                self._reading[thing] = (*self._reading.get(thing, ()), place)
        found = domains(self.leaves, self.facts, self.ways, self.today)
        found |= {thing: Domain((state,)) for thing, state in self.fixed.items()}
        if self.solving is not None:
            self._solver = self.solving(Grounds(self.facts, self.fixed, self.ways, self.today))
        self.domains = {thing: self._told_apart(thing, each) for thing, each in found.items()}
        self._tables = [_Table(leaf, self.domains, self.today) for leaf in self.leaves]

    def find(self, *goals: Goal, never: Iterable[str] = (), given: World = NOTHING) -> World | None:
        """A world in which all *goals* are reached, with no more said than that takes; None if there is
        none. The events in *never* have not happened in it, and it is as *given*. Raises TooMany.
        """
        without = {Thing("event", event): None for event in never}
        given = {thing: state for thing, state in {**without, **given}.items() if thing in self.domains}
        try:
            found = self._looked_for(goals, given)
        except TooMany:
            if self._solver is None:
                raise
            return self._solver.find(goals, given)
        if (
            found is None
            and self._solver is not None
            and not self.are_whole(goal.condition for goal in goals)
        ):
            with suppress(TooMany):
                return self._solver.find(goals, given)
        return found

    def _looked_for(self, goals: Sequence[Goal], given: World) -> World | None:
        chosen: Chosen = {}
        chosen |= {thing: self._place_of(thing, state) for thing, state in given.items()}
        sought = [(self._outlook(each.condition), some(each.wanted)) for each in goals]
        self._looks = 0
        if not self._search(sought, chosen, self.outcomes(chosen)):
            return None
        return {thing: self.domains[thing].states[place] for thing, place in chosen.items()}

    def is_exact(self, *goals: Goal) -> bool:
        """Whether there is no such world if none is found: all that the goals can tell apart is looked at."""
        conditions = [goal.condition for goal in goals]
        return self.are_whole(conditions) or (self._solver is not None and self._solver.can_say(conditions))

    def are_whole(self, conditions: Iterable[Condition]) -> bool:
        """Whether all that *conditions* can tell apart is looked at."""
        things = {thing for each in conditions for leaf in leaves_of(each) for thing in things_in(leaf)}
        return all(self.domains[thing].exact for thing in things)

    def turns(self, condition: Condition, thing: Thing) -> bool | None:
        """Whether *thing* turns *condition*, as somebody else decides it; None if nobody can."""
        with suppress(TooMany):
            return None if self._solver is None else self._solver.turns(condition, thing)
        return None

    def outcomes(self, chosen: Chosen) -> list[Some]:
        """What each leaf can come to as far as things are *chosen*, in the order of the leaves."""
        if not self._unchosen:
            self._unchosen = [table.of({}) for table in self._tables]
        found = list(self._unchosen)
        for place in {place for thing in chosen for place in self._reading.get(thing, ())}:
            found[place] = self._tables[place].of(chosen)
        return found

    def outcomes_after(self, before: Sequence[Some], chosen: Chosen, thing: Thing) -> list[Some]:
        """The same, where *before* is what they came to before *thing* was chosen as well."""
        after = list(before)
        for place in self._reading[thing]:
            after[place] = self._tables[place].of(chosen)
        return after

    def reading(self, thing: Thing) -> tuple[int, ...]:
        """The places of the leaves that read *thing*."""
        return self._reading[thing]

    def free(self, places: Iterable[int], chosen: Chosen) -> Iterator[Thing]:
        """What the leaves at *places* read and is not *chosen* yet, in their order."""
        for place in places:
            yield from (thing for thing in self._tables[place].things if thing not in chosen)

    def _outlook(self, condition: Condition) -> Outlook:
        """What *condition* may come to: kept by which it is, since its hash takes as long as a look."""
        found = self._outlooks.get(id(condition))
        if found is None:
            found = self._outlooks[id(condition)] = condition, outlook(condition, self.places)
        return found[1]

    def _search(self, sought: Sequence[tuple[Outlook, Some]], chosen: Chosen, leaves: Sequence[Some]) -> bool:
        self._looks += 1
        if self._looks > (MOST_LOOKS if self.most is None else self.most):
            raise TooMany
        left: list[tuple[Outlook, Some]] = []
        for each, wanted in sought:
            found = each.of(leaves)
            if not found & wanted:
                return False
            if found & ~wanted:
                left.append((each, wanted))
        if not left:
            return True
        thing = next(self.free(left[0][0].undecided(leaves), chosen))
        for place in range(len(self.domains[thing].states)):
            chosen[thing] = place
            if self._search(left, chosen, self.outcomes_after(leaves, chosen, thing)):
                return True
            del chosen[thing]
        return False

    def _place_of(self, thing: Thing, state: State) -> int:
        """The place of what stands for *state*: the one that every leaf judges like it."""
        states = self.domains[thing].states
        if state in states:
            return states.index(state)
        if self._is_set_against_others(thing):
            raise TooMany
        return [self._judged(thing, each) for each in states].index(self._judged(thing, state))

    def _told_apart(self, thing: Thing, domain: Domain) -> Domain:
        """*domain* with one of the states that all leaves judge alike, if they read nothing but *thing*."""
        if self._is_set_against_others(thing):
            return domain
        told_apart: dict[tuple[Truth, ...], State] = {}
        for state in domain.states:
            told_apart.setdefault(self._judged(thing, state), state)
        return Domain(tuple(told_apart.values()), domain.exact)

    def _is_set_against_others(self, thing: Thing) -> bool:
        return any(len(things_in(self.leaves[place])) > 1 for place in self._reading.get(thing, ()))

    def _judged(self, thing: Thing, state: State) -> tuple[Truth, ...]:
        """What the leaves that read *thing*, and nothing else, make of its *state*."""
        situation = situation_of({thing: state}, self.today)
        return tuple(evaluate(self.leaves[place], situation) for place in self._reading.get(thing, ()))


class _Table:
    """What one leaf comes to, by the places of what it reads in their domains; _FREE for any of them."""

    def __init__(self, leaf: Leaf, all_domains: Mapping[Thing, Domain], today: date) -> None:
        self.things = things_in(leaf)
        self._leaf = leaf
        self._today = today
        self._states = [all_domains[thing].states for thing in self.things]
        self._known: dict[tuple[int, ...], Some] = {}

    def of(self, chosen: Chosen) -> Some:
        """What it can come to as far as things are *chosen*."""
        return self._at(tuple(chosen.get(thing, _FREE) for thing in self.things))

    def _at(self, places: tuple[int, ...]) -> Some:
        found = self._known.get(places)
        if found is None:
            found = 0
            for each in self._each(places):
                found |= each
            self._known[places] = found
        return found

    def _each(self, places: tuple[int, ...]) -> Iterator[Some]:
        if _FREE not in places:
            states = (each[place] for each, place in zip(self._states, places, strict=True))
            world = dict(zip(self.things, states, strict=True))
            yield some({evaluate(self._leaf, situation_of(world, self._today))})
            return
        free = places.index(_FREE)
        for place in range(len(self._states[free])):
            yield self._at((*places[:free], place, *places[free + 1 :]))


def all_true(conditions: Iterable[Condition]) -> tuple[Goal, ...]:
    """That each of *conditions* is TRUE."""
    return tuple(Goal(each, TRUE) for each in conditions)
