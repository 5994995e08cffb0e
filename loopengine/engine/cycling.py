"""Cycles: cases that the framework opens of itself, every year, every quarter, or when a group meets.


Done by a sweep, in the order in which all falls due, or by whoever opens a case of their own. A day that
nobody swept on is made up for; one before the database knew the framework is not. What a case takes over from
the one before is what was known by then, however late it is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial
from heapq import merge

from loopengine.clock import london_midnight
from loopengine.core.carrying import carried
from loopengine.core.definitions import Cycle, Each, Framework
from loopengine.core.history import Entry, replay
from loopengine.core.records import Record
from loopengine.engine.catching_up import catch_up
from loopengine.engine.opening import Carried, open_case
from loopengine.engine.settling import in_words, settle
from loopengine.engine.sweeping import ALL, Begin, Done, Failure, Sweep, do_due, try_due
from loopengine.engine.work import BY_ENGINE, Held, Work
from loopengine.errors import DefinitionError, RefusedError
from loopengine.store import books, cases, cycles
from loopengine.store.books import alone

FOLLOWS = "follows"  # the link of a case of a cycle to the one whose answers it takes over
_BEGINNING = datetime(1900, 1, 1, tzinfo=UTC)

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
        opened = [
            Done("", "opened", london_midnight(day), event=cycle.name)
            for day, cycle in due
            for _ in cycle.parties or (None,)
        ]
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
        if cycle.carry:  # what is taken over is what was so by then
            before = london_midnight(day) - _MOMENT
            rows = [row for row, _ in cases.due(work.connection, before, ALL)]
            catch_up(work, work.load_rows(rows), until=before)
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
        opened = _open(work, cycle, day)
    at = london_midnight(day)
    return [Done(held.record.reference, "opened", at, event=cycle.name) for held in opened]


def _open(work: Work, cycle: Cycle, day: date) -> list[Held]:
    """Open what *cycle* opens on a day: one case, or one for each party."""
    work.at = london_midnight(day)
    opened = [_open_one(work, cycle, party, day, work.at) for party in cycle.parties or (None,)]
    cycles.mark(work.connection, work.shelf.present.name, cycle.name, day, opened[0].id)
    settle(work, day)
    work.look_ahead()
    work.at = None
    return opened


def _open_one(work: Work, cycle: Cycle, party: str | None, day: date, at: datetime) -> Held:
    """Open the case of *cycle* for *day* and *party*, which goes on from the one before if it carries."""
    sets = {name: party if isinstance(value, Each) else value for name, value in cycle.sets.items()}
    its = {name: party for name, value in cycle.sets.items() if isinstance(value, Each)}
    last = _last(work, cycle, its, day, at) if cycle.carry else None
    follows, carries = None, None
    if last is not None:
        follows = work.load(last.reference)
        other = work.shelf.present.workflow(cycle.workflow)
        facts = carried(cycle.carry, last.facts(day), follows.workflow, other, without=sets)
        carries = Carried(last.reference, in_words(work, other, facts))
    return open_case(
        work,
        cycle.workflow,
        sets,
        by=BY_ENGINE,
        on=day,
        cycle=cycle.name,
        linked=None if follows is None else (follows, FOLLOWS),
        carried=carries,
    )


def _last(work: Work, cycle: Cycle, its: Mapping[str, str | None], day: date, at: datetime) -> Record | None:
    """The latest case of the cycle's workflow that has *its* answers, as it was known at the instant *at*.

    Not one that has ended in an excused state: it is out of the account.
    """
    for opened_on in cases.days_opened(work.connection, cycle.workflow):
        same_day = cases.all_cases(
            work.connection, wanted={"workflow": cycle.workflow, "opened_on": opened_on}
        )
        known = [_known_by(work, each, at) for each in reversed(same_day)]
        # Of one day, the one that was told last; rows are in the order in which that was found out.
        for _, record in sorted(filter(None, known), key=lambda each: each[0], reverse=True):
            facts = record.facts(day)
            if not record.excused and all(facts.get(name) == party for name, party in its.items()):
                return record
    return None


def _known_by(work: Work, stored: cases.Stored, at: datetime) -> tuple[datetime, Record] | None:
    """A case as it was known at the instant *at*, and when it was begun; None if there was none yet."""
    framework = work.shelf.pinned(work.connection, stored.record.framework)
    known: list[Entry] = []
    since = _BEGINNING
    for entry in cases.history_of(work.connection, stored.id):
        since = max(since, entry.due_at or entry.recorded_at)
        if since >= at:  # what falls due at the very instant comes after
            break
        known.append(entry)
    if not known or framework.name != work.shelf.present.name:
        return None
    return known[0].due_at or known[0].recorded_at, replay(framework, known)
