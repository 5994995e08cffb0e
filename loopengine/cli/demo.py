"""Where the story is told: a fresh database that is kept, and how to go on with it."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from shlex import join

from loopengine import Engine, load_framework
from loopengine.cli.output import Page
from loopengine.cli.story import Story
from loopengine.cli.wording import counted
from loopengine.clock import FrozenClock
from loopengine.errors import BrokenHistory, UsageError
from loopengine.workflow_files import default_framework

BEGINS = "2017-01-09T09:00Z"


def tell(path: Path | None, page: Page) -> None:
    """Tell the story on a fresh database at *path*, or in this folder, and say how to go on with it.

    Raises UsageError if there is a file already.
    """
    path = fresh() if path is None else path
    if path.exists():
        raise UsageError(f"{path} is there already", "the story needs a fresh file: name another with --db")
    clock = FrozenClock(BEGINS)
    framework = load_framework(default_framework())
    engine = Engine(f"sqlite:///{path}", framework=framework, clock=clock, rehearsal=True)
    page.say("One Serious Case Review, from referral to evaluated. Everybody in it is invented.")
    review = Story(engine, clock, page).run()
    audit = engine.audit()
    engine.close()
    if not audit.ok:
        raise BrokenHistory(f"{path}: {audit.problems[0].message}")
    # The story ends in its own time: today's date would make everything in it years late.
    now = f"{clock.now():%Y-%m-%dT%H:%MZ}"
    page.heading("What is left")
    entries = counted(audit.entries, "entry", "entries")
    left = f"{counted(audit.cases, 'case', 'cases')} and {entries} of history"
    page.say(f"{left}, every one verified, in {path}. Go on from here:")
    for words in (("show", review), ("history", review), ("why", review), ("list",), ("audit",)):
        page.line(join(["loopengine", *words, "--db", str(path), "--now", now]), indent=2)


def fresh() -> Path:
    """A file in this folder that is not there yet."""
    names = (Path(f"loopengine-demo{'' if number == 1 else f'-{number}'}.db") for number in count(1))
    return next(path for path in names if not path.exists())
