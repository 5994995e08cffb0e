"""The verbs `export` and `import`: what each can export or import, found when it is asked for.

Knows in which module each is. Does not know what any of them does.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from inspect import cleandoc

import click

# Each is `export_NAME_verb` or `import_NAME_verb` of its module.
EXPORTS: Mapping[str, str] = {
    "registers": "export_registers",
    "learning": "learning",
    "events": "events",
}
IMPORTS: Mapping[str, str] = {"actions": "import_actions", "learning": "learning"}


class Exchange(click.Group):
    """A verb of two words, of which the second says what is meant."""

    def __init__(self, name: str, modules: Mapping[str, str], text: str) -> None:
        super().__init__(name, help=cleandoc(text), subcommand_metavar="WHAT ...")
        self._modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:
        """What there is, in order of use."""
        return list(self._modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb for *cmd_name*, loaded only now."""
        if cmd_name not in self._modules:
            return None
        module = import_module(f"loopengine.cli.{self._modules[cmd_name]}")
        command = getattr(module, f"{self.name}_{cmd_name}_verb")
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each with all that it says of itself."""
        commands = {name: self.get_command(ctx, name) for name in self._modules}
        with formatter.section("What"):
            formatter.write_dl(
                [(name, each.get_short_help_str(120)) for name, each in commands.items() if each]
            )


export_verb = Exchange(
    "export",
    EXPORTS,
    """Write what is on file for other programs and other bodies.

    \b
    Example:
      loopengine export registers
    """,
)
import_verb = Exchange(
    "import",
    IMPORTS,
    """Take over what other programs and other bodies have written.

    \b
    Example:
      loopengine import actions tracker.xlsx --dry-run
    """,
)
