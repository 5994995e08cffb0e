"""Cases as rows: records read and written, their entries, answers, links and references.

Functions take a connection and never commit. They know the core's values, and nothing of rules.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple, cast

from sqlalchemy import Connection, Row, Table, bindparam, func, insert, select, text, union_all, update

from loopengine.core.clocks import clock_body, clock_from, span_body, span_from
from loopengine.core.definitions import Stage, Workflow
from loopengine.core.history import Entry, canonical, entry_from
from loopengine.core.records import Answered, Happening, Record
from loopengine.core.retelling import numbers, tally_from
from loopengine.core.situation import Tally
from loopengine.core.values import Json, spell
from loopengine.errors import StaleCase
from loopengine.store.legible import declared, legible
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
        row = connection.execute(_BY_REFERENCE, {"reference": reference}).first()
        return None if row is None else _stored(row)


@legible("one of the cases")
def find_by_ids(connection: Connection, ids: Sequence[int]) -> dict[int, Stored]:
    """The cases with these rows."""
    return {row.id: _stored(row) for some in _some(ids) for row in connection.execute(_BY_IDS, {"ids": some})}


def family(connection: Connection, reference: str) -> int | None:
    """The row at the top of the family of a case, if there is one; nobody else writes to that family now."""
    root = connection.execute(_ROOT, {"reference": reference}).scalar_one_or_none()
    if root is not None:
        lock(connection, [root])
    return root


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
    connection: Connection, now: datetime, limit: int, *, without: Iterable[int] = ()
) -> list[tuple[int, int]]:
    """The rows of at most *limit* cases that something is due in, with those of their roots, in due order."""
    skipped = frozenset(without)
    found = _DUE_NOW.rows(connection, now=now, limit=limit + len(skipped))
    due = ((row.id, row.id if row.root_id is None else row.root_id) for row in found if row.id not in skipped)
    return list(islice(due, limit))


def due_in_family(connection: Connection, root: int, now: datetime) -> list[int]:
    """The rows of the cases of one family that something is due in."""
    return [row.id for row in _DUE_IN_FAMILY.rows(connection, root=root, now=now)]


def with_clocks(connection: Connection, *, after: int, limit: int) -> list[tuple[int, int]]:
    """The rows and roots, after the row *after*, of *limit* open cases in which a clock may run."""
    query = select(CASE.c.id, func.coalesce(CASE.c.root_id, CASE.c.id)).where(
        CASE.c.id > after, ~CASE.c.ended, CASE.c.clocks != "{}"
    )
    return [(id_, root) for id_, root in connection.execute(query.order_by(CASE.c.id).limit(limit))]


def next_due_at(connection: Connection) -> datetime | None:
    """The next instant at which time brings something about, in any case."""
    return connection.execute(_NEXT_DUE).scalar_one_or_none()


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


def names(connection: Connection, *, after: int, limit: int) -> list[tuple[int, str]]:
    """The rows and references of *limit* cases after the row *after*."""
    query = select(CASE.c.id, CASE.c.reference).where(CASE.c.id > after).order_by(CASE.c.id).limit(limit)
    return [(row.id, row.reference) for row in connection.execute(query)]


def given_out(connection: Connection) -> dict[str, int]:
    """The last number given out under each prefix and year."""
    return {row.prefix: row.last for row in connection.execute(select(COUNTER))}


@legible("the answers of a case")
def answers_of(
    connection: Connection, wanted: Mapping[int, Workflow]
) -> dict[int, dict[str, tuple[Answered, ...]]]:
    """The standing answers of the cases with the rows *wanted*, by fact, in the order of (day, entry)."""
    found: dict[int, dict[str, tuple[Answered, ...]]] = {id_: {} for id_ in wanted}
    for ids in _some(wanted):
        for row in connection.execute(_ANSWERS, {"ids": ids}):
            facts = found[row.case_id]
            facts[row.fact] = (
                *facts.get(row.fact, ()),
                _answered(declared(row, ANSWER), wanted[row.case_id]),
            )
    return found


def add(connection: Connection, record: Record, *, parent_id: int | None, root_id: int | None) -> int:
    """Write *record* as a new case with no sub-cases; its row's key."""
    values = _columns(record) | {
        "reference": record.reference,
        "workflow": record.workflow,
        "framework": record.framework,
        "parent_id": parent_id,
        "root_id": root_id,
        "sub_case": record.kind,
        "opened_on": record.opened_on,
        "tallies": "{}",
    }
    result = connection.execute(insert(CASE).values(**values))
    assert result.inserted_primary_key is not None
    return int(result.inserted_primary_key[0])


