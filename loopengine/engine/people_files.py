"""People in a file: a table in CSV, as a spreadsheet saves it, read and held against the framework.

Every row that is wrong is named with its line. Does not know who is in the directory already.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from io import StringIO
from pathlib import Path
from typing import ClassVar, NamedTuple, TypeVar

from loopengine.core.definitions import Framework
from loopengine.engine.appointments import (
    Appointment,
    address_from,
    agency_from,
    name_from,
    role_from,
    see_that_agency_is_said,
    see_that_it_is_a_time,
    standing_from,
)
from loopengine.errors import BadValue, LoopEngineError, SeveralProblems, UnknownName, UsageError

COLUMNS = ("name", "role", "agency", "address", "standing", "since", "until")
_REQUIRED = ("name", "role")
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_AS_IN_ENGLAND = re.compile(r"(?P<day>[0-9]{1,2})[/. -](?P<month>[0-9]{1,2})[/. -](?P<year>[0-9]{4})")
_T = TypeVar("_T")


class RowProblem(NamedTuple):
    """One thing wrong in a file of people: where, what, and what was probably meant."""

    file: str
    line: int
    message: str
    hint: str | None = None

    def __str__(self) -> str:
        said = f"{self.file}:{self.line}: {self.message}"
        return said if self.hint is None else f"{said}; {self.hint}"


class RowsRefused(SeveralProblems[RowProblem]):
    """A file of people has *problems*, in order of place; nothing was changed."""

    kind: ClassVar[str] = "rows_refused"

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        super().__init__(sorted(problems, key=lambda problem: problem.line))


@dataclass(slots=True)
class Sheet:
    """A file while it is read: its rows by line, and what is wrong with it so far."""

    file: str
    rows: dict[int, Appointment] = field(default_factory=dict)
    problems: list[RowProblem] = field(default_factory=list)

    def wrong(self, line: int, error: LoopEngineError) -> None:
        """Keep what is wrong on *line*."""
        self.problems.append(RowProblem(self.file, line, error.message, error.hint))

    def attempt(self, line: int, read: Callable[[], _T]) -> _T | None:
        """What is *read* on *line*; None, and a problem kept, if that raises."""
        try:
            return read()
        except LoopEngineError as error:
            self.wrong(line, error)
            return None


def read_sheet(path: str | Path, framework: Framework) -> Sheet:
    """The rows of the file *path*, and what is wrong in it; raises UsageError if it cannot be read."""
    sheet = Sheet(str(path))
    content = _content(Path(path))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        sheet.wrong(line, BadValue("this is not UTF-8", "have the spreadsheet save it as 'CSV UTF-8'"))
        return sheet
    lines = _lines(text, sheet)
    number, header = next(lines, (1, []))
    columns = _columns(header, number, sheet)
    if columns is not None:
        for number, cells in lines:
            _read_row(number, cells, columns, framework, sheet)
        _see_that_addresses_agree(sheet)
    return sheet


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise UsageError(f"there is no file {str(path)!r}") from None
    except OSError as error:
        raise UsageError(f"the file {str(path)!r} cannot be read: {error.strerror}") from None


def _lines(text: str, sheet: Sheet) -> Iterator[tuple[int, list[str]]]:
    """The rows of *text* that are not empty, each with the line on which it begins."""
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = ";" if ";" in first else ","
    rows = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begun = 0
    try:
        for row in rows:
            cells = [cell.strip() for cell in row]
            # A spreadsheet fills every row up to the longest.
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                yield begun + 1, cells
            begun = rows.line_num
    except csv.Error as error:
        sheet.wrong(begun + 1, BadValue(f"the row cannot be read: {error}", 'see whether a " is missing'))


def _columns(header: list[str], line: int, sheet: Sheet) -> list[str] | None:
    """The names of the columns, or None, and problems kept, if the first row does not name them."""
    names = [name.lower() for name in header]
    before = len(sheet.problems)
    if not set(names) & set(COLUMNS):
        hint = f"begin with a row such as {','.join(COLUMNS)}"
        sheet.wrong(line, BadValue("the first row does not name the columns", hint))
        return None
    for name in dict.fromkeys(names):
        if name not in COLUMNS:
            sheet.wrong(line, UnknownName("column", name, COLUMNS))
        elif names.count(name) > 1:
            sheet.wrong(line, BadValue(f"there are {names.count(name)} columns {name}", "keep one"))
    for name in _REQUIRED:
        if name not in names:
            sheet.wrong(line, BadValue(f"there is no column {name}", "add it"))
    return names if len(sheet.problems) == before else None


def _read_row(number: int, cells: list[str], columns: list[str], framework: Framework, sheet: Sheet) -> None:
    if len(cells) > len(columns):
        said = f"the row has {len(cells)} cells, and there are {len(columns)} columns"
        sheet.wrong(number, BadValue(said, 'put a text with a , or ; in it between " and "'))
        return
    row: Mapping[str, str] = dict(zip(columns, cells, strict=False))
    before = len(sheet.problems)

    def read(column: str, reader: Callable[[str], _T]) -> _T | None:
        """What stands under *column*, if anything does."""
        text = row.get(column, "")
        if not text and column not in _REQUIRED:
            return None
        return sheet.attempt(number, lambda: reader(text))

    name = read("name", name_from)
    role = read("role", lambda text: role_from(text, framework))
    agency = read("agency", lambda text: agency_from(text, framework))
    address = read("address", address_from)
    standing = read("standing", lambda text: standing_from(text.lower()))
    since, until = read("since", day_from), read("until", day_from)
    if name is None or role is None or len(sheet.problems) > before:
        return
    sheet.attempt(number, lambda: see_that_agency_is_said(role, agency, framework))
    sheet.attempt(number, lambda: see_that_it_is_a_time(since, until))
    if len(sheet.problems) == before:
        sheet.rows[number] = Appointment(name, role, agency, address, standing or "holder", since, until)


def _see_that_addresses_agree(sheet: Sheet) -> None:
    """Keep a problem for each row that gives somebody another address than a row before it."""
    said: dict[str, tuple[str, int]] = {}
    for line, row in sheet.rows.items():
        if row.address is None:
            continue
        address, before = said.setdefault(row.name, (row.address, line))
        if address != row.address:
            message = f"{row.name} has the address {row.address} here, and {address} on line {before}"
            hint = "give one, or, if they are two, write the names so that they can be told apart"
            sheet.wrong(line, BadValue(message, hint))


def day_from(text: str) -> date:
    """The day that a cell names; raises BadValue, with how to write it."""
    with suppress(ValueError):
        day = date.fromisoformat(text)
        if day.isoformat() == text:
            if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
                raise BadValue(
                    f"a day cannot be {text!r}", f"its year is one of {_FIRST_YEAR} to {_LAST_YEAR}"
                )
            return day
    raise BadValue(f"a day cannot be {text!r}", _otherwise(text) or "it is written 2017-01-31")


def _otherwise(text: str) -> str | None:
    """How to write the day that *text* seems to be: in England the day comes before the month."""
    found = _AS_IN_ENGLAND.fullmatch(text)
    with suppress(ValueError):
        if found is not None:
            day = date(int(found["year"]), int(found["month"]), int(found["day"]))
            return f"write {day.isoformat()} if {day.day} {day:%B %Y} is meant"
    return None
