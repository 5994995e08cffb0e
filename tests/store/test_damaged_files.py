"""Files that were damaged, and rows that somebody has put something else into: told of, and never a fault."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner, Result
from support.small import ACTION, FRAMEWORK, TEXTS, UNIT
from support.tampering import COLUMNS, NOW, Column, behind, board_on, changed, live, strange

from loopengine import Engine, LoopEngineError
from loopengine.cli.program import program
from loopengine.clock import parse_instant
from loopengine.errors import BrokenHistory, StorageError

CASE = "REV-2017-001"
READING = (["audit"], ["list"], ["show", CASE], ["history", CASE], ["why", CASE])
TELLING = {0, 1, 3, 5, 6}
AT_ONCE = 20


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file in which much has happened, and beside it the workflow files that are in use now."""
    path = tmp_path_factory.mktemp("sound") / "board.db"
    live(path)
    for name, text in (TEXTS | {"action.yaml": ACTION, "framework.yaml": FRAMEWORK}).items():
        (path.parent / name).write_text(text.replace("version: 1", "version: 7"), "utf-8")
    return path


@pytest.fixture
def file(sound: Path, tmp_path: Path) -> Path:
    """A copy of it to be damaged."""
    return Path(shutil.copy(sound, tmp_path / "board.db"))


def call(file: Path, sound: Path, *args: str) -> Result:
    env = {"LOOPENGINE_DB": str(file), "LOOPENGINE_WORKFLOWS": str(sound.parent), "LOOPENGINE_LOG": None}
    return CliRunner().invoke(program, args, env=env)


# --- the file -----------------------------------------------------------------------------------------------


def damage(content: bytes, random: Random) -> bytes:
    """*content* with some bytes in its midst changed, or wiped out, or with its end cut off."""
    changed = bytearray(content)
    at = random.randrange(100, len(changed))  # not the header, which says that this is a database
    length = random.randint(2, 12)
    match random.randrange(8):
        case 0:
            return content[:at]
        case 1:
            changed[at : at + 512] = bytes(len(changed[at : at + 512]))
        case 2 | 3:
            changed[at : at + length] = b"\xff" * len(changed[at : at + length])
        case _:
            changed[at : at + length] = random.randbytes(len(changed[at : at + length]))
    return bytes(changed)


@pytest.mark.parametrize("seed", range(0, 200, AT_ONCE))
def test_a_damaged_file_is_told_of_and_is_never_a_fault(file: Path, sound: Path, seed: int) -> None:
    for each in range(seed, seed + AT_ONCE):
        content = damage(sound.read_bytes(), Random(each))
        for args in READING:
            file.write_bytes(content)
            for other in file.parent.glob("board.db-*"):
                other.unlink()

            result = call(file, sound, *args)

            assert result.exit_code in TELLING, (each, args, result.exit_code, result.stderr)
            assert "Traceback" not in result.output


def test_a_file_with_a_damaged_page_says_what_to_do(file: Path, sound: Path) -> None:
    content = bytearray(file.read_bytes())
    content[4096 * 3 : 4096 * 20] = b"\xff" * 4096 * 17
    file.write_bytes(content)

    result = call(file, sound, "audit")

    assert result.exit_code == StorageError.status
    assert result.stderr.splitlines() == [f"error: {file} is damaged", "restore it from a backup"]


def test_what_sqlite_says_of_a_damaged_schema_need_not_be_text(file: Path, sound: Path) -> None:
    content = file.read_bytes()
    content = content.replace(b"CREATE INDEX ix_loop_words_name", b"CREATE INDIX ix_loop_words_name")
    file.write_bytes(content.replace(b"indexix_loop_words_name", b"indexix_loop_words\xff\xfe\xfd\xfc\xfb"))

    result = call(file, sound, "list")

    assert result.exit_code == StorageError.status, result.stderr


@pytest.mark.parametrize("version", ["x", "", "00", "٠٠٠١"])
def test_a_schema_of_no_version_is_refused(file: Path, sound: Path, version: str) -> None:
    with behind(file) as connection:
        connection.execute("update loop_schema set version_num = ?", (version,))

    result = call(file, sound, "list")

    assert result.exit_code == StorageError.status
    assert "has a schema of no version of loopengine" in result.stderr


def test_a_guard_that_guards_nothing_is_reported(tmp_path: Path) -> None:
    live(tmp_path / "board.db")
    connection = sqlite3.connect(tmp_path / "board.db", isolation_level=None)
    connection.execute("drop trigger loop_entry_no_update")
    connection.execute("create trigger loop_entry_no_update before update on loop_entry begin select 1; end")
    connection.close()

    board = board_on(tmp_path / "board.db")
    problems = [each.message for each in board.audit().problems]
    board.close()

    assert problems == ["the trigger loop_entry_no_update that guards the history is missing"]


