"""A learning event: the front line hears what was learnt, and says what it makes of it: framework 10.2."""

from __future__ import annotations

from datetime import date

import pytest
from domain.board import Board
from domain.road import opened

from loopengine import Actor, Framework

TRAINERS = Actor("Wyn of Workforce Development", "workforce_development")
PLANNED = {"topic": "What the review has taught us", "held_on": "2017-02-10", "invited": "police,schools"}
HELD = {
    "attended": "police,schools",
    "front_line_attended": 23,
    "what_they_said": "We shall ask who else lives in the house.",
}


@pytest.fixture
def board(framework: Framework) -> Board:
    return Board(framework)


def held(board: Board, **facts: object) -> str:
    case = opened(board, "learning-event", **PLANNED)
    board.does(case, "invite", "hold_event")
    board.learn(case, **{**HELD, **facts})
    return case


def test_who_attended_and_what_they_said_is_reported(board: Board) -> None:
    case = held(board)

    assert board.does(case, "report").to == "reported"
    assert board.fact(case, "attended") == frozenset({"police", "schools"})
    assert board.fact(case, "front_line_attended") == 23


@pytest.mark.parametrize("missing", HELD)
def test_an_event_of_which_nobody_says_who_was_there_is_not_reported(board: Board, missing: str) -> None:
    assert not board.tries(held(board, **{missing: "unknown"}), "report").moved


def test_an_event_without_the_front_line_is_held_again(board: Board) -> None:
    case = held(board, front_line_attended=0)
    assert board.tries(case, "report").verdict == "refused"
    assert not board.tries(case, "repeat", by=TRAINERS, reason=None).moved

    assert board.does(case, "repeat", by=TRAINERS).to == "planned"


def test_it_is_held_on_its_day_and_reported_ten_working_days_after(board: Board) -> None:
    case = opened(board, "learning-event", **PLANNED)
    board.does(case, "invite")
    assert board.due(case, "event") == date(2017, 2, 10)
    board.clock.advance_to(date(2017, 2, 10))

    board.does(case, "hold_event")

    assert board.due(case, "reporting") == date(2017, 2, 24)


def test_one_that_is_called_off_says_why(board: Board) -> None:
    case = opened(board, "learning-event", **PLANNED)

    assert not board.tries(case, "call_off", reason=None).moved
    assert board.does(case, "call_off").to == "called_off"
