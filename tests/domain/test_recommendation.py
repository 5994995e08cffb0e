"""A recommendation: accepted, or not, with reasons; carried out by the actions under it."""

from __future__ import annotations

from datetime import date

import pytest
from domain.board import POLICE, SCHOOL, Board
from domain.road import ACTION, evaluated_lesson, finish_action, opened

from loopengine import Actor, Framework

MADE = {
    "recommendation": "Ask who lives in the house.",
    "finding": "Nobody had asked about the uncle.",
    "addressed_to": "police",
    "what_changes_for_children": "Whoever could harm them is known.",
}
LEAD = Actor("Lee, who leads safeguarding at the police", "agency_lead", agency="police")


@pytest.fixture
def board(framework: Framework) -> Board:
    return Board(framework)


def made(board: Board, **facts: object) -> str:
    return opened(board, "recommendation", **{**MADE, **facts})


@pytest.mark.parametrize("missing", ["finding", "what_changes_for_children", "addressed_to"])
def test_a_recommendation_rests_on_a_finding_is_for_somebody_and_changes_something(
    board: Board, missing: str
) -> None:
    case = made(board, **{missing: "unknown"})
    assert not board.tries(case, "accept", by=LEAD).moved

    board.learn(case, **{missing: MADE[missing]})

    assert board.tries(case, "accept", by=LEAD).moved


def test_only_whoever_it_is_for_accepts_it(board: Board) -> None:
    case = made(board)

    assert not board.tries(case, "accept", by=SCHOOL).moved
    assert board.tries(case, "accept", by=POLICE).moved


def test_whoever_does_not_accept_it_says_why_and_the_reasons_may_stand(board: Board) -> None:
    case = made(board)
    assert not board.tries(case, "not_accept", by=LEAD, reason=None).moved
    board.does(case, "not_accept", by=LEAD)

    assert not board.tries(case, "let_stand", by=LEAD).moved
    assert board.does(case, "let_stand", by=OTHERS).to == "rejected"


OTHERS = Actor("Lin of the sub-group and a school", "learning_and_improvement", agency="schools")


def test_reasons_that_are_not_good_enough_are_challenged(board: Board) -> None:
    case = made(board)
    board.does(case, "not_accept", by=LEAD)

    (challenge,) = board.does(case, "insist", by=OTHERS).opened

    assert board.state(case) == "made"
    assert board.fact(challenge, "about_agency") == "police"


def test_it_is_carried_out_when_its_actions_are_and_effective_when_they_have_worked(board: Board) -> None:
    case = made(board)
    board.does(case, "accept", by=LEAD)
    (action,) = board.does(case, "propose_action").opened
    assert board.fact(action, "owner") == "police"
    assert board.state(case) == "under_way"

    finish_action(board, action)

    assert board.state(case) == "carried_out"
    board.does(case, "find_effective", by=EVALUATOR)
    board.clock.advance_to(date(2017, 6, 1))
    board.does(action, "close")
    assert board.state(case) == "closed"


EVALUATOR = Actor("Eve of Performance and Evaluation", "performance_and_evaluation", agency="public_health")


def test_an_action_that_falls_short_takes_its_recommendation_back(board: Board) -> None:
    case = made(board)
    board.does(case, "accept", by=LEAD)
    (action,) = board.does(case, "propose_action").opened
    finish_action(board, action)
    board.does(case, "find_effective", by=EVALUATOR)
    board.learn(action, measure_met=False)

    board.does(action, "fall_short")

    assert board.state(case) == "under_way"


def test_a_review_waits_for_the_actions_under_its_recommendations(board: Board) -> None:
    """An action under a recommendation counts as one of the review's own."""
    review = board.review(until="agree_learning")
    evaluated_lesson(board, review)
    (case,) = board.does(review, "add_recommendation").opened
    board.does(review, "agree_learning")
    assert board.state(review) == "embedding"
    board.learn(case, **MADE)
    board.does(case, "accept", by=LEAD)
    (action,) = board.does(case, "propose_action").opened
    board.learn(action, **ACTION, carried_out=True, in_everyday_practice=True, measure_met=True)
    board.does(action, "agree", "begin", "submit_evidence", "verify")
    assert board.state(review) == "embedding"

    board.does(action, "confirm_embedded")
    assert board.state(review) == "evaluating"
    board.learn(review, evaluation_method="case_audit", difference_made="Uncles are asked about.")
    assert not board.tries(review, "learnt").moved

    board.does(action, "confirm_impact")
    board.does(case, "find_effective", by=EVALUATOR)
    assert board.tries(review, "learnt").moved