# --- its rows -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def board(sound: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    path = Path(shutil.copy(sound, tmp_path_factory.mktemp("rows") / "board.db"))
    board = board_on(path)
    yield board
    board.close()


def status_of(read: Callable[[], object]) -> int:
    try:
        json.dumps(read())
    except LoopEngineError as error:
        return error.status
    return 0


def readings(board: Engine, case: str) -> Iterator[Callable[[], object]]:
    """What every reading verb comes to, asked for one by one."""
    early = parse_instant("2017-01-21T09:00Z")
    yield lambda: [each.listed_json() for each in board.cases()]
    yield lambda: board.case(case).to_json()
    yield lambda: [line.to_json() for line in board.history(case)]
    yield lambda: board.explain(case).to_json()
    yield lambda: board.case(case, as_of=early).to_json()
    yield lambda: [each.listed_json() for each in board.cases(as_of=early)]
    yield lambda: [each.to_json() for each in board.due()]
    yield lambda: [str(each) for each in board.stalled()]


@pytest.mark.parametrize("column", COLUMNS, ids=str)
def test_what_stands_in_a_row_and_cannot_be_read_is_a_broken_history(board: Engine, column: Column) -> None:
    assert board.database.name
    with behind(Path(board.database.name)) as connection:
        if not connection.execute(f"select count(*) from {column.table}").fetchone()[0]:
            return
        for put in strange(connection, column):
            with changed(connection, column, put):
                for case in (CASE, "REV-2017-003", "ACT-2017-001"):
                    for read in readings(board, case):
                        assert status_of(read) in TELLING, put


@pytest.mark.parametrize(
    "damage", ["cast(body as blob)", "cast(x'63616666e9' as text)", "'{}'", "'[' || body"]
)
@pytest.mark.parametrize("verb", [verb for verb in READING if verb[0] in ("audit", "history", "show")])
def test_a_history_that_cannot_be_read_says_so_and_names_the_audit(
    file: Path, sound: Path, damage: str, verb: list[str]
) -> None:
    with behind(file) as connection:
        connection.execute(f"update loop_entry set body = {damage} where case_id = 1 and n = 2")

    result = call(file, sound, *verb)

    assert result.exit_code == BrokenHistory.status, result.output
    if verb[0] == "audit":
        assert "entry 2 of REV-2017-001" in result.stdout
    else:
        assert "the history of a case cannot be read" in result.stderr
        assert "`loopengine audit`" in result.stderr
        assert "caf" not in result.stderr


@pytest.mark.parametrize(
    "damage",
    ["'x'", "'[]'", "'{\"framework.yaml\": 1}'", "cast(x'ff' as text)",
     "replace(texts, 'harmed and', 'harmed or')"],
)  # fmt: skip
@pytest.mark.parametrize("verb", READING, ids=" ".join)
def test_a_framework_that_cannot_be_read_is_a_broken_history(
    file: Path, sound: Path, damage: str, verb: list[str]
) -> None:
    with behind(file) as connection:
        connection.execute(f"update loop_framework set texts = {damage}")

    result = call(file, sound, *verb)

    assert result.exit_code == BrokenHistory.status, result.output
    assert "framework" in result.output


@pytest.mark.parametrize(
    "answer", ["x", "[]", "{}", '{"case": 1}', '{"case": "REV-2017-001", "n": 99}', "[" * 5000]
)
def test_an_answer_under_a_key_that_cannot_be_read_is_told_of(file: Path, answer: str) -> None:
    with behind(file) as connection:
        connection.execute("update loop_key set answer = ?", (answer,))
    board = board_on(file)

    with pytest.raises(LoopEngineError) as caught:
        board.fire(CASE, "decline", by=UNIT, reason="no", key="refused")

    assert caught.value.status != 70
    board.close()


@pytest.mark.parametrize("change", ["state = 'x'", "workflow = 'x'", "stage = 'review'", "ended = not ended"])
@pytest.mark.parametrize("verb", [["show", CASE], ["why", CASE], ["list"]], ids=" ".join)
def test_a_case_that_stands_nowhere_is_a_broken_history(
    file: Path, sound: Path, change: str, verb: list[str]
) -> None:
    with behind(file) as connection:
        connection.execute(f"update loop_case set {change} where id = 1")

    result = call(file, sound, *verb)

    assert result.exit_code == BrokenHistory.status, result.output
    assert "REV-2017-001 stands where its workflow has no such state" in result.stderr


def test_a_case_under_itself_is_a_broken_history(file: Path) -> None:
    with behind(file) as connection:
        connection.execute("update loop_case set parent_id = id where id = 2")
    board = board_on(file)

    with pytest.raises(BrokenHistory):
        board.record("ACT-2017-001", {"note": "x"}, by=UNIT)
    board.close()


def test_a_sound_file_is_told_of_as_such(file: Path, sound: Path) -> None:
    for args in READING:
        assert call(file, sound, *args).exit_code == 0, args
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
    assert parse_instant(NOW)
