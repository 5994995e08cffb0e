"""The sets of parties, values or labels that are tried to see what a rule makes of them.

Of few members every set is looked at; of more, those that the rule and the situation suggest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from loopengine.core.rules.expressions import Constant, Leaf, Size, walk
from loopengine.core.values import Value

MOST_MEMBERS = 5
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def sets_of(
    members: Sequence[str], leaves: Sequence[Leaf], present: frozenset[str], beside: Iterable[frozenset[str]]
) -> set[frozenset[str]]:
    """Sets of *members*, the empty one among them, that *leaves* may judge otherwise than what is *present*.

    *beside* are the sets with which it is compared.
    """
    if len(members) <= MOST_MEMBERS:
        sizes = range(len(members) + 1)
        return {frozenset(some) for size in sizes for some in combinations(members, size)}
    every = frozenset(members)
    told = [frozenset({name}) for name in members]
    mentioned = [as_set(node.value) for node in _nodes(leaves) if isinstance(node, Constant)]
    told += [*mentioned, frozenset().union(*mentioned), *beside]
    made = {one for some in told for one in (some, every - some, present - some, present | some)}
    counted = [node.among or tuple(members) for node in _nodes(leaves) if isinstance(node, Size)]
    sized = {grown for some in made for among in counted for grown in _of_every_size(some, among)}
    return {some & every for some in made | sized} | {frozenset()}


def labels_for(leaves: Sequence[Leaf], present: frozenset[str]) -> tuple[str, ...]:
    """Labels that a set may have: those there are, those the rule mentions, and the first letters."""
    mentioned = frozenset().union(*(as_set(n.value) for n in _nodes(leaves) if isinstance(n, Constant)))
    sizes = [n.value for n in _nodes(leaves) if isinstance(n, Constant) and isinstance(n.value, int)]
    letters = _ALPHABET[: max([2, *(size + 1 for size in sizes if 0 < size < len(_ALPHABET))])]
    return tuple(sorted(present | mentioned | set(letters)))


def as_set(value: Value | None) -> frozenset[str]:
    """*value* as a set: of one, or of none if it is no name."""
    match value:
        case frozenset():
            return value
        case str():
            return frozenset({value})
        case _:
            return frozenset()


def _of_every_size(some: frozenset[str], among: Sequence[str]) -> Iterator[frozenset[str]]:
    """*some* grown and shrunk, one by one, by those *among* whom it is counted."""
    grown, shrunk = some, some
    for name in among:
        grown, shrunk = grown | {name}, shrunk - {name}
        yield grown
        yield shrunk


def _nodes(leaves: Sequence[Leaf]) -> Iterator[object]:
    return (node for leaf in leaves for node in walk(leaf))
