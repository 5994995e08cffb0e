"""Live cases in a spreadsheet, one in each row, held against the framework: all are adopted, or none.

Everything that is wrong is named with its cell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import ClassVar, NamedTuple, TypeVar

from loopengine.core.actors import Actor
from loopengine.core.adopting import NotSo, Told, in_order, way_to
from loopengine.core.definitions import Framework, Workflow
from loopengine.core.values import Value
from loopengine.engine.adopting import Adoption, adopt
from loopengine.engine.catching_up import bring_up
from loopengine.engine.people_files import day_from
from loopengine.engine.recording import typed
from loopengine.engine.spreadsheets import Grid, cell_name
from loopengine.engine.work import Held, Work
from loopengine.errors import BadValue, LoopEngineError, UnknownName

_REQUIRED = ("workflow", "state", "opened_on")
_OWN = (*_REQUIRED, "under", "known_as", "evidence")
_HAPPENED = "happened:"
_T = TypeVar("_T")


class CellProblem(NamedTuple):
    """One thing wrong in a spreadsheet of cases: where, what, and what was probably meant."""

    file: str
    row: int
    column: int
    message: str
    hint: str | None = None

    @property
    def cell(self) -> str:
        """The cell as a spreadsheet calls it."""
        return cell_name(self.column, self.row)

    def __str__(self) -> str:
        said = f"{self.file}:{self.cell}: {self.message}"
        return said if self.hint is None else f"{said}; {self.hint}"


class CellsRefused(LoopEngineError):
    """A spreadsheet of cases has *problems*, all of which are here, in order; nothing was adopted."""

    kind: ClassVar[str] = "cells_refused"
    status: ClassVar[int] = 1

    def __init__(self, problems: Sequence[CellProblem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda each: (each.row, each.column)))
        super().__init__("\n".join(map(str, self.problems)))

    @property
    def lines(self) -> tuple[str, ...]:
        """Its problems."""
        return tuple(map(str, self.problems))


@dataclass(slots=True)
class _Reading:
    """A file while its cases are adopted: its columns, what is wrong, and the cases by what the file calls
    them.
    """

    work: Work
    grid: Grid
    framework: Framework
    by: Actor
    columns: dict[str, int] = field(default_factory=dict)
    problems: list[CellProblem] = field(default_factory=list)
    known: dict[str, Held] = field(default_factory=dict)

    def wrong(self, row: int, column: str, error: LoopEngineError) -> None:
        """Keep what is wrong in a cell."""
        place = self.columns.get(column, 0)
        self.problems.append(CellProblem(self.grid.file, row, place, error.message, error.hint))

    def attempt(self, row: int, column: str, read: Callable[[], _T]) -> _T | None:
        """What is *read* in a cell; None, and a problem kept, if that raises."""
        try:
            return read()
        except LoopEngineError as error:
            self.wrong(row, column, error)
            return None


def adopt_rows(
    work: Work, grid: Grid, framework: Framework, *, by: Actor
) -> list[tuple[Held, tuple[str, ...]]]:
    """Adopt the cases of *grid* in order, each with what is odd about it; raises CellsRefused."""
    reading = _Reading(work, grid, framework, by)
    adopted: list[tuple[Held, tuple[str, ...]]] = []
    _name_columns(reading)
    for number, cells in () if reading.problems else grid.rows[1:]:
        before = len(reading.problems)
        row = {name: cells[n] for name, n in reading.columns.items() if n < len(cells) and cells[n]}
        adoption = _adoption(reading, number, row)
        under = _parent(reading, number, row)
        if adoption is None or len(reading.problems) > before:
            continue
        found = reading.attempt(
            number, "under", partial(adopt, work, adoption, by=work.signed(by), under=under)
        )
        if found is not None:
            adopted.append(found)
            reading.known |= {row["known_as"]: found[0]} if "known_as" in row else {}
    if reading.problems:
        raise CellsRefused(reading.problems)
    return adopted


def _name_columns(reading: _Reading) -> None:
    """Find the columns that the first row names, and keep a problem for each that says nothing."""
    number, names = reading.grid.rows[0] if reading.grid.rows else (1, ())
    workflows = reading.framework.workflows.values()
    facts = {fact for workflow in workflows for fact in workflow.facts}
    events = {event for workflow in workflows for event in workflow.events}
    for n, name in enumerate(names):
        if not name:
            continue
        before, reading.columns[name] = reading.columns.get(name), n
        event = name.removeprefix(_HAPPENED)
        if before is not None:
            reading.wrong(number, name, BadValue(f"there are two columns {name}", "keep one"))
        elif event != name and event not in events:
            reading.wrong(number, name, UnknownName("event", event, events))
        elif event == name and name not in _OWN and name not in facts:
            reading.wrong(number, name, UnknownName("column", name, {*_OWN, *facts}))
    for name in _REQUIRED:
        if name not in reading.columns:
            hint = "begin with a row such as workflow,state,opened_on,happened:EVENT,FACT"
            reading.wrong(number, name, BadValue(f"there is no column {name}", hint))


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
    return Adoption(workflow, state, opened_on, told, path, facts, row.get("evidence"))


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
    name = row.get("under")
    if name is None:
        return None
    if name in reading.known:
        return reading.known[name]
    parent = reading.attempt(number, "under", lambda: reading.work.load(name))
    if parent is not None:
        bring_up(reading.work, parent)
    return parent


def _past(reading: _Reading, text: str) -> date:
    return reading.work.day(day_from(text))
