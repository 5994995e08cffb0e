"""Cases as a table that are to be taken over, what may be wrong with its cells, and what came of it.

Does not know how a table is read, or how a case is taken over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from loopengine.engine.results import Case, Document
from loopengine.engine.spreadsheets import Grid, cell_name
from loopengine.errors import LoopEngineError

_MOST_TOLD = 50


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

    def __init__(self, problems: Iterable[CellProblem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda each: (each.row, each.column)))
        super().__init__("\n".join(self.lines))

    @property
    def lines(self) -> tuple[str, ...]:
        """Its problems; of very many, the first."""
        more = len(self.problems) - _MOST_TOLD
        told = tuple(map(str, self.problems[:_MOST_TOLD]))
        return (*told, f"and {more} more") if more > 0 else told


@dataclass(frozen=True, slots=True)
class Table:
    """Cases in the rows of a *file*: what each says, by column; *places* are where the columns stand there.

    *under* is the case that those are under which do not say so. With *once* set, a case is not taken over
    that is there already: one that the file calls the same (`known_as`), or that says the same of the facts
    in *once*. *problems* are those that were found on the way here.
    """

    file: str
    places: Mapping[str, int]
    rows: Sequence[tuple[int, Mapping[str, str]]]
    problems: tuple[CellProblem, ...] = ()
    under: str | None = None
    once: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AlreadyThere:
    """A row that was not taken over again, the case that it is, and of what it says otherwise now."""

    row: int
    case: str
    differs: tuple[str, ...] = ()

    def to_json(self) -> Document:
        """One of the rows that `import actions` prints as there already."""
        return {"row": self.row, "case": self.case, "differs": list(self.differs)}


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What came of a table: the *cases* that were taken over, and the rows that were *already* there."""

    cases: tuple[Case, ...]
    already: tuple[AlreadyThere, ...] = ()
    dry_run: bool = False


def flaws_told(grid: Grid, columns: Iterable[int], since: int) -> tuple[CellProblem, ...]:
    """What is wrong with the cells of *grid* in these *columns*, from the row *since* on."""
    wanted = frozenset(columns)
    return tuple(
        CellProblem(grid.file, each.row, each.column, each.message, each.hint)
        for each in grid.flaws
        if each.last_row >= since and each.touches(wanted)
    )
