"""What rules read, as unknowns of z3: of each thing whether it is known, and what it is, without any limit
but that of its type.

Knows things and facts. Does not know what rules say of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias, assert_never

import z3

from loopengine.core.proving.domains import FIRST_DAY, LAST_DAY, State, Thing, Ways, World, pasts
from loopengine.core.situation import Tally
from loopengine.core.values import LARGEST_NUMBER, MOST_LABELS, Fact

# z3's own types are not declared to the type checker.
Is: TypeAlias = "z3.BoolRef"
Number: TypeAlias = "z3.ArithRef"
_LETTERS = tuple(chr(ord("A") + n) for n in range(MOST_LABELS))


class CannotSay(Exception):
    """This cannot be said in the language of the solver."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The unknowns of one thing: whether it is *known*, and what it is, by its sort: *is_so* of a yes_no;
    a *number* of a number, a date, one of several names, or a past; who is among the *members* of a set; for
    sub-cases how many there are, are excused, and have *reached* each state.
    """

    known: Is
    is_so: Is | None = None
    number: Number | None = None
    members: Mapping[str, Is] = field(default_factory=dict)
    excused: Number | None = None
    reached: dict[str, Number] = field(default_factory=dict)

    @property
    def amount(self) -> Number:
        """Its number; raises CannotSay if it has none."""
        if self.number is None:
            raise CannotSay
        return self.number


@dataclass(slots=True)
class Things:
    """The unknowns of one world, made when they are asked for, with what must hold of each in *rules*.

    *shared* is a world of which this is a copy, all but the thing *apart*.
    """

    facts: Mapping[str, Fact]
    labels: tuple[str, ...]
    ways: Ways
    today: date
    shared: Things | None = None
    apart: Thing | None = None
    rules: list[Is] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=dict)
    _of: dict[Thing, Unknown] = field(default_factory=dict)

    def of(self, thing: Thing) -> Unknown:
        """The unknowns of *thing*."""
        if self.shared is not None and thing != self.apart:
            return self.shared.of(thing)
        if thing not in self._of:
            self._of[thing] = self._made(thing)
        return self._of[thing]

    def beside(self, thing: Thing) -> Things:
        """A world that is like this one, but for *thing*."""
        return Things(self.facts, self.labels, self.ways, self.today, self, thing, names=self.names)

    def every_rule(self) -> list[Is]:
        """What must hold of the unknowns here, and of those shared."""
        return [*self.rules, *(self.shared.every_rule() if self.shared is not None else ())]

    def name(self, text: str) -> int:
        """The number that stands for a name."""
        return self.names.setdefault(text, len(self.names))

    def reached(self, kind: str, state: str) -> Number:
        """How many sub-cases of *kind* have reached *state*."""
        unknown = self.of(Thing("cases", kind))
        if state in unknown.reached:
            return unknown.reached[state]
        assert unknown.excused is not None
        number = z3.Int(f"{kind} in {state}")
        unknown.reached[state] = number
        before = self.ways.get(kind, {})
        self.rules += [number >= 0, number <= unknown.amount - unknown.excused]
        for other, many in unknown.reached.items():
            self.rules += [number <= many] if other in before.get(state, ()) else []
            self.rules += [many <= number] if state in before.get(other, ()) else []
        return number

    def is_as(self, thing: Thing, state: State) -> Is:
        """That *thing* is in *state*."""
        unknown = self.of(thing)
        match state:
            case None:
                return z3.Not(unknown.known)
            case Tally():
                numbers = [unknown.number == state.total, unknown.excused == state.excused]
                reached = [self.reached(thing.name, each) == many for each, many in state.reached.items()]
                return z3.And(*numbers, *reached)
            case tuple():
                return unknown.number == pasts(self.today).index(state)
            case bool():
                return z3.And(unknown.known, unknown.is_so == state)
            case date():
                return z3.And(unknown.known, unknown.number == state.toordinal())
            case int():
                return z3.And(unknown.known, unknown.number == state)
            case frozenset():
                among = [is_in == (member in state) for member, is_in in unknown.members.items()]
                return z3.And(unknown.known, *among)
            case str() if unknown.number is not None:
                return z3.And(unknown.known, unknown.number == self.name(state))
            case str():
                return unknown.known
            case _:
                assert_never(state)

    def world(self, model: z3.ModelRef) -> World:
        """What *model* makes of the things that were asked for."""
        return {thing: self._state(thing, unknown, model) for thing, unknown in self._of.items()}

    def _made(self, thing: Thing) -> Unknown:
        called = f"{thing.sort} {thing.name} {thing.within or ''}{' again' if self.shared else ''}"
        number, known = z3.Int(called), z3.Bool(f"{called} is known")
        match thing.sort:
            case "cases":
                excused = z3.Int(f"{called} excused")
                self.rules += [known, excused >= 0, excused <= number]
                return Unknown(known, number=number, excused=excused)
            case "event":
                self.rules += [number >= 1, number <= self.today.toordinal()]
                return Unknown(known, number=number)
            case "past":
                self.rules += [known, number >= 0, number < len(pasts(self.today))]
                return Unknown(known, number=number)
            case "alike":
                self.rules += [known, number >= 0, number <= LARGEST_NUMBER]
                return Unknown(known, number=number)
            case "fact":
                return self._fact(self.facts[thing.name], called, known, number)
            case _:
                assert_never(thing.sort)

    def _fact(self, fact: Fact, called: str, known: Is, number: Number) -> Unknown:
        match fact.type:
            case "yes_no":
                return Unknown(known, is_so=z3.Bool(called))
            case "text":
                return Unknown(known)
            case "one_of" | "party":
                self.rules.append(z3.Or(*(number == self.name(each) for each in fact.values), z3.Not(known)))
                return Unknown(known, number=number)
            case "number":
                self.rules += [number >= -LARGEST_NUMBER, number <= LARGEST_NUMBER]
                return Unknown(known, number=number)
            case "date":
                self.rules += [number >= FIRST_DAY.toordinal(), number <= LAST_DAY.toordinal()]
                return Unknown(known, number=number)
            case "some_of" | "parties" | "labels":
                of = fact.values or tuple(dict.fromkeys((*self.labels, *_LETTERS)))
                members = {each: z3.Bool(f"{called} {each}") for each in of}
                if fact.type != "some_of":
                    self.rules.append(z3.Or(*members.values(), z3.Not(known)))
                return Unknown(known, members=members)
            case _:
                assert_never(fact.type)

    def _state(self, thing: Thing, unknown: Unknown, model: z3.ModelRef) -> State:
        def number(of: Number) -> int:
            found: int = model.eval(of, model_completion=True).as_long()
            return found

        def so(of: Is) -> bool:
            return bool(z3.is_true(model.eval(of, model_completion=True)))

        if not so(unknown.known):
            return None
        match thing.sort:
            case "cases":
                reached = {each: number(many) for each, many in unknown.reached.items()}
                return Tally(number(unknown.number), reached, number(unknown.excused))
            case "event":
                return date.fromordinal(number(unknown.number))
            case "past":
                return pasts(self.today)[number(unknown.number)]
            case "alike":
                return number(unknown.number)
            case "fact":
                return self._value(self.facts[thing.name], unknown, number, so)
            case _:
                assert_never(thing.sort)

    def _value(
        self, fact: Fact, unknown: Unknown, number: Callable[[Number], int], so: Callable[[Is], bool]
    ) -> State:
        match fact.type:
            case "yes_no":
                return so(unknown.is_so)
            case "text":
                return "any text"
            case "one_of" | "party":
                return {each: name for name, each in self.names.items()}[number(unknown.number)]
            case "number":
                return number(unknown.number)
            case "date":
                return date.fromordinal(number(unknown.number))
            case "some_of" | "parties" | "labels":
                return frozenset(name for name, each in unknown.members.items() if so(each))
            case _:
                assert_never(fact.type)
