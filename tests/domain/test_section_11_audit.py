"""A Section 11 Safeguarding Audit: an agency says how far it meets each standard, and others say so too."""

from __future__ import annotations

from datetime import date

import pytest
from domain.board import EVALUATORS, EXECUTIVE, POLICE, SCHOOL, Board
from domain.road import from_learning_to_evaluated, has_gone_all_the_way, opened

from loopengine import Actor, Framework

SERGEANT = Actor("Sid, of the sub-group and the police", "performance_and_evaluation", agency="police")


@pytest.fixture
def board(framework: Framework) -> Board:
    return Board(framework)


def standards(board: Board) -> list[str]:
    return [*board.engine.framework.lists["section_11_standards"]]


def of_each(board: Board, **facts: object) -> dict[str, object]:
    """*facts*, said of every standard."""
    return {f"{fact}.{name}": value for fact, value in facts.items() for name in standards(board)}


def begun(board: Board) -> str:
    """The police assess themselves."""
    case = opened(board, "section-11-audit", agency="police", return_by="2017-03-31")
    board.does(case, "begin", by=POLICE)
    return case


def fill_in(board: Board, case: str, **facts: object) -> None:
    told = of_each(board, grade="fully_met", evidence="Policy of May.", looked_at_again=True)
    board.learn(case, by=POLICE, **{**told, **facts})


def returned(board: Board, **facts: object) -> str:
    case = begun(board)
    fill_in(board, case, **facts)
    board.does(case, "submit", by=POLICE)
    return case


def graded(board: Board, **facts: object) -> str:
    case = returned(board)
    told = of_each(board, moderated_grade="fully_met")
    board.learn(case, by=EVALUATORS, moderators="schools,housing", **{**told, **facts})
    board.does(case, "confirm_grades", by=EVALUATORS)
    return case


def heard(board: Board, result: str, **facts: object) -> str:
    """The challenge event has heard the police."""
    case = graded(board, **facts)
    board.learn(case, by=EVALUATORS, challenge_result=result)
    return case


# --- the road -----------------------------------------------------------------------------------------------


def test_a_return_goes_from_issued_to_closed(board: Board) -> None:
    case = heard(board, "assurance")
    board.does(case, "assure", by=EVALUATORS)

    from_learning_to_evaluated(board, case)

    assert has_gone_all_the_way(board, case)
    board.clock.advance(days=100)
    assert board.does(case, "close").to == "closed"


def test_an_agency_without_the_duty_is_excused_with_a_reason(board: Board) -> None:
    case = opened(board, "section-11-audit", agency="voluntary_sector")

    assert not board.tries(case, "excuse", reason=None).moved
    assert board.does(case, "excuse").to == "excused"


# --- the return ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["grade", "evidence", "looked_at_again"])
def test_every_standard_has_a_grade_and_what_shows_it_and_was_looked_at_in_this_cycle(
    board: Board, missing: str
) -> None:
    case = begun(board)
    last = f"{missing}.{standards(board)[-1]}"
    fill_in(board, case, **{last: "unknown"})

    assert not board.tries(case, "submit", by=POLICE).moved

    fill_in(board, case)

    assert board.tries(case, "submit", by=POLICE).moved


def test_an_answer_that_was_only_carried_forward_is_none(board: Board) -> None:
    case = begun(board)
    fill_in(board, case, **{"looked_at_again.training": False})

    assert board.tries(case, "submit", by=POLICE).verdict == "refused"


def test_the_agency_makes_its_own_return_and_nobody_makes_it_for_them(board: Board) -> None:
    case = begun(board)
    fill_in(board, case)

    assert not board.tries(case, "submit", by=SCHOOL).moved
    assert not board.tries(case, "submit", by=EVALUATORS).moved
    assert board.tries(case, "submit", by=POLICE).moved


def test_what_one_standard_lacks_does_not_keep_the_return_back_but_is_said(board: Board) -> None:
    """A standard that is not met is an answer; one that is not answered is none."""
    case = returned(board, **{"grade.training": "not_met"})

    assert board.state(case) == "moderating"
    assert board.fact(case, "grade.training") == "not_met"


# --- moderation ---------------------------------------------------------------------------------------------


