"""A Multi-agency Case Audit: a child's journey, audited by each agency and moderated by others."""

from __future__ import annotations

from datetime import date

import pytest
from domain.board import EVALUATORS, POLICE, Board
from domain.road import from_learning_to_evaluated, has_gone_all_the_way, opened

from loopengine import Actor, Framework

AUDITED = {
    "children_audited": 5,
    "auditor_worked_with_them": False,
    "what_went_well": "Every child was seen alone.",
    "what_has_to_change": "Who was told is not written down.",
    "own_grade": "good",
}
TOGETHER = {
    "journeys_put_together": True,
    "childrens_view": "Too many people asked the same.",
    "joint_finding": "well_in_parts",
}


@pytest.fixture
def board(framework: Framework) -> Board:
    return Board(framework)


def considered(board: Board, **facts: object) -> str:
    case = opened(board, "multi-agency-case-audit", **{"theme_source": "routine_programme", **facts})
    board.does(case, "bring_to_sub_group")
    board.learn(case, journey="From the first call to a child protection plan.")
    return case


def sent_out(board: Board, **facts: object) -> str:
    """An audit for which the police and the schools have been asked for their parts."""
    case = considered(board, **facts)
    board.does(case, "decide_for")
    board.learn(case, children_in_sample=5, agencies_in_sample="police,schools", return_by="2017-02-10")
    board.does(case, "send_out")
    return case


def return_and_moderate(board: Board, part: str) -> None:
    board.learn(part, by=POLICE, **AUDITED)
    board.learn(part, moderated_grade="good")
    board.does(part, "return_part")
    board.does(part, "moderate", by=EVALUATORS)


def part_of_the_police(board: Board, case: str) -> str:
    return next(each for each in board.under(case) if board.fact(each, "agency") == "police")


def put_together(board: Board, **facts: object) -> str:
    case = sent_out(board, **facts)
    for part in board.under(case):
        return_and_moderate(board, part)
    board.learn(case, **TOGETHER)
    return case


def test_an_audit_goes_from_referral_to_evaluated(board: Board) -> None:
    case = put_together(board)
    board.does(case, "agree_findings")

    from_learning_to_evaluated(board, case)

    assert has_gone_all_the_way(board, case)


def test_fewer_than_five_children_are_no_sample(board: Board) -> None:
    case = considered(board)
    board.does(case, "decide_for")
    board.learn(case, children_in_sample=4, agencies_in_sample="police", return_by="2017-02-10")

    assert board.tries(case, "send_out").verdict == "refused"


def test_each_agency_returns_its_own_part_by_its_own_clock(board: Board) -> None:
    case = sent_out(board)
    parts = list(board.under(case))

    assert {board.fact(part, "agency") for part in parts} == {"police", "schools"}
    assert {board.due(part, "return") for part in parts} == {date(2017, 2, 10)}
    return_and_moderate(board, parts[0])
    assert board.state(case) == "collecting"
    return_and_moderate(board, parts[1])
    assert board.state(case) == "putting_together"


def test_an_auditor_who_worked_with_the_children_audits_nothing(board: Board) -> None:
    part = part_of_the_police(board, sent_out(board))
    board.learn(part, by=POLICE, **{**AUDITED, "auditor_worked_with_them": True})

    assert board.tries(part, "return_part").verdict == "refused"


def test_no_agency_moderates_itself_and_another_may(board: Board) -> None:
    part = part_of_the_police(board, sent_out(board))
    board.learn(part, by=POLICE, **AUDITED)
    board.learn(part, moderated_grade="good")
    board.does(part, "return_part", by=POLICE)
    sergeant = Actor("Sid, of the sub-group and the police", "performance_and_evaluation", agency="police")

    assert not board.tries(part, "moderate", by=POLICE).moved
    assert not board.tries(part, "moderate", by=sergeant).moved
    assert board.tries(part, "moderate", by=Actor("A nurse", "agency", agency="hospital_trust")).moved


def test_an_agency_that_joins_late_is_waited_for(board: Board) -> None:
    case = put_together(board)
    assert board.state(case) == "putting_together"

    board.learn(case, agencies_in_sample="police,schools,housing")

    assert board.state(case) == "collecting"


# --- an audit that evaluates a learning point ---------------------------------------------------------------


def test_a_lesson_is_not_audited_before_practice_had_three_months_to_change(board: Board) -> None:
    case = considered(board, theme_source="learning_point", learning_point="LP-2016-004")
    board.learn(case, learning_embedded_on="2016-12-01")
    assert not board.tries(case, "decide_for").moved

    board.clock.advance_to(date(2017, 3, 1))

    assert board.tries(case, "decide_for").moved


def test_the_evaluation_of_a_lesson_says_whether_it_is_at_work(board: Board) -> None:
    case = put_together(
        board,
        theme_source="learning_point",
        learning_point="LP-2016-004",
        learning_embedded_on="2016-09-01",
    )
    assert not board.tries(case, "agree_findings").moved

    board.learn(case, lesson_at_work=False, evidence="three of five journeys")

    assert board.tries(case, "agree_findings").moved
