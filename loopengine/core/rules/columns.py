"""What the columns of a decision table ask: a fact, another rule, or something that no table can reckon.

A fact has a state for each of its values that the rules tell apart, and one for being unknown; anything else
comes as a verdict. Knows trees and facts; does not know which rows there are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TypeAlias

from loopengine.core.rules.boundaries import boundaries
from loopengine.core.rules.expressions import (
    Alike,
    AllOf,
    Among,
    Answer,
    AnyOf,
    Compare,
    Condition,
    Count,
    Known,
    KnownFact,
    Leaf,
    Not,
    Possible,
    RuleRef,
    Size,
    facts_of,
    walk,
)
from loopengine.core.rules.supposing import Supposition
from loopengine.core.rules.verdicts import evaluate
from loopengine.core.situation import Situation
from loopengine.core.truth import Truth
from loopengine.core.values import Fact, Value

# On no day in particular: no leaf whose verdict depends on the day is about a fact alone.
_ANY_DAY = date(2000, 1, 1)
_VERDICTS = (Truth.TRUE, Truth.FALSE, Truth.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Stretch:
    """The numbers or days from *first* to *last*, both included; None where there is no end."""

    first: int | date | None
    last: int | date | None

    def one_of(self, fact: Fact) -> Value:
        """One of them, which *fact* can be."""
        some = self.last if self.first is None else self.first
        return some if some is not None else _ANY_DAY if fact.type == "date" else 0


# A value, a stretch of them, or None for what is not known.
State: TypeAlias = Value | Stretch | None


@dataclass(frozen=True, slots=True)
class FactColumn:
    """Asks for *fact*: its *states*, the last of them that it is unknown."""

    fact: Fact
    states: tuple[State, ...]


@dataclass(frozen=True, slots=True)
class RuleColumn:
    """Asks for the verdict of the rule called *name*."""

    name: str
    states: tuple[Truth, ...] = _VERDICTS


@dataclass(frozen=True, slots=True)
class ClaimColumn:
    """Asks for the verdict of *claim*: over sub-cases, events, sets or several facts at once."""

    claim: Leaf | RuleRef
    states: tuple[Truth, ...] = _VERDICTS


Column: TypeAlias = FactColumn | RuleColumn | ClaimColumn
# What is asked in one place of a rule, where nothing is joined.
Atom: TypeAlias = Leaf | RuleRef


def atoms(condition: Condition, rules: Collection[str]) -> Iterator[Atom]:
    """What *condition* asks, in its order; the rules called *rules* are asked for their verdicts."""
    match condition:
        case RuleRef(name, part, over=over):
            if name in rules or over is not None:
                yield condition
            else:
                yield from atoms(part, rules)
        case Not(part) | Possible(part) | Known(part):
            yield from atoms(part, rules)
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from atoms(part, rules)
        case _:
            yield condition


def columns_of(
    asked: Sequence[Atom], facts: Mapping[str, Fact], rules: Collection[str]
) -> dict[Atom, Column]:
    """The column in which each of *asked* is answered; what is asked of one fact stands in one column."""
    plain: dict[str, list[Leaf]] = {}
    for atom in asked:
        if not isinstance(atom, RuleRef) and is_plain(atom, facts):
            plain.setdefault(facts_of(atom)[0], []).append(atom)
    of_fact = {name: FactColumn(facts[name], states_of(facts[name], its)) for name, its in plain.items()}

    def column(atom: Atom) -> Column:
        if isinstance(atom, RuleRef):
            return RuleColumn(atom.name) if atom.name in rules else ClaimColumn(atom)
        if is_plain(atom, facts):
            return of_fact[facts_of(atom)[0]]
        return ClaimColumn(atom, _VERDICTS[:2] if isinstance(atom, KnownFact) else _VERDICTS)

    return {atom: column(atom) for atom in asked}


def is_plain(leaf: Leaf, facts: Mapping[str, Fact]) -> bool:
    """Whether *leaf* is about one fact alone, whose values a cell can name."""
    if not isinstance(leaf, Answer | KnownFact | Compare | Among):
        return False
    if any(isinstance(node, Count | Size | Alike) for node in walk(leaf)):
        return False
    names = facts_of(leaf)
    return len(names) == 1 and facts[names[0]].type in ("yes_no", "one_of", "number", "date")


def states_of(fact: Fact, leaves: Sequence[Leaf]) -> tuple[State, ...]:
    """The states of *fact* that matter to *leaves*, which ask for it alone."""
    if fact.type == "yes_no":
        return (True, False, None)
    if fact.type == "one_of":
        return (*fact.values, None)
    stretches: list[Stretch] = []
    for stretch in _stretches(fact, leaves):
        if stretches and judged(fact, stretch, leaves) == judged(fact, stretches[-1], leaves):
            stretches[-1] = Stretch(stretches[-1].first, stretch.last)
        else:
            stretches.append(stretch)
    return (*stretches, None)


def judged(fact: Fact, state: State, leaves: Sequence[Leaf]) -> tuple[Truth, ...]:
    """What each of *leaves* comes to where *fact* is in *state*."""
    value = state.one_of(fact) if isinstance(state, Stretch) else state
    situation = Situation(_ANY_DAY, {} if value is None else {fact.name: value})
    return tuple(evaluate(leaf, situation) for leaf in leaves)


def _stretches(fact: Fact, leaves: Sequence[Leaf]) -> Iterator[Stretch]:
    empty = Situation(_ANY_DAY, {})
    found = set().union(*(boundaries(fact, leaf, Supposition(empty, leaf)) for leaf in leaves))
    # No day is before the first that there is.
    cuts = sorted(cut for cut in found if fact.type != "date" or cut > date.min.toordinal())
    for one, other in pairwise((None, *cuts, None)):
        yield Stretch(
            None if one is None else _value(fact, one), None if other is None else _value(fact, other - 1)
        )


def _value(fact: Fact, place: int) -> int | date:
    return date.fromordinal(place) if fact.type == "date" else place
