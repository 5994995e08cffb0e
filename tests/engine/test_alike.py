"""Patterns over other cases: how many have the same answer, and which had it before."""

from __future__ import annotations

from datetime import date

import pytest
from support.tied import POINT, UNIT, engine, framework

from loopengine import Engine, Refused
from loopengine.clock import FrozenClock
from loopengine.core.durations import Duration


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock("2017-01-03T09:00Z")


@pytest.fixture
def board(clock: FrozenClock) -> Engine:
    return engine(clock=clock)


def point(board: Engine, theme: str = "voice", on: date | None = None) -> str:
    """A learning point about a *theme*."""
    return board.open("point", {"theme": theme}, by=UNIT, on=on).reference


def may_raise(board: Engine, case: str) -> bool:
    return board.explain(case, "raise").events[0].verdict == "allowed"


# --- the number ---------------------------------------------------------------------------------------------


def test_others_with_the_same_answer_are_counted_and_the_case_itself_is_not(board: Engine) -> None:
    first, _ = point(board), point(board)

    assert not may_raise(board, first)

    point(board, "records")
    assert not may_raise(board, first)

    point(board)
    assert may_raise(board, first)
    assert board.fire(first, "raise", by=UNIT).moved


def test_the_number_is_unknown_while_the_answer_is(board: Engine) -> None:
    case = board.open("point", by=UNIT).reference

    outlook = board.explain(case, "raise").events[0]

    assert outlook.verdict == "undetermined"
    assert [fact.name for fact in outlook.questions] == ["theme"]


def test_only_cases_opened_within_the_time_are_counted(board: Engine, clock: FrozenClock) -> None:
    point(board, on=date(2015, 1, 3))
    point(board, on=date(2015, 1, 2))
    point(board, on=date(2016, 7, 1))
    case = point(board)

    assert may_raise(board, case)  # 2015-01-03 is two years ago today

    clock.advance(days=1)

    assert not may_raise(board, case)


def test_a_case_opened_after_the_day_does_not_count_for_it(board: Engine, clock: FrozenClock) -> None:
    case = point(board)
    clock.advance(days=2)
    point(board), point(board)

    assert not board.fire(case, "raise", by=UNIT, on=date(2017, 1, 4))
    assert board.fire(case, "raise", by=UNIT)


def test_a_case_opened_by_mistake_is_not_counted(board: Engine) -> None:
    case, other, third = point(board), point(board), point(board)
    board.fire(other, "mislay", by=UNIT).require()

    assert not may_raise(board, case)

    assert third
    point(board)
    assert may_raise(board, case)


def test_an_answer_that_was_corrected_or_has_changed_is_not_counted(
    board: Engine, clock: FrozenClock
) -> None:
    case, other, third = point(board), point(board), point(board)
    board.record(other, {"theme": "records"}, by=UNIT, correction=True)

    assert not may_raise(board, case)

    board.record(other, {"theme": "voice"}, by=UNIT, correction=True)
    assert may_raise(board, case)

    clock.advance(days=1)
    board.record(third, {"theme": None}, by=UNIT)
    assert not may_raise(board, case)


def test_an_entry_keeps_the_number_and_is_retold_with_it(board: Engine) -> None:
    case, _ = point(board), point(board)
    first = board.fire(case, "raise", by=UNIT, key="k")
    point(board)

    again = board.fire(case, "raise", by=UNIT, key="k")

    assert isinstance(first, Refused)
    assert first == again
    read = board.history(case)[-1].entry.body["read"]
    assert isinstance(read, dict)
    assert read["alike"] == {"theme": {"24 months": 1}}
    assert board.audit().ok


def test_what_was_known_then_is_counted_as_it_was(board: Engine, clock: FrozenClock) -> None:
    case, other, third = point(board), point(board), point(board)
    three = clock.now()
    clock.advance(days=1)
    board.record(other, {"theme": "records"}, by=UNIT, correction=True)
    board.fire(third, "mislay", by=UNIT).require()

    assert not may_raise(board, case)
    assert board.explain(case, "raise", as_of=three).events[0].verdict == "allowed"