def test_no_agency_moderates_itself(board: Board) -> None:
    case = returned(board)
    board.learn(case, by=EVALUATORS, **of_each(board, moderated_grade="fully_met"))
    board.learn(case, by=EVALUATORS, moderators="police,schools")
    assert board.tries(case, "confirm_grades", by=EVALUATORS).verdict == "refused"

    board.learn(case, by=EVALUATORS, moderators="schools,housing")

    assert not board.tries(case, "confirm_grades", by=SERGEANT).moved
    assert not board.tries(case, "query", by=SERGEANT).moved
    assert board.tries(case, "confirm_grades", by=EVALUATORS).moved


def test_the_moderators_grade_every_standard(board: Board) -> None:
    case = returned(board)
    told = of_each(board, moderated_grade="fully_met")
    told["moderated_grade.training"] = "unknown"
    board.learn(case, by=EVALUATORS, moderators="schools", **told)

    assert not board.tries(case, "confirm_grades", by=EVALUATORS).moved

    board.learn(case, by=EVALUATORS, **{"moderated_grade.training": "partly_met"})

    assert board.tries(case, "confirm_grades", by=EVALUATORS).moved


def test_the_moderators_may_ask_and_have_the_answer_in_fifteen_working_days(board: Board) -> None:
    case = returned(board)
    assert not board.tries(case, "query", by=EVALUATORS, reason=None).moved
    board.does(case, "query", by=EVALUATORS)
    assert board.due(case, "answer_to_query") == date(2017, 1, 30)

    board.learn(case, by=POLICE, **{"grade.training": "partly_met"})

    assert board.does(case, "resubmit", by=POLICE).to == "moderating"


# --- the challenge event ------------------------------------------------------------------------------------


def test_nobody_is_assured_of_a_standard_that_is_not_met(board: Board) -> None:
    case = heard(board, "assurance", **{"moderated_grade.safer_recruitment": "not_met"})
    assert board.tries(case, "assure", by=EVALUATORS).verdict == "refused"

    board.learn(case, by=EVALUATORS, challenge_result="action_required")

    assert board.does(case, "require_action", by=EVALUATORS).to == "learning"


def test_no_action_is_required_where_everything_is_met(board: Board) -> None:
    assert not board.tries(heard(board, "action_required"), "require_action", by=EVALUATORS).moved


def test_further_evidence_is_given_and_the_event_hears_the_agency_again(board: Board) -> None:
    case = heard(board, "further_evidence")
    board.does(case, "require_evidence", by=EVALUATORS)
    assert board.due(case, "further_evidence") == date(2017, 3, 9)
    assert not board.tries(case, "give_further_evidence", by=SCHOOL).moved

    assert board.does(case, "give_further_evidence", by=POLICE).to == "graded"

    board.learn(case, by=EVALUATORS, challenge_result="assurance")
    assert board.tries(case, "assure", by=EVALUATORS).moved


def test_what_goes_to_the_executive_is_for_the_executive_with_a_reason(board: Board) -> None:
    case = heard(board, "escalated")

    assert not board.tries(case, "escalate", by=EVALUATORS).moved
    assert not board.tries(case, "escalate", by=EXECUTIVE, reason=None).moved
    assert board.does(case, "escalate", by=EXECUTIVE).to == "learning"


def test_an_action_plan_is_agreed_before_the_return_is_done_with(board: Board) -> None:
    case = heard(board, "action_required", **{"moderated_grade.training": "partly_met"})
    board.does(case, "require_action", by=EVALUATORS)
    board.does(case, "add_learning_point")
    assert not board.tries(case, "agree_learning").moved

    board.does(case, "add_action")

    assert board.tries(case, "agree_learning").moved


# --- clocks -------------------------------------------------------------------------------------------------


def test_the_return_is_due_on_its_day_and_its_lateness_climbs_from_lead_to_executive(board: Board) -> None:
    case = begun(board)
    assert board.due(case, "return") == date(2017, 3, 31)

    ladder = board.clock_of(case, "return").deadline.ladder

    told = [role for rung in ladder for role in rung.tell]
    assert (told[0], told[-1]) == ("agency_lead", "executive")
    board.clock.advance_to(date(2017, 4, 1))
    assert board.clock_of(case, "return").is_late(board.clock.today())


def test_moderation_has_thirty_working_days_and_the_event_three_months(board: Board) -> None:
    case = graded(board)

    assert board.due(case, "moderation") == date(2017, 2, 20)
    assert board.due(case, "challenge_event") == date(2017, 4, 9)
