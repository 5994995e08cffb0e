"""The options that may stand before the verb as well as after it, and what was given by them.

Owns their names, their help and how their values are read. Does not know what a verb does with them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from inspect import cleandoc
from typing import TypeVar

import click

from loopengine.cli.spelling import otherwise
from loopengine.errors import BadValue

_T = TypeVar("_T")

# The environment, for what is the same in call after call.
BY, ROLES, AGENCY = "LOOPENGINE_BY", "LOOPENGINE_ROLES", "LOOPENGINE_AGENCY"
DB, WORKFLOWS, LOG = "LOOPENGINE_DB", "LOOPENGINE_WORKFLOWS", "LOOPENGINE_LOG"

# Options that say where one stands: every verb takes them, and leaves be what it has no use for.
_STANDING: Mapping[str, tuple[str, str]] = {
    "by": ("NAME", f"Who acts. [{BY}; else the login name]"),
    "role": ("ROLE", f"A role to act in; again, or with commas, for several. [{ROLES}]"),
    "agency": ("AGENCY", f"The agency that one acts for. [{AGENCY}]"),
    "db": (
        "DATABASE",
        f"The database: a file, or an SQLAlchemy URL. [{DB}; else a file in the user's data folder]",
    ),
    "workflows": (
        "DIR",
        f"The folder of workflow files. [{WORKFLOWS}; else the one that comes with loopengine]",
    ),
    "now": (
        "INSTANT",
        "Rehearse: let it be this instant, such as 2017-01-03T09:00Z. Only on a database made so.",
    ),
}
# Options that change what a verb does: one that cannot heed them refuses them.
_PARTICULAR: Mapping[str, tuple[str, str]] = {
    "on": ("DATE", "The day on which it was so, such as 2017-01-03. [today]"),
    "key": ("KEY", "Make the request safe to repeat: the same one with the same key is done once."),
    "revision": ("N", "Only if the case is still at this revision."),
    "as_of": ("INSTANT", "As it was known at this instant, such as 2017-01-03T09:00Z."),
}
# A year outside of these is a slip of the pen, and the arithmetic of days needs some room on both sides.
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_YEARS = f"its year is one of {_FIRST_YEAR} to {_LAST_YEAR}"
_JSON_HELP = "Print one JSON document instead of words."


@dataclass(frozen=True, slots=True)
class Given:
    """What the shared options say."""

    json: bool = False
    by: str | None = None
    roles: tuple[str, ...] = ()
    agency: str | None = None
    db: str | None = None
    workflows: str | None = None
    now: datetime | None = None
    on: date | None = None
    key: str | None = None
    revision: int | None = None
    as_of: datetime | None = None

    def shown_as_of(self, now: datetime) -> datetime:
        """The instant as of which things are shown: the one asked for, unless it is still to come *now*."""
        return now if self.as_of is None else min(self.as_of, now)


def shared_options(takes: Collection[str] | None = None) -> list[click.Parameter]:
    """The shared options of a verb that *takes* some particular ones; for None, of the whole command line."""
    options: list[click.Parameter] = []
    for name, (metavar, says) in _PARTICULAR.items():
        if takes is None or name in takes:
            options.append(click.Option([name, _flag(name)], metavar=metavar, help=says))
    options.append(click.Option(["json", "--json"], is_flag=True, help=_JSON_HELP))
    for name, (metavar, says) in _STANDING.items():
        options.append(click.Option([name, _flag(name)], metavar=metavar, help=says, multiple=name == "role"))
    return options


class Verb(click.Command):
    """One verb; its help tells what matters to it from what every verb takes."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options in two sections."""
        write_options(self, ctx, formatter)


def write_options(command: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    """Write the options of *command*: those that change what it does, and those that say who acts."""
    options = [param for param in command.get_params(ctx) if isinstance(param, click.Option)]
    records = {option.name: option.get_help_record(ctx) for option in options}
    standing = [record for name, record in records.items() if name in _STANDING and record]
    own = [record for name, record in records.items() if name not in _STANDING and record]
    with formatter.section("Options"):
        formatter.write_dl(own)
    with formatter.section("Who acts, and where"):
        formatter.write_dl(standing)


def verb(
    name: str, *takes: str, made_as: type[Verb] = Verb
) -> Callable[[Callable[..., int | None]], click.Command]:
    """Make a function a verb: it is called with what was `Given`, then with arguments and options of its own.

    An option of its own that another verb has as well takes a value in both, or in neither; `--framework`
    alone does not, and `arranging.py` tells by what follows.

    *takes* are the particular options that it heeds; *made_as* is how it reads its arguments. What it returns
    is the exit status, None for 0.
    """

    def made(function: Callable[..., int | None]) -> click.Command:
        own: list[click.Parameter] = list(reversed(getattr(function, "__click_params__", [])))

        def called(**values: object) -> int | None:
            shared = {option: values.pop(option, None) for option in ("json", *_STANDING, *_PARTICULAR)}
            return function(_given(shared), **values)

        text = cleandoc(function.__doc__ or "")
        return made_as(name, callback=called, params=[*own, *shared_options(takes)], help=text)

    return made


def _given(values: Mapping[str, object]) -> Given:
    return Given(
        json=bool(values.get("json")),
        by=_text("by", values),
        roles=split_names(_several(values)),
        agency=_text("agency", values),
        db=_text("db", values),
        workflows=_text("workflows", values),
        now=_read("now", _text("now", values), _instant),
        on=_read("on", _text("on", values), read_day),
        key=_text("key", values),
        revision=_read("revision", _text("revision", values), _revision),
        as_of=_read("as_of", _text("as_of", values), _instant),
    )


def split_names(texts: list[str]) -> tuple[str, ...]:
    """The names in *texts*, some of which may hold several, with commas between them."""
    return tuple(name.strip() for text in texts for name in text.split(",") if name.strip())


def _flag(option: str) -> str:
    return "--" + option.replace("_", "-")


def _text(option: str, values: Mapping[str, object]) -> str | None:
    value = values.get(option)
    if value == "":
        raise BadValue(f"{_flag(option)} says nothing", "give it a value, or leave it out")
    return None if value is None else str(value)


def _several(values: Mapping[str, object]) -> list[str]:
    given = values.get("role")
    return [str(each) for each in given] if isinstance(given, tuple | list) else []


def _read(option: str, text: str | None, reader: Callable[[str], _T]) -> _T | None:
    if text is None:
        return None
    try:
        return reader(text)
    except ValueError as error:
        raise BadValue(f"{_flag(option)} cannot be {text!r}", str(error)) from None


def read_day(text: str) -> date:
    """The day that *text* names; raises ValueError, saying how a day is written."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise ValueError(otherwise(text) or "it is a date such as 2017-01-03")
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise ValueError(_YEARS)
    return day


def day_of(option: str, text: str) -> date:
    """The day that *text* names for *option*; raises BadValue."""
    try:
        return read_day(text)
    except ValueError as error:
        raise BadValue(f"{option} cannot be {text!r}", str(error)) from None


def _instant(text: str) -> datetime:
    from loopengine.clock import parse_instant

    try:
        instant = parse_instant(text)
    except ValueError:
        raise ValueError("it is an instant with its offset, such as 2017-01-03T09:00Z") from None
    if not _FIRST_YEAR <= instant.year <= _LAST_YEAR:
        raise ValueError(_YEARS)
    return instant


def _revision(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise ValueError("it is a whole number, as `loopengine show` prints it")
    return int(text)
