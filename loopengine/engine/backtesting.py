"""A proposed version of a workflow over the histories in the database: what would have come out otherwise.

They are read in chunks, so that memory grows with what is found and not with the cases. Writes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from loopengine.core.comparing.again import Redecided, Untold, Versions
from loopengine.core.comparing.clocks import MovedDeadline
from loopengine.core.comparing.histories import tried
from loopengine.core.definitions import Workflow
from loopengine.core.values import Json
from loopengine.engine.reading import Now, Then
from loopengine.store.legible import legible

_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Backtest:
    """What the *version* of *workflow* that is proposed makes of the histories of its *cases*.

    Of so many *decisions* some would come out otherwise (*flips*), and of some it is *untold*; of so many
    *clocks* some deadlines would be *moved*. *versions* says how many cases began under which version.
    """

    workflow: str
    version: int
    cases: int
    decisions: int
    clocks: int
    versions: Mapping[int, int]
    flips: tuple[Redecided, ...]
    untold: tuple[Untold, ...]
    moved: tuple[MovedDeadline, ...]

    @property
    def changes(self) -> bool:
        """Whether anything would have come out otherwise."""
        return bool(self.flips or self.moved)

    def to_json(self) -> dict[str, Json]:
        """All of it, as JSON."""
        return {
            "workflow": self.workflow,
            "version": self.version,
            "cases": self.cases,
            "versions": {str(version): number for version, number in sorted(self.versions.items())},
            "decisions": self.decisions,
            "clocks": self.clocks,
            "flips": [_flip_json(each) for each in self.flips],
            "untold": [_untold_json(each) for each in self.untold],
            "moved": [_moved_json(each) for each in self.moved],
        }


def backtest(view: Now | Then, workflow: Workflow, progress: Callable[[int], None] | None = None) -> Backtest:
    """What *workflow*, a proposed version, makes of the cases of that name; *progress* hears how many more
    were looked at.
    """
    versions: Counter[int] = Counter()
    decisions = clocks = 0
    flips: list[Redecided] = []
    untold: list[Untold] = []
    moved: list[MovedDeadline] = []
    for chunk in view.in_chunks({"workflow": workflow.name}, _AT_ONCE):
        told = view.histories(chunk)
        for held in chunk:
            versions[held.folded.version] += 1
            with legible(held.record.reference):
                found = tried(Versions(held.folded, workflow), told[held.id], view.calendar(held), view.today)
            decisions, clocks = decisions + found.decisions, clocks + found.clocks
            flips += found.flips
            untold += found.untold
            moved += found.moved
        if progress is not None:
            progress(len(chunk))
    return Backtest(
        workflow.name,
        workflow.version,
        versions.total(),
        decisions,
        clocks,
        dict(versions),
        tuple(flips),
        tuple(untold),
        tuple(moved),
    )


def _flip_json(flip: Redecided) -> Mapping[str, Json]:
    return {
        "case": flip.case,
        "version": flip.version,
        "n": flip.n,
        "on": flip.on.isoformat(),
        "state": flip.state,
        "event": flip.event,
        "was": flip.was,
        "would": flip.would,
        "to": flip.to,
        "why": list(flip.why),
    }


def _untold_json(untold: Untold) -> Mapping[str, Json]:
    return {
        "case": untold.case,
        "version": untold.version,
        "n": untold.n,
        "event": untold.event,
        "why": untold.why,
    }


def _moved_json(moved: MovedDeadline) -> Mapping[str, Json]:
    return {
        "case": moved.case,
        "version": moved.version,
        "deadline": moved.deadline,
        "started_on": moved.started_on.isoformat(),
        "was": _day(moved.was),
        "would": _day(moved.would),
        "late": moved.late,
        "would_be_late": moved.would_be_late,
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
