"""The tables, as SQLModel declares them; `migrations/` makes them, with the triggers that guard the history.

Every name begins with `loop_`, so that they can live in another program's database. Validation is the core's
business (`SQLModel(table=True)` does none); what the database itself can hold, it holds: keys, checks,
uniqueness.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Text, UniqueConstraint, text
from sqlmodel import Field, MetaData, SQLModel

_NAMES = text("sort = 'name'")
_DUE = text("due_at is not null")
_OPEN = text("not settled")


class Table(SQLModel):
    """What all tables share: a metadata of their own, apart from any that a host has."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def _text(*, optional: bool = False, default: str | None = None) -> Column[str]:
    return Column(Text, nullable=optional, server_default=default)


def _key(target: str, *, optional: bool = False, index: bool = False) -> Column[int]:
    return Column(Integer, ForeignKey(target), nullable=optional, index=index)


class FrameworkRow(Table, table=True):
    """A framework that cases began under: the files themselves, by content hash."""

    __tablename__ = "loop_framework"
    digest: str = Field(primary_key=True)
    name: str
    version: int
    texts: str = Field(sa_column=_text())
    known_since: datetime


class WorkflowRow(Table, table=True):
    """Which contents a version of a workflow file has, once and for all."""

    __tablename__ = "loop_workflow"
    framework: str = Field(primary_key=True)
    workflow: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    digest: str


class WordsRow(Table, table=True):
    """Free text, or the name of a person: kept apart from the history, and erasable (text and salt are then
    null).
    """

    __tablename__ = "loop_words"
    id: int | None = Field(default=None, primary_key=True)
    sort: str
    digest: str = Field(unique=True)
    salt: str | None = None
    words: str | None = Field(default=None, sa_column=_text(optional=True))
    __table_args__ = (
        CheckConstraint("sort in ('name', 'text')", name="sort"),
        CheckConstraint("(salt is null) = (words is null)", name="erased_together"),
        # Names are looked up by themselves, so that one person is one row; texts (which may be long) are not.
        Index("ix_loop_words_name", "words", sqlite_where=_NAMES, postgresql_where=_NAMES),
    )


class CaseRow(Table, table=True):
    """One case where it stands now: what replaying its history gives, and its sub-cases in numbers.

    *root_id* is the case at the top of its family, null for that one itself; *due_at* the next instant at
    which time alone brings something about: the one thing that a sweep looks for.
    """

    __tablename__ = "loop_case"
    id: int | None = Field(default=None, primary_key=True)
    reference: str = Field(unique=True)
    workflow: str
    framework: str = Field(foreign_key="loop_framework.digest")
    parent_id: int | None = Field(default=None, sa_column=_key("loop_case.id", optional=True, index=True))
    root_id: int | None = Field(default=None, sa_column=_key("loop_case.id", optional=True))
    sub_case: str | None = None
    opened_on: date
    state: str
    stage: str | None = None
    ended: bool
    excused: bool
    revision: int
    entries: int
    head: str
    recorded_at: datetime
    moved_on: date | None = None
    path: str = Field(sa_column=_text())
    happened: str = Field(sa_column=_text())
    tallies: str = Field(sa_column=_text())
    opened_for: str = Field(sa_column=_text(default="{}"))
    holds: str = Field(sa_column=_text(default="{}"))
    clocks: str = Field(sa_column=_text(default="{}"))
    standing: str = Field(sa_column=_text(default="{}"))
    due_at: datetime | None = None
    __table_args__ = (
        CheckConstraint("revision >= 1 and entries >= revision", name="counted"),
        CheckConstraint("(parent_id is null) = (sub_case is null)", name="sub_case"),
        # What is due is found in the order of the query, without a look at what is not.
        Index("ix_loop_case_due", "due_at", "id", "root_id", sqlite_where=_DUE, postgresql_where=_DUE),
        Index("ix_loop_case_family", "root_id", "due_at", sqlite_where=_DUE, postgresql_where=_DUE),
    )


class EntryRow(Table, table=True):
    """One line of a case's history; triggers refuse to change, replace or delete it."""

    __tablename__ = "loop_entry"
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(sa_column=_key("loop_case.id"))
    n: int
    kind: str
    recorded_at: datetime
    body: str = Field(sa_column=_text())
    digest: str
    __table_args__ = (UniqueConstraint("case_id", "n"),)


