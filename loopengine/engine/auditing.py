"""Verifying everything: every chain, and every row of every case against what its history gives.

What stands beside the cases is for `auditing_books.py`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise

from sqlalchemy import Connection

from loopengine.core.history import Entry, entry_from, faults, links_told, replay
from loopengine.core.records import Record
from loopengine.core.situation import NO_SUB_CASES, Tally
from loopengine.core.unfolding import unfolded
from loopengine.engine import auditing_books as beside
from loopengine.engine.auditing_told import (
    Key,
    answer_on_file,
    answers_told,
    looked_at_by,
    notice_on_file,
    notices_told,
)
from loopengine.engine.reading import tallied
from loopengine.engine.results import Audit, Trouble
from loopengine.engine.shelf import Shelf
from loopengine.errors import LoopEngineError
from loopengine.store import books, cases, outbox
from loopengine.store.inspecting import Illegible, Seen, all_rows, root_of, rows
from loopengine.store.legible import legible
from loopengine.store.migrations.schema import version


def audit(connection: Connection, shelf: Shelf) -> Audit:
    """Verify every history in the database, and what is kept with it."""
    problems = [*beside.tables(connection), *beside.words(connection), *beside.frameworks(connection, shelf)]
    found: Counter[str] = Counter()
    entries = 0
    for row in all_rows(connection, cases.CASE):
        id_ = row.row if isinstance(row, Illegible) else row.id
        filed = rows(connection, cases.ENTRY, cases.ENTRY.c.case_id == id_, order=cases.ENTRY.c.n)
        reference = _reference(row, filed)
        found[reference.rpartition("-")[0]] += 1
        entries += len(filed)
        broken = [*_chain(reference, filed)]
        if isinstance(row, Illegible):
            broken.append(
                Trouble(f"{reference} cannot be read: {row} is not as loopengine writes it", reference)
            )
        problems += broken or _case(connection, shelf, id_, reference, filed)
    problems += beside.counters(connection, found)
    problems += [*beside.answers_kept(connection), *beside.settings(connection)]
    return Audit(found.total(), entries, tuple(problems), version(connection))


def _reference(row: Seen, filed: Sequence[Seen]) -> str:
    """What a case is called: as its row says, or, where that cannot be read, as its history does."""
    if not isinstance(row, Illegible):
        return str(row.reference)
    for each in filed:
        if not isinstance(each, Illegible):
            with suppress(LoopEngineError), legible("an entry"):
                return str(json.loads(each.body)["case"])
    return str(row)


def _chain(reference: str, filed: Sequence[Seen]) -> Iterator[Trouble]:
    """What is wrong with the entries of a case as such: where there is anything, they say nothing of it."""
    if not filed:
        yield Trouble(f"{reference} has no history", reference)
    for n, each in enumerate(filed, start=1):
        if isinstance(each, Illegible):
            yield Trouble(
                f"entry {n} of {reference} cannot be read: it is not as loopengine writes it", reference, n
            )
    texts = [(each.body, each.digest) for each in filed if not isinstance(each, Illegible)]
    if len(texts) < len(filed):
        return
    try:
        with legible(f"the history of {reference}"):
            broken = faults(texts)
    except LoopEngineError as error:
        yield Trouble(error.message, reference)
        return
    for n, what in broken:
        yield Trouble(f"entry {n} of {reference} was changed: {what}", reference, n)


def _case(
    connection: Connection, shelf: Shelf, id_: int, reference: str, filed: Sequence[Seen]
) -> list[Trouble]:
    """What is wrong with a case whose history verifies."""
    found: list[Trouble] = []
    try:
        with legible(reference):
            entries = [
                entry_from(each.body, each.digest) for each in filed if not isinstance(each, Illegible)
            ]
            kept = {ref for entry in entries for ref, _ in _kept(entry.body)}
            found += _entries(reference, entries, filed, beside.digests(connection, kept))
            stored = cases.find(connection, reference)
            assert stored is not None
            assert stored.id == id_
            found += _ties(connection, stored, entries)
            found += _rows(connection, stored, entries)
            found += _standing(connection, shelf, stored, entries)
    except LoopEngineError as error:
        why = error if error.__cause__ is None else error.__cause__
        found.append(Trouble(f"{reference} cannot be read: {type(why).__name__}", reference))
    return found


def _entries(
    reference: str, entries: Sequence[Entry], filed: Sequence[Seen], digests: Mapping[str, str]
) -> Iterator[Trouble]:
    """Where entries are not filed as they say, run back in time, or refer to words that are not theirs."""
    for entry, row in zip(entries, filed, strict=True):
        if isinstance(row, Illegible) or (entry.n, entry.kind, entry.recorded_at) != (
            row.n,
            row.kind,
            row.recorded_at,
        ):
            yield Trouble(f"entry {entry.n} of {reference} is filed under other columns", reference, entry.n)
        for ref, digest in _kept(entry.body):
            if digests.get(ref) != digest:
                yield Trouble(
                    f"entry {entry.n} of {reference} refers to {ref}, which is another", reference, entry.n
                )
    for before, entry in pairwise(entries):
        if entry.recorded_at < before.recorded_at:
            yield Trouble(f"entry {entry.n} of {reference} is older than the one before", reference, entry.n)


def _ties(connection: Connection, stored: cases.Stored, entries: Sequence[Entry]) -> Iterator[Trouble]:
    """What is wrong with the cases that this one's history names: above it, opened by it, linked."""
    reference = stored.record.reference
    for entry in entries:
        opened = entry.body.get("opened")
        for other in opened if isinstance(opened, list) else ():
            if cases.find(connection, str(other)) is None:
                yield Trouble(
                    f"entry {entry.n} of {reference} opened {other}, which is missing", reference, entry.n
                )
    above = stored.parent_id
    if stored.root_id != (stored.id if above is None else root_of(connection, above)):
        yield Trouble(f"{reference} is filed in another family than its own", reference)
    filed = [(name, other) for name, other, away in cases.links_of(connection, stored.id) if away]
    if sorted(filed) != sorted(links_told(entries)):
        yield Trouble(f"{reference} has other links than its history says", reference)


