"""A Section 11 Safeguarding Challenge Event: one panel hears many agencies about their returns."""

from __future__ import annotations

from datetime import date

import pytest
from domain.board import EVALUATORS, EXECUTIVE, UNIT, Board, asked
from domain.road import from_learning_to_evaluated, has_gone_all_the_way, opened

from loopengine import Actor, Framework
from loopengine.errors import LoopEngineError, NotAnswered

AGENCIES = ("police", "schools", "housing")
CALLED = {
    "held_on": "2017-06-15",
    "key_areas": "Training and safer recruitment: the weakest last year.",
    "panel": "public_health,hospital_trust,probation,police",
}
HEARD = {"panel_attended": "public_health,hospital_trust,probation", "every_audit_heard": True}


@pytest.fixture
def board(framework: Framework) -> Board:
    return Board(framework)


def a_return(board: Board, agency: str) -> str:
    """The return of *agency*, sent in and not graded yet."""
    actor = Actor(f"Somebody of {agency}", "agency", agency=agency)
    case = opened(board, "section-11-audit", agency=agency, return_by="2017-03-31")
    board.does(case, "begin", by=actor)
    board.learn(case, by=actor, **of_each(board, grade="fully_met", evidence="seen", looked_at_again=True))
    board.does(case, "submit", by=actor)
    return case


def of_each(board: Board, **facts: object) -> dict[str, object]:
    standards = board.engine.framework.lists["section_11_standards"]
    return {f"{fact}.{name}": value for fact, value in facts.items() for name in standards}


def grade(board: Board, audit: str, result: str = "fully_met") -> None:
    told = of_each(board, moderated_grade=result)
    board.learn(audit, by=EVALUATORS, moderators="public_health,probation", **told)
    board.does(audit, "confirm_grades", by=EVALUATORS)


def planned(board: Board) -> tuple[str, list[str]]:
    """An event, and the returns that are tied to it."""
    event = opened(board, "section-11-challenge-event")
    audits = [a_return(board, agency) for agency in AGENCIES]
    for audit in audits:
        board.engine.link(event, audit, "audits", by=UNIT, reason="of this cycle")
    return event, audits


def called(board: Board) -> tuple[str, list[str]]:
    event, audits = planned(board)
    for audit in audits:
        grade(board, audit)
    board.learn(event, **CALLED)
    board.does(event, "call")
    return event, audits


def after_the_day(board: Board, overall: str) -> str:
    event, _ = called(board)
    board.learn(event, **HEARD)
    board.does(event, "scrutinise")
    board.learn(event, by=EVALUATORS, overall=overall)
    return event


# --- the road -----------------------------------------------------------------------------------------------


def test_an_event_goes_from_planned_to_closed(board: Board) -> None:
    event = after_the_day(board, "assured")
    board.does(event, "report", by=EVALUATORS)

    from_learning_to_evaluated(board, event)

    assert has_gone_all_the_way(board, event)
    board.clock.advance(days=100)
    assert board.does(event, "close").to == "closed"


def test_an_event_that_is_called_off_says_why_and_its_returns_go_on(board: Board) -> None:
    event, audits = planned(board)
    assert not board.tries(event, "call_off", reason=None).moved

    assert board.does(event, "call_off").to == "called_off"

    assert {board.state(audit) for audit in audits} == {"moderating"}
    another = opened(board, "section-11-challenge-event")
    for audit in audits:
        board.engine.link(another, audit, "audits", by=UNIT, reason="heard at the next")
        grade(board, audit)
    board.learn(another, **CALLED)
    assert board.tries(another, "call").moved


# --- the returns --------------------------------------------------------------------------------------------


def test_nobody_is_called_before_every_return_is_graded(board: Board) -> None:
    event, (first, second, third) = planned(board)
    board.learn(event, **CALLED)
    grade(board, first)
    grade(board, second)
    assert not board.tries(event, "call").moved

    grade(board, third)

    assert board.tries(event, "call").moved


