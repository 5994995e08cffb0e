"""The history cannot be changed through the database, and whoever changes it all the same is found out."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis.strategies import DataObject, data, integers, sampled_from
from sqlalchemy import text
from support import clockwork
from support.small import CHAIR, REVIEWER, UNIT, engine
from support.tampering import (
    COLUMNS,
    HOSPITAL_UNIT,
    Column,
    Put,
    behind,
    board_on,
    changed,
    live,
    plausible,
    strange,
)

from loopengine import Actor, Engine
from loopengine.clock import FrozenClock
from loopengine.core.history import FIRST, canonical, digest_of
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
    board.fire(action, "verify", by=HOSPITAL_UNIT).require()
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


def test_what_follows_in_the_same_verb_is_told_apart_from_what_it_follows() -> None:
    """A correction that moves a case on, and an event of an earlier day for parties that joined since."""
    unit = Actor("Uma Unit", ["business_unit"])
    clock = FrozenClock("2017-01-09T09:00Z")
    board = Engine("sqlite://", framework=clockwork.framework(), clock=clock)
    watch = board.open("watch", {"agreed": True, "settled": False}, by=unit)
    clock.advance(days=1)
    board.record(watch, {"hearers": ["police", "school"]}, by=unit)

    rung = board.fire(watch, "ring", by=unit, on=date(2017, 1, 9), key="rung").require()
    answers = board.record(watch, {"settled": True}, by=unit, correction=True)

    assert len(rung.opened) == 2
    assert answers.also_moved == (watch.reference,)
    assert board.audit().problems == ()
    assert board.fire(watch, "ring", by=unit, on=date(2017, 1, 9), key="rung") == rung


def test_missing_guards_are_reported(board: Engine, tamper: sqlite3.Connection) -> None:
    unguard(tamper)

    assert [each.message for each in board.audit().problems] == [
        "the trigger loop_entry_no_update that guards the history is missing",
        "the trigger loop_entry_no_delete that guards the history is missing",
        "the trigger loop_entry_no_replace that guards the history is missing",
    ]


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("delete from loop_entry where n = 5", "does not stand where its history puts it"),
        ("delete from loop_entry where n = 2", "does not follow the entry before it"),
        ("delete from loop_entry where case_id = 1", "has no history"),
        ("update loop_case set state = 'closed' where id = 1", "its history puts it: state"),
        ("update loop_case set revision = 2 where id = 1", "its history puts it: revision"),
        ("update loop_case set tallies = '{}' where id = 1", "has other numbers of sub-cases"),
        (
            "update loop_answer set value = 'false' where fact = 'harmed'",
            "the answer on file for harmed is not that of entry 1 of REV-2017-001",
        ),
        (
            "delete from loop_answer where fact = 'harmed'",
            "the answer of entry 1 of REV-2017-001 for harmed is not on file",
        ),
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
        for sort, id_ in connection.execute(text("select sort, id from loop_words")).all():
            books.erase(connection, f"{sort}:{id_}")

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
        ("update loop_case set path = 'x' where id = 1", "REV-2017-001 cannot be read"),
        ("update loop_case set workflow = 'x' where id = 1", "its history puts it: workflow"),
        (
            "update loop_answer set fact = 'x' where fact = 'harmed'",
            "the answer on file for x is not that of entry 1 of REV-2017-001",
        ),
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


# --- whatever is changed ------------------------------------------------------------------------------------

# What no history says anything of, and so no audit can: who is told, and when the organisation is closed.
BESIDE = {"loop_person", "loop_office", "loop_closure", "loop_cycle", "loop_delivery"}
# Columns in which a change may go unseen, and why that is right.
UNSEEN = {
    "loop_answer.id": "a row's number, to which nothing refers",
    "loop_entry.id": "the same",
    "loop_link.id": "the same",
    "loop_notice.id": "the same, as long as nothing was delivered",
    "loop_framework.known_since": "nobody reads it",
    "loop_key.key": "the caller's own word; under another one a request is made anew",
    "loop_key.salt": "what was asked is not kept: with another digest of it, the same request is refused",
    "loop_key.request": "the same",
    "loop_key.answer": "another true answer is as good as this one; what is not true is found",
    "loop_setting.name": "a setting of another name means nothing, and one that was removed leaves nothing",
    "loop_setting.value": "by what list clocks were reckoned: they are reckoned anew; a rehearsal is found",
    "loop_case.root_id": "its own number says of a case at the top what none says",
    "loop_case.due_at": "where no clock runs; what comes too early finds nothing to do, and puts it right",
    "loop_notice.agencies": "the entry names the roles alone",
    "loop_notice.settled": "what became of it comes after its entry",
}
# SQLAlchemy takes whatever is in there for a yes, and what it comes to is held against the history.
YES_OR_NO = {"loop_case.ended", "loop_case.excused", "loop_notice.settled"}


class Tampered:
    """A database of the engine, and a way into it behind its back."""

    def __init__(self, board: Engine, connection: sqlite3.Connection) -> None:
        self.board, self.connection = board, connection
        self.before = set(board.audit().problems)
        assert len(self.before) == 3  # the guards that are gone

    def found(self, column: Column, put: Put) -> list[str] | None:
        """What an audit finds once *put* is in *column*; None if the table did not take it."""
        with changed(self.connection, column, put) as other:
            audit = self.board.audit()
        return [each.message for each in audit.problems if each not in self.before] if other else None


def _column(name: str) -> Column:
    return next(each for each in COLUMNS if str(each) == name)


@pytest.fixture(scope="module")
def tampered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tampered]:
    path = tmp_path_factory.mktemp("tampered") / "board.db"
    live(path)
    board = board_on(path)
    assert board.audit().problems == ()
    with behind(path) as connection:
        yield Tampered(board, connection)
    board.close()


@pytest.mark.parametrize("column", [each for each in COLUMNS if each.table not in BESIDE], ids=str)
def test_a_change_in_any_column_is_found_unless_it_means_nothing(tampered: Tampered, column: Column) -> None:
    changes = list(plausible(tampered.connection, column))
    found = {put: tampered.found(column, put) for put in changes}
    unseen = [put for put, problems in found.items() if problems == []]

    assert any(problems is not None for problems in found.values())
    assert bool(unseen) is (str(column) in UNSEEN), unseen


@pytest.mark.parametrize("column", [each for each in COLUMNS if each.table not in BESIDE], ids=str)
def test_what_cannot_be_read_is_found_in_any_column(tampered: Tampered, column: Column) -> None:
    for put in strange(tampered.connection, column):
        if isinstance(put.value, bytes) and str(column) not in YES_OR_NO:
            assert tampered.found(column, put) != [], put
        else:
            tampered.found(column, put)  # it ends


@given(data=data())
def test_a_change_to_any_byte_of_any_entry_is_found(tampered: Tampered, data: DataObject) -> None:
    rows = tampered.connection.execute("select id, body, digest from loop_entry order by id").fetchall()
    id_, *values = data.draw(sampled_from(rows))
    which = data.draw(integers(0, 1))
    value, column = values[which], _column(("loop_entry.body", "loop_entry.digest")[which])
    at = data.draw(integers(0, len(value) - 1))
    other = value[:at] + ("y" if value[at] == "x" else "x") + value[at + 1 :]

    assert tampered.found(column, Put(id_, other))


def test_a_due_day_that_comes_too_late_for_a_sweep_is_found(tampered: Tampered) -> None:
    column = _column("loop_case.due_at")
    query = "select max(id) from loop_case where due_at is not null"
    (row,) = tampered.connection.execute(query).fetchone()

    for later in ("2018-01-01 00:00:00.000000", None):
        (said,) = tampered.found(column, Put(row, later)) or [""]
        assert said == "no sweep would look at REV-2017-007 in time: it is filed as due later"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"to":"reviewing"', '"to":"declined"'),
        ('"n":', '"n":9'),
        ('"revision":', '"revision":9'),
        ('"case":"REV-2017-001"', '"case":"REV-2017-009"'),
        ("harm", "x"),
        ('"verdict":"refused"', '"verdict":"undetermined"'),
        ('"kind":null', '"kind":"actions"'),
    ],
)
def test_an_answer_kept_under_a_key_that_is_not_true_is_found(tampered: Tampered, old: str, new: str) -> None:
    column = _column("loop_key.answer")
    query = "select rowid, replace(answer, ?, ?) from loop_key where answer like ?"
    for row, answer in tampered.connection.execute(query, (old, new, f"%{old}%")).fetchall():
        (said,) = tampered.found(column, Put(row, answer)) or [""]
        assert said.endswith("is not what was answered")


# --- what no single column shows ----------------------------------------------------------------------------


def audit_of(path: Path) -> list[str]:
    board = board_on(path, rehearsal=False)
    try:
        return [each.message for each in board.audit().problems if not each.message.endswith("is missing")]
    finally:
        board.close()


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (
            "insert into loop_entry (case_id, n, kind, recorded_at, body, digest) "
            "select 99, n, kind, recorded_at, body, digest from loop_entry where id = 1",
            "in 1 of the rows of loop_entry the case_id is that of nothing",
        ),
        (
            "update loop_answer set case_id = 99 where id = 1",
            "in 1 of the rows of loop_answer the case_id is that of nothing",
        ),
        (
            "update loop_link set other_id = 99",
            "in 2 of the rows of loop_link the other_id is that of nothing",
        ),
        (
            "update loop_notice set case_id = 99 where id = 1",
            "in 1 of the rows of loop_notice the case_id is that of nothing",
        ),
        (
            "delete from loop_counter where prefix like 'ACT%'",
            "0 cases were opened under ACT-2017, and there are 2",
        ),
        (
            "update loop_workflow set digest = 'x' where workflow = 'review' and version = 2",
            "version 2 of review in small is on file with other contents than it has",
        ),
        (
            "delete from loop_workflow where workflow = 'review' and version = 2",
            "version 2 of review in small is not on file, and so its contents could change unseen",
        ),
        (
            "insert into loop_workflow values ('small', 'review', 3, 'x')",
            "version 3 of review in small is on file, and no case began under it",
        ),
        ("delete from loop_notice where id = 1", "of REV-2017-002 for decide (overdue) is not on file"),
        (
            "update loop_case set tallies = replace(tallies, '\"total\":2', '\"total\":0') where id = 1",
            "REV-2017-001 has other numbers of sub-cases than it has sub-cases",
        ),
        (
            'update loop_case set tallies = \'{"others":{"total":0,"reached":{"verified":9},'
            '"excused":0,"excused_reached":{}}}\' where id = 2',
            "ACT-2017-001 has other numbers of sub-cases than it has sub-cases",
        ),
        ("update loop_framework set texts = 'x'", "is not the one that cases began under"),
        ("update loop_framework set texts = '[1]'", "is not the one that cases began under"),
        ("update loop_framework set texts = cast(texts as blob)", "row 1 of loop_framework cannot be read"),
        ("update loop_setting set value = 'no'", "the database says rehearsal=no of itself"),
        ("update loop_case set sub_case = null where id = 2", "the table loop_case is damaged"),
    ],
)
def test_what_was_tampered_with_is_named(tmp_path: Path, statement: str, found: str) -> None:
    live(tmp_path / "board.db")
    with behind(tmp_path / "board.db") as connection:
        assert connection.execute(statement).rowcount > 0

    problems = audit_of(tmp_path / "board.db")

    assert any(found in each for each in problems), problems


@pytest.mark.parametrize("damage", ["cast(body as blob)", "cast(x'ff' as text)", "replace(body, 'at', 'xx')"])
def test_an_entry_that_is_no_text_is_named_with_its_case(tmp_path: Path, damage: str) -> None:
    live(tmp_path / "board.db")
    with behind(tmp_path / "board.db") as connection:
        connection.execute(f"update loop_entry set body = {damage} where case_id = 1 and n = 3")

    board = board_on(tmp_path / "board.db")
    problems = board.audit().problems
    board.close()

    assert ("REV-2017-001", 3) in {(each.case, each.n) for each in problems}


def test_a_case_whose_row_cannot_be_read_is_named_by_its_history(tmp_path: Path) -> None:
    live(tmp_path / "board.db")
    with behind(tmp_path / "board.db") as connection:
        connection.execute("update loop_case set reference = cast(reference as blob) where id = 1")

    assert any(each.startswith("REV-2017-001 cannot be read") for each in audit_of(tmp_path / "board.db"))


def test_an_entry_that_is_older_than_the_one_before_is_found(tmp_path: Path) -> None:
    """Whoever forges a chain with all its digests can still not turn back time."""
    live(tmp_path / "board.db")
    with behind(tmp_path / "board.db") as connection:
        query = "select id, body from loop_entry where case_id = 1 order by n"
        previous = FIRST
        for id_, stored in connection.execute(query).fetchall():
            body = json.loads(stored) | {"prev": previous}
            body["at"] = "2016-01-01T00:00:00.000000Z" if body["n"] == 3 else body["at"]
            previous = digest_of(canonical(body))
            connection.execute(
                "update loop_entry set body = ?, digest = ? where id = ?", (canonical(body), previous, id_)
            )

    assert "entry 3 of REV-2017-001 is older than the one before" in audit_of(tmp_path / "board.db")