def test_what_would_allow_it_is_another_answer(board: Engine) -> None:
    """How many are alike depends on the answer: each that would do is tried."""
    case, *_ = point(board, "neglect"), point(board, "records"), point(board, "records"), point(board)

    (fix,) = board.explain(case, "raise").events[0].fixes

    assert [(change.fact, change.values) for change in fix] == [("theme", ("records",))]


def test_waiting_is_enough_where_others_grow_too_old(board: Engine, clock: FrozenClock) -> None:
    case, *_ = point(board), point(board), point(board, on=date(2016, 12, 20))
    board.fire(case, "raise", by=UNIT).require()

    close = board.explain(case, "close").events[0]

    assert close.by_waiting == date(2017, 2, 4)
    clock.advance_to(date(2017, 2, 3))
    assert not board.fire(case, "close", by=UNIT)
    clock.advance_to(date(2017, 2, 4))
    assert board.fire(case, "close", by=UNIT)


def test_a_case_that_the_same_transaction_has_moved_is_seen_as_it_is(board: Engine) -> None:
    whole = board.open("round", by=UNIT)
    points = [board.fire(whole, "find", by=UNIT).require().opened[0] for _ in range(3)]
    for each in points:
        board.record(each, {"theme": "voice"}, by=UNIT)

    assert board.fire(points[0], "raise", by=UNIT)


def test_a_case_that_waits_for_others_alike_is_not_stalled(clock: FrozenClock) -> None:
    waiting = (
        POINT.replace("      mislay: {to: withdrawn, by: business_unit}\n", "")
        .replace(POINT[POINT.index("      let_be:") : POINT.index("      mislay:")], "")
        .replace("  withdrawn: {final: true, excused: true}\n", "")
    )
    board = engine(clock=clock, of=framework(point=waiting))
    point(board)

    assert board.stalled() == ()


# --- previously identified ----------------------------------------------------------------------------------


def test_show_tells_which_cases_had_given_the_same_answer(board: Engine, clock: FrozenClock) -> None:
    old = point(board, on=date(2014, 1, 3))
    point(board, on=date(2014, 1, 2))
    point(board, "records")
    recent = point(board, on=date(2016, 5, 1))
    case = point(board)
    clock.advance(days=1)
    point(board)

    assert board.case(case).to_json()["alike"] == [
        {"fact": "theme", "value": "voice", "within": "3 years", "cases": [old, recent]}
    ]


def test_a_case_with_an_answer_of_its_own_tells_nothing(board: Engine) -> None:
    point(board, "records")
    case = point(board)

    assert board.case(case).to_json()["alike"] == []


def test_what_was_opened_by_mistake_was_not_identified(board: Engine) -> None:
    board.fire(point(board), "mislay", by=UNIT).require()
    case = point(board)

    assert board.case(case).alike == ()


def test_recording_tells_it_of_the_fact_that_is_recorded(board: Engine) -> None:
    before = point(board)
    board.record(before, {"serious": True}, by=UNIT)
    case = board.open("point", by=UNIT)

    answers = board.record(case, {"theme": "voice", "times": 3}, by=UNIT, key="k")

    (same,) = answers.alike
    assert (same.fact, same.value, same.within, same.cases) == (
        "theme",
        "voice",
        Duration(years=3),
        (before,),
    )
    assert board.record(case, {"theme": "voice", "times": 3}, by=UNIT, key="k") == answers
    assert board.record(case, {"times": 4}, by=UNIT).alike == ()
    assert board.record(case, {"theme": None}, by=UNIT).alike == ()
    assert [each.fact for each in board.record(case, {"serious": "yes"}, by=UNIT).alike] == ["serious"]
    assert board.audit().ok


def test_show_tells_what_was_known_then(board: Engine, clock: FrozenClock) -> None:
    before, case = point(board), point(board)
    then = clock.now()
    clock.advance(days=1)
    board.record(before, {"theme": "records"}, by=UNIT, correction=True)

    assert board.case(case).alike == ()
    assert [each.cases for each in board.case(case, as_of=then).alike] == [(before,)]
