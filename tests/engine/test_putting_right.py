"""Putting right what the office did by mistake: steps struck out, cases withdrawn and merged."""

from __future__ import annotations

from datetime import date

import pytest
from support import clockwork
from support.small import ACTION, CHAIR, OFFICER, REVIEWER, UNIT, engine, framework

from loopengine import Actor, Engine
from loopengine.clock import FrozenClock
from loopengine.core.records import Record
from loopengine.errors import BadValue, RefusedError, StaleCase, UsageError
from loopengine.store import cases


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock("2017-01-09T09:00Z")


@pytest.fixture
def board(clock: FrozenClock) -> Engine:
    return engine(clock=clock)


def row(board: Engine, case: object) -> Record:
    with board.database.reading() as connection:
        stored = cases.find(connection, str(case))
    assert stored is not None
    return stored.record


def state(board: Engine, case: object) -> str:
    return board.case(str(case)).case.state


def reviewing(board: Engine, **facts: object) -> str:
    case = board.open("review", {"harmed": True, **facts}, by=UNIT)
    board.fire(case, "accept", by=CHAIR).require()
    return case.reference


def test_a_step_fired_by_mistake_is_struck_out(board: Engine) -> None:
    case = board.open("review", {"harmed": True, "told_on": "2017-01-09"}, by=UNIT)
    before = row(board, case)
    board.fire(case, "accept", by=CHAIR).require()

    corrected = board.correct(case, by=UNIT, reason="the wrong case")

    after = row(board, case)
    assert (corrected.event, corrected.undoes, corrected.to) == ("accept", (2,), "referred")
    assert (after.state, after.stage, after.path) == ("referred", "referral", ("referred",))
    assert (after.happened, after.clocks, after.moved_on) == (before.happened, before.clocks, None)
    assert after.clocks["decide"].is_running
    assert board.audit().ok


def test_what_was_struck_out_stays_in_the_history_and_is_marked(board: Engine) -> None:
    case = reviewing(board)

    board.correct(case, by=UNIT, reason="the wrong case")

    opened, accepted, undone = board.history(case)
    assert (accepted.entry.kind, accepted.undone_by, opened.undone_by) == ("moved", 3, None)
    assert (undone.entry.kind, undone.reason, undone.to_json()["undoes"]) == ("undone", "the wrong case", [2])


def test_before_the_correction_the_step_is_shown_as_it_was_taken(board: Engine, clock: FrozenClock) -> None:
    case = reviewing(board)
    then = clock.now()
    shown = board.case(case).to_json(), board.explain(case).to_json(), board.history(case)
    clock.advance(days=1)

    board.correct(case, by=UNIT, reason="the wrong case")

    assert (board.case(case, as_of=then).to_json(), board.explain(case, as_of=then).to_json()) == shown[:2]
    assert board.history(case, as_of=then) == shown[2]
    assert board.case(case).case.state == "referred"


def test_what_was_recorded_since_stays(board: Engine) -> None:
    case = reviewing(board)
    board.record(case, {"concern": True}, by=UNIT)

    board.correct(case, by=UNIT, reason="the wrong case")

    assert board.case(case).facts["concern"] is True
    assert board.fire(case, "accept", by=CHAIR).moved


def test_the_cases_that_the_step_opened_are_withdrawn_and_counted_by_nobody(board: Engine) -> None:
    case = reviewing(board, agencies="police,school")
    with board.database.reading() as connection:
        before = cases.find(connection, case)
    opened = board.fire(case, "ask_all", by=REVIEWER).require().opened

    corrected = board.correct(case, by=UNIT, reason="too early")

    with board.database.reading() as connection:
        after = cases.find(connection, case)
    assert before is not None
    assert after is not None
    assert corrected.withdrawn == opened
    assert [state(board, each) for each in opened] == ["withdrawn", "withdrawn"]
    assert {kind: tally.total for kind, tally in after.tallies.items()} == {"actions": 0}
    assert (after.record.opened_for, after.record.happened) == (
        before.record.opened_for,
        before.record.happened,
    )
    assert board.fire(case, "ask_all", by=REVIEWER).require().opened == ("ACT-2017-003", "ACT-2017-004")
    assert board.audit().ok


