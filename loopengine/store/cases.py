"""Cases as rows: records read and written, their entries, answers, links and references.

Functions take a connection and never commit. They know the core's values, and nothing of rules.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    Connection,
    Row,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    text,
    union_all,
    update,
)

from loopengine.core.definitions import Workflow
from loopengine.core.history import Entry, entry_from
from loopengine.core.records import Answered, Record
from loopengine.core.situation import Tally
from loopengine.core.values import Fact, Value
from loopengine.errors import BadValue, StaleCase
from loopengine.store.books import alone
from loopengine.store.case_rows import (
    answer_columns,
    answered_of,
    columns_of,
    record_of,
    tallies_of,
    tallies_text,
)
from loopengine.store.legible import declared, legible
from loopengine.store.statements import ByKeys, Statement
from loopengine.store.tables import AnswerRow, CaseRow, CounterRow, EntryRow, LinkRow

CASE, ENTRY, ANSWER, LINK, COUNTER = (
    cast(Table, row.__dict__["__table__"]) for row in (CaseRow, EntryRow, AnswerRow, LinkRow, CounterRow)
)


@dataclass(frozen=True, slots=True)
class Stored:
    """A case as the database has it: its record without the answers, its tallies, its rows.

    *root_id* is the case at the top of its family, *due_at* the next instant at which time brings something.
    """

    id: int
    parent_id: int | None
    root_id: int
    record: Record
    tallies: Mapping[str, Tally]
    due_at: datetime | None


class Given(NamedTuple):
    """What a case says of one fact, from the day *so_on*; *value* None is "unknown"."""

    reference: str
    state: str
    ended: bool
    opened_on: date
    value: Value | None
    so_on: date


class Change(NamedTuple):
    """What a transaction made of the row *id_*, which held *before* and the tallies *counted_before*."""

    id_: int
    record: Record
    tallies: Mapping[str, Tally]
    due_at: datetime | None
    before: Record
    counted_before: Mapping[str, Tally]


def find(connection: Connection, reference: str) -> Stored | None:
    """The case called *reference*, if there is one."""
    with legible(reference):
        rows = _BY_REFERENCE.rows(connection, reference=reference)
        return _stored(rows[0]) if rows else None


@legible("one of the cases")
def find_by_ids(connection: Connection, ids: Sequence[int]) -> dict[int, Stored]:
    """The cases with these rows."""
    return {row.id: _stored(row) for row in _BY_IDS.rows(connection, ids)}


def take(connection: Connection, reference: str) -> Stored | None:
    """The case called *reference*, if there is one; nobody else writes to its family now."""
    if connection.dialect.name == "postgresql":
        lock(connection, [row.root for row in _ROOT.rows(connection, reference=reference)])
    return find(connection, reference)


def lock(connection: Connection, roots: Sequence[int], *, others_too: bool = True) -> set[int]:
    """Those of the families under *roots* that nobody else writes to until the transaction ends.

    With *others_too* waits for those that somebody has. On SQLite, whoever writes is alone anyway.
    """
    if connection.dialect.name != "postgresql" or not roots:
        return set(roots)
    query = select(CASE.c.id).where(CASE.c.id.in_(list(roots))).order_by(CASE.c.id)
    locked = connection.execute(query.with_for_update(skip_locked=not others_too))
    return set(locked.scalars())


def due(
    connection: Connection,
    now: datetime,
    limit: int,
    *,
    without: Collection[int] = (),
    without_families: Collection[int] = (),
) -> list[tuple[int, int]]:
    """The rows of at most *limit* cases that something is due in, with those of their roots, in due order.

    None of the rows, nor of the families, that are named as to be left out.
    """
    wanted = limit + len(without) + len(without_families)
    while True:
        rows = _DUE_NOW.rows(connection, now=now, limit=wanted)
        due = [(row.id, row.id if row.root_id is None else row.root_id) for row in rows]
        found = [each for each in due if each[0] not in without and each[1] not in without_families]
        if len(found) >= limit or len(rows) < wanted:
            return found[:limit]
        wanted *= 2  # whole families were left out: there may be more beyond them


def due_in_family(connection: Connection, root: int, now: datetime) -> list[int]:
    """The rows of the cases of one family that something is due in."""
    return [row.id for row in _DUE_IN_FAMILY.rows(connection, root=root, now=now)]


def with_clocks(connection: Connection, *, after: int, limit: int) -> list[tuple[int, int]]:
    """The rows and roots, after the row *after*, of *limit* open cases in which a clock may run."""
    query = select(CASE.c.id, func.coalesce(CASE.c.root_id, CASE.c.id)).where(
        CASE.c.id > after, ~CASE.c.ended, CASE.c.clocks != "{}"
    )
    return [(id_, root) for id_, root in connection.execute(query.order_by(CASE.c.id).limit(limit))]


def next_due_at(connection: Connection, *, after: datetime) -> datetime | None:
    """The first instant later than *after* at which time brings something about, in any case."""
    return connection.execute(_NEXT_DUE, {"after": after}).scalar_one_or_none()


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
    with legible("one of the cases"):
        return [_stored(row) for row in connection.execute(query)]


def cases_after(
    connection: Connection, id_: int, limit: int, wanted: Mapping[str, object] | None = None
) -> list[Stored]:
    """At most *limit* cases after the row *id_*, in the order in which they were opened: all, or those whose
    columns are as *wanted*.
    """
    query = _CASES.where(CASE.c.id > id_).order_by(CASE.c.id).limit(limit)
    for column, value in (wanted or {}).items():
        query = query.where(CASE.c[column] == value)
    with legible("one of the cases"):
        return [_stored(row) for row in connection.execute(query)]


def days_opened(connection: Connection, workflow: str) -> list[date]:
    """The days on which cases of *workflow* were opened, the latest first."""
    query = select(CASE.c.opened_on).where(CASE.c.workflow == workflow).distinct()
    return list(connection.execute(query.order_by(CASE.c.opened_on.desc())).scalars())


def references_of(connection: Connection, ids: Sequence[int]) -> dict[int, str]:
    """What the cases with these rows are called."""
    return {row.id: row.reference for row in _REFERENCES.rows(connection, ids)}


def rows_under(connection: Connection, id_: int) -> list[int]:
    """The rows of the sub-cases of one case, in the order in which they were opened."""
    return list(
        connection.execute(select(CASE.c.id).where(CASE.c.parent_id == id_).order_by(CASE.c.id)).scalars()
    )


@legible("the answers of a case")
def answers_of(
    connection: Connection, wanted: Mapping[int, Workflow]
) -> dict[int, dict[str, tuple[Answered, ...]]]:
    """The standing answers of the cases with the rows *wanted*, by fact, in the order of (day, entry)."""
    found: dict[int, dict[str, tuple[Answered, ...]]] = {id_: {} for id_ in wanted}
    for row in _ANSWERS.rows(connection, wanted):
        facts, workflow = found[row.case_id], wanted[row.case_id]
        facts[row.fact] = (*facts.get(row.fact, ()), answered_of(row, workflow))
    return found


def add(connection: Connection, record: Record, *, parent_id: int | None, root_id: int | None) -> int:
    """Write *record* as a new case with no sub-cases; its row's key."""
    values = columns_of(record) | {
        "reference": record.reference,
        "workflow": record.workflow,
        "framework": record.framework,
        "parent_id": parent_id,
        "root_id": root_id,
        "sub_case": record.kind,
        "opened_on": record.opened_on,
        "tallies": tallies_text({}),
    }
    result = connection.execute(insert(CASE).values(**values))
    assert result.inserted_primary_key is not None
    return int(result.inserted_primary_key[0])


