"""What the history of a case says must be on file beside it: its answers, its notices, the day of a sweep.

Reckoned from the entries alone, by another way than the engine's own: so that one finds out the other.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Row

from loopengine.clock import london_midnight
from loopengine.core.deadlines import stopping
from loopengine.core.definitions import Workflow
from loopengine.core.history import Entry
from loopengine.core.notices import OVERDUE
from loopengine.core.records import Record
from loopengine.core.values import Json
from loopengine.core.whereabouts import struck_by

_LAST = date.max - timedelta(days=1)
_NOTICES = ("reminded", "overdue", "escalated")
_CHANGES = ("arose", "ceased")
# The entry that something is from, and what it is about: a fact, or a deadline and what its clock said.
Key: TypeAlias = tuple[int, str]


class Answer(NamedTuple):
    """An answer as its row has it, its value as spelled."""

    value: Json
    so_on: date
    recorded_at: datetime
    said_by: str
    evidence: str | None
    corrected_by: int | None = None


class Notice(NamedTuple):
    """A notice as its row has it, without the agencies, and without what became of it."""

    kind: str
    armed: int
    due_on: date
    due_at: datetime | None
    recorded_at: datetime
    roles: Json


def answers_told(entries: Sequence[Entry]) -> dict[Key, Answer]:
    """Every answer that *entries* give, whatever became of it."""
    told: dict[Key, Answer] = {}
    for entry in entries:
        struck = struck_by(entry.body)
        for (n, fact), answer in told.items():
            if n in struck and answer.corrected_by is None:
                told[n, fact] = answer._replace(corrected_by=entry.n)
        name = _table(entry.body["by"])["name"]
        for fact, each in _table(entry.body.get("facts", {})).items():
            given = _table(each)
            corrects, evidence = given.get("corrects"), given.get("evidence")
            if isinstance(corrects, int):
                told[corrects, fact] = told[corrects, fact]._replace(corrected_by=entry.n)
            told[entry.n, fact] = Answer(
                _plain(given["value"]),
                date.fromisoformat(str(given["on"])),
                entry.recorded_at,
                str(_plain(name)),
                None if evidence is None else str(_plain(evidence)),
            )
    return told


def answer_on_file(row: Row[Any]) -> tuple[Key, Answer]:
    """The answer in a *row* of `loop_answer`."""
    value = None if row.value is None else json.loads(row.value)
    answer = Answer(value, row.so_on, row.recorded_at, row.said_by, row.evidence, row.corrected_by)
    return (row.n, row.fact), answer


def notices_told(entries: Sequence[Entry]) -> dict[Key, Notice]:
    """Every notice that clocks and standing rules gave according to *entries*."""
    told: dict[Key, Notice] = {}
    arisen: Counter[str] = Counter()
    due: dict[str, date] = {}
    for entry in entries:
        for deadline, clock in _table(entry.body.get("clocks", {})).items():
            if clock is not None:
                due[deadline] = date.fromisoformat(str(_table(clock)["due"]))
        if entry.kind in _NOTICES:
            deadline, armed = str(entry.body["deadline"]), entry.body["armed"]
            assert isinstance(armed, int)
            told[entry.n, f"{deadline} ({entry.body['notice']})"] = Notice(
                entry.kind, armed, due[deadline], entry.due_at, entry.recorded_at, entry.body["told"]
            )
        if entry.kind in _CHANGES:
            name = str(entry.body["standing"])
            arisen[name] += entry.kind == "arose"
            if entry.body.get("told") is not None:
                at = entry.due_at or entry.recorded_at
                told[entry.n, f"{name} ({entry.kind})"] = Notice(
                    entry.kind, arisen[name], entry.so_on, at, entry.recorded_at, entry.body["told"]
                )
    return told


def notice_on_file(row: Row[Any]) -> tuple[Key, Notice]:
    """The notice in a *row* of `loop_notice`; of the agencies no history says anything."""
    assert isinstance(json.loads(row.agencies), list)
    notice = Notice(row.kind, row.armed, row.due_on, row.due_at, row.recorded_at, json.loads(row.roles))
    return (row.n, f"{row.deadline} ({row.name})"), notice


def looked_at_by(workflow: Workflow, record: Record) -> datetime | None:
    """The instant by which a sweep has to look at a case: the first midnight at which a clock of it is late.

    Reminders and rungs may come earlier; they hang on closures that were not known when the row was written.
    """
    late = [
        max(london_midnight(min(clock.due.on, _LAST) + timedelta(days=1)), clock.settled_at)
        for name, clock in record.clocks.items()
        if clock.is_running and OVERDUE not in clock.said and not stopping(workflow, record, name)
    ]
    return min(late, default=None)


def _plain(value: Json) -> Json:
    """*value* as a row has it: the reference alone of what is kept apart."""
    return value["ref"] if isinstance(value, Mapping) else value


def _table(value: Json) -> Mapping[str, Json]:
    assert isinstance(value, Mapping)
    return value
