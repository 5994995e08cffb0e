"""A rule as a decision table: rows that exclude each other, and leave no combination out.

A row is found by asking one thing after another, in the order of the rule, until its verdict is settled; what
was not asked does not matter in it. Unknown is an answer like any other. Knows trees; writes no file.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal, TypeAlias

from loopengine.core.rules.columns import (
    Atom,
    ClaimColumn,
    Column,
    FactColumn,
    RuleColumn,
    atoms,
    columns_of,
    judged,
)
from loopengine.core.rules.expressions import AllOf, AnyOf, Condition, Known, Not, Possible, RuleRef
from loopengine.core.truth import Truth, all_of, any_of, known, possible
from loopengine.core.values import Fact

MOST_ROWS = 5_000  # what nobody would read, and few programs would load


class TooManyRows(Exception):
    """A rule that asks for so many things at once that no table of it would be of use."""


@dataclass(frozen=True, slots=True)
class Row:
    """Where each column in *cells* is in one of these states, by their places, it is *verdict*."""

    cells: Mapping[Column, tuple[int, ...]]
    verdict: Truth


@dataclass(frozen=True, slots=True)
class Table:
    """A decision: its *columns* in the order of the rule, and its *rows*."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def tables_of(
    conditions: Sequence[Condition], facts: Mapping[str, Fact], rules: Collection[str]
) -> tuple[Table, ...]:
    """*conditions* as tables, in which the rules called *rules* are columns, and others are written out.

    What several of them ask is the same column in all. Raises TooManyRows.
    """
    asked = [tuple(dict.fromkeys(atoms(each, rules))) for each in conditions]
    columns = columns_of(tuple(dict.fromkeys(chain(*asked))), facts, rules)
    return tuple(
        Table(tuple(dict.fromkeys(columns[atom] for atom in own)), _Writer().rows(_tree(each, columns)))
        for each, own in zip(conditions, asked, strict=True)
    )


# --- what is left of a rule ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Test:
    """The verdict for each state of *column*."""

    column: Column
    verdicts: tuple[Truth, ...]


@dataclass(frozen=True, slots=True)
class _Changed:
    """Another verdict for each of FALSE, UNKNOWN and TRUE of *part*."""

    verdicts: tuple[Truth, Truth, Truth]
    part: _Left


@dataclass(frozen=True, slots=True)
class _Joined:
    """*parts* joined by `and` or `or`; at most one of them is a verdict."""

    word: Literal["and", "or"]
    parts: tuple[_Left, ...]


_Left: TypeAlias = Truth | _Test | _Changed | _Joined
_JOIN: Mapping[Literal["and", "or"], Callable[[Sequence[Truth]], Truth]] = {"and": all_of, "or": any_of}


def _tree(condition: Condition, columns: Mapping[Atom, Column]) -> _Left:
    match condition:
        case Not(part):
            return _changed(lambda verdict: ~verdict, _tree(part, columns))
        case Possible(part):
            return _changed(possible, _tree(part, columns))
        case Known(part):
            return _changed(known, _tree(part, columns))
        case AllOf(parts):
            return _joined("and", [_tree(part, columns) for part in parts])
        case AnyOf(parts):
            return _joined("or", [_tree(part, columns) for part in parts])
        case RuleRef(condition=part) if condition not in columns:
            return _tree(part, columns)
        case _:
            return _test(condition, columns[condition])


def _test(atom: Atom, column: Column) -> _Left:
    match column:
        case FactColumn(fact, states):
            assert not isinstance(atom, RuleRef)
            return _simple(_Test(column, tuple(judged(fact, state, (atom,))[0] for state in states)))
        case RuleColumn(states=verdicts) | ClaimColumn(states=verdicts):
            return _Test(column, verdicts)


def _changed(change: Callable[[Truth], Truth], part: _Left) -> _Left:
    match part:
        case Truth():
            return change(part)
        case _Test(column, verdicts):
            return _simple(_Test(column, tuple(map(change, verdicts))))
        case _Changed((low, middle, high), inner):
            return _Changed((change(low), change(middle), change(high)), inner)
        case _Joined():
            return _Changed((change(Truth.FALSE), change(Truth.UNKNOWN), change(Truth.TRUE)), part)


