"""The verbs about working days: what is due so long after a day, how many there are, what a year looks like.

None but `close` needs a database. Does not know cases: what a closed day moves is the engine's.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import MAXYEAR, date
from inspect import cleandoc
from typing import TYPE_CHECKING, TypeVar, get_args

import click

from loopengine.cli.context import actor, answer, database_exists, engine, framework, today
from loopengine.cli.options import Given, day_of, verb
from loopengine.errors import BadValue, UnknownName

if TYPE_CHECKING:
    from loopengine.cli.days import WallCalendar
    from loopengine.core.workdays import Roll, Starts

_Function = TypeVar("_Function", bound=Callable[..., object])
_T = TypeVar("_T")


def _starts_option(function: _Function) -> _Function:
    return click.option(
        "--starts",
        metavar="WHEN",
        help="The day that counts first: day_after, or same_day for the day itself. [as the framework says]",
    )(function)


@verb("after")
@click.argument("start", metavar="DATE")
@click.argument("lasting", nargs=-1, required=True, metavar="DURATION")
@click.option(
    "--roll",
    metavar="RULE",
    default="none",
    help="Where to move it from a day not worked: none, next or previous. [none]",
)
@_starts_option
def after_verb(given: Given, start: str, lasting: tuple[str, ...], roll: str, starts: str | None) -> None:
    """Say what is due so long after a day.

    The duration is a number of working days, days, weeks, months or years.

    \b
    Example:
      loopengine calendar after 2017-04-13 "15 working days"
    """
    from loopengine.cli.days import tell_due
    from loopengine.core.durations import Duration

    begun, rule = day_of("a day", start), _roll(roll)
    duration = _or_refused(lambda: Duration.parse(" ".join(lasting)))
    wall = _wall(given, starts)
    due = _or_refused(lambda: wall.calendar.due(begun, duration, roll=rule))
    document = {"due": due.on.isoformat(), "provisional": due.provisional, "rolled_by": due.rolled_by}
    answer(given, document, lambda page: tell_due(page, due, begun, duration, wall))


@verb("count")
@click.argument("start", metavar="FROM")
@click.argument("end", metavar="TO")
@_starts_option
def count_verb(given: Given, start: str, end: str, starts: str | None) -> None:
    """Count the working days from one day to another.

    The last day counts if worked, the first as the framework says. Back in time, the number is negative.

    \b
    Example:
      loopengine calendar count 2017-04-13 2017-04-24
    """
    from loopengine.cli.days import tell_count

    first, last = day_of("a day", start), day_of("a day", end)
    wall = _wall(given, starts)
    document = {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "working_days": wall.calendar.count(first, last),
        "provisional": wall.calendar.is_count_provisional(first, last),
    }
    answer(given, document, lambda page: tell_count(page, first, last, wall))


@verb("show")
@click.argument("year", required=False)
def show_verb(given: Given, year: str | None) -> None:
    """Show the working days of a year, month by month, and what is off.

    Bank holidays that nobody has published yet are forecast, and said to be.

    \b
    Example:
      loopengine calendar show 2017
    """
    from loopengine.cli.days import tell_year, year_json

    shown = today(given).year if year is None else _year(year)
    wall = _wall(given, None)
    answer(given, year_json(shown, wall), lambda page: tell_year(page, shown, wall))


@verb("close")
@click.argument("day", metavar="DATE")
@click.option(
    "--reason", metavar="TEXT", required=True, help="Why; it is kept with every date that it moves."
)
def close_verb(given: Given, day: str, reason: str) -> None:
    """Close on a day of one's own, and move the open deadlines.

    \b
    Example:
      loopengine calendar close 2017-12-27 --reason "Council offices shut" --role business_unit
    """
    from loopengine.cli.days import tell_closed

    if not reason.strip():
        raise BadValue("--reason says nothing", "say why, such as 'Council offices shut'")
    shut = day_of("a day", day)
    with engine(given, create=True) as at_work:
        closed = at_work.close_day(shut, reason=reason, by=actor(given))
    answer(given, closed.to_json(), lambda page: tell_closed(page, shut, closed.moved))


calendar_verb = click.Group(
    "calendar",
    commands=[after_verb, count_verb, show_verb, close_verb],
    subcommand_metavar="VERB ...",
    help=cleandoc(
        """Count working days, and show the calendar by which they are counted.

        \b
        Example:
          loopengine calendar after 2017-04-13 "15 working days"
        """
    ),
)


def _wall(given: Given, starts: str | None) -> WallCalendar:
    """The calendar by whose convention the framework in use counts, unless *starts* names another."""
    from loopengine import WorkingCalendar
    from loopengine.cli.days import WallCalendar
    from loopengine.core.workdays import Starts

    known: dict[str, Starts] = {each: each for each in get_args(Starts)}
    if starts is not None and starts not in known:
        raise UnknownName("start of counting", starts, known)
    counted_first = framework(given).first_day if starts is None else known[starts]
    closures = _closures(given)
    calendar = WorkingCalendar.england_and_wales(starts=counted_first, closures=closures)
    return WallCalendar(calendar, closures)


def _closures(given: Given) -> dict[date, str]:
    """The days on which the board is closed, if there is a database to say so; none is made for it."""
    if not database_exists(given):
        return {}
    with engine(given) as at_work:
        return {each.day: each.reason for each in at_work.closures()}


def _roll(text: str) -> Roll:
    from loopengine.core.workdays import Roll

    known: dict[str, Roll] = {each: each for each in get_args(Roll)}
    if text not in known:
        raise UnknownName("roll rule", text, known)
    return known[text]


def _year(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) == 4 and 0 < int(text) <= MAXYEAR):
        raise BadValue(f"a year cannot be {text!r}", "it has four figures, such as 2017")
    return int(text)


def _or_refused(reckoned: Callable[[], _T]) -> _T:
    """What is *reckoned*; raises BadValue with the words of the calendar, where that refuses."""
    try:
        return reckoned()
    except ValueError as error:
        message, _, hint = str(error).partition("; ")
        raise BadValue(message, hint or None) from None
