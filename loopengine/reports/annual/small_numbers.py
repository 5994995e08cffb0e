"""Small numbers in tables about children: which are hidden, so that none can be worked out.

A table has a row and a column of totals, from which a number could be worked out if it alone were hidden; so
others are hidden with it until none can be. Knows nothing of what is counted.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace

from loopengine.reports.annual.figures import Cell, Hidden, Row, Table

# The Department for Education's statistics "Serious incident notifications" hide numbers to protect children,
# and further ones with which those could be worked out; noughts stand (its data guidance, "Rounding and
# suppression", at explore-education-statistics.service.gov.uk). That 1 to 4 is small is our choice.
SMALLEST_SHOWN = 5
RULE = (
    f"Numbers of children from 1 to {SMALLEST_SHOWN - 1} are not shown, so that no child can be recognised; "
    "nor are others from which they could be worked out. A nought stands. The Department for Education does "
    "so in its statistics of serious incident notifications; which numbers are small is this board's choice."
)
Place = tuple[int, int]


def hidden(table: Table) -> Table:
    """*table*, whose last row and last column are totals, with its small numbers hidden."""
    if table.total is None:
        raise ValueError("a table about children has its totals")
    rows = (*table.rows, table.total)
    numbers = [[int(str(cell)) for cell in row.cells] for row in rows]
    places = hidden_places(numbers)
    *shown, total = (_shown(row, at, places) for at, row in enumerate(rows))
    return replace(table, rows=tuple(shown), total=total)


def hidden_places(numbers: list[list[int]]) -> frozenset[Place]:
    """Where a number is hidden in *numbers*, whose last row and last column are totals."""
    nonzero = [(i, j) for i, row in enumerate(numbers) for j, number in enumerate(row) if number]
    found = {(i, j) for i, j in nonzero if numbers[i][j] < SMALLEST_SHOWN}
    # If all were hidden, twice of each number would be as possible as what they are: so this comes to an end.
    while not all(_could_differ(numbers, found, place) for place in found):
        shown = (place for place in nonzero if place not in found)
        found.add(min(shown, key=lambda place: _cost(numbers, found, place)))
    return frozenset(found)


def _cost(numbers: list[list[int]], places: set[Place], place: Place) -> tuple[bool, int, int, int, Place]:
    """How little one would like to hide *place* as well: beside hidden ones, no total, a small one."""
    (i, j), last_row, last_column = place, len(numbers) - 1, len(numbers[0]) - 1
    beside = any(row == i for row, _ in places) + any(column == j for _, column in places)
    totals = (i == last_row) + (j == last_column)
    return (not beside, totals, -beside, numbers[i][j], place)


def _could_differ(numbers: list[list[int]], places: set[Place], place: Place) -> bool:
    """Whether the number in *place* could be another one, given all that is shown, and that none is nought.

    The numbers of a row and its total must still agree, and those of a column: so a change goes round in a
    circle through hidden places, now one more and now one less.
    """
    return _goes_round(numbers, places, place, 1) or _goes_round(numbers, places, place, -1)


def _goes_round(numbers: list[list[int]], places: set[Place], place: Place, change: int) -> bool:
    if not _may_change(numbers, place, change):
        return False
    wanted, seen = ("row", place[0]), {("column", place[1])}
    waiting = deque([("column", place[1])])
    while waiting:
        line = waiting.popleft()
        if line == wanted:
            return True
        for following in _lines_from(numbers, places - {place}, line, change):
            if following not in seen:
                seen.add(following)
                waiting.append(following)
    return False


def _lines_from(
    numbers: list[list[int]], places: set[Place], line: tuple[str, int], change: int
) -> Iterator[tuple[str, int]]:
    """The lines to which a change may be passed on that has come to *line*."""
    sort, at = line
    for i, j in places:
        if sort == "column" and j == at and _may_change(numbers, (i, j), -change):
            yield "row", i
        if sort == "row" and i == at and _may_change(numbers, (i, j), change):
            yield "column", j


def _may_change(numbers: list[list[int]], place: Place, change: int) -> bool:
    """Whether the number in *place* may move so that its lines *change*; totals move against it."""
    (i, j), last_row, last_column = place, len(numbers) - 1, len(numbers[0]) - 1
    against = (i == last_row) != (j == last_column)
    moves = -change if against else change
    return numbers[i][j] + moves >= 1


def _shown(row: Row, at: int, places: frozenset[Place]) -> Row:
    cells: tuple[Cell, ...] = tuple(
        Hidden() if (at, column) in places else cell for column, cell in enumerate(row.cells)
    )
    return replace(row, cells=cells)
