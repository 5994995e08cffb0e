"""Spreadsheets as grids of text: a .csv file, or the first sheet of a .xlsx one; each cell has its name.

The only importer of `openpyxl`, which is optional. Does not know what the cells mean.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO, StringIO
from pathlib import Path

from loopengine.errors import UsageError


@dataclass(frozen=True, slots=True)
class Grid:
    """The rows of a *file*, the one that names the columns first; each with the number it has there."""

    file: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read_grid(path: str | Path) -> Grid:
    """The rows of the file *path* that are not empty; raises UsageError if it cannot be read."""
    try:
        content = Path(path).read_bytes()
    except FileNotFoundError:
        raise UsageError(f"there is no file {str(path)!r}") from None
    except OSError as error:
        raise UsageError(f"the file {str(path)!r} cannot be read: {error.strerror}") from None
    rows = (
        _of_workbook(content, str(path)) if Path(path).suffix.lower() == ".xlsx" else _of_csv(content, path)
    )
    numbered = ((number, tuple(cell.strip() for cell in row)) for number, row in enumerate(rows, start=1))
    return Grid(str(path), tuple((number, row) for number, row in numbered if any(row)))


def cell_name(column: int, row: int) -> str:
    """What a spreadsheet calls a cell: the third one (2) of row 5 is C5."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row}"


def _of_csv(content: bytes, path: str | Path) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
        first = text.lstrip("\r\n").partition("\n")[0]
        delimiter = ";" if first.count(";") > first.count(",") else ","
        return list(csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except UnicodeDecodeError:
        hint = "have the spreadsheet save it as 'CSV UTF-8'"
        raise UsageError(f"the file {str(path)!r} is not UTF-8", hint) from None
    except csv.Error as error:
        raise UsageError(
            f"the file {str(path)!r} cannot be read: {error}", 'see whether a " is missing'
        ) from None


def _of_workbook(content: bytes, path: str) -> Iterable[Sequence[str]]:
    try:
        from openpyxl import load_workbook  # late: optional, and slow to import
    except ImportError:
        hint = "pip install 'loopengine[office]', or save it as CSV UTF-8"
        raise UsageError(f"reading {path!r} needs openpyxl, which is not installed", hint) from None
    try:
        book = load_workbook(BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        return [[_text(value) for value in row] for row in sheet.iter_rows(values_only=True)]
    except Exception:  # whatever a file that is no workbook makes of it
        raise UsageError(
            f"the file {path!r} is not a workbook", "save it as .xlsx, or as CSV UTF-8"
        ) from None


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
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)
