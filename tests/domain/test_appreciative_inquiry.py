"""An Appreciative Inquiry: what works, and how there may be more of it; no threshold, and no clock."""

from __future__ import annotations

from datetime import date

import pytest
from domain.board import Board
from domain.road import evaluated_lesson, finish_action, has_gone_all_the_way, opened, sent_and_used

from loopengine import Framework

STORIES = {"stories": "The nurse knew the family by name.", "what_makes_it_possible": "Time, and one nurse."}


@pytest.fixture
def board(framework: Framework) -> Board:
    return Board(framework)


def inquiry(board: Board, **facts: object) -> str:
    topic = {"topic": "Families that come to us gladly", "agencies_taking_part": "community_health,schools"}
    return opened(board, "appreciative-inquiry", **{**topic, "asks_for_what_works": True, **facts})


def designed(board: Board) -> str:
    case = inquiry(board)
    board.does(case, "begin_inquiry")
    board.learn(case, **STORIES, dream_told="Every family has one name to call.")
    board.does(case, "tell_stories", "tell_dream")
    board.learn(case, what_we_will_do="One nurse a family, from March.")
    return case


def test_an_inquiry_goes_through_the_five_ds_and_is_valued(board: Board) -> None:
    case = designed(board)
    evaluated_lesson(board, case)
    (action,) = board.does(case, "add_action").opened
    finish_action(board, action)
    board.does(case, "choose_design")
    assert board.state(case) == "destiny"
    board.learn(case, what_is_valued="Families call before there is a crisis.")

    board.does(case, "value_progress")

    assert board.state(case) == "valued"
    assert has_gone_all_the_way(board, case)


def test_there_is_no_threshold_but_a_topic_that_asks_for_what_works(board: Board) -> None:
    case = inquiry(board, asks_for_what_works=False)
    assert board.tries(case, "begin_inquiry").verdict == "refused"

    board.learn(case, topic="What brings families to us gladly?", asks_for_what_works=True)

    assert board.tries(case, "begin_inquiry").moved


def test_there_is_no_clock_and_it_is_never_late(board: Board) -> None:
    case = inquiry(board)
    board.does(case, "begin_inquiry")

    board.clock.advance_to(date(2019, 1, 9))

    assert board.engine.case(case).clocks == ()
    assert board.engine.framework.workflow("appreciative-inquiry").deadlines == {}


def test_destiny_is_not_valued_before_it_is_lived(board: Board) -> None:
    case = designed(board)
    lesson = sent_and_used(board, case)
    board.learn(case, no_action_needed=True, what_is_valued="Families call.")
    board.does(case, "choose_design")
    assert not board.tries(case, "value_progress").moved

    board.learn(lesson, built_into_practice=True)
    board.does(lesson, "confirm_embedded")

    assert board.tries(case, "value_progress").moved


def test_what_is_valued_may_be_dreamt_further(board: Board) -> None:
    case = designed(board)
    evaluated_lesson(board, case)
    board.learn(case, no_action_needed=True, what_is_valued="Families call.")
    board.does(case, "choose_design", "value_progress")

    assert board.does(case, "dream_again").to == "dream"
