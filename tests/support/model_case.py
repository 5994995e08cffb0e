"""One case of the model: everything that was said and done, and what follows from that alone.

Nothing is kept that could be worked out. What a case has reached is told as `docs/format.md` tells it: from
all the states that it entered, and not from a path that is kept up to date.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from loopengine import Workflow
from loopengine.core.definitions import State
from loopengine.core.values import Value

# The entries after which a case is another one than before.
CHANGES = (
    *("opened", "recorded", "corrected", "moved", "held", "released", "linked", "arose", "ceased"),
    "withdrawn",
)


class Line(NamedTuple):
    """An entry of a history: on what day it was so, and when it fell due if time alone has brought it.

    *what* is the event, the hold or the standing rule that it is about, *notice* what a clock says:
    `DEADLINE/overdue`.
    """

    kind: str
    on: date
    due: datetime | None = None
    what: str | None = None
    notice: str | None = None


class Move(NamedTuple):
    """An event led to a state, which may be the one before; the first move of a case is its opening.

    *n* is the number of the entry that says so.
    """

    event: str
    to: str
    on: date
    n: int


class Said(NamedTuple):
    """An answer to a fact, None for unknown; *n* numbers answers in the order in which they were given."""

    so_on: date
    n: int
    value: Value | None


class Start(NamedTuple):
    """What armed a clock: the day, the entry of the event (0 for a day that a fact names), and its name.

    Of a day that a fact names, *stops_from* is the first day whose events stop the clock.
    """

    on: date
    n: int
    name: str
    stops_from: date


class Told(NamedTuple):
    """A notice in the outbox: by which entry, of which arming of which deadline, and what it says.

    Of a standing rule: how often it has arisen, and on what day it changed.
    """

    n: int
    kind: str
    deadline: str
    armed: int
    name: str
    due_on: date
    due_at: datetime


@dataclass
class ModelClock:
    """A clock that *start* armed, in the entry *armed*: due on that day, as has been known *since* then.

    *said* are the notices that it has given.
    """

    start: Start
    armed: int
    due: date
    since: datetime
    said: list[str] = field(default_factory=list)


@dataclass
class Span:
    """A hold was on, or what a standing rule says was so, *since* that day, *until* that one unless it still
    is.
    """

    since: date
    until: date | None = None


@dataclass(eq=False)
class ModelCase:
    """A case with its whole past.

    *opened_for* are the parties that have a case by an event and kind; *looked* is the day up to which it is
    known that no automatic step can be taken; *in_error* says that it should never have been opened.
    """

    reference: str
    workflow: Workflow
    parent: ModelCase | None
    kind: str | None
    moves: list[Move]
    looked: date
    said: dict[str, list[Said]] = field(default_factory=dict)
    under: list[ModelCase] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    tied: list[tuple[str, ModelCase]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    clocks: dict[str, ModelClock] = field(default_factory=dict)
    holds: dict[str, list[Span]] = field(default_factory=dict)
    opened_for: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    standing: dict[str, list[Span]] = field(default_factory=dict)
    in_error: bool = False

    @property
    def root(self) -> ModelCase:
        return self if self.parent is None else self.parent.root

    @property
    def revision(self) -> int:
        return sum(line.kind in CHANGES for line in self.lines)

    @property
    def holds_on(self) -> frozenset[str]:
        return frozenset(name for name, spans in self.holds.items() if spans[-1].until is None)

    @property
    def state(self) -> State:
        return self.workflow.states[self.moves[-1].to]

    @property
    def excused(self) -> bool:
        return self.state.final and self.state.excused

    @property
    def reached(self) -> frozenset[str]:
        """The states that it has reached: entered, and not since gone back to an earlier one."""
        if self.in_error:
            return frozenset()
        trail = tuple(move.to for move in self.moves)
        return frozenset(state for state in trail if _standing(self.workflow, trail, state) is not None)

    @property
    def entered_on(self) -> date | None:
        """The day on which a move led it into the state that it is in, if one did."""
        entered = [move.on for before, move in pairwise(self.moves) if move.to != before.to]
        return entered[-1] if entered else None

    def last(self, event: str, by: date = date.max) -> date | None:
        """The latest day, up to *by*, on which *event* happened, whenever that was told."""
        return max((move.on for move in self.moves if move.event == event and move.on <= by), default=None)

    def stands(self, rule: str) -> bool:
        """Whether what the standing rule says has arisen, and has not ceased."""
        return rule in self.standing and self.standing[rule][-1].until is None

    def answer(self, fact: str, on: date) -> Said | None:
        """The latest answer that was so by *on*; of two for one day, the one given later."""
        return max((said for said in self.said.get(fact, ()) if said.so_on <= on), default=None)

    def facts(self, on: date) -> dict[str, Value]:
        """What was known and so on the day *on*."""
        answers = {fact: self.answer(fact, on) for fact in self.said}
        return {fact: said.value for fact, said in answers.items() if said and said.value is not None}

    def is_settled(self, fact: str) -> bool:
        """Whether something has happened after which what is known of *fact* changes no more."""
        after = self.workflow.fact_asked(fact).settled_after
        return any(event == "opened" or self.last(event) is not None for event in after)

    def sub_cases(self, kind: str) -> list[ModelCase]:
        """Those that count, opened under it or tied to it: what was opened in error does not."""
        under = [each for each in self.under if each.kind == kind]
        tied = [each for name, each in self.tied if name == kind]
        return [each for each in under + tied if not each.in_error]

    def below(self) -> list[ModelCase]:
        """All cases under it, each before those under that one."""
        return [every for each in self.under for every in (each, *each.below())]


@lru_cache(maxsize=100_000)
def _standing(workflow: Workflow, trail: tuple[str, ...], state: str) -> int | None:
    """Where in *trail* the *state* was last entered; None if never, or if the case has gone back since."""
    entered = [place for place, each in enumerate(trail) if each == state]
    if not entered or any(
        _goes_back(workflow, trail[:place], to=trail[place], behind=entered[-1])
        for place in range(entered[-1] + 1, len(trail))
    ):
        return None
    return entered[-1]


def _goes_back(workflow: Workflow, trail: tuple[str, ...], *, to: str, behind: int) -> bool:
    """Whether a case that went along *trail* and then enters *to* goes back behind what it entered at the
    place *behind*.

    Earlier is where the case has been before; or, where it has not been, a state that the file lists first
    and from which the other can be reached.
    """
    been = _standing(workflow, trail, to)
    if been is not None:
        return been < behind
    order = list(workflow.states)
    return order.index(to) < order.index(trail[behind]) and trail[behind] in _ahead(workflow, to)


@lru_cache(maxsize=1_000)
def _ahead(workflow: Workflow, state: str) -> frozenset[str]:
    """The states that can be reached from *state*."""
    found = {state}
    for _ in workflow.states:
        found |= {step.to for each in found for step in workflow.states[each].steps.values()}
    return frozenset(found)
