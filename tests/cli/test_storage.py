"""Databases that cannot be used: each is told of with status 6, and left as it was."""

import sqlite3
from contextlib import closing

import pytest

from loopengine.store import database

VERBS = [
    ["list"],
    ["show", "REV-2017-001"],
    ["why", "REV-2017-001"],
    ["history", "REV-2017-001"],
    ["audit"],
    ["record", "REV-2017-001", "harmed=yes"],
    ["fire", "REV-2017-001", "think"],
    ["open", "review"],
]
READING = VERBS[:5]
WRITING = VERBS[5:]


def refused(loop, *args):
    """The message of a storage error, told in JSON and in words alike."""
    answer, in_json = loop.rehearse(*args), loop.rehearse(*args, "--json")
    assert (answer.status, in_json.status) == (6, 6)
    assert (answer.out, in_json.out) == ("", "")
    assert in_json.error["kind"] == "storage"
    assert in_json.error["hint"]
    assert answer.err.splitlines() == [f"error: {in_json.error['message']}", in_json.error["hint"]]
    return in_json.error["message"]


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb[0] != "open"])
def test_only_open_makes_a_database(loop, verb):
    message = refused(loop, *verb)

    assert message == f"there is no database {loop.database}"
    assert not loop.database.exists()


@pytest.mark.parametrize(
    "args",
    [
        ["open", "nothing"],
        ["open", "review", "harmed=maybe"],
        ["open", "review", "x=1"],
        ["open", "review", "concern=no"],
    ],
)
def test_a_mistake_makes_no_database(loop, args):
    assert loop(*args).status in (1, 2)
    assert not loop.database.exists()


@pytest.mark.parametrize("verb", VERBS)
def test_a_text_file_is_no_database(loop, verb):
    loop.database.write_text("minutes of the meeting\n" * 100, "utf-8")

    assert refused(loop, *verb) == f"{loop.database} is not a database"
    assert loop.database.read_text("utf-8") == "minutes of the meeting\n" * 100


@pytest.mark.parametrize("verb", VERBS)
def test_the_database_of_another_program_is_left_alone(loop, verb):
    with closing(sqlite3.connect(loop.database)) as other:
        other.execute("create table contacts (name text)")
    before = loop.database.read_bytes()

    assert "is a database, but not one of loopengine's" in refused(loop, *verb)
    assert loop.database.read_bytes() == before


@pytest.mark.parametrize("verb", VERBS)
def test_a_database_from_a_newer_version_is_left_alone(loop, verb):
    loop.case()
    with closing(sqlite3.connect(loop.database)) as newer:
        newer.execute("update loop_schema set version_num = '9999'")
        newer.commit()
    before = contents(loop)

    assert "was made by a newer version of loopengine" in refused(loop, *verb)
    assert contents(loop) == before


@pytest.mark.parametrize("verb", WRITING)
def test_a_read_only_database_is_told_of(loop, verb):
    loop.case()
    before = contents(loop)

    message = refused(loop, *verb, "--db", f"sqlite:///file:{loop.database}?mode=ro&uri=true")

    assert message.endswith("is read-only")
    assert contents(loop) == before


@pytest.mark.parametrize("verb", READING)
def test_a_read_only_database_can_be_read(loop, verb):
    loop.case()

    assert loop.rehearse(*verb, "--db", f"sqlite:///file:{loop.database}?mode=ro&uri=true").status == 0


@pytest.mark.parametrize("verb", WRITING)
def test_a_locked_database_is_told_of(loop, verb, monkeypatch):
    monkeypatch.setattr(database, "_BUSY_SECONDS", 0)
    loop.case()
    before = contents(loop)
    with closing(sqlite3.connect(loop.database, isolation_level=None)) as other:
        other.execute("begin immediate")

        assert "was locked by somebody else" in refused(loop, *verb)
    assert contents(loop) == before


@pytest.mark.parametrize("url", ["nosuch://x", "postgresql+nothing://x"])
def test_a_url_that_names_no_database_is_told_of(loop, url):
    assert loop.rehearse("list", "--db", url).status == 6


def test_a_folder_is_no_database(loop, tmp_path):
    assert loop.rehearse("list", "--db", str(tmp_path)).status == 6


def contents(loop):
    """All that is in the database."""
    with closing(sqlite3.connect(loop.database)) as connection:
        return list(connection.iterdump())
