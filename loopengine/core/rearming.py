"""The clocks of a case some of whose steps were struck out: as they would stand had those not been taken.

What a clock has said stays said. Knows definitions, records and the working calendar; does not know which
steps were struck out, nor why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from loopengine.core.clocks import Clock
from loopengine.core.deadlines import projected, reckoned
from loopengine.core.definitions import Workflow
from loopengine.core.notices import THEN, next_notice
from loopengine.core.records import Record
from loopengine.core.workdays import WorkingCalendar


@dataclass(frozen=True, slots=True)
class Past:
    """A case as it was before the first step that is struck out, and the clocks whose time being up had fired
    one of the steps, each with its arming: they fire it again.
    """

    record: Record
    unsaid: frozenset[tuple[str, int]] = frozenset()


def rearmed(
    workflow: Workflow,
    past: Past,
    before: Record,
    after: Record,
    calendar: WorkingCalendar,
    today: date,
    at: datetime,
) -> dict[str, Clock | None]:
    """The clocks that are different once *before* is put back to *after*, at the instant *at*.

    None stands for a clock that nothing has begun.
    """
    clocks = _reckoned_from(before, workflow, after, calendar, today, at)
    earlier = _reckoned_from(past.record, workflow, after, calendar, today, at)
    for name, clock in earlier.items():
        # What began it then began it again, and it is the same clock.
        if name not in clocks or clocks[name].n == after.entries:
            clocks[name] = clock
    for name, armed in past.unsaid:
        if name in clocks and clocks[name].n == armed:
            said = tuple(each for each in clocks[name].said if each != THEN)
            clocks[name] = replace(clocks[name], said=said)
    changed = {name: clock for name, clock in clocks.items() if clock != before.clocks.get(name)}
    resumed = {name: clock for name, clock in changed.items() if not _ran_on(before.clocks.get(name), clock)}
    # What was held, or closed, while it stood still has to be reckoned with.
    changed |= projected(workflow, replace(after, clocks=resumed), calendar, today)
    for name in resumed:
        changed[name] = _not_late_before(workflow, replace(after, clocks={name: changed[name]}), calendar, at)
    return {**changed, **{name: None for name in before.clocks if name not in clocks}}


def _reckoned_from(
    record: Record, workflow: Workflow, after: Record, calendar: WorkingCalendar, today: date, at: datetime
) -> dict[str, Clock]:
    """The clocks after *after*, if those of *record* stood before it."""
    changed = reckoned(workflow, record, after, lambda: calendar, today, at)
    clocks: Mapping[str, Clock | None] = {**record.clocks, **changed}
    return {name: clock for name, clock in clocks.items() if clock is not None}


def _ran_on(before: Clock | None, clock: Clock) -> bool:
    """Whether *clock* is stopped, or was not: nothing can have passed it by."""
    return not clock.is_running or (before is not None and before.is_running and before.n == clock.n)


def _not_late_before(workflow: Workflow, after: Record, calendar: WorkingCalendar, at: datetime) -> Clock:
    """The one clock of *after*; what it would have said while it did not run falls due only now."""
    (clock,) = after.clocks.values()
    missed = next_notice(workflow, after, lambda: calendar)
    return clock if missed is None or missed.at > at else replace(clock, settled_at=at)
