"""What a rule waits for beside answers: sub-cases, and time, alone or with changes of facts.

Over trees and situations. Which events it waits for is told by `obstacles.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from loopengine.core.rules.boundaries import Distance, crossings, distances
from loopengine.core.rules.expressions import (
    AllOf,
    Among,
    AnyOf,
    Compare,
    Condition,
    Count,
    Every,
    Known,
    Not,
    Possible,
    RuleRef,
    Some,
    walk,
)
from loopengine.core.rules.fixing import Fix, fixes
from loopengine.core.rules.turning import turning_days
from loopengine.core.rules.verdicts import evaluate, value_of
from loopengine.core.situation import Situation
from loopengine.core.truth import Truth
from loopengine.core.values import LARGEST_NUMBER, Fact


@dataclass(frozen=True, slots=True)
class Prospect:
    """When a rule will be TRUE, or could be made so.

    *day* is the first on which it is TRUE once the changes of one of *fixes* are recorded on it, or as it is
    if there are none; *by_waiting* the first on which it is TRUE if nothing is done at all.
    """

    day: date | None = None
    fixes: tuple[Fix, ...] = ()
    by_waiting: date | None = None


def waits_for(condition: Condition, situation: Situation) -> tuple[tuple[str, str], ...]:
    """The kinds of sub-case, each with the state that they have yet to reach, in branches that are not TRUE.

    What stands under a `not` is waited for only where a count is compared: a state is reached, not left. So
    is a count only where it has to grow.
    """
    return tuple(dict.fromkeys(_awaited(condition, situation, Truth.TRUE)))


def time_changes(condition: Condition, situation: Situation) -> date | None:
    """The first day to come on which the verdict is better than now, if only time passes."""
    now = evaluate(condition, situation)
    better = (
        day
        for day in _days_to_come(condition, situation)
        if evaluate(condition, situation.on(day)).value > now.value
    )
    return next(better, None)


def prospect(
    condition: Condition,
    situation: Situation,
    facts: Mapping[str, Fact],
    *,
    start: date | None = None,
    settled: Collection[str] = (),
) -> Prospect:
    """The first day from *start* on (default: today) on which changes of facts would do, and which.

    Sub-cases and events stay as they are, and so do the facts that are *settled*.
    """
    first = situation.today if start is None else start
    days = [first, *(day for day in _days_to_come(condition, situation) if day > first)]
    by_waiting = next((day for day in days if evaluate(condition, situation.on(day)) is Truth.TRUE), None)
    for day in days:
        if day == by_waiting:
            return Prospect(day, (), by_waiting)
        if found := fixes(condition, situation.on(day), facts, settled=settled):
            return Prospect(day, found, by_waiting)
    return Prospect()


def _awaited(condition: Condition, situation: Situation, wanted: Truth) -> Iterator[tuple[str, str]]:
    if evaluate(condition, situation) is wanted:
        return
    match condition:
        case RuleRef(condition=part) | Possible(part) | Known(part):
            yield from _awaited(part, situation, wanted)
        case Not(part):
            yield from _awaited(part, situation, ~wanted)
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _awaited(part, situation, wanted)
        case Every(kind, state) | Some(kind, state) if wanted is Truth.TRUE:
            yield kind, state
        case Compare() | Among():
            counts = dict.fromkeys(node for node in walk(condition) if isinstance(node, Count))
            for count in counts:
                others = [other for other in counts if other != count]
                if any(_grows(condition, count, case, wanted) for case in _or_many(others, situation)):
                    yield count.kind, count.state
        case _:
            pass


def _or_many(counts: list[Count], situation: Situation) -> Iterator[Situation]:
    """*situation*, and what it would be if all of *counts* had grown as well."""
    yield situation
    for count in counts:
        situation = _counting(count, LARGEST_NUMBER, situation)
    yield situation


def _grows(leaf: Compare | Among, count: Count, situation: Situation, wanted: Truth) -> bool:
    """Whether *leaf* is not as *wanted*, and would be, or for all one knows could, with more of *count*."""
    if evaluate(leaf, situation) is wanted:
        return False
    now = value_of(count, situation)
    assert isinstance(now, int)
    places = range(now, LARGEST_NUMBER + 1)
    tried = {now + 1, LARGEST_NUMBER}
    for distance in distances(leaf, situation):
        for place in crossings(partial(_with_many, distance, count, situation), places):
            tried |= {place - 1, place}
    verdicts = {evaluate(leaf, _counting(count, many, situation)) for many in tried if many > now}
    return not verdicts.isdisjoint({wanted, Truth.UNKNOWN})


def _with_many(distance: Distance, count: Count, situation: Situation, many: int) -> int | None:
    return distance(_counting(count, many, situation))


def _counting(count: Count, many: int, situation: Situation) -> Situation:
    """*situation*, with *many* sub-cases where *count* counts."""
    tally = situation.tally(count.kind)
    grown = replace(tally, total=max(tally.total, many), reached={**tally.reached, count.state: many})
    return replace(situation, tallies={**situation.tallies, count.kind: grown})


def _days_to_come(condition: Condition, situation: Situation) -> list[date]:
    return [day for day in turning_days(condition, situation) if day > situation.today]
