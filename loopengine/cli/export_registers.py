"""The verb that writes the registers as a workbook."""

from __future__ import annotations

import click

from loopengine.cli.options import Given, verb
from loopengine.errors import UsageError


@verb("registers", "as_of")
@click.argument("file", metavar="[FILE.xlsx]", default="registers.xlsx")
def registers_verb(given: Given, file: str) -> None:
    """Write the registers as a workbook, a sheet for each workflow.

    \b
    Example:
      loopengine export registers registers.xlsx
    """
    raise UsageError(f"{file} cannot be written yet")
