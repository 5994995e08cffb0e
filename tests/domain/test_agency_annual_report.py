"""An agency's annual report: the Executive scrutinises it, and is assured or asks."""

from __future__ import annotations

from datetime import date

import pytest
from domain.board import EXECUTIVE, SCHOOL, UNIT, Board
from domain.road import from_learning_to_evaluated, has_gone_all_the_way, opened

from loopengine import Actor, Framework

FIT = {
    "covers_the_year": True,
    "shows_effect": True,
    "childrens_voice": True,
    "earlier_challenges_answered": "there_were_none",
}


@pytest.fixture
def board(framework: Framework) -> Board:
    return Board(framework)


def submitted(board: Board, **facts: object) -> str:
    case = opened(
        board,
        "agency-annual-report",
        reporting_agency="police",
        report_due_on="2017-06-30",
        report_on="safeguarding_as_a_whole",
        year_ends_on="2017-03-31",
    )
    assert not board.tries(case, "submit", by=SCHOOL).moved
    board.does(case, "submit")
    board.learn(case, **{**FIT, **facts})
    return case


def scrutinised(board: Board, **facts: object) -> str:
    case = submitted(board)
    board.does(case, "put_before_executive")
    board.learn(case, **facts)
    return case


def test_a_report_goes_from_due_to_evaluated(board: Board) -> None:
    case = scrutinised(board, effectiveness="effective", others_can_learn=True)
    board.does(case, "assure_with_learning")

    from_learning_to_evaluated(board, case)

    assert has_gone_all_the_way(board, case)


@pytest.mark.parametrize("lacking", ["covers_the_year", "shows_effect", "childrens_voice"])
def test_a_report_that_lacks_something_is_handed_back(board: Board, lacking: str) -> None:
    case = submitted(board, **{lacking: False})

    assert not board.tries(case, "put_before_executive", by=UNIT).moved
    assert board.does(case, "hand_back").to == "due"


def test_most_reports_end_with_the_executive_assured(board: Board) -> None:
    case = scrutinised(board, effectiveness="effective_in_parts", others_can_learn=False)

    assert board.does(case, "assure", by=EXECUTIVE_OF_ANOTHER).to == "assured"


EXECUTIVE_OF_ANOTHER = Actor("Ed of the Executive and the hospital", "executive", agency="hospital_trust")


def test_effectiveness_is_determined_and_by_others_than_the_agency(board: Board) -> None:
    case = scrutinised(board, others_can_learn=False)
    assert board.tries(case, "assure").verdict == "undetermined"

    board.learn(case, effectiveness="effective")

    assert not board.tries(case, "assure", by=Actor("A chief", "executive", agency="police")).moved
    assert not board.tries(case, "assure", by=EXECUTIVE).moved  # of which agency?
    assert board.tries(case, "assure", by=EXECUTIVE_OF_ANOTHER).moved


def test_a_report_that_does_not_assure_is_challenged_answered_and_then_taken_further(board: Board) -> None:
    case = scrutinised(board, effectiveness="not_shown", question_put="How many children were seen alone?")
    assert board.tries(case, "assure").verdict == "refused"
    board.does(case, "challenge_report")
    assert board.due(case, "resubmission") == date(2017, 2, 20)
    board.does(case, "resubmit")
    assert board.state(case) == "resubmitted"

    (challenge,) = board.does(case, "leave_unassured").opened

    assert board.fact(challenge, "about_agency") == "police"
    assert board.fact(challenge, "what_is_asked") == "How many children were seen alone?"


def test_it_is_due_on_the_day_that_was_agreed(board: Board) -> None:
    case = opened(board, "agency-annual-report", reporting_agency="police", report_due_on="2017-06-30")

    assert board.due(case, "submission") == date(2017, 6, 30)
