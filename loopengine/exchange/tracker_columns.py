"""Which column of an action tracker is what here: by what was asked for, or by its heading.

Knows headings. Does not know what stands below them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from loopengine.core.definitions import Workflow
from loopengine.engine.adoption_tables import CellProblem
from loopengine.engine.spreadsheets import Grid, cell_name
from loopengine.errors import BadValue, LoopEngineError, UnknownName, UsageError
from loopengine.exchange.tracker_words import HAPPENED, HEADINGS, HOMELESS, OWN, plainly

CHANGE = "change"
_LOOKED_AT = 20  # rows in which the headings may be
_ENOUGH = 2  # headings that we know, in a row that is one of headings


class LeftOut(NamedTuple):
    """A column that is not taken over, and why."""

    cell: str
    heading: str
    why: str


@dataclass(slots=True)
class Columns:
    """What the columns of a tracker are: where each of ours stands, and what is left out.

    *row* is where the headings stand among the rows of the grid, *number* what the file calls that row.
    """

    row: int
    number: int
    places: dict[str, int] = field(default_factory=dict)
    headings: dict[str, str] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    problems: list[CellProblem] = field(default_factory=list)


def columns_of(grid: Grid, workflow: Workflow, mapping: Mapping[str, str]) -> Columns:
    """The columns of *grid*, some of them as *mapping* says: a heading, or the letter of a column, to ours.

    Raises UnknownName for a heading or a name of ours that there is not; UsageError for a grid without rows.
    """
    if not grid.rows:
        raise UsageError(f"the file {grid.file!r} is empty", "it begins with a row of headings")
    known = _meanings(workflow)
    ours = [*workflow.facts, *OWN, *(HAPPENED + event for event in workflow.events)]
    for name in filter(None, mapping.values()):
        if name not in ours:
            raise UnknownName("fact or column of ours", name, ours)
    row = _row_of_headings(grid, known, mapping)
    number, headings = grid.rows[row]
    found = Columns(row, number)
    asked = dict(_asked_for(headings, mapping))
    candidates: dict[str, list[int]] = {}
    for n, heading in enumerate(headings):
        name = asked.get(n, known.get(plainly(heading), "") if heading else "")
        if name and (n in asked or name not in asked.values()):
            candidates.setdefault(name, []).append(n)
        elif heading:
            found.left_out.append(LeftOut(cell_name(n, number), heading, _why(heading, name, n in asked)))
    asked_by = _questions(workflow)
    for name, several in candidates.items():
        # A heading that is our own question is what it says, whatever another may be taken for.
        places = [n for n in several if asked_by.get(plainly(headings[n])) == name] or several
        for n in several:
            if n not in places:
                left = LeftOut(cell_name(n, number), headings[n], _why(headings[n], name, False))
                found.left_out.append(left)
        found.places[name], found.headings[name] = places[0], headings[places[0]]
        if len(places) > 1:
            said = " and ".join(headings[n] for n in places)
            letter = cell_name(places[0], number).rstrip("0123456789")
            first = headings[places[0]]
            same = all(plainly(headings[n]) == plainly(first) for n in places)
            hint = f'say which with --map "{letter if same else first}={name}"'
            _wrong(found, grid, places[1], BadValue(f"{said} could each be {name}", hint))
    if CHANGE in workflow.facts and CHANGE not in found.places:
        hint = f'give a heading such as Action or What, or say which it is with --map "Their column={CHANGE}"'
        _wrong(found, grid, 0, BadValue("no column says what will be done", hint))
    return found


def _meanings(workflow: Workflow) -> dict[str, str]:
    """What a heading means, for those of ours that *workflow* has."""
    names = {*workflow.facts, *OWN, *(HAPPENED + event for event in workflow.events)}
    known = {heading: name for name, listed in HEADINGS.items() if name in names for heading in listed}
    known |= {plainly(name): name for name in names}
    return known | _questions(workflow)


def _questions(workflow: Workflow) -> dict[str, str]:
    return {plainly(fact.ask): name for name, fact in workflow.facts.items()}


def _row_of_headings(grid: Grid, known: Mapping[str, str], mapping: Mapping[str, str]) -> int:
    """Where the headings are: in the first row that has some that we know, or else in the first of all."""
    wanted = {plainly(heading) for heading in mapping} | set(known)
    counts = [len({plainly(cell) for cell in cells if cell} & wanted) for _, cells in grid.rows[:_LOOKED_AT]]
    enough = (n for n, count in enumerate(counts) if count >= _ENOUGH)
    return next(enough, counts.index(max(counts)))


def _asked_for(headings: Sequence[str], mapping: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    """Which column is to be what, as *mapping* says."""
    plain = [plainly(heading) for heading in headings]
    for heading, name in mapping.items():
        if plainly(heading) in plain:
            yield plain.index(plainly(heading)), name
            continue
        letters = [cell_name(n, 1)[:-1] for n in range(len(headings))]
        if heading.upper() not in letters:
            raise UnknownName("column", heading, [each for each in headings if each])
        yield letters.index(heading.upper()), name


def _why(heading: str, name: str, asked: bool) -> str:
    if asked:
        return "as you said"
    if name:
        return f"another column is {name}"
    return HOMELESS.get(plainly(heading), "it is none of ours")


def _wrong(found: Columns, grid: Grid, place: int, error: LoopEngineError) -> None:
    found.problems.append(CellProblem(grid.file, found.number, place, error.message, error.hint))
