"""What was given, and what the environment says, become a framework, an actor, an engine.

Knows the defaults. Does not know the verbs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from loopengine.cli.options import AGENCY, BY, DB, LOG, ROLES, WORKFLOWS, Given, split_names
from loopengine.cli.output import Page, is_text, note, print_json
from loopengine.errors import UsageError

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from loopengine import Actor, Engine, Framework
    from loopengine.clock import Clock


def framework(given: Given) -> Framework:
    """The framework in use; raises UnknownName for a role or an agency that it does not know."""
    from loopengine import load_framework
    from loopengine.cli.present import check_names

    loaded = load_framework(framework_folder(given))
    check_names(_roles(given), _agency(given), loaded)
    return loaded


def framework_folder(given: Given) -> Path:
    """The folder of the framework in use."""
    from pathlib import Path

    from loopengine.workflow_files import default_framework

    named = given.workflows or _environment(WORKFLOWS)
    return Path(named).expanduser() if named else default_framework()


def actor(given: Given) -> Actor:
    """Who acts: as given, or as the environment says, or under the login name and in no role."""
    from loopengine import Actor

    return Actor(
        given.by or _environment(BY) or _login_name(),
        _roles(given),
        _agency(given),
    )


def _roles(given: Given) -> tuple[str, ...]:
    return given.roles or split_names([_environment(ROLES) or ""])


def _agency(given: Given) -> str | None:
    return given.agency or _environment(AGENCY)


def clock(given: Given) -> Clock:
    """The clock of the machine, or, in a rehearsal, one that stands still."""
    from loopengine.clock import FrozenClock, SystemClock

    return SystemClock() if given.now is None else FrozenClock(given.now)


def today(given: Given) -> date:
    """The day that it is in London."""
    from loopengine.clock import london_date

    return london_date(clock(given).now())


@contextmanager
def engine(given: Given, board: Framework | None = None, *, create: bool = False) -> Iterator[Engine]:
    """The engine on the database in use, with the framework *board* if it is loaded already.

    Only with *create* is a database made that is not there, and then the framework's files must be sound;
    otherwise they are needed for new cases alone. Raises UnknownName for a role or agency that nobody knows.
    """
    from loopengine import Engine
    from loopengine.cli.present import check_names_at_work

    _set_up_log()
    opened = Engine(
        database_url(given),
        framework=board or (framework(given) if create else _present(given)),
        clock=clock(given),
        create=create,
        rehearsal=given.now is not None,
    )
    try:
        if opened.database.made:
            note(f"made the database {opened.database.name}")
        if opened.rehearsal and given.now is None:
            note("this database is a rehearsal, and --now was not given: it is taken to be the present time")
        check_names_at_work(_roles(given), _agency(given), opened)
        yield opened
    finally:
        opened.close()


def _present(given: Given) -> Framework:
    """The framework in use, or, with a note, what stands for it while its files cannot be used."""
    from loopengine.cli.present import Unreadable, framework_or_stand_in

    folder = framework_folder(given)
    found = framework_or_stand_in(folder)
    if isinstance(found, Unreadable):
        note(
            f"the workflow files in {folder} cannot be used as they are, and `loopengine check` says why; "
            "each case goes on under those that it began under"
        )
    return found


def database_url(given: Given) -> str:
    """The URL of the database in use."""
    from pathlib import Path

    from platformdirs import user_data_path
    from sqlalchemy import URL

    named = given.db or _environment(DB)
    if not named:
        named = str(user_data_path("loopengine", appauthor=False) / "loopengine.db")
    if "://" in named:
        return named
    # Not pasted together: a file may have characters in its name that mean something in a URL.
    return URL.create("sqlite", database=str(Path(named).expanduser())).render_as_string(hide_password=False)


def database_exists(given: Given) -> bool:
    """Whether the database in use is there: a file that is not is made by no verb that only looks."""
    from pathlib import Path

    from sqlalchemy import make_url

    url = make_url(database_url(given))
    return url.get_backend_name() != "sqlite" or (url.database is not None and Path(url.database).exists())


def again(given: Given, *words: str) -> str:
    """The line that calls loopengine with *words*, on the database and at the instant of this call."""
    import shlex

    # A URL with a password in it is not for the screen.
    secret = given.db is not None and "://" in given.db and "@" in given.db
    extra = [] if given.db is None or secret else ["--db", given.db]
    extra += [] if given.now is None else ["--now", given.now.isoformat().replace("+00:00", "Z")]
    return shlex.join(["loopengine", *words, *extra])


def answer(given: Given, document: object, tell: Callable[[Page], None]) -> None:
    """Print *document* as JSON, if that was asked for, or else *tell* it to a page."""
    if given.json:
        print_json(document)
    else:
        tell(Page())


def facts_of(texts: Sequence[str]) -> dict[str, str]:
    """The answers in *texts*, each `fact=value`; raises UsageError for one that is not, or given twice."""
    facts: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise UsageError(
                f"{text!r} is not fact=value",
                "write for example child_died=yes, without spaces around the =, or in quotes with those that "
                "belong to the answer",
            )
        if name in facts:
            raise UsageError(f"{name} is answered twice", "give each fact once")
        facts[name] = value
    return facts


def _environment(name: str) -> str | None:
    """What the environment says under *name*, if it says anything."""
    value = os.environ.get(name) or None
    if value is not None and not is_text(value):
        raise UsageError(f"{name} is not text", "write it in UTF-8")
    return value


def _login_name() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        raise UsageError("nobody is logged in under a name", f"say who acts with --by, or in {BY}") from None


def _set_up_log() -> None:
    """Log to standard error, as JSON, if a log is asked for; otherwise the engine's log goes nowhere."""
    if not os.environ.get(LOG):
        return
    import structlog

    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