def test_a_party_that_joined_since_goes_with_the_step(board: Engine) -> None:
    case = reviewing(board, agencies="police")
    board.fire(case, "ask_all", by=REVIEWER).require()
    board.record(case, {"agencies": "police,school"}, by=UNIT)

    corrected = board.correct(case, by=UNIT, reason="too early")

    assert corrected.withdrawn == ("ACT-2017-001", "ACT-2017-002")
    assert [line.undone_by is not None for line in board.history(case)].count(True) == 2
    assert board.audit().ok


def test_a_step_whose_case_has_moved_on_stands_until_that_is_put_right(board: Engine) -> None:
    case = reviewing(board, agencies="police")
    (action,) = board.fire(case, "ask_all", by=REVIEWER).require().opened
    board.fire(action, "begin", by=OFFICER).require()

    with pytest.raises(RefusedError, match=f"opened {action}, which has moved on since .begin on 2017-01-09"):
        board.correct(case, by=UNIT, reason="too early")

    board.correct(action, by=UNIT, reason="begun for that")
    assert board.correct(case, by=UNIT, reason="too early").withdrawn == (action,)


def test_a_case_that_was_opened_by_a_link_is_withdrawn_too(board: Engine, clock: FrozenClock) -> None:
    case = reviewing(board, agencies="police")
    (action,) = board.fire(case, "ask_all", by=REVIEWER).require().opened
    board.fire(action, "verify", by=UNIT).require()
    assert state(board, case) == "done"
    (linked,) = board.fire(case, "follow", by=UNIT).require().opened

    corrected = board.correct(case, by=UNIT, reason="it does not follow")

    assert (corrected.withdrawn, corrected.to, state(board, linked)) == ((linked,), "done", "withdrawn")
    assert board.audit().ok


def test_a_case_in_which_nobody_took_a_step_has_nothing_to_put_right(board: Engine) -> None:
    case = reviewing(board)
    board.correct(case, by=UNIT, reason="the wrong case")

    with pytest.raises(RefusedError, match="nobody has taken a step in REV-2017-001"):
        board.correct(case, by=UNIT, reason="once more")


def test_steps_are_struck_out_one_after_another_the_last_first(board: Engine) -> None:
    case = reviewing(board)
    board.fire(case, "propose", by=REVIEWER).require()

    first = board.correct(case, by=UNIT, reason="the wrong case")
    second = board.correct(case, by=UNIT, reason="the wrong case")

    assert ((first.event, first.undoes), (second.event, second.undoes)) == (
        ("propose", (3,)),
        ("accept", (2,)),
    )
    assert state(board, case) == "referred"
    assert board.audit().ok


def test_what_had_followed_above_of_itself_is_taken_back_there(board: Engine) -> None:
    case = reviewing(board, agencies="police")
    (action,) = board.fire(case, "ask_all", by=REVIEWER).require().opened
    assert board.fire(action, "verify", by=UNIT).require().also_moved == (case,)

    corrected = board.correct(action, by=UNIT, reason="the wrong action")

    assert (state(board, case), corrected.also_moved) == ("reviewing", (case,))
    assert [line.entry.kind for line in board.history(case)][-2:] == ["moved", "undone"]
    assert board.history(case)[-1].to_json()["along_with"] == action
    assert board.audit().ok


@pytest.mark.parametrize("reason", ["", "  ", None])
def test_putting_right_needs_a_reason(board: Engine, reason: str) -> None:
    case = reviewing(board)

    with pytest.raises(BadValue, match="a correction needs a reason"):
        board.correct(case, by=UNIT, reason=reason)
    with pytest.raises(BadValue, match="a withdrawal needs a reason"):
        board.withdraw(case, by=UNIT, reason=reason)
    with pytest.raises(BadValue, match="a merger needs a reason"):
        board.merge(case, reviewing(board), by=UNIT, reason=reason)


