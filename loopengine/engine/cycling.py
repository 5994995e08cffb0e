"""Cycles: cases that the framework opens of itself, every year, every quarter, or when a group meets.

Done by a sweep, in the order in which all falls due, or by whoever opens a case of their own. A day that
nobody swept on is made up for; one before the database knew the framework is not.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from heapq import merge

from loopengine.clock import london_midnight
from loopengine.core.definitions import Cycle, Framework
from loopengine.engine.opening import open_case
from loopengine.engine.settling import settle
from loopengine.engine.sweeping import Begin, Done, Failure, Sweep, do_due, try_due
from loopengine.engine.work import BY_ENGINE, Held, Work
from loopengine.errors import DefinitionError, RefusedError
from loopengine.store import books, cycles
from loopengine.store.books import alone

_ONE_DAY = timedelta(days=1)
_MOMENT = timedelta(microseconds=1)
_LAST = date.max - _ONE_DAY


def days_due(work: Work, *, dry_run: bool) -> list[tuple[date, Cycle]]:
    """The days up to today for which the present framework's cycles have yet to open a case, in order."""
    framework = work.shelf.present
    if not framework.cycles:
        return []
    since = cycles.known_since(work.connection, framework.name)
    if since is None and not dry_run:
        books.pin(work.connection, framework, work.now)
    since = since or work.today
    done = cycles.opened(work.connection, framework.name)
    due = (
        (day, cycle)
        for cycle in framework.cycles.values()
        for day in cycle.days(since, work.today)
        if (cycle.name, day) not in done
    )
    return sorted(due, key=lambda each: each[0])


def next_day(framework: Framework, after: date) -> date | None:
    """The first day later than *after* on which a cycle of *framework* opens a case."""
    if after >= _LAST:
        return None
    days = (next(cycle.days(after + _ONE_DAY, _LAST), None) for cycle in framework.cycles.values())
    return min(filter(None, days), default=None)


def sweep(
    begin: Begin,
    now: Callable[[], datetime],
    *,
    cycles_too: bool,
    dry_run: bool,
    at_once: int,
    progress: Callable[[int], None] | None,
) -> Sweep:
    """Do everything that is due in cases and, if *cycles_too*, open what is due to be opened, all in the
    order of their instants; or say what that would be. At one instant, a cycle's case comes before all else.

    What cannot be opened stops no clock.
    """
    at = now()
    done: list[Done] = []
    failures: dict[int, Failure] = {}
    due, not_opened = _due(begin, dry_run=dry_run) if cycles_too else ([], {})
    if dry_run:
        opened = [Done("", "opened", london_midnight(day), event=cycle.name) for day, cycle in due]
        done = [*merge(opened, try_due(begin, failures), key=lambda each: each.due_at or at)]
    else:
        do = partial(do_due, begin, failures, at_once=at_once, progress=progress)
        for day, cycle in due:
            done += do(until=london_midnight(day) - _MOMENT)
            try:
                done += _open_for(begin, cycle, day)
            except (DefinitionError, RefusedError) as error:
                not_opened.setdefault(cycle.name, Failure(f"cycle {cycle.name}", error.message))
        done += do()
    return Sweep(at, tuple(done), (*not_opened.values(), *failures.values()), dry_run)


def open_due(work: Work) -> None:
    """Open, in this transaction, what is due to be opened by now: a case that somebody opens comes after."""
    alone(work.connection, "cycles")
    for day, cycle in days_due(work, dry_run=False):
        _open(work, cycle, day)


def _due(begin: Begin, *, dry_run: bool) -> tuple[list[tuple[date, Cycle]], dict[str, Failure]]:
    try:
        with begin() as work:
            return days_due(work, dry_run=dry_run), {}
    except (DefinitionError, RefusedError) as error:  # the files are not fit to begin under
        return [], {"": Failure("cycles", error.message)}


def _open_for(begin: Begin, cycle: Cycle, day: date) -> list[Done]:
    with begin() as work:
        alone(work.connection, "cycles")
        if (cycle.name, day) in cycles.opened(work.connection, work.shelf.present.name):
            return []  # somebody else was quicker
        held = _open(work, cycle, day)
    return [Done(held.record.reference, "opened", london_midnight(day), event=cycle.name)]


def _open(work: Work, cycle: Cycle, day: date) -> Held:
    work.at = london_midnight(day)
    held = open_case(work, cycle.workflow, cycle.sets, by=BY_ENGINE, on=day, cycle=cycle.name)
    cycles.mark(work.connection, work.shelf.present.name, cycle.name, day, held.id)
    settle(work, day)
    work.look_ahead()
    work.at = None
    return held
