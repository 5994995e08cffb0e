"""Whether clocks and waits of a workflow are as an example says, reckoned as those of a case are.

Knows workflows, records and the calendar; nothing of files.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime

from loopengine.clock import london_date, london_midnight
from loopengine.core.deadlines import reckoned
from loopengine.core.definitions import OPENED, Framework, Step, Workflow
from loopengine.core.examples.definitions import Due, Fires, Stilled, Stopped, Waited
from loopengine.core.machine import waiting
from loopengine.core.notices import next_notice
from loopengine.core.records import Answered, Happening, Record
from loopengine.core.situation import Situation
from loopengine.core.values import Value
from loopengine.core.workdays import WorkingCalendar
from loopengine.errors import UnknownName


def wrong_due(
    due: Due, workflow: Workflow, calendar: WorkingCalendar, board: Framework | None = None
) -> str | None:
    """What is so of the deadline instead of what *due* says; None if it is so.

    Raises UnknownName if *workflow* has no such deadline or beginning, or *board* no such role.
    """
    _known_deadline(due.deadline, workflow)
    _known_beginnings(due.began, workflow)
    if board is not None:
        _known("role", (role for roles in due.told.values() for role in roles), board.roles)
    record = _record(due.began, workflow)
    at = record.recorded_at
    assert at is not None
    today = london_date(at)
    clock = reckoned(workflow, replace(record, happened={}, answers={}), record, lambda: calendar, today, at)
    found = clock.get(due.deadline)
    # Every case was opened; it counts only where the example says so.
    if found is None or (found.start == OPENED and OPENED not in due.began):
        return f"{due.deadline} has not begun then"
    if found.due.on != due.due:
        return f"{due.deadline} falls due on {found.due.on}, and not on {due.due}"
    if not due.told:
        return None
    told = _told(replace(record, clocks={due.deadline: found}), due.deadline, workflow, calendar)
    if told == {day: frozenset(roles) for day, roles in due.told.items()}:
        return None
    days = sorted(told.keys() | due.told.keys())
    wrong = next(day for day in days if told.get(day, frozenset()) != frozenset(due.told.get(day, ())))
    found_told, said_told = _listed(told.get(wrong, ())), _listed(due.told.get(wrong, ()))
    return f"on {wrong} {due.deadline} tells {found_told}, and not {said_told}"


def wrong_stop(stopped: Stopped, workflow: Workflow) -> str | None:
    """What stops the deadline instead of what *stopped* says; None if it is that."""
    _known_deadline(stopped.deadline, workflow)
    _known("event", stopped.by, workflow.events)
    until = workflow.deadlines[stopped.deadline].until
    if {*until} == {*stopped.by}:
        return None
    return f"{stopped.deadline} is stopped by {_listed(until)}, and not by {_listed(stopped.by)}"


def wrong_event(fires: Fires, workflow: Workflow) -> str | None:
    """What the deadline fires instead of what *fires* says; None if it is that."""
    _known_deadline(fires.deadline, workflow)
    _known("event", (fires.event,), workflow.events)
    then = workflow.deadlines[fires.deadline].then
    if then == fires.event:
        return None
    return f"{fires.deadline} fires {then or 'nothing'} when its time is up, and not {fires.event}"


def wrong_hold(stilled: Stilled, workflow: Workflow) -> str | None:
    """What the hold stops or blocks instead of what *stilled* says; None if it is that."""
    _known("hold", (stilled.hold,), workflow.holds)
    _known("deadline", stilled.stops, workflow.deadlines)
    _known("event", stilled.blocks, workflow.events)
    hold = workflow.holds[stilled.hold]
    for verb, found, said in (
        ("stops", hold.stops, stilled.stops),
        ("blocks", hold.blocks, stilled.blocks),
    ):
        if {*found} != {*said}:
            return f"{stilled.hold} {verb} {_listed(found, 'nothing')}, and not {_listed(said, 'nothing')}"
    return None


def wrong_wait(
    waited: Waited, steps: Iterable[Step], workflow: Workflow, calendar: WorkingCalendar
) -> str | None:
    """How long the *steps* of *workflow* wait instead of what *waited* says; None if it is so long."""
    _known_beginnings(waited.began, workflow)
    since = max(waited.began.values())
    for step in steps:
        earliest, _ = waiting(step, Situation(since, happened=waited.began), calendar)
        if earliest != waited.not_before:
            return f"{step.source}.{step.event} {_found_waiting(step, waited, earliest)}"
    return None


def _found_waiting(step: Step, waited: Waited, earliest: date | None) -> str:
    if step.wait is None:
        return f"does not wait, and not until {waited.not_before}"
    found = f"not before {earliest}" if earliest is not None else "no longer"
    if step.wait.after not in waited.began:
        found = f"for {step.wait.after}"
    return f"waits {found}, and not until {waited.not_before}"


def _known_deadline(name: str, workflow: Workflow) -> None:
    _known("deadline", (name,), workflow.deadlines)


def _known_beginnings(names: Iterable[str], workflow: Workflow) -> None:
    days = (name for name, fact in workflow.facts.items() if fact.type == "date")
    _known("event or date fact", names, (OPENED, *workflow.events, *days))


def _known(sort: str, names: Iterable[str], known: Collection[str]) -> None:
    """Raise UnknownName for the first of *names* that is none of *known*."""
    for name in names:
        if name not in known:
            raise UnknownName(sort, name, known)


def _record(began: Mapping[str, date], workflow: Workflow) -> Record:
    """A case in which *began* has happened, or was answered, one after the other, and nothing else."""
    first, last = min(began.values()), max(began.values())
    # What a date fact says may lie ahead: it is known from the day of the first of what began.
    at: datetime = london_midnight(first)
    events = [(name, day) for name, day in began.items() if name in workflow.events]
    happened = {name: (Happening(day, n),) for n, (name, day) in enumerate(events, 1)}
    facts: dict[str, Value] = {name: day for name, day in began.items() if name in workflow.facts}
    answers = {name: (Answered(name, value, first, 0, at, ""),) for name, value in facts.items()}
    at = london_midnight(last) if events else at
    return Record(
        reference="",
        workflow=workflow.name,
        framework="",
        opened_on=began.get(OPENED, date.min if OPENED not in began else first),
        state=workflow.starts,
        recorded_at=at,
        happened=happened,
        answers=answers,
    )


def _told(
    record: Record, deadline: str, workflow: Workflow, calendar: WorkingCalendar
) -> dict[date, frozenset[str]]:
    """Whom the one clock of *record* tells on which day, that it is overdue left aside."""
    found: dict[date, frozenset[str]] = {}
    # Neither a reminder for a day that had passed nor a rung for one is left out.
    clock = replace(record.clocks[deadline], settled_at=london_midnight(date(1900, 1, 1)))
    while True:
        notice = next_notice(workflow, replace(record, clocks={deadline: clock}), lambda: calendar)
        if notice is None:
            return found
        if notice.tell:
            day = london_date(notice.due_at)
            found[day] = found.get(day, frozenset()) | {*notice.tell}
        clock = replace(clock, said=(*clock.said, notice.name))


def _listed(names: Collection[str], none: str = "nobody") -> str:
    return ", ".join(sorted(names)) or none
