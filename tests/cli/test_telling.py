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
    assert told.out.startswith("One Serious Case Review")
    assert loop("audit").status == 0
    assert loop("list", "--json").json[0]["stage"] == "evaluated"
    assert loop("why", "SCR-2017-001").status == 0


def test_the_story_is_told_on_a_fresh_file_only(loop, told):
    before = loop("list").out

    again = loop("demo", "--db", str(loop.database))

    assert (again.status, again.out) == (2, "")
    assert loop("list").out == before


def test_the_story_needs_a_file(loop):
    answer = loop("demo", "--db", "postgresql://board")

    assert (answer.status, answer.out) == (2, "")


def test_in_json_nothing_is_told_but_what_the_story_leaves(loop, tmp_path):
    loop.database = tmp_path / "story.db"
    loop.env = {"LOOPENGINE_WORKFLOWS": None}

    answer = loop("--json", "demo", "--db", str(loop.database))

    assert (answer.status, answer.err) == (0, "")
    left = answer.json
    now = left["now"]
    assert left["database"] == str(loop.database)
    assert left["case"] == "SCR-2017-001"
    assert left["cases"] == loop.rehearse("list", "--json", now=now).json
    assert left["audit"] == loop.rehearse("audit", "--json", now=now).json
    assert left["audit"]["ok"] is True


def test_in_json_a_story_that_cannot_be_told_is_an_error_alone(loop, tmp_path):
    (tmp_path / "story.db").touch()

    answer = loop("demo", "--json", "--db", str(tmp_path / "story.db"))

    assert (answer.status, answer.out, answer.error["kind"]) == (2, "", "usage")
