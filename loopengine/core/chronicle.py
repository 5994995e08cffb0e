"""The way of a case through its states and stages, day by day, as its history tells it.

What was struck out is left out. Knows entries and workflows; nothing of storage, or of what day it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import cast

from loopengine.core.definitions import Stage, Workflow
from loopengine.core.ends import state_of
from loopengine.core.history import Entry, struck_out


@dataclass(frozen=True, slots=True)
class Stay:
    """That a case stood in a *state* from the day *since* until the day *until*, on which it was moved on.

    *until* is None while it stands there. *n* is the entry that brought it there, by *event* (None where no
    event did: it was opened, withdrawn or merged). *passes* are the stages that the step entered on its way.
    """

    state: str
    stage: Stage | None
    since: date
    until: date | None
    n: int
    event: str | None = None
    passes: tuple[Stage, ...] = ()

    def covers(self, day: date) -> bool:
        """Whether the case stood there at the end of *day*."""
        return self.since <= day and (self.until is None or day < self.until)


def stays(workflow: Workflow, entries: Sequence[Entry]) -> tuple[Stay, ...]:
    """Where a case of *workflow* has stood by *entries*, its whole history, in order; the last one goes on.

    Of a case that was taken over in the middle of its way, the start and the state in which it was taken over
    are told, and not what lay between.
    """
    told: list[Stay] = []
    for stay in _entered(workflow, entries):
        if told:
            told[-1] = replace(told[-1], until=stay.since)
        told.append(stay)
    return tuple(told)


def entered(told: Sequence[Stay]) -> dict[Stage, date]:
    """The day on which each stage was first entered, in the order of the days."""
    days: dict[Stage, date] = {}
    for stay in told:
        for stage in (*stay.passes, stay.stage):
            if stage is not None:
                days.setdefault(stage, stay.since)
    return days


def _entered(workflow: Workflow, entries: Sequence[Entry]) -> Iterator[Stay]:
    struck = struck_out(entries)
    for entry in entries:
        if entry.kind not in ("opened", "moved", "withdrawn", "merged") or entry.n in struck:
            continue
        if "stayed" in entry.body:
            continue
        if entry.body.get("adopted"):
            yield from _adopted(workflow, entry)
            continue
        passes = entry.body.get("passes")
        yield _stay(
            workflow,
            str(entry.body["to"]),
            entry.so_on,
            entry.n,
            entry.text("event"),
            tuple(str(each) for each in passes) if isinstance(passes, Sequence) else (),
        )


def _adopted(workflow: Workflow, entry: Entry) -> Iterator[Stay]:
    to, happened = str(entry.body["to"]), entry.body["happened"]
    assert isinstance(happened, Sequence)
    if not happened or to == workflow.starts:
        yield _stay(workflow, to, entry.so_on, entry.n)
        return
    last = happened[-1]
    assert isinstance(last, Sequence)
    yield _stay(workflow, workflow.starts, entry.so_on, entry.n)
    yield _stay(workflow, to, date.fromisoformat(str(last[1])), entry.n, str(last[0]))


def _stay(
    workflow: Workflow, to: str, on: date, n: int, event: str | None = None, passes: Sequence[str] = ()
) -> Stay:
    state = state_of(workflow, to)
    stage = None if state is None else state.stage
    return Stay(to, stage, on, None, n, event, cast("tuple[Stage, ...]", tuple(passes)))
