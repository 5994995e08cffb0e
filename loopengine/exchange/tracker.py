"""An action tracker in a spreadsheet, as a table of actions that can be taken over.

Reads what people wrote, and says how it took it. Does not know which actions there are already.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from loopengine.core.adopting import events_to
from loopengine.core.definitions import Framework, Workflow
from loopengine.core.values import UNKNOWN_WORD, Fact, Json
from loopengine.engine.adoption_tables import CellProblem, Table, flaws_told
from loopengine.engine.results import Document
from loopengine.engine.spreadsheets import Grid, cell_name
from loopengine.errors import BadValue, LoopEngineError, UnknownName, UsageError, nearest
from loopengine.exchange.days_told import day_told
from loopengine.exchange.tracker_columns import CHANGE, Columns, LeftOut, columns_of
from loopengine.exchange.tracker_words import (
    DONE,
    HAPPENED,
    KNOWN_AS,
    OPENED,
    STATE,
    STATUSES,
    UNDER,
    UNSURE,
    YES_NO,
    plainly,
)

ACTION = "action"
# What an action is known by where the file has no names of its own for them.
_ONCE = (CHANGE, "owner", "due_on")


class Taken(NamedTuple):
    """How something was taken that could have been taken otherwise."""

    cell: str
    said: str
    as_: str
    times: int


@dataclass(frozen=True, slots=True)
class Tracker:
    """A tracker as it was read: the *table*, what each column was taken for, what was *left_out*, and how
    words and days were *taken*; *notes* say what no column did.
    """

    table: Table
    columns: Mapping[str, str]
    left_out: tuple[LeftOut, ...]
    taken: tuple[Taken, ...]
    notes: tuple[str, ...]

    def to_json(self) -> Document:
        """What `import actions` prints of how the file was read."""
        places = self.table.places
        columns: list[Json] = [
            {"column": cell_name(places[name], 1)[:-1], "heading": heading, "is": name}
            for name, heading in self.columns.items()
        ]
        taken: list[Json] = [
            {"cell": each.cell, "said": each.said, "as": each.as_, "times": each.times} for each in self.taken
        ]
        left_out: list[Json] = [each._asdict() for each in self.left_out]
        return {"columns": columns, "left_out": left_out, "taken": taken, "notes": list(self.notes)}


@dataclass(slots=True)
class _Reading:
    """A tracker while it is read."""

    grid: Grid
    workflow: Workflow
    framework: Framework
    columns: Columns
    statuses: Mapping[str, str]
    today: date
    problems: list[CellProblem]
    taken: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)

    def took(self, row: int, column: int, said: str, as_: str) -> None:
        """Keep that what was *said* in a cell was taken *as_* something."""
        cell, times = self.taken.get((said, as_), (cell_name(column, row), 0))
        self.taken[said, as_] = cell, times + 1


def read_tracker(
    grid: Grid,
    framework: Framework,
    *,
    today: date,
    opened_on: date | None = None,
    under: str | None = None,
    mapping: Mapping[str, str] | None = None,
    statuses: Mapping[str, str] | None = None,
) -> Tracker:
    """The actions of *grid*: *under* a case unless a column says under which, and *opened_on* a day (today)
    unless one says when.

    *mapping* says what columns are, *statuses* what words of the tracker are; both go before what we know.
    What is wrong is among the problems of the table. Raises UsageError, UnknownName.
    """
    workflow = framework.workflow(ACTION)
    for state in (statuses or {}).values():
        if state not in workflow.states:
            raise UnknownName("state", state, workflow.states)
    columns = columns_of(grid, workflow, mapping or {})
    wrong = [*columns.problems, *flaws_told(grid, columns.places.values(), columns.number)]
    said = {plainly(word): state for word, state in (statuses or {}).items()}
    reading = _Reading(grid, workflow, framework, columns, said, today, wrong)
    if len(grid.rows) == columns.row + 1:
        raise UsageError(
            f"the file {grid.file!r} has no actions", f"below its headings, in row {columns.number}"
        )
    rows = [] if columns.problems else _rows(reading, under, opened_on or today)
    once = tuple(name for name in _ONCE if name in workflow.facts) or tuple(workflow.facts)
    table = Table(grid.file, columns.places, rows, tuple(reading.problems), under, once)
    taken = tuple(Taken(cell, said, as_, times) for (said, as_), (cell, times) in reading.taken.items())
    notes = tuple(_notes(reading, opened_on or today))
    return Tracker(table, columns.headings, tuple(columns.left_out), taken, notes)


def _notes(reading: _Reading, opened_on: date) -> Iterator[str]:
    """What no column says, and what is taken to be so therefore."""
    places, number = reading.columns.places, reading.columns.number
    if reading.columns.row:
        yield f"the headings are in row {number}; what stands above them is left out"
    if STATE not in places:
        yield f"no column says how far they are: all are taken as {reading.workflow.starts}"
    if OPENED not in places:
        before = ", or on the day they were done if that was before" if DONE in places else ""
        yield f"no column says since when they are open: it is taken to be {opened_on}{before} (see --on)"
    if STATE in places:
        yield "where no column says when a step was taken, it is taken to be the day from which it is open"


def _rows(reading: _Reading, under: str | None, opened_on: date) -> list[tuple[int, Mapping[str, str]]]:
    rows: list[tuple[int, Mapping[str, str]]] = []
    names: dict[str, int] = {}
    places = reading.columns.places
    for number, cells in reading.grid.rows[reading.columns.row + 1 :]:
        said = {name: cells[n] for name, n in places.items() if n < len(cells) and cells[n]}
        if not said:
            continue
        before = len(reading.problems)
        row = {"workflow": reading.workflow.name, STATE: reading.workflow.starts} | _row(
            reading, number, said
        )
        _date(reading, row, opened_on)
        if under is None and UNDER not in row:
            _wrong(
                reading,
                number,
                UNDER,
                BadValue("the action is under no review", "say which with --under CASE"),
            )
        name = row.get(KNOWN_AS)
        if name is not None and names.setdefault(name, number) != number:
            hint = (
                f'name each once, or leave the column out with --map "{reading.columns.headings[KNOWN_AS]}="'
            )
            _wrong(reading, number, KNOWN_AS, BadValue(f"row {names[name]} is called {name!r}, too", hint))
        if len(reading.problems) == before:
            rows.append((number, row))
    return rows


def _row(reading: _Reading, number: int, said: Mapping[str, str]) -> dict[str, str]:
    """What a row says, in our words."""
    row: dict[str, str] = {}
    for name, place in reading.columns.places.items():
        text = said.get(name)
        try:
            if text is not None:
                row[name] = _meant(reading, number, place, name, text)
            elif name == STATE:
                row[name] = _status(reading, number, place, "")
            elif name == CHANGE:
                raise BadValue("the row does not say what will be done", "fill it in, or take the row out")
        except LoopEngineError as error:
            _wrong(reading, number, name, error)
    return row


def _date(reading: _Reading, row: dict[str, str], opened_on: date) -> None:
    """Say of a row when what must have happened did: as it tells, or else on the day it was opened.

    A tracker says where an action stands, and hardly ever since when; its clocks run from then.
    """
    told = {name: row.pop(name) for name in [*row] if name.startswith(HAPPENED)}
    row.setdefault(OPENED, min([opened_on.isoformat(), *told.values()]))
    on = row[OPENED]
    for event in events_to(reading.workflow, row[STATE]):
        on = max(on, told.pop(HAPPENED + event, on))
        row[HAPPENED + event] = on
    row |= told


def _meant(reading: _Reading, number: int, place: int, name: str, text: str) -> str:
    """What *text* means in the column that is *name*; raises BadValue."""
    if name == STATE:
        return _status(reading, number, place, text)
    fact = reading.workflow.facts.get(name)
    if name == OPENED or name.startswith(HAPPENED) or (fact is not None and fact.type == "date"):
        unknown = fact is not None and plainly(text) == UNKNOWN_WORD
        return UNKNOWN_WORD if unknown else _day(reading, number, place, text, past=fact is None)
    return text if fact is None else _answer(reading, fact, text)


def _day(reading: _Reading, number: int, place: int, text: str, *, past: bool) -> str:
    day = day_told(text)
    if past and day.on > reading.today:
        hint = f"nothing can have been so after today, {reading.today}"
        raise BadValue(f"{day.on} is yet to come", hint)
    if day.elsewhere:
        reading.took(number, place, text, f"{day.on.day} {day.on:%B %Y}, the day before the month")
    return day.on.isoformat()


def _answer(reading: _Reading, fact: Fact, text: str) -> str:
    """*text* as an answer to *fact*: titles of agencies by their names, and choices however written."""
    plain = plainly(text)
    if plain == UNKNOWN_WORD:
        return UNKNOWN_WORD
    match fact.type:
        case "yes_no":
            return YES_NO.get(plain, text)
        case "one_of":
            return next((value for value in fact.values if plainly(value) == plain), text)
        case "party":
            return _agency(reading, fact, text)
        case "parties":
            parts = text.replace("\n", ";").replace(",", ";").split(";")
            return ",".join(_agency(reading, fact, part.strip()) for part in parts if part.strip())
        case _:
            return text


def _agency(reading: _Reading, fact: Fact, text: str) -> str:
    named = {
        plainly(word): name for name in fact.values for word in (name, reading.framework.agencies[name].title)
    }
    with suppress(KeyError):
        return named[plainly(text)]
    several = [name for word, name in named.items() if f" {word} " in f" {plainly(text)} "]
    if len(set(several)) > 1:
        raise BadValue(f"{text!r} is more than one agency", "an action has one owner: make a row for each")
    titles = [reading.framework.agencies[name].title for name in fact.values]
    raise BadValue(f"no agency is called {text!r}", nearest(text, [*titles, *fact.values]))


def _status(reading: _Reading, number: int, place: int, text: str) -> str:
    """The state that a status is; raises BadValue for one that could be several, or none."""
    plain, states = plainly(text), reading.workflow.states
    own = {plainly(word): name for name, state in states.items() for word in (name, state.title or name)}
    known = {word: state for state, listed in STATUSES.items() if state in states for word in listed}
    state = next((each[plain] for each in (reading.statuses, own, known) if plain in each), None)
    if state is not None:
        if plain not in own:
            title = states[state].title
            reading.took(number, place, text or "(nothing)", f"{state}: {title}" if title else state)
        return state
    word = text or ""
    hint = (
        f'say which state it is with --status "{word if len(word) < 40 else "…"}=STATE": {", ".join(states)}'
    )
    if not text:
        raise BadValue("the action has no status", hint)
    unsure = UNSURE.get(plain)
    raise BadValue(f"no status is called {text!r}" if unsure is None else unsure, hint)


def _wrong(reading: _Reading, number: int, name: str, error: LoopEngineError) -> None:
    place = reading.columns.places.get(name, 0)
    # What such a cell holds is no matter: that it holds nothing that can be read is told already.
    if not any(
        each.row <= number <= each.last_row and each.touches(frozenset((place,)))
        for each in reading.grid.flaws
    ):
        reading.problems.append(CellProblem(reading.grid.file, number, place, error.message, error.hint))
