"""When deadlines begin, fall due and stop: every form of the file format, on worked dates."""

from __future__ import annotations

from datetime import date

import pytest
from support.small import CHAIR, REVIEW, REVIEWER, UNIT, engine, framework

from loopengine import Engine
from loopengine.clock import FrozenClock
from loopengine.core.deadlines import Running
from loopengine.core.durations import Duration
from loopengine.core.workdays import WorkingCalendar

CLOCKS = """\
deadlines:
  decide: {within: 1 month, from: told_on, until: [accept, decline], source: local}
  think: {within: 5 working days, from: [opened, think], until: accept, source: local}
  hear: {due: heard_on, roll: next, until: accept, source: local}
  copies: {within: 5 working days, before: heard_on, until: accept, source: local}
"""


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock("2017-01-09T09:00Z")


@pytest.fixture
def board(clock: FrozenClock) -> Engine:
    start = REVIEW.index("deadlines:")
    review = REVIEW[:start] + CLOCKS + REVIEW[REVIEW.index("states:") :]
    review = review.replace("  told_on:", '  heard_on: {ask: "When is it heard?", type: date}\n  told_on:')
    return engine(clock=clock, of=framework(review=review))


def clock_of(board: Engine, case: str, name: str) -> Running | None:
    return next((each for each in board.case(case).clocks if each.deadline.name == name), None)


def test_a_clock_without_its_start_has_not_begun(board: Engine) -> None:
    case = board.open("review", by=UNIT).reference

    assert [each.deadline.name for each in board.case(case).clocks] == ["think"]


def test_a_clock_starts_on_the_day_in_a_fact_also_if_that_is_past(board: Engine) -> None:
    case = board.open("review", {"told_on": "2016-11-30"}, by=UNIT).reference

    decide = clock_of(board, case, "decide")

    assert decide is not None
    assert (decide.started_on, decide.due.on) == (date(2016, 11, 30), date(2016, 12, 30))
    assert decide.is_late(date(2017, 1, 9))
    assert not decide.is_late(date(2016, 12, 30))


def test_the_latest_of_several_starts_counts(board: Engine, clock: FrozenClock) -> None:
    case = board.open("review", by=UNIT).reference
    first = clock_of(board, case, "think")
    clock.advance(days=1)
    board.fire(case, "think", by=CHAIR).require()

    again = clock_of(board, case, "think")

    assert first is not None
    assert again is not None
    assert (first.due.on, again.due.on) == (date(2017, 1, 16), date(2017, 1, 17))


def test_the_latest_start_counts_whatever_is_told_last(board: Engine, clock: FrozenClock) -> None:
    case = board.open("review", by=UNIT).reference
    clock.advance(days=10)
    board.fire(case, "think", by=CHAIR, on=date(2017, 1, 16)).require()

    board.fire(case, "think", by=CHAIR, on=date(2017, 1, 12)).require()

    think = clock_of(board, case, "think")
    assert think is not None
    assert (think.started_on, think.due.on) == (date(2017, 1, 16), date(2017, 1, 23))


def test_what_happened_before_a_clock_began_does_not_stop_it_though_it_is_told_later(
    clock: FrozenClock,
) -> None:
    review = REVIEW.replace("from: told_on, until: [accept, decline]", "from: propose, until: ask_all")
    board = engine(clock=clock, of=framework(review=review))
    case = board.open("review", {"harmed": True}, by=UNIT).reference
    board.fire(case, "accept", by=CHAIR).require()
    clock.advance(days=10)
    board.fire(case, "propose", by=REVIEWER, on=date(2017, 1, 16)).require()

    board.fire(case, "ask_all", by=REVIEWER, on=date(2017, 1, 13)).require()
    before = clock_of(board, case, "decide")
    board.fire(case, "ask_all", by=REVIEWER, on=date(2017, 1, 18)).require()
    board.fire(case, "ask_all", by=REVIEWER, on=date(2017, 1, 17)).require()
    after = clock_of(board, case, "decide")

    assert before is not None
    assert after is not None
    assert (before.stopped_on, after.stopped_on) == (None, date(2017, 1, 17))


