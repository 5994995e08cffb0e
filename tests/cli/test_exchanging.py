"""Learning goes out and comes in by the command line, and histories go out for process mining."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.bodies import LESSON, THEIRS, letter, point, review

from loopengine.workflow_files import default_framework

UNIT = ("--role", "business_unit", "--by", "Uma")


@pytest.fixture
def board(loop: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The shipped framework on a database of its own, called from an empty folder."""
    desk = tmp_path / "desk"
    desk.mkdir()
    monkeypatch.chdir(desk)
    return type(loop)(loop.database, default_framework(), loop.env)


def came(name: str = "theirs.json", *points: Any, **changed: Any) -> str:
    """A file that another body has sent."""
    Path(name).write_text(json.dumps(letter(*(points or (point(),)), **changed)), "utf-8")
    return name


def test_what_another_body_sends_is_imported_once_and_told(board: Any) -> None:
    file = came()

    first = board.rehearse("import", "learning", file, *UNIT)
    again = board.rehearse("import", "learning", file, *UNIT)
    changed = board.rehearse("import", "learning", came("new.json", point(lesson="Otherwise.")), *UNIT)

    assert first.out.splitlines() == [
        f"{THEIRS} LP-2017-003 is new: NAT-2017-001",
        "1 case opened, 0 changed, 0 left as they are.",
    ]
    assert again.out.splitlines() == [
        f"{THEIRS} LP-2017-003 is known already: NAT-2017-001",
        "0 cases opened, 0 changed, 1 left as they are.",
    ]
    assert changed.out.splitlines() == [
        f"{THEIRS} LP-2017-003 says something else than before: NAT-2017-001",
        "  facts       message",
        "0 cases opened, 1 changed, 0 left as they are.",
    ]
    told = "LP-2017-003, exchanged on 2017-01-09"
    assert told in board("show", "NAT-2017-001").out
    assert told in board("history", "NAT-2017-001").out


def test_in_json_each_item_says_what_became_of_it(board: Any) -> None:
    answer = board.rehearse("import", "learning", came(), *UNIT, "--json", "--dry-run")

    assert answer.json == {
        "items": [
            {
                "body": THEIRS,
                "reference": "LP-2017-003",
                "outcome": "opened",
                "case": "NAT-2017-001",
                "facts": [],
            }
        ],
        "dry_run": True,
    }
    assert board("list", "--json").json == []


def test_a_dry_run_says_that_it_was_one(board: Any) -> None:
    assert board.rehearse("import", "learning", came(), "--dry-run").out.endswith(
        "Tried only: nothing was written.\n"
    )


def test_everything_that_is_wrong_is_said_line_by_line_and_no_database_is_made(board: Any) -> None:
    file = came("wrong.json", point(status="done"), point(lesson=1))

    answer = board("import", "learning", file)
    in_json = board("import", "learning", file, "--json")

    assert (answer.status, answer.out) == (1, "")
    assert answer.err.splitlines() == [
        "error: nothing was imported: 2 things are wrong",
        "wrong.json: /learning_points/0/status: this is 'done'; there is: closed, open, withdrawn",
        "wrong.json: /learning_points/1/lesson: this is 1; it takes a text or null",
    ]
    assert in_json.error["kind"] == "learning_refused"
    assert in_json.error["message"].count("\n") == 1
    assert not board.database.exists()


@pytest.mark.parametrize(
    ("content", "status"),
    [
        ("{}", 2),
        ("<html>", 2),
        (json.dumps(letter(point(), body={"id": "south-tyneside-scb", "name": "x"})), 1),
    ],
)
def test_what_is_no_letter_to_us_is_refused_and_no_database_is_made(
    board: Any, content: str, status: int
) -> None:
    Path("odd.json").write_text(content, "utf-8")

    assert board("import", "learning", "odd.json").status == status
    assert not board.database.exists()


def test_learning_is_exported_to_a_file_that_is_not_overwritten(board: Any) -> None:
    board.rehearse("import", "learning", came(), *UNIT)

    first = board("export", "learning", "--json")
    again = board("export", "learning")
    replaced = board("export", "learning", "--replace")

    assert first.json == {"file": "learning.json", "reviews": 1, "learning_points": 0}
    assert (again.status, "is there already" in again.err) == (2, True)
    assert replaced.out == "learning.json: 1 review, 0 learning points\n"
    document = json.loads(Path("learning.json").read_text("utf-8"))
    assert document["reviews"][0]["summary"] == LESSON


def test_it_can_be_piped_and_narrowed(board: Any) -> None:
    board.rehearse("import", "learning", came(reviews=(review(summary="x"),)), *UNIT)

    everything = board("export", "learning", "--out", "-").json
    nothing = board("export", "learning", "--out", "-", "--from", "2017-02-01").json
    wordless = board("export", "learning", "--out", "-", "--without-text").json

    assert len(everything["reviews"]) == 2
    assert nothing["reviews"] == []
    assert nothing["period"] == {"from": "2017-02-01", "to": None}
    assert {each["summary"] for each in wordless["reviews"]} == {None}
    assert not Path("learning.json").exists()


@pytest.mark.parametrize(
    "args",
    [
        ("--from", "2017-02-01", "--to", "2017-01-01"),
        ("--from", "1/2/2017"),
        ("--workflow", "serious-case-reviews"),
        ("--out", "learning.txt"),
        ("--out", "nowhere/learning.json"),
    ],
)
def test_what_makes_no_sense_writes_no_file(board: Any, args: tuple[str, ...]) -> None:
    board.rehearse("import", "learning", came(), *UNIT)

    assert board("export", "learning", *args).status == 2
    assert not Path("learning.json").exists()


def test_the_histories_are_exported_to_a_file_or_piped(board: Any) -> None:
    board.rehearse("import", "learning", came(), *UNIT)

    answer = board("export", "events", "--json")
    piped = board("export", "events", "--out", "-")

    assert answer.json == {"file": "events.json", "objects": 2, "events": 1, "relations": 2}
    assert json.loads(Path("events.json").read_text("utf-8")) == json.loads(piped.out)
    assert board("export", "events").status == 2


def test_nothing_is_exported_where_there_is_no_database(board: Any) -> None:
    for what in ("learning", "events"):
        assert board("export", what).status == 6
    assert [*Path().iterdir()] == []


def test_what_can_be_exported_is_named_where_something_else_is_asked_for(board: Any) -> None:
    answer = board("export", "lerning")

    assert (answer.status, "did you mean 'learning'" in answer.err) == (2, True)


def test_the_schema_of_learning_is_printed(board: Any) -> None:
    assert board("schema", "--learning").json["title"].startswith("Learning that bodies exchange")
    assert board("schema", "--learning", "--framework").status == 2
