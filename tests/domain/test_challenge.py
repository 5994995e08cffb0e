"""A challenge: anybody raises it, it is answered, it goes up two tiers at most, and it stays on record."""

from __future__ import annotations

from datetime import date

import pytest
from domain.board import EXECUTIVE, POLICE, SUB_GROUP, UNIT, Board
from domain.road import opened

from loopengine import Actor, Framework

LIN = Actor("Lin of the sub-group and a school", "learning_and_improvement", agency="schools")
MANAGER = Actor("Max of the Management Group and a school", "management_group", agency="schools")
CHIEF = Actor("Ed of the Executive and a hospital", "executive", agency="hospital_trust")


@pytest.fixture
def board(framework: Framework) -> Board:
    return Board(framework)


def answered(board: Board, *, rests_on: bool = True) -> str:
    case = opened(
        board,
        "challenge",
        what_is_asked="Why was nobody told?",
        about_agency="police",
        raised_from="front_line",
    )
    board.learn(case, by=POLICE, answer_given="They were, by letter.", answer_rests_on=rests_on)
    board.does(case, "give_answer", by=POLICE)
    return case


def test_anybody_may_raise_one_and_it_is_answered_in_ten_working_days(board: Board) -> None:
    reader = Actor("Anybody")
    case = board.engine.open("challenge", {"what_is_asked": "Why was nobody told?"}, by=reader).reference

    assert board.due(case, "first_answer") == date(2017, 1, 23)


def test_an_answer_that_rests_on_nothing_settles_nothing(board: Board) -> None:
    case = answered(board, rests_on=False)
    board.learn(case, what_changed="Nothing.")

    assert board.tries(case, "accept_answer", by=LIN).verdict == "refused"
    assert board.does(case, "ask_again", by=LIN).to == "raised"


def test_whoever_answers_does_not_judge_the_answer(board: Board) -> None:
    case = answered(board)
    board.learn(case, what_changed="A second letter goes out.")
    sergeant = Actor("Sid, of the sub-group and the police", "learning_and_improvement", agency="police")

    assert not board.tries(case, "accept_answer", by=sergeant).moved
    assert board.tries(case, "accept_answer", by=LIN).moved


def test_whoever_is_not_content_takes_it_up_to_the_executive(board: Board) -> None:
    case = answered(board)
    board.does(case, "take_up", by=SUB_GROUP)
    board.does(case, "take_to_executive", by=MANAGER)
    assert not board.tries(case, "decide", by=EXECUTIVE).moved  # what has changed?

    board.learn(case, what_changed="The police telephone.")

    assert board.does(case, "decide", by=CHIEF).to == "decided"


def test_question_and_answer_stay_on_record(board: Board) -> None:
    case = answered(board)

    board.does(case, "take_back", by=Actor("Uma", UNIT.roles, agency="schools"))

    assert board.fact(case, "answer_given") == "They were, by letter."
    assert [line.to_json()["event"] for line in board.engine.history(case)][-1] == "take_back"


def test_a_challenge_about_a_review_is_tied_to_it(board: Board) -> None:
    review = board.review(until="agree_learning")

    (case,) = board.does(review, "raise_challenge").opened

    assert [(link.name, link.case) for link in board.engine.case(case).links] == [("arises_from", review)]