def test_putting_right_is_for_the_roles_that_the_framework_names(board: Engine) -> None:
    case = reviewing(board)

    with pytest.raises(RefusedError, match="correct is for business_unit or independent_chair to do"):
        board.correct(case, by=REVIEWER, reason="the wrong case")
    with pytest.raises(RefusedError, match="withdraw is for business_unit or independent_chair to do"):
        board.withdraw(case, by=Actor("Nobody in particular"), reason="opened twice")

    assert len(board.history(case)) == 2


def test_the_same_request_under_a_key_is_answered_alike(board: Engine) -> None:
    case = reviewing(board)
    other = reviewing(board)
    corrected = board.correct(case, by=UNIT, reason="the wrong case", key="1")
    withdrawn = board.withdraw(case, by=UNIT, reason="opened twice", key="2")
    third = reviewing(board)
    merged = board.merge(third, other, by=UNIT, reason="the same child", key="3")

    assert board.correct(case, by=UNIT, reason="the wrong case", key="1") == corrected
    assert board.withdraw(case, by=UNIT, reason="opened twice", key="2") == withdrawn
    assert board.merge(third, other, by=UNIT, reason="the same child", key="3") == merged
    with pytest.raises(UsageError, match="was used for another request"):
        board.correct(case, by=UNIT, reason="another reason", key="1")


def test_a_revision_that_has_passed_is_stale(board: Engine) -> None:
    case = reviewing(board)

    with pytest.raises(StaleCase):
        board.correct(case, by=UNIT, reason="the wrong case", revision=1)
    with pytest.raises(StaleCase):
        board.withdraw(case, by=UNIT, reason="opened twice", revision=1)


def test_a_dry_run_says_what_would_be_and_writes_nothing(board: Engine) -> None:
    case = reviewing(board, agencies="police")
    (action,) = board.fire(case, "ask_all", by=REVIEWER).require().opened
    before = board.audit().entries

    corrected = board.correct(case, by=UNIT, reason="too early", dry_run=True)
    withdrawn = board.withdraw(case, by=UNIT, reason="opened twice", dry_run=True)

    assert (corrected.withdrawn, withdrawn.withdrawn) == ((action,), (action,))
    assert corrected.dry_run
    assert (board.audit().entries, state(board, action)) == (before, "proposed")


def test_a_case_opened_in_error_ends_with_its_sub_cases(board: Engine) -> None:
    case = reviewing(board, agencies="police,school")
    first, second = board.fire(case, "ask_all", by=REVIEWER).require().opened
    board.fire(first, "drop", by=UNIT, reason="no need").require()

    withdrawn = board.withdraw(case, by=UNIT, reason="opened twice")

    assert (withdrawn.state, withdrawn.withdrawn) == ("withdrawn", (second,))
    record = row(board, case)
    assert (record.ended, record.excused, record.stage, record.path) == (True, True, None, ())
    assert board.explain(case).events == ()
    assert board.history(second)[-1].to_json()["along_with"] == case
    assert not any(clock.clock.is_running for clock in board.case(case).clocks)
    assert board.audit().ok


def test_a_withdrawn_sub_case_is_left_out_of_its_parents_every(board: Engine) -> None:
    case = reviewing(board, agencies="police,school")
    first, second = board.fire(case, "ask_all", by=REVIEWER).require().opened
    board.fire(first, "verify", by=UNIT).require()

    withdrawn = board.withdraw(second, by=UNIT, reason="opened in error")

    assert (withdrawn.also_moved, state(board, case)) == ((case,), "done")
    assert board.audit().ok


def test_what_is_left_of_none_is_not_all_done(board: Engine) -> None:
    case = reviewing(board, agencies="police")
    (action,) = board.fire(case, "ask_all", by=REVIEWER).require().opened

    board.withdraw(action, by=UNIT, reason="opened in error")

    assert state(board, case) == "reviewing"


