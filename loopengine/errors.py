"""Everything that can go wrong, as one tree; a message names the thing, the value and the way out.

    LoopEngineError
    ├── SeveralProblems      something has problems, all of which are listed
    │   ├── DefinitionError      a workflow file, or a folder of them
    │   ├── IncidentRefused      a file of an incident, which is not laid out as one
    │   ├── RowsRefused          a file of people, by line
    │   ├── CellsRefused         a spreadsheet of cases, by cell
    │   └── LearningRefused      a file of learning, which does not fit its form
    ├── UsageError           the caller asked for something that makes no sense
    │   ├── UnknownName      no such workflow, rule, fact, event, role, agency, …
    │   └── BadValue         a value of the wrong type, or out of its range
    ├── RefusedError         a rule of the board says no; nothing was changed
    │   ├── NotAnswered      an answer that the file does not accept as given (evidence, role)
    │   └── ClockWentBack    recording would make a case's time run backwards
    ├── CaseNotFound         no case of that reference
    ├── StaleCase            somebody else moved the case first
    ├── BrokenHistory        a history does not verify
    └── StorageError         the database is missing, read-only, full, locked, newer, or not one of ours

Each class carries the exit status that the command line ends with, and a `kind` for its JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import ClassVar, Generic, TypeVar

_P = TypeVar("_P")


class LoopEngineError(Exception):
    """Anything that this library raises on purpose: *message* says what is wrong, *hint* the way out."""

    kind: ClassVar[str] = "error"
    status: ClassVar[int] = 2

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message if hint is None else f"{message}; {hint}")
        self.message = message
        self.hint = hint

    @property
    def lines(self) -> tuple[str, ...]:
        """What is wrong, each thing in a line of its own."""
        return (self.message,)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in a workflow file: where, what, and what was probably meant."""

    file: str
    line: int
    column: int
    message: str
    hint: str | None = None

    def __str__(self) -> str:
        said = f"{self.file}:{self.line}:{self.column}: {self.message}"
        return said if self.hint is None else f"{said}; {self.hint}"


class SeveralProblems(LoopEngineError, Generic[_P]):
    """Something has *problems*; all of them are here, in the order in which they are to be read."""

    status = 1

    def __init__(self, problems: Iterable[_P], hint: str | None = None) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.lines), hint)

    @property
    def lines(self) -> tuple[str, ...]:
        """Its problems."""
        return tuple(map(str, self.problems))


class DefinitionError(SeveralProblems[Problem]):
    """A workflow file or framework folder has *problems*, in order of place."""

    kind = "definition"

    def __init__(self, problems: Iterable[Problem]) -> None:
        super().__init__(sorted(problems))


class UsageError(LoopEngineError):
    """The request makes no sense as it stands."""

    kind = "usage"
    status = 2


class UnknownName(UsageError):
    """No *sort* is called *name*; the hint offers the nearest of *known*."""

    kind = "unknown_name"

    def __init__(self, sort: str, name: str, known: Iterable[str]) -> None:
        super().__init__(f"no {sort} is called {name!r}", nearest(name, known))
        self.name = name


class BadValue(UsageError):
    """A value that cannot be what it is said to be."""

    kind = "bad_value"


class RefusedError(LoopEngineError):
    """The board's own rules say no; nothing was changed."""

    kind = "refused"
    status = 1


class NotAnswered(RefusedError):
    """An answer that the workflow file does not accept as it was given."""

    kind = "not_answered"


class ClockWentBack(RefusedError):
    """Recording now would make time run backwards within a case."""

    kind = "clock_went_back"


class CaseNotFound(LoopEngineError):
    """No case has that reference."""

    kind = "case_not_found"
    status = 3


class StaleCase(LoopEngineError):
    """The case has moved on since the caller looked at it."""

    kind = "stale_case"
    status = 4


class BrokenHistory(LoopEngineError):
    """A history does not verify: it was changed outside the engine."""

    kind = "broken_history"
    status = 5


class StorageError(LoopEngineError):
    """The database cannot be used as it is."""

    kind = "storage"
    status = 6


def nearest(name: str, known: Iterable[str]) -> str | None:
    """A hint that offers the names of *known* nearest to *name*, or lists them when none is near."""
    names = sorted(set(known))
    close = get_close_matches(name, names, n=3, cutoff=0.6) or _begun(name, names)
    if close:
        return "did you mean " + " or ".join(f"{each!r}" for each in close) + "?"
    if not names:
        return None
    shown = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
    return f"there is: {shown}"


def _begun(name: str, names: list[str]) -> list[str]:
    """The first of *names* of which *name* is a part, or the first letters of their words."""
    part = re.sub("[ _-]+", " ", name.strip().lower())
    plain = {each: re.sub("[_-]+", " ", each.lower()) for each in names}
    found = [
        each
        for each, words in plain.items()
        if part in words or part == "".join(word[0] for word in words.split())
    ]
    return found[:3] if len(part) > 1 else []
