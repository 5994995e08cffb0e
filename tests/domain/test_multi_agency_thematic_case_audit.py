"""A Multi-agency Thematic Case Audit: one issue, a sample that nobody picked, read together on one day."""

from __future__ import annotations

from datetime import date

import pytest
from domain.board import SUB_GROUP, Board, asked
from domain.road import from_learning_to_evaluated, has_gone_all_the_way, opened

from loopengine import Framework

WORTH_IT = {
    "what_raised_it": "Referrals for neglect have halved.",
    "several_agencies": True,
    "audited_lately": False,
}
SAMPLE = {
    "standards": "The six of the neglect strategy.",
    "cases_in_sample": 10,
    "sample_drawn_blind": True,
    "agencies_auditing": "police,schools,community_health",
}


@pytest.fixture
def board(framework: Framework) -> Board:
    return Board(framework)


def chosen(board: Board, **facts: object) -> str:
    """A theme before the sub-group, of which so much is known."""
    case = opened(board, "multi-agency-thematic-case-audit", theme="Neglect", theme_source="performance_data")
    board.does(case, "put_forward")
    board.learn(case, **facts)
    return case


def prepared(board: Board, **facts: object) -> str:
    """A commissioned audit with so much of a sample."""
    case = chosen(board, **WORTH_IT)
    board.does(case, "commission_audit")
    board.learn(case, **{**SAMPLE, **facts})
    return case


def test_an_audit_goes_from_referral_to_evaluated(board: Board) -> None:
    case = prepared(board)
    board.does(case, "draw_sample")
    board.learn(case, files_complete=True, nobody_read_own_cases=True)
    board.does(case, "hold_audit_day")
    board.learn(case, cases_meeting_standards=6, pattern="The school knew first, and was asked last.")
    board.does(case, "accept_findings")

    from_learning_to_evaluated(board, case)

    assert has_gone_all_the_way(board, case)


def test_an_issue_of_one_agency_is_not_for_a_multi_agency_audit(board: Board) -> None:
    case = chosen(board, **{**WORTH_IT, "several_agencies": False})

    assert board.tries(case, "commission_audit").verdict == "refused"
    assert board.does(case, "leave_out").to == "left_out"


def test_what_was_audited_lately_is_audited_again_for_a_reason_only(board: Board) -> None:
    case = chosen(board, **{**WORTH_IT, "audited_lately": True})
    assert not board.tries(case, "commission_audit").moved

    board.learn(case, why_again="The figures have not changed since.")

    assert board.tries(case, "commission_audit").moved


def test_it_is_asked_whether_it_was_audited_lately(board: Board) -> None:
    case = chosen(board, what_raised_it="Fewer referrals.", several_agencies=True)

    assert "audited_lately" in asked(board.tries(case, "commission_audit"))


@pytest.mark.parametrize("unfit", [{"cases_in_sample": 7}, {"sample_drawn_blind": False}], ids=str)
def test_a_sample_is_of_eight_at_least_and_picked_by_nobody(board: Board, unfit: dict[str, object]) -> None:
    assert board.tries(prepared(board, **unfit), "draw_sample").verdict == "refused"


def test_nobody_reads_a_case_of_their_own(board: Board) -> None:
    case = prepared(board)
    board.does(case, "draw_sample")
    board.learn(case, files_complete=True, nobody_read_own_cases=False)

    assert not board.tries(case, "hold_audit_day", by=SUB_GROUP).moved


def test_no_more_cases_meet_the_standards_than_there_are(board: Board) -> None:
    case = prepared(board)
    board.does(case, "draw_sample")
    board.learn(case, files_complete=True, nobody_read_own_cases=True)
    board.does(case, "hold_audit_day")
    board.learn(case, cases_meeting_standards=11, pattern="All is well.")

    assert board.tries(case, "accept_findings").verdict == "refused"


def test_the_audit_day_is_thirty_working_days_after_the_sample(board: Board) -> None:
    case = prepared(board)
    board.does(case, "draw_sample")

    assert board.due(case, "audit_day") == date(2017, 2, 20)
