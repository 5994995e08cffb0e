"""What is told: a notice as it stands on the day on which it is sent, and a message made of some of them.

Values only. Does not know the database, how a message is worded, or how it travels. Nothing here is about a
child: a reference, a deadline and its dates are all that leaves the board.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Literal, TypeAlias

from loopengine.core.deadlines import stopping
from loopengine.core.definitions import Framework, Workflow
from loopengine.core.one_line import one_line
from loopengine.core.records import Record
from loopengine.store.outbox import Posted
from loopengine.store.people import Recipient

# Where the clock of a notice stands by the time the notice is sent.
Standing: TypeAlias = Literal["overdue", "to_come", "arisen", "held", "over"]


@dataclass(frozen=True, slots=True)
class Told:
    """One notice, with where its deadline stands *on* the day on which it is told.

    *due* is the day on which it is due as it stands; *why* says what holds it, or how it is over. *roles* are
    those in which somebody is told, each with its title.
    """

    notice: Posted
    board: str
    workflow: str
    case_title: str
    title: str
    standing: Standing
    due: date
    on: date
    roles: tuple[tuple[str, str], ...]
    provisional: bool = False
    why: str = ""

    @property
    def days_late(self) -> int:
        """By how many days it is late; negative by those that are left."""
        return (self.on - self.due).days


@dataclass(frozen=True, slots=True)
class Message:
    """Something to be sent to one person, or, without *to*, to a program.

    *key* is the same however often the same is sent. *rehearsal* says that none of it is meant.
    """

    key: str
    to: Recipient | None
    told: tuple[Told, ...]
    subject: str
    text: str
    at: datetime
    rehearsal: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of its notices."""
        return tuple(each.notice.key for each in self.told)


def told(notice: Posted, framework: Framework | None, record: Record | None, on: date) -> Told:
    """*notice* as it stands *on* a day; as it was given, where its case or its files cannot be read."""
    if framework is None or record is None:
        late_or_not: Standing = "overdue" if notice.due_on < on else "to_come"
        standing: Standing = "arisen" if notice.is_change else late_or_not
        return _told(notice, None, None, on, standing, notice.due_on)
    workflow = framework.workflows.get(record.workflow)
    if notice.is_change:
        return _change(notice, framework, workflow, record, on)
    clock = record.clocks.get(notice.deadline)
    if workflow is None or clock is None or clock.n != notice.armed:
        why = "it no longer runs" if clock is None else "its clock has begun anew since"
        return _told(notice, framework, workflow, on, "over", notice.due_on, why=why)
    due = clock.due.on
    if clock.stopped_on is not None:
        return _told(
            notice, framework, workflow, on, "over", due, why=f"done on {in_words(clock.stopped_on)}"
        )
    if holds := stopping(workflow, record, notice.deadline):
        named = ", ".join(one_line(workflow.holds[hold].title) for hold in holds)
        return _told(notice, framework, workflow, on, "held", due, why=f"on hold: {named}")
    late: Standing = "overdue" if clock.is_late(on) else "to_come"
    return _told(notice, framework, workflow, on, late, due, provisional=clock.due.provisional)


def _change(
    notice: Posted, framework: Framework, workflow: Workflow | None, record: Record, on: date
) -> Told:
    """What has arisen, or has ceased since."""
    spans = record.standing.get(notice.deadline, ())[: notice.armed]
    until = spans[-1].until if spans else None
    since = spans[-1].since if spans else notice.due_on
    if until is None:
        return _told(notice, framework, workflow, on, "arisen", since)
    return _told(notice, framework, workflow, on, "over", since, why=f"no longer so since {in_words(until)}")


def _told(
    notice: Posted,
    framework: Framework | None,
    workflow: Workflow | None,
    on: date,
    standing: Standing,
    due: date,
    *,
    provisional: bool = False,
    why: str = "",
) -> Told:
    roles = {} if framework is None else framework.roles
    title = None if workflow is None else _title(notice, workflow)
    return Told(
        notice=notice,
        board="" if framework is None else framework.name,
        workflow="" if workflow is None else workflow.name,
        case_title="" if workflow is None else one_line(workflow.title),
        title=one_line(title or notice.deadline.replace("_", " ")),
        standing=standing,
        due=due,
        on=on,
        roles=tuple(
            (each, one_line(roles[each].title) if each in roles else each.replace("_", " "))
            for each in notice.roles
        ),
        provisional=provisional,
        why=why,
    )


def _title(notice: Posted, workflow: Workflow) -> str | None:
    titled = workflow.standing if notice.is_change else workflow.deadlines
    named = titled.get(notice.deadline)
    return None if named is None else named.title


def key_of(recipient: str, keys: Iterable[str]) -> str:
    """A key for a message to *recipient* with the notices of these *keys*: the same for the same."""
    return sha256("\n".join([recipient, *sorted(keys)]).encode()).hexdigest()[:24]


def in_words(day: date) -> str:
    """*day* as it is read out."""
    return f"{day:%A} {day.day} {day:%B} {day.year}"
