"""A mutant: one slip in a file, and the file as it would be with it.

Knows plain data and paths in it. Does not know what the data mean, or where they are from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

Tree: TypeAlias = "dict[str, Tree] | list[Tree] | str | int | bool | None"
Path: TypeAlias = tuple[str | int, ...]
Kind: TypeAlias = Literal[
    "connective", "negation", "comparison", "limit", "value", "possible", "quantifier", "part",
    "guard", "duration", "wait", "role", "target", "clock", "hold", "reason", "strength",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Change:
    """One value of a file that is another one: that at *path* is *value*; None is no value at all."""

    path: Path
    value: Tree


@dataclass(frozen=True, slots=True)
class Mutant:
    """One slip of a *kind* in *file*: *name* stays the same while its place does, and *said*
    tells it in words.
    """

    file: str
    name: str
    kind: Kind
    said: str
    changes: tuple[Change, ...]

    @property
    def place(self) -> Path:
        """Where in the file it is."""
        return self.changes[0].path


def mutated(tree: Tree, mutant: Mutant) -> Tree:
    """*tree*, the data of the mutant's file, with its slip; *tree* itself stays as it is."""
    for change in mutant.changes:
        tree = _changed(tree, change.path, change.value)
    return tree


def _changed(tree: Tree, path: Path, value: Tree) -> Tree:
    if not path:
        return value
    first, rest = path[0], path[1:]
    if isinstance(tree, dict) and isinstance(first, str):
        copy = dict(tree)
        if not rest and value is None:
            copy.pop(first, None)
        else:
            copy[first] = _changed(copy.get(first), rest, value)
        return copy
    assert isinstance(tree, list)
    assert isinstance(first, int)
    items = list(tree)
    items[first] = _changed(items[first], rest, value)
    return items


def at(tree: Tree, path: Sequence[str | int]) -> Tree:
    """What stands at *path* in *tree*; None if there is nothing."""
    for part in path:
        match tree:
            case dict() if isinstance(part, str) and part in tree:
                tree = tree[part]
            case list() if isinstance(part, int) and part < len(tree):
                tree = tree[part]
            case _:
                return None
    return tree


def keyed(tree: Tree) -> dict[str, Tree]:
    """*tree* if it has keys; no keys otherwise."""
    return tree if isinstance(tree, dict) else {}


def listed(tree: Tree) -> list[Tree]:
    """*tree* as a list: a single item may stand without brackets."""
    return [] if tree is None else list(tree) if isinstance(tree, list) else [tree]
