"""The verb `demo`: a story told through the public API."""

from __future__ import annotations

from loopengine.cli.options import Given, verb
from loopengine.cli.output import Page


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

    tell(None if given.db is None else Path(given.db).expanduser(), Page())