def save(connection: Connection, changes: Sequence[Change]) -> None:
    """Write *changes* over the rows; raises StaleCase if somebody else has written to one of them."""
    alike: defaultdict[tuple[str, ...], list[tuple[Change, Mapping[str, object]]]] = defaultdict(list)
    for change in changes:
        values = _changed(change)
        alike[tuple(values)].append((change, {**values, **_found(change)}))
    for columns, several in alike.items():
        if _save(columns).write(connection, [values for _, values in several]) != len(several):
            raise StaleCase(
                f"{_stale(connection, several).reference} was moved on by somebody else",
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
    _APPEND.write(connection, rows)


def save_answers(
    connection: Connection, id_: int, before: Mapping[str, tuple[Answered, ...]], after: Record
) -> None:
    """Write what *after* has that *before* had not, and mark what it has no longer as corrected."""
    new: list[dict[str, Any]] = []
    for fact, standing in after.answers.items():
        had = {each.n for each in before.get(fact, ())}
        has = {each.n for each in standing}
        for n in had - has:
            gone = (ANSWER.c.case_id == id_) & (ANSWER.c.fact == fact) & (ANSWER.c.n == n)
            connection.execute(update(ANSWER).where(gone).values(corrected_by=after.entries))
        new += [_answer_columns(id_, each) for each in standing if each.n not in had]
    _ANSWER.write(connection, new)


def entries_of(connection: Connection, id_: int) -> Iterator[tuple[str, str]]:
    """The history of a case as stored, (text, digest), from its first entry on."""
    query = select(ENTRY.c.body, ENTRY.c.digest).where(ENTRY.c.case_id == id_).order_by(ENTRY.c.n)
    for row in connection.execute(query):
        yield row.body, row.digest


@legible("the history of a case")
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


def new_reference(connection: Connection, prefix: str, year: int) -> str:
    """The next reference of *prefix* in *year*: `SCR-2017-001`."""
    name = f"{prefix}-{year}"
    last = connection.execute(_COUNTED, {"prefix": name}).scalar_one()
    return f"{name}-{last:03d}"


def tallies_text(tallies: Mapping[str, Tally]) -> str:
    """The numbers of sub-cases as they are stored."""
    return canonical({kind: numbers(tally) for kind, tally in tallies.items()})


_IN_ONE_STATEMENT = 500
# The same words on SQLite and PostgreSQL, which SQLAlchemy has only apart.
_COUNTED = text(
    f"insert into {COUNTER.name} (prefix, last) values (:prefix, 1) "
    f"on conflict (prefix) do update set last = {COUNTER.name}.last + 1 returning last"
)
_PARENT = CASE.alias("parent")
_CASES = select(CASE, _PARENT.c.reference.label("parent")).join_from(
    CASE, _PARENT, CASE.c.parent_id == _PARENT.c.id, isouter=True
)
_BY_REFERENCE = _CASES.where(CASE.c.reference == bindparam("reference"))
_BY_IDS = _CASES.where(CASE.c.id.in_(bindparam("ids", expanding=True)))
_ROOT = select(func.coalesce(CASE.c.root_id, CASE.c.id)).where(CASE.c.reference == bindparam("reference"))
_DUE_NOW = (
    select(CASE.c.id, CASE.c.root_id)
    .where(CASE.c.due_at <= bindparam("now"))
    .order_by(CASE.c.due_at, CASE.c.id)
    .limit(bindparam("limit"))
)
_DUE_IN_FAMILY = union_all(
    select(CASE.c.id).where(CASE.c.id == bindparam("root"), CASE.c.due_at <= bindparam("now")),
    select(CASE.c.id).where(CASE.c.root_id == bindparam("root"), CASE.c.due_at <= bindparam("now")),
)
_NEXT_DUE = select(func.min(CASE.c.due_at)).where(CASE.c.due_at.is_not(None))
_ANSWERS = (
    select(ANSWER)
    .where(ANSWER.c.case_id.in_(bindparam("ids", expanding=True)), ANSWER.c.corrected_by.is_(None))
    .order_by(ANSWER.c.case_id, ANSWER.c.so_on, ANSWER.c.n)
)
_SAVE = update(CASE).where(CASE.c.id == bindparam("row"), CASE.c.entries == bindparam("entries_before"))


def _some(ids: Iterable[int]) -> Iterator[list[int]]:
    """*ids* in lots that one statement can name."""
    left = iter(ids)
    while some := list(islice(left, _IN_ONE_STATEMENT)):
        yield some


def _stored(row: Row[Any]) -> Stored:
    declared(row, CASE)
    assert row.parent_id is None or row.parent_id < row.id  # a case is opened after the one above it
    happened = {
        event: tuple(Happening(date.fromisoformat(on), n) for on, n in times)
        for event, times in json.loads(row.happened).items()
    }
    assert all(happened.values())
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
        opened_for={kind: tuple(parties) for kind, parties in json.loads(row.opened_for).items()},
        holds={name: tuple(map(span_from, spans)) for name, spans in json.loads(row.holds).items()},
        clocks={name: clock_from(body) for name, body in json.loads(row.clocks).items()},
    )
    tallies = {kind: tally_from(each) for kind, each in json.loads(row.tallies).items()}
    root = row.id if row.root_id is None else row.root_id
    return Stored(row.id, row.parent_id, root, record, tallies, row.due_at)


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
        "opened_for": canonical({kind: list(parties) for kind, parties in record.opened_for.items()}),
        "holds": canonical(
            {name: [span_body(span) for span in spans] for name, spans in record.holds.items()}
        ),
        "clocks": canonical({name: clock_body(clock) for name, clock in record.clocks.items()}),
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
