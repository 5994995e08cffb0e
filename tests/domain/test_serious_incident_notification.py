"""A notification of the Youth Justice Service: received, considered, and mostly nothing more."""

from __future__ import annotations

from datetime import date

import pytest
from domain.board import UNIT, Board
from domain.road import from_learning_to_evaluated, has_gone_all_the_way, opened

from loopengine import Actor, Framework

SERVICE = Actor("Yan of the Youth Justice Service", "youth_justice_service")
NOT_SERIOUS = {"abuse_or_neglect": "not_suspected", "child_died": False, "seriously_harmed": False}
THEME = {"theme": "Knives carried out of fear", "others_can_learn": True}


@pytest.fixture
def board(framework: Framework) -> Board:
    return Board(framework)


def received(board: Board, aware: str = "2017-01-09", incident: str = "attempted_suicide") -> str:
    return opened(board, "serious-incident-notification", service_aware_on=aware, incident=incident)


def on_agenda(board: Board, **facts: object) -> str:
    case = received(board)
    board.learn(case, next_meeting_on="2017-02-07", **facts)
    board.does(case, "put_on_agenda")
    return case


def test_a_theme_with_learning_goes_from_referral_to_evaluated(board: Board) -> None:
    case = on_agenda(board, **NOT_SERIOUS, **THEME)
    board.does(case, "log_theme")
    board.learn(case, local_review_says="He had asked for help.", seen_before=True)
    board.learn(case, what_the_theme_shows="Nobody asks why a child carries a knife.")
    board.does(case, "find_learning")

    from_learning_to_evaluated(board, case)

    assert has_gone_all_the_way(board, case)


def test_it_is_considered_at_the_next_meeting(board: Board) -> None:
    case = on_agenda(board)

    assert board.due(case, "meeting") == date(2017, 2, 7)


def test_most_are_considered_and_nothing_more(board: Board) -> None:
    case = on_agenda(board, **NOT_SERIOUS)

    assert not board.tries(case, "no_further_action", reason=None).moved
    assert board.does(case, "no_further_action").to == "considered"


def test_what_may_be_a_serious_case_is_referred_and_neither_noted_nor_kept(board: Board) -> None:
    """Nobody has said that no abuse is suspected."""
    case = on_agenda(board, child_died=True, **THEME)
    for event in ("no_further_action", "refer_for_case_review", "log_theme"):
        assert not board.tries(case, event).moved

    (referral,) = board.does(case, "refer_as_serious_case").opened

    assert board.fact(referral, "child_died") is True


def test_an_individual_review_is_asked_of_the_service(board: Board) -> None:
    (review,) = board.does(on_agenda(board, **NOT_SERIOUS), "refer_for_individual_review").opened

    assert board.fact(review, "subject_agency") == "youth_justice"


# --- the duty to notify the Youth Justice Board: law.md, 4.3 ------------------------------------------------


@pytest.mark.parametrize(
    ("aware", "incident", "mandatory"),
    [
        ("2017-01-09", "attempted_suicide", True),
        ("2018-05-07", "charged_with_rape", True),
        ("2018-05-08", "charged_with_rape", False),
        ("2017-01-09", "another_incident", False),
    ],
)
def test_what_was_mandatory_on_the_day_is_mandatory(
    board: Board, aware: str, incident: str, mandatory: bool
) -> None:
    board.clock.advance_to(date(2018, 6, 1))
    case = received(board, aware, incident)

    assert board.tries(case, "rule_out_national_notice", by=SERVICE).moved is not mandatory
    assert board.tries(case, "confirm_national_notice", by=SERVICE).moved is mandatory


def test_a_late_notice_is_given_all_the_same_and_is_seen_to_be_late(board: Board) -> None:
    case = received(board, aware="2017-01-04")
    assert board.due(case, "national_notice") == date(2017, 1, 5)

    board.does(case, "confirm_national_notice", by=UNIT)

    assert board.clock_of(case, "national_notice").is_late(board.clock.today())
