"""What z3 finds: worlds in which rules come to certain verdicts, or that there is none, without any limit to
numbers, days, sets and sub-cases.

The one module that others may import of those that know z3, and only where it is installed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import z3

from loopengine.core.proving.domains import Thing, World, names_in, situation_of
from loopengine.core.proving.worlds import NOTHING, Goal, Grounds, TooMany
from loopengine.core.proving.z3_rules import Saying
from loopengine.core.proving.z3_things import CannotSay, Is, Things
from loopengine.core.rules.expressions import Condition, leaves_of
from loopengine.core.rules.verdicts import evaluate

MOST_EFFORT = 20_000_000  # in z3's own measure, which is the same on every machine


@dataclass(frozen=True, slots=True)
class Z3:
    """What z3 makes of rules on some *grounds*: a `Solver`."""

    grounds: Grounds

    def can_say(self, conditions: Iterable[Condition]) -> bool:
        """Whether *conditions* can be said."""
        try:
            for condition in conditions:
                Saying(self._things([condition])).of(condition)
        except CannotSay:
            return False
        return True

    def find(self, goals: Sequence[Goal], given: World = NOTHING) -> World | None:
        """A world in which all *goals* are reached, as *given*; None if there is none.

        Raises TooMany if that cannot be said, or takes too much effort.
        """
        things = self._things([goal.condition for goal in goals])
        try:
            said = [Saying(things).of(goal.condition).comes_to(goal.wanted) for goal in goals]
        except CannotSay:
            raise TooMany from None
        model = self._model(said, things, given)
        if model is None:
            return None
        found = self._less({**given, **things.world(model)}, said, things, given)
        situation = situation_of(found, self.grounds.today)
        assert all(evaluate(goal.condition, situation) in goal.wanted for goal in goals), "z3 errs"
        return found

    def turns(self, condition: Condition, thing: Thing) -> bool:
        """Whether *condition* is TRUE in some world, and with another state of *thing* FALSE.

        Raises TooMany, as `find` does.
        """
        if thing in self.grounds.fixed:
            return False
        things = self._things([condition])
        other = things.beside(thing)
        try:
            said = [Saying(things).of(condition).true, Saying(other).of(condition).false]
        except CannotSay:
            raise TooMany from None
        return self._model(said, other, NOTHING) is not None

    def _less(self, world: World, said: Sequence[Is], things: Things, given: World) -> World:
        """*world* without what matters for none of what is *said*."""
        solver = z3.Solver()
        solver.set("rlimit", MOST_EFFORT)
        solver.add(z3.Not(z3.And(*said)), *things.every_rule())
        kept = dict(world)
        for thing in world.keys() - given.keys() - self.grounds.fixed.keys():
            rest = [things.is_as(each, state) for each, state in kept.items() if each != thing]
            if solver.check(*rest) == z3.unsat:
                del kept[thing]
        return kept

    def _model(self, said: Sequence[Is], things: Things, given: World) -> z3.ModelRef | None:
        solver = z3.Solver()
        solver.set("rlimit", MOST_EFFORT)
        of = things.shared or things
        for thing, state in {**self.grounds.fixed, **given}.items():
            solver.add(of.is_as(thing, state))
        solver.add(*said, *things.every_rule())
        answer = solver.check()
        if answer == z3.unknown:
            raise TooMany
        return solver.model() if answer == z3.sat else None

    def _things(self, conditions: Iterable[Condition]) -> Things:
        leaves = [leaf for condition in conditions for leaf in leaves_of(condition)]
        told = dict.fromkeys(name for leaf in leaves for name in names_in(leaf))
        return Things(self.grounds.facts, tuple(told), self.grounds.ways, self.grounds.today)