class AnswerRow(Table, table=True):
    """One answer to a fact; *corrected_by* is the entry that took it out of the account, if one did."""

    __tablename__ = "loop_answer"
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(sa_column=_key("loop_case.id"))
    fact: str
    n: int
    value: str | None = Field(default=None, sa_column=_text(optional=True))
    so_on: date
    recorded_at: datetime
    said_by: str
    evidence: str | None = None
    corrected_by: int | None = None
    __table_args__ = (UniqueConstraint("case_id", "fact", "n"),)


class LinkRow(Table, table=True):
    """A typed tie from one case to another that is not its parent."""

    __tablename__ = "loop_link"
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(sa_column=_key("loop_case.id", index=True))
    other_id: int = Field(sa_column=_key("loop_case.id", index=True))
    name: str
    __table_args__ = (UniqueConstraint("case_id", "other_id", "name"),)


class CounterRow(Table, table=True):
    """The last number given out under a prefix and year: `SCR-2017`."""

    __tablename__ = "loop_counter"
    prefix: str = Field(primary_key=True)
    last: int


class KeyRow(Table, table=True):
    """What was answered under an idempotency key, so that the same request again is answered alike."""

    __tablename__ = "loop_key"
    key: str = Field(primary_key=True)
    salt: str
    request: str
    answer: str = Field(sa_column=_text())


class SettingRow(Table, table=True):
    """What is true of the whole database, such as that it is a rehearsal."""

    __tablename__ = "loop_setting"
    name: str = Field(primary_key=True)
    value: str


class NoticeRow(Table, table=True):
    """What a clock had to tell whom: the outbox, written in the transaction of the entry that says so.

    Unique for each case, deadline, arming and rung, so that nothing is told twice. *roles* and *agencies* are
    lists in JSON; the agencies narrow the roles `agency` and `agency_lead`.
    """

    __tablename__ = "loop_notice"
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(sa_column=_key("loop_case.id"))
    n: int
    kind: str
    deadline: str
    armed: int
    name: str
    due_on: date
    due_at: datetime
    recorded_at: datetime
    roles: str = Field(sa_column=_text())
    agencies: str = Field(sa_column=_text())
    settled: bool = False
    __table_args__ = (
        UniqueConstraint("case_id", "deadline", "armed", "name"),
        Index("ix_loop_notice_open", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )


class DeliveryRow(Table, table=True):
    """One notice on its way to one recipient by one channel: how often it was tried, and what came of it."""

    __tablename__ = "loop_delivery"
    id: int | None = Field(default=None, primary_key=True)
    notice_id: int = Field(sa_column=_key("loop_notice.id", index=True))
    channel: str
    recipient: str
    attempts: int = 0
    next_at: datetime | None = None
    delivered_at: datetime | None = None
    parked_at: datetime | None = None
    error: str | None = Field(default=None, sa_column=_text(optional=True))
    __table_args__ = (
        UniqueConstraint("notice_id", "channel", "recipient"),
        Index("ix_loop_delivery_reached", "channel", "delivered_at", "recipient"),
    )


class PersonRow(Table, table=True):
    """Somebody who can be told something: in no history, and to be erased by deleting the row."""

    __tablename__ = "loop_person"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    address: str | None = None


class OfficeRow(Table, table=True):
    """Who holds which role, for which agency, from when to when, and how: as holder, deputy or acting."""

    __tablename__ = "loop_office"
    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(sa_column=_key("loop_person.id", index=True))
    role: str
    agency: str | None = None
    standing: str
    since: date
    until: date | None = None
    __table_args__ = (
        CheckConstraint("standing in ('holder', 'deputy', 'acting')", name="standing"),
        CheckConstraint("until is null or since <= until", name="in_order"),
    )


class ClosureRow(Table, table=True):
    """A day on which the organisation does not work, beside the bank holidays."""

    __tablename__ = "loop_closure"
    day: date = Field(primary_key=True)
    reason: str = Field(sa_column=_text())
    known_since: datetime


class CycleRow(Table, table=True):
    """A case that a cycle of the framework opened for one of its days: once for each."""

    __tablename__ = "loop_cycle"
    framework: str = Field(primary_key=True)
    cycle: str = Field(primary_key=True)
    occurs_on: date = Field(primary_key=True)
    case_id: int = Field(sa_column=_key("loop_case.id"))
