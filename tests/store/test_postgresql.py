"""The same engine on a real PostgreSQL server: a life, a guarded history, and writers at once."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Barrier, Thread

import pytest
from sqlalchemy import create_engine, text
from support.postgresql import server
from support.small import CHAIR, REVIEWER, UNIT, framework
from support.tied import UNIT as TIED_UNIT
from support.tied import framework as tied

from loopengine import Engine, Framework, Moved
from loopengine.clock import FrozenClock
from loopengine.errors import LoopEngineError, StaleCase, StorageError


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with server() as address:
        yield address


@pytest.fixture
def board(url: str) -> Iterator[Engine]:
    own = create_engine(url)
    with own.begin() as connection:
        connection.execute(text("drop schema public cascade"))
        connection.execute(text("create schema public"))
    own.dispose()
    engine = on(url)
    yield engine
    engine.close()


def on(url: str, of: Framework | None = None) -> Engine:
    return Engine(url, framework=of or framework(), clock=FrozenClock("2017-01-09T09:00Z"))


def at_once(count: int, act: object) -> list[object]:
    """What *count* threads come back with that do the same at once."""
    barrier, answers = Barrier(count), []

    def run(number: int) -> None:
        barrier.wait()
        try:
            answers.append(act(number))  # type: ignore[operator]
        except LoopEngineError as error:
            answers.append(error)

    threads = [Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_a_case_lives_as_it_does_on_sqlite(board: Engine) -> None:
    case = board.open("review", {"harmed": True, "note": "Child A"}, by=UNIT, key="k")
    assert board.open("review", {"harmed": True, "note": "Child A"}, by=UNIT, key="k") == case
    board.fire(case, "accept", by=CHAIR).require()
    action = board.fire(case, "propose", by=REVIEWER).require().opened[0]
    before = board.clock.now()

    assert board.fire(action, "drop", by=UNIT, reason="not needed").require().also_moved == (case.reference,)
    assert board.case(case, as_of=before).case.state == "done"
    assert board.audit().ok


def test_other_cases_are_linked_and_counted_as_on_sqlite(board: Engine, url: str) -> None:
    engine = on(url, tied())
    whole, *audits = (engine.open(workflow, by=TIED_UNIT) for workflow in ("round", "audit", "audit"))
    points = [engine.open("point", {"theme": "voice"}, by=TIED_UNIT) for _ in range(3)]
    for each in audits:
        engine.link(whole, each, "audits", by=TIED_UNIT, reason="it belongs here")
        for event in ("hand_in", "mark"):
            engine.fire(each, event, by=TIED_UNIT).require()

    assert engine.fire(whole, "report", by=TIED_UNIT).moved
    assert engine.fire(points[2], "raise", by=TIED_UNIT).moved
    assert engine.case(points[2]).alike[0].cases == (points[0].reference, points[1].reference)
    assert engine.audit().ok
    engine.close()


@pytest.mark.parametrize(
    "statement",
    [
        "update loop_entry set kind = 'moved'",
        "delete from loop_entry",
        "truncate loop_entry",
        "insert into loop_entry select * from loop_entry on conflict (id) do update set kind = 'moved'",
    ],
)
def test_history_is_append_only(board: Engine, statement: str) -> None:
    board.open("review", by=UNIT)

    with pytest.raises(StorageError, match="history is append-only"), board.database.writing() as connection:
        connection.execute(text(statement))

    assert board.audit().ok


def test_of_two_writers_one_moves_the_case_and_the_other_is_told(board: Engine, url: str) -> None:
    case = board.open("review", {"harmed": True}, by=UNIT)
    engines = [on(url) for _ in range(2)]

    answers = at_once(2, lambda number: engines[number].fire(case, "accept", by=CHAIR, revision=1))

    assert {type(answer) for answer in answers} == {Moved, StaleCase}
    assert [line.entry.kind for line in board.history(case)] == ["opened", "moved"]
    for engine in engines:
        engine.close()


def test_sub_cases_that_move_at_once_are_all_counted(board: Engine, url: str) -> None:
    case = board.open("review", {"harmed": True}, by=UNIT)
    board.fire(case, "accept", by=CHAIR).require()
    actions = [board.fire(case, "propose", by=REVIEWER).require().opened[0] for _ in range(6)]
    engines = [on(url) for _ in actions]

    at_once(6, lambda number: engines[number].fire(actions[number], "drop", by=UNIT, reason="at once"))

    assert board.case(case).case.state == "done"
    assert board.audit().problems == ()
    for engine in engines:
        engine.close()


def test_references_given_out_at_once_are_all_different(board: Engine, url: str) -> None:
    board.open("review", by=UNIT)  # the framework is known
    engines = [on(url) for _ in range(6)]

    answers = at_once(6, lambda number: engines[number].open("action", by=UNIT).reference)

    assert sorted(map(str, answers)) == [f"ACT-2017-{number:03d}" for number in range(1, 7)]
    for engine in engines:
        engine.close()


def test_whoever_waited_for_a_case_writes_at_a_later_time(board: Engine, url: str) -> None:
    """On the real clock: the time of an entry is read when the case is held, and not before."""
    case = board.open("review", by=UNIT)
    engines = [Engine(url, framework=framework()) for _ in range(6)]

    answers = at_once(6, lambda number: engines[number].record(case, {"note": str(number)}, by=UNIT))

    assert {type(answer).__name__ for answer in answers} == {"Answers"}
    assert board.audit().ok
    for engine in engines:
        engine.close()


def test_one_request_under_one_key_is_answered_alike_however_often_it_comes_at_once(
    board: Engine, url: str
) -> None:
    engines = [on(url) for _ in range(4)]

    answers = at_once(4, lambda number: engines[number].open("review", by=UNIT, key="k"))

    assert len(set(map(str, answers))) == 1
    assert len(board.cases()) == 1
    for engine in engines:
        engine.close()


def test_an_audit_sees_one_moment_while_others_write(board: Engine, url: str) -> None:
    case = board.open("review", by=UNIT)
    writer = on(url)

    def act(number: int) -> object:
        if number:
            return [writer.record(case, {"note": str(n)}, by=UNIT) for n in range(30)]
        return [on(url).audit().problems for _ in range(6)]

    answers = at_once(2, act)

    assert [()] * 6 in answers
    writer.close()
