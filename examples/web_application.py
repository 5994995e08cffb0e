"""Embed the engine in a web application: its database, its session, its transaction.

The application has a table of its own beside the engine's. A request writes to both in one transaction, which
the application commits; when it fails, neither is left. (A WSGI application of the standard library, so that
the example needs nothing else; in any framework it is the same: hand over your session.)
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs
from wsgiref.util import setup_testing_defaults

from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from loopengine import Actor, Engine, LoopEngineError, load_framework
from loopengine.engine.why import decision_json
from loopengine.workflow_files import default_framework


class Base(DeclarativeBase):
    """The application's own tables."""


class Visit(Base):
    """Who asked for what: the application's own affair."""

    __tablename__ = "visit"
    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str]


folder = tempfile.mkdtemp()
database = create_engine(f"sqlite:///{Path(folder) / 'application.db'}")
Base.metadata.create_all(database)
engine = Engine(database, framework=load_framework(default_framework()))
# Who acts is for the application to know: it authenticates, the engine authorises.
USERS = {"unit": Actor("Business Manager", ["business_unit"]), "chair": Actor("Chair", ["independent_chair"])}

Start = Callable[[str, list[tuple[str, str]]], object]


def application(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    """`/open?user=…&fact=value`, `/fire?user=…&case=…&event=…`, `/why?case=…`: answers JSON."""
    asked = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
    verb = environ["PATH_INFO"]
    try:
        with Session(database) as session, session.begin():
            session.add(Visit(path=verb))
            answer = _answer(verb, asked, session)
            status = "200 OK"
    except LoopEngineError as error:
        answer, status = {"error": {"kind": error.kind, "message": error.message}}, "422 Unprocessable Entity"
    start(status, [("Content-Type", "application/json; charset=utf-8")])
    return [json.dumps(answer).encode()]


def _answer(verb: str, asked: dict[str, str], session: Session) -> object:
    match verb:
        case "/open":
            actor = USERS[asked.pop("user")]
            return engine.open("serious-case-review", asked, by=actor, session=session).opened_json()
        case "/fire":
            actor = USERS[asked["user"]]
            return decision_json(engine.fire(asked["case"], asked["event"], by=actor, session=session))
        case _:
            return engine.explain(asked["case"], session=session).to_json()


def call(path: str, query: str = "") -> str:
    """What the application answers, asked in this process."""
    environ: dict[str, Any] = {}
    setup_testing_defaults(environ)
    environ |= {"PATH_INFO": path, "QUERY_STRING": query}
    return b"".join(application(environ, lambda status, _headers: print(path, status))).decode()


if __name__ == "__main__":
    opened = json.loads(call("/open", "user=unit&normally_resident=yes&notified_on=2017-01-09"))
    print("opened", opened["case"], "in", opened["state"])
    moved = json.loads(call("/fire", f"user=unit&case={opened['case']}&event=gather_information"))
    print("moved to", moved["to"])
    print(call("/open", "user=unit&normally_resident=perhaps"))
    with Session(database) as session:
        visits = session.scalar(select(func.count()).select_from(Visit))
    print("visits on record:", visits, "(the refused one left nothing)")
    sys.exit(visits != 2)
