"""The scheduler, in processes of its own, with real signals, on a real file.

Nothing here counts seconds: what has to come is waited for, for as long as a slow machine may need.
"""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from structlog.testing import capture_logs
from support.small import UNIT, engine

from loopengine.clock import FrozenClock, SystemClock
from loopengine.errors import BadValue
from loopengine.scheduler import Scheduler

LONG = 120.0  # for what never takes long
ROOT = Path(__file__).parents[1]

CHILD = """
import sys
import structlog
from support.small import framework
from loopengine import Engine
from loopengine.clock import SystemClock, parse_instant
from loopengine.scheduler import Scheduler

structlog.configure(
    processors=[structlog.processors.JSONRenderer()], logger_factory=structlog.PrintLoggerFactory(sys.stderr)
)
path, every, begins, *deliverers = sys.argv[1:]


class Shifted:
    "The clock of the machine as it was long ago: it stands still until it is told to go."

    def __init__(self, begins):
        self.begins, self.ago = begins, None

    def go(self):
        self.ago = self.ago or SystemClock().now() - self.begins

    def now(self):
        return SystemClock().now() - self.ago if self.ago else self.begins


def fails():
    raise ValueError("Child A has been told about")


def says():
    print("delivered", flush=True)


def goes():
    clock.go()


clock = Shifted(parse_instant(begins)) if begins else SystemClock()
board = Engine(f"sqlite:///{path}", framework=framework(), clock=clock)
Scheduler(board, every=float(every), deliverers=[globals()[each] for each in deliverers]).run()
board.close()
"""


def until(happened: Callable[[], Any]) -> Any:
    """What *happened* comes to, once it is anything."""
    ends = monotonic() + LONG
    while not (found := happened()):
        assert monotonic() < ends, "it never happened"
        sleep(0.02)
    return found


