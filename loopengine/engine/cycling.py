"""Cycles: cases that the framework opens of itself, every year, every quarter, or when a group meets.

Done by a sweep. A day that nobody swept on is made up for; one before the database knew the framework is not.
"""

from __future__ import annotations

from datetime import date, timedelta

from loopengine.clock import london_midnight
from loopengine.core.definitions import Cycle, Framework
from loopengine.engine.opening import open_case
from loopengine.engine.settling import settle
from loopengine.engine.sweeping import Begin, Done, Failure
from loopengine.engine.work import BY_ENGINE, Work
from loopengine.errors import DefinitionError, RefusedError
from loopengine.store import books, cycles

_ONE_DAY = timedelta(days=1)
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


def open_due(begin: Begin, *, dry_run: bool) -> tuple[list[Done], list[Failure]]:
    """Open a case for every day that is due, each in a transaction of its own; or say what that would be.

    With it what could not be opened, and why: that stops no clock.
    """
    done: list[Done] = []
    failures: dict[str, Failure] = {}
    try:
        with begin() as work:
            due = days_due(work, dry_run=dry_run)
    except (DefinitionError, RefusedError) as error:  # the files are not fit to begin under
        return [], [Failure("cycles", error.message)]
    for day, cycle in due:
        try:
            done.append(_open_for(begin, cycle, day, dry_run))
        except (DefinitionError, RefusedError) as error:
            failures.setdefault(cycle.name, Failure(f"cycle {cycle.name}", error.message))
    return done, [*failures.values()]


def _open_for(begin: Begin, cycle: Cycle, day: date, dry_run: bool) -> Done:
    at = london_midnight(day)
    if dry_run:
        return Done("", "opened", at, event=cycle.name)
    with begin() as work:
        work.at = at
        held = open_case(work, cycle.workflow, cycle.sets, by=BY_ENGINE, on=day, cycle=cycle.name)
        cycles.mark(work.connection, work.shelf.present.name, cycle.name, day, held.id)
        settle(work, day)
        work.look_ahead()
        work.at = None
    return Done(held.record.reference, "opened", at, event=cycle.name)
