"""A Single Agency Audit: an agency audits itself, sends a summary, and others learn from it, or not."""

from __future__ import annotations

from datetime import date

import pytest
from domain.board import POLICE, SCHOOL, Board
from domain.road import from_learning_to_evaluated, has_gone_all_the_way, opened

from loopengine import Actor, Framework

FAIR = {"cases_read": 12, "how_drawn": "at_random", "auditor_worked_the_cases": False}
SUMMARY = {
    "strengths": "Every child was seen.",
    "weaknesses": "Fathers were not.",
    "grade": "requires_improvement",
    "agency_does_about_it": "Training in March.",
}


@pytest.fixture
def board(framework: Framework) -> Board:
    return Board(framework)


def compared(board: Board, **facts: object) -> str:
    case = opened(
        board, "single-agency-audit", audited_agency="police", subject="Children at domestic incidents"
    )
    board.does(case, "enter_in_programme")
    board.learn(case, safeguarding_practice=True, summary_due_on="2017-06-30", **facts)
    return case


def audited(board: Board, **facts: object) -> str:
    case = compared(board, same_as_boards_audit=False)
    board.does(case, "rely_on_it")
    board.learn(case, **{**FAIR, **SUMMARY, **facts})
    return case


def test_an_audit_goes_from_referral_to_evaluated(board: Board) -> None:
    case = audited(board, others_can_learn=True)
    board.does(case, "send_summary", "take_up")

    from_learning_to_evaluated(board, case)

    assert has_gone_all_the_way(board, case)


@pytest.mark.parametrize(
    "unfair",
    [{"cases_read": 4}, {"how_drawn": "picked"}, {"auditor_worked_the_cases": True}],
    ids=str,
)
def test_the_board_relies_on_no_audit_of_picked_cases_or_of_ones_own(
    board: Board, unfair: dict[str, object]
) -> None:
    assert board.tries(audited(board, **unfair), "send_summary").verdict == "refused"


def test_the_same_cases_are_not_asked_for_twice(board: Board) -> None:
    case = compared(board, same_as_boards_audit=True)
    assert board.tries(case, "rely_on_it").verdict == "refused"

    (together,) = board.does(case, "audit_it_together").opened

    assert board.fact(together, "theme") == "Children at domestic incidents"


def test_the_agency_sends_the_summary_by_the_day_it_named(board: Board) -> None:
    case = audited(board)

    assert board.due(case, "summary") == date(2017, 6, 30)
    assert not board.tries(case, "send_summary", by=SCHOOL).moved
    assert board.tries(case, "send_summary", by=POLICE).moved


def test_a_summary_without_weaknesses_is_none(board: Board) -> None:
    assert not board.tries(audited(board, weaknesses="unknown"), "send_summary").moved


def test_what_only_the_agency_can_learn_ends_with_the_agency(board: Board) -> None:
    case = audited(board, others_can_learn=False)
    board.does(case, "send_summary")
    own = Actor("Cam of the sub-group and the police", "performance_and_evaluation", agency="police")

    assert not board.tries(case, "take_up").moved
    assert not board.tries(case, "take_note", by=own).moved
    assert board.does(case, "take_note").to == "seen_to_by_agency"
