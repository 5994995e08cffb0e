"""The verb that takes actions over from a tracker in a spreadsheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from loopengine.cli.clocks import progress_bar
from loopengine.cli.context import actor, answer, engine, framework
from loopengine.cli.options import Given, verb
from loopengine.cli.output import Page, Styled
from loopengine.cli.wording import counted
from loopengine.errors import UsageError

if TYPE_CHECKING:
    from loopengine.exchange.actions_in import BroughtIn

_MOST_SHOWN = 20
_TRIED = "Tried only: nothing was written."


@verb("actions", "on")
@click.argument("file", metavar="FILE")
@click.option("--under", metavar="CASE", help="The review that they are of, unless a column says which.")
@click.option("--map", "maps", metavar="COLUMN=FACT", multiple=True, help="What a column is; or several.")
@click.option("--status", "words", metavar="WORD=STATE", multiple=True, help="What a status is; or several.")
@click.option(
    "--sheet", metavar="NAME", help="Which sheet of the workbook; it needs saying if there are several."
)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
def actions_verb(
    given: Given,
    file: str,
    under: str | None,
    maps: tuple[str, ...],
    words: tuple[str, ...],
    sheet: str | None,
    dry_run: bool,
) -> None:
    """Take over the actions of a tracker in a spreadsheet.

    FILE is a .xlsx or .csv file. The usual headings and statuses are known, and days are read with the day
    before the month; it says how each was taken, and which columns are left out. All actions are taken over
    or none, and whatever is wrong is said cell by cell. The same file again brings in only what is new. Try
    it with --dry-run first.

    \b
    Example:
      loopengine import actions tracker.xlsx --under SCR-2017-001 --map "Accountable=owner" --dry-run
    """
    from loopengine.exchange.actions_in import import_actions

    mapping, statuses = _pairs("--map", maps), _pairs("--status", words)
    who = actor(given)
    with engine(given, framework(given)) as at_work, progress_bar("importing") as progress:
        done = import_actions(
            at_work,
            file,
            by=who,
            under=under,
            mapping=mapping,
            statuses=statuses,
            sheet=sheet,
            on=given.on,
            dry_run=dry_run,
            progress=progress,
        )
    answer(given, done.to_json(), lambda page: _tell(page, done))


def _pairs(option: str, texts: tuple[str, ...]) -> dict[str, str]:
    """What is said in *texts*, each `theirs=ours`; what is theirs may have a = in it."""
    pairs: dict[str, str] = {}
    for text in texts:
        theirs, equals, ours = text.rpartition("=")
        if not equals:
            raise UsageError(f"{option} {text!r} has no =", f'write for example {option} "Their word=ours"')
        pairs[theirs.strip()] = ours.strip()
    return pairs


def _tell(page: Page, done: BroughtIn) -> None:
    tracker = done.tracker
    page.heading("Columns")
    rows = [(heading, name) for name, heading in tracker.columns.items()]
    page.table(("HEADING", "TAKEN FOR"), rows)
    if tracker.left_out:
        page.heading("Left out")
        page.table(("CELL", "HEADING", "WHY"), [tuple(each) for each in tracker.left_out])
    if tracker.taken:
        page.heading("Taken as")
        page.table(
            ("SAID", "TAKEN AS", "TIMES", "FIRST IN"),
            [(each.said, each.as_, str(each.times), each.cell) for each in tracker.taken[:_MOST_SHOWN]],
        )
        _tell_of_more(page, len(tracker.taken))
    for note in tracker.notes:
        page.say()
        page.say("Note: ", note)
    already = done.taken_over.already
    # Of very many, those are worth a look that say something else here.
    worth = already if len(already) <= _MOST_SHOWN else [each for each in already if each.differs]
    if worth:
        page.heading("There already")
        page.table(
            ("ROW", "CASE", "DIFFERENT THERE"),
            [(str(each.row), each.case, ", ".join(each.differs)) for each in worth[:_MOST_SHOWN]],
        )
        _tell_of_more(page, len(worth))
    page.say()
    for case in done.cases:
        page.say(Styled(case.reference, "bold"), f" is taken over, in {case.state}")
        for warning in case.warnings:
            page.entry("warning", Styled(warning, "yellow"))
    there = f"; {counted(len(already), 'was', 'were')} there already" if already else ""
    page.say(f"{counted(len(done.cases), 'action is', 'actions are')} taken over{there}.")
    if done.taken_over.dry_run:
        page.say(_TRIED)


def _tell_of_more(page: Page, number: int) -> None:
    if number > _MOST_SHOWN:
        page.say(f"and {number - _MOST_SHOWN} more; --json lists them all")
