"""Cases as rows: records read and written, their entries, answers, links and references.

Functions take a connection and never commit. They know the core's values, and nothing of rules.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import Connection, Row, Table, insert, select, text, update

from loopengine.core.definitions import Stage, Workflow
from loopengine.core.history import Entry, canonical, entry_from
from loopengine.core.records import Answered, Happening, Record
from loopengine.core.retelling import numbers, tally_from
from loopengine.core.situation import Tally
from loopengine.core.values import Json, spell
from loopengine.errors import StaleCase
from loopengine.store.tables import AnswerRow, CaseRow, CounterRow, EntryRow, LinkRow

CASE, ENTRY, ANSWER, LINK, COUNTER = (
    cast(Table, row.__dict__["__table__"]) for row in (CaseRow, EntryRow, AnswerRow, LinkRow, CounterRow)
)


@dataclass(frozen=True, slots=True)
class Stored:
    """A case as the database has it: its record without the answers, its tallies, its rows."""

    id: int
    parent_id: int | None
    record: Record
    tallies: Mapping[str, Tally]


def find(connection: Connection, reference: str, *, lock: bool = False) -> Stored | None:
    """The case called *reference*, if there is one; with *lock*, nobody else writes to it meanwhile."""
    return _one(connection, CASE.c.reference == reference, lock=lock)


def find_by_id(connection: Connection, id_: int, *, lock: bool = False) -> Stored | None:
    """The case whose row is *id_*; with *lock*, nobody else writes to it meanwhile."""
    return _one(connection, CASE.c.id == id_, lock=lock)


def all_cases(
    connection: Connection, *, parent_id: int | None = None, wanted: Mapping[str, object] | None = None
) -> list[Stored]:
    """Cases in the order in which they were opened: all, or the sub-cases of one, or those whose columns are
    as *wanted*.
    """
    query = _CASES.order_by(CASE.c.id)
    if parent_id is not None:
        query = query.where(CASE.c.parent_id == parent_id)
    for column, value in (wanted or {}).items():
        query = query.where(CASE.c[column] == value)
    return [_stored(row) for row in connection.execute(query)]


def names(connection: Connection, *, after: int, limit: int) -> list[tuple[int, str]]:
    """The rows and references of *limit* cases after the row *after*."""
    query = select(CASE.c.id, CASE.c.reference).where(CASE.c.id > after).order_by(CASE.c.id).limit(limit)
    return [(row.id, row.reference) for row in connection.execute(query)]


def given_out(connection: Connection) -> dict[str, int]:
    """The last number given out under each prefix and year."""
    return {row.prefix: row.last for row in connection.execute(select(COUNTER))}


def answers_of(connection: Connection, id_: int, workflow: Workflow) -> dict[str, tuple[Answered, ...]]:
    """The standing answers of the case with row *id_*, by fact, in the order of (day, entry)."""
    query = select(ANSWER).where(ANSWER.c.case_id == id_, ANSWER.c.corrected_by.is_(None))
    found: dict[str, tuple[Answered, ...]] = {}
    for row in connection.execute(query.order_by(ANSWER.c.so_on, ANSWER.c.n)):
        found[row.fact] = (*found.get(row.fact, ()), _answered(row, workflow))
    return found


def add(connection: Connection, record: Record, *, parent_id: int | None) -> int:
    """Write *record* as a new case with no sub-cases; its row's key."""
    values = _columns(record) | {
        "reference": record.reference,
        "workflow": record.workflow,
        "framework": record.framework,
        "parent_id": parent_id,
        "sub_case": record.kind,
        "opened_on": record.opened_on,
        "tallies": "{}",
    }
    result = connection.execute(insert(CASE).values(**values))
    assert result.inserted_primary_key is not None
    return int(result.inserted_primary_key[0])


def save(connection: Connection, id_: int, record: Record, *, entries_before: int) -> None:
    """Write *record* over the row that had *entries_before* entries; raises StaleCase if it has others by
    now.
    """
    same = (CASE.c.id == id_) & (CASE.c.entries == entries_before)
    result = connection.execute(update(CASE).where(same).values(**_columns(record)))
    if result.rowcount != 1:
        raise StaleCase(f"{record.reference} was moved on by somebody else", "look again, and decide anew")


def save_tallies(connection: Connection, id_: int, tallies: Mapping[str, Tally]) -> None:
    """Write the numbers of a case's sub-cases."""
    connection.execute(update(CASE).where(CASE.c.id == id_).values(tallies=tallies_text(tallies)))


def append(connection: Connection, id_: int, entry: Entry) -> None:
    """Add *entry* to its case's history; the database refuses to change it afterwards."""
    connection.execute(
        insert(ENTRY).values(
            case_id=id_,
            n=entry.n,
            kind=entry.kind,
            recorded_at=entry.recorded_at,
            body=canonical(entry.body),
            digest=entry.digest,
        )
    )


def save_answers(
    connection: Connection, id_: int, before: Mapping[str, tuple[Answered, ...]], after: Record
) -> None:
    """Write what *after* has that *before* had not, and mark what it has no longer as corrected."""
    for fact, standing in after.answers.items():
        had = {each.n for each in before.get(fact, ())}
        has = {each.n for each in standing}
        for n in had - has:
            gone = (ANSWER.c.case_id == id_) & (ANSWER.c.fact == fact) & (ANSWER.c.n == n)
            connection.execute(update(ANSWER).where(gone).values(corrected_by=after.entries))
        new = [_answer_columns(id_, each) for each in standing if each.n not in had]
        if new:
            connection.execute(insert(ANSWER), new)


