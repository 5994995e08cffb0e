"""Opening a database: its settings, its schema, its transactions, and its failures in plain words.

Knows tables and migrations. Does not know what a case is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from re import fullmatch
from sqlite3 import OperationalError
from weakref import finalize

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from loopengine.errors import StorageError, UsageError
from loopengine.store.migrations.schema import HEAD, SCHEMA_TABLE
from loopengine.store.statements import begin, commit, driver_of

_READING = "loopengine_reading"
_WRITING = "loopengine_writing"
# How long a writer waits for another one. Long enough for a sweep of many clocks, short for a person.
_BUSY_SECONDS = 15
_MAKE = "`loopengine open` makes one, or name another with --db"
_MIGRATION_LOCK = 0x6C6F6F70  # "loop": only one process migrates a PostgreSQL database at a time


class Database:
    """One database, opened: a place to read, and a place to write.

    *url* is an SQLAlchemy URL, or an engine that the host has already. Made with *create*, a file that is not
    there is made, and the schema brought up to date; *beside* allows a database that has other tables in it.
    Its *name* is the file, or the URL without its password.
    """

    def __init__(self, url: str | Engine, *, create: bool = True, beside: bool = False) -> None:
        self._engine = url if isinstance(url, Engine) else _engine(url)
        self._own = isinstance(url, str)
        self._closed: tuple[str, str] | None = None
        self.name = str(self._file or self._engine.url.render_as_string(hide_password=True))
        self._kept: list[Connection] = []
        if self._own:
            finalize(self, _let_go, self._engine, self._kept)
        try:
            with told(self.name):
                self._find(create)
                self.made = self._prepare(create=create, beside=beside or not self._own)
        except BaseException:
            self.close()
            raise

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that may write: commits when the block ends well, and otherwise leaves nothing."""
        self.see_writable()
        with told(self.name), self._begun() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads: one consistent moment, without keeping a writer waiting."""
        options: dict[str, object] = {_READING: True}
        if self._engine.dialect.name == "postgresql":
            options["isolation_level"] = "REPEATABLE READ"
        with told(self.name), self._engine.connect().execution_options(**options) as connection:
            connection.begin()  # not with the first statement: not every one is run by SQLAlchemy
            yield connection

    def never_wait(self) -> None:
        """From now on do not wait for the disk: for what could be made again, should the power fail."""
        if self._own and self._engine.dialect.name == "sqlite":
            event.listen(self._engine, "connect", _without_waiting)
            while self._kept:
                self._kept.pop().close()
            self._engine.dispose()

    def only_look(self, why: str, way_out: str) -> None:
        """From now on let nobody write, who is told *why*."""
        self._closed = (why, way_out)

    def see_writable(self) -> None:
        """Raise UsageError unless one may write."""
        if self._closed is not None:
            raise UsageError(*self._closed)

    def close(self) -> None:
        """Let go of the connections, unless they are the host's."""
        if self._own:
            _let_go(self._engine, self._kept)

    @contextmanager
    def _begun(self) -> Iterator[Connection]:
        if not (self._own and self._engine.dialect.name == "sqlite"):
            with self._engine.begin() as connection:
                begin_writing(connection)
                yield connection
            return
        # To take a connection from the pool, begin by SQLAlchemy and give it back takes as long as several
        # statements. One is kept: only one at a time can write.
        connection = self._to_write()
        try:
            begin(connection, "BEGIN IMMEDIATE")
            yield connection
            _commit(connection)
        except BaseException:
            connection.close()
            raise
        if self._kept:
            connection.close()
        else:
            self._kept.append(connection)

    def _to_write(self) -> Connection:
        """A connection that nobody else has, with no transaction begun."""
        try:
            return self._kept.pop()  # in one go: another thread may be here too
        except IndexError:
            return self._engine.connect().execution_options(**{_WRITING: True})

    @property
    def _file(self) -> Path | None:
        url = self._engine.url
        if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
            return None
        return None if url.database.startswith("file:") else Path(url.database)

    def _find(self, create: bool) -> None:
        """See that the file is there, or that there is a folder for it."""
        if self._file is None or self._file.exists():
            return
        if not create:
            raise StorageError(f"there is no database {self.name}", _MAKE)
        try:
            self._file.absolute().parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(
                f"the folder of {self.name} cannot be made: {error.strerror}", "name another"
            ) from error

    def _prepare(self, *, create: bool, beside: bool) -> bool:
        """Bring the schema up to date; whether the tables were made just now."""
        with self.reading() as connection:
            before = _schema(connection)
            if before is None and not beside:
                _refuse_foreign(connection, self.name)
        if before is None and not create:
            raise StorageError(f"{self.name} is empty", _MAKE)
        if before == HEAD:
            self._keep_a_journal()
            return False
        with self.writing() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"select pg_advisory_xact_lock({_MIGRATION_LOCK})"))
            _upgrade(connection, self.name)
        self._keep_a_journal()
        return before is None

    def _keep_a_journal(self) -> None:
        """Have SQLite write ahead, so that readers and a writer do not wait for each other.

        The file remembers it; one that is not ours is left as it is, and so is one that may not be written.
        """
        if self._own and self._file is not None:
            with self._engine.connect() as connection, suppress(OperationalError):
                driver = connection.connection.driver_connection
                assert driver is not None
                driver.execute("pragma journal_mode = wal").close()


