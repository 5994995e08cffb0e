"""Clocks and holds as a case has them: values, and how an entry holds them.

A due date is kept in the history, not reckoned anew: so it stays what people were told, whatever happens to
the calendar since. What makes a clock begin, move and stop is told by `deadlines.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from loopengine.clock import instant_text, parse_instant
from loopengine.core.values import Json
from loopengine.core.workdays import DueDate, Roll


@dataclass(frozen=True, slots=True)
class Span:
    """A time during which a hold was on: from the day *since* to the day *until*, None while it is on."""

    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """A deadline of a case that has begun.

    *start* says what armed it, in the entry *n*, on the day *started_on*; *stopped_on* is the day on which it
    was stopped, if it was. *settled_at* is the instant from which this has been so: what fell due before, in
    a past that was recorded late, falls due then. *said* are the notices that it has given.
    """

    n: int
    start: str
    started_on: date
    due: DueDate
    settled_at: datetime
    stopped_on: date | None = None
    said: tuple[str, ...] = ()

    @property
    def is_running(self) -> bool:
        """Whether nothing has stopped it yet."""
        return self.stopped_on is None

    def is_late(self, today: date) -> bool:
        """Whether it was, or still is, overdue: late from the midnight that follows the due day."""
        return self.due.on < (today if self.stopped_on is None else self.stopped_on)


def clock_body(clock: Clock) -> Mapping[str, Json]:
    """How an entry and a row hold *clock*."""
    body: dict[str, Json] = {
        "n": clock.n,
        "start": clock.start,
        "from": clock.started_on.isoformat(),
        "due": clock.due.on.isoformat(),
        "at": instant_text(clock.settled_at),
    }
    if clock.due.provisional:
        body["provisional"] = True
    if clock.due.rolled_by is not None:
        body["rolled_by"] = clock.due.rolled_by
    if clock.stopped_on is not None:
        body["stopped"] = clock.stopped_on.isoformat()
    if clock.said:
        body["said"] = list(clock.said)
    return body


def clock_from(body: Mapping[str, Json]) -> Clock:
    """The clock that `clock_body` was made of."""
    stopped, said = body.get("stopped"), body.get("said", ())
    return Clock(
        n=int(cast(int, body["n"])),
        start=str(body["start"]),
        started_on=date.fromisoformat(str(body["from"])),
        due=DueDate(
            date.fromisoformat(str(body["due"])),
            bool(body.get("provisional")),
            cast("Roll | None", body.get("rolled_by")),
        ),
        settled_at=parse_instant(str(body["at"])),
        stopped_on=None if stopped is None else date.fromisoformat(str(stopped)),
        said=tuple(str(each) for each in cast("list[str]", said)),
    )


def span_body(span: Span) -> Json:
    """How a row holds *span*."""
    return [span.since.isoformat(), None if span.until is None else span.until.isoformat()]


def span_from(body: Json) -> Span:
    """The span that `span_body` was made of."""
    since, until = cast("list[str | None]", body)
    return Span(date.fromisoformat(str(since)), None if until is None else date.fromisoformat(until))
