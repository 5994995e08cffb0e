"""Verifying what stands beside the cases: the tables as such, words, frameworks, answers kept under keys.

Does not know what a case's history gives: `auditing.py` does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping

from sqlalchemy import Connection

from loopengine.core.definitions import Framework
from loopengine.core.history import Entry, canonical, digest_of, digest_of_words
from loopengine.engine.results import Trouble
from loopengine.engine.shelf import Shelf
from loopengine.errors import LoopEngineError
from loopengine.store import books, cases
from loopengine.store.inspecting import Illegible, Seen, all_rows, damages, rows, strays
from loopengine.store.legible import legible
from loopengine.store.migrations.schema import missing_guards

# What the database may say of itself, where it says anything under these names.
_SETTINGS = {"rehearsal": "yes"}
_ROW = re.compile("[1-9][0-9]{0,17}")  # larger than any row is, and small enough for any database
_AT_ONCE = 500
# What an answer that is kept under a key has in common with the entry that it tells of.
_AS_ENTERED = ("event", "from", "to", "verdict", "reasons")
# … and with the row of the case that was opened.
_AS_OPENED = {"workflow": "workflow", "opened_on": "opened_on", "kind": "kind"}


def tables(connection: Connection) -> Iterator[Trouble]:
    """What is wrong with the tables as such: their guards, their file, and rows that belong to nothing."""
    for name in missing_guards(connection):
        yield Trouble(f"the trigger {name} that guards the history is missing")
    for table, said in damages(connection):
        yield Trouble(f"the table {table} is damaged, and a copy has to be restored: {said}")
    for table, column, count in strays(connection):
        yield Trouble(f"in {count} of the rows of {table} the {column} is that of nothing")


def words(connection: Connection) -> Iterator[Trouble]:
    """What is wrong with what is kept apart."""
    for row in all_rows(connection, books.WORDS):
        if isinstance(row, Illegible):
            yield _unreadable(row)
            continue
        erased = row.words is None and row.salt is None
        if not erased and (None in (row.words, row.salt) or _digest(row.salt, row.words) != row.digest):
            ref = f"{row.sort}:{row.id}"
            yield Trouble(f"the words kept under {ref} are not those that the history knows")


def digests(connection: Connection, refs: Collection[str]) -> dict[str, str]:
    """The digests of what is kept apart under *refs*, as far as anything is and can be read."""
    ids = sorted(
        {int(number) for number in (ref.partition(":")[2] for ref in refs) if _ROW.fullmatch(number)}
    )
    found: dict[str, str] = {}
    for first in range(0, len(ids), _AT_ONCE):
        some = ids[first : first + _AT_ONCE]
        for row in rows(connection, books.WORDS, books.WORDS.c.id.in_(some)):
            if not isinstance(row, Illegible):
                found[f"{row.sort}:{row.id}"] = row.digest
    return found


def frameworks(connection: Connection, shelf: Shelf) -> Iterator[Trouble]:
    """What is wrong with the frameworks that cases began under, and with what is known of their versions."""
    known: dict[tuple[str, str, int], str] = {}
    unread = False
    for row in rows(connection, books.FRAMEWORK, order=books.FRAMEWORK.c.digest):
        if isinstance(row, Illegible):
            unread = True
            yield _unreadable(row)
            continue
        named = f"the framework stored as {row.digest[:12]}"
        texts = _texts(row.texts)
        if texts is None or digest_of(canonical(texts)) != row.digest:
            unread = True
            yield Trouble(f"{named} is not the one that cases began under")
            continue
        try:
            framework = shelf.pinned(connection, row.digest)
        except LoopEngineError:
            unread = True
            yield Trouble(f"{named} is not one that this version of loopengine can read")
            continue
        known |= _versions(framework)
        if (row.name, row.version) != (framework.name, framework.version):
            yield Trouble(f"{named} is filed under another name or version than its own")
    yield from _filed_versions(connection, known, whole=not unread)


def answers_kept(connection: Connection) -> Iterator[Trouble]:
    """What is wrong with the answers that are kept under keys: the same request again would be told it."""
    for row in rows(connection, books.KEY, order=books.KEY.c.key):
        if isinstance(row, Illegible):
            yield _unreadable(row)
            continue
        try:
            with legible("a kept answer"):
                kept = json.loads(row.answer)
                agrees = _agrees(connection, kept)
        except LoopEngineError:
            agrees = False
        if not agrees:
            yield Trouble(f"what is kept as the answer under the key {row.key!r} is not what was answered")


def settings(connection: Connection) -> Iterator[Trouble]:
    """What the database says of itself, and loopengine never wrote."""
    for row in rows(connection, books.SETTING, order=books.SETTING.c.name):
        if isinstance(row, Illegible):
            yield _unreadable(row)
        elif _SETTINGS.get(row.name, row.value) != row.value:
            yield Trouble(f"the database says {row.name}={row.value} of itself, which it never should")


def counters(connection: Connection, found: Mapping[str, int]) -> Iterator[Trouble]:
    """Where the numbers given out are not those of the cases *found*, by prefix and year."""
    given: dict[str, int] = {}
    for row in rows(connection, cases.COUNTER, order=cases.COUNTER.c.prefix):
        if isinstance(row, Illegible):
            yield _unreadable(row)
        else:
            given[row.prefix] = row.last
    for prefix in sorted({*given, *found}):
        last, there = given.get(prefix, 0), found.get(prefix, 0)
        if there != last:
            yield Trouble(f"{last} cases were opened under {prefix}, and there are {there}")


def _unreadable(row: Seen) -> Trouble:
    return Trouble(f"{row} cannot be read: it is not as loopengine writes it")


def _digest(salt: str, kept: str) -> str | None:
    try:
        return digest_of_words(salt, kept)
    except ValueError:
        return None


def _texts(stored: str) -> Mapping[str, str] | None:
    """The files of a framework as they are *stored*, if that is what it is."""
    try:
        texts = json.loads(stored)
    except (ValueError, RecursionError):
        return None
    whole = isinstance(texts, dict) and all(isinstance(each, str) for each in texts.values())
    return texts if whole else None


def _versions(framework: Framework) -> dict[tuple[str, str, int], str]:
    """The contents of each file of *framework*, by the name and version that it bears."""
    own = digest_of(framework.texts[books.FRAMEWORK_FILE])
    files = [(each.name, each.version, each.digest) for each in framework.workflows.values()]
    files.append((books.FRAMEWORK_FILE, framework.version, own))
    return {(framework.name, name, version): digest for name, version, digest in files}


def _filed_versions(
    connection: Connection, known: Mapping[tuple[str, str, int], str], *, whole: bool
) -> Iterator[Trouble]:
    """Where the versions on file are not those *known* from the frameworks; unless *whole*, others may be."""
    filed: dict[tuple[str, str, int], str] = {}
    for row in rows(connection, books.WORKFLOW):
        if isinstance(row, Illegible):
            yield _unreadable(row)
        else:
            filed[row.framework, row.workflow, row.version] = row.digest
    for key in sorted({*known, *filed}):
        framework, name, version = key
        named = f"version {version} of {name} in {framework}"
        if key not in filed:
            yield Trouble(f"{named} is not on file, and so its contents could change unseen")
        elif key not in known and whole:
            yield Trouble(f"{named} is on file, and no case began under it")
        elif key in known and filed[key] != known[key]:
            yield Trouble(f"{named} is on file with other contents than it has")


def _agrees(connection: Connection, kept: Mapping[str, object]) -> bool:
    """Whether what is *kept* as an answer is what the history of its case says, as far as it says so."""
    if "case" not in kept:
        return True
    stored = cases.find(connection, str(kept["case"]))
    if stored is None:
        return False
    revision = kept.get("revision", 1)
    if not isinstance(revision, int) or not 1 <= revision <= stored.record.revision:
        return False
    if any(str(kept[name]) != str(getattr(stored.record, name)) for name in _AS_OPENED if name in kept):
        return False
    if "n" not in kept:
        return True
    entry = cases.history_of(connection, stored.id)[int(str(kept["n"])) - 1]
    if any((kept.get(name) or None) != (entry.body.get(name) or None) for name in _AS_ENTERED):
        return False
    return _opened(connection, entry, kept.get("opened") or [])


def _opened(connection: Connection, entry: Entry, kept: object) -> bool:
    """Whether the cases *kept* as opened are those of *entry*, and others that came of it at once."""
    own = entry.body.get("opened") or []
    assert isinstance(kept, list)
    assert isinstance(own, list)
    if kept[: len(own)] != own:
        return False
    for reference in kept[len(own) :]:
        other = cases.find(connection, str(reference))
        if other is None or cases.history_of(connection, other.id)[0].recorded_at != entry.recorded_at:
            return False
    return True
