"""Standing rules: on which day what they watch for has arisen in a case, or has ceased.

Knows definitions and records. Does not know what is opened because of it, or who is told.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache

from loopengine.core.definitions import Standing, Workflow
from loopengine.core.records import Record
from loopengine.core.rules.turning import depends_on_time, turning_days
from loopengine.core.situation import Situation
from loopengine.core.timing import days_to_look_at
from loopengine.core.truth import Truth


def next_change(
    rule: Standing, record: Record, situation: Callable[[date], Situation], *, first: date, last: date
) -> date | None:
    """The first day from *first* to *last* on which *rule* is TRUE, and *record* does not say so; or on which
    it is TRUE no more.

    *situation* is the case as its rules see it on a day. Nothing changes before it last did; and what nobody
    is told of never ceases.
    """
    arisen = record.has_arisen(rule.name)
    if arisen and not rule.tell:
        return None
    begin = min(max(first, record.opened_on, _last_changed(record, rule.name)), last)
    days = days_to_look_at(
        lambda day: turning_days(rule.when.condition, situation(day)),
        record.days_of_change(begin, last),
        last=last,
    )
    return next((day for day in days if _is_so(rule, situation(day)) is not arisen), None)


def changes_by_time(workflow: Workflow, record: Record, situation: Situation, *, after: date) -> date | None:
    """The first day later than *after* on which a rule is other than *record* says if nothing but time
    passes.
    """
    found: list[date] = []
    for rule in _timed(workflow):
        arisen = record.has_arisen(rule.name)
        if arisen and not rule.tell:
            continue
        days = (day for day in turning_days(rule.when.condition, situation) if day > after)
        changed = (day for day in days if _is_so(rule, situation.on(day)) is not arisen)
        found += [day] if (day := next(changed, None)) is not None else []
    return min(found, default=None)


def _is_so(rule: Standing, situation: Situation) -> bool:
    return rule.when.verdict(situation) is Truth.TRUE


def _last_changed(record: Record, rule: str) -> date:
    if rule not in record.standing:
        return record.opened_on
    span = record.standing[rule][-1]
    return span.until or span.since


@lru_cache(maxsize=512)
def _timed(workflow: Workflow) -> tuple[Standing, ...]:
    """The standing rules that time alone can change."""
    return tuple(rule for rule in workflow.standing.values() if depends_on_time(rule.when.condition))
