"""Cycles: cases that the framework opens of itself, once for each of their days; and the days of meetings."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from support.small import ACTION, CHAIR, FRAMEWORK, REVIEW, TEXTS, UNIT, engine, framework

from loopengine import Engine
from loopengine.clock import FrozenClock, parse_instant

CYCLES = """\
groups:
  board: {title: The board, tier: executive, role: executive, meets: [2017-03-14, 2017-05-09, 2017-02-14]}
  chairs: {title: The chair, tier: executive, role: independent_chair, meets: [2017-03-14, 2017-05-09]}
cycles:
  yearly: {workflow: action, every: 1 year, from: 2015-02-28, set: {owner: school}, source: local}
  monthly: {workflow: action, every: 1 month, from: 2017-01-31, source: local}
  meetings: {workflow: action, meetings_of: board, source: local}
"""


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock("2017-01-09T09:00Z")


@pytest.fixture
def board(clock: FrozenClock) -> Engine:
    return engine(clock=clock, of=framework(framework=FRAMEWORK + CYCLES))


def opened(board: Engine) -> list[tuple[str, date]]:
    """Which cycles have opened cases, and for which days."""
    found = []
    for case in board.cases(workflow="action"):
        entry = board.history(case)[0].entry
        found.append((str(entry.text("cycle")), case.opened_on))
    return found


def test_a_case_is_opened_for_each_day_once(board: Engine, clock: FrozenClock) -> None:
    assert not board.sweep()
    clock.advance_to(date(2017, 3, 31))

    done = board.sweep().done

    assert [(each.event, each.kind) for each in done] == [
        ("monthly", "opened"), ("meetings", "opened"), ("yearly", "opened"), ("monthly", "opened"),
        ("meetings", "opened"), ("monthly", "opened"),
    ]  # fmt: skip
    assert opened(board) == [
        ("monthly", date(2017, 1, 31)),
        ("meetings", date(2017, 2, 14)),
        ("yearly", date(2017, 2, 28)),
        ("monthly", date(2017, 2, 28)),
        ("meetings", date(2017, 3, 14)),
        ("monthly", date(2017, 3, 31)),  # counted from the first, and not from the last
    ]
    assert not board.sweep()
    assert board.audit().ok


def test_cycles_and_clocks_are_swept_in_due_order_a_cycle_first(board: Engine, clock: FrozenClock) -> None:
    late, later = (
        board.open("review", {"told_on": told_on}, by=UNIT).reference
        for told_on in ("2016-12-20", "2017-01-13")
    )
    clock.advance_to(date(2017, 3, 1))

    dry, swept = board.sweep(dry_run=True), board.sweep()

    assert [(each.case, each.event) for each in swept.done] == [
        (late, None), ("ACT-2017-001", "monthly"), ("ACT-2017-002", "meetings"), (later, None),
        ("ACT-2017-003", "yearly"), ("ACT-2017-004", "monthly"),
    ]  # fmt: skip
    assert [(each.due_at, each.event) for each in dry.done] == [
        (each.due_at, each.event) for each in swept.done
    ]


def test_whoever_opens_a_case_comes_after_what_was_due_to_be_opened(
    board: Engine, clock: FrozenClock
) -> None:
    board.open("review", by=UNIT)
    clock.advance_to(date(2017, 2, 1))

    case = board.open("action", by=UNIT)

    assert case.reference == "ACT-2017-002"
    assert opened(board) == [("monthly", date(2017, 1, 31)), ("None", date(2017, 2, 1))]
    assert not board.sweep()
    assert board.audit().ok


def test_a_case_that_is_opened_late_is_of_its_day(board: Engine, clock: FrozenClock) -> None:
    board.sweep()
    clock.advance_to(date(2017, 3, 3))
    board.sweep()

    case = next(case for case in board.cases() if board.history(case)[0].entry.text("cycle") == "yearly")
    entry = board.history(case)[0].entry

    assert (case.opened_on, entry.so_on, entry.text("due")) == (
        date(2017, 2, 28), date(2017, 2, 28), "2017-02-28T00:00:00.000000Z",
    )  # fmt: skip
    assert entry.recorded_at == clock.now()
    assert board.case(case).facts == {"owner": "school"}


def test_what_a_cycle_opens_next_is_due_next(board: Engine, clock: FrozenClock) -> None:
    board.sweep()

    assert board.next_due_at() == parse_instant("2017-01-31T00:00Z")
    assert board.next_due_at(after=parse_instant("2017-01-31T00:00Z")) == parse_instant("2017-02-14T00:00Z")


def test_what_a_cycle_opened_before_the_database_knew_of_it_is_not_made_up_for(board: Engine) -> None:
    board.open("review", by=UNIT)

    assert not board.sweep()


def test_a_dry_run_opens_nothing(board: Engine, clock: FrozenClock) -> None:
    board.sweep()
    clock.advance_to(date(2017, 2, 1))

    assert [(each.case, each.event) for each in board.sweep(dry_run=True).done] == [("", "monthly")]
    assert board.cases() == ()
    assert [each.event for each in board.sweep().done] == ["monthly"]


def test_two_engines_open_one_case_for_a_day(tmp_path: Path, clock: FrozenClock) -> None:
    path = tmp_path / "board.db"
    one, other = (engine(path, clock=clock, of=framework(framework=FRAMEWORK + CYCLES)) for _ in range(2))
    one.sweep()
    clock.advance_to(date(2017, 2, 1))

    assert len(one.sweep().done) == 1
    assert len(other.sweep().done) == 0


def test_the_move_is_also_the_owners_while_the_case_has_to_go_on(clock: FrozenClock) -> None:
    """Only the chair may think, but what else meets the deadline is a state away."""
    further = TEXTS["review.yaml"].replace("until: [accept, decline]", "until: [publish, think]")
    board = engine(clock=clock, of=framework(review=further))
    board.open("review", {"told_on": "2017-01-09"}, by=UNIT)

    (due,) = board.due()

    assert due.whose == ("business_unit", "independent_chair")


def test_a_deadline_that_no_meeting_can_meet_is_a_warning(board: Engine, clock: FrozenClock) -> None:
    late = board.open("review", {"told_on": "2017-01-30"}, by=UNIT, on=date(2017, 1, 9))
    clock.advance_to(date(2017, 1, 31))

    (due,) = board.due()
    assert (due.case.reference, due.clock.due.on) == (late.reference, date(2017, 2, 28))
    assert (due.whose, due.meeting) == (("independent_chair",), date(2017, 3, 14))
    assert due.warning == "The chair does not meet before the day; it meets next on 2017-03-14"

    board.record(late, {"told_on": "2017-01-31"}, by=CHAIR)
    clock.advance_to(date(2017, 2, 20))
    board.record(late, {"told_on": "2017-02-20"}, by=CHAIR)
    (due,) = board.due()
    assert (due.clock.due.on, due.meeting, due.warning) == (date(2017, 3, 20), date(2017, 3, 14), None)


def test_where_nobody_has_fixed_a_meeting_nothing_is_warned_of() -> None:
    board = engine(clock=FrozenClock("2017-01-09T09:00Z"), of=framework(review=REVIEW, action=ACTION))
    board.open("review", {"told_on": "2017-01-09"}, by=UNIT)

    (due,) = board.due()

    assert (due.meeting, due.warning) == (None, None)


def test_files_that_are_not_fit_to_begin_under_stop_no_clock(clock: FrozenClock) -> None:
    board = engine(clock=clock, of=framework(framework=FRAMEWORK + CYCLES))
    board.open("review", {"told_on": "2017-01-09"}, by=UNIT)
    edited = framework(framework=FRAMEWORK + CYCLES, action=ACTION + "# the same version, other words\n")
    again = engine(clock=clock, of=edited)
    again.database.close()
    again.database = board.database
    clock.advance_to(date(2017, 2, 28))

    result = again.sweep()

    assert [each.case for each in result.failures] == ["cycle monthly", "cycle meetings", "cycle yearly"]
    assert "overdue" in {each.kind for each in result.done}
