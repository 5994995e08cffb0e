"""A child process that acts on a board, and acknowledges each verb when it has returned.

`python -m support.acknowledging FILE VERBS [PRAGMA...]`: it says on its standard output, a line a verb, how
many entries the database has then. A pragma is set on each connection after those that the engine sets.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from sqlalchemy import text

from loopengine import Engine
from loopengine.clock import FrozenClock, parse_instant
from loopengine.store import database
from support.overdue import BEGINS, EVERYBODY, board

SWEPT = "2017-04-03T09:00Z"


def main(path: str, verbs: int, pragmas: Sequence[str]) -> None:
    _set(pragmas)
    clock = FrozenClock(BEGINS)
    engine = board(f"sqlite:///{path}", clock)
    for number in range(verbs):
        _act(engine, number)
        _acknowledge(engine)
        clock.advance(minutes=5)
    clock.advance_to(parse_instant(SWEPT))
    engine.sweep(at_once=3, progress=lambda _: _acknowledge(engine))
    engine.close()


def _act(engine: Engine, number: int) -> None:
    """Do the next of six things to one case after another."""
    turn, step = divmod(number, 6)
    case = f"INQ-2017-{turn + 1:03d}"
    match step:
        case 0:
            engine.open("inquiry", {"recipients": ["police", "school"]}, by=EVERYBODY, key=f"k{turn}")
        case 1:
            engine.record(case, {"agreed": True, "heard_on": "2017-03-01"}, by=EVERYBODY, evidence="on file")
        case 2:
            engine.fire(case, "lapse", by=EVERYBODY) if turn % 2 else engine.fire(
                case, "answer", by=EVERYBODY
            )
        case 3:
            engine.fire(case, "write_to_all", by=EVERYBODY)  # refused, if it has lapsed
        case 4:
            engine.hold(case, "inquest", by=EVERYBODY, reason="as was agreed")
        case _:
            engine.release(case, "inquest", by=EVERYBODY)


def _acknowledge(engine: Engine) -> None:
    with engine.database.reading() as connection:
        entries = connection.execute(text("select count(*) from loop_entry")).scalar_one()
    os.write(1, f"{entries}\n".encode())


def _set(pragmas: Sequence[str]) -> None:
    own = database._settings

    def settings(connection: object, record: object) -> None:
        own(connection, record)
        for pragma in pragmas:
            connection.execute(f"pragma {pragma}").close()  # type: ignore[attr-defined]

    database._settings = settings


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
