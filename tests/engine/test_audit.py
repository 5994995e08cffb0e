"""The history cannot be changed through the database, and whoever changes it all the same is found out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import data, integers
from sqlalchemy import text
from support.small import CHAIR, REVIEWER, UNIT, engine

from loopengine import Engine
from loopengine.errors import StorageError
from loopengine.store import books


def lived(path: Path) -> Engine:
    """A board on which something has happened."""
    board = engine(path)
    case = board.open("review", {"harmed": True, "note": "Child A"}, by=UNIT)
    board.fire(case, "decline", by=CHAIR, reason="no")
    board.fire(case, "accept", by=CHAIR).require()
    action = board.fire(case, "propose", by=REVIEWER).require().opened[0]
    board.record(action, {"owner": "police"}, by=UNIT, evidence="minutes")
    board.fire(action, "verify", by=UNIT).require()
    return board


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Engine]:
    board = lived(tmp_path / "board.db")
    yield board
    board.close()


@pytest.fixture
def tamper(board: Engine, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A way into the file past the engine, with the guards taken away."""
    board.close()
    connection = sqlite3.connect(tmp_path / "board.db", isolation_level=None)
    yield connection
    connection.close()


def unguard(connection: sqlite3.Connection) -> None:
    for name in ("no_update", "no_delete", "no_replace"):
        connection.execute(f"drop trigger loop_entry_{name}")


def test_an_honest_history_verifies(board: Engine) -> None:
    audit = board.audit()

    assert (audit.cases, audit.entries, audit.problems) == (2, 8, ())


@pytest.mark.parametrize(
    "statement",
    [
        "update loop_entry set body = replace(body, 'accept', 'decline')",
        "update loop_entry set digest = 'x' where n = 1",
        "delete from loop_entry",
        "delete from loop_entry where n = 3",
        "insert or replace into loop_entry select * from loop_entry where n = 2",
        "insert or replace into loop_entry (case_id, n, kind, recorded_at, body, digest) "
        "select case_id, n, kind, recorded_at, 'other', 'other' from loop_entry where n = 2",
        "update or replace loop_entry set n = 1 where n = 2",
    ],
)
def test_history_is_append_only(board: Engine, statement: str) -> None:
    with pytest.raises(StorageError, match="history is append-only"), board.database.writing() as connection:
        connection.execute(text(statement))

    assert board.audit().ok


def test_history_is_append_only_for_other_programs_too(board: Engine, tamper: sqlite3.Connection) -> None:
    for statement in ("delete from loop_entry", "insert or replace into loop_entry select * from loop_entry"):
        with pytest.raises(sqlite3.IntegrityError, match="history is append-only"):
            tamper.execute(statement)


def test_missing_guards_are_reported(board: Engine, tamper: sqlite3.Connection) -> None:
    unguard(tamper)

    assert [each.message for each in board.audit().problems] == [
        "the trigger loop_entry_no_update that guards the history is missing",
        "the trigger loop_entry_no_delete that guards the history is missing",
        "the trigger loop_entry_no_replace that guards the history is missing",
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(data=data())
def test_a_change_to_any_byte_of_any_entry_is_found(
    tmp_path_factory: pytest.TempPathFactory, data: object
) -> None:
    path = tmp_path_factory.mktemp("audit") / "board.db"
    lived(path).close()
    connection = sqlite3.connect(path, isolation_level=None)
    unguard(connection)
    rows = connection.execute("select id, body, digest, kind, n from loop_entry order by id").fetchall()
    row = rows[data.draw(integers(0, len(rows) - 1))]  # type: ignore[attr-defined]
    column = data.draw(integers(0, 1))  # type: ignore[attr-defined]
    value = row[1 + column]
    at = data.draw(integers(0, len(value) - 1))  # type: ignore[attr-defined]
    changed = value[:at] + ("y" if value[at] == "x" else "x") + value[at + 1 :]
    name = ("body", "digest")[column]
    connection.execute(f"update loop_entry set {name} = ? where id = ?", (changed, row[0]))
    connection.close()

    board = engine(path)
    problems = [each for each in board.audit().problems if each.case is not None]
    board.close()

    assert problems


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("delete from loop_entry where n = 5", "does not stand where its history puts it"),
        ("delete from loop_entry where n = 2", "does not follow the entry before it"),
        ("delete from loop_entry where case_id = 1", "has no history"),
        ("update loop_case set state = 'closed' where id = 1", "its history puts it: state"),
        ("update loop_case set revision = 2 where id = 1", "its history puts it: revision"),
        ("update loop_case set tallies = '{}' where id = 1", "has other numbers of sub-cases"),
        ("update loop_answer set value = 'false' where fact = 'harmed'", "its history puts it: answers"),
        ("delete from loop_answer where fact = 'harmed'", "its history puts it: answers"),
        (
            "update loop_entry set kind = 'refused' where n = 1 and case_id = 1",
            "is filed under other columns",
        ),
        (
            "update loop_words set words = 'Child B' where words = 'Child A'",
            "not those that the history knows",
        ),
        (
            "update loop_framework set texts = replace(texts, 'harmed and', 'harmed or')",
            "is not the one that cases began under",
        ),
    ],
)
def test_a_change_past_the_engine_is_found(
    board: Engine, tamper: sqlite3.Connection, tmp_path: Path, statement: str, found: str
) -> None:
    unguard(tamper)
    assert tamper.execute(statement).rowcount > 0

    problems = [each.message for each in engine(tmp_path / "board.db").audit().problems]

    assert any(found in each for each in problems), problems


def test_a_lawful_erasure_breaks_nothing(board: Engine) -> None:
    with board.database.writing() as connection:
        for ref in books.word_digests(connection):
            books.erase(connection, ref)

    assert board.audit().ok
    assert {line.by for line in board.history("REV-2017-001")} == {"(erased)", "loopengine"}
    assert board.case("REV-2017-001").facts["note"] == "(erased)"
    with board.database.reading() as connection:
        kept = connection.execute(
            text("select count(*) from loop_words where words is not null")
        ).scalar_one()
    assert kept == 0


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("delete from loop_link", "has other links than its history says"),
        ("update loop_case set path = 'x' where id = 1", "REV-2017-001 cannot be read: JSONDecodeError"),
        ("update loop_case set workflow = 'x' where id = 1", "REV-2017-001 cannot be read: UnknownName"),
        ("update loop_answer set fact = 'x' where fact = 'harmed'", "REV-2017-001 cannot be read: KeyError"),
        ("update loop_framework set texts = '{}'", "is not the one that cases began under"),
        ("update loop_counter set last = last + 1", "2 cases were opened under ACT-2017, and there are 1"),
        (
            "update loop_words set salt = salt || ':C', words = substr(words, 3) where words = 'Child A'",
            "not those",
        ),
    ],
)
def test_what_cannot_be_read_is_reported_with_the_rest(
    board: Engine, tmp_path: Path, statement: str, found: str
) -> None:
    action = board.cases(workflow="action")[0]
    board.fire("REV-2017-001", "follow", by=UNIT).require()
    board.close()
    connection = sqlite3.connect(tmp_path / "board.db", isolation_level=None)
    unguard(connection)
    connection.execute("pragma foreign_keys = off")
    assert connection.execute(statement).rowcount > 0
    connection.close()

    audit = engine(tmp_path / "board.db").audit()

    assert any(found in each.message for each in audit.problems), audit.problems
    assert audit.cases == 3
    assert action.reference not in {each.case for each in audit.problems}
