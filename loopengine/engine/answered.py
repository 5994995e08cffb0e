"""Idempotency: the same request under the same key is answered as it was, and writes nothing.

What is kept is the answer without its explanation, which is told again from the history as it was then.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from loopengine.core.actors import Actor
from loopengine.core.durations import Duration
from loopengine.core.history import canonical, digest_of
from loopengine.core.machine import Decision, Moved, Refused, Verdict
from loopengine.core.retelling import retell
from loopengine.core.values import Json, Value, spell
from loopengine.engine.results import Answers, Case, SameAnswer
from loopengine.engine.work import Work
from loopengine.errors import BadValue, UsageError
from loopengine.store import books, cases
from loopengine.store.legible import legible

_KEPT = "what was answered under a key"


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for, in so far as asking for something else under the same *key* would be a mistake."""

    key: str | None
    verb: str
    about: str
    facts: Mapping[str, object]
    by: Actor
    on: date | None
    more: Sequence[Json] = ()

    def digest(self, salt: str) -> str:
        """The request as a digest: what was said must not be readable in it, nor be found by guessing."""
        asked: dict[str, Json] = {
            "salt": salt,
            "verb": self.verb,
            "about": self.about,
            "facts": {name: _plain(value) for name, value in self.facts.items()},
            "by": [self.by.name, sorted(self.by.roles), self.by.agency],
            "on": None if self.on is None else self.on.isoformat(),
            "more": list(self.more),
        }
        return digest_of(canonical(asked))


def recall(work: Work, request: Request) -> dict[str, object] | None:
    """What was answered to *request* before, if it was; raises UsageError for another request of the same
    key.
    """
    key: object = request.key  # a host may have no types
    if not (key is None or isinstance(key, str)):
        raise BadValue("a key is not text", "give a text that is fresh for each request")
    before = None if request.key is None else books.answered(work.connection, request.key)
    if before is None:
        return None
    if before[0] != request.digest(before[1]):
        raise UsageError(
            f"the key {request.key!r} was used for another request", "use a fresh key for each request"
        )
    with legible(_KEPT):
        return dict(json.loads(before[2]))


def remember(work: Work, request: Request, answer: Mapping[str, Json]) -> None:
    """Keep what is answered to *request*, if it bears a key."""
    if request.key is not None:
        salt = work.salt()
        books.remember(work.connection, request.key, request.digest(salt), salt, canonical(answer))


def case_kept(case: Case) -> Mapping[str, Json]:
    """*case* as it is kept."""
    return {**case.opened_json(), "opened_on": case.opened_on.isoformat(), "kind": case.kind}


@legible(_KEPT)
def case_again(kept: Mapping[str, object], work: Work) -> Case:
    """The case that was opened, as it was then."""
    held = work.load(str(kept["case"]))
    state = held.workflow.states[str(kept["state"])]
    return Case(
        reference=held.record.reference,
        workflow=held.workflow.name,
        title=held.workflow.title,
        state=state.name,
        doing=state.title,
        stage=state.stage,
        ended=state.final,
        revision=_whole(kept["revision"]),
        opened_on=held.record.opened_on,
        parent=held.record.parent,
        kind=held.record.kind,
        warnings=_texts(kept["warnings"]),
        adopted=held.record.adopted,
    )


def answers_kept(result: Answers) -> Mapping[str, Json]:
    """What was recorded, as it is kept: without the answers themselves."""
    alike = [[each.fact, str(each.within), *each.cases] for each in result.alike]
    return {
        "case": result.case,
        "revision": result.revision,
        "also_moved": list(result.also_moved),
        **({"alike": alike} if alike else {}),
    }


@legible(_KEPT)
def answers_again(kept: Mapping[str, object], values: Mapping[str, Value | None]) -> Answers:
    """What was recorded: *values*, since the request is the same."""
    alike = kept.get("alike", [])
    assert isinstance(alike, list)
    same = tuple(_same_again(_texts(each), values) for each in alike)
    return Answers(str(kept["case"]), values, _whole(kept["revision"]), _texts(kept["also_moved"]), same)


def _same_again(kept: tuple[str, ...], values: Mapping[str, Value | None]) -> SameAnswer:
    fact, within, *others = kept
    value = values[fact]
    assert value is not None
    return SameAnswer(fact, value, Duration.parse(within), tuple(others))


def decision_kept(decision: Decision, n: int) -> Mapping[str, Json]:
    """*decision*, written as entry *n*, as it is kept."""
    kept: dict[str, Json] = {
        "case": decision.case,
        "event": decision.event,
        "revision": decision.revision,
        "n": n,
    }
    match decision:
        case Moved():
            return kept | {
                "from": decision.from_state,
                "to": decision.to,
                "overridden": decision.overridden,
                "state": decision.state,
                "opened": list(decision.opened),
                "warnings": list(decision.warnings),
                "also_moved": list(decision.also_moved),
            }
        case Refused():
            return kept | {
                "from": decision.state,
                "verdict": decision.verdict,
                "reasons": list(decision.reasons),
                "questions": [fact.name for fact in decision.questions],
                "also_moved": list(decision.also_moved),
            }


@legible(_KEPT)
def decision_again(kept: Mapping[str, object], work: Work) -> Decision:
    """The decision that was taken, with its reasons as they were then."""
    held = work.load(str(kept["case"]))
    because = retell(held.framework, cases.history_of(work.connection, held.id), _whole(kept["n"]))
    reference, event, revision = held.record.reference, str(kept["event"]), _whole(kept["revision"])
    if "to" in kept:
        stage = held.workflow.states[str(kept["to"])].stage
        return Moved(
            reference, event, str(kept["from"]), str(kept["to"]), stage, because, bool(kept["overridden"]),
            revision, _texts(kept["opened"]), _texts(kept["also_moved"]), str(kept["state"]),
            _texts(kept.get("warnings", [])),
        )  # fmt: skip
    stage = held.workflow.states[str(kept["from"])].stage
    questions = tuple(held.workflow.fact_asked(name) for name in _texts(kept["questions"]))
    verdict = cast(Verdict, kept["verdict"])
    return Refused(
        reference,
        event,
        str(kept["from"]),
        stage,
        verdict,
        _texts(kept["reasons"]),
        because,
        questions,
        revision,
        _texts(kept["also_moved"]),
    )


def intake_kept(case: Case, decision: Decision | None, n: int) -> Mapping[str, Json]:
    """What came of an incident, as it is kept: the case, and what was decided by entry *n*."""
    return {**case_kept(case), "decided": None if decision is None else decision_kept(decision, n)}


@legible(_KEPT)
def intake_again(kept: Mapping[str, object], work: Work) -> tuple[Case, Decision | None]:
    """What came of an incident, as it was then."""
    decided = kept["decided"]
    decision = decision_again(decided, work) if isinstance(decided, Mapping) else None
    return case_again(kept, work), decision


def _plain(value: object) -> Json:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool | int | date | frozenset):
        return spell(value)
    if isinstance(value, set):
        return sorted(map(str, value))
    return [str(each) for each in value] if isinstance(value, list | tuple) else str(value)


def _texts(value: object) -> tuple[str, ...]:
    assert isinstance(value, list)
    return tuple(str(each) for each in value)


def _whole(value: object) -> int:
    assert isinstance(value, int)
    return value
