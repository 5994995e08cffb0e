"""How a caseload is read from its file: table by table, and nothing is left unread.

Knows TOML tables. Does not know what a caseload is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

from loopengine.errors import UsageError
from loopengine.rehearsal.chance import Days
from loopengine.rehearsal.draws import Draw, draw_of

_T = TypeVar("_T")


def unsourced(told: object, where: str = "", sources: object = None, *, said: bool = False) -> Iterator[str]:
    """The places of *told* that hold figures, and neither they nor what is around them name one of the
    *sources*.
    """
    if isinstance(told, dict):
        sources = told.get("sources", {}) if sources is None else sources
        named = told.get("source")
        said = said or (isinstance(named, str) and isinstance(sources, dict) and named in sources)
        for name, each in told.items():
            yield from unsourced(each, f"{where}.{name}" if where else str(name), sources, said=said)
    elif isinstance(told, list):
        for each in told:
            yield from unsourced(each, where, sources, said=said)
    elif isinstance(told, int | float) and not isinstance(told, bool) and not said:
        yield where


class Reader:
    """A table of the file: what is asked for is taken out, and what nobody asked for is wrong."""

    def __init__(self, told: Mapping[str, object], where: str) -> None:
        self.told = {name: each for name, each in told.items() if name != "source"}
        self.where = where

    def text(self, name: str) -> str:
        """The text called *name*."""
        return self._take(name, str, "a text")

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts called *name*; none if there are none."""
        return tuple(map(str, self._take(name, list, "a list of texts", [])))

    def number(self, name: str, otherwise: float | None = None) -> float:
        """The number called *name*, from 0 on."""
        found = self.told.pop(name, otherwise)
        if type(found) not in (int, float) or float(str(found)) < 0:
            raise UsageError(f"{self.where}: {name} is not a number from 0 on", "give one")
        return float(str(found))

    def whole(self, name: str, otherwise: int) -> int:
        """The whole number called *name*."""
        return int(self.number(name, otherwise))

    def days(self, name: str, otherwise: Days | None = None) -> Days:
        """The days called *name*."""
        match self.told.pop(name, None):
            case None if otherwise is not None:
                return otherwise
            case [int() | float() as usual, int() | float() as long] if 0 <= usual <= long:
                return Days(usual, long)
            case _:
                hint = "give two numbers: half the time at most, and one time in ten more than"
                raise UsageError(f"{self.where}: {name} is not days", hint)

    def table(self, name: str) -> Reader:
        """The table called *name*; an empty one if there is none."""
        return Reader(self._take(name, dict, "a table", {}), f"{self.where}, {name}")

    def tables(self, name: str) -> list[Reader]:
        """The tables in the list called *name*."""
        found = self._take(name, list, "a list of tables", [])
        return [Reader(each, f"{self.where}, {name}") for each in found if isinstance(each, dict)]

    def each(self) -> Iterator[tuple[str, Reader]]:
        """Each of the tables in this one, by name."""
        for name in [*self.told]:
            yield name, self.table(name)

    def draws(self, name: str) -> dict[str, Draw]:
        """What the answers in the table called *name* are drawn from, by fact."""
        table = self.table(name)
        return {fact: draw_of(each, f"{table.where}: {fact}") for fact, each in table.told.items()}

    def weights(self, name: str) -> dict[str, float]:
        """The numbers in the table called *name*."""
        table = self.table(name)
        return {each: table.number(each) for each in [*table.told]}

    def end(self, *also: str) -> None:
        """See that nothing is left, but what is *also* allowed; raises UsageError."""
        for name in self.told.keys() - set(also):
            raise UsageError(f"{self.where} has {name!r}, which nobody knows", "see docs/rehearsal.md")

    def _take(self, name: str, kind: type[_T], called: str, otherwise: _T | None = None) -> _T:
        found = self.told.pop(name, otherwise)
        if not isinstance(found, kind):
            raise UsageError(f"{self.where}: {name} is not {called}", "see docs/rehearsal.md")
        return found