def test_a_withdrawal_by_mistake_is_taken_back_with_what_went_along(board: Engine) -> None:
    case = reviewing(board, agencies="police,school")
    first, second = board.fire(case, "ask_all", by=REVIEWER).require().opened
    before = [row(board, each) for each in (case, first, second)]
    board.withdraw(case, by=UNIT, reason="opened twice")
    with pytest.raises(RefusedError, match=f"{first} ended along with {case}"):
        board.correct(first, by=NOBODYS, reason="not this one")

    corrected = board.correct(case, by=UNIT, reason="it was not opened twice")

    assert corrected.reopened == (first, second)
    for was, each in zip(before, (case, first, second), strict=True):
        now = row(board, each)
        assert (now.state, now.path, now.ended, now.clocks) == (was.state, was.path, False, was.clocks)
    assert board.audit().ok


def test_a_case_that_has_ended_is_not_withdrawn_or_merged(board: Engine) -> None:
    case, other = reviewing(board), reviewing(board)
    board.withdraw(case, by=UNIT, reason="opened twice")

    for ask in (
        lambda: board.withdraw(case, by=UNIT, reason="once more"),
        lambda: board.merge(case, other, by=UNIT, reason="the same"),
        lambda: board.merge(other, case, by=UNIT, reason="the same"),
    ):
        with pytest.raises(RefusedError, match=f"{case} has ended"):
            ask()


def test_two_cases_that_are_the_same_are_merged(board: Engine, clock: FrozenClock) -> None:
    case, into = reviewing(board), reviewing(board)
    clock.advance(days=1)
    then = clock.now()
    clock.advance(days=1)

    merged = board.merge(case, into, by=CHAIR, reason="the same incident")

    assert (merged.state, merged.into) == ("merged", into)
    assert [(link.name, link.case, link.away) for link in board.case(case).links] == [
        ("merged_into", into, True)
    ]
    assert [(link.name, link.case, link.away) for link in board.case(into).links] == [
        ("merged_into", case, False)
    ]
    assert board.case(case, as_of=then).links == board.case(into, as_of=then).links == ()
    assert board.audit().ok


def test_a_merger_by_mistake_is_taken_back_with_its_link(board: Engine) -> None:
    case, into = reviewing(board), reviewing(board)
    board.merge(case, into, by=CHAIR, reason="the same incident")

    board.correct(case, by=CHAIR, reason="they are two")

    assert (state(board, case), board.case(case).links, board.case(into).links) == ("reviewing", (), ())
    assert board.merge(case, into, by=CHAIR, reason="they are one after all").into == into
    assert board.audit().ok


def test_what_cannot_be_merged_is_refused(board: Engine) -> None:
    case, other = reviewing(board, agencies="police"), reviewing(board)
    (action,) = board.fire(case, "ask_all", by=REVIEWER).require().opened

    with pytest.raises(RefusedError, match="ACT-2017-001 is a action, and REV-2017-001 a review"):
        board.merge(action, case, by=UNIT, reason="the same")
    with pytest.raises(RefusedError, match=f"has sub-cases that go on: {action}"):
        board.merge(case, other, by=UNIT, reason="the same")
    with pytest.raises(RefusedError, match="one of them contains the other"):
        board.merge(other, other, by=UNIT, reason="the same")


def test_nothing_is_put_right_before_it_went_wrong(board: Engine, clock: FrozenClock) -> None:
    clock.advance(days=10)
    case = reviewing(board)

    with pytest.raises(BadValue, match="nothing of 2017-01-19 was put right on 2017-01-18"):
        board.correct(case, by=UNIT, reason="the wrong case", on=date(2017, 1, 18))
    with pytest.raises(BadValue, match="cannot have ended on 2017-01-18"):
        board.withdraw(case, by=UNIT, reason="the wrong case", on=date(2017, 1, 18))
    with pytest.raises(BadValue, match="is yet to come"):
        board.correct(case, by=UNIT, reason="the wrong case", on=date(2017, 1, 20))


def test_what_a_step_had_set_goes_with_it_and_the_audit_would_notice_otherwise(clock: FrozenClock) -> None:
    sets = ACTION.replace(
        "begin: {to: begun, by: {role: agency, of: owner}}",
        "begin: {to: begun, by: business_unit, set: {owner: school}}",
    )
    board = engine(clock=clock, of=framework(action=sets))
    action = board.open("action", {"owner": "police"}, by=UNIT)
    board.fire(action, "begin", by=UNIT).require()
    assert board.case(action).facts["owner"] == "school"

    board.correct(action, by=UNIT, reason="not begun")

    assert board.case(action).facts["owner"] == "police"
    assert board.audit().ok
    with board.database.writing() as connection:
        connection.exec_driver_sql("update loop_answer set corrected_by = null")
    assert not board.audit().ok