def save(connection: Connection, changes: Sequence[Change]) -> None:
    """Write *changes* over the rows; raises StaleCase if somebody else has written to one of them."""
    alike: defaultdict[tuple[str, ...], list[Mapping[str, object]]] = defaultdict(list)
    for change in changes:
        values = columns_of(change.record, change.before) | {"due_at": change.due_at}
        if change.tallies is not change.counted_before:
            values["tallies"] = tallies_text(change.tallies)
        as_found = {"row": change.id_, "entries_before": change.before.entries}
        alike[tuple(values)].append(values | as_found)
    if sum(_save(columns).change(connection, rows) for columns, rows in alike.items()) != len(changes):
        raise StaleCase(
            f"{_stale(connection, changes).reference} was moved on by somebody else",
            "look again, and decide anew",
        )


def append(connection: Connection, entries: Iterable[tuple[int, Entry]]) -> None:
    """Add entries to the histories of cases, by row; the database refuses to change them later."""
    rows = [
        {
            "case_id": id_,
            "n": entry.n,
            "kind": entry.kind,
            "recorded_at": entry.recorded_at,
            "body": entry.line,
            "digest": entry.digest,
        }
        for id_, entry in entries
    ]
    _APPEND.add(connection, rows)


def save_answers(
    connection: Connection,
    id_: int,
    before: Mapping[str, tuple[Answered, ...]],
    after: Record,
    struck: Mapping[int, int],
) -> None:
    """Write what *after* has that *before* had not, and mark what it has no longer as corrected.

    *struck* are the entries that were struck out, each with the one by which it was.
    """
    rows: list[Mapping[str, object]] = []
    for fact in {**before, **after.answers}:
        standing = after.answers.get(fact, ())
        had = {each.n for each in before.get(fact, ())}
        new = [each for each in standing if each.n not in had]
        for n in had - {each.n for each in standing}:
            # The entry that corrects it says what is right; other entries may have followed in the same verb.
            corrected = update(ANSWER).where(ANSWER.c.case_id == id_, ANSWER.c.fact == fact, ANSWER.c.n == n)
            by = struck[n] if n in struck else min(each.n for each in new)
            connection.execute(corrected.values(corrected_by=by))
        rows += [answer_columns(id_, each) for each in new]
    _ANSWER.add(connection, rows)


