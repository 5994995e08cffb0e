"""One thing that has to be so of a workflow or a framework, and whether it is.

Knows worlds. Does not know what is proved of whom.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from loopengine.core.proving.domains import World
from loopengine.core.proving.worlds import TooMany

Sort: TypeAlias = Literal[
    "rule", "guard", "claim", "race", "circle", "reach", "end", "settled",
    "monitor", "owner", "clock", "deadline", "longest", "gap", "overlap",
]  # fmt: skip


class Leg(NamedTuple):
    """One step of a way: its *event*, and the *world* in which it is taken."""

    event: str
    world: World


@dataclass(frozen=True, slots=True)
class Proof:
    """One thing that has to be so of a workflow: *about* a rule, a step, a claim or a state of it.

    Where it does not hold, *said* says what is so instead, and *example* is a world in which it is, where a
    case has come by *way* from the opening. Not *exact*: not every value of some number, day or set was
    looked at. *decisive* are the facts that can turn a rule by themselves. What holds and is *noted* holds
    only as far as *said*, or since a file argues so; what *supposes*, only as far as sub-cases, events and
    times can come about as they were supposed.
    """

    sort: Sort
    about: str
    holds: bool
    said: str
    example: World | None = None
    exact: bool = True
    decisive: tuple[str, ...] = ()
    noted: bool = False
    way: tuple[Leg, ...] = ()
    supposes: bool = False

    @property
    def abstract(self) -> bool:
        """Whether what is shown supposes more than answers to facts: then no case may come to it."""
        worlds = (self.example or {}, *(leg.world for leg in self.way))
        return self.supposes or any(thing.sort != "fact" for world in worlds for thing in world)


def tried(sort: Sort, about: str, proof: Callable[[], Proof]) -> Proof:
    """What *proof* comes to; if that is too much to look at, it is not proved, and says so."""
    try:
        return proof()
    except TooMany:
        return Proof(sort, about, False, f"{about} could not be decided: there is too much to look at")
