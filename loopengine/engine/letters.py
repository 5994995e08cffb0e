"""What bodies send to each other, and what became of it: letters, the items in them, and what was wrong.

Knows neither the form in which a letter travels, nor what is done about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar, Literal, NamedTuple, TypeAlias

from loopengine.core.exchange import Body, Told
from loopengine.core.values import Json
from loopengine.errors import SeveralProblems

# What became of an item. `known`: it has come before, first-hand or another way, and this is not first-hand;
# `older`: what is known of it was made later; `changed_too_late`: the case that it opened has ended.
Outcome: TypeAlias = Literal[
    "opened", "changed", "unchanged", "changed_too_late", "older", "known", "own", "says_nothing", "withdrawn"
]


class LearningProblem(NamedTuple):
    """One thing wrong in a file of learning: where, as a JSON pointer, what, and what was probably meant."""

    file: str
    pointer: str
    message: str
    hint: str | None = None

    def __str__(self) -> str:
        said = f"{self.file}: {self.pointer or 'as a whole'}: {self.message}"
        return said if self.hint is None else f"{said}; {self.hint}"


class LearningRefused(SeveralProblems[LearningProblem]):
    """A file of learning has *problems*, in order of place; nothing was written."""

    kind: ClassVar[str] = "learning_refused"


@dataclass(frozen=True, slots=True)
class Learnt:
    """Something that *body* has learnt, under its *reference* there: what is *told* of it.

    *by_way_of* is another body, which has passed it on with a reference of its own. *places* say where what
    is told stands in the file that brings it, and under "" where the item does.
    """

    body: Body
    reference: str
    told: Mapping[Told, str | date | bool] = field(default_factory=dict)
    withdrawn: bool = False
    by_way_of: tuple[Body, str] | None = None
    places: Mapping[str, str] = field(default_factory=dict)

    def place(self, told: str = "") -> str:
        """Where what is *told* stands in the file."""
        return self.places.get(told) or self.places.get("", "")

    def evidence(self, on: date) -> str:
        """Where it came from, in words."""
        way = f" by way of {self.by_way_of[0].name} {self.by_way_of[1]}," if self.by_way_of else ""
        return f"{self.body.name} {self.reference},{way} exchanged on {on}"


@dataclass(frozen=True, slots=True)
class Letter:
    """What one body sends: what was learnt, as it stood when the letter was *made_at*; *file* is its name."""

    items: tuple[Learnt, ...]
    made_at: datetime
    file: str = ""


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of an item: the *case* that it opened, now or before, and the *facts* that have changed."""

    body: str
    reference: str
    outcome: Outcome
    case: str | None = None
    facts: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Json]:
        """One of the items that `import learning` prints."""
        return {
            "body": self.body,
            "reference": self.reference,
            "outcome": self.outcome,
            "case": self.case,
            "facts": list(self.facts),
        }
