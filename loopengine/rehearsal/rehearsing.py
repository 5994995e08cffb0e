"""A rehearsal: the days go by, what is due is swept, cases come in, and people see to those in their diary.

Everything goes through the verbs of a real engine, into a database that is kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from loopengine.clock import LONDON, FrozenClock
from loopengine.core.definitions import Framework
from loopengine.core.workdays import WorkingCalendar
from loopengine.engine.engine import Engine
from loopengine.engine.sweeping import Failure
from loopengine.errors import BadValue, UsageError
from loopengine.rehearsal.acting import Office
from loopengine.rehearsal.arriving import arrive
from loopengine.rehearsal.caseload import Caseload, default_caseload, load_caseload
from loopengine.rehearsal.chance import salts
from loopengine.rehearsal.diary import Diary, Page
from loopengine.rehearsal.people import People
from loopengine.store.counting import Newcomer, cases_by_state, entries_by_kind, newcomers

WORKING_DAYS = 253  # in a usual year of England
_BEGINS = time(9)  # everything of a day is done when the office opens
_AT_ONCE = 1_000
_MOST_YEARS = 20
_LARGEST = 1_000


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What was rehearsed: the *engine* and its clock as they are at the end, and everything in numbers.

    *standing* are the cases by workflow, state, and whether they have ended; *kinds* the entries by kind;
    *seen* the states and events that came about, by workflow.
    """

    engine: Engine
    start: date
    end: date
    standing: Mapping[tuple[str, str, bool], int]
    kinds: Mapping[str, int]
    seen: frozenset[tuple[str, str]]
    failures: tuple[Failure, ...]

    @property
    def cases(self) -> int:
        """How many cases there are."""
        return sum(self.standing.values())

    @property
    def entries(self) -> int:
        """How many entries their histories have."""
        return sum(self.kinds.values())

    @property
    def refused(self) -> int:
        """How many events were refused."""
        return self.kinds.get("refused", 0)

    @property
    def corrected(self) -> int:
        """How many answers were corrected, and steps struck out."""
        return self.kinds.get("corrected", 0) + self.kinds.get("undone", 0)

    @property
    def by_workflow(self) -> Mapping[str, int]:
        """How many cases there are of each workflow."""
        return _summed(self.standing, ended_only=False)

    @property
    def ended(self) -> Mapping[str, int]:
        """How many cases of each workflow have ended."""
        return _summed(self.standing, ended_only=True)

    def never_visited(self) -> tuple[tuple[str, str], ...]:
        """The states of the framework, by workflow, in which no case was found."""
        return tuple(
            (workflow.name, state)
            for workflow in self.engine.framework.workflows.values()
            for state in workflow.states
            if (workflow.name, state) not in self.seen
        )


def rehearse(
    database: str | Path,
    *,
    framework: Framework,
    start: date,
    years: int,
    scale: float = 1,
    rng: int = 7,
    caseload: Caseload | None = None,
    progress: Callable[[int], None] | None = None,
) -> Rehearsal:
    """Rehearse so many *years* of *framework* from *start* on, in a new database file.

    *scale* is the number of boards whose caseload comes in; about 150 are the nation. The same number *rng*
    gives the same history, digest for digest. *caseload* is what is drawn from, else the one that comes with
    this package; *progress* is told of each working day. Raises UsageError, also if the file is there.
    """
    _see_sound(start, years, scale, rng)
    drawn_from = caseload or load_caseload(default_caseload(framework.name))
    path = Path(database)
    if path.exists():
        raise UsageError(f"{str(path)!r} is there already", "a rehearsal needs a new file: name another")
    clock = FrozenClock(_opening(start))
    engine = Engine(f"sqlite:///{path}", framework=framework, clock=clock, rehearsal=True, salt=salts(rng))
    engine.database.never_wait()
    end = _anniversary(start, years)
    with closing(Diary()) as diary:
        office = Office(engine, People(drawn_from, rng), diary, start)
        life = _Life(office, clock, scale)
        failures: list[Failure] = []
        for day in _days(start, end):
            failures += life.day(day)
            if progress is not None:
                progress(1)
    clock.advance_to(_opening(end))
    failures += engine.sweep().failures
    with engine.database.reading() as connection:
        standing, kinds = cases_by_state(connection), entries_by_kind(connection)
    seen = office.seen | {(workflow, state) for workflow, state, _ in standing}
    return Rehearsal(engine, start, end, standing, kinds, frozenset(seen), tuple(failures))


def working_days(start: date, years: int) -> int:
    """How many days are worked in so many *years* from *start* on: as often is progress told."""
    return sum(1 for _ in _days(start, _anniversary(start, years)))


@dataclass(slots=True)
class _Life:
    """The life of an *office* day by day; *entered* is the row of the last case that is in its diary."""

    office: Office
    clock: FrozenClock
    scale: float
    entered: int = 0

    def day(self, day: date) -> tuple[Failure, ...]:
        """Live through one working *day*: sweep, open what comes in, and see to what is in the diary."""
        office = self.office
        self.clock.advance_to(_opening(day))
        office.today = day
        swept = office.engine.sweep()
        office.diary.wake((each.case for each in swept.done if each.kind == "moved"), day)
        for page in office.diary.to_release(day):
            office.release(page)
        arrive(office, office.people.caseload.arrivals, self.scale, WORKING_DAYS)
        self._enter_the_new()
        for page in office.diary.due(day):
            office.visit(page)
        self._enter_the_new()
        return swept.failures

    def _enter_the_new(self) -> None:
        """Put into the diary what was opened, by whomever."""
        while found := self._new():
            for each in found:
                page = Page(each.reference, each.workflow, None)
                self.office.begin(page, each.state)
                self.office.diary.write(page)
            self.entered = found[-1].row

    def _new(self) -> list[Newcomer]:
        with self.office.engine.database.reading() as connection:
            return newcomers(connection, self.entered, _AT_ONCE)


def _days(start: date, end: date) -> Iterator[date]:
    calendar = WorkingCalendar.england_and_wales()
    days = (start + timedelta(days=n) for n in range((end - start).days))
    return (day for day in days if calendar.is_working(day))


def _opening(day: date) -> datetime:
    return datetime.combine(day, _BEGINS, LONDON)


def _anniversary(start: date, years: int) -> date:
    if (start.month, start.day) == (2, 29):
        start += timedelta(days=1)
    return start.replace(year=start.year + years)


def _summed(standing: Mapping[tuple[str, str, bool], int], *, ended_only: bool) -> dict[str, int]:
    found: Counter[str] = Counter()
    for (workflow, _, ended), count in standing.items():
        found[workflow] += count if ended or not ended_only else 0
    return dict(found)


def _see_sound(start: date, years: int, scale: float, rng: int) -> None:
    if isinstance(start, datetime) or not isinstance(start, date):
        raise BadValue(f"a rehearsal cannot start on {start!r}", "give a date")
    if type(years) is not int or not 1 <= years <= _MOST_YEARS:
        raise BadValue(f"{years!r} years cannot be rehearsed", f"give a whole number from 1 to {_MOST_YEARS}")
    if type(scale) not in (int, float) or not 0 < scale <= _LARGEST:
        raise BadValue(f"the scale cannot be {scale!r}", f"give a number above 0, and at most {_LARGEST}")
    if type(rng) is not int:
        raise BadValue(f"the number of a rehearsal cannot be {rng!r}", "give a whole number")
