"""Bringing cases up to now: what time alone brings about, in the order in which it fell due.

The clocks' notices, the events that they fire, and the automatic steps that time has made TRUE. Whoever comes
late, a sweep or a verb, writes the same entries as one that was there at the instant; only the time at which
they are recorded is another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from heapq import heapify, heappop, heappush
from typing import TypeAlias

from loopengine.clock import instant_text
from loopengine.core.clocks import Clock, clock_body
from loopengine.core.deadlines import reckoned
from loopengine.core.machine import Moved, decide
from loopengine.core.notices import Notice
from loopengine.core.values import Json
from loopengine.engine.concerned import agencies_of, whose_move
from loopengine.engine.settling import ENGINE, Said, move, settle, what_was_read
from loopengine.engine.work import BY_ENGINE, Held, Work
from loopengine.store import cases

_ONE_DAY = timedelta(days=1)
_BEGINNING = datetime(1900, 1, 1, tzinfo=UTC)
_Agenda: TypeAlias = "list[tuple[datetime, int]]"


def bring_up(work: Work, held: Held) -> None:
    """Have the whole family of *held* do what has fallen due by now."""
    if held.is_alone:  # then its own row says it all
        rows = [held.id] if held.due_at is not None and held.due_at <= work.now else []
    else:
        rows = cases.due_in_family(work.connection, held.root_id, work.now)
    if rows:
        catch_up(work, work.load_rows(rows), until=work.now)


def catch_up(work: Work, late: Iterable[Held], *, until: datetime) -> None:
    """Have the cases that are *late*, and those that follow from them, do what fell due *until* an instant.

    In due order; of what falls due at one instant, in the order in which the cases were opened.
    """
    agenda: _Agenda = [(held.due_at, held.id) for held in late if held.due_at is not None]
    heapify(agenda)
    while agenda and agenda[0][0] <= until:
        at, row = heappop(agenda)
        held = work.load_row(row)
        if held.due_at != at:
            continue  # it has changed since, and stands elsewhere on the agenda
        # A case from before there were clocks was due at no instant that means anything.
        work.at = work.now if at < _BEGINNING else at
        _act(work, held, work.at)
        for each in work.touched():
            each.due_at = work.due_at(each)
            if each.due_at is not None and each.due_at <= until:
                heappush(agenda, (each.due_at, each.id))
    work.at = None


def _act(work: Work, held: Held, at: datetime) -> None:
    """Have *held* do the one thing that fell due at the instant *at*."""
    work.touch(held)
    notice = work.next_notice(held)
    if notice is not None and notice.at <= at:
        _give(work, held, notice)
    elif work.turns_on(held, after=work.today - _ONE_DAY) == work.today:
        work.unsettle(held)
    else:
        _write_clocks(work, held)
    settle(work, work.today)


def _give(work: Work, held: Held, notice: Notice) -> None:
    """Let a clock of *held* say or do what it has to."""
    clock = held.record.clocks[notice.deadline.name]
    more: dict[str, Json] = {
        "deadline": notice.deadline.name,
        "notice": notice.name,
        "armed": clock.n,
        "due": instant_text(notice.due_at),
    }
    if notice.kind == "then":
        _fire(work, held, notice, more)
        return
    parties = whose_move(held, notice.deadline.until)
    roles = notice.tell or tuple(dict.fromkeys(party.role for party in parties))
    entry = work.write(held, notice.kind, on=work.today, by=BY_ENGINE, details={**more, "told": list(roles)})
    work.tell(held, entry, notice, roles, agencies_of(held, parties, work.today))


def _fire(work: Work, held: Held, notice: Notice, more: Mapping[str, Json]) -> None:
    """Fire the event of a clock whose time is up; what refuses it is written down, once."""
    event = notice.deadline.then
    assert event is not None
    calendar = work.calendar(held)
    position = held.position(work.today)
    decision = decide(held.workflow, position, event, by=ENGINE, calendar=calendar, by_engine=True)
    step = held.workflow.states[held.record.state].steps.get(event)
    if isinstance(decision, Moved):
        assert step is not None
        move(work, held, step, on=work.today, by=BY_ENGINE, said=Said(more=more))
        return
    details: dict[str, Json] = {
        "event": event,
        "from": held.record.state,
        "verdict": decision.verdict,
        "reasons": list(decision.reasons),
        "read": None if step is None else what_was_read(held, step, work.today),
        **more,
    }
    work.write(held, "refused", on=work.today, by=BY_ENGINE, details=details)


def _write_clocks(work: Work, held: Held) -> None:
    """Write down the clocks of a case that was begun when nobody did."""
    after = replace(held.record, entries=held.record.entries + 1)
    clocks = reckoned(
        held.workflow, held.record, after, lambda: work.calendar(held), work.today, work.at or work.now
    )
    if clocks:
        reckon(work, held, clocks, "clocks are written down from now on")


def reckon(
    work: Work,
    held: Held,
    clocks: Mapping[str, Clock | None],
    why: str,
    *,
    by: Mapping[str, Json] = BY_ENGINE,
    reason: Json = None,
) -> None:
    """Write that *clocks* of *held* are others than they were, and *why*; with the *reason* somebody gave."""
    bodies: dict[str, Json] = {
        name: None if clock is None else clock_body(clock) for name, clock in clocks.items()
    }
    details: dict[str, Json] = {"clocks": bodies, "why": why, "reason": reason}
    work.write(held, "reckoned", on=work.today, by=by, details=details)
