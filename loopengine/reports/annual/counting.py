"""How the report counts: numbers by row and column, lengths of time, and rows of which only so many are kept.

Memory grows with what is told apart, not with what is counted. Knows nothing of cases.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from loopengine.reports.annual.figures import TOTAL, Cell, Column, Row

MOST = 100  # rows of a list that tells single cases


class Counts:
    """Numbers by row and by column, out of which a table is made."""

    def __init__(self) -> None:
        self.numbers: Counter[tuple[str, str]] = Counter()
        self.titles: dict[str, str] = {}

    def add(self, row: str, title: str, column: str, number: int = 1) -> None:
        """Count one more, or *number*, in *column* of the *row* that has this *title*."""
        self.titles[row] = title
        self.numbers[row, column] += number

    def of(self, row: str, column: str) -> int:
        """The number in that place."""
        return self.numbers[row, column]

    def sum(self, column: str) -> int:
        """All numbers of *column* together."""
        return sum(number for (_, each), number in self.numbers.items() if each == column)

    def rows(self, columns: Iterable[str], order: Iterable[str] | None = None) -> tuple[Row, ...]:
        """The rows, as in *order* or else by title, each with the numbers of *columns*."""
        keys = [*columns]
        names = sorted(self.titles, key=lambda name: self.titles[name].casefold()) if order is None else order
        return tuple(
            Row(name, self.titles[name], tuple(self.numbers[name, key] for key in keys))
            for name in names
            if name in self.titles
        )

    def total(self, columns: Iterable[str], title: str = "All together") -> Row:
        """The row of the totals of *columns*."""
        return Row(TOTAL, title, tuple(self.sum(key) for key in columns))


class Days:
    """Numbers of days, of which the middle one and the longest are told; as many as there are lengths."""

    def __init__(self) -> None:
        self.lengths: Counter[int] = Counter()

    def add(self, days: int) -> None:
        """Take down one more length."""
        self.lengths[days] += 1

    @property
    def number(self) -> int:
        """How many there are."""
        return self.lengths.total()

    @property
    def median(self) -> int | float | None:
        """The middle one, or what lies halfway between the two in the middle; None if there are none."""
        if not self.lengths:
            return None
        low, high = self._at((self.number - 1) // 2), self._at(self.number // 2)
        return low if low == high else _plain((low + high) / 2)

    @property
    def longest(self) -> int | None:
        """The longest, or None if there are none."""
        return max(self.lengths, default=None)

    def cells(self) -> tuple[Cell, ...]:
        """How many, the middle one, the longest: as `DAYS` heads them."""
        return (self.number, self.median, self.longest)

    def _at(self, place: int) -> int:
        for length in sorted(self.lengths):
            place -= self.lengths[length]
            if place < 0:
                return length
        raise IndexError(place)


DAYS = (
    Column("number", "Number"),
    Column("median", "Median days"),
    Column("longest", "Longest, days"),
)


@dataclass(slots=True)
class Capped:
    """Rows of which only so many are kept, and the rest counted."""

    most: int = field(default_factory=lambda: MOST)
    rows: list[tuple[date, Row]] = field(default_factory=list)
    left_out: int = 0

    def add(self, on: date, row: Row) -> None:
        """Keep *row*, if there is room."""
        if len(self.rows) < self.most:
            self.rows.append((on, row))
        else:
            self.left_out += 1

    def in_order(self) -> tuple[Row, ...]:
        """Those that were kept, by day."""
        return tuple(row for _, row in sorted(self.rows, key=lambda each: each[0]))


def _plain(number: float) -> int | float:
    return int(number) if number.is_integer() else number
