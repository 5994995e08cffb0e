"""What the annual report consists of: sections, tables, charts; frozen, and the same for page, Word and JSON.

Knows nothing of cases, of how anything was counted, or of how it is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias

TOTAL = "total"
NOT_SHOWN = "not shown"


@dataclass(frozen=True, slots=True)
class Said:
    """Words that a user wrote, or None if they were erased."""

    words: str | None

    def __str__(self) -> str:
        return "(erased)" if self.words is None else self.words


@dataclass(frozen=True, slots=True)
class Hidden:
    """A number that is not shown, because it is small or would tell one that is."""

    def __str__(self) -> str:
        return NOT_SHOWN


Cell: TypeAlias = int | float | str | date | Said | Hidden | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its key, and its head; *numeric* if it holds numbers."""

    key: str
    title: str
    numeric: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, with its head."""

    key: str
    title: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; *total* is its last row, if it has one. *left_out* rows of it are not printed.

    One that is *inside* names single cases or quotes what users wrote, and is not for the public; one that is
    *about_children* has a total row and a total column, and its small numbers are hidden.
    """

    key: str
    caption: str
    head: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: Row | None = None
    note: str | None = None
    inside: bool = False
    about_children: bool = False
    left_out: int = 0

    def to_json(self) -> dict[str, object]:
        """The table as JSON: by key of the row, its cells by key of the column."""
        rows = (*self.rows, *([] if self.total is None else [self.total]))
        keys = [each.key for each in self.columns]
        return {
            "caption": self.caption,
            "columns": {each.key: each.title for each in self.columns},
            "rows": [
                {
                    "row": row.key,
                    "title": row.title,
                    **dict(zip(keys, map(_spelled, row.cells), strict=True)),
                }
                for row in rows
            ],
            "left_out": self.left_out,
        }


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart."""

    title: str
    value: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of bars, whose numbers stand in a table as well; *unit* is what is counted."""

    key: str
    title: str
    unit: str
    bars: tuple[Bar, ...]

    @property
    def largest(self) -> int:
        """The length of the longest bar, or 1 if all are empty."""
        return max((each.value for each in self.bars), default=0) or 1


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report; *says* is its main thing in one sentence, *notes* what the numbers mean."""

    key: str
    title: str
    says: str
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """The section as JSON: its sentence, and its tables by key."""
        return {
            "title": self.title,
            "says": self.says,
            "tables": {table.key: table.to_json() for table in self.tables},
        }


@dataclass(frozen=True, slots=True)
class Period:
    """The days that the report is about, both included; those after *today* have not come yet."""

    first: date
    last: date
    today: date

    @property
    def end(self) -> date:
        """The last day of it that there is yet."""
        return min(self.last, self.today)

    @property
    def so_far(self) -> bool:
        """Whether it is not over."""
        return self.today <= self.last

    def covers(self, day: date | None) -> bool:
        """Whether *day* is one of it that has come."""
        return day is not None and self.first <= day <= self.end


@dataclass(frozen=True, slots=True)
class Annual:
    """An annual report: of whom, of which period, and what is in it."""

    board: str
    period: Period
    public: bool
    sections: tuple[Section, ...]
    cases: int
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """What `report annual --json` prints."""
        return {
            "board": self.board,
            "from": self.period.first.isoformat(),
            "to": self.period.last.isoformat(),
            "as_of": self.period.end.isoformat(),
            "so_far": self.period.so_far,
            "public": self.public,
            "cases": self.cases,
            "sections": {section.key: section.to_json() for section in self.sections},
        }


def bars(table: Table, column: str) -> tuple[Bar, ...]:
    """The bars of a chart of *column* of *table*: one for each row whose number is shown."""
    at = [each.key for each in table.columns].index(column)
    cells = ((row.title, row.cells[at]) for row in table.rows)
    return tuple(Bar(title, cell) for title, cell in cells if isinstance(cell, int))


def without_empty(table: Table) -> Table:
    """*table* without the rows in which there is nothing but noughts and gaps."""
    return replace(table, rows=tuple(row for row in table.rows if any(cell for cell in row.cells)))


def words_of(name: str) -> str:
    """*name* of a file as words."""
    return name.replace("_", " ").replace("-", " ")


def _spelled(cell: Cell) -> int | float | str | None:
    match cell:
        case int() | float() | str() | None:
            return cell
        case date():
            return cell.isoformat()
        case Said(words):
            return words
        case Hidden():
            return NOT_SHOWN


def told_as(number: int, one: str, several: str) -> str:
    """*number* of something in a sentence: 2 reviews were, 1 review was, no review was."""
    return f"no {one}" if not number else f"{number:,} {one if number == 1 else several}"
