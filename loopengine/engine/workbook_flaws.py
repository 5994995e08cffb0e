"""What a file really is, and what of a sheet a reader of values would not see: merged cells, formulas that
nobody has worked out.

Reads bytes alone. Does not know what the cells mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_ZIP, _OLE = b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1")
_SAVE = "open it, and save it as .xlsx, or as CSV UTF-8"
# The beginnings of files that are named like spreadsheets now and then.
_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"%pdf-", "a PDF"),
    (b"{\\rtf", "a text in RTF"),
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
    (b"<table", "a web page"),
    (b"<?xml", "a file in XML"),
)
# What an archive has in it, and what it is then.
_ARCHIVES: tuple[tuple[str, str], ...] = (
    ("xl/workbook.bin", "a binary workbook (.xlsb)"),
    ("word/", "a document of Word"),
    ("ppt/", "a presentation"),
    ("content.xml", "a file in OpenDocument format"),
)
_OF_OLE: tuple[tuple[str, str, str], ...] = (
    ("EncryptedPackage", "locked with a password", "take the password off, and save it again"),
    ("WordDocument", "a document of Word", _SAVE),
    ("Workbook", "a workbook of Excel 97 to 2003 (.xls)", _SAVE),
    ("Book", "an old workbook of Excel (.xls)", _SAVE),
)
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*?\bref="([A-Z]{1,3})([0-9]+):([A-Z]{1,3})([0-9]+)"')
_UNWORKED = re.compile(
    rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})([0-9]+)"[^>]*>\s*'
    rb"<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)


class Flaw(NamedTuple):
    """Cells that do not say what they seem to say: from one to another, counted as a reader does."""

    row: int
    column: int
    last_row: int
    last_column: int
    message: str
    hint: str

    def touches(self, columns: frozenset[int]) -> bool:
        """Whether any of *columns* is among them."""
        return any(self.column <= each <= self.last_column for each in columns)


def is_archive(content: bytes) -> bool:
    """Whether *content* may be a workbook: that is an archive of files."""
    return content.startswith(_ZIP)


def otherwise_named(content: bytes) -> tuple[str, str] | None:
    """What *content* is, if it is neither a text nor an archive, and what to do about it."""
    if content.startswith(_OLE):
        for name, what, hint in _OF_OLE:
            if name.encode("utf-16-le") in content:
                return what, hint
        return "in a format of old office programs", _SAVE
    begins = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:40].lower()
    for beginning, what in _BEGINNINGS:
        if begins.startswith(beginning):
            return what, _SAVE
    return None


def archive_of(names: list[str]) -> tuple[str, str] | None:
    """What an archive of files with these *names* is, if it is no workbook."""
    if "xl/workbook.xml" in names:
        return None
    for beginning, what in _ARCHIVES:
        if any(each.startswith(beginning) for each in names):
            return what, _SAVE
    return "an archive of files", _SAVE


def flaws_of(sheet: bytes) -> Iterator[Flaw]:
    """What is wrong with a *sheet*, given as it stands in the workbook."""
    for found in _MERGED.finditer(sheet):
        first, top, last, bottom = found.groups()
        name = b"".join((first, top, b":", last, bottom)).decode()
        said = f"the cells {name} are merged, and only the first holds what they say"
        yield Flaw(
            int(top), _number(first), int(bottom), _number(last), said, "unmerge them, and fill in each"
        )
    for found in _UNWORKED.finditer(sheet):
        if b't="str"' in found[0]:  # worked out, and nothing came of it
            continue
        column, row = _number(found[1]), int(found[2])
        hint = "open it in a spreadsheet program and save it, or paste the values"
        yield Flaw(row, column, row, column, "the cell has a formula that nobody has worked out", hint)


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1
