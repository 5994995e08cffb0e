"""Several who deliver at once, and one that is killed: real processes on a real file."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from support.posting import PATIENCE, Board, Desk, board

from loopengine.notices.delivering import Delivered, deliver
from loopengine.notices.looking import in_outbox

ROOT = Path(__file__).resolve().parents[2]
# One event a line, in a file that a process only ever adds to.
WORKER = """
import sys
sys.path[:0] = [{tests!r}, {root!r}]
from datetime import datetime
from support.posting import PATIENCE, Desk, board
from loopengine.notices.delivering import deliver

class Line(Desk):
    def deliver(self, message):
        with open({out!r}, "a") as file:
            file.write(message.key + "\\n")
        {then}

post = board({db!r}, now={now!r})
print("ready", flush=True)
sys.stdin.readline()
deliver(post.engine, [Line(audience="program")], patience=PATIENCE)
"""


@pytest.fixture
def post(tmp_path) -> Board:
    made = board(tmp_path / "board.db")
    made.cases(3)
    made.sweep_on(date(2017, 2, 6))
    return made


def worker(post: Board, folder: Path, then: str = "pass") -> subprocess.Popen[str]:
    source = WORKER.format(
        tests=str(ROOT / "tests"),
        root=str(ROOT),
        out=str(folder / "out"),
        db=str(folder / "board.db"),
        now=post.clock.now().isoformat(),
        then=then,
    )
    made = subprocess.Popen(
        [sys.executable, "-c", source], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert made.stdout is not None
    assert made.stdout.readline() == "ready\n"
    return made


def let_go(workers: list[subprocess.Popen[str]]) -> None:
    for each in workers:
        assert each.stdin is not None
        each.stdin.write("\n")
        each.stdin.flush()
    for each in workers:
        each.communicate(timeout=60)


def arrived(folder: Path) -> Counter[str]:
    return Counter((folder / "out").read_text().split())


def test_several_at_once_send_each_notice_once(post, tmp_path):
    let_go([worker(post, tmp_path) for _ in range(3)])

    assert len(arrived(tmp_path)) == 9
    assert set(arrived(tmp_path).values()) == {1}
    assert in_outbox(post.engine) == ()


def test_whoever_is_killed_while_sending_loses_nothing(post, tmp_path):
    """What was in hand is taken up again a while later, and sent a second time, under the same key."""
    killed = worker(post, tmp_path, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    let_go([killed])
    (in_hand,) = arrived(tmp_path)
    desk = Desk(audience="program")

    assert killed.returncode == -9
    assert deliver(post.engine, [desk], patience=PATIENCE) == Delivered(messages=8, sent=8, waiting=1)
    post.clock.advance(minutes=PATIENCE.claim // timedelta(minutes=1))
    assert deliver(post.engine, [desk], patience=PATIENCE) == Delivered(messages=1, sent=1)
    assert desk.took[-1].key == in_hand
    assert len({each.key for each in desk.took}) == 9
    assert in_outbox(post.engine) == ()
