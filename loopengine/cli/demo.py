"""Where the story is told: a fresh database that is kept, and how to go on with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from shlex import join

from loopengine import Case, Engine, load_framework
from loopengine.cli.output import Cell, Page, Part
from loopengine.cli.story import Story
from loopengine.cli.wording import counted
from loopengine.clock import FrozenClock
from loopengine.engine.results import Audit, Document
from loopengine.errors import BrokenHistory, UsageError
from loopengine.workflow_files import default_framework

BEGINS = "2017-01-09T09:00Z"


@dataclass(frozen=True, slots=True)
class Told:
    """What a story that was told leaves: a database *at* the instant at which it ended."""

    path: Path
    at: str
    review: str
    cases: tuple[Case, ...]
    audit: Audit

    def to_json(self) -> Document:
        """What `demo` prints."""
        return {
            "database": str(self.path),
            "now": self.at,
            "case": self.review,
            "cases": [each.listed_json() for each in self.cases],
            "audit": self.audit.to_json(),
        }


class Silence(Page):
    """A page on which nothing is written."""

    def say(self, *parts: Part, indent: int = 0) -> None:
        """Say nothing."""

    def line(self, text: str, *, indent: int = 0) -> None:
        """Print no line."""

    def entry(self, label: str, *parts: Part) -> None:
        """Print no entry."""

    def table(self, headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
        """Print no table."""


def tell(path: Path | None, page: Page) -> Told:
    """Tell the story on a fresh database at *path*, or in this folder; what it leaves.

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
    # The story ends in its own time: today's date would make everything in it years late.
    told = Told(path, f"{clock.now():%Y-%m-%dT%H:%MZ}", review, engine.cases(), engine.audit())
    engine.close()
    if not told.audit.ok:
        raise BrokenHistory(f"{path}: {told.audit.problems[0].message}")
    return told


def tell_what_is_left(told: Told, page: Page) -> None:
    """Say what *told* leaves, and how to go on with it."""
    page.heading("What is left")
    entries = counted(told.audit.entries, "entry", "entries")
    left = f"{counted(told.audit.cases, 'case', 'cases')} and {entries} of history"
    page.say(f"{left}, every one verified, in {told.path}. Go on from here:")
    for words in (
        ("show", told.review),
        ("history", told.review),
        ("why", told.review),
        ("list",),
        ("due",),
        ("audit",),
    ):
        page.line(join(["loopengine", *words, "--db", str(told.path), "--now", told.at]), indent=2)


def fresh() -> Path:
    """A file in this folder that is not there yet."""
    names = (Path(f"loopengine-demo{'' if number == 1 else f'-{number}'}.db") for number in count(1))
    return next(path for path in names if not path.exists())
