"""One transaction a verb: idempotency, optimistic locks, a caller's session, and two writers at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session
from structlog.testing import capture_logs
from support.small import ACTION, CHAIR, REVIEW, REVIEWER, UNIT, engine, framework

from loopengine import Engine, Moved
from loopengine.clock import FrozenClock
from loopengine.errors import LoopEngineError, RefusedError, StaleCase, UsageError


@pytest.fixture
def board(tmp_path: Path) -> Engine:
    return engine(tmp_path / "board.db")


def test_the_same_key_again_is_answered_alike_and_writes_nothing(board: Engine) -> None:
    opened = [board.open("review", {"harmed": True}, by=UNIT, key="a") for _ in range(2)]
    recorded = [board.record(opened[0], {"note": "seen"}, by=UNIT, key="b") for _ in range(2)]
    fired = [board.fire(opened[0], "accept", by=CHAIR, key="c") for _ in range(2)]
    board.record(opened[0], {"harmed": False}, by=UNIT)
    again = board.fire(opened[0], "accept", by=CHAIR, key="c")

    assert opened[0] == opened[1]
    assert recorded[0] == recorded[1]
    assert fired[0] == fired[1] == again  # explained as it was then, whatever has been learnt since
    assert len(board.history(opened[0])) == 4


def test_a_refusal_under_a_key_is_answered_alike_too(board: Engine) -> None:
    case = board.open("review", by=UNIT)

    first, second = (board.fire(case, "accept", by=CHAIR, key="c") for _ in range(2))

    assert first == second
    assert not first.moved
    assert len(board.history(case)) == 2


def test_a_key_is_for_one_request(board: Engine) -> None:
    case = board.open("review", by=UNIT, key="a")

    with pytest.raises(UsageError, match="the key 'a' was used for another request"):
        board.fire(case, "accept", by=CHAIR, key="a")
    with pytest.raises(UsageError, match="the key 'a' was used for another request"):
        board.open("review", {"harmed": True}, by=UNIT, key="a")


def test_whoever_looked_at_an_older_revision_is_told(board: Engine) -> None:
    case = board.open("review", by=UNIT)
    board.record(case, {"harmed": True}, by=UNIT, revision=1)

    with pytest.raises(StaleCase, match="REV-2017-001 is at revision 2, not 1"):
        board.fire(case, "accept", by=CHAIR, revision=1)

    assert [line.entry.kind for line in board.history(case)] == ["opened", "recorded"]
    assert board.fire(case, "accept", by=CHAIR, revision=2).moved


def test_of_two_writers_one_moves_the_case_and_the_other_is_told(tmp_path: Path) -> None:
    case = engine(tmp_path / "board.db").open("review", {"harmed": True}, by=UNIT)
    barrier, answers = Barrier(2), []

    def act() -> None:
        mine = engine(tmp_path / "board.db")
        barrier.wait()
        try:
            answers.append(mine.fire(case, "accept", by=CHAIR, revision=1))
        except LoopEngineError as error:
            answers.append(error)
        mine.close()

    threads = [Thread(target=act) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {type(answer) for answer in answers} == {Moved, StaleCase}
    board = engine(tmp_path / "board.db")
    assert [line.entry.kind for line in board.history(case)] == ["opened", "moved"]
    assert board.audit().ok


def test_two_transactions_of_callers_cannot_both_move_a_case(tmp_path: Path) -> None:
    """The optimistic lock holds by itself: no BEGIN IMMEDIATE stands before these writers."""
    board = engine(tmp_path / "board.db")
    case = board.open("review", {"harmed": True}, by=UNIT)
    stale = board.database
    with stale.writing() as connection:
        connection.execute(text("update loop_case set entries = entries + 1, revision = revision + 1"))
    held = board.case(case)
    with stale.writing() as connection:
        connection.execute(text("update loop_case set entries = entries - 1, revision = revision - 1"))

    assert held.case.revision == 2
    with pytest.raises(StaleCase):
        board.record(case, {"harmed": False}, by=UNIT, revision=held.case.revision)


def test_a_callers_session_is_never_committed(tmp_path: Path) -> None:
    board = engine(tmp_path / "board.db")
    case = board.open("review", {"harmed": True}, by=UNIT)
    host = create_engine(f"sqlite:///{tmp_path / 'board.db'}")

    with Session(host) as session:
        moved = board.fire(case, "accept", by=CHAIR, session=session)
        seen = board.case(case, session=session).case.state
        session.rollback()
    assert (moved.moved, seen) == (True, "reviewing")
    assert board.case(case).case.state == "referred"

    with Session(host) as session:
        board.fire(case, "accept", by=CHAIR, session=session)
        session.commit()
    assert board.case(case).case.state == "reviewing"
    assert board.audit().ok
    host.dispose()


def test_an_error_in_the_middle_leaves_nothing(board: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    case = board.open("review", {"harmed": True, "agencies": ["police", "school"]}, by=UNIT)
    board.fire(case, "accept", by=CHAIR).require()
    calls = iter(range(100))

    def salt() -> str:
        if (call := next(calls)) == 1:
            raise RuntimeError("the power fails")
        return f"fresh {call}"

    monkeypatch.setattr(board, "_salt", salt)
    with pytest.raises(RuntimeError):
        board.fire(case, "propose", by=REVIEWER, reason="one salt for this, one for the name")

    monkeypatch.undo()
    assert len(board.history(case)) == 2
    assert board.case(case).sub_cases == ()
    assert board.fire(case, "propose", by=REVIEWER).require().opened == ("ACT-2017-001",)


def test_a_case_keeps_the_rules_that_it_began_under(tmp_path: Path) -> None:
    case = engine(tmp_path / "board.db").open("review", {"harmed": True}, by=UNIT)
    stricter = REVIEW.replace("version: 1", "version: 2").replace(
        "harmed and possible(concern)", "harmed and concern"
    )
    board = engine(tmp_path / "board.db", of=framework(review=stricter))

    new = board.open("review", {"harmed": True}, by=UNIT)

    assert board.fire(new, "accept", by=CHAIR).moved is False
    assert board.fire(case, "accept", by=CHAIR).moved is True
    assert board.audit().ok


def test_a_file_that_changed_without_a_new_version_is_refused(tmp_path: Path) -> None:
    engine(tmp_path / "board.db").open("review", by=UNIT)
    changed = framework(action=ACTION.replace("title: Proposed", "title: Put forward"))
    board = engine(tmp_path / "board.db", of=changed)

    with pytest.raises(
        RefusedError, match="action has changed, but still says version 1; raise it to version: 2"
    ):
        board.open("review", by=UNIT)

    assert len(board.cases()) == 1


def test_line_ends_are_no_change(tmp_path: Path) -> None:
    engine(tmp_path / "board.db").open("review", by=UNIT)
    board = engine(tmp_path / "board.db", of=framework(action=ACTION.replace("\n", "\r\n")))

    assert board.open("review", by=UNIT).reference == "REV-2017-002"


def test_a_rehearsal_is_marked_for_good(tmp_path: Path) -> None:
    url, clock = f"sqlite:///{tmp_path / 'r.db'}", FrozenClock("2017-01-09T09:00Z")
    assert Engine(url, framework=framework(), clock=clock, rehearsal=True).rehearsal
    later = Engine(url, framework=framework())
    assert later.rehearsal
    with pytest.raises(UsageError, match="nothing of the real time belongs in it"):
        later.open("review", by=UNIT)
    with (
        Session(later.database._engine) as session,
        pytest.raises(UsageError, match="nothing of the real time belongs in it"),
    ):
        later.open("review", by=UNIT, session=session)

    engine(tmp_path / "board.db")
    with pytest.raises(UsageError, match="was not made as a rehearsal"):
        Engine(f"sqlite:///{tmp_path / 'board.db'}", framework=framework(), clock=clock, rehearsal=True)


def test_one_event_is_logged_for_each_verb_and_never_a_facts_content() -> None:
    board = engine()
    with capture_logs() as logs:
        case = board.open("review", {"harmed": True, "note": "Child A"}, by=UNIT)
        board.record(case, {"note": "Child A was seen"}, by=UNIT, evidence="file 12")
        board.fire(case, "accept", by=CHAIR, reason="as agreed")
        board.fire(case, "accept", by=CHAIR)
        board.audit()

    assert [each["event"] for each in logs] == [
        "case.opened", "case.recorded", "case.moved", "case.refused", "audit.finished",
    ]  # fmt: skip
    assert not any(words in str(logs) for words in ("Child A", "Uma", "Carys", "file 12", "as agreed"))


def test_the_day_of_a_move_is_when_it_was_so() -> None:
    board = engine()
    case = board.open("review", {"harmed": True}, by=UNIT, on=date(2017, 1, 2))

    board.fire(case, "accept", by=CHAIR, on=date(2017, 1, 4)).require()

    line = board.history(case)[-1].to_json()
    assert (line["so_on"], line["recorded_at"]) == ("2017-01-04", "2017-01-09T09:00:00.000000Z")


def test_automatic_steps_in_a_circle_are_refused_and_nothing_is_changed() -> None:
    circle = (
        ACTION.replace("title: Proposed", "title: Proposed", 1)
        .replace(
            "      verify: {to: verified, by: business_unit, not_of: owner}\n",
            "      go: {to: begun, automatic: true, when: 'known(owner)'}\n",
        )
        .replace(
            "  begun:\n    on:\n",
            "  begun:\n    on:\n      back: {to: proposed, automatic: true, when: 'known(owner)'}\n",
        )
    )
    circle = circle.replace("      begin: {to: begun, by: {role: agency, of: owner}}\n", "")
    board = engine(of=framework(action=circle))
    action = board.open("action", by=UNIT)

    with pytest.raises(RefusedError, match="followed from one another, the last of ACT-2017-001"):
        board.record(action, {"owner": "police"}, by=UNIT)

    assert len(board.history(action)) == 1
    assert board.case(action).facts == {}


def test_a_verb_that_fails_on_a_callers_session_leaves_nothing_of_itself(tmp_path: Path) -> None:
    old = engine(tmp_path / "board.db")
    case = old.open("review", {"harmed": True}, by=UNIT)
    old.fire(case, "accept", by=CHAIR).require()
    action = old.fire(case, "propose", by=REVIEWER).require().opened[0]
    old.fire(action, "drop", by=UNIT, reason="not needed").require()
    changed = framework(action=ACTION.replace("title: Proposed", "title: Put forward"))
    board = engine(tmp_path / "board.db", of=changed)
    host = create_engine(f"sqlite:///{tmp_path / 'board.db'}")

    with Session(host) as session, session.begin():
        with pytest.raises(RefusedError, match="still says version 1"):
            board.fire(case, "follow", by=UNIT, session=session)
        session.execute(text("insert into loop_setting (name, value) values ('host', 'was here')"))

    assert board.case(case).case.state == "done"
    assert board.audit().ok
    with board.database.reading() as connection:
        assert (
            connection.execute(text("select value from loop_setting where name = 'host'")).scalar()
            == "was here"
        )
    host.dispose()
