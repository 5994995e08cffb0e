"""How long a case may take if everybody takes as long as the deadlines let them, and nobody is late.

Of the ways from the start to an end that pass no state twice, the longest is told, in working days; holds are
left aside. What a fact says of a day is taken to be the day of the opening where a deadline starts on it, and
to bound nothing where it is due then. Knows workflows and the working calendar.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TypeAlias

from loopengine.core.definitions import OPENED, Deadline, Step, Workflow
from loopengine.core.proving.domains import TODAY
from loopengine.core.proving.findings import Proof
from loopengine.core.rules.english import words
from loopengine.core.workdays import WorkingCalendar

_Way: TypeAlias = tuple[Step, ...]
_MOST_WAYS = 20_000  # of more than these, the longest is not looked for


def longest(workflow: Workflow, taken: Sequence[Step]) -> Iterator[Proof]:
    """The longest way of *workflow* over the steps *taken*, as something to be noted."""
    calendar = WorkingCalendar.england_and_wales()
    found: tuple[int, _Way] | None = None
    for number, way in enumerate(_ways(workflow, taken, (), workflow.starts)):
        if number == _MOST_WAYS:
            yield _noted(workflow, "there are too many ways to an end to tell the longest")
            return
        days = calendar.count(TODAY, _ends_on(workflow, way, calendar))
        if found is None or days > found[0]:
            found = days, way
    if found is None or not found[0]:
        yield _noted(workflow, "no deadline bounds how long a case takes to its end")
        return
    days, way = found
    told = " -> ".join(words(step.event) for step in way)
    yield _noted(
        workflow, f"{days} working days to an end at most, as far as deadlines bound it and are met: {told}"
    )


def _noted(workflow: Workflow, said: str) -> Proof:
    return Proof("longest", workflow.name, True, said, noted=True)


def _ways(workflow: Workflow, taken: Sequence[Step], way: _Way, state: str) -> Iterator[_Way]:
    """The ways on from *state* to an end that come to no state twice."""
    if workflow.states[state].final:
        yield way
        return
    been = {workflow.starts, *(step.to for step in way)}
    for step in taken:
        if step.source == state and step.to not in been:
            yield from _ways(workflow, taken, (*way, step), step.to)


def _ends_on(workflow: Workflow, way: _Way, calendar: WorkingCalendar) -> date:
    """The day on which the last step of *way* is taken, each as late as may be."""
    day = TODAY
    happened = {OPENED: day}
    running = {
        each.name: _due(each, day, calendar)
        for each in workflow.deadlines.values()
        if each.within is not None and each.before is None and _starts_at_first(each, workflow)
    }
    for n, step in enumerate(way):
        ahead = {later.event for later in way[n:]}
        deadlines = [workflow.deadlines[name] for name in running]
        limits = [running[each.name] for each in deadlines if ahead.intersection(each.until)]
        day = max([day, _waited(step, happened, day, calendar), *([min(limits)] if limits else [])])
        happened[step.event] = day
        for each in workflow.deadlines.values():
            if step.event in each.until:
                running.pop(each.name, None)
            if step.event in each.starts and each.within is not None:
                running[each.name] = _due(each, day, calendar)
    return day


def _starts_at_first(deadline: Deadline, workflow: Workflow) -> bool:
    return any(start == OPENED or start in workflow.facts for start in deadline.starts)


def _due(deadline: Deadline, since: date, calendar: WorkingCalendar) -> date:
    assert deadline.within is not None
    return calendar.due(since, deadline.within, roll=deadline.roll).on


def _waited(step: Step, happened: dict[str, date], day: date, calendar: WorkingCalendar) -> date:
    if step.wait is None or step.wait.after not in happened:
        return day
    return calendar.add(happened[step.wait.after], step.wait.at_least)
