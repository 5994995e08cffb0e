"""The review of the framework itself: every year, or sooner: framework 13.1."""

from __future__ import annotations

from datetime import date

import pytest
from domain.board import EXECUTIVE, Board
from domain.road import opened

from loopengine import Framework

ASKED = {
    "learning_of_the_year": "Audits tell more than reviews.",
    "guidance_of_the_year": "None.",
    "agencies_consulted": "police,schools",
    "young_people_consulted": True,
}


@pytest.fixture
def board(framework: Framework) -> Board:
    return Board(framework)


def test_it_comes_round_every_year(board: Board) -> None:
    board.engine.sweep()
    board.clock.advance_to(date(2019, 3, 1))
    board.engine.sweep()

    reviews = [case for case in board.engine.cases() if case.workflow == "framework-review"]

    assert [case.opened_on for case in reviews] == [date(2018, 1, 8), date(2019, 1, 8)]
    assert {board.fact(case.reference, "occasion") for case in reviews} == {"yearly"}


def test_whoever_wants_it_sooner_says_what_has_happened(board: Board) -> None:
    case = opened(board, "framework-review", occasion="government_guidance")
    assert not board.tries(case, "ask_around").moved

    board.learn(case, why_sooner="New guidance in July.")

    assert board.tries(case, "ask_around").moved


def ready(board: Board, *, change: bool) -> str:
    case = opened(board, "framework-review", occasion="yearly")
    board.does(case, "ask_around")
    board.learn(case, **ASKED, has_to_change=change)
    board.does(case, "conclude")
    return case


def test_agencies_and_young_people_are_asked_first(board: Board) -> None:
    case = opened(board, "framework-review", occasion="yearly")
    board.does(case, "ask_around")
    board.learn(case, **{**ASKED, "young_people_consulted": "unknown"}, has_to_change=False)

    assert not board.tries(case, "conclude").moved


def test_a_new_framework_is_not_ratified_while_the_files_say_the_old(board: Board) -> None:
    case = ready(board, change=True)
    board.does(case, "submit_draft")
    board.learn(case, in_force_from="2017-09-01", files_changed=False)
    assert board.tries(case, "ratify_new", by=EXECUTIVE).verdict == "refused"

    board.learn(case, files_changed=True)

    assert board.does(case, "ratify_new", by=EXECUTIVE).to == "renewed"


def test_one_that_may_stay_as_it_is_is_ratified_too(board: Board) -> None:
    case = ready(board, change=False)

    assert not board.tries(case, "submit_draft").moved
    board.does(case, "submit_unchanged")
    assert board.does(case, "ratify_unchanged").to == "unchanged"
