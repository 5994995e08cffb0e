"""Reading rows that somebody may have changed behind our back: what cannot be read is told as such.

SQLite keeps whatever it is given in any column: bytes for a text, a word for a number. Knows what the reading
of such a row raises. Does not know what any row means.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ContextDecorator
from functools import lru_cache
from types import TracebackType
from typing import Any

from sqlalchemy import Row, Table, TypeDecorator
from sqlalchemy.exc import DBAPIError

from loopengine.errors import BrokenHistory, DefinitionError, UsageError

TO_AUDIT = "run `loopengine audit`, which names what was changed, or restore a copy"
# What reading a row may raise that is not as the engine writes it. A value that its fact does not accept, and
# a name that its workflow does not have, are the user's mistakes anywhere else.
_UNREADABLE = (
    UsageError,
    DefinitionError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    OverflowError,
    RecursionError,
)


# A class, since a generator for each read of a step takes as long as some of the reads.
class legible(ContextDecorator):  # noqa: N801  # read as a word: `with legible(reference):`
    """Raise BrokenHistory if *what* is read within the block and cannot be: it is not as it was written."""

    __slots__ = ("_what",)

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> None:
        """Nothing has been read yet."""

    def __exit__(
        self, sort: type[BaseException] | None, error: BaseException | None, _where: TracebackType | None
    ) -> None:
        if not isinstance(error, (*_UNREADABLE, DBAPIError)):
            return
        if isinstance(error, DBAPIError) and "Could not decode" not in str(error.orig):
            return
        raise BrokenHistory(
            f"{self._what} cannot be read: it is not as loopengine writes it",
            TO_AUDIT,
        ) from error


def declared(row: Row[Any], table: Table) -> Row[Any]:
    """*row*, whose columns hold what *table* says; raises TypeError if one does not."""
    for name, (type_, optional) in _types(table).items():
        value = row._mapping[table.c[name]]
        if type(value) is not type_ and not (optional and value is None):
            raise TypeError(f"{table.name}.{name} is no {type_.__name__}")
    return row


@lru_cache(maxsize=64)
def _types(table: Table) -> Mapping[str, tuple[type, bool]]:
    found: dict[str, tuple[type, bool]] = {}
    for column in table.c:
        type_ = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
        found[column.name] = (type_.python_type, bool(column.nullable))
    return found
