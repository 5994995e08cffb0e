"""The verbs about people: who holds which role, from when to when, and what `check --people` finds vacant.

Does not know cases: whoever is told something about one is found by the engine, in the same directory.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from inspect import cleandoc
from typing import TYPE_CHECKING, TypeVar

import click

from loopengine.cli.context import answer, engine, framework, today
from loopengine.cli.offices import import_words, tell_office, tell_offices, tell_refused
from loopengine.cli.options import Given, day_of, verb
from loopengine.cli.output import Page, Styled, shown
from loopengine.cli.two_words import ListsAlone
from loopengine.cli.wording import counted
from loopengine.errors import BadValue, StorageError, UsageError

if TYPE_CHECKING:
    from datetime import date

    from loopengine import Engine, Framework
    from loopengine.engine.directory import Directory, Imported, Vacancy

_Function = TypeVar("_Function", bound=Callable[..., object])


def _agency_option(says: str) -> Callable[[_Function], _Function]:
    return click.option("--agency-of", "agency_of", metavar="AGENCY", help=says)


def _days(option: str, says: str, *, required: bool = False) -> Callable[[_Function], _Function]:
    return click.option(option, metavar="DATE", help=says, required=required)


@verb("list", "on")
@click.option("--for", "role_of", metavar="ROLE", help="Only who holds this role.")
@click.option("--all", "ever", is_flag=True, help="Also who held it before, or will.")
def list_verb(given: Given, role_of: str | None, ever: bool) -> None:
    """List who holds which role on a day, and for which agency.

    \b
    Example:
      loopengine people list --for independent_chair --on 2017-01-31
    """
    if ever and given.on is not None:
        raise UsageError("--all and --on say different things", "give one of them")
    with engine(given) as at_work:
        on = None if ever else given.on or today(given)
        offices = _directory(at_work).list(on=on, role=_said("--for", role_of))
    answer(given, [each.to_json() for each in offices], lambda page: tell_offices(page, offices, on))


@verb("add")
@click.argument("name")
@click.argument("held", metavar="ROLE")
@_agency_option("The agency for which they hold it: agency and agency_lead need one.")
@click.option("--address", metavar="ADDRESS", help="Their e-mail address.")
@click.option("--acting", is_flag=True, help="They take the holder's place for a time.")
@click.option("--deputy", is_flag=True, help="They are there when nobody else is.")
@_days("--since", "The first day. [today]")
@_days("--until", "The last day, if it is known.")
def add_verb(
    given: Given,
    name: str,
    held: str,
    agency_of: str | None,
    address: str | None,
    acting: bool,
    deputy: bool,
    since: str | None,
    until: str | None,
) -> None:
    """Add somebody who holds a role.

    If there is no database yet, one is made, and said where.

    \b
    Example:
      loopengine people add "Ann Lee" agency_lead --agency-of police --address ann.lee@example.org
    """
    from loopengine.engine.appointments import appointment_from

    if acting and deputy:
        raise UsageError("--acting and --deputy say different things", "add them twice, once as each")
    first, last = _day("--since", since), _day("--until", until)
    agency, at = _said("--agency-of", agency_of), _said("--address", address)
    standing = "acting" if acting else "deputy" if deputy else "holder"
    board = framework(given)
    # Refused before there is a database that nobody needs.
    asked = appointment_from(
        board, name, held, agency, address=at, standing=standing, since=first, until=last
    )
    with engine(given, board, create=True) as at_work:
        office = _directory(at_work).appoint(asked)
    answer(given, office.to_json(), lambda page: tell_office(page, office))


@verb("end")
@click.argument("name")
@click.argument("held", metavar="ROLE")
@_days("--until", "The last day on which they hold it.", required=True)
@_agency_option("Only for this agency, if they hold it for several.")
def end_verb(given: Given, name: str, held: str, until: str, agency_of: str | None) -> None:
    """Say on which day somebody holds a role for the last time.

    \b
    Example:
      loopengine people end "Ann Lee" agency_lead --until 2017-03-31
    """
    last = _day("--until", until)
    assert last is not None
    with engine(given) as at_work:
        ended = _directory(at_work).end(name, held, last, agency=_said("--agency-of", agency_of))

    def tell(page: Page) -> None:
        for office in ended:
            tell_office(page, office)

    answer(given, [each.to_json() for each in ended], tell)


@verb("change")
@click.argument("name")
@click.option("--name", "new_name", metavar="NAME", help="The name by which they go from now on.")
@click.option("--address", metavar="ADDRESS", help="Their e-mail address from now on.")
def change_verb(given: Given, name: str, new_name: str | None, address: str | None) -> None:
    """Change the name or the address of somebody, in all that they hold.

    \b
    Example:
      loopengine people change "Ann Lee" --address ann.lee@example.com
    """
    renamed, at = _said("--name", new_name), _said("--address", address)
    if renamed is None and at is None:
        raise UsageError("nothing to change", "say --name, --address, or both")
    with engine(given) as at_work:
        directory = _directory(at_work)
        directory.change(name, name=renamed, address=at)
        offices = directory.of(renamed or name)
    answer(given, [each.to_json() for each in offices], lambda page: tell_offices(page, offices, None))


@verb("erase")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase_verb(given: Given, name: str, yes: bool) -> int:
    """Erase somebody from the directory: it cannot be undone.

    In a terminal you are asked first. The histories of cases are not touched. Where somebody has only
    moved on, `people end` is what you want. The exit status is 1 if you decide against it.

    \b
    Example:
      loopengine people erase "Ann Lee"
    """
    with engine(given) as at_work:
        directory = _directory(at_work)
        offices = directory.of(name)
        named, held = offices[0].name, counted(len(offices), "role that they held", "roles that they held")
        if not yes and not _confirmed(f"{named}, their address and {held} will be erased for good."):
            answer(given, {"erased": None, "offices": 0}, lambda page: page.say("Nothing was erased"))
            return 1
        number = directory.erase(name)
    document = {"erased": named, "offices": number}
    answer(given, document, lambda page: page.say(Styled(named, "bold"), f" is erased, with {held}"))
    return 0


@verb("import")
@click.argument("file", metavar="FILE.csv")
def import_verb(given: Given, file: str) -> int | None:
    """Add and change people as a file says that a spreadsheet saved.

    Its first row names the columns: name, role, agency, address, standing, since, until. All of it is done,
    or nothing, and whatever is wrong is said with its line. The same file again changes nothing.

    \b
    Example:
      loopengine people import people.csv
    """
    from loopengine.engine.people_files import RowsRefused

    try:
        result = _imported(given, file)
    except RowsRefused as error:
        if given.json:
            raise
        tell_refused(error)
        return error.status
    answer(given, result.to_json(), lambda page: page.say(import_words(result.to_json())))
    return None


people_verb = ListsAlone(
    "people",
    commands=[list_verb, add_verb, end_verb, change_verb, erase_verb, import_verb],
    subcommand_metavar="[VERB] ...",
    invoke_without_command=True,
    help=cleandoc(
        """Say who holds which role; without a verb, list them.

        \b
        Example:
          loopengine people
        """
    ),
)


def vacancies(given: Given, board: Framework | None = None) -> tuple[Vacancy, ...]:
    """The roles that the workflow files of *board*, or of the framework in use, need and nobody holds."""
    with engine(given, board) as at_work:
        return _directory(at_work).vacant(given.on or today(given))


def _imported(given: Given, file: str) -> Imported:
    """What importing *file* does; for one with something wrong in it no database is made."""
    from loopengine.engine.people_files import RowsRefused, read_sheet

    board = framework(given)
    problems = read_sheet(file, board).problems
    try:
        with engine(given, board, create=not problems) as at_work:
            return _directory(at_work).import_csv(file)
    except StorageError:
        if problems:
            raise RowsRefused(problems) from None
        raise


def _directory(at_work: Engine) -> Directory:
    from loopengine.engine.directory import Directory

    return Directory(at_work)


def _said(option: str, text: str | None) -> str | None:
    if text is not None and not text.strip():
        raise BadValue(f"{option} says nothing", "give it a value, or leave it out")
    return text


def _day(option: str, text: str | None) -> date | None:
    return None if text is None else day_of(option, text)


def _is_asked_at_a_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def _confirmed(warning: str) -> bool:
    """Whether whoever sits at the terminal wants it; raises UsageError where nobody does."""
    if not _is_asked_at_a_terminal():
        raise UsageError(f"{warning} nobody can be asked here", "say --yes if that is what you want")
    click.echo(shown(warning), err=True)
    return click.confirm("It cannot be undone. Erase them?", err=True)
