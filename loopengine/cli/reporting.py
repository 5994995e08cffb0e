"""The verbs that write what one looks at in a browser: the board, and reports.

Knows where each report is. Does not know what stands on a page.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from inspect import cleandoc

import click

# The reports, each with the module in which it is `NAME_report`.
REPORTS: Mapping[str, str] = {"annual": "annual", "case": "case_report"}


class _Reports(click.Group):
    """The reports, found when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names."""
        return list(REPORTS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The report called *cmd_name*, loaded only now."""
        if cmd_name not in REPORTS:
            return None
        command = getattr(import_module(f"loopengine.cli.{REPORTS[cmd_name]}"), f"{cmd_name}_report")
        assert isinstance(command, click.Command)
        return command


report_verb = _Reports(
    "report",
    subcommand_metavar="REPORT ...",
    help=cleandoc(
        """Write a report, to be read in a browser and printed.

        \b
        Examples:
          loopengine report case SCR-2017-001
          loopengine report annual --from 2016-04-01 --to 2017-03-31
        """
    ),
)
