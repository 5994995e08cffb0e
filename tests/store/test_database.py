"""Opening databases: settings, schema, other people's files, and every failure in plain words."""

from __future__ import annotations

import sqlite3
from multiprocessing import get_context
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from support.small import UNIT, engine, framework

from loopengine import Engine
from loopengine.errors import StorageError
from loopengine.store.database import Database
from loopengine.store.migrations.schema import HEAD, SCHEMA_TABLE
from loopengine.store.tables import Table


def test_the_migrations_make_the_tables_that_are_declared(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'board.db'}")

    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": SCHEMA_TABLE})
        differences = compare_metadata(context, Table.metadata)

    assert differences == []


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "board.db"
    assert Database(f"sqlite:///{path}").made is True
    assert Database(f"sqlite:///{path}").made is False


def test_sqlite_is_opened_as_a_record_needs_it(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'board.db'}")

    with database.reading() as connection:
        said = {
            name: connection.execute(text(f"pragma {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers")
        }

    assert said == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1}


def test_a_failed_migration_leaves_no_half_made_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "board.db"
    monkeypatch.setattr("loopengine.store.migrations.schema._SQLITE", ("create trigger nonsense",))

    with pytest.raises(StorageError):
        Database(f"sqlite:///{path}")

    monkeypatch.undo()
    tables = sqlite3.connect(path).execute("select name from sqlite_master").fetchall()
    assert tables == []
    assert Database(f"sqlite:///{path}").made is True


def _open(path: str, answers: object) -> None:
    try:
        Database(f"sqlite:///{path}").close()
        answers.put("ok")  # type: ignore[attr-defined]
    except StorageError as error:
        answers.put(str(error))  # type: ignore[attr-defined]


def test_several_processes_may_make_one_database_at_once(tmp_path: Path) -> None:
    context = get_context("spawn")
    answers = context.Queue()
    processes = [context.Process(target=_open, args=(str(tmp_path / "board.db"), answers)) for _ in range(4)]
    for process in processes:
        process.start()
    said = [answers.get(timeout=60) for _ in processes]
    for process in processes:
        process.join()

    assert said == ["ok"] * 4


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear board, " * 100)

    with pytest.raises(StorageError, match=r"letter\.txt is not a database; name another with --db"):
        Database(f"sqlite:///{path}")

    assert path.read_text() == "Dear board, " * 100


def test_another_programs_database_is_left_alone_unless_told(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    sqlite3.connect(path).execute("create table invoices (id integer)").connection.close()

    with pytest.raises(StorageError, match="not one of loopengine's: it has a table 'invoices'"):
        Database(f"sqlite:///{path}")
    assert sqlite3.connect(path).execute("select name from sqlite_master").fetchall() == [("invoices",)]

    assert Database(f"sqlite:///{path}", beside=True).made is True


def test_a_newer_schema_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "board.db"
    engine(path).close()
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(f"update {SCHEMA_TABLE} set version_num = '9999'")

    with pytest.raises(
        StorageError, match=rf"made by a newer version.*\(its schema is 9999, this one knows {HEAD}\)"
    ):
        Database(f"sqlite:///{path}")


def test_a_missing_file_is_not_made_by_whoever_only_reads(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"there is no database .*none\.db"):
        Engine(f"sqlite:///{tmp_path / 'none.db'}", framework=framework(), create=False)

    assert list(tmp_path.iterdir()) == []


def test_whoever_only_reads_makes_no_folder_and_leaves_an_empty_file_empty(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="there is no database"):
        Database(f"sqlite:///{tmp_path / 'folder' / 'none.db'}", create=False)
    (tmp_path / "empty.db").touch()
    with pytest.raises(StorageError, match=r"empty\.db is empty"):
        Database(f"sqlite:///{tmp_path / 'empty.db'}", create=False)

    assert [each.name for each in tmp_path.iterdir()] == ["empty.db"]
    assert (tmp_path / "empty.db").read_bytes() == b""


def test_a_read_only_database_can_be_read_and_says_so_when_written(tmp_path: Path) -> None:
    path = tmp_path / "board.db"
    writer = engine(path)
    case = writer.open("review", by=UNIT)
    reader = Engine(f"sqlite:///file:{path}?mode=ro&uri=true", framework=framework())

    assert reader.case(case).case.state == "referred"
    with pytest.raises(StorageError, match="is read-only; make the file and its folder writable"):
        reader.open("review", by=UNIT)


def test_a_locked_database_is_waited_for_and_then_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loopengine.store.database._BUSY_SECONDS", 0.05)
    board = engine(tmp_path / "board.db")
    other = sqlite3.connect(tmp_path / "board.db", isolation_level=None)
    other.execute("begin immediate")

    with pytest.raises(StorageError, match="was locked by somebody else"):
        board.open("review", by=UNIT)

    other.execute("rollback")
    assert board.open("review", by=UNIT).reference == "REV-2017-001"


@pytest.mark.parametrize("url", ["nonsense", "oracle+nothing://x/y", ""])
def test_what_is_no_url_is_named(url: str) -> None:
    with pytest.raises(StorageError, match="is not a database URL"):
        Database(url)


def test_a_database_that_need_not_outlive_a_power_cut_does_not_wait_for_the_disk(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'board.db'}")

    database.never_wait()

    for connection in (database.writing, database.reading):
        with connection() as at_work:
            assert at_work.exec_driver_sql("pragma synchronous").scalar_one() == 0


def test_a_database_in_memory_has_the_schema_that_the_migrations_give_a_file(tmp_path: Path) -> None:
    def schema(database: Database) -> tuple[list[object], list[object]]:
        with database.reading() as connection:
            rows = connection.exec_driver_sql(
                "select type, name, tbl_name, sql from sqlite_master order by name"
            )
            version = connection.exec_driver_sql(f"select * from {SCHEMA_TABLE}")
            return [tuple(row) for row in rows], [tuple(row) for row in version]

    in_memory, file = Database("sqlite://"), Database(f"sqlite:///{tmp_path / 'board.db'}")

    assert schema(in_memory) == schema(file)
    in_memory.close()
    file.close()
