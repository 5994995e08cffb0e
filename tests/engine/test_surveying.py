"""All cases one after the other, as they stand or stood, and where each has stood meanwhile."""

from __future__ import annotations

from datetime import date

import pytest
from support.small import CHAIR, OFFICER, REVIEWER, UNIT, engine

from loopengine import Engine
from loopengine.clock import FrozenClock
from loopengine.core.chronicle import Stay, entered
from loopengine.engine import surveying
from loopengine.engine.surveying import Surveyed

START = "2017-01-09T09:00Z"
MONDAY = date(2017, 1, 9)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(START)


@pytest.fixture
def board(clock: FrozenClock) -> Engine:
    return engine(clock=clock)


def way(board: Engine, case: object) -> list[tuple[str, date, date | None]]:
    """The states in which a case stood, from when, and until when."""
    return [(stay.state, stay.since, stay.until) for stay in surveyed(board, case).stays]


def surveyed(board: Engine, case: object) -> Surveyed:
    (found,) = (each for each in board.survey(histories=True) if each.case.reference == str(case))
    return found


def some_cases(board: Engine, clock: FrozenClock) -> list[str]:
    """A review with two actions, one that was declined, and one opened in error."""
    facts = {"harmed": True, "told_on": "2017-01-09", "note": "as it happened", "agencies": "police,school"}
    first = board.open("review", facts, by=UNIT)
    clock.advance(days=1)
    board.fire(first, "accept", by=CHAIR).require()
    clock.advance(days=1)
    actions = board.fire(first, "ask_all", by=REVIEWER).require().opened
    board.fire(actions[0], "begin", by=OFFICER).require()
    second = board.open("review", {"harmed": False}, by=UNIT)
    board.record(second, {"concern": False}, by=UNIT, evidence="letter of the 2nd")
    board.fire(second, "decline", by=CHAIR, reason="no harm was done").require()
    third = board.open("review", by=UNIT)
    board.withdraw(third, by=UNIT, reason="opened twice")
    return [str(each) for each in (first, *actions, second, third)]


@pytest.mark.parametrize("at_once", [1, 2, 200])
def test_it_says_of_each_case_what_is_said_of_it_alone(
    board: Engine, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(surveying, "_AT_ONCE", at_once)
    references = some_cases(board, clock)

    found = list(board.survey(histories=True))

    assert [each.case.reference for each in found] == references
    for each in found:
        file = board.case(each.case)
        assert (each.case, each.answers, each.facts) == (file.case, file.answers, file.facts)
        assert (each.clocks, each.holds) == (file.clocks, file.holds)
        assert each.lines == board.history(each.case)
        assert each.stays[-1].state == each.case.state
        assert each.stays[-1].until is None
        assert each.owners == (() if each.case.ended else file.owner)
    assert [due for each in found for due in each.dues] == list(board.due())
    assert [each.root for each in found] == [references[0]] * 3 + references[3:]


def test_of_those_that_have_not_ended_alone_and_without_histories(board: Engine, clock: FrozenClock) -> None:
    references = some_cases(board, clock)

    found = list(board.survey(open_only=True))

    assert [each.case.reference for each in found] == references[:3]
    assert {(each.lines, each.stays, each.ties) for each in found} == {((), (), ())}


def test_as_of_an_instant_it_is_what_it_was_then(board: Engine, clock: FrozenClock) -> None:
    some_cases(board, clock)
    then, before = clock.now(), list(board.survey(histories=True))
    clock.advance(days=40)
    board.sweep()
    board.open("review", by=UNIT)

    assert list(board.survey(histories=True, as_of=then)) == before
    assert list(board.survey(histories=True)) != before


def test_it_tells_where_a_case_has_stood(board: Engine, clock: FrozenClock) -> None:
    case = board.open("review", {"harmed": True}, by=UNIT)
    clock.advance(days=3)
    board.fire(case, "think", by=CHAIR).require()
    board.fire(case, "accept", by=CHAIR).require()
    clock.advance(days=20)
    board.fire(case, "publish", by=UNIT).require()

    found = surveyed(board, case)

    thursday, published = date(2017, 1, 12), date(2017, 2, 1)
    assert found.stays == (
        Stay("referred", "referral", MONDAY, thursday, 1),
        Stay("reviewing", "review", thursday, published, 3, "accept"),
        Stay("published", "disseminated", published, None, 4, "publish", ("learning_identified",)),
    )
    assert entered(found.stays) == {
        "referral": MONDAY,
        "review": thursday,
        "learning_identified": published,
        "disseminated": published,
    }
    assert [found.stays[0].covers(day) for day in (date(2017, 1, 8), MONDAY, thursday)] == [
        False,
        True,
        False,
    ]
    assert found.stays[-1].covers(date(2030, 1, 1))


def test_what_was_struck_out_has_not_been(board: Engine, clock: FrozenClock) -> None:
    case = board.open("review", {"harmed": True}, by=UNIT)
    clock.advance(days=1)
    board.fire(case, "accept", by=CHAIR).require()
    clock.advance(days=1)

    board.correct(case, by=UNIT, reason="the wrong case")

    assert way(board, case) == [("referred", MONDAY, None)]


def test_a_case_opened_in_error_stood_where_it_did_until_it_was_withdrawn(
    board: Engine, clock: FrozenClock
) -> None:
    case = board.open("review", by=UNIT)
    clock.advance(days=1)

    board.withdraw(case, by=UNIT, reason="opened twice")

    assert way(board, case) == [
        ("referred", MONDAY, date(2017, 1, 10)),
        ("withdrawn", date(2017, 1, 10), None),
    ]


@pytest.mark.parametrize(
    ("state", "happened", "way_there"),
    [
        ("referred", {}, [("referred", MONDAY, None)]),
        (
            "reviewing",
            {"accept": date(2017, 1, 20)},
            [("referred", MONDAY, date(2017, 1, 20)), ("reviewing", date(2017, 1, 20), None)],
        ),
    ],
)
def test_of_a_case_that_was_taken_over_it_tells_the_start_and_where_it_was_then(
    board: Engine,
    clock: FrozenClock,
    state: str,
    happened: dict[str, date],
    way_there: list[tuple[str, date, date | None]],
) -> None:
    clock.advance(days=60)

    case = board.adopt("review", {"harmed": True}, by=UNIT, state=state, on=MONDAY, happened=happened)

    assert way(board, case) == way_there


def test_it_tells_the_ties_that_a_case_tells(board: Engine, clock: FrozenClock) -> None:
    first, second = board.open("review", by=UNIT), board.open("review", by=UNIT)

    board.link(second, first, "arises_from", by=UNIT, reason="it came of it")

    assert surveyed(board, second).ties == (("arises_from", first.reference),)
    assert surveyed(board, first).ties == ()
