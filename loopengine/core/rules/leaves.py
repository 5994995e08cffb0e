"""What the leaves of a rule mean: sub-cases in numbers, time, look-backs, sums, and sets of parties.

The walk over the tree and the compiled rule both come here, so that they cannot differ. Knows situations, not
trees.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import date

from loopengine.core.durations import Duration, shift
from loopengine.core.rules.expressions import ArithmeticOp, CompareOp
from loopengine.core.situation import Situation
from loopengine.core.truth import Truth, any_of, truth
from loopengine.core.values import Value

COMPARISONS: Mapping[CompareOp, Callable[[Value, Value], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def compared(op: CompareOp, left: Value | None, right: Value | None) -> Truth:
    """*left* *op* *right*; UNKNOWN if either is."""
    return truth(None if left is None or right is None else COMPARISONS[op](left, right))


def among(value: Value | None, values: tuple[Value, ...]) -> Truth:
    """Whether *value* is one of *values*; UNKNOWN if it is."""
    return truth(None if value is None else value in values)


def answered(situation: Situation, fact: str) -> Truth:
    """The verdict of a yes_no fact."""
    value = situation.facts.get(fact)
    return truth(value if isinstance(value, bool) else None)


def every(situation: Situation, kind: str, state: str) -> Truth:
    """Whether each sub-case of *kind* has reached *state*, or is excused from it; UNKNOWN over none."""
    tally = situation.tally(kind)
    return truth(tally.satisfied(state) == tally.total if tally.total else None)


def some(situation: Situation, kind: str, state: str) -> Truth:
    """Whether at least one sub-case of *kind* has reached *state*."""
    return truth(count(situation, kind, state) > 0)


def count(situation: Situation, kind: str, state: str) -> int:
    """How many sub-cases of *kind* have reached *state*."""
    return situation.tally(kind).reached.get(state, 0)


def alike(situation: Situation, fact: str, duration: Duration) -> int | None:
    """How many other cases have the answer to *fact* that this one has; None while that is unknown.

    Those are counted that were opened from *duration* before today to today, both included.
    """
    value = situation.facts.get(fact)
    if value is None:
        return None
    retold = situation.retold.get((fact, duration))
    if retold is not None:
        return retold
    since, until = shift(situation.today, duration, back=True), situation.today
    others = situation.others.get(fact, ())
    return sum(other.value == value and since <= other.opened_on <= until for other in others)


def since_event(situation: Situation, event: str, duration: Duration) -> Truth:
    """Whether *duration* has passed since *event* last happened; FALSE if it never did."""
    happened = situation.happened.get(event)
    return truth(happened is not None and shift(happened, duration) <= situation.today)


def since_day(situation: Situation, day: Value | None, duration: Duration) -> Truth:
    """Whether *duration* has passed since *day*; UNKNOWN while that is."""
    return truth(shift(day, duration) <= situation.today if isinstance(day, date) else None)


def within_before(situation: Situation, fact: str, duration: Duration, anchor: Value | None) -> Truth:
    """Whether *fact* was so on some day from *duration* before *anchor* to *anchor*, both included.

    An answer holds from the day it was so until the next one, and for what nobody knew before it: so the
    first that is known tells of all the time before, as long as nobody says otherwise. What was last said to
    be unknown is. A fact that has a value and no answers was always so.
    """
    if not isinstance(anchor, date):
        return Truth.UNKNOWN
    if not (answers := situation.answers.get(fact, ())):
        return answered(situation, fact)
    opens = shift(anchor, duration, back=True)
    touched: set[Value | None] = set()
    value: Value | None = None
    ends: date | None = None
    for answer in reversed(answers):
        if answer.so_on == ends:
            continue  # of two for one day, the one recorded later
        value = value if answer.value is None else answer.value
        if answer.so_on <= anchor and (ends is None or opens < ends):
            touched.add(value)
        ends = answer.so_on
    if ends is not None and opens < ends:
        touched.add(value)
    return any_of(truth(each if isinstance(each, bool) else None) for each in touched)


def calculate(op: ArithmeticOp, left: Value, right: Value | Duration) -> Value:
    """*left* *op* *right*: a number of numbers, the days between two dates, or a date moved by a duration."""
    match op, left, right:
        case "+" | "-", date(), Duration():
            return shift(left, right, back=op == "-")
        case "-", date(), date():
            return (left - right).days
        case "+", int(), int():
            return left + right
        case "-", int(), int():
            return left - right
        case "*", int(), int():
            return left * right
        case _:
            raise TypeError(f"no meaning is given to {left!r} {op} {right!r}")


def size(value: Value | None, among: tuple[str, ...]) -> int | None:
    """How many are in a set, of those *among* some if there are any; None while it is unknown."""
    if not isinstance(value, frozenset):
        return None
    return len(value.intersection(among) if among else value)


def member(party: Value | None, parties: Value | None) -> Truth:
    """Whether *party* is among *parties*; UNKNOWN if either is."""
    return ~apart(party, parties)


def apart(left: Value | None, right: Value | None) -> Truth:
    """Whether two sets of parties have nobody in common; UNKNOWN if either is."""
    return truth(None if left is None or right is None else disjoint(left, right))


def disjoint(left: Value, right: Value) -> bool:
    """Whether two sets of parties, or single parties, have nobody in common."""
    return _parties(left).isdisjoint(_parties(right))


def _parties(value: Value) -> frozenset[str]:
    return value if isinstance(value, frozenset) else frozenset({str(value)})
