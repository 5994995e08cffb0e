"""A Multi-agency Case Review: below the criteria, agreed by the Chair, and not for one agency alone."""

from __future__ import annotations

from datetime import date

import pytest
from domain.board import CHAIR, EXECUTIVE, SUB_GROUP, UNIT, Board, asked
from domain.road import from_learning_to_evaluated, has_gone_all_the_way, opened

from loopengine import Framework
from loopengine.errors import NotAnswered

BELOW = {"serious_case_criteria": "not_met", "several_agencies": True, "concern_level": "significant"}


@pytest.fixture
def board(framework: Framework) -> Board:
    return Board(framework)


def screened(board: Board, **facts: object) -> str:
    """An incident before the sub-group, of which so much is known."""
    case = opened(
        board, "multi-agency-case-review", occurred_on="2016-12-20", agencies_involved="police,schools"
    )
    board.does(case, "take_in")
    board.learn(case, **facts)
    return case


def begun(board: Board, **facts: object) -> str:
    """A review that is agreed, and for which so much is settled."""
    case = screened(board, **BELOW)
    board.does(case, "propose", "agree")
    board.learn(case, method="practitioner_workshop", terms_of_reference="The year 2016.", **facts)
    return case


LED_BY_THE_UNIT = {"led_by": "business_unit", "lead_reviewer_has_case_responsibility": False}


def test_a_review_goes_from_referral_to_evaluated(board: Board) -> None:
    case = begun(board, **LED_BY_THE_UNIT)
    board.does(case, "begin_review")
    board.learn(
        case, accounts_complete=True, practitioners_response="contributed", family_response="declined"
    )
    board.does(case, "complete_accounts", "finish_talks", "submit_report")
    board.learn(case, answers_its_questions=True, to_be_published="briefing_only")
    board.does(case, "accept_report")

    from_learning_to_evaluated(board, case)

    assert has_gone_all_the_way(board, case)


def test_nobody_reviews_below_criteria_that_nobody_has_decided(board: Board) -> None:
    case = screened(board, several_agencies=True, concern_level="significant")

    decision = board.tries(case, "propose")

    assert (decision.verdict, asked(decision)) == ("undetermined", ["serious_case_criteria"])
    with pytest.raises(NotAnswered, match="evidence"):
        board.learn(case, serious_case_criteria="not_met", evidence=None)


def test_what_meets_the_criteria_is_referred_as_a_serious_case_and_not_reviewed_here(board: Board) -> None:
    case = screened(board, **{**BELOW, "serious_case_criteria": "met"})
    assert board.tries(case, "propose").verdict == "refused"

    (referral,) = board.does(case, "refer_as_serious_case").opened

    assert board.engine.case(referral).case.workflow == "serious-case-review"
    assert board.state(case) == "passed_to_serious_case_review"


def test_what_was_decided_against_is_referred_again_by_the_chair_only(board: Board) -> None:
    case = screened(board, **BELOW)

    assert not board.tries(case, "refer_as_serious_case", by=UNIT).moved
    assert board.tries(case, "refer_as_serious_case", by=CHAIR).moved


@pytest.mark.parametrize("level", ["none", "significant"])
def test_no_concern_and_significant_concern_are_both_for_this_review(board: Board, level: str) -> None:
    """framework.md, 9.3 (1): only the wider description fits them."""
    case = screened(board, **{**BELOW, "concern_level": level})
    board.does(case, "propose")

    assert board.tries(case, "agree").moved


def test_limited_concern_needs_the_chairs_reason(board: Board) -> None:
    """framework.md, 9.3 (1): the narrower description, of the individual review, wins otherwise."""
    case = screened(board, **{**BELOW, "concern_level": "limited"})
    board.does(case, "propose")
    assert board.tries(case, "agree").verdict == "refused"

    assert not board.tries(case, "agree_although_limited", reason=None).moved
    assert board.tries(case, "agree_although_limited", reason="Four agencies knew him.").moved


@pytest.mark.parametrize("other", [UNIT, SUB_GROUP, EXECUTIVE], ids=lambda who: who.name)
def test_nobody_commissions_it_without_the_chair(board: Board, other: object) -> None:
    case = screened(board, **BELOW)
    board.does(case, "propose")

    assert not board.tries(case, "agree", by=other).moved  # type: ignore[arg-type]


def test_an_independent_reviewer_is_independent(board: Board) -> None:
    case = begun(
        board,
        led_by="independent_reviewer",
        lead_reviewer_employers="police",
        lead_reviewer_has_case_responsibility=False,
    )
    assert board.tries(case, "begin_review").verdict == "refused"

    board.learn(case, lead_reviewer_employers="outside_the_area")

    assert board.tries(case, "begin_review").moved


def test_it_is_completed_within_four_months_of_the_chairs_agreement(board: Board) -> None:
    case = begun(board)

    assert board.due(case, "completion") == date(2017, 5, 9)


def test_a_criminal_case_stops_the_talks_and_not_the_accounts(board: Board) -> None:
    case = begun(board, **LED_BY_THE_UNIT, accounts_complete=True)
    board.does(case, "begin_review")
    board.learn(case, practitioners_response="contributed", family_response="contributed")
    board.engine.hold(case, "criminal_proceedings", by=UNIT, reason="a trial in June")

    board.does(case, "complete_accounts")

    assert not board.tries(case, "finish_talks").moved
