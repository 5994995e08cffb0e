"""The verb `demo`: a story told through the public API."""

from __future__ import annotations

from loopengine.cli.options import Given, verb
from loopengine.cli.output import Page
from loopengine.errors import UsageError


@verb("demo")
def demo_verb(given: Given) -> None:
    """Tell the story of one made-up review, from referral to evaluated.

    It runs on a fresh database, which is kept and named at the end: go on with it from there.

    \b
    Example:
      loopengine demo
    """
    from pathlib import Path

    from loopengine.cli.demo import tell

    if given.json:
        raise UsageError("a story has no JSON", "`loopengine show` and its like have, once it is told")
    named = None if given.db is None else given.db.removeprefix("sqlite:///")
    if named is not None and "://" in named:
        raise UsageError("the story is told on a file of its own", "name one with --db, or none")
    tell(None if named is None else Path(named).expanduser(), Page())
