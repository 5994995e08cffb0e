"""The verbs that exchange learning with other bodies."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from loopengine.cli.context import actor, answer, engine, framework
from loopengine.cli.options import Given, day_of, verb
from loopengine.cli.output import Page, Styled, print_json, shown
from loopengine.cli.papers import destination, is_printed, out_options, written
from loopengine.cli.wording import counted
from loopengine.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    from loopengine.engine.letters import LearningRefused, Outcome, TakenIn

_DEFAULT = "learning.json"
_TRIED = "Tried only: nothing was written."
# What is said of each item, by what became of it.
_SAID: Mapping[Outcome, str] = {
    "opened": "is new",
    "changed": "says something else than before",
    "changed_too_late": "says something else than before, and the case has ended: it stays as it is",
    "unchanged": "is known already",
    "known": "is known already, and this is not first-hand",
    "older": "is known in words of a later day",
    "own": "is our own",
    "says_nothing": "says nothing",
    "withdrawn": "was withdrawn there",
}


@verb("learning")
@out_options(_DEFAULT)
@click.option("--from", "first", metavar="DATE", help="Only what was opened or has moved since this day.")
@click.option("--to", "last", metavar="DATE", help="Only what was opened or has moved by this day.")
@click.option(
    "--workflow", metavar="WORKFLOW", multiple=True, help="Only reviews of this type; again, for several."
)
@click.option("--unsent", is_flag=True, help="Also learning points that have not gone out yet.")
@click.option("--without-text", is_flag=True, help="Leave out lessons, titles, summaries and links.")
def export_learning_verb(
    given: Given,
    out: str | None,
    replace: bool,
    first: str | None,
    last: str | None,
    workflow: tuple[str, ...],
    unsent: bool,
    without_text: bool,
) -> None:
    """Write reviews and learning points for other bodies, in an open form.

    The form is explained in docs/exchange.md; `loopengine schema --learning` prints it as a JSON Schema.
    Nobody is named but by what the lessons say. `--out -` writes to standard output.

    \b
    Example:
      loopengine export learning --from 2017-01-01 --to 2017-03-31 --out quarter.json
    """
    from loopengine.exchange.learning import Wanted, learning_of

    since, until = _day("--from", first), _day("--to", last)
    if since is not None and until is not None and until < since:
        raise UsageError("--to lies before --from", "say them the other way round")
    path = (
        None if is_printed(given, out) else destination(out, _DEFAULT, replace=replace, suffixes=(".json",))
    )
    wanted = Wanted(since, until, workflow, unsent, not without_text)
    with engine(given, framework(given)) as at_work:
        document = learning_of(at_work, wanted)
    if path is None:
        print_json(document)
        return
    from json import dumps

    with written(path) as file:
        file.write((dumps(document, indent=2, ensure_ascii=False) + "\n").encode())
    numbers = {name: _number(document[name]) for name in ("reviews", "learning_points")}
    reviews = counted(numbers["reviews"], "review", "reviews")
    points = counted(numbers["learning_points"], "learning point", "learning points")
    answer(
        given,
        {"file": str(path), **numbers},
        lambda page: page.say(Styled(str(path), "bold"), f": {reviews}, {points}"),
    )


@verb("learning")
@click.argument("file", metavar="FILE.json")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
def import_learning_verb(given: Given, file: str, dry_run: bool) -> int | None:
    """Open a case for each learning point, and each review, of another body that is not known yet.

    What is opened, the framework says; each case says where it came from. The same again is not opened twice;
    what its body says differently now is recorded as a change. All of the file is taken over, or nothing, and
    whatever is wrong in it is said.

    \b
    Example:
      loopengine import learning theirs.json --role business_unit --dry-run
    """
    from loopengine.engine.learning_from_elsewhere import opening_of
    from loopengine.engine.letters import LearningRefused
    from loopengine.exchange.learning import exchange_of
    from loopengine.exchange.learning_files import read_letter

    who, board = actor(given), framework(given)
    opening_of(board)
    try:
        # Refused before there is a database that nobody needs.
        letter = read_letter(file, exchange_of(board).body)
        with engine(given, board, create=True) as at_work:
            taken = at_work.learn_from(letter, by=who, dry_run=dry_run)
    except LearningRefused as error:
        if given.json:
            raise
        _tell_refused(error)
        return error.status
    document = {"items": [each.to_json() for each in taken], "dry_run": dry_run}
    answer(given, document, lambda page: _tell(page, taken, dry_run))
    return None


def _tell(page: Page, taken: tuple[TakenIn, ...], dry_run: bool) -> None:
    for each in taken:
        case = "" if each.case is None else f": {each.case}"
        page.say(Styled(f"{each.body} {each.reference}", "bold"), f" {_SAID[each.outcome]}{case}")
        if each.facts:
            page.entry("facts", ", ".join(each.facts))
    numbers = Counter(each.outcome for each in taken)
    others = len(taken) - numbers["opened"] - numbers["changed"]
    opened = counted(numbers["opened"], "case", "cases")
    page.say(f"{opened} opened, {numbers['changed']} changed, {others} left as they are.")
    if dry_run:
        page.say(_TRIED)


def _tell_refused(error: LearningRefused) -> None:
    """Say all that is wrong, on standard error."""
    number = counted(len(error.problems), "thing is wrong", "things are wrong")
    print(f"error: nothing was imported: {number}", file=sys.stderr)
    for problem in error.problems:
        print(shown(str(problem)), file=sys.stderr)


def _number(items: object) -> int:
    assert isinstance(items, list)
    return len(items)


def _day(option: str, text: str | None) -> date | None:
    return None if text is None else day_of(option, text)
