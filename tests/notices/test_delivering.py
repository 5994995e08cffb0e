"""Delivering: who gets what, once a day, and what happens when it does not arrive."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import date, timedelta

import pytest
from support.posting import PATIENCE, Board, Desk, board, telling
from support.small import CHAIR, UNIT

from loopengine import Engine
from loopengine.errors import UsageError
from loopengine.notices.delivering import Delivered, deliver
from loopengine.notices.looking import in_outbox, retry
from loopengine.notices.patience import NotDelivered

REMINDED, LATE, ESCALATED = date(2017, 1, 27), date(2017, 2, 4), date(2017, 2, 6)


@pytest.fixture
def post() -> Board:
    made = board()
    made.holds("Uma Unit", "business_unit", "uma@example.org")
    made.holds("Carys Chair", "independent_chair", "carys@example.org")
    made.holds("Ed Executive", "executive", "ed@example.org")
    return made


def run(post: Board, *desks: Desk, daily: bool = True) -> Delivered:
    return deliver(post.engine, desks, daily=daily, patience=PATIENCE)


def states(post: Board) -> dict[str, str]:
    return {each.notice.notice.key: each.state for each in in_outbox(post.engine)}


def fails(fault, *, for_: str = "", kind: str = "smtp 550"):
    """A failure of every message to the person called *for_*, or of all."""
    return lambda message: (
        NotDelivered(kind, fault) if not for_ or (message.to and message.to.name == for_) else None
    )


# Who gets what


def test_a_notice_goes_to_whoever_holds_its_role_today(post):
    case, desk = post.case(), Desk()
    post.sweep_on(REMINDED)

    assert run(post, desk) == Delivered(messages=1, sent=1)
    assert desk.names == ["Uma Unit"]
    assert desk.took[0].keys == (f"{case}/decide/1/remind-1",)
    assert desk.took[0].subject == "Safeguarding board: 1 to come"


def test_one_message_a_person_tells_of_everything(post):
    """A hundred late cases are two messages: one to the chair, one to the executive."""
    post.cases(100)
    desk = Desk()
    post.sweep_on(ESCALATED)

    delivered = run(post, desk)

    assert (delivered.messages, delivered.sent) == (3, 300)
    assert sorted(desk.names) == ["Carys Chair", "Ed Executive", "Uma Unit"]
    assert {each.subject for each in desk.took} == {"Safeguarding board: 100 overdue"}


def test_what_has_arrived_does_not_arrive_again(post):
    post.case()
    desk = Desk()
    post.sweep_on(ESCALATED)
    run(post, desk)
    post.clock.advance(days=1)

    assert run(post, desk) == Delivered()
    assert len(desk.took) == 3
    assert in_outbox(post.engine) == ()


def test_whoever_had_a_message_today_gets_the_next_tomorrow(post):
    post.case()
    desk = Desk()
    post.sweep_on(REMINDED)
    run(post, desk)
    post.case(told_on=date(2016, 12, 28))  # known late: reminded of at once
    post.clock.advance(hours=8)
    post.engine.sweep()

    assert run(post, desk) == Delivered(waiting=1)
    post.clock.advance_to(REMINDED + timedelta(days=1))
    assert run(post, desk) == Delivered(messages=1, sent=1)


def test_a_caller_may_want_it_told_at_once(post):
    post.case()
    desk = Desk()
    post.sweep_on(REMINDED)
    run(post, desk)
    post.case(told_on=date(2016, 12, 28))
    post.engine.sweep()

    assert run(post, desk, daily=False) == Delivered(messages=1, sent=1)


def test_a_program_gets_an_event_for_each_notice_whoever_holds_what():
    post, desk = board(), Desk(audience="program")
    case = post.case()
    post.sweep_on(ESCALATED)

    assert run(post, desk) == Delivered(messages=3, sent=3)
    assert [each.key for each in desk.took] == [
        f"{case}/decide/1/remind-1",
        f"{case}/decide/1/overdue",
        f"{case}/decide/1/escalate-1",
    ]
    assert {each.to for each in desk.took} == {None}
    assert in_outbox(post.engine) == ()


def test_a_notice_stays_until_it_has_gone_every_way(post):
    post.case()
    first, second = Desk("first"), Desk("second", fails=fails("busy"))
    post.sweep_on(REMINDED)
    run(post, first, second)

    assert list(states(post).values()) == ["failing"]
    second.fails = lambda message: None
    post.clock.advance(days=1)
    assert run(post, first, second) == Delivered(messages=1, sent=1)
    assert len(first.took) == 1
    assert states(post) == {}


def test_two_deliverers_of_one_channel_are_refused(post):
    with pytest.raises(UsageError, match="two deliverers are both 'desk'"):
        run(post, Desk(), Desk())


def test_without_a_deliverer_nothing_is_done_with(post):
    post.case()
    post.sweep_on(REMINDED)

    assert run(post) == Delivered()
    assert len(in_outbox(post.engine)) == 1


# Nobody there


def test_a_role_that_nobody_holds_waits_for_somebody():
    post, desk = board(), Desk()
    case = post.case()
    post.sweep_on(REMINDED)

    assert run(post, desk) == Delivered(undeliverable=1)
    assert states(post) == {f"{case}/decide/1/remind-1": "undeliverable"}
    assert in_outbox(post.engine)[0].notice.vacant == ("business_unit",)

    post.holds("Uma Unit", "business_unit")
    assert run(post, desk) == Delivered(messages=1, sent=1)
    assert states(post) == {}


def test_somebody_without_an_address_is_shown_and_told_when_there_is_one(post):
    desk = Desk(audience="addresses")
    post.moves_to("Uma Unit", None)
    post.case()
    post.sweep_on(REMINDED)

    assert run(post, desk) == run(post, desk) == Delivered(undeliverable=1)
    (listed,) = in_outbox(post.engine)
    assert (listed.state, listed.nameless) == ("undeliverable", ("Uma Unit",))

    post.moves_to("Uma Unit", "uma@example.org")
    assert list(states(post).values()) == ["open"]
    assert run(post, desk) == Delivered(messages=1, sent=1)
    assert states(post) == {}


@pytest.mark.parametrize(
    "address", ["", "uma", "uma@", "@example.org", "u ma@example.org", "u\n@example.org"]
)
def test_what_is_no_address_is_none(post, address):
    post.moves_to("Uma Unit", address)
    post.case()
    post.sweep_on(REMINDED)

    assert run(post, Desk(audience="addresses")) == Delivered(undeliverable=1)


def test_without_addresses_people_are_told_by_other_means(post):
    post.moves_to("Uma Unit", None)
    post.case()
    post.sweep_on(REMINDED)

    assert run(post, Desk()) == Delivered(messages=1, sent=1)


# Failures


def test_a_poisoned_message_is_parked_and_stops_no_other(post):
    desk = Desk(fails=fails("refused", for_="Carys Chair"))
    post.case()
    post.sweep_on(ESCALATED)

    runs = [run(post, desk)]
    for _ in range(10):
        post.clock.advance(days=1)
        runs.append(run(post, desk))

    assert runs[0] == Delivered(messages=2, sent=2, failed=1)
    assert runs[1:6] == [Delivered(failed=1)] * 5
    assert runs[6] == Delivered(parked=1)
    assert runs[7:] == [Delivered()] * 4
    assert len(desk.tried) == 2 + 7
    (listed,) = in_outbox(post.engine)
    assert listed.state == "parked"
    assert (listed.tried[0].delivery.attempts, listed.tried[0].delivery.error) == (7, "smtp 550")


def test_what_is_parked_is_tried_again_when_somebody_says_so(post):
    desk = Desk(fails=fails("refused"))
    case = post.case()
    post.sweep_on(REMINDED)
    for _ in range(7):
        run(post, desk)
        post.clock.advance(days=1)
    desk.fails = lambda message: None
    assert run(post, desk) == Delivered()

    assert retry(post.engine, f"{case}/decide/1/remind-1") == 1
    assert run(post, desk) == Delivered(messages=1, sent=1)


def test_between_runs_it_waits_ever_longer(post):
    desk = Desk(fails=fails("refused"))
    post.case()
    post.sweep_on(REMINDED)
    waits = []
    for _ in range(6):
        run(post, desk)
        (listed,) = in_outbox(post.engine)
        next_at = listed.tried[0].delivery.next_at
        waits.append(next_at - post.clock.now())
        post.clock.advance_to(next_at - timedelta(seconds=1))
        assert run(post, desk) == Delivered(waiting=1)
        post.clock.advance_to(next_at)

    hours = [each / timedelta(hours=1) for each in waits]
    assert hours == [0.25, 1, 4, 16, 24, 24]


def test_what_may_pass_is_tried_again_within_the_run(post):
    desk = Desk(fails=lambda message: NotDelivered("http 503", "busy") if len(desk.tried) < 3 else None)
    post.case()
    post.sweep_on(REMINDED)

    assert run(post, desk) == Delivered(messages=1, sent=1)
    assert len(desk.tried) == 3


def test_a_refusal_is_not_tried_again_within_the_run(post):
    desk = Desk(fails=fails("refused"))
    post.case()
    post.sweep_on(REMINDED)
    run(post, desk)

    assert len(desk.tried) == 1


def test_where_nobody_is_there_the_rest_waits_and_nothing_is_ever_parked(post):
    """A mail server that is down for a fortnight is not the fault of any message."""
    desk = Desk(fails=fails("unreachable", kind="unreachable: ConnectionRefusedError"))
    post.case()
    post.sweep_on(ESCALATED)

    for _ in range(14):
        assert run(post, desk) == Delivered(failed=1, waiting=2)
        assert "failing" in states(post).values()
        post.clock.advance(days=1)
    assert len(desk.tried) == 14 * 3
    desk.fails = lambda message: None
    assert run(post, desk) == Delivered(messages=3, sent=3)


def test_a_channel_that_is_down_does_not_hold_up_another(post):
    down, up = Desk("down", fails=fails("unreachable")), Desk("up")
    post.case()
    post.sweep_on(ESCALATED)

    assert run(post, down, up) == Delivered(messages=3, sent=3, failed=1, waiting=2)


def test_a_deliverer_that_breaks_is_a_failure_of_one_message(post):
    desk = Desk(
        fails=lambda message: ValueError("uma@example.org") if message.to.name == "Uma Unit" else None
    )
    post.case()
    post.sweep_on(ESCALATED)

    assert run(post, desk) == Delivered(messages=2, sent=2, failed=1)
    (listed,) = in_outbox(post.engine)
    assert listed.tried[0].delivery.error == "ValueError"


def test_somebody_who_has_left_is_not_waited_for(post):
    desk = Desk(fails=fails("refused"))
    post.case()
    post.sweep_on(REMINDED)
    run(post, desk)
    with post.engine.database.writing() as connection:
        connection.exec_driver_sql("update loop_office set until = '2017-01-27' where role = 'business_unit'")
    post.holds("Nia New", "business_unit")
    post.clock.advance(days=1)
    desk.fails = lambda message: None

    assert run(post, desk) == Delivered(messages=1, sent=1)
    assert desk.names == ["Nia New"]
    assert states(post) == {}


def test_what_ends_whoever_sends_it_is_parked_in_the_end(post):
    """Such as one that takes all the memory there is: the attempt counts from when it begins."""

    class Killed(BaseException):
        pass

    def kill(message):
        raise Killed

    desk = Desk(fails=kill)
    post.case()
    post.sweep_on(REMINDED)
    for _ in range(7):
        with pytest.raises(Killed):
            run(post, desk)
        post.clock.advance(minutes=15)

    assert run(post, desk) == Delivered(parked=1)
    assert states(post).popitem()[1] == "parked"


# What stands in the message


def test_what_was_decided_since_is_told_as_settled(post):
    case, desk = post.case(), Desk()
    post.sweep_on(LATE)
    post.engine.record(case, {"harmed": False, "concern": False}, by=UNIT, evidence="minutes")
    assert post.engine.fire(case, "decline", by=CHAIR, reason="no harm").moved

    run(post, desk)

    assert {each.subject for each in desk.took} == {"Safeguarding board: 1 settled since"}
    assert all("done on Saturday 4 February 2017" in each.text for each in desk.took)


def test_what_is_on_hold_is_told_as_such(post):
    case, desk = post.case(), Desk()
    post.sweep_on(REMINDED)
    post.engine.hold(case, "trial", by=UNIT, reason="charged")

    run(post, desk)

    assert desk.took[0].subject == "Safeguarding board: 1 on hold"
    assert "on hold: A criminal trial" in desk.took[0].text


def test_a_clock_that_began_anew_makes_the_old_notice_past(post):
    case, desk = post.case(), Desk()
    post.sweep_on(REMINDED)
    post.engine.record(case, {"told_on": date(2017, 1, 20)}, by=UNIT, correction=True)

    run(post, desk)

    assert desk.took[0].subject == "Safeguarding board: 1 settled since"
    assert "was due on Friday 3 February 2017; its clock has begun anew since" in desk.took[0].text


def test_a_case_that_cannot_be_read_is_told_of_by_its_bare_names(tmp_path):
    post, desk = board(tmp_path / "board.db"), Desk()
    post.holds("Carys Chair", "independent_chair")
    case = post.case()
    post.sweep_on(LATE)
    with post.engine.database.writing() as connection:
        connection.exec_driver_sql("update loop_framework set texts = '{}'")
    post.engine = Engine(f"sqlite:///{tmp_path / 'board.db'}", framework=None, clock=post.clock)

    assert run(post, desk).sent == 1
    assert desk.took[0].subject == "Safeguarding board: 1 overdue"
    assert f"1. {case}\n   decide\n   was due on Friday 3 February 2017: 1 day late\n" in desk.took[0].text


def test_a_rehearsal_says_that_it_is_one(tmp_path):
    post, desk = board(), Desk()
    post.engine = Engine(
        f"sqlite:///{tmp_path / 'board.db'}", framework=telling(), clock=post.clock, rehearsal=True
    )
    post.holds("Uma Unit", "business_unit")
    post.case()
    post.sweep_on(REMINDED)
    run(post, desk)

    assert desk.took[0].subject == "REHEARSAL: Safeguarding board: 1 to come"
    assert "This is a rehearsal" in desk.took[0].text


# What is said of it


def test_the_log_has_codes_and_numbers_and_nothing_of_people(post, caplog):
    caplog.set_level(logging.INFO)
    desk = Desk(fails=fails("refused", for_="Carys Chair"))
    case = post.case()
    post.sweep_on(ESCALATED)
    for _ in range(7):
        run(post, desk)
        post.clock.advance(days=1)

    records = [each for each in caplog.records if each.msg.startswith("notice.")]
    assert {each.msg for each in records} == {"notice.delivered", "notice.failed", "notice.parked"}
    parked = next(each for each in records if each.msg == "notice.parked")
    assert (parked.case, parked.deadline, parked.channel, parked.attempts) == (case, "decide", "desk", 7)
    said = " ".join(str(vars(each)) for each in caplog.records)
    for private in ("Carys", "Uma", "example.org", "Decide whether"):
        assert private not in said


def test_the_outbox_keeps_no_name_and_no_address(post):
    post.case()
    desk = Desk(audience="addresses", fails=fails("refused", for_="Carys Chair"))
    post.sweep_on(ESCALATED)
    run(post, desk)

    with post.engine.database.reading() as connection:
        rows = connection.exec_driver_sql("select * from loop_delivery").all()
    assert len(rows) == 3
    assert "Carys" not in str(rows)
    assert "example.org" not in str(rows)


def test_a_message_has_the_same_key_each_time_it_is_sent(post):
    desk = Desk(fails=fails("refused"))
    post.case()
    post.sweep_on(REMINDED)
    run(post, desk)
    post.clock.advance(days=1)
    run(post, desk)

    first, second = desk.tried
    assert first.key == second.key
    assert first.keys == second.keys


def test_patience_is_a_value_that_can_be_changed(post):
    desk = Desk(fails=fails("refused"))
    post.case()
    post.sweep_on(REMINDED)

    assert deliver(post.engine, [desk], patience=replace(PATIENCE, attempts=1)) == Delivered(parked=1)
