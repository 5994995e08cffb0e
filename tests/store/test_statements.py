"""Statements on the driver: the same rows, the same values and the same failures as through SQLAlchemy."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import bindparam, delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from support.postgresql import server
from support.small import CHAIR, UNIT, engine

from loopengine.errors import BrokenHistory, StaleCase, StorageError
from loopengine.store import books, cases
from loopengine.store.closures import CLOSURE
from loopengine.store.database import Database
from loopengine.store.people import PERSON
from loopengine.store.statements import ByKeys, Statement, driver_of

ROWS = [
    {"day": date(2017, 4, 14), "reason": "moving", "known_since": datetime(2017, 1, 9, 9, 0, 0, 5, UTC)},
    {"day": date(9999, 12, 31), "reason": "", "known_since": datetime(1900, 1, 1, tzinfo=UTC)},
]


@pytest.fixture(scope="module")
def server_url() -> Iterator[str]:
    with server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        opened = Database(f"sqlite:///{tmp_path / 'board.db'}")
    else:
        opened = Database(request.getfixturevalue("server_url"))
        with opened.writing() as connection:
            connection.execute(text("delete from loop_person"))
            connection.execute(text("delete from loop_closure"))
    yield opened
    opened.close()


def test_what_is_written_and_read_is_what_sqlalchemy_writes_and_reads(database: Database) -> None:
    driven = Statement(insert(CLOSURE), keys=("day", "reason", "known_since"))
    with database.writing() as connection:
        driven.add(connection, ROWS)
        through = connection.execute(select(CLOSURE).order_by(CLOSURE.c.day)).all()
        read = Statement(select(CLOSURE).order_by(CLOSURE.c.day)).rows(connection)
        stored = connection.execute(text("select * from loop_closure order by day")).all()
        connection.execute(delete(CLOSURE))
        connection.execute(insert(CLOSURE), ROWS)

        assert [row._asdict() for row in read] == [row._asdict() for row in through] == ROWS
        assert connection.execute(text("select * from loop_closure order by day")).all() == stored


def test_an_instant_is_stored_as_it_always_was(tmp_path: Path) -> None:
    with Database(f"sqlite:///{tmp_path / 'board.db'}").writing() as connection:
        Statement(insert(CLOSURE), keys=("day", "reason", "known_since")).add(connection, ROWS[:1])

        stored = connection.execute(text("select day, known_since from loop_closure")).one()

    assert tuple(stored) == ("2017-04-14", "2017-01-09 09:00:00.000005")


def test_what_was_written_can_be_given_back(database: Database) -> None:
    named = Statement(insert(PERSON).returning(PERSON.c.id), keys=("name", "address"))

    with database.writing() as connection:
        ids = [named.rows(connection, name=name, address=None)[0].id for name in ("Uma", "Carys")]
        people = connection.execute(select(PERSON.c.id, PERSON.c.name).order_by(PERSON.c.id)).all()

    assert [tuple(each) for each in people] == list(zip(ids, ("Uma", "Carys"), strict=True))


def test_an_update_says_how_many_rows_it_changed(database: Database) -> None:
    named = Statement(insert(PERSON), keys=("name",))
    moved = Statement(update(PERSON).where(PERSON.c.name == bindparam("called")), keys=("address",))

    with database.writing() as connection:
        named.add(connection, [{"name": "Uma"}, {"name": "Carys"}])
        changed = moved.change(
            connection,
            [{"called": name, "address": "a@board.example"} for name in ("Uma", "Carys", "Nobody")],
        )

        assert changed == 2
        assert moved.change(connection, []) == 0


@pytest.mark.parametrize("count", [0, 1, 2, 3, 511, 512, 513, 1300])
def test_however_many_keys_are_asked_for_each_is_found_once(database: Database, count: int) -> None:
    by_keys = ByKeys(lambda ids: select(PERSON.c.id).where(PERSON.c.id.in_(ids)))

    with database.writing() as connection:
        rows = [{"id": n, "name": f"Person {n}"} for n in range(1, count + 1)]
        Statement(insert(PERSON), keys=("id", "name")).add(connection, rows)
        found = [row.id for row in by_keys.rows(connection, range(1, count + 1))]

    assert sorted(found) == list(range(1, count + 1))


def test_a_failure_names_no_value(database: Database) -> None:
    named = Statement(insert(PERSON), keys=("name",))

    with pytest.raises(StorageError) as refused, database.writing() as connection:
        named.add(connection, [{"name": "Child A"}, {"name": "Child A"}])

    cause = refused.value.__cause__
    assert isinstance(cause, IntegrityError)
    assert database.name in str(refused.value)
    if database.name.endswith(".db"):  # a driver's own words are nobody's to change
        assert "Child A" not in f"{refused.value} {cause!r} {cause} {cause.__cause__!r}"


def test_a_transaction_that_only_reads_sees_one_moment(tmp_path: Path) -> None:
    """Also when SQLAlchemy runs none of its statements."""
    database = Database(f"sqlite:///{tmp_path / 'board.db'}")
    count = Statement(select(func.count().label("people")).select_from(PERSON))
    named = Statement(insert(PERSON), keys=("name",))

    with database.reading() as reading:
        before = count.rows(reading)[0].people
        with database.writing() as writing:
            named.add(writing, [{"name": "Uma"}])

        assert (before, count.rows(reading)[0].people) == (0, 0)


def test_of_several_cases_the_one_that_was_moved_on_is_named(tmp_path: Path) -> None:
    board = engine(tmp_path / "board.db")
    references = [board.open("review", by=UNIT).reference for _ in range(3)]
    with board.database.reading() as connection:
        found = list(cases.find_by_ids(connection, [1, 2, 3]).values())
    board.record(references[1], {"harmed": True}, by=UNIT)
    changes = [
        cases.Change(each.id, replace(each.record, entries=2), each.tallies, None, each.record, each.tallies)
        for each in found
    ]

    with pytest.raises(StaleCase, match=f"{references[1]} was moved on"), board.database.writing() as writing:
        cases.save(writing, changes)

    assert board.audit().ok


def test_only_the_standard_driver_is_driven(database: Database) -> None:
    with database.reading() as connection:
        assert (driver_of(connection) is None) is (connection.dialect.name == "postgresql")


def test_a_row_that_holds_what_it_cannot_is_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "board.db"
    board = engine(path)
    case = board.open("review", by=UNIT)
    sqlite3.connect(path, isolation_level=None).execute("update loop_case set moved_on = 'one day'")

    with pytest.raises(BrokenHistory, match=f"{case.reference} cannot be read"):
        board.fire(case, "accept", by=CHAIR)


def test_a_name_is_found_by_the_index_of_names(tmp_path: Path) -> None:
    """It is an index of some rows only, which a database uses for a query that says in its words which."""
    database = Database(f"sqlite:///{tmp_path / 'board.db'}")
    seen: list[str] = []

    with database.writing() as connection:
        driver = driver_of(connection)
        assert driver is not None
        driver.set_trace_callback(seen.append)
        kept = books.keep_name(connection, "Uma", "salt")
        again = books.keep_name(connection, "Uma", "another salt")
        driver.set_trace_callback(None)
        (query, *_) = [each for each in seen if each.startswith("SELECT")]
        plan = " ".join(str(row[3]) for row in driver.execute(f"explain query plan {query}"))

    assert kept == again
    assert "USING INDEX ix_loop_words_name (words=?)" in plan


def test_one_connection_writes_until_it_fails_and_is_let_go_in_the_end(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'board.db'}")
    with database.writing() as first:
        driver = driver_of(first)
    assert driver is not None

    with database.writing() as second:
        again = driver_of(second)
        with database.reading() as reading:
            beside = driver_of(reading)
    with pytest.raises(StorageError), database.writing() as third:
        Statement(insert(PERSON), keys=("name",)).add(third, [{"name": "Uma"}, {"name": "Uma"}])
    with database.writing() as fourth:
        left = fourth.execute(select(func.count()).select_from(PERSON)).scalar_one()
    database.close()

    assert (again is driver, beside is driver, left) == (True, False, 0)
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        driver.execute("select 1")
