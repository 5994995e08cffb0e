"""Small numbers in tables about children: none can be worked out from what is shown."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis.strategies import integers, lists

from loopengine.reports.annual.figures import Column, Hidden, Row, Table
from loopengine.reports.annual.small_numbers import SMALLEST_SHOWN, hidden, hidden_places

MOST = 6  # as far as the search below tries


def table(body: list[list[int]]) -> list[list[int]]:
    """*body* with its totals."""
    rows = [[*row, sum(row)] for row in body]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]]


def bodies(most: int) -> object:
    widths = integers(1, 2)
    return widths.flatmap(
        lambda width: lists(lists(integers(0, most), min_size=width, max_size=width), min_size=1, max_size=2)
    )


def possible(numbers: list[list[int]], places: frozenset[tuple[int, int]]) -> list[list[list[int]]]:
    """Every table of which the same is shown, up to some size of its numbers; found by trying them all.

    Somebody who knows the rule knows that nothing hidden is nought; and takes nothing else for granted.
    """
    inner = [(i, j) for i, row in enumerate(numbers[:-1]) for j, _ in enumerate(row[:-1])]
    unknown = [place for place in inner if place in places]
    found = []
    for values in product(range(1, MOST + 3), repeat=len(unknown)):
        body = [row[:-1] for row in numbers[:-1]]
        for (i, j), value in zip(unknown, values, strict=True):
            body[i][j] = value
        tried = table(body)
        if all(
            tried[i][j] == number if (i, j) not in places else tried[i][j] >= 1
            for i, row in enumerate(numbers)
            for j, number in enumerate(row)
        ):
            found.append(tried)
    return found


@settings(max_examples=120, deadline=None)
@given(bodies(MOST))
@example([[1, 1, 1, 1, 1]])  # each is one, and their total would say so
@example([[2], [7]])
@example([[1, 5], [5, 0]])
@example([[6, 6], [6, 3]])
@example([[1]])
@example([[0, 0], [0, 0]])
def test_no_hidden_number_can_be_worked_out(body: list[list[int]]) -> None:
    numbers = table(body)

    places = hidden_places(numbers)

    for i, row in enumerate(numbers):
        for j, number in enumerate(row):
            if 0 < number < SMALLEST_SHOWN:
                assert (i, j) in places, "a small number is shown"
            if number == 0:
                assert (i, j) not in places, "a nought is hidden"
    could_be = possible(numbers, places)
    assert numbers in could_be
    for i, j in places:
        assert len({each[i][j] for each in could_be}) > 1, ((i, j), numbers, sorted(places))


@settings(max_examples=200, deadline=None)
@given(lists(lists(integers(0, 60), min_size=4, max_size=4), min_size=1, max_size=10))
def test_of_a_table_of_any_size_no_line_has_a_single_hidden_number(body: list[list[int]]) -> None:
    numbers = table(body)

    places = hidden_places(numbers)

    for i in range(len(numbers)):
        assert sum(place[0] == i for place in places) != 1
    for j in range(len(numbers[0])):
        assert sum(place[1] == j for place in places) != 1


@pytest.mark.parametrize("body", [[[5, 6], [7, 8]], [[0, 9], [12, 0]]])
def test_where_nothing_is_small_everything_is_shown(body: list[list[int]]) -> None:
    assert hidden_places(table(body)) == frozenset()


def test_what_is_hidden_is_neither_in_a_row_nor_in_a_total() -> None:
    columns = (Column("yes", "Yes"), Column("no", "No"), Column("total", "All"))
    rows = (Row("a", "A", (2, 9, 11)), Row("b", "B", (12, 7, 19)))
    given = Table("t", "A table", "Of what", columns, rows, Row("total", "All", (14, 16, 30)))

    found = hidden(given)

    assert [row.cells for row in found.rows] == [(Hidden(), Hidden(), 11), (Hidden(), Hidden(), 19)]
    assert found.total is not None
    assert found.total.cells == (14, 16, 30)
