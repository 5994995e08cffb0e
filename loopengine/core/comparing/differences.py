"""What is told of two versions: differences in meaning, changes of words, and what could not be told.

Values only; does not know how any of it is found.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from loopengine.core.proving.domains import World
from loopengine.core.truth import Truth

Sort: TypeAlias = Literal[
    "rule", "guard", "claim", "standing", "route", "fact", "list", "state", "step", "deadline", "hold",
    "sub_cases", "workflow", "framework",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Example:
    """Some facts, and what the *old* and the *new* version make of them: on the day *on*, if they read it."""

    world: World
    old: Truth
    new: Truth
    on: date | None = None

    @property
    def abstract(self) -> bool:
        """Whether it supposes more than answers to facts: then no case may come to it."""
        return any(thing.sort != "fact" for thing in self.world)


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference in meaning, of the thing called *about*: what is *said* of it, in words.

    Of a rule there are *examples* of cases that are decided otherwise; *through* are the guards, claims and
    routes that differ because of it and for nothing else.
    """

    sort: Sort
    about: str
    said: str
    examples: tuple[Example, ...] = ()
    through: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions of one workflow, or of a framework, told apart.

    *words* are changes of words alone, and of names by which nothing is decided. *compared* pairs of rules
    were looked at: of those called *inexact* no difference was found, and they are not proved to be equal.
    """

    name: str
    versions: tuple[int, int] | None = None
    differences: tuple[Difference, ...] = ()
    words: tuple[Difference, ...] = ()
    compared: int = 0
    inexact: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """Whether no difference was found."""
        return not self.differences

    @property
    def proved(self) -> bool:
        """Whether there is none."""
        return self.same and not self.inexact


def differ(comparisons: Iterable[Comparison]) -> bool:
    """Whether any of *comparisons* found a difference in meaning."""
    return not all(each.same for each in comparisons)
