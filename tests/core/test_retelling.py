"""A decision is told again as it was taken: nothing learnt since is in it."""

from __future__ import annotations

from support.small import CHAIR, REVIEWER, UNIT, engine

from loopengine import Engine
from loopengine.core.retelling import retell
from loopengine.core.rules.explanation import Node, lines
from loopengine.core.truth import Truth


def told(board: Engine, case: str, n: int) -> Node | None:
    return retell(board.framework, [line.entry for line in board.history(case)], n)


def test_a_refusal_is_told_with_what_was_known_then() -> None:
    board = engine()
    case = board.open("review", by=UNIT).reference
    board.fire(case, "accept", by=CHAIR)
    board.record(case, {"harmed": True}, by=UNIT)
    board.fire(case, "accept", by=CHAIR).require()

    refused, moved = told(board, case, 2), told(board, case, 4)

    assert refused is not None
    assert moved is not None
    assert (refused.verdict, moved.verdict) == (Truth.UNKNOWN, Truth.TRUE)
    assert any("not recorded" in line for line in lines(refused))


def test_the_numbers_of_sub_cases_are_those_of_then() -> None:
    board = engine()
    case = board.open("review", {"harmed": True}, by=UNIT).reference
    board.fire(case, "accept", by=CHAIR).require()
    action = board.fire(case, "propose", by=REVIEWER).require().opened[0]
    board.fire(action, "drop", by=UNIT, reason="not needed").require()
    done = board.history(case)[-1].entry
    board.open("action", by=UNIT, under=case)  # and with it nothing is done any more

    node = told(board, case, done.n)

    assert node is not None
    assert node.verdict is Truth.TRUE


def test_an_entry_that_asked_no_rule_has_nothing_to_tell() -> None:
    board = engine()
    case = board.open("review", by=UNIT).reference
    board.fire(case, "think", by=CHAIR).require()

    assert told(board, case, 2) is None
