"""The program: its verbs, found when they are asked for, its help, and its end.

Knows where each verb is. Does not know what any of them does.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import NoReturn

import click

import loopengine
from loopengine.cli.arranging import HELP_FLAGS, VERSION_FLAG, arranged, not_taken
from loopengine.cli.endings import ending
from loopengine.cli.options import shared_options, write_options
from loopengine.cli.output import is_text, prepare_streams
from loopengine.errors import UsageError

NAME = "loopengine"
# The verbs in the order in which somebody new needs them, each with the module in which it is `VERB_verb`.
SECTIONS: Mapping[str, Mapping[str, str]] = {
    "Begin": {"demo": "telling"},
    "The door": {"route": "intake", "intake": "intake"},
    "Cases": {
        "open": "acting",
        "record": "acting",
        "fire": "acting",
        "link": "linking",
        "why": "asking",
        "show": "looking",
        "list": "looking",
        "find": "finding",
        "history": "looking",
        "audit": "looking",
        "group": "groups",
    },
    "Time": {
        "due": "timing",
        "stalled": "timing",
        "hold": "timing",
        "release": "timing",
        "sweep": "timing",
        "run": "timing",
        "calendar": "calendar",
    },
    "Seeing it": {"board": "board", "report": "reporting", "simulate": "simulating"},
    "Putting right": {
        "correct": "righting",
        "withdraw": "righting",
        "merge": "righting",
        "adopt": "adopting",
        "reassign": "adopting",
    },
    "People": {"people": "people", "outbox": "notices"},
    "Exchange": {"export": "exchanging", "import": "exchanging"},
    "Workflow files": {
        "workflows": "files",
        "check": "files",
        "mutate": "mutating",
        "assess": "files",
        "diagram": "files",
        "schema": "files",
        "diff": "comparing",
        "backtest": "backtesting",
    },
}
_MODULES = {verb: module for verbs in SECTIONS.values() for verb, module in verbs.items()}

HELP = """Run the learning loop of a safeguarding board.

What may happen next to a case, why or why not, by when, and whose move it is. Options may stand before the
verb or after it. A fact is written fact=value; fact=unknown says that it was asked, and is not known.
"""
STATUSES = (
    ("0", "done, or answered"),
    ("1", "refused or undetermined, or problems found"),
    ("2", "not understood: an unknown name, a wrong value"),
    ("3", "no such case"),
    ("4", "the case has moved on (see --revision)"),
    ("5", "the history does not verify"),
    ("6", "the database cannot be used as it is"),
)


class Program(click.Group):
    """The command line as a whole."""

    def main(self, args: Sequence[str] | None = None, **extra: object) -> NoReturn:  # type: ignore[override]  # one end
        """Do what *args* ask for, and end with its status."""
        given = sys.argv[1:] if args is None else list(args)
        prepare_streams()
        sys.exit(ending(lambda: self._call(given), given))

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs, in order of use."""
        return list(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb called *cmd_name*, loaded only now."""
        if cmd_name not in _MODULES:
            return None
        command = getattr(import_module(f"loopengine.cli.{_MODULES[cmd_name]}"), f"{cmd_name}_verb")
        assert isinstance(command, click.Command)
        return command

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the verbs before the options: they are what one looks for."""
        self.format_commands(ctx, formatter)
        write_options(self, ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the verbs section by section, and the exit statuses."""
        for title, verbs in SECTIONS.items():
            commands = {verb: self.get_command(ctx, verb) for verb in verbs}
            with formatter.section(title):
                formatter.write_dl(
                    [(verb, each.get_short_help_str(120)) for verb, each in commands.items() if each]
                )
        with formatter.section("Exit status"):
            formatter.write_dl(STATUSES)

    def _call(self, args: list[str]) -> object:
        if not all(map(is_text, args)):
            raise UsageError("an argument is not text", "write it in UTF-8")
        try:
            with self.make_context(NAME, arranged(self, args)) as context:
                return self.invoke(context)
        except click.NoSuchOption as error:
            raise not_taken(self, error) from None
        except click.exceptions.Exit as done:  # --help and --version
            return done.exit_code


program = Program(
    NAME,
    help=HELP,
    subcommand_metavar="VERB ...",
    context_settings={"help_option_names": list(HELP_FLAGS)},
    params=[
        click.Option(
            [VERSION_FLAG],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=lambda ctx, _, wanted: _tell_version(ctx) if wanted else None,
            help="Print the version.",
        ),
        *shared_options(),
    ],
)


def _tell_version(ctx: click.Context) -> None:
    click.echo(f"{NAME} {loopengine.__version__}")
    ctx.exit()
