"""What is proved of facts that are settled: that no answer which stays as it is keeps a case from an end.

Every way is looked at, with every answer that a fact can have when it is settled; what nobody knows then may
still be answered, once. All other facts are taken anew at each step, as if they could have changed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from typing import NamedTuple, TypeAlias

from loopengine.core.definitions import OPENED, Step, Workflow
from loopengine.core.proving.domains import State as Value
from loopengine.core.proving.domains import Thing, World
from loopengine.core.proving.findings import Leg, Proof, tried
from loopengine.core.proving.leading import legs
from loopengine.core.proving.worlds import TRUE, Goal, TooMany, Worlds
from loopengine.core.reaching import closure
from loopengine.core.rules.english import words
from loopengine.core.rules.expressions import facts_of

MOST_PLACES = 20_000  # that are looked at: states, with the answers that are settled there

# Facts that are settled, each with what it is: None if nobody knows yet.
_Settled: TypeAlias = "frozenset[tuple[str, Value]]"


class _Place(NamedTuple):
    """A state, with what is settled there."""

    state: str
    settled: _Settled


def of_settled(workflow: Workflow, worlds: Worlds) -> Iterator[Proof]:
    """What is proved of the states of *workflow* in which some rule still reads what is settled."""
    if not any(fact.settled_after for fact in workflow.facts.values()):
        return
    guards = [step.when.condition for step in workflow.steps() if step.when is not None]
    of_guards = Worlds(guards, worlds.facts, worlds.fixed, worlds.ways, solving=worlds.solving)
    search = _Search(workflow, of_guards)
    try:
        trapped = search.trapped()
    except TooMany:
        yield tried("settled", workflow.name, partial(_raise, TooMany()))
        return
    for state in search.asked:
        yield _of_state(state, trapped.get(state), search)


def _raise(error: Exception) -> Proof:
    raise error


def _of_state(state: str, found: _Place | None, search: _Search) -> Proof:
    settled = sorted({name for place in search.ways if place.state == state for name, _ in place.settled})
    names = ", ".join(settled)
    proof = Proof("settled", state, True, f"{state} can come to an end, whatever is settled of {names}")
    exact = search.worlds.is_exact(*(Goal(each, TRUE) for each in search.worlds.conditions))
    if found is None:
        return Proof("settled", state, True, proof.said, exact=exact)
    known = {name: value for name, value in found.settled if value is not None}
    world: World = {Thing("fact", name): known[name] for name in search.workflow.facts if name in known}
    way = search.way_to(found, world)
    after = " -> ".join(words(leg.event) for leg in way)
    by_way = f" after {after}" if after else ", where a case begins,"
    said = f"{state}{by_way} comes to no end any more: what is settled cannot be changed"
    return Proof("settled", state, False, said, world, way=way)


@dataclass(slots=True)
class _Search:
    """Where cases of *workflow* come to, as *worlds* allow it; *ways* leads to each place from another."""

    workflow: Workflow
    worlds: Worlds
    ways: dict[_Place, tuple[_Place, str] | None] = field(default_factory=dict)
    back: dict[_Place, list[_Place]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    _read: Mapping[str, frozenset[str]] = field(default_factory=dict)
    _can: dict[tuple[str, str, _Settled], bool] = field(default_factory=dict)

    def trapped(self) -> dict[str, _Place]:
        """A place of each state from which no end is reached, if there is one: with as little settled as may
        be, and not far.

        Raises TooMany.
        """
        self._read = _read_later(self.workflow)
        waiting: deque[_Place] = deque()
        for settled in self._settlings(self.workflow.starts, OPENED, frozenset(), None):
            self._come(_Place(self.workflow.starts, settled), None, waiting)
        while waiting:
            place = waiting.popleft()
            for event, then in self._onward(place):
                self._come(then, (place, event), waiting)
                self.back.setdefault(then, []).append(place)
            if len(self.ways) > MOST_PLACES:
                raise TooMany
        order = list(self.workflow.states)
        self.asked = sorted({each.state for each in self.ways if self._asks(each)}, key=order.index)
        return self._without_end()

    def way_to(self, place: _Place, given: World) -> tuple[Leg, ...]:
        """The way by which *place* was found first."""
        events: list[str] = []
        at: _Place | None = place
        while at is not None:
            came = self.ways[at]
            at = None
            if came is not None:
                at, event = came
                events += [event] if event else []
        return legs(self.workflow, self.worlds, reversed(events), given)

    def _without_end(self) -> dict[str, _Place]:
        goes = {place for place in self.ways if self.workflow.states[place.state].final}
        waiting = list(goes)
        while waiting:
            new = [each for each in self.back.get(waiting.pop(), ()) if each not in goes]
            goes.update(new)
            waiting += new
        found: dict[str, _Place] = {}
        for place in self.ways:
            if place not in goes and self._asks(place) and _fewer(place, found.get(place.state)):
                found[place.state] = place
        return found

    def _asks(self, place: _Place) -> bool:
        return bool(place.settled) and not self.workflow.states[place.state].final

    def _come(self, place: _Place, by: tuple[_Place, str] | None, waiting: deque[_Place]) -> None:
        if place not in self.ways:
            self.ways[place] = by
            waiting.append(place)

    def _onward(self, place: _Place) -> Iterator[tuple[str, _Place]]:
        """Where a case can come from *place* by one event, or by an answer to what is not known: by ""."""
        for name in sorted(name for name, value in place.settled if value is None):
            rest = place.settled - {(name, None)}
            for each in self._states(name):
                if each is not None:
                    yield "", _Place(place.state, rest | {(name, each)})
        for step in self.workflow.states[place.state].steps.values():
            if self._can_be_taken(step, place.settled):
                for settled in self._settlings(step.to, step.event, place.settled, step):
                    yield step.event, _Place(step.to, settled)

    def _settlings(self, state: str, event: str, before: _Settled, step: Step | None) -> Iterator[_Settled]:
        """What can be settled once *event* has led to *state*, where so much was *before*."""
        known = {name for name, _ in before}
        new = [
            name
            for name, fact in self.workflow.facts.items()
            if event in fact.settled_after and name not in known and name in self._read[state]
        ]
        kept = frozenset(each for each in before if each[0] in self._read[state])
        sets = {} if step is None else step.sets
        for values in product(*(self._states(name) for name in new if name not in sets)):
            chosen = dict(zip((name for name in new if name not in sets), values, strict=True))
            if step is None or self._can_be_taken(step, before | frozenset(chosen.items())):
                given = {name: sets.get(name, chosen.get(name)) for name in new}
                yield kept | frozenset(given.items())

    def _states(self, name: str) -> Sequence[Value]:
        return self.worlds.domains[Thing("fact", name)].states

    def _can_be_taken(self, step: Step, settled: _Settled) -> bool:
        if step.when is None:
            return True
        read = facts_of(step.when.condition)
        matters = frozenset(each for each in settled if each[0] in read)
        key = (step.source, step.event, matters)
        if key not in self._can:
            given = {Thing("fact", name): value for name, value in matters}
            self._can[key] = self.worlds.find(Goal(step.when.condition, TRUE), given=given) is not None
        return self._can[key]


def _fewer(place: _Place, other: _Place | None) -> bool:
    def many(each: _Place) -> int:
        return sum(value is not None for _, value in each.settled)

    return other is None or many(place) < many(other)


def _read_later(workflow: Workflow) -> dict[str, frozenset[str]]:
    """For each state, the facts that are settled some day and that a rule reads there or further on."""
    settled = {name for name, fact in workflow.facts.items() if fact.settled_after}
    read: dict[str, frozenset[str]] = {}
    for name in workflow.states:
        ahead = closure([name], lambda each: (step.to for step in workflow.states[each].steps.values()))
        rules = [step.when for each in ahead for step in workflow.states[each].steps.values()]
        read[name] = frozenset(
            fact for rule in rules if rule is not None for fact in facts_of(rule.condition) if fact in settled
        )
    return read
