"""What the board page shows: all open cases by stage, the most pressing first, and how many there are.

Values only. Nothing that somebody wrote is in them, and no name of a person: references, titles of the files,
days. Does not know how they are found, or how a page is laid out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from loopengine.core.definitions import Stage
from loopengine.engine.results import Document

SOON = 10  # working days
Urgency: TypeAlias = tuple[int, date, int]
Standing: TypeAlias = Literal["late", "soon", "held", "calm", "none"]


@dataclass(frozen=True, slots=True)
class NextDue:
    """The deadline of a case that presses most. *days* are working days, negative if it is *late*; *held*
    are the titles of the holds that keep it still, and then nobody knows when it will be due.
    """

    deadline: str
    title: str
    due: date
    days: int
    late: bool
    provisional: bool
    held: tuple[str, ...]
    warning: str | None

    @property
    def soon(self) -> bool:
        """Whether few days are left of it."""
        return not self.late and not self.held and self.days <= SOON

    def to_json(self) -> Document:
        """It, for a program."""
        return {
            "deadline": self.deadline,
            "title": self.title,
            "due": self.due.isoformat(),
            "days": self.days,
            "late": self.late,
            "provisional": self.provisional,
            "held": list(self.held),
            "warning": self.warning,
        }


@dataclass(frozen=True, slots=True)
class Row:
    """An open case as the page shows it; *whose* are the titles of those whose move it is, and *holds* of
    those that are on. *under* is the case above it.
    """

    case: str
    n: int
    title: str
    workflow: str
    state: str
    doing: str
    stage: Stage | None
    whose: tuple[str, ...]
    next_due: NextDue | None
    holds: tuple[str, ...]
    under: str | None

    @property
    def standing(self) -> Standing:
        """How much it presses."""
        due = self.next_due
        if due is None:
            return "held" if self.holds else "none"
        return "late" if due.late else "held" if due.held else "soon" if due.soon else "calm"

    @property
    def urgency(self) -> Urgency:
        """What it is sorted by: late ones first, then by the day; what stands still, or has no day, last."""
        due = self.next_due
        if due is None:
            return 3, date.max, self.n
        return (2 if due.held and not due.late else 0 if due.late else 1), due.due, self.n

    def to_json(self) -> Document:
        """It, for a program."""
        return {
            "case": self.case,
            "title": self.title,
            "workflow": self.workflow,
            "state": self.state,
            "doing": self.doing,
            "stage": self.stage,
            "whose": list(self.whose),
            "next_due": None if self.next_due is None else self.next_due.to_json(),
            "holds": list(self.holds),
            "under": self.under,
        }


@dataclass(frozen=True, slots=True)
class Counts:
    """Of the cases at the top and those *beneath* them: how many are *late*, due *soon*, or *held*."""

    cases: int = 0
    beneath: int = 0
    late: int = 0
    soon: int = 0
    held: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.cases + other.cases,
            self.beneath + other.beneath,
            self.late + other.late,
            self.soon + other.soon,
            self.held + other.held,
        )

    def to_json(self) -> Document:
        """They, for a program."""
        return {
            "cases": self.cases,
            "beneath": self.beneath,
            "late": self.late,
            "due_soon": self.soon,
            "held": self.held,
        }


@dataclass(frozen=True, slots=True)
class Family:
    """A case at the top with the open ones beneath it: how many of each *kind*, and those that press most."""

    head: Row
    counts: Counts
    kinds: tuple[tuple[str, int], ...] = ()
    pressing: tuple[Row, ...] = ()

    @property
    def urgency(self) -> Urgency:
        """As pressing as whatever in it presses most."""
        return min(each.urgency for each in (self.head, *self.pressing))

    @property
    def late_beneath(self) -> int:
        """How many of those beneath are late."""
        return self.counts.late - (self.head.standing == "late")

    @property
    def next_beneath(self) -> NextDue | None:
        """The deadline that presses most of those beneath."""
        return self.pressing[0].next_due if self.pressing else None

    def to_json(self) -> Document:
        """It, for a program."""
        return {
            **self.head.to_json(),
            "beneath": {
                "cases": self.counts.beneath,
                "late": self.late_beneath,
                "kinds": dict(self.kinds),
                "pressing": [each.to_json() for each in self.pressing],
            },
        }


@dataclass(frozen=True, slots=True)
class Section:
    """The cases that stand in one *stage*, or in none: the *families* that press most, and what all count."""

    stage: Stage | None
    title: str
    counts: Counts
    families: tuple[Family, ...]

    def to_json(self) -> Document:
        """It, for a program."""
        return {
            "stage": self.stage,
            **self.counts.to_json(),
            "shown": len(self.families),
            "rows": [each.to_json() for each in self.families],
        }


@dataclass(frozen=True, slots=True)
class Board:
    """All open cases, or with *whose*, the title of a group, those in which the move is theirs."""

    sections: tuple[Section, ...]
    whose: str | None = None

    @property
    def counts(self) -> Counts:
        """What all sections count together."""
        return sum((each.counts for each in self.sections), Counts())

    def to_json(self) -> Document:
        """What `board --json` prints, but for the instant."""
        return {
            "whose": self.whose,
            **self.counts.to_json(),
            "stages": [each.to_json() for each in self.sections],
        }
