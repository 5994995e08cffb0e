"""What stands beside the cases: words kept apart, frameworks and their versions, keys, settings.

Functions take a connection and never commit.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import cast

from sqlalchemy import Connection, Table, bindparam, delete, func, insert, literal_column, select, update

from loopengine.core.definitions import Framework
from loopengine.core.history import Words, digest_of, digest_of_words
from loopengine.errors import RefusedError
from loopengine.store.legible import legible
from loopengine.store.statements import ByKeys, Statement
from loopengine.store.tables import FrameworkRow, KeyRow, SettingRow, WordsRow, WorkflowRow

WORDS, FRAMEWORK, WORKFLOW, KEY, SETTING = (
    cast(Table, row.__dict__["__table__"])
    for row in (WordsRow, FrameworkRow, WorkflowRow, KeyRow, SettingRow)
)
ERASED = "(erased)"
FRAMEWORK_FILE = "framework.yaml"


def alone(connection: Connection, what: str) -> None:
    """Until the transaction ends, nobody else has *what*; on SQLite whoever writes is alone anyway."""
    if connection.dialect.name == "postgresql":
        number = int(digest_of(what)[:15], 16)
        connection.execute(func.pg_advisory_xact_lock(number).select())


# --- words kept apart from the history ----------------------------------------------------------------------


def keep_name(connection: Connection, name: str, salt: str) -> Words:
    """Where the *name* of a person is kept: one place each, made with *salt* if it is new."""
    rows = _NAMED.rows(connection, words=name)
    if not rows:
        alone(connection, f"name:{name}")
        rows = _NAMED.rows(connection, words=name)
    return Words(f"name:{rows[0].id}", rows[0].digest) if rows else _keep(connection, "name", name, salt)


def keep_text(connection: Connection, words: str, salt: str) -> Words:
    """Where free text is kept, from now on."""
    return _keep(connection, "text", words, salt)


@legible("what is kept apart from a history")
def words_at(connection: Connection, refs: Iterable[str]) -> dict[str, str]:
    """The words kept under *refs*; what was erased says so, and what is not a reference stands for itself."""
    wanted = {int(ref.partition(":")[2]): ref for ref in refs if ref.startswith(("name:", "text:"))}
    found = {ref: ref for ref in refs}
    for row in _WORDS_AT.rows(connection, wanted):
        assert row.words is None or isinstance(row.words, str)
        found[wanted[row.id]] = ERASED if row.words is None else row.words
    return found


def erase(connection: Connection, ref: str) -> None:
    """Erase the words kept under *ref*: their digest stays, and says nothing without the salt."""
    id_ = int(ref.partition(":")[2])
    connection.execute(update(WORDS).where(WORDS.c.id == id_).values(words=None, salt=None))


def _keep(connection: Connection, sort: str, words: str, salt: str) -> Words:
    digest = digest_of_words(salt, words)
    (row,) = _KEEP.rows(connection, sort=sort, words=words, salt=salt, digest=digest)
    return Words(f"{sort}:{row.id}", digest)


# The index of names is a partial one: no database uses it where the sort is a parameter.
_NAMED = Statement(
    select(WORDS.c.id, WORDS.c.digest).where(
        WORDS.c.sort == literal_column("'name'"), WORDS.c.words == bindparam("words")
    )
)
_WORDS_AT = ByKeys(lambda ids: select(WORDS.c.id, WORDS.c.words).where(WORDS.c.id.in_(ids)))
_KEEP = Statement(insert(WORDS).returning(WORDS.c.id), keys=("sort", "words", "salt", "digest"))


# --- what cases began under ---------------------------------------------------------------------------------


@legible("a framework that cases began under")
def texts_of(connection: Connection, digest: str) -> Mapping[str, str] | None:
    """The files of the framework with this content hash, if the database knows it."""
    query = select(FRAMEWORK.c.texts).where(FRAMEWORK.c.digest == digest)
    text = connection.execute(query).scalar_one_or_none()
    if text is None:
        return None
    texts = json.loads(text)
    assert isinstance(texts, dict)
    assert all(isinstance(each, str) for each in texts.values())
    return texts


def framework_digests(connection: Connection) -> list[str]:
    """The content hashes of all frameworks that the database knows."""
    return list(connection.execute(select(FRAMEWORK.c.digest)).scalars())


def pin(connection: Connection, framework: Framework, now: datetime) -> None:
    """Keep *framework*, so that a case can be opened under it.

    Raises RefusedError if a file has other contents than the version that it bears had before.
    """
    if texts_of(connection, framework.digest) is not None:
        return
    alone(connection, "framework")
    if texts_of(connection, framework.digest) is not None:
        return
    versions = [(each.name, each.version, each.digest) for each in framework.workflows.values()]
    if (own := framework.texts.get(FRAMEWORK_FILE)) is not None:
        versions.append((FRAMEWORK_FILE, framework.version, digest_of(own)))
    for name, version, digest in versions:
        _pin_version(connection, framework.name, name, version, digest)
    connection.execute(
        insert(FRAMEWORK).values(
            digest=framework.digest,
            name=framework.name,
            version=framework.version,
            texts=json.dumps(dict(framework.texts), sort_keys=True),
            known_since=now,
        )
    )


def _pin_version(connection: Connection, framework: str, name: str, version: int, digest: str) -> None:
    same = (
        (WORKFLOW.c.framework == framework) & (WORKFLOW.c.workflow == name) & (WORKFLOW.c.version == version)
    )
    known = connection.execute(select(WORKFLOW.c.digest).where(same)).scalar_one_or_none()
    if known is None:
        connection.execute(
            insert(WORKFLOW).values(framework=framework, workflow=name, version=version, digest=digest)
        )
    elif known != digest:
        raise RefusedError(
            f"{name} has changed, but still says version {version}",
            f"raise it to version: {version + 1}, or put the file back as it was",
        )


# --- keys and settings --------------------------------------------------------------------------------------


def answered(connection: Connection, key: str) -> tuple[str, str, str] | None:
    """The salted request that *key* came with before, its salt, and what was answered, if it did."""
    alone(connection, f"key:{key}")
    return kept_under(connection, key)


def kept_under(connection: Connection, key: str) -> tuple[str, str, str] | None:
    """The same, for whoever has seen to it that nobody else asks."""
    row = connection.execute(select(KEY.c.request, KEY.c.salt, KEY.c.answer).where(KEY.c.key == key)).first()
    return None if row is None else (row.request, row.salt, row.answer)


def remember(connection: Connection, key: str, request: str, salt: str, answer: str) -> None:
    """Keep what was answered to *request*, a digest made with *salt*, under *key*."""
    connection.execute(insert(KEY).values(key=key, salt=salt, request=request, answer=answer))


def setting(connection: Connection, name: str) -> str | None:
    """What the database says of itself under *name*."""
    return connection.execute(select(SETTING.c.value).where(SETTING.c.name == name)).scalar_one_or_none()


def set_anew(connection: Connection, name: str, value: str) -> None:
    """Say something of the database, in place of what was said before."""
    connection.execute(delete(SETTING).where(SETTING.c.name == name))
    connection.execute(insert(SETTING).values(name=name, value=value))


def set_once(connection: Connection, name: str, value: str) -> None:
    """Say something of the database, for good."""
    connection.execute(insert(SETTING).values(name=name, value=value))