def _joined(word: Literal["and", "or"], parts: Sequence[_Left]) -> _Left:
    """*parts* joined, as simple as can be: what is settled is, and what asks for one thing is one test."""
    join = _JOIN[word]
    closes, settled = (Truth.FALSE, Truth.TRUE) if word == "and" else (Truth.TRUE, Truth.FALSE)
    found: dict[Column | _Left, _Left] = {}
    for part in _flat(word, parts):
        match part:
            case Truth():
                settled = join((settled, part))
            case _Test(column):
                found[column] = _both(join, found.get(column), part)
            case _:
                found[part] = part
    settled = join((settled, *(part for part in found.values() if isinstance(part, Truth))))
    left: list[_Left] = [part for part in found.values() if not isinstance(part, Truth)]
    if settled is closes or not left:
        return settled
    if settled is Truth.UNKNOWN:
        # What is not settled by one part can only be settled by another that closes the matter.
        left = [_no_more_than_unknown(join, part) for part in left]
        left = [part for part in left if part is not settled]
        if not any(isinstance(part, _Test) for part in left):
            left.append(settled)
    return left[0] if len(left) == 1 else _Joined(word, tuple(left))


def _flat(word: Literal["and", "or"], parts: Sequence[_Left]) -> Iterator[_Left]:
    for part in parts:
        match part:
            case _Joined(same, inner) if same == word:
                yield from inner
            case _:
                yield part


def _both(join: Callable[[Sequence[Truth]], Truth], one: _Left | None, other: _Test) -> _Left:
    """Two tests of one column as one."""
    match one:
        case None:
            return other
        case _Test(column, verdicts):
            return _simple(_Test(column, tuple(map(join, zip(verdicts, other.verdicts, strict=True)))))
        case _:
            assert isinstance(one, Truth)  # two tests before that came to the same always
            return _simple(_Test(other.column, tuple(join((one, each)) for each in other.verdicts)))


def _no_more_than_unknown(join: Callable[[Sequence[Truth]], Truth], part: _Left) -> _Left:
    if not isinstance(part, _Test):
        return part
    return _simple(_Test(part.column, tuple(join((each, Truth.UNKNOWN)) for each in part.verdicts)))


def _simple(test: _Test) -> _Left:
    """*test*, or the verdict to which it always comes."""
    return test.verdicts[0] if len(set(test.verdicts)) == 1 else test


# --- rows ---------------------------------------------------------------------------------------------------


class _Writer:
    """Writes rows, and remembers what it has written for what is left of a rule."""

    def __init__(self) -> None:
        self._written: dict[_Left, tuple[Row, ...]] = {}

    def rows(self, left: _Left) -> tuple[Row, ...]:
        """The rows for what is *left* of a rule. Raises TooManyRows."""
        if isinstance(left, Truth):
            return (Row({}, left),)
        if left not in self._written:
            self._written[left] = tuple(self._asking(_first(left), left))
        return self._written[left]

    def _asking(self, column: Column, left: _Left) -> Iterator[Row]:
        """The rows in which *column* is asked first: those of its states together that lead to the same."""
        leading: dict[_Left, list[int]] = {}
        for place in range(len(column.states)):
            leading.setdefault(_answered(left, column, place), []).append(place)
        alike: list[tuple[tuple[Row, ...], list[int]]] = []
        for rest, places in leading.items():
            rows = self.rows(rest)
            same = next((each for found, each in alike if found == rows), None)
            if same is None:
                alike.append((rows, places))
            else:
                same += places
        if sum(len(rows) for rows, _ in alike) > MOST_ROWS:
            raise TooManyRows
        for rows, places in alike:
            cell = {} if len(alike) == 1 else {column: tuple(sorted(places))}
            yield from (Row({**cell, **row.cells}, row.verdict) for row in rows)


def _first(left: _Left) -> Column:
    """The column that is asked first."""
    match left:
        case _Test(column):
            return column
        case _Changed(_, part):
            return _first(part)
        case _Joined(_, parts):
            return _first(next(part for part in parts if not isinstance(part, Truth)))
        case Truth():
            raise AssertionError("nothing is left to ask")


def _answered(left: _Left, column: Column, place: int) -> _Left:
    """What is left once *column* is known to be in the state at *place*."""
    match left:
        case Truth():
            return left
        case _Test(asked, verdicts):
            return verdicts[place] if asked == column else left
        case _Changed((low, middle, high), part):
            verdict = {Truth.FALSE: low, Truth.UNKNOWN: middle, Truth.TRUE: high}
            return _changed(verdict.__getitem__, _answered(part, column, place))
        case _Joined(word, parts):
            return _joined(word, [_answered(part, column, place) for part in parts])
