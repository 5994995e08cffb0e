"""The verb `simulate`: years of a made-up caseload, left in a file."""

import re
import sqlite3
from pathlib import Path

import pytest

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "command-line.md").read_text("utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("rehearsal")


@pytest.fixture
def simulate(loop, folder):
    """Call `simulate` on the framework that is shipped."""
    loop.env = {"LOOPENGINE_WORKFLOWS": None, "LOOPENGINE_DB": None}
    loop.database = folder / "small.db"
    return lambda *words: loop("simulate", "--years", "1", "--scale", "0.05", *words)


def test_a_rehearsal_leaves_a_database_that_can_be_looked_at(loop, simulate, folder):
    told = simulate("--db", str(folder / "small.db"), "--out", str(folder))

    assert (told.status, told.err) == (0, "")
    assert "every history verified" in told.out
    assert re.search(r"\d+ cases?, \d+ entries of history", told.out)
    assert told.out.splitlines()[-1].split()[:2] == ["loopengine", "due"]
    line = told.out.splitlines()[-1].split()[1:]
    assert loop(*line).status == 0


def test_in_json_it_says_what_is_left_by_the_keys_of_the_page(simulate, folder, tmp_path):
    told = simulate("--json", "--out", str(tmp_path))

    assert (told.status, told.err) == (0, "")
    item = re.search(r"^- `simulate`: (.*)$", PAGE, re.MULTILINE)[1]
    assert set(told.json) == set(re.findall(r"`([a-z_]+)`", re.sub(r"\([^()]*\)", "", item)))
    assert told.json["verified"] is True
    assert told.json["database"] == str(tmp_path / "rehearsal.db")
    assert told.json["bytes"] == (tmp_path / "rehearsal.db").stat().st_size
    count = sqlite3.connect(tmp_path / "rehearsal.db").execute("select count(*) from loop_entry").fetchone()
    assert (told.json["entries"],) == count
    assert told.json["cases"] == sum(each["opened"] for each in told.json["workflows"].values())


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--years", "none"], "--years cannot be 'none'"),
        (["--years", "0"], "0 years cannot be rehearsed"),
        (["--scale", "0"], "the scale cannot be 0.0"),
        (["--scale", "many"], "--scale cannot be 'many'"),
        (["--start", "yesterday"], "--start cannot be 'yesterday'"),
        (["--rng", "-1"], "--rng cannot be '-1'"),
        (["--framework", "north-tyneside"], "no framework is called 'north-tyneside'"),
        (["--caseload", "nowhere.toml"], "the caseload 'nowhere.toml' cannot be read"),
        (["--db", "postgresql://board"], "a rehearsal is kept in a file of its own"),
    ],
)
def test_a_wrong_option_is_named_and_nothing_is_made(simulate, tmp_path, words, message):
    told = simulate("--json", "--out", str(tmp_path), *words)

    assert (told.status, told.out, told.error["message"]) == (2, "", message)
    assert not (tmp_path / "rehearsal.db").exists()


def test_a_file_that_is_there_is_not_overwritten(simulate, tmp_path):
    (tmp_path / "rehearsal.db").write_text("something else")

    told = simulate("--out", str(tmp_path))

    assert (told.status, told.out) == (2, "")
    assert (tmp_path / "rehearsal.db").read_text() == "something else"
