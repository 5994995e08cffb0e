"""The decisions of a history once more, as a proposed version would take them: with what was known then.

Each is taken by itself, where the case stood then: what would have followed from another answer, nobody
knows. Knows histories and both versions; nothing of the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, NamedTuple, TypeAlias

from loopengine.core.actors import ENGINE_NAME, Actor
from loopengine.core.comparing.fitting import fitted
from loopengine.core.definitions import Step, Workflow
from loopengine.core.history import Entry
from loopengine.core.machine import Decision, Moved, Position, Refused, decide
from loopengine.core.records import Record
from loopengine.core.retelling import kept_with
from loopengine.core.rules.english import words
from loopengine.core.rules.expressions import Alike, walk
from loopengine.core.unfolding import unfolded
from loopengine.core.workdays import WorkingCalendar

# What became of a decision, and what would.
Outcome: TypeAlias = Literal["moved", "refused", "undetermined"]
Flip: TypeAlias = Literal["refused", "moved", "undetermined", "elsewhere", "gone", "by_hand", "overridden"]
DECIDED = frozenset({"moved", "refused"})


@dataclass(frozen=True, slots=True)
class Redecided:
    """A decision that would come out otherwise: the entry *n* of a case that began under *version*.

    *would* is `refused`, `moved` or `undetermined` instead of what it *was*; or it moved, and would have led
    `elsewhere`, *to* another state, or would rest on an override alone (`overridden`), or would have been a
    person's to take and not the engine's (`by_hand`), or there is no such step any more (`gone`).
    """

    case: str
    version: int
    n: int
    on: date
    state: str
    event: str
    was: Outcome
    would: Flip
    to: str | None = None
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Untold:
    """A decision of which it cannot be told what would come of it, and why not."""

    case: str
    version: int
    n: int
    event: str
    why: str


class Versions(NamedTuple):
    """The version under which a case began, and the one that is proposed."""

    own: Workflow
    proposed: Workflow


def decided_again(
    versions: Versions, record: Record, entry: Entry, calendar: WorkingCalendar
) -> Redecided | Untold | None:
    """What the proposed version makes of the decision that *entry* tells, of the case as *record* was before
    it; None if it comes out as it did.
    """
    event, state = str(entry.text("event")), record.state
    own, proposed = unfolded(versions.own, record), unfolded(versions.proposed, record)
    step = proposed.states[state].steps.get(event) if state in proposed.states else None
    version = versions.own.version
    was = _was(entry)
    if step is None:
        if was != "moved":
            return None
        return Redecided(record.reference, version, entry.n, entry.so_on, state, event, was, "gone")
    missing = _missing(step, entry)
    if missing is not None:
        return Untold(record.reference, version, entry.n, event, missing)
    by = _asked_by(entry)
    before, after = (_decided(each, own, record, entry, by, calendar) for each in (own, proposed))
    if before is None or _outcome(before) != was:
        why = "what it rested on then is not all in the history"
        return Untold(record.reference, version, entry.n, event, why)
    assert after is not None
    would = _flip(before, after, by_hand=bool(entry.body.get("automatic")) and not step.automatic)
    if would is None:
        return None
    to = after.to if isinstance(after, Moved) else None
    why_not = after.reasons if isinstance(after, Refused) else ()
    return Redecided(record.reference, version, entry.n, entry.so_on, state, event, was, would, to, why_not)


class _By(NamedTuple):
    actor: Actor
    engine: bool
    reason: str | None


def _was(entry: Entry) -> Outcome:
    if entry.kind == "moved":
        return "moved"
    return "undetermined" if entry.text("verdict") == "undetermined" else "refused"


def _outcome(decision: Decision) -> Outcome:
    match decision:
        case Moved():
            return "moved"
        case Refused(verdict="undetermined"):
            return "undetermined"
        case Refused():
            return "refused"


def _flip(before: Decision, after: Decision, *, by_hand: bool) -> Flip | None:
    was, would = _outcome(before), _outcome(after)
    if was != would:
        return would
    if not isinstance(before, Moved) or not isinstance(after, Moved):
        return None
    if before.to != after.to:
        return "elsewhere"
    if after.overridden and not before.overridden:
        return "overridden"
    return "by_hand" if by_hand else None


def _missing(step: Step, entry: Entry) -> str | None:
    """What the rule of *step* reads that the history did not keep with *entry*, in words."""
    if step.when is None:
        return None
    tallies, alike = kept_with(entry.body.get("read"))
    kinds = [words(kind) for kind in step.when.reads[1] if kind not in tallies]
    if kinds:
        return f"it reads {' and '.join(kinds)}, and the history does not say what had come of them then"
    for node in walk(step.when.condition):
        if isinstance(node, Alike) and (node.fact, node.duration) not in alike:
            same = f"other cases with the same {words(node.fact)}"
            return f"it counts {same}, and the history does not say how many there were"
    return None


def _decided(
    workflow: Workflow, own: Workflow, record: Record, entry: Entry, by: _By, calendar: WorkingCalendar
) -> Decision | None:
    """What *workflow* says to what *entry* asks; None where it cannot be asked."""
    if record.state not in workflow.states:
        return None
    tallies, alike = kept_with(entry.body.get("read"))
    situation = replace(record.situation(entry.so_on, tallies, workflow.stand_ins), retold=alike)
    holds = frozenset(name for name in record.holds_of(entry.so_on) if name in workflow.holds)
    position = Position(record.reference, record.state, fitted(situation, own, workflow), holds)
    return decide(
        workflow,
        position,
        str(entry.text("event")),
        by=by.actor,
        calendar=calendar,
        reason=by.reason,
        by_engine=by.engine,
    )


def _asked_by(entry: Entry) -> _By:
    """Who asked, as far as the history says: a name is not in it, and a reason is there or not."""
    by = entry.body["by"]
    assert isinstance(by, Mapping)
    roles, agency = by.get("roles"), by.get("agency")
    in_roles = [str(role) for role in roles] if isinstance(roles, list | tuple) else []
    actor = Actor("-", in_roles, None if agency is None else str(agency))
    return _By(actor, by.get("name") == ENGINE_NAME, None if entry.body.get("reason") is None else "-")
