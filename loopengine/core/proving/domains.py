"""What rules can tell apart: of each thing that they read, states that each stand for all that are alike.

A rule reads facts, sub-cases in numbers, when events happened, what was so before, and other cases. Knows
trees and facts; does not know workflows, or what is to be proved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations, islice, product
from typing import Literal, NamedTuple, TypeAlias

from loopengine.core.durations import Duration, shift
from loopengine.core.rules.boundaries import boundaries, representatives
from loopengine.core.rules.expressions import (
    Alike,
    Among,
    Answer,
    Constant,
    Count,
    Every,
    FactValue,
    Leaf,
    Since,
    Size,
    Some,
    WithinBefore,
    walk,
)
from loopengine.core.rules.supposing import Supposition
from loopengine.core.situation import Recorded, Situation, Tally
from loopengine.core.values import Fact, Value

# The day on which everything is supposed to be asked: a Monday with years on either side.
TODAY = date(2017, 1, 16)
Sort: TypeAlias = Literal["fact", "cases", "event", "past", "alike"]
# Days so far from either end of the calendar that whatever moves them does not come there.
FIRST_DAY, LAST_DAY = date(1000, 1, 1), date(9000, 1, 1)
_MOST_MEMBERS = 7  # of whom every set is tried
_MOST_SUB_CASES = 6  # of which every number is tried
_MOST_VALUES = 64  # of numbers or days that are set against each other
_ANYBODY = 2  # whom no rule names: two sets can share one of them, or have one each


_COUNTED = (Every, Some, Count)
# For each kind of sub-case, and each of its states, those which whoever has reached it has reached, too.
Ways: TypeAlias = Mapping[str, Mapping[str, frozenset[str]]]


class Thing(NamedTuple):
    """Something that rules read: a fact; the sub-cases of a kind; an event; a fact's past; others alike."""

    sort: Sort
    name: str
    within: Duration | None = None


# What a thing is in a world: None for a fact that is unknown, and for an event that never happened.
State: TypeAlias = Value | Tally | tuple[Recorded, ...] | None
World: TypeAlias = Mapping[Thing, State]


@dataclass(frozen=True, slots=True)
class Domain:
    """The states of a thing that rules tell apart; unless *exact*, they may tell others apart as well."""

    states: tuple[State, ...]
    exact: bool = True


def things_in(leaf: Leaf) -> tuple[Thing, ...]:
    """What *leaf* reads, each once, in the order of the rule."""
    found: dict[Thing, None] = {}
    for node in walk(leaf):
        match node:
            case Answer(name) | FactValue(name):
                found[Thing("fact", name)] = None
            case Every(kind, _) | Some(kind, _) | Count(kind, _):
                found[Thing("cases", kind)] = None
            case Since(event, _):
                found[Thing("event", event)] = None
            case WithinBefore(fact, _, _):
                found[Thing("fact", fact)] = found[Thing("past", fact)] = None
            case Alike(fact, within):
                found[Thing("fact", fact)] = found[Thing("alike", fact, within)] = None
            case _:
                pass
    return tuple(found)


def situation_of(world: World, today: date = TODAY) -> Situation:
    """*world* as a rule reads it on the day *today*."""
    facts: dict[str, Value] = {}
    tallies: dict[str, Tally] = {}
    happened: dict[str, date] = {}
    past: dict[str, tuple[Recorded, ...]] = {}
    retold: dict[tuple[str, Duration], int] = {}
    for thing, state in world.items():
        match state:
            case None:
                pass
            case Tally():
                tallies[thing.name] = state
            case tuple():
                past[thing.name] = state
            case int() if thing.within is not None:
                retold[thing.name, thing.within] = state
            case date() if thing.sort == "event":
                happened[thing.name] = state
            case _:
                facts[thing.name] = state
    answers = {name: (*before, _answered(facts.get(name), today)) for name, before in past.items() if before}
    return Situation(today, facts, happened, tallies, answers, retold=retold)


def domains(
    leaves: Sequence[Leaf], facts: Mapping[str, Fact], ways: Ways, today: date = TODAY
) -> dict[Thing, Domain]:
    """The states of everything that *leaves* read on the day *today*; *facts* are those that may be asked,
    and *ways* lead through the states of sub-cases.
    """
    reading: dict[Thing, list[Leaf]] = {}
    for leaf in leaves:
        for thing in things_in(leaf):
            reading.setdefault(thing, []).append(leaf)
    people = _people(leaves, facts)
    return {thing: _domain(thing, its, _Asked(facts, people, ways, today)) for thing, its in reading.items()}


