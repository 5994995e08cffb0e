"""The verb `demo`: a story told through the public API."""

from __future__ import annotations

from loopengine.cli.context import answer
from loopengine.cli.options import Given, verb
from loopengine.cli.output import Page
from loopengine.errors import UsageError


@verb("demo")
def demo_verb(given: Given) -> None:
    """Tell the story of one made-up review, from referral to evaluated.

    It runs on a fresh database, which is kept and named at the end: go on with it from there. With --json
    nothing is told but what it leaves.

    \b
    Example:
      loopengine demo
    """
    from pathlib import Path

    from loopengine.cli.demo import Silence, tell, tell_what_is_left

    named = None if given.db is None else given.db.removeprefix("sqlite:///")
    if named is not None and "://" in named:
        raise UsageError("the story is told on a file of its own", "name one with --db, or none")
    page = Silence() if given.json else Page()
    told = tell(None if named is None else Path(named).expanduser(), page)
    answer(given, told.to_json(), lambda page: tell_what_is_left(told, page))
