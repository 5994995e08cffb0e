"""The days on which time alone may change what a condition comes to.

Over trees and situations alone; what follows from such a day is for others.
"""

from __future__ import annotations

from datetime import date, timedelta

from loopengine.core.durations import Duration, shift
from loopengine.core.rules.expressions import Alike, Condition, Operand, Since, SinceDay, walk
from loopengine.core.rules.verdicts import value_of
from loopengine.core.situation import Situation

# Of so many days every one is looked at; of more, those on which something changes as the answers are.
MOST_DAYS = 40


def turning_days(condition: Condition, situation: Situation) -> list[date]:
    """The days on which a `since` of *condition* becomes TRUE, as far as that is certain, or another case is
    too old for an `alike`; in order.
    """
    days = {_turns(node, situation) for node in walk(condition)}
    days |= {day for node in walk(condition) if isinstance(node, Alike) for day in _drop_out(node, situation)}
    return sorted(day for day in days if day is not None)


def depends_on_time(condition: Condition) -> bool:
    """Whether time alone can ever change what *condition* comes to."""
    return any(isinstance(node, Since | SinceDay) for node in walk(condition))


def _drop_out(node: Alike, situation: Situation) -> set[date]:
    """The days from which on cases that *node* counts, or would by another answer, are too old for it."""
    value, since = situation.facts.get(node.fact), shift(situation.today, node.duration, back=True)
    within = [
        other for other in situation.others.get(node.fact, ()) if since <= other.opened_on <= situation.today
    ]
    counted = {other.opened_on for other in within}
    if len(counted) > MOST_DAYS:
        counted = {other.opened_on for other in within if other.value == value}
    return {day for opened_on in counted if (day := _too_late(opened_on, node.duration)) is not None}


def _too_late(opened_on: date, duration: Duration) -> date | None:
    """The first day of which *opened_on* lies further back than *duration*."""
    # A month on from 28 February is 28 March, of which so long before there are four days more.
    day = shift(opened_on, duration)
    while day < date.max and shift(day, duration, back=True) <= opened_on:
        day += timedelta(days=1)
    return day if day < date.max else None


def _turns(node: Condition | Operand, situation: Situation) -> date | None:
    match node:
        case Since(event, duration):
            happened = situation.happened.get(event)
            return None if happened is None else shift(happened, duration)
        case SinceDay(day, duration):
            start = value_of(day, situation)
            return shift(start, duration) if isinstance(start, date) else None
        case _:
            return None
