"""Several that sweep one board at once, and people who act while somebody sweeps: every clock fires once.

Real processes, each with an engine of its own: on one file, and on one PostgreSQL server, where whoever comes
second leaves alone what somebody else has in hand.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from threading import Event, Thread
from time import sleep
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, make_url, text
from support.crashing import Child, Job, Nursery, nursery
from support.overdue import OVERDUE, Told, board, late, neglect, told
from support.postgresql import server

from loopengine.engine.recalculating import follow_the_published
from loopengine.engine.shelf import Shelf
from loopengine.engine.work import Work
from loopengine.store import cases

SMALL = os.environ.get("LOOPENGINE_SOAK") == "small"
CLOCK = late()
BOARD = 12  # twice as many cases, and all that time opens
AT_ONCE = 5
PAUSE = 0.01  # seconds, at most, between two transactions: so that the others have their turn


@dataclass
class Place:
    """Where boards can be had on which the same is due: *fresh* gives the URL of another one each time."""

    fresh: Callable[[], str]
    children: Nursery
    by_hand: Sequence[str]
    before: Told
    swept: Told


@pytest.fixture(scope="module")
def postgresql() -> Iterator[str]:
    with server() as url:
        yield url


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("boards")
    make = (
        _files(folder)
        if request.param == "sqlite"
        else _databases(request.getfixturevalue("postgresql"), BOARD)
    )
    with nursery(folder) as children, closing(board(make(), CLOCK)) as engine:
        by_hand = [case.reference for case in engine.cases() if case.workflow in ("chase", "inquiry")]
        before = told(engine)
        assert engine.sweep(at_once=AT_ONCE).failures == ()
        yield Place(make, children, by_hand, before, told(engine))


def _files(folder: Path) -> Callable[[], str]:
    neglect(f"sqlite:///{folder / 'board.db'}", inquiries=BOARD)
    files = (folder / f"{number}.db" for number in count())
    return lambda: f"sqlite:///{shutil.copy(folder / 'board.db', next(files))}"


def _databases(url: str, inquiries: int) -> Callable[[], str]:
    board, numbers = f"board{inquiries}", count()

    def make(name: str, like: str) -> str:
        own = create_engine(url, isolation_level="AUTOCOMMIT")
        with own.connect() as connection:
            connection.execute(text(f"create database {name} template {like}"))
        own.dispose()
        return make_url(url).set(database=name).render_as_string(hide_password=False)

    neglect(make(board, "template0"), inquiries=inquiries)
    return lambda: make(f"{board}_{next(numbers)}", board)


def sweeping(url: str) -> Job:
    return Job("sweep", url, CLOCK, {"at_once": AT_ONCE, "pause": PAUSE})


@pytest.mark.parametrize("number", [2, 4])
def test_however_many_sweep_at_once_every_clock_fires_once(place: Place, number: int) -> None:
    _sweep_at_once(place, number)


@pytest.mark.soak
@pytest.mark.parametrize("number", [2, 4])
def test_however_often_they_do_every_clock_fires_once(place: Place, number: int) -> None:
    for _ in range(3 if SMALL else 60):
        _sweep_at_once(place, number)


def _sweep_at_once(place: Place, number: int) -> None:
    url = place.fresh()

    children = place.children.run(*[sweeping(url)] * number)

    assert [(child.status, child.error) for child in children] == [(0, None)] * number
    done = Counter(_key(each) for child in children for each in child.result["done"])
    assert [failure for child in children for failure in child.result["failures"]] == []
    assert set(done.values()) == {1}
    assert sum(child.steps > 0 for child in children) > 1, "one alone has swept: that shows nothing"
    with closing(board(url, CLOCK)) as engine:
        assert not engine.sweep(), "nobody has left anything undone"
        assert told(engine) == place.swept
        assert done.total() == place.swept.count - place.before.count
        assert engine.audit().problems == ()


def _key(done: dict[str, Any]) -> tuple[object, ...]:
    """What a sweep did, but for who was told: once and for all, but that a case moves as often as it does."""
    return tuple(done[name] for name in ("case", "kind", "due", "deadline", "event", "to"))


def test_people_who_act_while_somebody_sweeps_change_only_what_they_do(place: Place) -> None:
    """Whoever acts first brings the case up to now: the clocks have said all they had to before that."""
    alone, together = place.fresh(), place.fresh()
    acting = {"cases": place.by_hand[::-1], "pause": PAUSE}

    one_by_one = [place.children.run(job) for job in (sweeping(alone), Job("act", alone, CLOCK, acting))]
    at_once = place.children.run(sweeping(together), Job("act", together, CLOCK, acting), sweeping(together))

    everybody = [*at_once, *(child for (child,) in one_by_one)]
    assert [(child.status, child.error) for child in everybody] == [(0, None)] * 5
    with closing(board(alone, CLOCK)) as engine, closing(board(together, CLOCK)) as other:
        assert not other.sweep()
        assert told(other) == told(engine) != place.swept
        assert other.audit().problems == ()


def test_if_one_of_two_is_killed_the_other_does_the_rest(place: Place) -> None:
    url = place.fresh()
    killed: set[int] = set()

    def heed(child: Child) -> None:
        if not killed and child.steps == 3:
            killed.add(child.pid)
            with suppress(ProcessLookupError):
                os.kill(child.pid, signal.SIGKILL)

    children = place.children.run(sweeping(url), sweeping(url), heed=heed)

    assert sorted(child.status or 0 for child in children) == [-signal.SIGKILL, 0]
    with closing(board(url, CLOCK)) as engine:
        engine.sweep()  # what the one had in hand, if the other came past while it had
        assert told(engine) == place.swept
        assert engine.audit().problems == ()


# --- on PostgreSQL, where two can write at once -------------------------------------------------------------


@pytest.fixture(scope="module")
def databases(postgresql: str) -> Callable[[], str]:
    return _databases(postgresql, 2)


@pytest.fixture
def url(databases: Callable[[], str]) -> str:
    return databases()


def test_a_case_that_somebody_has_in_hand_keeps_no_sweep_from_the_others(url: str) -> None:
    """And what is still due in it then is done as well, when it is free again: a sweep leaves nothing."""
    with closing(board(url, CLOCK)) as engine, closing(board(url, CLOCK)) as other:
        with engine.database.reading() as connection:
            due = cases.due(connection, CLOCK.now(), limit=10**9)
        with engine.database.writing() as connection:
            cases.lock(connection, [root for _, root in due[:3]])
            sweep = Thread(target=other.sweep, kwargs={"at_once": 3})
            sweep.start()
            _until(url, lambda watching: _waits(watching) or not sweep.is_alive())
            with engine.database.reading() as reading:
                left = cases.due(reading, CLOCK.now(), limit=10**9)
            assert {root for _, root in left} == {root for _, root in due[:3]}
        sweep.join()
        assert not engine.sweep()


def test_two_that_give_out_references_in_two_orders_do_not_wait_for_each_other(url: str) -> None:
    """Two sweeps open what time has them open, each in its own order."""
    with closing(board(url, CLOCK)) as engine, closing(board(url, CLOCK)) as other:
        has_one, errors = Event(), []

        def second() -> None:
            try:
                with other.database.writing() as connection:
                    cases.new_reference(connection, "MEM", 2017)
                    has_one.set()
                    cases.new_reference(connection, "LET", 2017)
            except Exception as error:
                errors.append(error)

        thread = Thread(target=second)
        with engine.database.writing() as connection:
            cases.new_reference(connection, "LET", 2017)
            thread.start()
            _until(url, lambda watching: has_one.is_set() or _waits(watching))
            cases.new_reference(connection, "MEM", 2017)
        thread.join()
        assert errors == []


def test_two_that_sweep_for_the_first_time_both_end_well(url: str) -> None:
    """A sweep says by which list of bank holidays it has reckoned: once, whoever says it first."""
    with closing(board(url, CLOCK)) as engine, closing(board(url, CLOCK)) as other:
        errors: list[Exception] = []

        def second() -> None:
            try:
                other.sweep()
            except Exception as error:
                errors.append(error)

        thread = Thread(target=second)
        with engine.database.writing() as connection:
            follow_the_published(Work(connection, Shelf(OVERDUE), CLOCK, lambda: "salt"))
            thread.start()
            _until(url, lambda watching: _waits(watching) or not thread.is_alive())
        thread.join()
        assert errors == []


def _until(url: str, happened: Callable[[Connection], bool]) -> None:
    """Look at the server until something has *happened*."""
    own = create_engine(url, isolation_level="AUTOCOMMIT")
    with own.connect() as connection:
        while not happened(connection):
            sleep(0.02)
    own.dispose()


def _waits(connection: Connection) -> bool:
    """Whether somebody waits for somebody else."""
    waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
    return bool(connection.execute(text(waiting)).scalar_one())
