"""An Individual Management Review: one agency reviews itself, by an author who has no part in the case."""

from __future__ import annotations

from datetime import date

import pytest
from domain.board import POLICE, SCHOOL, Board, asked
from domain.road import from_learning_to_evaluated, has_gone_all_the_way, opened

from loopengine import Actor, Framework

LIMITED = {"serious_case_criteria": "not_met", "concern_level": "limited"}
FIT = {
    "records_secured_on": "2017-01-10",
    "author_concerned_with_case": False,
    "author_has_authority": True,
}
WHOLE = {"chronology_written": True, "staff_heard": True, "about_own_practice_only": True, "analysed": True}


@pytest.fixture
def board(framework: Framework) -> Board:
    return Board(framework)


def considered(board: Board, **facts: object) -> str:
    """An incident of the police before the sub-group, of which so much is known."""
    case = opened(
        board, "individual-management-review", subject_agency="police", incident="A call was not followed up."
    )
    board.does(case, "put_to_sub_group")
    board.learn(case, **facts)
    return case


def signed_off(board: Board) -> str:
    """A review that the police stand by, before the sub-group."""
    case = considered(board, **LIMITED)
    board.does(case, "ask_for_review")
    board.learn(case, **FIT, **WHOLE)
    board.does(case, "secure_records", "name_author", "hand_in", "sign_off")
    return case


def test_a_review_goes_from_referral_to_evaluated(board: Board) -> None:
    case = signed_off(board)
    board.does(case, "accept_review")

    from_learning_to_evaluated(board, case)

    assert has_gone_all_the_way(board, case)


@pytest.mark.parametrize("level", ["none", "significant"])
def test_it_is_for_limited_concern_and_for_nothing_else(board: Board, level: str) -> None:
    case = considered(board, serious_case_criteria="not_met", concern_level=level)
    assert board.tries(case, "ask_for_review").verdict == "refused"

    (review,) = board.does(case, "make_it_multi_agency").opened

    assert board.engine.case(review).case.workflow == "multi-agency-case-review"
    assert board.fact(review, "concern_level") == level


def test_nobody_asks_for_it_before_the_criteria_are_decided(board: Board) -> None:
    case = considered(board, concern_level="limited")

    decision = board.tries(case, "ask_for_review")

    assert (decision.verdict, asked(decision)) == ("undetermined", ["serious_case_criteria"])


@pytest.mark.parametrize(
    "unfit", [{"author_concerned_with_case": True}, {"author_has_authority": False}], ids=str
)
def test_the_author_has_no_part_in_the_case_and_the_standing_to_ask(
    board: Board, unfit: dict[str, object]
) -> None:
    case = considered(board, **LIMITED)
    board.does(case, "ask_for_review")
    board.learn(case, **{**FIT, **unfit})

    assert board.tries(case, "name_author").verdict == "refused"


def test_an_author_who_turns_out_to_have_managed_the_case_is_replaced(board: Board) -> None:
    case = considered(board, **LIMITED)
    board.does(case, "ask_for_review")
    board.learn(case, **FIT, **WHOLE)
    board.does(case, "name_author")
    board.learn(case, author_concerned_with_case=True)
    assert not board.tries(case, "hand_in").moved

    board.learn(case, author_concerned_with_case=False)
    board.does(case, "replace_author")

    assert board.tries(case, "hand_in").moved


def test_the_agency_writes_it_and_no_other(board: Board) -> None:
    case = considered(board, **LIMITED)
    board.does(case, "ask_for_review")
    board.learn(case, **FIT)

    assert not board.tries(case, "secure_records", by=SCHOOL).moved
    assert board.tries(case, "secure_records", by=POLICE).moved


def test_nobody_accepts_the_review_of_their_own_agency(board: Board) -> None:
    case = signed_off(board)
    constable = Actor("Cam of the sub-group and the police", "learning_and_improvement", agency="police")

    assert not board.tries(case, "accept_review", by=constable).moved
    assert board.tries(case, "accept_review").moved


def test_it_is_never_published(board: Board) -> None:
    workflow = board.engine.framework.workflow("individual-management-review")

    assert not [event for event in workflow.events if "publish" in event]


def test_records_are_secured_in_two_working_days_and_the_review_comes_in_three_months(board: Board) -> None:
    case = considered(board, **LIMITED)
    board.does(case, "ask_for_review")

    assert board.due(case, "records") == date(2017, 1, 11)
    assert board.due(case, "report") == date(2017, 4, 9)
