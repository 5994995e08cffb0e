"""Holds: what stops clocks and blocks events from outside, put on a case and released."""

from __future__ import annotations

from datetime import date
from typing import Literal

from loopengine.core.actors import Actor
from loopengine.core.definitions import Hold
from loopengine.core.history import words_body
from loopengine.engine.settling import settle
from loopengine.engine.work import Held, Work, is_said
from loopengine.errors import BadValue, RefusedError, UnknownName


def put_on(work: Work, held: Held, name: str, *, by: Actor, on: date, reason: str) -> None:
    """Write that the hold called *name* is on since the day *on*.

    Raises UnknownName, BadValue, or RefusedError if it is on already or the case has ended.
    """
    hold = _known(held, name)
    if not is_said(reason):
        raise BadValue("a hold needs a reason", "say why")
    if name in held.record.holds_on:
        raise RefusedError(f"{held.record.reference} is on hold already for {name}", "release it first")
    _write(work, held, hold, "held", by=by, on=on, reason=reason)


def release(work: Work, held: Held, name: str, *, by: Actor, on: date, reason: str | None) -> None:
    """Write that the hold called *name* is off since the day *on*; its clocks go on with what was left.

    Raises UnknownName, BadValue, or RefusedError if it is not on or the case has ended.
    """
    hold = _known(held, name)
    if name not in held.record.holds_on:
        on_now = ", ".join(sorted(held.record.holds_on)) or "none is on"
        raise RefusedError(f"{held.record.reference} is not on hold for {name}", f"on hold for: {on_now}")
    _write(work, held, hold, "released", by=by, on=on, reason=reason)
    settle(work, on)


def _known(held: Held, name: str) -> Hold:
    hold = held.workflow.holds.get(name) if type(name) is str else None  # a host may have no types
    if hold is None:
        raise UnknownName("hold", str(name), held.workflow.holds)
    if held.record.ended:
        raise RefusedError(f"{held.record.reference} has ended", "nothing is held any more")
    return hold


def _write(
    work: Work,
    held: Held,
    hold: Hold,
    kind: Literal["held", "released"],
    *,
    by: Actor,
    on: date,
    reason: str | None,
) -> None:
    spans = held.record.holds.get(hold.name, ())
    last = [held.record.opened_on, *(day for span in spans for day in (span.since, span.until) if day)]
    if on < max(last):
        raise BadValue(f"{hold.name} cannot be {kind} on {on}", f"give a day from {max(last)} on")
    details = {
        "hold": hold.name,
        "reason": None if reason is None else words_body(work.keep(reason)),
        "stops": list(hold.stops) or None,
        "blocks": list(hold.blocks) or None,
    }
    work.write(held, kind, on=on, by=work.signed(by), details=details)
