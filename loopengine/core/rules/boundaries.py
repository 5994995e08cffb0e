"""Where a number or a date has to stand for a rule to judge it otherwise.

Each comparison is turned into a distance, which is zero where its two sides meet. Along one fact, all else
standing still, a distance only grows or only shrinks (a square does on either side of zero), so the places
where it changes sign are found by halving. Knows what leaves compare, not what follows from it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import TypeAlias

from loopengine.core.durations import Duration, shift
from loopengine.core.rules.expressions import (
    Alike,
    Among,
    Compare,
    Leaf,
    Operand,
    SinceDay,
    WithinBefore,
    walk,
)
from loopengine.core.rules.supposing import Supposition
from loopengine.core.rules.verdicts import value_of
from loopengine.core.situation import Situation
from loopengine.core.values import LARGEST_NUMBER, Fact, Value

Distance: TypeAlias = Callable[[Situation], int | None]

_DATES = range(date.min.toordinal(), date.max.toordinal() + 1)
# A day for a fact of which no rule asks more than that it be known, where there is no present day to take.
_SOME_DAY = date(2000, 1, 1)


def boundaries(fact: Fact, leaf: Leaf, supposed: Supposition) -> set[int]:
    """The places from which on *leaf* may judge the number or date of *fact* otherwise, as is *supposed*."""
    found: set[int] = set()
    for distance in distances(leaf, supposed.situation):
        for stretch in _stretches(fact):
            found |= crossings(_along(fact, distance, supposed), stretch)
    supposed.forget(fact.name)
    if any(isinstance(node, Alike) and node.fact == fact.name for node in walk(leaf)):
        # Each answer that others gave is a place of its own: what it comes to there says nothing of the next.
        given = {each.value for each in supposed.situation.others.get(fact.name, ())}
        found |= {place for value in given if isinstance(value, int) for place in (value, value + 1)}
    return found


def representatives(fact: Fact, cuts: set[int], today: date) -> list[Value]:
    """The first and the last value of *fact* of each stretch between *cuts*, as far as there are such."""
    first, last = _stretches(fact)[0][0], _stretches(fact)[-1][-1]
    ends = sorted({end for cut in cuts for end in (cut - 1, cut) if first < end < last})
    if ends:
        return [_value(fact, end) for end in ends]
    if fact.type == "number":
        return [0]
    return [_SOME_DAY if today == date.min else today]


def _stretches(fact: Fact) -> tuple[range, ...]:
    """All that *fact* could be, in stretches along which a distance only grows or only shrinks."""
    if fact.type == "date":
        return (_DATES,)
    return range(-LARGEST_NUMBER, 1), range(LARGEST_NUMBER + 1)


def _value(fact: Fact, place: int) -> Value:
    return date.fromordinal(place) if fact.type == "date" else place


def _along(fact: Fact, distance: Distance, supposed: Supposition) -> Callable[[int], int | None]:
    def along(place: int) -> int | None:
        supposed.suppose(fact.name, _value(fact, place))
        return distance(supposed.situation)

    return along


def crossings(along: Callable[[int], int | None], stretch: range) -> set[int]:
    """The first place of *stretch* where the distance has reached zero, and the first where it is past it."""
    first, last = stretch[0], stretch[-1]
    start, end = along(first), along(last)
    if start is None or end is None or start == end:
        return set()
    direction = 1 if start < end else -1

    def ahead(place: int) -> int:
        return direction * (along(place) or 0)

    if ahead(first) > 0 or ahead(last) < 0:
        return set()
    # Most often the distance is the fact itself less something: then this is the place.
    guess = first - direction * start
    if first < guess < last and (ahead(guess - 1), ahead(guess), ahead(guess + 1)) == (-1, 0, 1):
        return {guess, guess + 1}
    reached = bisect_left(stretch, True, key=lambda place: ahead(place) >= 0)
    passed = bisect_left(stretch, True, key=lambda place: ahead(place) > 0)
    return {stretch[index] for index in (reached, passed) if index < len(stretch)}


def distances(leaf: Leaf, situation: Situation) -> Iterator[Distance]:
    """What has to be nought, or change its sign, for *leaf* to be judged otherwise."""
    match leaf:
        case Compare(_, left, right):
            yield lambda now: _gap(value_of(left, now), value_of(right, now))
        case Among(operand, values):
            for value in values:
                yield partial(_from_operand, operand, value)
        case SinceDay(day, duration):
            yield lambda now: _gap(_moved(value_of(day, now), duration), now.today)
        case WithinBefore(fact, duration, anchor):
            for turn in (situation.today, *(answer.so_on for answer in situation.answers.get(fact, ()))):
                yield partial(_from_operand, anchor, turn)
                yield partial(_from_window, anchor, duration, turn)
        case _:
            pass


def _from_operand(operand: Operand, value: Value, now: Situation) -> int | None:
    return _gap(value_of(operand, now), value)


def _from_window(anchor: Operand, duration: Duration, turn: date, now: Situation) -> int | None:
    """From *turn* to the day on which the window before *anchor* opens."""
    return _gap(_moved(value_of(anchor, now), duration, back=True), turn)


def _moved(day: Value | None, duration: Duration, *, back: bool = False) -> Value | None:
    return shift(day, duration, back=back) if isinstance(day, date) else None


def _gap(left: Value | None, right: Value | None) -> int | None:
    match left, right:
        case date(), date():
            return (left - right).days
        case int(), int():
            return left - right
        case _:
            return None
