"""The verbs `export` and `import`: what goes out of the registers into files, and what comes in.

Knows in which module each of their verbs is. Does not know what any of them does.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from inspect import cleandoc

import click

# Each verb with the module in which it is `VERB_verb`, in the order in which help lists them.
EXPORTS: Mapping[str, str] = {"registers": "export_registers"}
IMPORTS: Mapping[str, str] = {"actions": "import_actions"}


class _Exchange(click.Group):
    """Verbs of two words, found when they are asked for in the modules that *found_in* names."""

    def __init__(self, name: str, found_in: Mapping[str, str], help_: str) -> None:
        super().__init__(name, subcommand_metavar="VERB ...", help=cleandoc(help_))
        self.found_in = found_in

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs, in order."""
        return list(self.found_in)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb called *cmd_name*, loaded only now."""
        if cmd_name not in self.found_in:
            return None
        module = import_module(f"loopengine.cli.{self.found_in[cmd_name]}")
        command = getattr(module, f"{cmd_name}_verb")
        assert isinstance(command, click.Command)
        return command


export_verb = _Exchange(
    "export",
    EXPORTS,
    """Write what is on file for others to read: registers as a workbook.

    \b
    Example:
      loopengine export registers registers.xlsx
    """,
)
import_verb = _Exchange(
    "import",
    IMPORTS,
    """Bring in what others keep: an action tracker from a spreadsheet.

    \b
    Example:
      loopengine import actions tracker.xlsx --dry-run
    """,
)
