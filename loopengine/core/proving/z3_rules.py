"""Rules as z3 reads them, each by two sentences: when it is TRUE, and when it is FALSE; and what z3 finds.

Said are facts, sums, sets, sub-cases in numbers, and days; months and years only of one day against what
stands in the rule, by the stretches of days that are judged alike. What else there is it cannot say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import NamedTuple

import z3

from loopengine.core.proving.domains import (
    FIRST_DAY,
    LAST_DAY,
    Thing,
    World,
    long_enough_ago,
    pasts,
    situation_of,
    things_in,
)
from loopengine.core.proving.z3_things import CannotSay, Is, Number, Things
from loopengine.core.rules.boundaries import boundaries
from loopengine.core.rules.expressions import (
    Alike,
    AllOf,
    Among,
    Answer,
    AnyOf,
    Arithmetic,
    Compare,
    Condition,
    Constant,
    Count,
    Disjoint,
    Every,
    FactValue,
    Known,
    KnownFact,
    Leaf,
    Member,
    Not,
    Operand,
    Possible,
    RuleRef,
    Since,
    SinceDay,
    Size,
    Some,
    Span,
    Unlisted,
)
from loopengine.core.rules.supposing import Supposition
from loopengine.core.rules.verdicts import evaluate
from loopengine.core.truth import Truth
from loopengine.core.values import LARGEST_NUMBER, Value

_DAYS = FIRST_DAY.toordinal(), LAST_DAY.toordinal()


class Sentences(NamedTuple):
    """When a condition is TRUE, and when it is FALSE; else it is UNKNOWN."""

    true: Is
    false: Is

    def comes_to(self, wanted: Iterable[Truth]) -> Is:
        """That it comes to one of *wanted*."""
        said = {
            Truth.TRUE: self.true,
            Truth.FALSE: self.false,
            Truth.UNKNOWN: z3.Not(z3.Or(self.true, self.false)),
        }
        return z3.Or(*(said[each] for each in wanted))


class _Value(NamedTuple):
    """What an operand is: whether it is *known*, and a *number*, or who is among the *members*."""

    known: Is
    number: Number | None = None
    members: Mapping[str, Is] | None = None

    @property
    def amount(self) -> Number:
        """Its number; raises CannotSay if it has none."""
        if self.number is None:
            raise CannotSay
        return self.number


@dataclass(frozen=True, slots=True)
class Saying:
    """Conditions as sentences about *things*."""

    things: Things

    # --- conditions -----------------------------------------------------------------------------------------

    def of(self, condition: Condition) -> Sentences:
        """What *condition* says; raises CannotSay."""
        match condition:
            case RuleRef(condition=part):
                return self.of(part)
            case Not(part):
                said = self.of(part)
                return Sentences(said.false, said.true)
            case AllOf(parts):
                each = [self.of(part) for part in parts]
                return Sentences(z3.And(*(one.true for one in each)), z3.Or(*(one.false for one in each)))
            case AnyOf(parts):
                each = [self.of(part) for part in parts]
                return Sentences(z3.Or(*(one.true for one in each)), z3.And(*(one.false for one in each)))
            case Possible(part):
                said = self.of(part)
                return Sentences(z3.Not(said.false), said.false)
            case Known(part):
                said = self.of(part)
                return _settled(z3.Or(said.true, said.false))
            case _:
                return self._leaf(condition)

    def _leaf(self, leaf: Leaf) -> Sentences:
        try:
            return self._direct(leaf)
        except CannotSay:
            return self._by_stretches(leaf)

    def _direct(self, leaf: Leaf) -> Sentences:
        match leaf:
            case Answer(fact):
                unknown = self.things.of(Thing("fact", fact))
                return _if_known(unknown.known, unknown.is_so)
            case KnownFact(fact):
                return _settled(self.things.of(Thing("fact", fact.name)).known)
            case Compare(op, left, right):
                one, other = self._value(left), self._value(right)
                return _if_known(z3.And(one.known, other.known), _compared(op, one, other))
            case Among(operand, values):
                one = self._value(operand)
                others = [self._constant(value) for value in values]
                return _if_known(one.known, z3.Or(*(_compared("==", one, other) for other in others)))
            case Member(one_party, parties):
                return self._apart(one_party, parties, inverted=True)
            case Disjoint(left, right):
                return self._apart(left, right, inverted=False)
            case Every(kind, state):
                all_of = self.things.of(Thing("cases", kind))
                reached = self.things.reached(kind, state)
                return _if_known(all_of.amount > 0, reached + all_of.excused == all_of.amount)
            case Some(kind, state):
                return _settled(self.things.reached(kind, state) > 0)
            case Since(event, duration):
                happened = self.things.of(Thing("event", event))
                latest = long_enough_ago(duration, self.things.today).toordinal()
                return _settled(z3.And(happened.known, happened.amount <= latest))
            case SinceDay(operand, duration):
                day = self._value(operand)
                return _if_known(
                    day.known, day.amount <= long_enough_ago(duration, self.things.today).toordinal()
                )
            case Unlisted():
                return Sentences(z3.BoolVal(False), z3.BoolVal(False))
            case _:
                raise CannotSay

    def _apart(self, left: Operand, right: Operand, *, inverted: bool) -> Sentences:
        one, other = self._value(left), self._value(right)
        names = {*(one.members or ()), *(other.members or ())} or set(self.things.names)
        common = [
            z3.And(_has(one, name, self.things), _has(other, name, self.things)) for name in sorted(names)
        ]
        shares = z3.Or(*common)
        return _if_known(z3.And(one.known, other.known), shares if inverted else z3.Not(shares))

    # --- what has a value -----------------------------------------------------------------------------------

    def _value(self, operand: Operand) -> _Value:
        match operand:
            case FactValue(name):
                unknown = self.things.of(Thing("fact", name))
                if unknown.number is None and not unknown.members:
                    raise CannotSay
                return _Value(unknown.known, unknown.number, unknown.members or None)
            case Constant(value):
                return self._constant(value)
            case Count(kind, state):
                return _Value(z3.BoolVal(True), self.things.reached(kind, state))
            case Alike(fact, duration):
                known = self.things.of(Thing("fact", fact)).known
                return _Value(known, self.things.of(Thing("alike", fact, duration)).number)
            case Size(listed, among):
                of = self.things.of(Thing("fact", listed.name))
                counted = [is_in for name, is_in in of.members.items() if name in among or not among]
                return _Value(of.known, z3.Sum(*(z3.If(is_in, 1, 0) for is_in in counted), 0))
            case Arithmetic(op, left, Span(duration)) if duration.unit in ("days", "weeks"):
                day, days = (
                    self._value(left),
                    duration.amount * (7 if duration.unit == "weeks" else 1),
                )
                return _Value(day.known, day.amount + (days if op == "+" else -days))
            case Arithmetic(op, left, right) if not isinstance(right, Span):
                one, other = self._value(left), self._value(right)
                known = z3.And(one.known, other.known)
                match op:
                    case "+":
                        return _Value(known, one.amount + other.amount)
                    case "-":
                        return _Value(known, one.amount - other.amount)
                    case "*":
                        return _Value(known, one.amount * other.amount)
            case _:
                raise CannotSay

    def _constant(self, value: Value) -> _Value:
        sure = z3.BoolVal(True)
        match value:
            case date():
                return _Value(sure, z3.IntVal(value.toordinal()))
            case int():
                return _Value(sure, z3.IntVal(value))
            case str():
                return _Value(sure, z3.IntVal(self.things.name(value)))
            case frozenset():
                return _Value(sure, members={name: z3.BoolVal(True) for name in value})

    # --- stretches of days ----------------------------------------------------------------------------------

    def _by_stretches(self, leaf: Leaf) -> Sentences:
        """*leaf*, of which only one day or number matters, by the stretches of it that are judged alike."""
        read = things_in(leaf)
        long = [each for each in read if self._type(each) in ("date", "number")]
        if len(long) > 1 or any(
            self._type(each) not in ("date", "number", "yes_no", "past") for each in read
        ):
            raise CannotSay
        others = [each for each in read if each not in long]
        choices = [
            pasts(self.things.today) if each.sort == "past" else (True, False, None) for each in others
        ]
        found: dict[Truth, list[Is]] = {verdict: [] for verdict in Truth}
        for states in product(*choices):
            supposed = dict(zip(others, states, strict=True))
            is_so = [self.things.is_as(thing, state) for thing, state in supposed.items()]
            for verdict, where in self._stretches(leaf, supposed, long):
                found[verdict].append(z3.And(*is_so, where))
        return Sentences(z3.Or(*found[Truth.TRUE]), z3.Or(*found[Truth.FALSE]))

    def _type(self, thing: Thing) -> str:
        return self.things.facts[thing.name].type if thing.sort == "fact" else thing.sort

    def _stretches(self, leaf: Leaf, supposed: World, long: Sequence[Thing]) -> Iterator[tuple[Truth, Is]]:
        if not long:
            yield evaluate(leaf, situation_of(supposed, self.things.today)), z3.BoolVal(True)
            return
        (thing,) = long
        unknown, fact = self.things.of(thing), self.things.facts[thing.name]
        yield (
            evaluate(leaf, situation_of({**supposed, thing: None}, self.things.today)),
            z3.Not(unknown.known),
        )
        situation = situation_of(supposed, self.things.today)
        of_days = fact.type == "date"
        first, last = _DAYS if of_days else (-LARGEST_NUMBER, LARGEST_NUMBER)
        cuts = {cut for cut in boundaries(fact, leaf, Supposition(situation, leaf)) if first < cut <= last}
        begins = [first, *sorted(cuts)]
        for begin, end in zip(begins, [*begins[1:], last + 1], strict=True):
            value: Value = date.fromordinal(begin) if of_days else begin
            verdict = evaluate(leaf, situation_of({**supposed, thing: value}, self.things.today))
            yield verdict, z3.And(unknown.known, unknown.amount >= begin, unknown.amount < end)


def _has(value: _Value, name: str, things: Things) -> Is:
    if value.members is not None:
        return value.members.get(name, z3.BoolVal(False))
    return value.number == things.name(name)


def _compared(op: str, one: _Value, other: _Value) -> Is:
    left, right = one.amount, other.amount
    match op:
        case "==":
            return left == right
        case "!=":
            return left != right
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case _:
            return left >= right


def _if_known(known: Is, is_so: Is) -> Sentences:
    return Sentences(z3.And(known, is_so), z3.And(known, z3.Not(is_so)))


def _settled(is_so: Is) -> Sentences:
    return Sentences(is_so, z3.Not(is_so))
