"""Spreadsheets as grids of text: a .csv file, or a sheet of a .xlsx one; each cell has its name.

The only importer of `openpyxl`, which is optional. Does not know what the cells mean.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO, StringIO
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

from loopengine.engine.workbook_flaws import Flaw, archive_of, flaws_of, is_archive, otherwise_named
from loopengine.errors import UnknownName, UsageError

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

MOST_ROWS = 10_000
_MOST_BYTES = 50_000_000
_MOST_UNPACKED = 400_000_000
_WORKBOOK_NAMES = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
# What a spreadsheet shows where a formula went wrong.
_ERRORS = frozenset(("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"))


@dataclass(frozen=True, slots=True)
class Grid:
    """The rows of a *file*, the one that names the columns first; each with the number it has there.

    *flaws* are cells that do not say what they seem to say.
    """

    file: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    flaws: tuple[Flaw, ...] = ()


def read_grid(path: str | Path, *, sheet: str | None = None, only_one: bool = False) -> Grid:
    """The rows of the file *path* that are not empty; raises UsageError if it cannot be read.

    Of a workbook it is the *sheet* so called, or else the first; with *only_one*, there must be no other.
    """
    content = _content(Path(path))
    named = otherwise_named(content)
    if named is not None:
        raise UsageError(f"the file {str(path)!r} is {named[0]}, and no workbook", named[1])
    if is_archive(content):
        return _of_workbook(content, str(path), sheet, only_one)
    if Path(path).suffix.lower() in _WORKBOOK_NAMES:
        raise UsageError(
            f"the file {str(path)!r} is not a workbook", "save it as .xlsx, or as CSV UTF-8"
        ) from None
    if sheet is not None:
        raise UsageError(f"the file {str(path)!r} has no sheets", "--sheet is for workbooks")
    return _grid(str(path), _of_csv(content, path))


def cell_name(column: int, row: int) -> str:
    """What a spreadsheet calls a cell: the third one (2) of row 5 is C5."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row}"


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise UsageError(
                f"the file {str(path)!r} has more than {_MOST_BYTES // 1_000_000} MB",
                "take out what is no table, or share it out among several files",
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise UsageError(f"there is no file {str(path)!r}") from None
    except OSError as error:
        raise UsageError(f"the file {str(path)!r} cannot be read: {error.strerror}") from None


def _grid(file: str, rows: Iterable[Sequence[str]], flaws: Iterable[Flaw] = ()) -> Grid:
    numbered = ((number, tuple(cell.strip() for cell in row)) for number, row in enumerate(rows, start=1))
    filled = list(islice(((number, row) for number, row in numbered if any(row)), MOST_ROWS + 2))
    if len(filled) > MOST_ROWS + 1:
        raise UsageError(
            f"the file {file!r} has more than {MOST_ROWS} rows", "share them out among several files"
        )
    wrong = (
        Flaw(number, n, number, n, f"the cell shows an error, {cell}", "mend the formula, or type the value")
        for number, row in filled
        for n, cell in enumerate(row)
        if cell in _ERRORS
    )
    return Grid(file, tuple(filled), (*flaws, *wrong))


def _of_csv(content: bytes, path: str | Path) -> Iterator[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        hint = "have the spreadsheet save it as 'CSV UTF-8'"
        raise UsageError(f"the file {str(path)!r} is not UTF-8", hint) from None
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        yield from csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise UsageError(
            f"the file {str(path)!r} cannot be read: {error}", 'see whether a " is missing'
        ) from None


def _of_workbook(content: bytes, path: str, wanted: str | None, only_one: bool) -> Grid:
    _see_that_it_is_one(content, path)
    try:
        from openpyxl import load_workbook  # late: optional, and slow to import
    except ImportError:
        hint = "pip install 'loopengine[office]', or save it as CSV UTF-8"
        raise UsageError(f"reading {path!r} needs openpyxl, which is not installed", hint) from None
    try:
        book = load_workbook(BytesIO(content), read_only=True, data_only=True)
        sheets: dict[str, Worksheet] = {each.title: each for each in book.worksheets}
        sheet = _chosen(sheets, path, wanted, only_one)
        # What programs write there need not be so, and would cut the sheet.
        sheet.reset_dimensions()  # type: ignore[attr-defined]  # a read-only sheet has it
        file = path if len(sheets) == 1 else f"{path}:{sheet.title}"
        rows = ([_text(value) for value in row] for row in sheet.iter_rows(values_only=True))
        grid = _grid(file, rows)
        # Read-only, openpyxl keeps neither of what is looked for here.
        part = str(vars(sheet)["_worksheet_path"])
        with ZipFile(BytesIO(content)) as archive:
            flaws = tuple(flaws_of(archive.read(part)))
    except UsageError:
        raise
    except Exception:  # whatever a file that is no workbook makes of it
        raise UsageError(
            f"the file {path!r} is not a workbook", "save it as .xlsx, or as CSV UTF-8"
        ) from None
    return Grid(grid.file, grid.rows, (*flaws, *grid.flaws))


def _chosen(sheets: dict[str, Worksheet], path: str, wanted: str | None, only_one: bool) -> Worksheet:
    if wanted is not None:
        if wanted not in sheets:
            raise UnknownName("sheet", wanted, sheets)
        return sheets[wanted]
    shown = [each for each in sheets.values() if each.sheet_state == "visible"]
    if not shown:
        raise UsageError(f"the file {path!r} has no sheet that can be seen", "say which with --sheet")
    if only_one and len(shown) > 1:
        named = ", ".join(repr(each.title) for each in shown)
        raise UsageError(f"the file {path!r} has several sheets: {named}", "say which with --sheet")
    return shown[0] if only_one else next(iter(sheets.values()))


def _see_that_it_is_one(content: bytes, path: str) -> None:
    """Raise UsageError unless the archive *content* is a workbook of a size that can be read."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
    except (BadZipFile, OSError, ValueError):
        raise UsageError(f"the file {path!r} is damaged", "open it, and save it again") from None
    named = archive_of([part.filename for part in parts])
    if named is not None:
        raise UsageError(f"the file {path!r} is {named[0]}, and no workbook", named[1])
    if sum(part.file_size for part in parts) > _MOST_UNPACKED:
        raise UsageError(
            f"the file {path!r} has more than {_MOST_UNPACKED // 1_000_000} MB when it is unpacked",
            "take out what is no table, or share it out among several files",
        )


def _text(value: object) -> str:
    """A cell as one would type it: a day without its midnight, a whole number without its point."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.date().isoformat() if value.time().isoformat() == "00:00:00" else value.isoformat()
        case date():
            return value.isoformat()
        case float() if value.is_integer() and abs(value) < sys.maxsize:
            return str(int(value))
        case _:
            return str(value)
