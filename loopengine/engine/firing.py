"""Firing an event: decide, and write down the move or the refusal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from loopengine.core.actors import Actor
from loopengine.core.history import words_body
from loopengine.core.machine import Decision, Moved, Refused, decide
from loopengine.core.rules.unread import unread
from loopengine.engine.beside import look_beside
from loopengine.engine.settling import Said, move, settle, what_was_read
from loopengine.engine.work import Held, Work
from loopengine.errors import BadValue, UnknownName


def fire(
    work: Work, held: Held, event: str, *, by: Actor, on: date, reason: str | None
) -> tuple[Decision, int]:
    """Do what *event* does to *held* on the day *on*, with everything that follows, or write down why not.

    The decision, and the number of the entry that says so.

    Raises UnknownName for an event that the workflow does not know.
    """
    if event not in held.workflow.events:
        raise UnknownName("event", str(event), held.workflow.events)
    entered = held.record.moved_on
    if entered is not None and on < entered:
        raise BadValue(
            f"{event} cannot have happened on {on}",
            f"{held.record.reference} entered its present state, {held.record.state}, on {entered}: "
            "give that day or a later one",
        )
    step = held.workflow.states[held.record.state].steps.get(event)
    look_beside(work, held, [] if step is None else [step], on)
    decision = decide(
        held.workflow, held.position(on), event, by=by, calendar=work.calendar(held), reason=reason
    )
    kept = None if reason is None else words_body(work.keep(reason))
    match decision:
        case Refused():
            details = {
                "event": event,
                "from": held.record.state,
                "verdict": decision.verdict,
                "reasons": list(decision.reasons),
                "reason": kept,
                "read": None if step is None else what_was_read(held, step, on),
            }
            entry = work.write(held, "refused", on=on, by=work.signed(by), details=details)
            return replace(
                decision,
                because=unread(decision),
                also_moved=tuple(work.moved),
                revision=held.record.revision,
            ), entry.n
        case Moved():
            assert step is not None
            work.moved.pop(held.record.reference, None)
            said = Said(kept, decision.overridden)
            n = held.record.entries + 1
            before, warned = len(work.opened), len(work.warnings)
            move(work, held, step, on=on, by=work.signed(by), said=said)
            del work.moved[held.record.reference]  # what follows may move it on
            settle(work, on)
            return replace(
                decision,
                because=unread(decision),
                opened=tuple(work.opened[before:]),
                also_moved=tuple(work.moved),
                state=held.record.state,
                revision=held.record.revision,
                warnings=tuple(work.warnings[warned:]),
            ), n