def test_an_agency_that_makes_no_return_here_is_not_waited_for(board: Board) -> None:
    event, audits = planned(board)
    for audit in audits:
        grade(board, audit)
    absent = opened(board, "section-11-audit", agency="voluntary_sector")
    board.engine.link(event, absent, "audits", by=UNIT, reason="of this cycle")
    board.learn(event, **CALLED)
    assert not board.tries(event, "call").moved

    board.does(absent, "excuse")

    assert board.tries(event, "call").moved


def test_an_event_without_returns_hears_nobody(board: Board) -> None:
    event = opened(board, "section-11-challenge-event", **CALLED)

    assert not board.tries(event, "call").moved


def test_what_is_no_return_is_not_heard(board: Board) -> None:
    event, _ = planned(board)
    other = board.refer()

    with pytest.raises(LoopEngineError):
        board.engine.link(event, other, "audits", by=UNIT, reason="by mistake")


@pytest.mark.parametrize("missing", ["held_on", "key_areas", "panel"])
def test_the_agencies_are_told_when_about_what_and_by_whom_they_are_heard(board: Board, missing: str) -> None:
    event, audits = planned(board)
    for audit in audits:
        grade(board, audit)
    board.learn(event, **{name: value for name, value in CALLED.items() if name != missing})

    # `known` is never in doubt: what nobody has said is not known.
    assert board.tries(event, "call").verdict == "refused"


# --- the day ------------------------------------------------------------------------------------------------


def test_two_agencies_are_no_panel(board: Board) -> None:
    event, _ = called(board)
    board.learn(event, panel_attended="public_health,hospital_trust", every_audit_heard=True)
    assert board.tries(event, "scrutinise").verdict == "refused"

    board.learn(event, **HEARD)

    assert board.tries(event, "scrutinise").moved


def test_that_everybody_was_heard_and_nobody_by_themselves_can_be_shown(board: Board) -> None:
    event, _ = called(board)
    board.learn(event, panel_attended=HEARD["panel_attended"])
    assert asked(board.tries(event, "scrutinise")) == ["every_audit_heard"]

    with pytest.raises(NotAnswered, match="evidence"):
        board.learn(event, every_audit_heard=True, evidence=None)

    board.learn(event, every_audit_heard=False)
    assert board.tries(event, "scrutinise").verdict == "refused"


def test_each_return_goes_on_by_itself_after_the_day(board: Board) -> None:
    event, (first, second, third) = called(board)
    board.learn(first, by=EVALUATORS, challenge_result="assurance")
    board.learn(second, by=EVALUATORS, challenge_result="further_evidence")

    board.does(first, "assure", by=EVALUATORS)
    board.does(second, "require_evidence", by=EVALUATORS)

    assert [board.state(each) for each in (first, second, third)] == ["learning", "evidence_wanted", "graded"]
    assert board.state(event) == "called"


def test_an_event_that_is_not_assured_goes_to_the_executive(board: Board) -> None:
    event = after_the_day(board, "not_assured")
    assert not board.tries(event, "report", by=EVALUATORS).moved
    assert not board.tries(event, "escalate", by=EXECUTIVE, reason=None).moved

    assert board.does(event, "escalate", by=EXECUTIVE).to == "learning"


def test_an_event_that_is_assured_does_not(board: Board) -> None:
    event = after_the_day(board, "partly_assured")

    assert not board.tries(event, "escalate", by=EXECUTIVE).moved
    assert board.tries(event, "report", by=EVALUATORS).moved


# --- clocks -------------------------------------------------------------------------------------------------


def test_the_agencies_are_called_twenty_working_days_before_the_day_itself(board: Board) -> None:
    event, _ = planned(board)
    assert board.due(event, "planning") == date(2017, 4, 9)

    board.learn(event, held_on="2017-06-15")

    assert board.due(event, "event") == date(2017, 6, 15)
    assert board.due(event, "preparation") == date(2017, 5, 17)
