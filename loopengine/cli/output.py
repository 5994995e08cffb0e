"""Printing: words for people, in a terminal or a pipe, and JSON for programs.

In a terminal, text is wrapped, tables are ruled, and some words have a colour as well; in a pipe, lines and
cells are as long as they are. Control characters in what users wrote are shown escaped. Does not know what it
prints.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from io import TextIOWrapper
from typing import TYPE_CHECKING, Literal, NamedTuple, TextIO, TypeAlias

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

Style: TypeAlias = Literal["bold", "dim", "green", "red", "yellow"]
_ESCAPED = frozenset({"Cc", "Cs", "Zl", "Zp"})
# Invisible characters that turn the text around them: what they could hide is shown.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
# What is noted while notes are held back.
_HELD: ContextVar[list[str] | None] = ContextVar("held", default=None)
_GAP = _INDENT = "  "
_LABEL = 12
# Columns whose words are copied and compared: they are never broken, however narrow the terminal.
_WHOLE = frozenset({"CASE", "UNDER", "DUE", "OPENED", "SO ON"})


class Styled(NamedTuple):
    """Some text, and the colour or weight that it has in a terminal; it must say the same without."""

    text: str
    style: Style


Part: TypeAlias = str | Styled
Cell: TypeAlias = Part | list[Part]


class Page:
    """Standard output, for people."""

    def __init__(self) -> None:
        self._console: Console | None = None
        if sys.stdout is not None and sys.stdout.isatty():
            from rich.console import Console

            self._console = Console(highlight=False, markup=False, emoji=False)

    def say(self, *parts: Part, indent: int = 0) -> None:
        """Print *parts* as one paragraph, *indent* columns in; without any, an empty line."""
        if self._console is None:
            print((" " * indent + _plain(parts)).rstrip())
            return
        from rich.padding import Padding

        self._console.print(Padding(_text(parts), (0, 0, 0, indent), expand=False) if parts else "")

    def line(self, text: str, *, indent: int = 0) -> None:
        """Print *text* as one line that can be copied: a terminal may show it in two, but it stays one."""
        if self._console is None:
            print(" " * indent + shown(text))
        else:
            self._console.print(" " * indent + shown(text), soft_wrap=True)

    def heading(self, text: str) -> None:
        """Print *text* over what follows, after an empty line."""
        self.say()
        self.say(Styled(text, "bold"))

    def entry(self, label: str, *parts: Part) -> None:
        """Print *parts* beside a *label*, under whatever was said last."""
        if self._console is None:
            print(f"{_INDENT}{label:<{_LABEL}}{_plain(parts)}".rstrip())
            return
        from rich.table import Table

        row = Table.grid(padding=0)
        row.add_column(width=len(_INDENT) + _LABEL)
        row.add_column(overflow="fold")
        row.add_row(_text([Styled(_INDENT + label, "dim")]), _text(parts))
        self._console.print(row)

    def entry_line(self, text: str) -> None:
        """Print *text* below an entry, as one line that can be copied."""
        self.line(text, indent=len(_INDENT) + _LABEL)

    def table(self, headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
        """Print *rows* in columns under *headers*."""
        cells = [[cell if isinstance(cell, list) else [cell] for cell in row] for row in rows]
        if self._console is None:
            for line in _columns([list(headers), *([_plain(cell) for cell in row] for row in cells)]):
                print(line)
            return
        from rich.box import SIMPLE_HEAD
        from rich.table import Table

        table = Table(box=SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0), header_style="bold")
        for header in headers:
            table.add_column(header, overflow="fold", no_wrap=header in _WHOLE)
        for row in cells:
            table.add_row(*(_text(cell) for cell in row))
        self._console.print(table)


def print_json(document: object, *, stream: TextIO | None = None) -> None:
    """Print *document* on standard output, or on *stream*; always in UTF-8."""
    import json

    stream = stream or sys.stdout
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(encoding="utf-8")
    print(json.dumps(document, ensure_ascii=False, indent=2), file=stream)


def note(text: str) -> None:
    """Say something beside the answer, on standard error."""
    held = _HELD.get()
    if held is None:
        print(f"note: {shown(text)}", file=sys.stderr)
    else:
        held.append(text)


@contextmanager
def notes_after() -> Iterator[None]:
    """Hold back what is noted until all went well, and leave it out if not: an error then stands alone."""
    held: list[str] = []
    before = _HELD.set(held)
    try:
        yield
    finally:
        _HELD.reset(before)
    for text in held:
        note(text)


def seen_from_here(path: str) -> str:
    """*path* as one would type it: from the working directory, if it is below that."""
    from pathlib import Path

    with suppress(OSError, ValueError):
        return str(Path(path).relative_to(Path.cwd()))
    return path


def shown(text: str) -> str:
    """*text* with every character escaped that would act on a terminal instead of being seen."""
    return "".join(
        char.encode("unicode_escape").decode("ascii")
        if unicodedata.category(char) in _ESCAPED or char in _TURNING
        else char
        for char in text
    )


def is_text(given: str) -> bool:
    """Whether *given*, from a command line or an environment, is more than bytes without a meaning."""
    return not any("\ud800" <= char <= "\udfff" for char in given)


def prepare_streams() -> None:
    """See that no character is one too many for a terminal or pipe that does not know it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _plain(parts: Iterable[Part]) -> str:
    return "".join(shown(part.text if isinstance(part, Styled) else part) for part in parts)


def _text(parts: Iterable[Part]) -> Text:
    from rich.text import Text

    text = Text()
    for part in parts:
        if isinstance(part, Styled):
            text.append(shown(part.text), style=part.style)
        else:
            text.append(shown(part))
    return text


def _columns(rows: list[list[str]]) -> Iterable[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield _GAP.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
