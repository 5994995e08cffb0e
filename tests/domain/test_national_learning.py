"""National learning: does it matter here, and have we learnt it already?"""

from __future__ import annotations

import pytest
from domain.board import Board, asked
from domain.road import from_learning_to_evaluated, has_gone_all_the_way, opened

from loopengine import Framework
from loopengine.errors import NotAnswered

GAP = {"gap": True, "how_we_stand": "Two of five agencies ask."}


@pytest.fixture
def board(framework: Framework) -> Board:
    return Board(framework)


def triaged(board: Board, **facts: object) -> str:
    case = opened(
        board,
        "national-learning",
        publication="A review of another board, 2016",
        kind_of_source="review_of_another_board",
        message="Nobody knew who lived in the house.",
    )
    board.does(case, "put_before_sub_group")
    board.learn(case, agencies_asked="police,schools", **facts)
    return case


def test_a_message_from_elsewhere_goes_from_spotted_to_evaluated(board: Board) -> None:
    case = triaged(board, relevant_here=True, already_covered=False)
    board.does(case, "compare")
    board.learn(case, **GAP)
    board.does(case, "take_over")

    from_learning_to_evaluated(board, case)

    assert has_gone_all_the_way(board, case)


def test_what_does_not_matter_here_is_filed(board: Board) -> None:
    case = triaged(board, relevant_here=False)

    assert board.tries(case, "compare").verdict == "refused"
    assert board.does(case, "file_as_not_relevant").to == "not_relevant"


def test_what_is_learnt_already_is_filed_with_the_learning_point(board: Board) -> None:
    case = triaged(board, relevant_here=True)
    with pytest.raises(NotAnswered, match="evidence"):
        board.learn(case, already_covered=True, evidence=None)
    board.learn(case, already_covered=True, covered_and_embedded=True, evidence="LP-2016-004")

    assert board.tries(case, "compare").verdict == "refused"
    assert board.does(case, "file_as_covered").to == "covered"


def test_a_learning_point_that_is_not_embedded_is_no_reason_to_file_it(board: Board) -> None:
    """A message that comes twice has not been learnt."""
    case = triaged(board, relevant_here=True, already_covered=True, covered_and_embedded=False)

    assert not board.tries(case, "file_as_covered").moved
    assert board.tries(case, "compare").moved


def test_it_is_neither_filed_nor_taken_over_before_somebody_has_looked(board: Board) -> None:
    decision = board.tries(triaged(board), "compare")

    assert decision.verdict == "undetermined"
    assert set(asked(decision)) >= {"relevant_here", "already_covered"}


def test_what_is_done_here_already_is_shown_and_filed(board: Board) -> None:
    case = triaged(board, relevant_here=True, already_covered=False)
    board.does(case, "compare")
    with pytest.raises(NotAnswered, match="evidence"):
        board.learn(case, gap=False, evidence=None)
    board.learn(case, gap=False, how_we_stand="Every form asks.", evidence="five forms")

    assert not board.tries(case, "take_over").moved
    assert board.does(case, "file_as_already_done").to == "done_here"
