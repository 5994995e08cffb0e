"""A notifiable incident: the local authority notifies Ofsted, informs the board, and is stamped if late."""

from __future__ import annotations

from datetime import date

import pytest
from domain.board import AUTHORITY, CHAIR, UNIT, Board
from domain.road import opened

from loopengine import Framework

DIED_OF_ILLNESS = {
    "abuse_or_neglect": "not_suspected",
    "child_died": True,
    "looked_after": True,
    "seriously_harmed": False,
}


@pytest.fixture
def board(framework: Framework) -> Board:
    return Board(framework)


def aware(board: Board, **facts: object) -> str:
    return opened(board, "notifiable-incident", became_aware_on="2017-01-09", **facts)


def informed(board: Board, **facts: object) -> str:
    case = aware(board, **facts)
    board.does(case, "assess", "notify", by=AUTHORITY)
    board.learn(case, ofsted_reference="SI-12")
    board.does(case, "inform_board", by=AUTHORITY)
    return case


def test_ofsted_and_the_board_are_both_told_within_five_working_days(board: Board) -> None:
    case = aware(board)

    assert board.due(case, "notification") == date(2017, 1, 16)
    assert board.due(case, "informing") == date(2017, 1, 16)


def test_what_is_not_ruled_out_is_notified(board: Board) -> None:
    case = aware(board, child_died=True)

    assert not board.tries(case, "rule_out").moved
    assert board.tries(case, "assess", by=AUTHORITY).moved


def test_a_child_who_was_hurt_by_nobody_and_by_no_neglect_is_not_notifiable(board: Board) -> None:
    facts = {**DIED_OF_ILLNESS, "looked_after": False, "regulated_setting_or_service": False}
    case = aware(board, **facts)

    assert board.tries(case, "assess", by=AUTHORITY).verdict == "refused"
    assert board.does(case, "rule_out").to == "not_notifiable"


def test_a_late_notification_is_a_notification_and_is_stamped_late(board: Board) -> None:
    case = aware(board, **DIED_OF_ILLNESS)
    board.does(case, "assess", by=AUTHORITY)
    board.clock.advance_to(date(2017, 1, 20))

    board.does(case, "notify", by=AUTHORITY)

    assert board.fact(case, "notified_late") is True
    assert board.clock_of(case, "notification").is_late(board.clock.today())


@pytest.mark.parametrize("became_aware", ["2017-01-28", "2017-01-29"])
def test_who_became_aware_at_a_weekend_is_late_on_the_saturday_after(board: Board, became_aware: str) -> None:
    case = opened(board, "notifiable-incident", became_aware_on=became_aware, **DIED_OF_ILLNESS)
    board.does(case, "assess", by=AUTHORITY)
    board.clock.advance_to(date(2017, 2, 4))

    board.does(case, "notify", by=AUTHORITY)

    assert board.due(case, "notification") == date(2017, 2, 3)
    assert board.fact(case, "notified_late") is True


def test_one_in_time_is_not_stamped(board: Board) -> None:
    case = aware(board, **DIED_OF_ILLNESS)
    board.clock.advance_to(date(2017, 1, 16))

    board.does(case, "assess", "notify", by=AUTHORITY)

    assert board.fact(case, "notified_late") is None


def test_it_cannot_be_stamped_while_nobody_can_be_late(board: Board) -> None:
    case = aware(board, **DIED_OF_ILLNESS)
    board.clock.advance_to(date(2017, 1, 14))

    assert not board.tries(case, "stamp_late_notification", by=UNIT).moved


def test_the_board_refers_it_with_what_is_known(board: Board) -> None:
    case = informed(board, abuse_or_neglect="suspected", child_died=True)
    board.learn(case, board_considers_review=False)
    assert not board.tries(case, "file", by=CHAIR).moved  # abuse is suspected: the Chair decides in a review
    board.learn(case, board_considers_review=True)

    (referral,) = board.does(case, "refer_as_serious_case").opened

    assert board.fact(referral, "abuse_or_neglect") == "suspected"
    assert board.due(referral, "notification") == date(2017, 1, 16)


def test_a_looked_after_child_who_died_of_an_illness_is_notified_and_filed(board: Board) -> None:
    """Notifiable, and no serious case: the converse does not hold."""
    case = informed(board, **DIED_OF_ILLNESS, board_considers_review=False)

    assert board.does(case, "file", by=CHAIR).to == "closed"