@dataclass(frozen=True, slots=True)
class _Asked:
    """The facts that may be asked, the members of sets that matter for each, and the day."""

    facts: Mapping[str, Fact]
    people: Mapping[str, tuple[str, ...]]
    ways: Ways
    today: date


def _domain(thing: Thing, leaves: Sequence[Leaf], asked: _Asked) -> Domain:
    match thing.sort:
        case "cases":
            few = _most_counted(leaves) <= _MOST_SUB_CASES
            return Domain(tuple(_tallies(thing.name, leaves, asked.ways.get(thing.name, {}))), few)
        case "event":
            return Domain(tuple(_days(thing.name, leaves, asked.today)))
        case "past":
            return Domain(pasts(asked.today))
        case "alike":
            return Domain(tuple(range(max([1, *_numbers(leaves)]) + 2)))
        case "fact":
            return _of_fact(asked.facts[thing.name], leaves, asked)


def _of_fact(fact: Fact, leaves: Sequence[Leaf], asked: _Asked) -> Domain:
    match fact.type:
        case "yes_no":
            return Domain((True, False, None))
        case "one_of":
            return Domain((*fact.values, None))
        case "party":
            return Domain((*asked.people[fact.name], None))
        case "parties" | "some_of" | "labels":
            return _sets(fact, asked.people[fact.name])
        case "text":
            return Domain(("any text", None))
        case "number" | "date":
            return _places(fact, leaves, asked)


# --- sets and their members ---------------------------------------------------------------------------------


def _people(leaves: Sequence[Leaf], facts: Mapping[str, Fact]) -> dict[str, tuple[str, ...]]:
    """For each fact about members of sets, those whom some rule can tell from the others; of whom it cannot,
    as many as matter.

    All facts have the same of them, since one may be set against another.
    """
    told = {name for leaf in leaves for name in names_in(leaf)}
    counts = any(isinstance(node, Size) and not node.among for leaf in leaves for node in walk(leaf))
    more = _ANYBODY + (max(_numbers(leaves), default=0) if counts else 0)
    found: dict[str, tuple[str, ...]] = {}
    for fact in facts.values():
        members = fact.values or ("A", "B", "C", "D")
        others = [name for name in members if name not in told]
        found[fact.name] = (*(name for name in members if name in told), *others[:more])
    return found


def _sets(fact: Fact, members: Sequence[str]) -> Domain:
    """Every set of *members*; of many, those of a few and those that only a few are missing from."""
    exact = len(members) <= _MOST_MEMBERS
    sizes = range(len(members) + 1) if exact else (0, 1, 2, len(members) - 1, len(members))
    sets = [frozenset(some) for size in sizes for some in combinations(members, size)]
    if fact.type != "some_of":
        sets = [each for each in sets if each]
    return Domain((*sets, None), exact)


def names_in(leaf: Leaf) -> Iterator[str]:
    """The members of sets that *leaf* names."""
    for node in walk(leaf):
        match node:
            case Constant(value):
                yield from _members(value)
            case Among(_, values):
                for value in values:
                    yield from _members(value)
            case Size(_, among):
                yield from among
            case _:
                pass


def _members(value: Value) -> Iterable[str]:
    match value:
        case str():
            return (value,)
        case frozenset():
            return value
        case _:
            return ()


# --- numbers and days ---------------------------------------------------------------------------------------


def _places(fact: Fact, leaves: Sequence[Leaf], asked: _Asked) -> Domain:
    """Numbers or days of *fact*, one or two of each stretch that the *leaves* judge alike.

    Where some leaf sets it against something else, some are tried out.
    """
    today = asked.today
    alone = [leaf for leaf in leaves if len(things_in(leaf)) == 1]
    cuts = set().union(*(_cuts(fact, leaf, {}, today) for leaf in alone))
    if len(alone) == len(leaves):
        return Domain((*_sensible(fact, representatives(fact, cuts, today), today), None))
    tried = set(_tried(fact, leaves, today))
    for leaf in leaves:
        rivals = [asked.facts[name] for name in _rivals(fact, leaf)]
        choices = (_tried(rival, leaves, today) for rival in rivals)
        for values in islice(product(*choices), _MOST_VALUES):
            supposed = {rival.name: value for rival, value in zip(rivals, values, strict=True)}
            tried.update(representatives(fact, cuts | _cuts(fact, leaf, supposed, today), today))
    ordered = sorted(_sensible(fact, tried, today), key=_place)
    return Domain((*ordered[:_MOST_VALUES], None), exact=False)


