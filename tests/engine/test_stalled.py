"""Cases in which nothing can happen next, and nothing is due."""

from __future__ import annotations

from support.small import ACTION, CHAIR, REVIEWER, UNIT, engine, framework

STUCK = ACTION.replace(
    "      drop: {to: dropped, by: business_unit, reason: required}\n  begun:",
    "      drop: {to: dropped, by: business_unit, reason: required}\n"
    "      wait: {to: stuck, by: business_unit}\n"
    "  stuck:\n"
    "    on:\n"
    "      verify: {to: verified, by: business_unit, when: 'every(parts, \"verified\")'}\n"
    "  begun:",
).replace("states:", "sub_cases: {parts: action}\nstates:")


def test_there_are_none_while_something_can_be_done() -> None:
    board = engine()
    board.open("review", by=UNIT)
    board.open("action", by=UNIT)

    assert board.stalled() == ()


def test_a_case_that_waits_for_what_nobody_can_bring_about_is_stalled() -> None:
    board = engine(of=framework(action=STUCK))
    action = board.open("action", by=UNIT)
    board.fire(action, "wait", by=UNIT).require()

    assert [each.reference for each in board.stalled()] == [action.reference]

    part = board.open("action", by=UNIT, under=action)
    assert board.stalled() == ()
    board.fire(part, "verify", by=REVIEWER)
    board.record(part, {"owner": "police"}, by=UNIT)
    board.fire(part, "verify", by=UNIT).require()
    board.fire(action, "verify", by=CHAIR)
    assert board.stalled() == ()