def test_an_event_stops_a_clock_and_what_was_late_stays_late(board: Engine, clock: FrozenClock) -> None:
    case = board.open("review", {"told_on": "2016-11-30", "harmed": True}, by=UNIT).reference
    board.fire(case, "accept", by=CHAIR).require()
    clock.advance(days=400)

    stopped = {
        each.deadline.name: (each.stopped_on, each.is_late(clock.today())) for each in board.case(case).clocks
    }

    assert stopped == {"decide": (date(2017, 1, 9), True), "think": (date(2017, 1, 9), False)}


def test_a_due_day_in_a_fact_is_rolled_and_says_by_which_rule(board: Engine) -> None:
    case = board.open("review", {"heard_on": "2017-04-14"}, by=UNIT).reference  # Good Friday

    hear, copies = clock_of(board, case, "hear"), clock_of(board, case, "copies")

    assert hear is not None
    assert copies is not None
    assert (hear.due.on, hear.due.rolled_by) == (date(2017, 4, 18), "next")  # the Tuesday after Easter
    assert copies.due.on == date(2017, 4, 7)


def test_a_correction_moves_the_clock(board: Engine) -> None:
    case = board.open("review", {"told_on": "2017-01-05"}, by=UNIT).reference

    board.record(case, {"told_on": "2017-01-04"}, by=UNIT, correction=True)

    decide = clock_of(board, case, "decide")
    assert decide is not None
    assert decide.due.on == date(2017, 2, 4)


@pytest.mark.parametrize(
    ("day", "duration", "due", "provisional"),
    [
        (date(2017, 4, 18), Duration(working_days=1), date(2017, 4, 13), False),  # over Easter
        (date(2017, 3, 31), Duration(months=1), date(2017, 2, 28), False),
        (date(2016, 2, 29), Duration(years=1), date(2015, 2, 28), False),
        (date(2017, 6, 5), Duration(weeks=1), date(2017, 5, 29), False),
        (date(2017, 6, 5), Duration(days=7), date(2017, 5, 29), False),
        (date(2030, 6, 5), Duration(working_days=5), date(2030, 5, 29), True),
        (date(2030, 6, 5), Duration(weeks=1), date(2030, 5, 29), False),
    ],
)
def test_so_long_before_a_day(day: date, duration: Duration, due: date, provisional: bool) -> None:
    found = WorkingCalendar.england_and_wales().due_before(day, duration)

    assert (found.on, found.provisional, found.rolled_by) == (due, provisional, None)


def test_so_long_before_a_day_can_be_rolled() -> None:
    calendar = WorkingCalendar.england_and_wales()

    found = calendar.due_before(
        date(2017, 6, 5), Duration(weeks=1), roll="previous"
    )  # 29 May: a bank holiday

    assert (found.on, found.rolled_by) == (date(2017, 5, 26), "previous")


def test_a_clock_that_was_met_in_time_stays_so_when_the_event_happens_again(
    board: Engine, clock: FrozenClock
) -> None:
    case = board.open("review", {"told_on": "2017-01-05"}, by=UNIT).reference
    review = REVIEW.replace("until: [accept, decline]", "until: think").replace("version: 1", "version: 2")
    board = engine(clock=clock, of=framework(review=review))
    case = board.open("review", {"told_on": "2017-01-05"}, by=UNIT).reference
    board.fire(case, "think", by=CHAIR).require()
    clock.advance(days=60)
    board.fire(case, "think", by=CHAIR).require()

    decide = clock_of(board, case, "decide")

    assert decide is not None
    assert (decide.stopped_on, decide.is_late(clock.today())) == (date(2017, 1, 9), False)


def test_a_day_at_the_end_of_the_calendar_has_no_due_day(board: Engine) -> None:
    case = board.open("review", {"told_on": "9999-12-31", "heard_on": "0001-01-02"}, by=UNIT).reference

    assert clock_of(board, case, "decide") is None
    assert clock_of(board, case, "copies") is None
