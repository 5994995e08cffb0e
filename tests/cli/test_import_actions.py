"""`import actions`: what it says, and that it is all or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.small import ACTION

TRACKER = "What,Who,Status,Comments\nAlpha,Police,begun,x\nBeta,School,Not started,y\n"


@pytest.fixture
def board(loop):
    """A board whose actions say what will be done, with one review that is running."""
    action = ACTION.replace('note: {ask: "What is it about?"', 'change: {ask: "What will be done?"')
    (loop.workflows / "action.yaml").write_text(action)
    review = loop.workflows / "review.yaml"
    review.write_text(review.read_text().replace("set: {note: {from: note}}", "set: {change: {from: note}}"))
    loop.env["LOOPENGINE_ROLES"] = "business_unit"
    loop.case()
    return loop


@pytest.fixture
def tracker(tmp_path: Path) -> str:
    file = tmp_path / "tracker.csv"
    file.write_text(TRACKER)
    return str(file)


def test_the_actions_are_taken_over_and_it_says_how_each_thing_was_taken(board, tracker):
    said = board.rehearse(
        "import", "actions", tracker, "--under", "REV-2017-001", "--status", "not started=proposed"
    )

    assert said.status == 0
    lines = [" ".join(line.split()) for line in said.out.splitlines()]
    for line in (
        "What change",
        "D1 Comments the history of each action begins here",
        "Not started proposed: Proposed 1 C3",
        "ACT-2017-001 is taken over, in begun",
        "2 actions are taken over.",
    ):
        assert line in lines


def test_a_second_time_it_says_what_was_there(board, tracker):
    words = ("import", "actions", tracker, "--under", "REV-2017-001", "--status", "not started=proposed")
    board.rehearse(*words)

    again = board.rehearse(*words, "--json").json

    assert again["cases"] == []
    assert again["already"] == [
        {"row": 2, "case": "ACT-2017-001", "differs": []},
        {"row": 3, "case": "ACT-2017-002", "differs": []},
    ]
    assert "0 actions are taken over; 2 were there already." in board.rehearse(*words).out


def test_what_is_wrong_is_said_by_cell_with_status_1(board, tracker):
    said = board.rehearse("import", "actions", tracker, "--under", "REV-2017-001")

    assert said.status == 1
    assert "tracker.csv:C3: no status is called 'Not started'" in said.err
    assert len(board.rehearse("list", "--json").json) == 1


def test_a_dry_run_says_so(board, tracker):
    said = board.rehearse(
        *("import", "actions", tracker, "--under", "REV-2017-001", "--map", "Status=", "--dry-run")
    )

    assert said.out.splitlines()[-1] == "Tried only: nothing was written."
    assert len(board.rehearse("list", "--json").json) == 1


def test_what_is_given_wrongly_is_a_mistake_of_usage(board, tracker):
    for words, message in (
        (("--map", "What"), "--map 'What' has no ="),
        (("--status", "Done"), "--status 'Done' has no ="),
        (("--sheet", "Plan"), "has no sheets"),
        (("--on", "2017-02-01"), "2017-02-01 is yet to come"),
    ):
        said = board.rehearse("import", "actions", tracker, "--under", "REV-2017-001", *words)
        assert (said.status, message in said.err) == (2, True), said.err
    assert board.rehearse("import", "actions", tracker, "--under", "REV-2017-009").status == 3
    assert board.rehearse("import", "actions", "nowhere.csv", "--under", "REV-2017-001").status == 2


def test_of_very_many_things_the_first_are_shown(board, tmp_path):
    file = tmp_path / "long.csv"
    rows = [f"Action {n},{'begun' if n % 2 else 'status ' + str(n)}" for n in range(60)]
    file.write_text("\n".join(["What,Status", *rows]))
    words = ("import", "actions", str(file), "--under", "REV-2017-001")
    statuses = [part for n in range(0, 60, 2) for part in ("--status", f"status {n}=proposed")]

    first = board.rehearse(*words, *statuses)
    file.write_text(file.read_text().replace("Action 59,begun", "Action 59,verified"))
    again = board.rehearse(*words, *statuses)

    assert first.out.count("proposed: Proposed") == 20
    assert "and 10 more; --json lists them all" in first.out
    assert [line.split() for line in again.out.splitlines() if line.startswith("61")] == [
        ["61", "ACT-2017-060", "state"]
    ]
    assert "0 actions are taken over; 60 were there already." in again.out
