"""Processes that sweep a board, or act on it, and may be killed at any moment.

They are forked from one that has imported everything already, the nursery: real processes, but quick to
start. `python -m support.crashing` is the nursery; it is told in lines of JSON on its standard input which
children to have, all at once, and its standard output is theirs: a line of JSON for each thing they say.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import sleep
from typing import Any, NoReturn

from loopengine import Engine
from loopengine.errors import LoopEngineError
from support.overdue import EVERYBODY, LongAgo, board

TESTS = Path(__file__).parents[1]
LONGEST_LINE = 4096  # what a pipe takes in one piece, whoever else writes to it


@dataclass
class Child:
    """What became of a child: what it said, and its exit status."""

    pid: int = 0
    steps: int = 0
    status: int | None = None
    error: str | None = None
    result: Any = None
    said: list[Mapping[str, Any]] = field(default_factory=list)

    def heard(self, line: Mapping[str, Any]) -> None:
        self.said.append(line)
        self.pid = line.get("pid", self.pid)
        self.steps += "step" in line
        self.status = line.get("status", self.status)
        self.error = line.get("error", self.error)


@dataclass(frozen=True)
class Job:
    """What a child has to do at *url*: *act* is the name of a function below."""

    act: str
    url: str
    clock: LongAgo
    more: Mapping[str, Any] = field(default_factory=dict)


class Nursery:
    """The process whose children the others are."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process = process
        self._folder = folder

    def run(self, *jobs: Job, heed: Callable[[Child], None] = lambda _: None) -> list[Child]:
        """Have one child do each of *jobs*, all at once; *heed* is told of each when it says something."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        results = [self._folder / f"result-{who}.json" for who in range(len(jobs))]
        children = [Child() for _ in jobs]
        told = [
            {"act": job.act, "url": job.url, "ago": job.clock.seconds, "result": str(result), **job.more}
            for job, result in zip(jobs, results, strict=True)
        ]
        for result in results:
            result.unlink(missing_ok=True)
        print(json.dumps(told), file=self._process.stdin, flush=True)
        while any(child.status is None for child in children):
            line = json.loads(self._process.stdout.readline())
            child = children[line["who"]]
            child.heard(line)
            heed(child)
        for child, result in zip(children, results, strict=True):
            child.result = json.loads(result.read_text()) if child.status == 0 else None
        return children


@contextmanager
def nursery(folder: Path) -> Iterator[Nursery]:
    """A nursery that puts what its children come to into *folder*."""
    path = f"{TESTS.parent}{os.pathsep}{TESTS}"
    process = subprocess.Popen(
        [sys.executable, "-m", "support.crashing"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=TESTS,
        env=os.environ | {"PYTHONPATH": path},
    )
    with process:
        yield Nursery(process, folder)
        assert process.stdin is not None
        process.stdin.close()


# --- in the nursery, and in its children --------------------------------------------------------------------


def _sweep(engine: Engine, rest: random.Random, job: Mapping[str, Any]) -> object:
    """Sweep; between two transactions let others have their turn."""

    def between(done: int) -> None:
        _say(job, step=done)
        sleep(rest.random() * job.get("pause", 0))

    swept = engine.sweep(at_once=job["at_once"], progress=between)
    return swept.to_json()


def _act(engine: Engine, rest: random.Random, job: Mapping[str, Any]) -> object:
    """Do something to each of the cases that people have opened."""
    for reference in job["cases"]:
        if reference.startswith("CHA"):
            engine.fire(reference, "reply", by=EVERYBODY)
        else:
            engine.record(reference, {"agreed": True, "heard_on": "2018-02-01"}, by=EVERYBODY)
        _say(job, step=1)
        sleep(rest.random() * job.get("pause", 0))
    return None


ACTS = {"sweep": _sweep, "act": _act}


def _say(job: Mapping[str, Any], **what: object) -> None:
    line = json.dumps({"who": job["who"], **what}).encode() + b"\n"
    assert len(line) < LONGEST_LINE
    os.write(1, line)


def _live(job: Mapping[str, Any], ready: int, go: int) -> NoReturn:
    """The life of a child."""
    try:
        _say(job, pid=os.getpid())
        engine = board(job["url"], LongAgo(job["ago"]))
        os.close(ready)
        os.read(go, 1)
        result = ACTS[job["act"]](engine, random.Random(job["who"]), job)
        engine.close()
        Path(job["result"]).write_text(json.dumps(result))
    except BaseException as error:
        said = error.message if isinstance(error, LoopEngineError) else str(error)
        _say(job, error=f"{type(error).__name__}: {said[:1000]}", cause=repr(error.__cause__)[:1000])
        os._exit(1)
    os._exit(0)


def _nurse() -> None:
    for line in sys.stdin:
        jobs = [{"who": who, **job} for who, job in enumerate(json.loads(line))]
        is_ready, ready = os.pipe()
        go, gone = os.pipe()
        pids: dict[int, Mapping[str, Any]] = {}
        for job in jobs:
            pid = os.fork()
            if pid == 0:
                os.close(gone)
                _live(job, ready, go)
            pids[pid] = job
        os.close(ready)
        os.close(go)
        os.read(is_ready, 1)  # nothing is ever written: it ends when all are ready, or no more
        os.close(is_ready)
        os.close(gone)
        for _ in jobs:
            pid, status = os.wait()
            _say(pids[pid], status=os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    _nurse()
