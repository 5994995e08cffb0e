"""Why, and why not, as the engine answers it: the outlook on each event, and a decision, with their JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from loopengine.core.machine import Decision, Moved, Verdict
from loopengine.core.rules.assessment import question_json
from loopengine.core.rules.explanation import Node, node_json
from loopengine.core.rules.fixing import Change, Fix
from loopengine.core.values import Fact
from loopengine.engine.results import Case, Document


@dataclass(frozen=True, slots=True)
class Outlook:
    """What stands between a case and one of its events, whoever asks for it.

    *obstacles* say in words what its wait and the holds on the case have against it; *awaits* the kinds of
    sub-case that its rule waits for, and the state that they have to reach; *opens* the kinds that it opens;
    *linked* those awaited that are not opened, but tied to the case; *unanswered* the facts that its rule
    reads and nobody has answered, whether they are open questions or not.
    One of *fixes* made, if there are any, and *not_before* come, it is allowed. *waiting_for_events* have to
    happen first; *by_waiting* is the day on which it is allowed if nothing is done at all.
    """

    event: str
    title: str | None
    to: str
    verdict: Verdict
    automatic: bool
    roles: tuple[str, ...]
    agencies: tuple[str, ...] | None
    reason_required: bool
    questions: tuple[Fact, ...]
    would_change: tuple[Fact, ...]
    fixes: tuple[Fix, ...]
    waiting_for: tuple[str, ...]
    not_before: date | None
    blocked_by: tuple[str, ...]
    because: Node | None
    sources: tuple[str, ...]
    override: str | None = None
    obstacles: tuple[str, ...] = ()
    awaits: tuple[tuple[str, str], ...] = ()
    opens: tuple[str, ...] = ()
    waiting_for_events: tuple[str, ...] = ()
    by_waiting: date | None = None
    linked: tuple[str, ...] = ()
    unanswered: tuple[Fact, ...] = ()

    def to_json(self, case: str, roles: tuple[str, ...]) -> Document:
        """One of the events that `why` prints; *roles* are those that answer a question which names none."""
        return {
            "event": self.event,
            "to": self.to,
            "verdict": self.verdict,
            "automatic": self.automatic,
            "roles": list(self.roles),
            "agencies": None if self.agencies is None else list(self.agencies),
            "reason_required": self.reason_required,
            "open_questions": [question_json(fact, case, roles) for fact in self.questions],
            "would_change": [question_json(fact, case, roles) for fact in self.would_change],
            "fixes": [[_change_json(change, case, roles) for change in fix] for fix in self.fixes],
            "waiting_for": list(self.waiting_for),
            "not_before": None if self.not_before is None else self.not_before.isoformat(),
            "blocked_by": list(self.blocked_by),
            "because": None if self.because is None else node_json(self.because),
            "sources": list(self.sources),
            "override": self.override,
            "obstacles": list(self.obstacles),
            "awaits": [
                {"kind": kind, "state": state, "linked": kind in self.linked} for kind, state in self.awaits
            ],
            "opens": list(self.opens),
            "waiting_for_events": list(self.waiting_for_events),
            "by_waiting": None if self.by_waiting is None else self.by_waiting.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Why:
    """What may happen next to a case, and why or why not."""

    case: Case
    sub_cases: tuple[str, ...]
    events: tuple[Outlook, ...]
    roles: tuple[str, ...] = field(repr=False, default=())

    def event(self, name: str) -> Outlook:
        """The outlook on one event; raises KeyError if the state does not answer it."""
        return {each.event: each for each in self.events}[name]

    def to_json(self) -> Document:
        """What `why` prints."""
        return {
            "case": self.case.reference,
            "workflow": self.case.workflow,
            "state": self.case.state,
            "stage": self.case.stage,
            "ended": self.case.ended,
            "revision": self.case.revision,
            "sub_cases": list(self.sub_cases),
            "events": [each.to_json(self.case.reference, self.roles) for each in self.events],
        }


def decision_json(decision: Decision, roles: tuple[str, ...] = ()) -> Document:
    """What `fire` prints."""
    because = None if decision.because is None else node_json(decision.because)
    shared: Document = {
        "case": decision.case,
        "event": decision.event,
        "moved": decision.moved,
        "stage": decision.stage,
        "revision": decision.revision,
        "verdict": decision.verdict,
        "because": because,
    }
    if isinstance(decision, Moved):
        return shared | {
            "from": decision.from_state,
            "to": decision.to,
            "state": decision.state,
            "overridden": decision.overridden,
            "opened": list(decision.opened),
            "also_moved": list(decision.also_moved),
            "warnings": list(decision.warnings),
            "reasons": [],
            "open_questions": [],
        }
    return shared | {
        "from": decision.state,
        "to": None,
        "state": decision.state,
        "overridden": False,
        "opened": [],
        "also_moved": list(decision.also_moved),
        "warnings": [],
        "reasons": list(decision.reasons),
        "open_questions": [question_json(fact, decision.case, roles) for fact in decision.questions],
    }


def _change_json(change: Change, case: str, roles: tuple[str, ...]) -> Document:
    return {
        "case": case,
        "fact": change.fact,
        "values": list(change.values),
        "roles": list(change.by or roles),
        "needs_evidence": list(change.needs_evidence),
    }
