"""The days on which time alone may change what a condition comes to.

Over trees and situations alone; what follows from such a day is for others.
"""

from __future__ import annotations

from datetime import date

from loopengine.core.durations import shift
from loopengine.core.rules.expressions import Condition, Operand, Since, SinceDay, walk
from loopengine.core.rules.verdicts import value_of
from loopengine.core.situation import Situation


def turning_days(condition: Condition, situation: Situation) -> list[date]:
    """The days on which a `since` of *condition* becomes TRUE, as far as that is certain, in order."""
    days = {_turns(node, situation) for node in walk(condition)}
    return sorted(day for day in days if day is not None)


def depends_on_time(condition: Condition) -> bool:
    """Whether time alone can ever change what *condition* comes to."""
    return any(isinstance(node, Since | SinceDay) for node in walk(condition))


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