def entries_of(connection: Connection, id_: int) -> Iterator[tuple[str, str]]:
    """The history of a case as stored, (text, digest), from its first entry on."""
    query = select(ENTRY.c.body, ENTRY.c.digest).where(ENTRY.c.case_id == id_).order_by(ENTRY.c.n)
    for row in connection.execute(query):
        yield row.body, row.digest


@legible("the history of a case")
def history_of(connection: Connection, id_: int) -> tuple[Entry, ...]:
    """The history of a case, from its first entry on."""
    return tuple(entry_from(text, digest) for text, digest in entries_of(connection, id_))


@legible("the history of a case")
def history_since(connection: Connection, reference: str, n: int) -> tuple[Entry, ...]:
    """The history of the case called *reference*, from the entry after *n* on."""
    query = (
        select(ENTRY.c.body, ENTRY.c.digest)
        .join(CASE, CASE.c.id == ENTRY.c.case_id)
        .where(CASE.c.reference == reference, ENTRY.c.n > n)
        .order_by(ENTRY.c.n)
    )
    return tuple(entry_from(row.body, row.digest) for row in connection.execute(query))


@legible("the history of a case")
def histories_of(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[Entry, ...]]:
    """The histories of the cases with these rows."""
    found: dict[int, list[Entry]] = {id_: [] for id_ in ids}
    for row in _HISTORIES.rows(connection, ids):
        found[row.case_id].append(entry_from(row.body, row.digest))
    return {id_: tuple(entries) for id_, entries in found.items()}


def link(connection: Connection, id_: int, other_id: int, name: str) -> None:
    """Tie one case to another by *name*."""
    connection.execute(insert(LINK).values(case_id=id_, other_id=other_id, name=name))


def unlink(connection: Connection, id_: int, name: str) -> None:
    """Undo the ties by *name* that lead away from a case."""
    connection.execute(delete(LINK).where(LINK.c.case_id == id_, LINK.c.name == name))


@legible("the links of a case")
def links_of(connection: Connection, id_: int) -> list[tuple[str, str, bool]]:
    """The ties of a case: their name, the other case's reference, and whether the tie leads away from this
    one.
    """
    found: list[tuple[str, str, bool]] = []
    for here, there, away in (
        (LINK.c.case_id, LINK.c.other_id, True),
        (LINK.c.other_id, LINK.c.case_id, False),
    ):
        query = select(LINK, CASE.c.reference).join(CASE, CASE.c.id == there).where(here == id_)
        ties = (declared(row, LINK) for row in connection.execute(query.order_by(LINK.c.id)))
        found += [(row.name, row.reference, away) for row in ties]
    return found


def tied(connection: Connection, id_: int) -> list[tuple[str, int]]:
    """The ties that lead away from a case: their name, and the row of the other case."""
    return [(row.name, row.other_id) for row in _TIED.rows(connection, row=id_)]


@legible("the answers of other cases")
def answers_beside(
    connection: Connection, workflow: str, fact: Fact, *, on: date, opened_from: date
) -> dict[int, Given]:
    """What the cases of *workflow* opened since a day say of *fact* on the day *on*, by row.

    An answer that *fact* could not take, given under other files, is left out.
    """
    found: dict[int, Given] = {}
    values = {"workflow": workflow, "fact": fact.name, "on": on, "opened_from": opened_from}
    for row in _BESIDE.rows(connection, **values):
        found[row.id] = Given(row.reference, row.state, row.ended, row.opened_on, None, row.so_on)
        with suppress(BadValue):
            value = None if row.value is None else fact.accept(json.loads(row.value))
            found[row.id] = found[row.id]._replace(value=value)
    return found


