"""Workbooks of tables, written row by row: whatever is in a cell is what was said, and never a formula.

The only importer of `xlsxwriter`, which is optional. Does not know what the tables are about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, islice
from typing import IO, TYPE_CHECKING, Literal, TypeAlias

from loopengine.clock import LONDON
from loopengine.errors import UsageError

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

Cell: TypeAlias = str | int | date | None
Kind: TypeAlias = Literal["text", "words", "date", "number"]

MOST_ROWS = 1_048_575  # below the one that names the columns
MOST_COLUMNS = 16_384
LONGEST = 32_767  # characters of a cell, as Excel counts them
_WIDTHS: dict[Kind, int] = {"text": 18, "words": 48, "date": 13, "number": 12}
# What XML, in which a workbook is written, has no way to say.
_UNSPEAKABLE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]")
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_LONGEST_NAME = 31
_A4 = 9
_ON_A_PAGE = 170  # characters that are read without a lens
_LINE, _MOST_LINES = 15, 12
_FIRST_YEAR = 1901  # of a day that every spreadsheet program counts alike
# Excel keeps this name for itself.
_RESERVED = "history"


@dataclass(frozen=True, slots=True)
class Column:
    """What a column is called, what is in it, and, where that is so, all that may be in it."""

    heading: str
    kind: Kind = "text"
    choices: tuple[str, ...] = ()
    width: int | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its *title*; the *rows* are read once."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]


def see_that_it_can_be_written() -> None:
    """Raise UsageError if the library that writes workbooks is missing."""
    try:
        import xlsxwriter  # noqa: F401  # late: optional, and slow to import
    except ImportError:
        hint = "pip install 'loopengine[office]'"
        raise UsageError("writing a workbook needs xlsxwriter, which is not installed", hint) from None


def write_workbook(
    file: IO[bytes], *, title: str, about: Sequence[Sequence[str]], sheets: Sequence[Sheet], made: datetime
) -> None:
    """Write a workbook called *title* to *file*: what it is *about*, then the *sheets*, row by row.

    A table with more rows than a sheet can have goes on in another one. The same in gives the same bytes.
    """
    import xlsxwriter  # late: optional, and slow to import

    for sheet in sheets:
        if len(sheet.columns) > MOST_COLUMNS:
            said = f"{sheet.title} has {len(sheet.columns)} columns, and a sheet at most {MOST_COLUMNS}"
            raise UsageError(said, "leave this register out")
    book = xlsxwriter.Workbook(
        file,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "remove_timezone": True,
        },
    )
    book.set_properties({"title": title, "subject": title, "created": _local(made), "comments": _told(about)})
    book.set_custom_property("Language", "en-GB")
    writing = _Writing(book)
    writing.cover(title, about)
    for sheet in sheets:
        writing.sheet(sheet)
    writing.choices()
    book.close()


def fitting(text: str) -> str:
    """*text*, or as much of it as a cell can hold; what no cell can hold is U+FFFD, as everywhere."""
    text = _UNSPEAKABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    if is_fitting(text):
        return text
    return text.encode("utf-16-le")[: (LONGEST - 1) * 2].decode("utf-16-le", "ignore") + "…"


def is_fitting(text: str) -> bool:
    """Whether a cell can hold all of *text*."""
    return len(text) * 2 <= LONGEST or len(text.encode("utf-16-le", "replace")) <= LONGEST * 2


def sheet_name(title: str, taken: Iterable[str]) -> str:
    """*title* as the name of a sheet: short enough, without what a name cannot have, and unlike those
    *taken*.
    """
    known = {each.casefold() for each in taken} | {_RESERVED}
    plain = " ".join(_NOT_IN_NAMES.sub(" ", title).split()).strip("' ") or "Sheet"
    names = chain([""], (f" ({n})" for n in range(2, len(known) + 3)))
    found = (plain[: _LONGEST_NAME - len(end)].rstrip("' ") + end for end in names)
    return next(name for name in found if name.casefold() not in known)


class _Writing:
    """A workbook while it is written: its formats, the names of its sheets, and what may be chosen."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.names: list[str] = []
        self.lists: dict[tuple[str, ...], str] = {}
        plain = {"valign": "top", "border": 1, "border_color": "#D0D0D0"}
        # As text, so that nobody's spreadsheet program takes 1/2 for a day once the cell is edited.
        text = {**plain, "num_format": "@"}
        self.formats: dict[Kind, Format] = {
            "text": book.add_format({**text, "text_wrap": True}),
            "words": book.add_format({**text, "text_wrap": True}),
            "date": book.add_format({**plain, "num_format": "dd mmm yyyy", "align": "left"}),
            "number": book.add_format({**plain, "num_format": "0", "align": "left"}),
        }
        self.header = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "border": 1}
            | {"bg_color": "#1F3864", "font_color": "#FFFFFF"}
        )
        self.title = book.add_format({"bold": True, "font_size": 16})
        self.label = book.add_format({"bold": True, "valign": "top"})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.choices_name = "Choices"

    def cover(self, title: str, about: Sequence[Sequence[str]]) -> None:
        """Write the sheet that says what the workbook is."""
        sheet = self._add("About")
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 80)
        sheet.write_string(0, 0, title, self.title)
        for row, cells in enumerate(about, start=2):
            self._heighten(sheet, row, cells, (34, 80))
            for column, text in enumerate(cells):
                sheet.write_string(row, column, fitting(text), self.wrapped if column else self.label)
        self._print(sheet, title)
        sheet.activate()

    def sheet(self, table: Sheet) -> None:
        """Write *table*, on as many sheets as it needs."""
        rows = iter(table.rows)
        for part in _parts(rows):
            self._part(table, part)

    def choices(self) -> None:
        """Write what may be in the cells: a column for each list."""
        if not self.lists:
            return
        sheet = self._add(self.choices_name)
        sheet.set_column(0, len(self.lists) - 1, 40)
        for column, heading in enumerate(self.lists.values()):
            sheet.write_string(0, column, fitting(heading), self.header)
        for row in range(max(map(len, self.lists))):
            for column, listed in enumerate(self.lists):
                if row < len(listed):
                    sheet.write_string(row + 1, column, fitting(listed[row]), self.wrapped)
        sheet.freeze_panes(1, 0)
        self._print(sheet, self.choices_name)

    def _part(self, table: Sheet, rows: Iterable[Sequence[Cell]]) -> None:
        sheet = self._add(table.title)
        last = len(table.columns) - 1
        widths = tuple(column.width or _WIDTHS[column.kind] for column in table.columns)
        for n, width in enumerate(widths):
            sheet.set_column(n, n, width)
        self._heighten(sheet, 0, [column.heading for column in table.columns], widths)
        for n, column in enumerate(table.columns):
            sheet.write_string(0, n, fitting(column.heading), self.header)
        number = 0
        for number, row in enumerate(rows, start=1):
            self._heighten(sheet, number, row, widths)
            for n, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
                self._write(sheet, number, n, cell, column.kind)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, number, last)
        for n, column in enumerate(table.columns):
            self._validate(sheet, n, max(number, 1), column)
        self._print(sheet, table.title, pages=-(-sum(widths) // _ON_A_PAGE))
        sheet.repeat_rows(0)
        sheet.repeat_columns(0)

    def _write(self, sheet: Worksheet, row: int, column: int, cell: Cell, kind: Kind) -> None:
        match cell:
            case None:
                sheet.write_blank(row, column, None, self.formats[kind])
            case date() if cell.year >= _FIRST_YEAR:
                sheet.write_datetime(row, column, cell, self.formats["date"])
            case date():
                sheet.write_string(row, column, cell.isoformat(), self.formats["text"])
            case int():
                sheet.write_number(row, column, cell, self.formats["number"])
            case _:
                # A date that is not known is told in words, which have no format of a date.
                sheet.write_string(
                    row, column, fitting(cell), self.formats["words" if kind == "words" else "text"]
                )

    def _validate(self, sheet: Worksheet, n: int, last: int, column: Column) -> None:
        if not column.choices:
            return
        self.lists.setdefault(column.choices, column.heading)
        letters = _letters([*self.lists].index(column.choices))
        source = f"='{self.choices_name}'!${letters}$2:${letters}${len(column.choices) + 1}"
        told = {"error_title": "Not one of the choices", "error_message": "Choose one from the list."}
        sheet.data_validation(1, n, last, n, {"validate": "list", "source": source, **told})

    def _add(self, title: str) -> Worksheet:
        name = sheet_name(
            title, [*self.names, self.choices_name] if title != self.choices_name else self.names
        )
        self.names.append(name)
        return self.book.add_worksheet(name)

    @staticmethod
    def _heighten(sheet: Worksheet, row: int, cells: Sequence[Cell], widths: Sequence[int]) -> None:
        """Make a *row* as high as its texts need, within reason: not every program does so of itself."""
        texts = ((cell, width) for cell, width in zip(cells, widths, strict=False) if isinstance(cell, str))
        lines = max((_lines(text, width) for text, width in texts), default=1)
        if lines > 1:
            sheet.set_row(row, _LINE * min(lines, _MOST_LINES))

    @staticmethod
    def _print(sheet: Worksheet, title: str, *, pages: int = 1) -> None:
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(pages, 0)
        sheet.set_header(f"&L{title[:100].replace('&', '&&')}")
        sheet.set_footer("&RPage &P of &N")


def _parts(rows: Iterator[Sequence[Cell]]) -> Iterator[Iterator[Sequence[Cell]]]:
    """*rows* in as many parts as sheets are needed; one, if there are none."""
    yield islice(rows, MOST_ROWS)
    for first in rows:
        yield islice(chain([first], rows), MOST_ROWS)


def _lines(text: str, width: int) -> int:
    return sum(max(1, -(-len(line) * 11 // (width * 10))) for line in text[: width * 40].split("\n"))


def _letters(column: int) -> str:
    letters, column = "", column + 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def _local(instant: datetime) -> datetime:
    return instant.astimezone(LONDON).replace(tzinfo=None, microsecond=0)


def _told(about: Sequence[Sequence[str]]) -> str:
    return " ".join(about[0]) if about else ""
