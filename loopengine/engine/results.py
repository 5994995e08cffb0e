"""What the engine answers: a case, its file, its history, an audit; each with its JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from loopengine.clock import instant_text
from loopengine.core.deadlines import Running
from loopengine.core.definitions import Stage
from loopengine.core.durations import Duration
from loopengine.core.history import Entry
from loopengine.core.situation import Recorded
from loopengine.core.values import Fact, Json, Value, spell

Document: TypeAlias = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Case:
    """Where a case stands. *warnings* are what was odd when it was opened; *adopted* says that it was taken
    over in the middle of its way.
    """

    reference: str
    workflow: str
    title: str
    state: str
    doing: str
    stage: Stage | None
    ended: bool
    revision: int
    opened_on: date
    parent: str | None = None
    kind: str | None = None
    warnings: tuple[str, ...] = ()
    adopted: bool = False

    def __str__(self) -> str:
        return self.reference

    def opened_json(self) -> Document:
        """What `open` prints."""
        return {
            "case": self.reference,
            "workflow": self.workflow,
            "state": self.state,
            "stage": self.stage,
            "revision": self.revision,
            "warnings": list(self.warnings),
        }

    def listed_json(self) -> Document:
        """One line of what `list` prints."""
        return {
            "case": self.reference,
            "workflow": self.workflow,
            "state": self.state,
            "stage": self.stage,
            "ended": self.ended,
            "parent": self.parent,
            "opened_on": self.opened_on.isoformat(),
            "adopted": self.adopted,
        }


@dataclass(frozen=True, slots=True)
class Link:
    """A typed tie to another case; *away* if this case is the one that says so. *title* is what it says."""

    name: str
    case: str
    away: bool
    title: str | None = None

    def to_json(self) -> Document:
        """One of the links that `show` prints."""
        return {"link": self.name, "case": self.case, "away": self.away, "title": self.title}


@dataclass(frozen=True, slots=True)
class SameAnswer:
    """Other *cases* of the workflow that had given the same answer to a fact *within* that time before."""

    fact: str
    value: Value
    within: Duration
    cases: tuple[str, ...]

    def to_json(self) -> Document:
        """One of `alike` that `show` and `record` print."""
        return {
            "fact": self.fact,
            "value": spell(self.value),
            "within": str(self.within),
            "cases": list(self.cases),
        }


@dataclass(frozen=True, slots=True)
class Arisen:
    """What a standing rule watches for has arisen in a case, and is so *since* a day."""

    name: str
    title: str
    since: date

    def to_json(self) -> Document:
        """One of what `show` prints as having arisen."""
        return {"name": self.name, "title": self.title, "since": self.since.isoformat()}


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case with all that is on file: its answers, clocks, holds that are on, what has arisen, sub-cases and
    links.

    *alike* says which other cases had given the same answers, where the files ask for it.
    """

    case: Case
    answers: Mapping[str, Recorded]
    clocks: tuple[Running, ...]
    sub_cases: tuple[Case, ...]
    links: tuple[Link, ...]
    asks: Mapping[str, Fact]
    owner: tuple[str, ...]
    today: date
    holds: tuple[str, ...] = ()
    alike: tuple[SameAnswer, ...] = ()
    standing: tuple[Arisen, ...] = ()

    def __str__(self) -> str:
        return self.case.reference

    @property
    def facts(self) -> dict[str, Value]:
        """What is known, by fact."""
        return {name: each.value for name, each in self.answers.items() if each.value is not None}

    def to_json(self) -> Document:
        """What `show` prints."""
        return {
            **self.case.listed_json(),
            "revision": self.case.revision,
            "title": self.case.title,
            "doing": self.case.doing,
            "owner": list(self.owner),
            "facts": {name: _answer_json(each) for name, each in self.answers.items()},
            "holds": list(self.holds),
            "standing": [each.to_json() for each in self.standing],
            "clocks": [_clock_json(each, self.today) for each in self.clocks],
            "sub_cases": [each.listed_json() | {"kind": each.kind} for each in self.sub_cases],
            "links": [each.to_json() for each in self.links],
            "alike": [each.to_json() for each in self.alike],
            "warnings": list(self.case.warnings),
        }


