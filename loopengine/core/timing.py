"""When time alone lets a case move: the day on which an automatic step may be taken.

So a sweep finds such a case by its day, without asking every case what its rules say today.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from functools import lru_cache

from loopengine.core.definitions import Step, Workflow
from loopengine.core.machine import Position, outlook
from loopengine.core.rules.turning import depends_on_time, turning_days
from loopengine.core.workdays import WorkingCalendar


def first_allowed(
    step: Step,
    workflow: Workflow,
    position: Callable[[date], Position],
    calendar: WorkingCalendar,
    *,
    days: Sequence[date],
    last: date,
) -> date | None:
    """The first day, from the first of *days* to *last*, on which *step* is allowed, if there is one.

    *position* is the case as its rules see it on a day. Only *days*, after the first of which the case was
    another one than before, and those between on which time changes something, have to be looked at.
    """
    for day in days_to_look_at(lambda day: _turning(step, position(day), calendar), days, last=last):
        if outlook(step, workflow, position(day), calendar)[0] == "allowed":
            return day
    return None


def days_to_look_at(
    turning: Callable[[date], Iterable[date]], days: Sequence[date], *, last: date
) -> list[date]:
    """*days*, and those between the first of them and *last* on which a rule may come to something else.

    By what was so on a day, *turning* says on which days the passing of time makes a difference.
    """
    if not days or days[0] == last:
        return list(days)
    turns = {each for day in days for each in turning(day)}
    return sorted(day for day in turns.union(days) if days[0] <= day <= last)


def may_move_by_time(workflow: Workflow, state: str) -> bool:
    """Whether time alone can ever let a case move on from *state*."""
    return bool(_timed_steps(workflow).get(state))


def due_by_time(
    workflow: Workflow, position: Position, calendar: Callable[[], WorkingCalendar], *, after: date
) -> date | None:
    """The first day later than *after* on which an automatic step is allowed if nothing but time passes."""
    found: list[date] = []
    for step in _timed_steps(workflow).get(position.state, ()):
        days = (day for day in _turning(step, position, calendar()) if day > after)
        allowed = (day for day in days if _is_allowed(step, workflow, position, calendar(), day))
        found += [day] if (day := next(allowed, None)) is not None else []
    return min(found, default=None)


def _is_allowed(
    step: Step, workflow: Workflow, position: Position, calendar: WorkingCalendar, day: date
) -> bool:
    then = replace(position, situation=position.situation.on(day))
    return outlook(step, workflow, then, calendar)[0] == "allowed"


def _turning(step: Step, position: Position, calendar: WorkingCalendar) -> Iterator[date]:
    """The days on which the rule or the wait of *step* changes, in order."""
    days = [] if step.when is None else turning_days(step.when.condition, position.situation)
    if step.wait is not None and (since := position.situation.happened.get(step.wait.after)) is not None:
        with suppress(ValueError):  # beyond the last day that there is
            days.append(calendar.add(since, step.wait.at_least))
    yield from sorted(days)


@lru_cache(maxsize=512)
def _timed_steps(workflow: Workflow) -> Mapping[str, tuple[Step, ...]]:
    """The automatic steps of each state that time alone can allow."""
    return {
        state.name: tuple(
            step
            for step in state.steps.values()
            if step.automatic
            and (step.wait is not None or (step.when is not None and depends_on_time(step.when.condition)))
        )
        for state in workflow.states.values()
    }