def new_reference(connection: Connection, prefix: str, year: int) -> str:
    """The next reference of *prefix* in *year*: `SCR-2017-001`."""
    name = f"{prefix}-{year}"
    # Two that count in two orders would wait for each other for ever.
    alone(connection, "references")
    last = connection.execute(_COUNTED, {"prefix": name}).scalar_one()
    return f"{name}-{last:03d}"


# The same words on SQLite and PostgreSQL, which SQLAlchemy has only apart.
_COUNTED = text(
    f"insert into {COUNTER.name} (prefix, last) values (:prefix, 1) "
    f"on conflict (prefix) do update set last = {COUNTER.name}.last + 1 returning last"
)
_PARENT = CASE.alias("parent")
_CASES = select(CASE, _PARENT.c.reference.label("parent")).join_from(
    CASE, _PARENT, CASE.c.parent_id == _PARENT.c.id, isouter=True
)
_BY_REFERENCE = Statement(_CASES.where(CASE.c.reference == bindparam("reference")))
_ROOT = Statement(
    select(func.coalesce(CASE.c.root_id, CASE.c.id).label("root")).where(
        CASE.c.reference == bindparam("reference")
    )
)
_DUE_NOW = Statement(
    select(CASE.c.id, CASE.c.root_id)
    .where(CASE.c.due_at <= bindparam("now"))
    .order_by(CASE.c.due_at, CASE.c.id)
    .limit(bindparam("limit"))
)
_DUE_IN_FAMILY = Statement(
    union_all(
        select(CASE.c.id).where(CASE.c.id == bindparam("root"), CASE.c.due_at <= bindparam("now")),
        select(CASE.c.id).where(CASE.c.root_id == bindparam("root"), CASE.c.due_at <= bindparam("now")),
    )
)
_NEXT_DUE = select(func.min(CASE.c.due_at)).where(CASE.c.due_at > bindparam("after"))
_BY_IDS = ByKeys(lambda ids: _CASES.where(CASE.c.id.in_(ids)))
_REFERENCES = ByKeys(lambda ids: select(CASE.c.id, CASE.c.reference).where(CASE.c.id.in_(ids)))
_HISTORIES = ByKeys(
    lambda ids: (
        select(ENTRY.c.case_id, ENTRY.c.body, ENTRY.c.digest)
        .where(ENTRY.c.case_id.in_(ids))
        .order_by(ENTRY.c.case_id, ENTRY.c.n)
    )
)
_ANSWERS = ByKeys(
    lambda ids: (
        select(ANSWER)
        .where(ANSWER.c.case_id.in_(ids), ANSWER.c.corrected_by.is_(None))
        .order_by(ANSWER.c.case_id, ANSWER.c.so_on, ANSWER.c.n)
    )
)
_TIED = Statement(
    select(LINK.c.name, LINK.c.other_id).where(LINK.c.case_id == bindparam("row")).order_by(LINK.c.id)
)
_BESIDE = Statement(
    select(
        CASE.c.id,
        CASE.c.reference,
        CASE.c.state,
        CASE.c.ended,
        CASE.c.opened_on,
        ANSWER.c.value,
        ANSWER.c.so_on,
    )
    .join_from(CASE, ANSWER, ANSWER.c.case_id == CASE.c.id)
    .where(
        CASE.c.workflow == bindparam("workflow"),
        CASE.c.opened_on >= bindparam("opened_from"),
        CASE.c.opened_on <= bindparam("on"),
        ANSWER.c.fact == bindparam("fact"),
        ANSWER.c.corrected_by.is_(None),
        ANSWER.c.so_on <= bindparam("on"),
    )
    .order_by(CASE.c.id, ANSWER.c.so_on, ANSWER.c.n)
)
_APPEND = Statement(insert(ENTRY), keys=("case_id", "n", "kind", "recorded_at", "body", "digest"))
_ANSWER = Statement(insert(ANSWER), keys=[column.key for column in ANSWER.c if column.key != "id"])


@lru_cache(maxsize=64)
def _save(columns: tuple[str, ...]) -> Statement:
    """Write *columns* of a row that is still as it was found."""
    as_found = (CASE.c.id == bindparam("row"), CASE.c.entries == bindparam("entries_before"))
    return Statement(update(CASE).where(*as_found), keys=columns)


def _stale(connection: Connection, changes: Sequence[Change]) -> Record:
    """The first case of *changes* that somebody else has written to."""
    found = find_by_ids(connection, [change.id_ for change in changes])
    stale = (each.record for each in changes if found[each.id_].record.head != each.record.head)
    return next(stale, changes[0].record)


def _stored(row: Row[Any]) -> Stored:
    root = row.id if row.root_id is None else row.root_id
    return Stored(row.id, row.parent_id, root, record_of(row), tallies_of(row), row.due_at)
