"""Verbs of two words: `export registers`, `report case`, `people add`.

Owns how the second word is found and told. Does not know what any of them does.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from inspect import cleandoc

import click


class TwoWords(click.Group):
    """A verb whose second word says what is meant: each is `VERB_WORD_verb` of the module named for it."""

    def __init__(self, name: str, modules: Mapping[str, str], text: str) -> None:
        super().__init__(name, help=cleandoc(text), subcommand_metavar="WHAT ...")
        self._modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The second words, in order of use."""
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


class ListsAlone(click.Group):
    """A verb that lists, if its second word is left out."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take options without a second word for those of `list`."""
        asks_for_help = any(each in ctx.help_option_names for each in args)
        if not args or (args[0].startswith("-") and not asks_for_help):
            args = ["list", *args]
        return super().parse_args(ctx, args)
