"""Sweeping while nobody is looking: a heartbeat, and a wake at the instant at which something falls due.

The only importer of `apscheduler`. Its jobs are in memory: what is due is in the database, so nothing is lost
when the process dies, and a second one on the same database does no harm. Does not know what a sweep does, or
who delivers what it puts into the outbox.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from queue import Empty, SimpleQueue
from threading import Lock
from types import FrameType
from typing import TypeVar

from apscheduler.schedulers.background import BackgroundScheduler

from loopengine.clock import SystemClock, instant_text
from loopengine.engine.engine import Engine
from loopengine.engine.log import log
from loopengine.engine.sweeping import Sweep
from loopengine.errors import BadValue

EVERY = 60.0  # seconds from one heartbeat to the next
SHORTEST, LONGEST = 1.0, 86_400.0
_HEARTBEAT, _WAKE = "heartbeat", "wake"
_SIGNALS = (signal.SIGTERM, signal.SIGINT)
# How often somebody who waits looks up: where a signal cannot interrupt a wait, it is heeded then.
_LOOK_UP = 1.0
_SYSTEM = SystemClock()
_T = TypeVar("_T")


class _Ended(Exception):
    """Ends a sweep between two of its transactions."""


class Scheduler:
    """Sweeps *engine* at every heartbeat, *every* so many seconds, and at each instant when something is due.

    After a sweep each of *deliverers* is called. Whatever goes wrong is logged by its kind, since a message
    may quote a case, and the next heartbeat tries again. Raises BadValue for a heartbeat that makes no sense.
    """

    def __init__(
        self, engine: Engine, *, every: float = EVERY, deliverers: Sequence[Callable[[], object]] = ()
    ) -> None:
        if not SHORTEST <= every <= LONGEST:
            raise BadValue(
                f"a heartbeat cannot be every {every:g} seconds",
                f"give a number from {SHORTEST:g} to {LONGEST:g}",
            )
        self._engine = engine
        self._every = timedelta(seconds=every)
        self._deliverers = tuple(deliverers)
        # Late is better than never, and once is enough however late.
        jobs = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        self._jobs = BackgroundScheduler(timezone=UTC, job_defaults=jobs)
        self._at_work = Lock()
        self._ending = False

    def start(self) -> None:
        """Begin, with a sweep at once; returns while it goes on in threads of its own.

        Raises UsageError for a rehearsal that was not opened as one.
        """
        self._engine.database.see_writable()  # or every sweep would fail, and only the log would say so
        seconds = self._every.total_seconds()
        self._jobs.add_job(
            self._beat, "interval", seconds=seconds, id=_HEARTBEAT, next_run_time=_SYSTEM.now()
        )
        self._jobs.start()
        log("scheduler.started", every=int(seconds))

    def stop(self) -> None:
        """End, when the transaction under way is done."""
        self._ending = True
        with self._at_work:
            pass  # whoever swept has ended, and whoever comes later sees that there is nothing left to do
        if self._jobs.running:
            self._jobs.shutdown()
            log("scheduler.stopped")

    def run(self) -> None:
        """Go on in the foreground until SIGTERM or SIGINT; to be called from the main thread."""
        with _signalled() as told:
            self.start()
            try:
                while not told():
                    pass
            finally:
                self.stop()

    def _beat(self) -> None:
        """Sweep, deliver, and see when to be back."""
        with self._at_work:
            if self._ending:
                return
            swept = self._sweep()
            for deliver in self._deliverers:
                if not self._ending:
                    _guarded("deliver", deliver)
            if swept is None or self._ending:
                return
            due = _guarded("look ahead", lambda: self._wake_at_next(swept))
            log(
                "scheduler.healthy",
                swept=len(swept.done),
                failures=len(swept.failures),
                next_due=None if due is None else instant_text(due),
            )

    def _sweep(self) -> Sweep | None:
        def between(_: int) -> None:
            if self._ending:
                raise _Ended

        return _guarded("sweep", lambda: self._engine.sweep(progress=between))

    def _wake_at_next(self, swept: Sweep) -> datetime | None:
        """Be back when something falls due, if that is before the next heartbeat; when that is.

        What *swept* could not do waits for that heartbeat: it would only be in vain again.
        """
        due = self._engine.next_due_at(after=swept.at)
        if due is None:
            return None
        ahead = due - self._engine.clock.now()
        if ahead < self._every:
            # The engine may live by another clock than the threads that wait.
            at = _SYSTEM.now() + max(ahead, timedelta())
            # Two of it: a beat may ask for the next one, due at once, while it is itself not quite over.
            self._jobs.add_job(
                self._beat, "date", run_date=at, id=_WAKE, max_instances=2, replace_existing=True
            )
        return due


def _guarded(doing: str, call: Callable[[], _T]) -> _T | None:
    """What *call* returns; None, and a line in the log, if it fails: others depend on this going on."""
    try:
        return call()
    except _Ended:
        return None
    except Exception as error:
        log("scheduler.failed", doing=doing, kind=type(error).__name__)
        return None


@contextmanager
def _signalled() -> Iterator[Callable[[], bool]]:
    """Catch the signals that end a process; whoever is told waits a while for one, and learns whether there
    was one.
    """
    # Of all queues the one that a signal may put something into, whatever it has interrupted.
    caught: SimpleQueue[int] = SimpleQueue()

    def catch(number: int, _frame: FrameType | None) -> None:
        caught.put(number)

    def told() -> bool:
        with suppress(Empty):
            caught.get(timeout=_LOOK_UP)
            return True
        return False

    before = {number: signal.signal(number, catch) for number in _SIGNALS}
    try:
        yield told
    finally:
        for number, was in before.items():
            signal.signal(number, was)