@dataclass(frozen=True, slots=True)
class Answers:
    """What was recorded, and the cases that moved because of it; *alike* are others with the same answers."""

    case: str
    recorded: Mapping[str, Value | None]
    revision: int
    also_moved: tuple[str, ...] = ()
    alike: tuple[SameAnswer, ...] = ()

    def to_json(self) -> Document:
        """What `record` prints."""
        recorded = {
            name: "unknown" if value is None else spell(value) for name, value in self.recorded.items()
        }
        return {
            "case": self.case,
            "recorded": recorded,
            "revision": self.revision,
            "also_moved": list(self.also_moved),
            "alike": [each.to_json() for each in self.alike],
        }


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a case's history, with the names and texts that are kept apart from it.

    *undone_by* is the number of the entry that struck it out, if one did.
    """

    entry: Entry
    by: str
    reason: str | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    undone_by: int | None = None

    def to_json(self) -> Document:
        """One of the entries that `history` prints."""
        body = self.entry.body
        facts = body.get("facts")
        return {
            "n": self.entry.n,
            "kind": self.entry.kind,
            "event": self.entry.text("event"),
            "by": self.by,
            "recorded_at": instant_text(self.entry.recorded_at),
            "so_on": self.entry.so_on.isoformat(),
            "from": self.entry.text("from"),
            "to": self.entry.text("to"),
            "digest": self.entry.digest,
            "reason": self.reason,
            "facts": self.facts() if isinstance(facts, Mapping) else None,
            "evidence": self.evidence(),
            "stage": self.entry.text("stage"),
            "passes": body.get("passes"),
            "opened": body.get("opened"),
            "reasons": body.get("reasons"),
            "automatic": bool(body.get("automatic")),
            "overrode": bool(body.get("overrode")),
            "warnings": body.get("warnings"),
            "due": self.entry.text("due"),
            "deadline": self.entry.text("deadline"),
            "notice": self.entry.text("notice"),
            "told": body.get("told"),
            "hold": self.entry.text("hold"),
            "link": body.get("link"),
            "clocks": self.clocks(),
            "why": self.entry.text("why"),
            "standing": self.entry.text("standing"),
            "undoes": body.get("undoes"),
            "undone_by": self.undone_by,
            "withdrawn": body.get("withdrawn"),
            "along_with": self.entry.text("along_with"),
            "adopted": bool(body.get("adopted")),
            "came_from": body.get("came_from"),
        }

    def clocks(self) -> dict[str, Json] | None:
        """When the clocks fall due that the entry armed, moved or stopped; None for one that fell away."""
        clocks = self.entry.body.get("clocks")
        if not isinstance(clocks, Mapping):
            return None
        return {
            name: {"due": clock["due"], "stopped_on": clock.get("stopped")}
            if isinstance(clock, Mapping)
            else None
            for name, clock in clocks.items()
        }

    def evidence(self) -> str | None:
        """Where what the entry records is shown, if it says so; in full unless erased."""
        facts = self.entry.body.get("facts")
        for body in facts.values() if isinstance(facts, Mapping) else ():
            kept = body.get("evidence") if isinstance(body, Mapping) else None
            if kept is not None:
                return self.texts.get(str(kept["ref"])) if isinstance(kept, Mapping) else str(kept)
        return None

    def facts(self) -> dict[str, Json]:
        """What the entry records, as spelled; texts in full unless erased."""
        facts = self.entry.body.get("facts")
        shown: dict[str, Json] = {}
        for name, body in facts.items() if isinstance(facts, Mapping) else ():
            assert isinstance(body, Mapping)
            value = body["value"]
            shown[name] = self.texts.get(str(value["ref"])) if isinstance(value, Mapping) else value
        return shown


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something in the database that does not hold; *case* and *n* say where, if it is about a case."""

    message: str
    case: str | None = None
    n: int | None = None

    def to_json(self) -> Document:
        """One of the problems that `audit` prints."""
        return {"case": self.case, "n": self.n, "message": self.message}


@dataclass(frozen=True, slots=True)
class Audit:
    """What verifying every history came to; *database* is the program that keeps it, with its version."""

    cases: int
    entries: int
    problems: tuple[Trouble, ...]
    database: str

    @property
    def ok(self) -> bool:
        """Whether everything holds."""
        return not self.problems

    def to_json(self) -> Document:
        """What `audit` prints."""
        return {
            "cases": self.cases,
            "entries": self.entries,
            "ok": self.ok,
            "problems": [each.to_json() for each in self.problems],
            "database": self.database,
        }


def _changed(clock: Json) -> Document | None:
    if not isinstance(clock, Mapping):
        return None
    return {"due": clock["due"], "stopped_on": clock.get("stopped")}


def _answer_json(recorded: Recorded) -> Document:
    return {
        "value": "unknown" if recorded.value is None else spell(recorded.value),
        "so_on": recorded.so_on.isoformat(),
        "recorded_at": instant_text(recorded.recorded_at),
        "by": recorded.by,
        "evidence": recorded.evidence,
    }


def _clock_json(clock: Running, today: date) -> Document:
    return {
        "deadline": clock.deadline.name,
        "title": clock.deadline.title,
        "started_on": clock.started_on.isoformat(),
        "due": clock.due.on.isoformat(),
        "provisional": clock.due.provisional,
        "rolled_by": clock.due.rolled_by,
        "stopped_on": None if clock.stopped_on is None else clock.stopped_on.isoformat(),
        "late": clock.is_late(today),
        "days": clock.days,
        "held": list(clock.held),
        "sources": [source.cite for source in clock.deadline.sources],
    }
