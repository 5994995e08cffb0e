"""A board with something to tell, and receivers that write down what they are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Literal

from loopengine import Engine, Framework
from loopengine.clock import FrozenClock
from loopengine.notices.messages import Message
from loopengine.notices.patience import NotDelivered, Patience
from loopengine.store import people
from support.small import REVIEW, UNIT, framework, salts

DECIDE = "  decide: {within: 1 month, from: told_on, until: [accept, decline], source: local}\n"
TOLD = """\
  decide:
    title: Decide whether to review
    within: 1 month
    from: told_on
    until: [accept, decline]
    source: local
    remind: {before: 5 working days, tell: [business_unit]}
    escalate:
      - {after: 1 working day, tell: executive}
holds:
  trial: {title: A criminal trial, stops: [decide], source: local}
"""
TELLING_REVIEW = REVIEW.replace(DECIDE, TOLD)
# Nothing waits in a test: not the clock on the wall, and not the tester.
PATIENCE = Patience(sleep=lambda seconds: None)
TOLD_ON = date(2017, 1, 3)  # so it is due on Friday 3 February


def telling() -> Framework:
    """The small framework, with a deadline that reminds the unit and climbs to the executive."""
    return framework(review=TELLING_REVIEW)


@dataclass
class Board:
    """An engine with a clock in the hand, and people to tell."""

    engine: Engine
    clock: FrozenClock

    def case(self, told_on: date = TOLD_ON) -> str:
        """A review about which something has to be decided within a month."""
        return self.engine.open("review", {"told_on": told_on}, by=UNIT).reference

    def cases(self, number: int) -> list[str]:
        """Several of them."""
        return [self.case() for _ in range(number)]

    def sweep_on(self, day: date) -> None:
        """Let it be *day*, and have everything due done."""
        self.clock.advance_to(day)
        self.engine.sweep()

    def holds(self, name: str, role: str, address: str | None = None) -> int:
        """Let somebody hold a role from the beginning; their key."""
        with self.engine.database.writing() as connection:
            known = people.find(connection, name)
            person = people.add(connection, name, address) if known is None else known.person_id
            people.appoint(
                connection,
                person,
                role=role,
                agency=None,
                standing="holder",
                since=date(2015, 1, 1),
                until=None,
            )
        return person

    def moves_to(self, name: str, address: str | None) -> None:
        """Let somebody have another address."""
        with self.engine.database.writing() as connection:
            known = people.find(connection, name)
            assert known is not None
            people.change(connection, known.person_id, name=name, address=address)


def board(path: Path | None = None, *, url: str | None = None, now: str = "2017-01-09T09:00Z") -> Board:
    """A board on a file, in memory, or at *url*."""
    clock = FrozenClock(now)
    where = url or ("sqlite://" if path is None else f"sqlite:///{path}")
    return Board(Engine(where, framework=telling(), clock=clock, salt=salts()), clock)


@dataclass
class Desk:
    """A deliverer that keeps what it is given, or fails as *fails* says of a message."""

    channel: str = "desk"
    audience: Literal["people", "addresses", "program"] = "people"
    fails: Callable[[Message], NotDelivered | Exception | None] = lambda message: None
    tried: list[Message] = field(default_factory=list)
    took: list[Message] = field(default_factory=list)

    def deliver(self, message: Message) -> None:
        """Keep *message*."""
        self.tried.append(message)
        trouble = self.fails(message)
        if trouble is not None:
            raise trouble
        self.took.append(message)

    @property
    def names(self) -> list[str]:
        """Who has got something, in order."""
        return [message.to.name for message in self.took if message.to is not None]


@dataclass(frozen=True)
class Posted:
    """What came by HTTP."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """A real HTTP server on this machine: it answers what *answers* says of a request."""

    url: str = ""
    answers: Callable[[Posted], int] = lambda posted: 204
    got: list[Posted] = field(default_factory=list)


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A receiver that is there while the block lasts."""
    state = Receiver()

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            posted = Posted(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            state.got.append(posted)
            code = state.answers(posted)
            self.send_response(code)
            if 300 <= code < 400:
                self.send_header("Location", f"{state.url}/elsewhere")
            self.end_headers()

        def do_GET(self) -> None:
            state.got.append(Posted(self.path, {}, b""))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        state.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield state
        server.shutdown()
        thread.join()