# --- clocks -------------------------------------------------------------------------------------------------


NOBODYS = Actor("Uma Unit", ["business_unit"])


def watched(clock: FrozenClock) -> tuple[Engine, str]:
    board = engine(clock=clock, of=clockwork.framework())
    case = board.open("watch", {"agreed": True}, by=NOBODYS).reference
    board.sweep()
    return board, case


def test_a_clock_that_the_step_had_stopped_runs_again(clock: FrozenClock) -> None:
    board, case = watched(clock)
    before = row(board, case).clocks
    board.fire(case, "answer", by=CHAIR).require()
    assert not row(board, case).clocks["answer"].is_running

    board.correct(case, by=NOBODYS, reason="not answered at all")

    after = row(board, case).clocks
    assert after == before
    assert after["answer"].is_running
    assert board.audit().ok


def test_what_fell_due_meanwhile_falls_due_once_and_now(clock: FrozenClock) -> None:
    board, case = watched(clock)
    board.fire(case, "answer", by=CHAIR).require()
    clock.advance(days=20)

    board.correct(case, by=NOBODYS, reason="not answered at all")
    done = board.sweep().done

    said = [(each.kind, each.deadline) for each in done if each.case == case]
    assert said.count(("overdue", "answer")) == 1
    late = [line.entry for line in board.history(case) if line.entry.text("notice") == "overdue"]
    assert [(each.text("deadline"), each.so_on) for each in late] == [
        ("writing", date(2017, 1, 24)),
        ("answer", clock.today()),
        ("look", clock.today()),
    ]
    assert not board.sweep()
    assert board.audit().ok


def test_a_clock_that_the_step_had_armed_is_disarmed_and_the_one_before_goes_on(clock: FrozenClock) -> None:
    board, case = watched(clock)
    before = row(board, case).clocks["answer"]
    clock.advance(days=2)
    board.fire(case, "wind", by=NOBODYS).require()
    assert row(board, case).clocks["answer"].n != before.n
    said = row(board, case)

    board.correct(case, by=NOBODYS, reason="not wound")

    after = row(board, case).clocks["answer"]
    assert said.clocks["answer"].start == "wind#3"
    assert (after.n, after.start, after.due, after.stopped_on) == (1, "opened", before.due, None)


def test_what_a_clock_has_said_meanwhile_stays_said(clock: FrozenClock) -> None:
    board, case = watched(clock)
    board.fire(case, "ring", by=NOBODYS).require()
    clock.advance(days=8)
    board.sweep()
    said = row(board, case).clocks["answer"].said
    assert "overdue" in said

    board.correct(case, by=NOBODYS, reason="not rung")

    assert row(board, case).clocks["answer"].said == said
    assert not board.sweep()


def test_an_event_that_time_had_fired_after_the_step_is_fired_again(clock: FrozenClock) -> None:
    board, case = watched(clock)
    board.fire(case, "ring", by=NOBODYS).require()
    clock.advance(days=16)
    board.sweep()
    assert state(board, case) == "watched"

    board.correct(case, by=NOBODYS, reason="not rung")
    board.sweep()

    assert [line.entry.text("event") for line in board.history(case) if line.entry.kind == "moved"] == [
        "ring",
        "look",
        "look",
    ]
    assert state(board, case) == "watched"
    assert board.audit().ok


def test_the_row_says_when_something_falls_due_next(clock: FrozenClock) -> None:
    board, case = watched(clock)
    with board.database.reading() as connection:
        before = cases.find(connection, case)
    board.fire(case, "answer", by=CHAIR).require()

    board.correct(case, by=NOBODYS, reason="not answered at all")

    with board.database.reading() as connection:
        after = cases.find(connection, case)
    assert before is not None
    assert after is not None
    assert before.due_at == after.due_at is not None