def begin_writing(connection: Connection) -> None:
    """Have a transaction of somebody else's wait its turn before it reads what it is going to write."""
    if connection.dialect.name == "sqlite":
        driver = connection.connection.driver_connection
        if not getattr(driver, "in_transaction", True):
            begin(connection, "BEGIN IMMEDIATE")


@contextmanager
def told(name: str) -> Iterator[None]:
    """Turn what goes wrong in the database called *name* into a StorageError that says what to do."""
    try:
        yield
    except DBAPIError as error:
        error.hide_parameters = True  # also where the host's engine shows them
        raise StorageError(*_in_words(name, str(error.orig))) from error
    except UnicodeDecodeError as error:  # the driver, on what SQLite says of a damaged file
        raise StorageError(*_in_words(name, "malformed")) from error
    except (SQLAlchemyError, OSError) as error:
        raise StorageError(
            f"{name} cannot be used: {type(error).__name__}", "see whether it is there"
        ) from error


def _commit(connection: Connection) -> None:
    """Commit, by SQLAlchemy if it has run any of the statements: of most steps it has not."""
    if connection.in_transaction():
        connection.commit()
    elif (driver := driver_of(connection)) is not None:
        commit(driver)


def _let_go(engine: Engine, kept: list[Connection]) -> None:
    while kept:
        kept.pop().close()
    engine.dispose()


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() != "sqlite":
            return create_engine(parsed, hide_parameters=True)
        memory = not parsed.database or parsed.database == ":memory:"
        pool = {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}} if memory else {}
        engine = create_engine(parsed, hide_parameters=True, **pool)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        # It may have a password in it.
        named = repr(url) if "@" not in url else f"{url.partition(':')[0]!r} and what follows it"
        raise StorageError(f"{named} is not a database URL", "write sqlite:///FILE, or a path") from error
    event.listen(engine, "connect", _settings)
    event.listen(engine, "begin", _begin)
    return engine


def _settings(connection: object, _record: object) -> None:
    """SQLite as a record needs it: durable, with its keys checked, and transactions begun by us."""
    connection.isolation_level = None  # type: ignore[attr-defined]  # the driver's own; `_begin` begins
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute(f"pragma busy_timeout = {_BUSY_SECONDS * 1000}")
    cursor.execute("pragma foreign_keys = on")
    cursor.execute("pragma recursive_triggers = on")  # INSERT OR REPLACE then meets the DELETE trigger
    cursor.execute("pragma synchronous = full")  # WAL with NORMAL loses acknowledged commits at power loss
    cursor.close()


def _without_waiting(connection: object, _record: object) -> None:
    connection.execute("pragma synchronous = off").close()  # type: ignore[attr-defined]  # the driver's own


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get(_WRITING, False):
        return  # it was begun on the driver already
    # A reader that is upgraded to a writer cannot wait its turn: whoever may write says so at once.
    begin(connection, "BEGIN" if options.get(_READING, False) else "BEGIN IMMEDIATE")


def _schema(connection: Connection) -> str | None:
    """The version of the schema in the database, or None if it has none of ours."""
    if not inspect(connection).has_table(SCHEMA_TABLE):
        return None
    row = connection.execute(text(f"select version_num from {SCHEMA_TABLE}")).first()
    return None if row is None else str(row[0])


def _refuse_foreign(connection: Connection, name: str) -> None:
    tables = inspect(connection).get_table_names()
    if tables:
        raise StorageError(
            f"{name} is a database, but not one of loopengine's: it has a table {tables[0]!r}",
            "name another with --db",
        )


def _upgrade(connection: Connection, name: str) -> None:
    version = _schema(connection)  # another process may have been here since
    if version == HEAD:
        return
    if version is not None and not fullmatch("[0-9]{4}", version):
        raise StorageError(f"{name} has a schema of no version of loopengine", "restore it from a backup")
    if version is not None and version > HEAD:
        raise StorageError(
            f"{name} was made by a newer version of loopengine "
            f"(its schema is {version}, this one knows {HEAD})",
            "install that version",
        )
    from loopengine.store.migrating import (
        upgrade,
    )  # late: Alembic is slow to import, and needed once a database

    upgrade(connection)


def _in_words(name: str, said: str) -> tuple[str, str]:
    """What the driver *said*, for a person: it may name tables and columns, never a parameter's value."""
    known = {
        "file is not a database": ("is not a database", "name another with --db"),
        "file is encrypted": ("is not a database, or it is encrypted", "name another with --db"),
        "malformed": ("is damaged", "restore it from a backup"),
        "Could not decode": ("is damaged: a text in it is none", "restore it from a backup"),
        "readonly": ("is read-only", "make the file and its folder writable, or work on a copy"),
        "unable to open": ("cannot be opened", "see that its folder exists and may be written"),
        "deadlock": ("was wanted by two at once", "try again; nothing was changed"),
        "locked": (f"was locked by somebody else for over {_BUSY_SECONDS} seconds", "try again"),
        "disk is full": ("has no more room: the disk is full", "make room; nothing was changed"),
        "disk I/O": ("cannot be read or written: the disk reports an error", "see to the disk"),
        "append-only": ("refuses: history is append-only", "record a correction instead"),
    }
    for sign, (what, way_out) in known.items():
        if sign in said:
            return f"{name} {what}", way_out
    return f"{name} cannot be used: {said.splitlines()[0]}", "see whether it is the right database"