def entries_of(connection: Connection, id_: int) -> Iterator[tuple[str, str]]:
    """The history of a case as stored, (text, digest), from its first entry on."""
    query = select(ENTRY.c.body, ENTRY.c.digest).where(ENTRY.c.case_id == id_).order_by(ENTRY.c.n)
    for row in connection.execute(query):
        yield row.body, row.digest


def history_of(connection: Connection, id_: int) -> tuple[Entry, ...]:
    """The history of a case, from its first entry on."""
    return tuple(entry_from(text, digest) for text, digest in entries_of(connection, id_))


def entry_columns(connection: Connection, id_: int) -> list[tuple[int, str, object]]:
    """What the columns beside the text of a case's entries say: number, kind, instant."""
    query = select(ENTRY.c.n, ENTRY.c.kind, ENTRY.c.recorded_at).where(ENTRY.c.case_id == id_)
    return [(row.n, row.kind, row.recorded_at) for row in connection.execute(query.order_by(ENTRY.c.n))]


def link(connection: Connection, id_: int, other_id: int, name: str) -> None:
    """Tie one case to another by *name*."""
    connection.execute(insert(LINK).values(case_id=id_, other_id=other_id, name=name))


def links_of(connection: Connection, id_: int) -> list[tuple[str, str, bool]]:
    """The ties of a case: their name, the other case's reference, and whether the tie leads away from this
    one.
    """
    found: list[tuple[str, str, bool]] = []
    for here, there, away in (
        (LINK.c.case_id, LINK.c.other_id, True),
        (LINK.c.other_id, LINK.c.case_id, False),
    ):
        query = select(LINK.c.name, CASE.c.reference).join(CASE, CASE.c.id == there).where(here == id_)
        found += [(row.name, row.reference, away) for row in connection.execute(query.order_by(LINK.c.id))]
    return found


def new_reference(connection: Connection, prefix: str, year: int) -> str:
    """The next reference of *prefix* in *year*: `SCR-2017-001`."""
    name = f"{prefix}-{year}"
    last = connection.execute(_COUNTED, {"prefix": name}).scalar_one()
    return f"{name}-{last:03d}"


def tallies_text(tallies: Mapping[str, Tally]) -> str:
    """The numbers of sub-cases as they are stored."""
    return canonical({kind: numbers(tally) for kind, tally in tallies.items()})


# The same words on SQLite and PostgreSQL, which SQLAlchemy has only apart.
_COUNTED = text(
    f"insert into {COUNTER.name} (prefix, last) values (:prefix, 1) "
    f"on conflict (prefix) do update set last = {COUNTER.name}.last + 1 returning last"
)
_PARENT = CASE.alias("parent")
_CASES = select(CASE, _PARENT.c.reference.label("parent")).join_from(
    CASE, _PARENT, CASE.c.parent_id == _PARENT.c.id, isouter=True
)


def _one(connection: Connection, condition: Any, *, lock: bool) -> Stored | None:
    # SQLite, where a writing transaction is alone anyway, leaves the lock out.
    query = _CASES.where(condition)
    row = connection.execute(query.with_for_update(of=CASE) if lock else query).first()
    return None if row is None else _stored(row)


def _stored(row: Row[Any]) -> Stored:
    happened = {
        event: tuple(Happening(date.fromisoformat(on), n) for on, n in times)
        for event, times in json.loads(row.happened).items()
    }
    record = Record(
        reference=row.reference,
        workflow=row.workflow,
        framework=row.framework,
        opened_on=row.opened_on,
        state=row.state,
        stage=cast("Stage | None", row.stage),
        ended=row.ended,
        excused=row.excused,
        revision=row.revision,
        entries=row.entries,
        head=row.head,
        recorded_at=row.recorded_at,
        moved_on=row.moved_on,
        parent=row.parent,
        kind=row.sub_case,
        path=tuple(json.loads(row.path)),
        happened=happened,
    )
    tallies = {kind: tally_from(each) for kind, each in json.loads(row.tallies).items()}
    return Stored(row.id, row.parent_id, record, tallies)


def _columns(record: Record) -> dict[str, Any]:
    """What a verb can change of a case's row."""
    happened: dict[str, Json] = {
        event: [[each.on.isoformat(), each.n] for each in times] for event, times in record.happened.items()
    }
    return {
        "state": record.state,
        "stage": record.stage,
        "ended": record.ended,
        "excused": record.excused,
        "revision": record.revision,
        "entries": record.entries,
        "head": record.head,
        "recorded_at": record.recorded_at,
        "moved_on": record.moved_on,
        "path": json.dumps(record.path),
        "happened": canonical(happened),
    }


def _answer_columns(id_: int, answered: Answered) -> dict[str, Any]:
    return {
        "case_id": id_,
        "fact": answered.fact,
        "n": answered.n,
        "value": None if answered.value is None else json.dumps(spell(answered.value)),
        "so_on": answered.so_on,
        "recorded_at": answered.recorded_at,
        "said_by": answered.said_by,
        "evidence": answered.evidence,
        "corrected_by": None,
    }


def _answered(row: Row[Any], workflow: Workflow) -> Answered:
    value = None if row.value is None else workflow.facts[row.fact].accept(json.loads(row.value))
    return Answered(row.fact, value, row.so_on, row.n, row.recorded_at, row.said_by, row.evidence)