def _sensible(fact: Fact, values: Iterable[Value], today: date) -> list[Value]:
    """*values* without days near an end of the calendar; one of the others, if there are no more."""
    if fact.type != "date":
        return list(values)
    within = [day for day in values if isinstance(day, date) and FIRST_DAY <= day <= LAST_DAY]
    return [*within] or [today]


def _rivals(fact: Fact, leaf: Leaf) -> tuple[str, ...]:
    """The other facts that *leaf* sets *fact* against."""
    return tuple(each.name for each in things_in(leaf) if each.sort == "fact" and each.name != fact.name)


def _cuts(fact: Fact, leaf: Leaf, supposed: Mapping[str, Value], today: date) -> set[int]:
    return boundaries(fact, leaf, Supposition(Situation(today, dict(supposed)), leaf))


def _tried(fact: Fact, leaves: Sequence[Leaf], today: date) -> list[Value]:
    """Numbers or days to set against others: those that the *leaves* name, and some beside each."""
    if fact.type == "number":
        named = sorted({0, 1, *_numbers(leaves)})
        return [*dict.fromkeys(each + step for each in named for step in (-1, 0, 1))]
    if fact.type == "date":
        days = {today, *_named_days(leaves)}
        return [each + timedelta(days=step) for each in sorted(days) for step in (-400, -1, 0, 1, 400)]
    return [*fact.values[:1]]


def _named_days(leaves: Iterable[Leaf]) -> list[date]:
    return [value for value in _constants(leaves) if isinstance(value, date)]


def _numbers(leaves: Iterable[Leaf]) -> list[int]:
    return [value for value in _constants(leaves) if isinstance(value, int) and not isinstance(value, bool)]


def _constants(leaves: Iterable[Leaf]) -> Iterator[Value]:
    for node in (node for leaf in leaves for node in walk(leaf)):
        match node:
            case Constant(value):
                yield value
            case Among(_, values):
                yield from values
            case _:
                pass


def _place(value: Value) -> int:
    return value.toordinal() if isinstance(value, date) else int(value) if isinstance(value, int) else 0


# --- what is not a fact -------------------------------------------------------------------------------------


def _tallies(kind: str, leaves: Sequence[Leaf], before: Mapping[str, frozenset[str]]) -> Iterator[Tally]:
    """Sub-cases of *kind* in numbers: none, and up to as many as some rule counts (of many, one or all);
    which states they have reached, *before* each of which they have reached others; and how many are excused.
    """
    nodes = [node for leaf in leaves for node in walk(leaf)]
    states = [*dict.fromkeys(n.state for n in nodes if isinstance(n, _COUNTED) and n.kind == kind)]
    yield Tally()
    most = _most_counted(leaves)
    few = most <= _MOST_SUB_CASES
    for total in range(1, most + 1) if few else (1, most):
        for excused in range(total + 1) if few else (0, 1, total):
            for reached in product(range(total - excused + 1), repeat=len(states)):
                tally = dict(zip(states, reached, strict=True))
                if all(
                    tally[state] <= tally.get(each, total)
                    for state in states
                    for each in before.get(state, ())
                ):
                    yield Tally(total, tally, excused)


def _most_counted(leaves: Sequence[Leaf]) -> int:
    """One more than any number that *leaves* name."""
    return max([2, *(each + 1 for each in _numbers(leaves))])


def _days(event: str, leaves: Sequence[Leaf], today: date) -> list[date | None]:
    """Days on which *event* happened, just so long ago as some rule asks, and a day less; or never."""
    lasting = {n.duration for leaf in leaves for n in walk(leaf) if isinstance(n, Since) and n.event == event}
    days = {long_enough_ago(each, today) for each in lasting}
    return [*sorted(days | {day + timedelta(days=1) for day in days} | {today}), None]


def long_enough_ago(duration: Duration, today: date) -> date:
    """The last day from which *duration* has passed by *today*."""
    day = shift(today, duration, back=True) + timedelta(days=3)
    while shift(day, duration) > today:
        day -= timedelta(days=1)
    return day


def pasts(today: date) -> tuple[State, ...]:
    """What a yes_no fact was before: nothing else than today; or until then yes, no, or not known."""
    yesterday = today - timedelta(days=1)
    return ((), *((_answered(value, yesterday),) for value in (True, False)))


def _answered(value: Value | None, on: date) -> Recorded:
    return Recorded(value, on, datetime.combine(on, time(), UTC))
