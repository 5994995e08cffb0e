"""The clocks of a case as bars over time: where each began, fell due and stopped, and when it stood still.

Places are percent of the width, so that a picture fits whatever it is drawn in. Does not know what draws it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from loopengine.core.clocks import Span
from loopengine.core.deadlines import Running
from loopengine.core.definitions import Workflow
from loopengine.engine.results import Line
from loopengine.reports.naming import hold_titles, plainly
from loopengine.reports.pages import counted, day_words, days_left_words

Part: TypeAlias = Literal["ran", "late", "ahead", "held"]
Standing: TypeAlias = Literal["late", "soon", "held", "calm", "done"]
SOON = 10
_MOST_TICKS = 5
_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12000, 24000)  # months, for any days


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a bar: from *x* on, so *wide*."""

    part: Part
    x: float
    wide: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One clock: what it says, where it stands, and the pieces that it is drawn with.

    *due_x* is the place of the day on which it falls due, *stopped_x* of that on which it was stopped, if it
    was.
    """

    title: str
    standing: Standing
    words: str
    began: date
    due: date
    provisional: bool
    stopped: date | None
    held: tuple[str, ...]
    cites: tuple[str, ...]
    pieces: tuple[Piece, ...]
    due_x: float
    stopped_x: float | None

    @property
    def sentence(self) -> str:
        """All that is drawn, for somebody who does not see it."""
        held = f" It stood or stands still for {', '.join(self.held)}." if self.held else ""
        began, due = day_words(self.began), day_words(self.due)
        return f"{self.title}: began on {began}, due on {due}; {self.words}.{held}"


@dataclass(frozen=True, slots=True)
class Chart:
    """The bars, what still runs first; the *ticks* of the axis with their words, and the place of *today*."""

    bars: tuple[Bar, ...]
    ticks: tuple[tuple[float, str], ...]
    today_x: float | None


def chart_of(
    clocks: Sequence[Running], lines: Sequence[Line], workflow: Workflow, today: date
) -> Chart | None:
    """The *clocks* of a case with this history as they stand *today*; None if none has begun."""
    if not clocks:
        return None
    holds = spans_told(lines)
    runs = any(each.stopped_on is None for each in clocks)
    days = [day for each in clocks for day in (each.started_on, each.due.on, each.stopped_on) if day]
    scale = _Scale(min(days), max([*days, today] if runs else days))
    ordered = sorted(clocks, key=_order)
    return Chart(
        tuple(_bar(each, holds, workflow, today, scale) for each in ordered),
        tuple(scale.ticks()),
        scale.at(today) if scale.first <= today <= scale.last else None,
    )


def spans_told(lines: Iterable[Line]) -> Mapping[str, tuple[Span, ...]]:
    """When each hold was on, as a history tells it; without what was struck out."""
    spans: dict[str, list[Span]] = {}
    for line in lines:
        name = line.entry.text("hold")
        if name is None or line.undone_by is not None:
            continue
        told = spans.setdefault(name, [])
        if line.entry.kind == "held":
            told.append(Span(line.entry.so_on))
        elif line.entry.kind == "released" and told:
            told[-1] = Span(told[-1].since, line.entry.so_on)
    return {name: tuple(told) for name, told in spans.items()}


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where the days from the *first* to the *last* are."""

    first: date
    last: date

    def at(self, day: date) -> float:
        """The place of *day*."""
        # A little room on both sides, for what marks a day.
        share = (day - self.first).days / max((self.last - self.first).days, 1)
        return round(1.5 + 97 * min(max(share, 0.0), 1.0), 2)

    def ticks(self) -> Iterator[tuple[float, str]]:
        """A few days with their words."""
        firsts = [day for day in _months(self.first, self.last) if day >= self.first]
        months = next(each for each in (_every(firsts, step) for step in _STEPS) if len(each) <= _MOST_TICKS)
        if len(months) < 2:
            ends = dict.fromkeys((self.first, self.last))
            yield from ((self.at(day), f"{day.day} {day:%b %Y}") for day in ends)
            return
        yearly = all(day.month == 1 for day in months)
        yield from ((self.at(day), f"{day:%Y}" if yearly else f"{day:%b %Y}") for day in months)


def _months(first: date, last: date) -> Iterator[date]:
    for month in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        yield date(month // 12, month % 12 + 1, 1)


def _every(months: Sequence[date], step: int) -> list[date]:
    return [day for day in months if (day.year * 12 + day.month - 1) % step == 0]


def _order(clock: Running) -> tuple[bool, date, date]:
    """What still runs first, the most pressing of it at the top; then the rest as it began."""
    if clock.stopped_on is None:
        return False, clock.due.on, clock.started_on
    return True, clock.started_on, clock.due.on


def _bar(
    clock: Running, holds: Mapping[str, tuple[Span, ...]], workflow: Workflow, today: date, scale: _Scale
) -> Bar:
    deadline, due, stopped = clock.deadline, clock.due.on, clock.stopped_on
    stopping = [
        name for name, hold in workflow.holds.items() if deadline.name in hold.stops and name in holds
    ]
    end = max(today, clock.started_on) if stopped is None else stopped
    pieces = [_piece("ran", clock.started_on, min(due, end), scale)]
    if end > due:
        pieces.append(_piece("late", max(due, clock.started_on), end, scale))
    elif stopped is None:
        pieces.append(_piece("ahead", end, due, scale))
    touching = []
    for name in stopping:
        for span in holds[name]:
            since, until = max(span.since, clock.started_on), min(span.until or end, end)
            if since <= until:
                pieces.append(_piece("held", since, until, scale))
                touching.append(name)
    standing, words = _standing(clock, today)
    return Bar(
        title=deadline.title or plainly(deadline.name),
        standing=standing,
        words=words,
        began=clock.started_on,
        due=due,
        provisional=clock.due.provisional,
        stopped=stopped,
        held=hold_titles(workflow, tuple(dict.fromkeys(touching))),
        cites=tuple(source.cite for source in deadline.sources),
        pieces=tuple(pieces),
        due_x=scale.at(due),
        stopped_x=None if stopped is None else scale.at(stopped),
    )


def _piece(part: Part, since: date, until: date, scale: _Scale) -> Piece:
    x = scale.at(since)
    return Piece(part, x, round(max(scale.at(until) - x, 0.0), 2))


def _standing(clock: Running, today: date) -> tuple[Standing, str]:
    """Where *clock* stands, and the same in words."""
    if clock.stopped_on is not None:
        over = (clock.stopped_on - clock.due.on).days
        if clock.deadline.then is not None and over == 1:  # it was not to be met, but to run out
            return "done", f"ran out on {day_words(clock.due.on)}"
        done = f"done on {day_words(clock.stopped_on)}"
        return ("late", f"{done}, {counted(over, 'day', 'days')} late") if over > 0 else ("done", done)
    days = clock.days or 0
    if clock.is_late(today):
        return "late", days_left_words(days) + (", standing still" if clock.held else "")
    if clock.held:
        return "held", f"stands still, {days_left_words(days)}"
    return ("soon" if days <= SOON else "calm"), days_left_words(days)
