"""From one review to another: a threshold met late, or no longer; steps up and down; what comes back."""

from __future__ import annotations

from datetime import date

import pytest
from domain.board import CHAIR, DOES_NOT, UNIT, Board
from domain.road import LESSON, opened

from loopengine import Actor, Framework
from loopengine.engine.results import Case

OWNERS_AND_CHAIR = ["lead_reviewer", "learning_and_improvement", "independent_chair"]


@pytest.fixture
def board(framework: Framework) -> Board:
    return Board(framework)


def told(board: Board, case: str, kind: str) -> list[object]:
    """Whom the entries of that *kind* in the history of *case* told."""
    entries = [line.entry for line in board.engine.history(case)]
    return [entry.body["told"] for entry in entries if entry.kind == kind]


# --- a threshold --------------------------------------------------------------------------------------------


def test_that_a_review_meets_the_threshold_no_longer_is_told_to_its_owner_and_the_chair(
    board: Board,
) -> None:
    case = board.review(until="agree_scope")

    board.learn(case, abuse_or_neglect="not_suspected", evidence="coroner's letter")

    assert told(board, case, "ceased") == [OWNERS_AND_CHAIR]
    assert board.state(case) == "scoping", "nothing is un-initiated in silence"


def test_that_what_was_decided_against_meets_it_after_all_is_told_too(board: Board) -> None:
    case = board.before_the_chair("recommend_no_review", **DOES_NOT)
    board.does(case, "decline", by=CHAIR)
    assert told(board, case, "arose") == []

    board.learn(case, abuse_or_neglect="known", evidence="post-mortem")

    assert told(board, case, "arose") == [["business_unit", "national_panel", "independent_chair"]]
    assert board.state(case) == "decided_against"


@pytest.mark.parametrize("workflow", ["multi-agency-case-review", "individual-management-review"])
def test_a_review_below_the_threshold_is_told_when_it_is_decided_otherwise(
    board: Board, workflow: str
) -> None:
    case = opened(board, workflow, serious_case_criteria="unknown")

    board.learn(case, serious_case_criteria="met", evidence="Chair's letter")
    board.learn(case, serious_case_criteria="not_met", evidence="Chair's second letter")

    assert [len(told(board, case, kind)) for kind in ("arose", "ceased")] == [1, 1]


# --- steps up and down --------------------------------------------------------------------------------------


@pytest.mark.parametrize("workflow", ["multi-agency-case-review", "individual-management-review"])
def test_a_step_up_goes_on_from_what_is_known_and_is_linked(board: Board, workflow: str) -> None:
    case = opened(board, workflow)
    board.learn(case, serious_case_criteria="met", evidence="Chair's letter")
    shared = board.engine.framework.workflow("serious-case-review").facts.keys()
    known = {name: value for name, value in board.engine.case(case).facts.items() if name in shared}

    (review,) = board.does(case, "refer_as_serious_case").opened

    assert board.engine.case(case).case.ended
    assert board.engine.case(review).facts.items() >= known.items()
    links = [(link.name, link.case) for link in board.engine.case(review).links]
    assert links == [("arises_from", case)]


def test_a_step_down_takes_along_what_is_known_and_leaves_the_decision_open_to_question(
    board: Board,
) -> None:
    case = board.before_the_chair("recommend_no_review", **DOES_NOT)
    board.does(case, "decline", by=CHAIR)

    (review,) = board.does(case, "review_otherwise", by=CHAIR).opened

    assert board.engine.case(review).case.workflow == "multi-agency-case-review"
    assert board.fact(review, "agencies_involved") == {"police", "hospital_trust"}
    assert [(link.name, link.case) for link in board.engine.case(review).links] == [("arises_from", case)]
    assert board.state(case) == "decided_against"


def test_nobody_steps_down_without_saying_why(board: Board) -> None:
    case = board.before_the_chair("recommend_no_review", **DOES_NOT)
    board.does(case, "decline", by=CHAIR)

    assert not board.tries(case, "review_otherwise", by=CHAIR, reason=None).moved


# --- what comes back ----------------------------------------------------------------------------------------


def test_a_theme_that_was_there_before_is_shown_when_it_is_recorded_and_when_it_is_evaluated(
    board: Board,
) -> None:
    earlier = opened(board, "learning-point", **LESSON)
    board.clock.advance(days=700)
    later = opened(board, "learning-point")

    answers = board.engine.record(later, {"theme": LESSON["theme"]}, by=UNIT)

    assert [(same.fact, same.cases) for same in answers.alike] == [("theme", (earlier,))]
    assert [(same.fact, same.cases) for same in board.engine.case(later).alike] == [("theme", (earlier,))]


def test_one_recommendation_too_many_is_a_warning_and_not_a_refusal(board: Board) -> None:
    case = board.review(until="agree_learning")

    warnings = [board.does(case, "add_recommendation").warnings for _ in range(11)]

    assert [bool(each) for each in warnings] == [False] * 10 + [True]


def test_every_agency_assesses_itself_every_two_years_and_goes_on_from_its_answers(board: Board) -> None:
    board.engine.sweep()
    board.clock.advance_to(date(2018, 4, 2))
    board.engine.sweep()
    first = {board.fact(each.reference, "agency"): each.reference for each in returns(board)}
    left_out = {"agency_of_another_area", "outside_the_area"}
    assert first.keys() == board.engine.framework.agencies.keys() - left_out
    board.engine.record(
        first["police"],
        {"grade.training": "fully_met", "evidence.training": "The register of 2018."},
        by=Actor("Pat", "agency", "police"),
    )

    board.clock.advance_to(date(2020, 4, 2))
    board.engine.sweep()

    (again,) = [
        each.reference
        for each in returns(board)
        if board.fact(each.reference, "agency") == "police" and each.reference != first["police"]
    ]
    file = board.engine.case(again)
    assert file.facts["grade.training"] == "fully_met"
    assert [(link.name, link.case) for link in file.links] == [("follows", first["police"])]
    assert "looked_at_again.training" not in file.facts, "an answer that is carried has not been looked at"


def returns(board: Board) -> list[Case]:
    return [each for each in board.engine.cases() if each.workflow == "section-11-audit"]
