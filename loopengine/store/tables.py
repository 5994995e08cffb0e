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


def _text(*, optional: bool = False) -> Column[str]:
    return Column(Text, nullable=optional)


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
    """One case where it stands now: what replaying its history gives, and its sub-cases in numbers."""

    __tablename__ = "loop_case"
    id: int | None = Field(default=None, primary_key=True)
    reference: str = Field(unique=True)
    workflow: str
    framework: str = Field(foreign_key="loop_framework.digest")
    parent_id: int | None = Field(default=None, sa_column=_key("loop_case.id", optional=True, index=True))
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
    __table_args__ = (
        CheckConstraint("revision >= 1 and entries >= revision", name="counted"),
        CheckConstraint("(parent_id is null) = (sub_case is null)", name="sub_case"),
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
