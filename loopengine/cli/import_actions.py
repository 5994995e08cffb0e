"""The verb that takes actions over from a tracker in a spreadsheet."""

from __future__ import annotations

import click

from loopengine.cli.options import Given, verb
from loopengine.errors import UsageError


@verb("actions")
@click.argument("file", metavar="FILE")
def actions_verb(given: Given, file: str) -> None:
    """Take over the actions of a tracker in a spreadsheet.

    \b
    Example:
      loopengine import actions tracker.xlsx --under SCR-2017-001
    """
    raise UsageError(f"{file} cannot be read yet")
