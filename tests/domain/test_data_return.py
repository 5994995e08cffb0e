"""An agency's data return: the agreed set by the agreed day, and what a pattern leads to: framework 11.1."""

from __future__ import annotations

from datetime import date

import pytest
from domain.board import POLICE, SCHOOL, Board
from domain.road import opened

from loopengine import Framework

WHOLE = {"whole_set": True, "checked_by_agency": True, "what_agency_says": "Fewer calls than in autumn."}


@pytest.fixture
def board(framework: Framework) -> Board:
    return Board(framework)


def analysed(board: Board, pattern: str) -> str:
    case = opened(board, "data-return", agency="police", agreed_for="2017-01-31", **WHOLE)
    board.does(case, "submit", by=POLICE)
    board.learn(case, what_they_show="Calls have halved.", pattern=pattern, pattern_about="Domestic abuse")
    board.does(case, "say_what_they_show")
    return case


def test_the_agreed_set_is_due_on_the_agreed_day_from_the_agency_itself(board: Board) -> None:
    case = opened(board, "data-return", agency="police", agreed_for="2017-01-31", **WHOLE)

    assert board.due(case, "submission") == date(2017, 1, 31)
    assert not board.tries(case, "submit", by=SCHOOL).moved
    assert board.tries(case, "submit", by=POLICE).moved


@pytest.mark.parametrize("lacking", ["whole_set", "checked_by_agency"])
def test_a_return_is_whole_and_checked(board: Board, lacking: str) -> None:
    case = opened(board, "data-return", agency="police", **{**WHOLE, lacking: False})

    assert board.tries(case, "submit", by=POLICE).verdict == "refused"


@pytest.mark.parametrize("pattern", ["nothing", "watching"])
def test_no_pattern_opens_nothing(board: Board, pattern: str) -> None:
    case = analysed(board, pattern)

    assert not board.tries(case, "open_audit").moved
    assert board.does(case, "file").to == "filed"


def test_a_pattern_opens_a_thematic_audit_that_knows_where_it_comes_from(board: Board) -> None:
    (audit,) = board.does(analysed(board, "audit"), "open_audit").opened

    assert board.engine.case(audit).case.workflow == "multi-agency-thematic-case-audit"
    assert board.fact(audit, "theme") == "Domestic abuse"
    assert board.fact(audit, "theme_source") == "performance_data"


def test_a_pattern_that_the_agency_explains_needs_no_audit(board: Board) -> None:
    case = analysed(board, "explanation")
    board.does(case, "ask_why")
    assert board.due(case, "explanation") == date(2017, 1, 30)
    board.learn(case, agency_explains="The number for calls was changed.", explained=True)
    board.does(case, "explain", by=POLICE)

    assert not board.tries(case, "open_audit").moved
    assert board.tries(case, "file").moved
