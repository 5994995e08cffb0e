"""Live cases in a spreadsheet, one in each row, held against the framework: all are adopted, or none.

Everything that is wrong is named with its cell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import TypeVar

from loopengine.core.actors import Actor
from loopengine.core.adopting import NotSo, Told, in_order, way_to
from loopengine.core.definitions import Framework, Workflow
from loopengine.core.values import Value
from loopengine.engine.adopted_before import Before
from loopengine.engine.adopting import Adoption, adopt
from loopengine.engine.adoption_tables import AlreadyThere, CellProblem, CellsRefused, Table, flaws_told
from loopengine.engine.catching_up import bring_up
from loopengine.engine.opening import kind_under
from loopengine.engine.people_files import day_from
from loopengine.engine.recording import typed
from loopengine.engine.spreadsheets import Grid
from loopengine.engine.work import Held, Work
from loopengine.errors import BadValue, LoopEngineError, UnknownName

_REQUIRED = ("workflow", "state", "opened_on")
_OWN = (*_REQUIRED, "under", "known_as", "evidence")
_HAPPENED = "happened:"
_T = TypeVar("_T")


@dataclass(slots=True)
class Adopted:
    """What was adopted, each case with what is odd about it, and the rows that were there already."""

    cases: list[tuple[Held, tuple[str, ...]]] = field(default_factory=list)
    already: list[AlreadyThere] = field(default_factory=list)


@dataclass(slots=True)
class _Reading:
    """A table while its cases are adopted: what is wrong, and the cases by what the file calls them."""

    work: Work
    table: Table
    framework: Framework
    by: Actor
    before: Before
    problems: list[CellProblem] = field(default_factory=list)
    known: dict[str, Held] = field(default_factory=dict)

    def wrong(self, row: int, column: str, error: LoopEngineError) -> None:
        """Keep what is wrong in a cell."""
        place = self.table.places.get(column, 0)
        self.problems.append(CellProblem(self.table.file, row, place, error.message, error.hint))

    def attempt(self, row: int, column: str, read: Callable[[], _T]) -> _T | None:
        """What is *read* in a cell; None, and a problem kept, if that raises."""
        try:
            return read()
        except LoopEngineError as error:
            self.wrong(row, column, error)
            return None


def adopt_rows(
    work: Work,
    table: Table,
    framework: Framework,
    *,
    by: Actor,
    progress: Callable[[int], None] | None = None,
) -> Adopted:
    """Adopt the cases of *table* in order; raises CellsRefused.

    Raises CaseNotFound, or UsageError, if no case can be under the one that all are under.
    """
    reading = _Reading(work, table, framework, by, Before(work, table.once), [*table.problems])
    adopted = Adopted()
    if table.under is not None:
        parent = reading.known[table.under] = _brought_up(reading, table.under)
        for name in sorted({row["workflow"] for _, row in table.rows} & set(framework.workflows)):
            kind_under(parent, name)
    for number, row in table.rows:
        _adopt_row(reading, number, row, adopted)
        if progress is not None:
            progress(1)
    if reading.problems:
        raise CellsRefused(reading.problems)
    return adopted


def _adopt_row(reading: _Reading, number: int, row: Mapping[str, str], adopted: Adopted) -> None:
    before = len(reading.problems)
    adoption = _adoption(reading, number, row)
    under = _parent(reading, number, row)
    if adoption is None or len(reading.problems) > before:
        return
    there = reading.before.find(adoption, under) if reading.table.once and under is not None else None
    if there is not None:
        adopted.already.append(AlreadyThere(number, *there))
        return
    signed = reading.work.signed(reading.by)
    found = reading.attempt(number, "under", partial(adopt, reading.work, adoption, by=signed, under=under))
    if found is not None:
        adopted.cases.append(found)
        reading.known |= {row["known_as"]: found[0]} if "known_as" in row and not reading.table.once else {}


def table_of(grid: Grid, framework: Framework) -> Table:
    """The cases of *grid*, whose first row names the columns as we do; or what is wrong with that."""
    number, names = grid.rows[0] if grid.rows else (1, ())
    workflows = framework.workflows.values()
    facts = {fact for workflow in workflows for fact in workflow.facts}
    events = {event for workflow in workflows for event in workflow.events}
    places: dict[str, int] = {}
    problems: list[CellProblem] = []

    def wrong(place: int, error: LoopEngineError) -> None:
        problems.append(CellProblem(grid.file, number, place, error.message, error.hint))

    for n, name in enumerate(names):
        if not name:
            continue
        before, places[name] = places.get(name), n
        event = name.removeprefix(_HAPPENED)
        if before is not None:
            wrong(n, BadValue(f"there are two columns {name}", "keep one"))
        elif event != name and event not in events:
            wrong(n, UnknownName("event", event, events))
        elif event == name and name not in _OWN and name not in facts:
            wrong(n, UnknownName("column", name, {*_OWN, *facts}))
    for name in _REQUIRED:
        if name not in places:
            hint = "begin with a row such as workflow,state,opened_on,happened:EVENT,FACT"
            wrong(0, BadValue(f"there is no column {name}", hint))
    problems += flaws_told(grid, places.values(), number)
    rows = [
        (number, {name: cells[n] for name, n in places.items() if n < len(cells) and cells[n]})
        for number, cells in (() if problems else grid.rows[1:])
    ]
    return Table(grid.file, places, rows, tuple(problems))


def _adoption(reading: _Reading, number: int, row: Mapping[str, str]) -> Adoption | None:
    """The case that a row is about, if all of it makes sense."""
    before = len(reading.problems)
    for name in _REQUIRED:
        if name not in row:
            reading.wrong(number, name, BadValue(f"the case has no {name}", "fill it in"))
    name, state, day = (row.get(each, "") for each in _REQUIRED)
    opened_on = reading.attempt(number, "opened_on", lambda: _past(reading, day)) if day else None
    workflow = reading.attempt(number, "workflow", lambda: reading.framework.workflow(name)) if name else None
    if workflow is None:
        return None
    told = _told(reading, number, row, workflow)
    if state and state not in workflow.states:
        reading.wrong(number, "state", UnknownName("state", state, workflow.states))
    facts = _facts(reading, number, row, workflow)
    if opened_on is None or len(reading.problems) > before:
        return None
    try:
        path = way_to(workflow, state, told, opened_on)
    except NotSo as error:
        reading.wrong(number, "state" if error.event is None else _HAPPENED + error.event, error)
        return None
    known_as = row.get("known_as") if reading.table.once else None
    return Adoption(workflow, state, opened_on, told, path, facts, row.get("evidence"), known_as)


def _told(reading: _Reading, number: int, row: Mapping[str, str], workflow: Workflow) -> tuple[Told, ...]:
    told: list[Told] = []
    for column in (each for each in row if each.startswith(_HAPPENED)):
        event = column.removeprefix(_HAPPENED)
        if event not in workflow.events:
            reading.wrong(number, column, UnknownName(f"event of {workflow.name}", event, workflow.events))
            continue
        for text in row[column].replace(",", " ").split():
            day = reading.attempt(number, column, lambda text=text: _past(reading, text))  # type: ignore[misc]  # bound now
            told += [] if day is None else [Told(event, day)]
    return in_order(told)


def _facts(
    reading: _Reading, number: int, row: Mapping[str, str], workflow: Workflow
) -> dict[str, Value | None]:
    facts: dict[str, Value | None] = {}
    for name in (each for each in row if each not in _OWN and not each.startswith(_HAPPENED)):
        with suppress(KeyError):
            known = reading.attempt(
                number,
                name,
                lambda name=name: typed(  # type: ignore[misc]  # bound now
                    {name: workflow.fact(name)}, row, evidence=row.get("evidence"), by=reading.by
                ),
            )
            facts |= known or {}
    return facts


def _parent(reading: _Reading, number: int, row: Mapping[str, str]) -> Held | None:
    """The case under which that of a row is: one of the file, or one that there is."""
    name = row.get("under", reading.table.under)
    if name is None:
        return None
    if name not in reading.known:
        parent = reading.attempt(number, "under", partial(_brought_up, reading, name))
        if parent is None:
            return None
        reading.known[name] = parent
    return reading.known[name]


def _brought_up(reading: _Reading, reference: str) -> Held:
    parent = reading.work.load(reference)
    bring_up(reading.work, parent)
    return parent


def _past(reading: _Reading, text: str) -> date:
    return reading.work.day(day_from(text))