@dataclass
class Child:
    """A scheduler in a process of its own, and its log so far."""

    process: subprocess.Popen[str]
    log: list[dict[str, Any]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        assert self.process.stderr is not None
        assert self.process.stdout is not None
        self._readers = [
            threading.Thread(target=_read, args=(self.process.stderr, self.log, _logged)),
            threading.Thread(target=_read, args=(self.process.stdout, self.said, str.strip)),
        ]
        for reader in self._readers:
            reader.start()

    def logged(self, event: str, **keys: object) -> list[dict[str, Any]]:
        """The lines of the log about *event* that have these *keys*."""
        return [line for line in list(self.log) if line["event"] == event and keys.items() <= line.items()]

    def until(self, happened: Callable[[], Any]) -> Any:
        """What *happened* comes to, once it is anything; as long as the process lives."""
        found: Any = None

        def come_to_an_end() -> bool:
            nonlocal found
            alive = self.process.poll() is None
            found = happened()
            return bool(found) or not alive

        until(come_to_an_end)
        assert found, f"it ended before that: {self.log}"
        return found

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send it a signal; its exit status."""
        self.process.send_signal(number)
        return self.ended()

    def ended(self) -> int:
        status = self.process.wait(LONG)
        for reader in self._readers:
            reader.join(LONG)
        return status


def _logged(line: str) -> dict[str, Any]:
    """A line of the log; what is none of it, such as a traceback, is kept to be seen when a test fails."""
    try:
        return dict(json.loads(line))
    except ValueError:
        return {"event": "printed", "line": line.rstrip()}


def _read(stream: Any, lines: list[Any], read: Callable[[str], Any]) -> None:
    with stream:
        for line in stream:
            lines.append(read(line))


@contextmanager
def child(path: Path, *deliverers: str, every: float = 3600, begins: str = "") -> Iterator[Child]:
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path), str(every), begins, *deliverers],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT / "tests",
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "PATH": ""},
    )
    started = Child(process)
    try:
        yield started
    finally:
        process.kill()
        started.ended()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "board.db"


def late_cases(path: Path, number: int = 1) -> list[str]:
    """Cases that somebody opened when their clock was late already: to be said by the next sweep."""
    board = engine(path, clock=FrozenClock("2017-01-09T09:00Z"))
    cases = [
        board.open("review", {"told_on": "2016-11-30", "note": "Child A"}, by=UNIT) for _ in range(number)
    ]
    board.close()
    return [case.reference for case in cases]


def overdue(path: Path) -> list[str]:
    """The cases whose clocks have said that they are overdue, once for each time."""
    query = "select reference from loop_entry e join loop_case c on c.id = e.case_id where e.kind = 'overdue'"
    with closing(sqlite3.connect(path)) as reader:
        return sorted(row[0] for row in reader.execute(query))


def sound(path: Path) -> bool:
    board = engine(path)
    try:
        return board.audit().ok
    finally:
        board.close()


# in a process of its own


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_sweeps_at_once_and_ends_cleanly_on_a_signal(path: Path, number: int) -> None:
    cases = late_cases(path)

    with child(path) as runs:
        [healthy] = runs.until(lambda: runs.logged("scheduler.healthy"))
        status = runs.end(number)

    assert (status, overdue(path)) == (0, cases)
    assert (healthy["swept"], healthy["failures"], healthy["next_due"]) == (1, 0, None)
    assert [line["event"] for line in (runs.log[0], runs.log[-1])] == [
        "scheduler.started",
        "scheduler.stopped",
    ]


def test_every_heartbeat_says_one_line_and_sweeps_what_has_become_due_since(path: Path) -> None:
    engine(path).close()

    with child(path, every=1) as runs:
        runs.until(lambda: len(runs.logged("scheduler.healthy", swept=0)) >= 2)
        cases = late_cases(path)
        runs.until(lambda: runs.logged("scheduler.healthy", swept=1))
        assert runs.end() == 0

    assert overdue(path) == cases
    # The last sweep may have been the one that was told to end.
    assert len(runs.logged("sweep.finished")) - len(runs.logged("scheduler.healthy")) in (0, 1)


def test_it_wakes_at_the_instant_at_which_something_falls_due(path: Path) -> None:
    """Due on 9 February, and it is a moment before midnight: the next heartbeat is an hour away."""
    board = engine(path, clock=FrozenClock("2017-01-09T09:00Z"))
    case = board.open("review", {"told_on": "2017-01-09"}, by=UNIT).reference
    board.close()

    with child(path, "goes", begins="2017-02-09T23:59:58Z") as runs:
        runs.until(lambda: runs.logged("scheduler.healthy", swept=1))
        assert runs.end() == 0

    first = runs.logged("scheduler.healthy")[0]
    assert (first["swept"], first["next_due"]) == (0, "2017-02-10T00:00:00.000000Z")
    assert overdue(path) == [case]


def test_it_wakes_for_the_others_where_one_case_cannot_be_brought_up_to_now(path: Path) -> None:
    board = engine(path, clock=FrozenClock("2017-01-09T09:00Z"))
    broken, case = (
        board.open("review", {"told_on": told_on}, by=UNIT).reference
        for told_on in ("2016-11-09", "2017-01-09")
    )
    board.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("update loop_case set state = 'nowhere' where reference = ?", [broken])

    with child(path, "goes", begins="2017-02-09T23:59:58Z") as runs:
        runs.until(lambda: runs.logged("scheduler.healthy", swept=1, failures=1))
        assert runs.end() == 0

    first = runs.logged("scheduler.healthy")[0]
    assert (first["failures"], first["next_due"]) == (1, "2017-02-10T00:00:00.000000Z")
    assert overdue(path) == [case]


def test_it_survives_a_sweep_that_fails_and_goes_on_when_it_can(path: Path) -> None:
    cases = late_cases(path)
    with closing(sqlite3.connect(path)) as other:
        other.execute("alter table loop_case rename to elsewhere")

    with child(path, every=1) as runs:
        runs.until(lambda: len(runs.logged("scheduler.failed", doing="sweep", kind="StorageError")) >= 2)
        assert runs.logged("scheduler.healthy") == []
        with closing(sqlite3.connect(path, timeout=LONG)) as other:
            other.execute("alter table elsewhere rename to loop_case")
        runs.until(lambda: runs.logged("scheduler.healthy", swept=1))
        assert runs.end() == 0

    assert overdue(path) == cases


def test_after_each_sweep_it_delivers_and_one_that_fails_stops_no_other(path: Path) -> None:
    late_cases(path)

    with child(path, "fails", "says", every=1) as runs:
        runs.until(lambda: len(runs.said) >= 2)
        assert runs.end() == 0

    failed = runs.logged("scheduler.failed", doing="deliver", kind="ValueError")
    assert len(failed) - len(runs.said) in (0, 1)
    assert "Child A" not in json.dumps(runs.log)


def test_two_processes_on_one_file_say_everything_once(path: Path) -> None:
    cases = late_cases(path, 30)

    with child(path, every=1) as one, child(path, every=1) as other:
        for runs in (one, other):
            runs.until(lambda runs=runs: len(runs.logged("scheduler.healthy")) >= 2)
        assert [one.end(), other.end()] == [0, 0]

    assert overdue(path) == cases
    assert sum(line["swept"] for line in [*one.log, *other.log] if "swept" in line) == len(cases)
    assert one.logged("scheduler.failed") == other.logged("scheduler.failed") == []
    assert sound(path)


def test_told_to_end_in_the_middle_of_a_sweep_it_ends_between_two_transactions(path: Path) -> None:
    """What it left undone, the next one does: nothing is lost, and nothing said twice."""
    cases = late_cases(path, 300)

    with child(path) as runs:
        runs.until(lambda: overdue(path))
        assert runs.end() == 0
    done = len(overdue(path))
    with child(path) as runs:
        runs.until(lambda: runs.logged("scheduler.healthy", swept=len(cases) - done))
        assert runs.end() == 0

    assert done > 0
    assert overdue(path) == sorted(cases)
    assert sound(path)


def test_killed_at_any_moment_it_leaves_what_the_next_one_needs(path: Path) -> None:
    cases = late_cases(path, 20)

    with child(path) as runs:
        runs.until(lambda: runs.log)
        runs.process.kill()
        runs.ended()
    with child(path) as runs:
        runs.until(lambda: runs.logged("scheduler.healthy"))
        assert runs.end() == 0

    assert overdue(path) == cases
    assert sound(path)


# in the process of a host


def test_a_host_starts_and_stops_it_without_waiting_for_it(path: Path) -> None:
    cases = late_cases(path)
    board = engine(path, clock=FrozenClock("2017-01-09T09:00Z"))
    delivered = threading.Event()
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]

    scheduler = Scheduler(board, deliverers=[delivered.set])
    scheduler.start()
    assert delivered.wait(LONG)
    scheduler.stop()
    board.close()

    assert overdue(path) == cases
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == before


def test_stopping_waits_for_what_is_under_way(path: Path) -> None:
    late_cases(path)
    board = engine(path, clock=FrozenClock("2017-01-09T09:00Z"))
    began, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def deliver() -> None:
        began.set()
        may_end.wait(LONG)
        ended.set()

    scheduler = Scheduler(board, deliverers=[deliver])
    scheduler.start()
    assert began.wait(LONG)
    threading.Timer(0.1, may_end.set).start()
    scheduler.stop()

    assert ended.is_set()
    board.close()


def test_whoever_is_told_to_end_begins_nothing_more(path: Path) -> None:
    engine(path).close()
    board = engine(path)
    delivered: list[str] = []

    def ends() -> None:
        threading.Thread(target=scheduler.stop).start()
        until(lambda: scheduler._ending)
        delivered.append("the first")

    scheduler = Scheduler(board, deliverers=[ends, lambda: delivered.append("the second")])
    scheduler.start()
    until(lambda: delivered)
    until(lambda: not scheduler._jobs.running)

    assert delivered == ["the first"]
    board.close()


def test_a_stop_in_a_sweep_takes_effect_before_its_next_transaction(path: Path) -> None:
    late_cases(path, 251)
    began, stopping = threading.Event(), threading.Event()

    class Slow(FrozenClock):
        """Lets the first transaction wait until somebody has asked for the end."""

        asked = 0

        def now(self) -> Any:
            self.asked += 1
            if self.asked > 1:
                began.set()
                stopping.wait(LONG)
            return super().now()

    board = engine(path, clock=Slow("2017-01-09T09:00Z"))
    scheduler = Scheduler(board)
    scheduler.start()
    assert began.wait(LONG)
    ends = threading.Thread(target=scheduler.stop)
    ends.start()
    until(lambda: scheduler._ending)
    stopping.set()
    ends.join(LONG)

    assert len(overdue(path)) == 250
    board.close()


def test_a_case_that_fails_waits_for_the_next_heartbeat(path: Path) -> None:
    """Not for an instant that is past already, at which it would be in vain again and again."""
    broken, whole = late_cases(path, 2)
    with closing(sqlite3.connect(path)) as other:
        other.execute("update loop_case set workflow = 'gone' where reference = ?", [broken])
        other.commit()
    board = engine(path, clock=FrozenClock("2017-01-09T09:00Z"))
    delivered = threading.Event()

    with capture_logs() as logs:
        scheduler = Scheduler(board, deliverers=[delivered.set])
        scheduler.start()
        assert delivered.wait(LONG)
        scheduler.stop()
    board.close()

    assert overdue(path) == [whole]
    assert [each for each in logs if each.get("failures")] != []


def test_in_a_thread_other_than_the_first_nobody_is_told_of_signals(path: Path) -> None:
    scheduler = Scheduler(engine(path, clock=SystemClock()))  # type: ignore[arg-type]
    caught: list[BaseException] = []

    def run() -> None:
        try:
            scheduler.run()
        except BaseException as error:
            caught.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(LONG)

    assert isinstance(caught[0], ValueError)


@pytest.mark.parametrize("every", [0, -1, 0.5, float("nan"), 1e9])
def test_a_heartbeat_that_makes_no_sense_is_refused(every: float) -> None:
    board = engine()

    with pytest.raises(BadValue, match="a heartbeat cannot be every"):
        Scheduler(board, every=every)
