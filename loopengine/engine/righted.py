"""What putting right answers: what was struck out, withdrawn, merged, adopted reassigned; with its JSON."""

from __future__ import annotations

from dataclasses import dataclass

from loopengine.core.definitions import Stage
from loopengine.engine.results import Document
from loopengine.engine.sweeping import Failure


@dataclass(frozen=True, slots=True)
class Corrected:
    """A case stands as it would without the *event* that somebody had fired by mistake.

    *undoes* are the numbers of the entries that were struck out, *withdrawn* the cases that those had opened,
    *reopened* those that had been withdrawn along with this one, *also_moved* cases that moved because of it.
    *state* is where the case stands after all that followed; *to* where striking out had put it.
    """

    case: str
    event: str | None
    undoes: tuple[int, ...]
    from_state: str
    to: str
    state: str
    stage: Stage | None
    revision: int
    withdrawn: tuple[str, ...] = ()
    reopened: tuple[str, ...] = ()
    also_moved: tuple[str, ...] = ()
    dry_run: bool = False

    def to_json(self) -> Document:
        """What `correct` prints."""
        return {
            "case": self.case,
            "event": self.event,
            "undoes": list(self.undoes),
            "from": self.from_state,
            "to": self.to,
            "state": self.state,
            "stage": self.stage,
            "revision": self.revision,
            "withdrawn": list(self.withdrawn),
            "reopened": list(self.reopened),
            "also_moved": list(self.also_moved),
            "dry_run": self.dry_run,
        }


@dataclass(frozen=True, slots=True)
class EndedApart:
    """A case ended otherwise than by a step: withdrawn, with its sub-cases, or merged *into* another."""

    case: str
    from_state: str
    state: str
    revision: int
    into: str | None = None
    withdrawn: tuple[str, ...] = ()
    also_moved: tuple[str, ...] = ()
    dry_run: bool = False

    def to_json(self) -> Document:
        """What `withdraw` and `merge` print."""
        return {
            "case": self.case,
            "from": self.from_state,
            "state": self.state,
            "revision": self.revision,
            "into": self.into,
            "withdrawn": list(self.withdrawn),
            "also_moved": list(self.also_moved),
            "dry_run": self.dry_run,
        }


@dataclass(frozen=True, slots=True)
class Renamed:
    """A case whose *facts* name another agency now."""

    case: str
    facts: tuple[str, ...]

    def to_json(self) -> Document:
        """One of the cases that `reassign` lists."""
        return {"case": self.case, "facts": list(self.facts)}


@dataclass(frozen=True, slots=True)
class Reassigned:
    """Where the agency *new* has taken the place of *old*, and the cases in which it could not."""

    old: str
    new: str
    done: tuple[Renamed, ...]
    failures: tuple[Failure, ...] = ()
    dry_run: bool = False

    def to_json(self) -> Document:
        """What `reassign` prints."""
        return {
            "old": self.old,
            "new": self.new,
            "done": [each.to_json() for each in self.done],
            "failures": [each.to_json() for each in self.failures],
            "dry_run": self.dry_run,
        }
