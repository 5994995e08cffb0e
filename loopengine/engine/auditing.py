"""Verifying everything: every chain, every replay against the rows, every digest of what is kept apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest

from sqlalchemy import Connection

from loopengine.core.files.loading import framework_from_texts
from loopengine.core.history import Entry, entry_from, faults, replay
from loopengine.core.records import Record
from loopengine.core.situation import Tally
from loopengine.engine.reading import tallied
from loopengine.engine.results import Audit, Trouble
from loopengine.engine.shelf import Shelf
from loopengine.errors import LoopEngineError
from loopengine.store import books, cases
from loopengine.store.migrations.schema import missing_guards, version

_AT_ONCE = 500  # cases in memory at a time


# What reading a row or an entry that somebody has tampered with may raise.
_UNREADABLE = (LoopEngineError, ValueError, LookupError, TypeError, AssertionError)


def audit(connection: Connection, shelf: Shelf) -> Audit:
    """Verify every history in the database, some cases at a time."""
    problems = [*_whole(connection)]
    digests = books.word_digests(connection)
    found: Counter[str] = Counter()
    entries = after = 0
    while batch := cases.names(connection, after=after, limit=_AT_ONCE):
        for id_, reference in batch:
            found[reference.rpartition("-")[0]] += 1
            try:
                stored = cases.find_by_ids(connection, [id_]).get(id_)
                assert stored is not None
                entries += stored.record.entries
                problems += _case(connection, shelf, stored, digests)
            except _UNREADABLE as error:
                problems.append(Trouble(f"{reference} cannot be read: {type(error).__name__}", reference))
        after = batch[-1][0]
    for prefix, last in cases.given_out(connection).items():
        if found[prefix] != last:
            problems.append(
                Trouble(f"{last} cases were opened under {prefix}, and there are {found[prefix]}")
            )
    return Audit(found.total(), entries, tuple(problems), version(connection))


def _whole(connection: Connection) -> Iterator[Trouble]:
    for name in missing_guards(connection):
        yield Trouble(f"the trigger {name} that guards the history is missing")
    for ref in books.faulty_words(connection):
        yield Trouble(f"the words kept under {ref} are not those that the history knows")
    for digest in books.framework_digests(connection):
        texts = books.texts_of(connection, digest)
        try:
            changed = texts is None or framework_from_texts(texts).digest != digest
        except _UNREADABLE:
            changed = True
        if changed:
            yield Trouble(f"the framework stored as {digest[:12]} is not the one that cases began under")


def _case(
    connection: Connection, shelf: Shelf, stored: cases.Stored, digests: Mapping[str, str]
) -> Iterator[Trouble]:
    reference = stored.record.reference
    texts = list(cases.entries_of(connection, stored.id))
    broken = faults(texts)
    for n, what in broken:
        yield Trouble(f"entry {n} of {reference} was changed: {what}", reference, n)
    if broken or not texts:
        if not texts:
            yield Trouble(f"{reference} has no history", reference)
        return
    entries = [entry_from(text, digest) for text, digest in texts]
    for entry, columns in zip_longest(entries, cases.entry_columns(connection, stored.id)):
        if (entry.n, entry.kind, entry.recorded_at) != columns:
            yield Trouble(f"entry {entry.n} of {reference} is filed under other columns", reference, entry.n)
        for ref, digest in _kept(entry.body):
            if digests.get(ref) != digest:
                yield Trouble(
                    f"entry {entry.n} of {reference} refers to {ref}, which is another", reference, entry.n
                )
    yield from _ties(connection, stored, entries)
    if books.texts_of(connection, stored.record.framework) is None:
        yield Trouble(f"the framework that {reference} began under is not in the database", reference)
    framework = shelf.pinned(connection, stored.record.framework)
    replayed = replay(framework, entries)
    answers = cases.answers_of(connection, {stored.id: framework.workflow(stored.record.workflow)})[stored.id]
    for what in _differences(replace(stored.record, answers=answers), replayed):
        yield Trouble(f"{reference} does not stand where its history puts it: {what}", reference)
    under = cases.all_cases(connection, parent_id=stored.id)
    if _plain(stored.tallies) != _plain(tallied(each.record for each in under)):
        yield Trouble(f"{reference} has other numbers of sub-cases than it has sub-cases", reference)


def _ties(connection: Connection, stored: cases.Stored, entries: Sequence[Entry]) -> Iterator[Trouble]:
    """What is wrong with the cases that this one's history names: those it opened, what it arose from."""
    reference = stored.record.reference
    for entry in entries:
        opened = entry.body.get("opened")
        for other in opened if isinstance(opened, list) else ():
            if cases.find(connection, str(other)) is None:
                yield Trouble(
                    f"entry {entry.n} of {reference} opened {other}, which is missing", reference, entry.n
                )
    link = entries[0].body.get("link")
    said = {(str(link["name"]), str(link["case"]))} if isinstance(link, Mapping) else set()
    if said != {(name, other) for name, other, away in cases.links_of(connection, stored.id) if away}:
        yield Trouble(f"{reference} has other links than its history says", reference)


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


def _plain(tallies: Mapping[str, Tally]) -> dict[str, Tally]:
    return {kind: tally for kind, tally in tallies.items() if tally.total}