def _rows(connection: Connection, stored: cases.Stored, entries: Sequence[Entry]) -> Iterator[Trouble]:
    """Where the answers and the notices on file are not those that the history gives."""
    reference = stored.record.reference
    for what, table, told, as_told in (
        ("answer", cases.ANSWER, answers_told(entries), answer_on_file),
        ("notice", outbox.NOTICE, notices_told(entries), notice_on_file),
    ):
        missing: dict[Key, object] = dict(told)
        for row in rows(connection, table, table.c.case_id == stored.id, order=table.c.id):
            if isinstance(row, Illegible):
                yield Trouble(f"the {what} in {row}, of {reference}, cannot be read", reference)
                continue
            (n, name), filed = as_told(row)
            if missing.pop((n, name), None) != filed:
                yield Trouble(
                    f"the {what} on file for {name} is not that of entry {n} of {reference}", reference, n
                )
        for n, name in missing:
            yield Trouble(f"the {what} of entry {n} of {reference} for {name} is not on file", reference, n)


def _standing(
    connection: Connection, shelf: Shelf, stored: cases.Stored, entries: Sequence[Entry]
) -> Iterator[Trouble]:
    """Where a case does not stand where its history puts it, or has other numbers than sub-cases."""
    reference = stored.record.reference
    if books.texts_of(connection, stored.record.framework) is None:
        yield Trouble(f"the framework that {reference} began under is not in the database", reference)
    framework = shelf.pinned(connection, stored.record.framework)
    replayed = replay(framework, entries)
    for what in _differences(replace(stored.record, answers=replayed.answers), replayed):
        yield Trouble(f"{reference} does not stand where its history puts it: {what}", reference)
    by = looked_at_by(unfolded(framework.workflow(replayed.workflow), replayed), replayed)
    if by is not None and (stored.due_at is None or stored.due_at > by):
        yield Trouble(f"no sweep would look at {reference} in time: it is filed as due later", reference)
    under = cases.all_cases(connection, parent_id=stored.id)
    if _counted(stored.tallies) != _counted(tallied(each.record for each in under)):
        yield Trouble(f"{reference} has other numbers of sub-cases than it has sub-cases", reference)


def _differences(row: Record, replayed: Record) -> Iterator[str]:
    for field in Record.__dataclass_fields__:
        if getattr(row, field) != getattr(replayed, field):
            yield field


def _kept(body: object) -> Iterator[tuple[str, str]]:
    if isinstance(body, Mapping):
        if set(body) == {"ref", "digest"}:
            yield str(body["ref"]), str(body["digest"])
        for value in body.values():
            yield from _kept(value)


def _counted(tallies: Mapping[str, Tally]) -> dict[str, Tally]:
    return {kind: tally for kind, tally in tallies.items() if tally != NO_SUB_CASES}
