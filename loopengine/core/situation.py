"""What a rule reads: the facts as they were so on a day, what has happened, and the sub-cases in numbers.

A value made by whoever drives a case (or by a test); knows nothing of workflows, rules or storage.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import NamedTuple

from loopengine.core.durations import Duration
from loopengine.core.values import Value


@dataclass(frozen=True, slots=True)
class Recorded:
    """One answer to a fact, and where it came from; *value* None means: asked, but not known.

    *so_on* is the day from which it was so; *recorded_at* the instant (UTC) at which it was written down.
    """

    value: Value | None
    so_on: date
    recorded_at: datetime
    by: str | None = None
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """The sub-cases of one kind, in numbers.

    *reached* counts by state those that have reached it and not gone back before it; *excused* those that
    ended in a state that its file marks so; *excused_reached* those of the excused that had reached it.
    """

    total: int = 0
    reached: Mapping[str, int] = field(default_factory=dict)
    excused: int = 0
    excused_reached: Mapping[str, int] = field(default_factory=dict)

    def satisfied(self, state: str) -> int:
        """How many have reached *state*, or are excused from it."""
        return self.reached.get(state, 0) + self.excused - self.excused_reached.get(state, 0)


NO_SUB_CASES = Tally()


class Other(NamedTuple):
    """Another case of the same workflow: the *value* that it has of a fact, and when it was opened."""

    value: Value
    opened_on: date


@dataclass(frozen=True, slots=True)
class Beside:
    """What a case's rules read of cases that are not its own: by kind those that are linked to it, in
    numbers; and by fact the answers of others.
    """

    tallies: Mapping[str, Tally] = field(default_factory=dict)
    others: Mapping[str, tuple[Other, ...]] = field(default_factory=dict)


NOTHING_BESIDE = Beside()


@dataclass(frozen=True, slots=True)
class Situation:
    """A case as its rules see it on the day *today*.

    *facts* holds what is known only: a fact absent from it is UNKNOWN. *happened* gives for each event (and
    for `opened`) the day on which it last happened; *answers* every answer of a fact that still stands,
    oldest first by the day it was so. *others* are the cases that `alike` counts, by fact; *retold* holds
    what it came to, where an entry says so.
    """

    today: date
    facts: Mapping[str, Value] = field(default_factory=dict)
    happened: Mapping[str, date] = field(default_factory=dict)
    tallies: Mapping[str, Tally] = field(default_factory=dict)
    answers: Mapping[str, tuple[Recorded, ...]] = field(default_factory=dict)
    others: Mapping[str, tuple[Other, ...]] = field(default_factory=dict)
    retold: Mapping[tuple[str, Duration], int] = field(default_factory=dict)

    def with_facts(self, changes: Mapping[str, Value | None]) -> Situation:
        """The same situation with *changes* to the facts; None makes one unknown."""
        facts = {**self.facts, **changes}
        return replace(self, facts={name: value for name, value in facts.items() if value is not None})

    def on(self, day: date) -> Situation:
        """The same situation, as it will be on *day* if only time passes."""
        return replace(self, today=day)

    def tally(self, kind: str) -> Tally:
        """The sub-cases of *kind* in numbers."""
        return self.tallies.get(kind, NO_SUB_CASES)


NOTHING: Mapping[str, Value] = MappingProxyType({})
