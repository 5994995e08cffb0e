"""What a condition may come to while some of its leaves may come to several things: as sets held in numbers.

The same as `rules/outcomes.py` says with sets of verdicts, for whoever asks a million times. A verdict is a
bit, and so is a pair of verdicts, of one world and of another. Errs to one side only: what is left out cannot
come about; what is named might not, where the same thing is read in two places.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from operator import and_, invert, or_
from typing import TypeAlias

from loopengine.core.rules.expressions import AllOf, AnyOf, Condition, Known, Leaf, Not, Possible, RuleRef
from loopengine.core.truth import Truth, known, possible

# Some of the verdicts, or some of the pairs of them: a bit each.
Some: TypeAlias = int
_Pair: TypeAlias = tuple[Truth, Truth]
_VERDICTS = tuple(Truth)
_PAIRS: tuple[_Pair, ...] = tuple(product(_VERDICTS, _VERDICTS))
_BIT = {verdict: 1 << place for place, verdict in enumerate(_VERDICTS)}
_PAIR_BIT = {pair: 1 << place for place, pair in enumerate(_PAIRS)}


def some(verdicts: Iterable[Truth]) -> Some:
    """*verdicts* as a number."""
    return sum(_BIT[verdict] for verdict in frozenset(verdicts))


def pair(one: Truth, other: Truth) -> Some:
    """A pair of verdicts as a number."""
    return _PAIR_BIT[one, other]


@cache
def crossed(one: Some, other: Some) -> Some:
    """The pairs of one of *one* and one of *other*."""
    return sum(_PAIR_BIT[first, second] for first in _of(one) for second in _of(other))


@cache
def alike(those: Some) -> Some:
    """The pairs of one of *those* and the same again."""
    return sum(_PAIR_BIT[each, each] for each in _of(those))


def is_one(those: Some) -> bool:
    """Whether there is one only."""
    return not those & (those - 1)


def _of(those: Some) -> list[Truth]:
    return [verdict for verdict in _VERDICTS if those & _BIT[verdict]]


@dataclass(frozen=True, slots=True)
class Outlook:
    """A condition, by what it may come to where each leaf may come to so much: in the order of its leaves.

    *undecided* gives the places of the leaves in those branches that may come to several things.
    """

    of: Callable[[Sequence[Some]], Some]
    undecided: Callable[[Sequence[Some]], Iterator[int]]


def outlook(condition: Condition, places: Mapping[Leaf, int], *, paired: bool = False) -> Outlook:
    """*condition* over verdicts, or over pairs of them; *places* are those of its leaves."""
    logic = _PAIRED if paired else _SINGLE
    match condition:
        case RuleRef(condition=part):
            return outlook(part, places, paired=paired)
        case Not(part):
            return _turned(outlook(part, places, paired=paired), logic.inverted)
        case Possible(part):
            return _turned(outlook(part, places, paired=paired), logic.possible)
        case Known(part):
            return _turned(outlook(part, places, paired=paired), logic.known)
        case AllOf(parts):
            return _joined([outlook(part, places, paired=paired) for part in parts], logic.both)
        case AnyOf(parts):
            return _joined([outlook(part, places, paired=paired) for part in parts], logic.either)
        case _:
            place = places[condition]

            def undecided(leaves: Sequence[Some]) -> Iterator[int]:
                if not is_one(leaves[place]):
                    yield place

            return Outlook(lambda leaves: leaves[place], undecided)


def _turned(part: Outlook, turn: Callable[[Some], Some]) -> Outlook:
    return Outlook(lambda leaves: turn(part.of(leaves)), part.undecided)


def _joined(parts: Sequence[Outlook], join: Callable[[Some, Some], Some]) -> Outlook:
    first, *others = parts

    def of(leaves: Sequence[Some]) -> Some:
        found = first.of(leaves)
        for part in others:
            found = join(found, part.of(leaves))
        return found

    def undecided(leaves: Sequence[Some]) -> Iterator[int]:
        for part in parts:
            if not is_one(part.of(leaves)):
                yield from part.undecided(leaves)

    return Outlook(of, undecided)


@dataclass(frozen=True, slots=True)
class _Logic:
    """The connectives, on numbers."""

    inverted: Callable[[Some], Some]
    possible: Callable[[Some], Some]
    known: Callable[[Some], Some]
    both: Callable[[Some, Some], Some]
    either: Callable[[Some, Some], Some]


def _single(connective: Callable[[Truth], Truth]) -> Callable[[Some], Some]:
    return cache(lambda those: some(connective(each) for each in _of(those)))


def _double(connective: Callable[[Truth, Truth], Truth]) -> Callable[[Some, Some], Some]:
    return cache(
        lambda those, others: some(connective(one, other) for one in _of(those) for other in _of(others))
    )


def _in_pairs(those: Some) -> list[_Pair]:
    return [pair for pair in _PAIRS if those & _PAIR_BIT[pair]]


def _pairs(found: Iterable[_Pair]) -> Some:
    return sum(_PAIR_BIT[pair] for pair in frozenset(found))


def _single_pairs(connective: Callable[[Truth], Truth]) -> Callable[[Some], Some]:
    return cache(
        lambda those: _pairs((connective(one), connective(other)) for one, other in _in_pairs(those))
    )


def _double_pairs(connective: Callable[[Truth, Truth], Truth]) -> Callable[[Some, Some], Some]:
    return cache(
        lambda those, others: _pairs(
            (connective(one, first), connective(other, second))
            for one, other in _in_pairs(those)
            for first, second in _in_pairs(others)
        )
    )


_SINGLE = _Logic(_single(invert), _single(possible), _single(known), _double(and_), _double(or_))
_PAIRED = _Logic(
    _single_pairs(invert),
    _single_pairs(possible),
    _single_pairs(known),
    _double_pairs(and_),
    _double_pairs(or_),
)
