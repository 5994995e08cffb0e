"""The verb `demo`: the story, and the database that it leaves."""

import pytest


@pytest.fixture
def told(loop, tmp_path):
    """The answer of `demo`, on a fresh database that the command line then works on."""
    loop.database = tmp_path / "story.db"
    loop.env = {"LOOPENGINE_WORKFLOWS": None}
    return loop("demo", "--db", str(loop.database))


def test_the_story_leaves_a_database_that_can_be_carried_on(loop, told):
    assert (told.status, told.err) == (0, "")
    assert str(loop.database) in told.out.splitlines()[-1]
    assert loop("audit").status == 0
    assert loop("list", "--json").json[0]["stage"] == "evaluated"
    assert loop("why", "SCR-2017-001").status == 0


def test_the_story_is_told_on_a_fresh_file_only(loop, told):
    before = loop("list").out

    again = loop("demo", "--db", str(loop.database))

    assert (again.status, again.out) == (2, "")
    assert loop("list").out == before


@pytest.mark.parametrize("option", [["--json"], ["--db", "postgresql://board"]])
def test_a_story_has_no_json_and_needs_a_file(loop, option):
    answer = loop("demo", *option)

    assert (answer.status, answer.out) == (2, "")
