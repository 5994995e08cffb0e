"""The verbs that bring the office's own changes to the cases: live ones taken over, agencies that merge."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from loopengine.cli.context import actor, answer, engine, facts_of, framework
from loopengine.cli.options import Given, read_day, verb
from loopengine.cli.output import Page, Styled, note
from loopengine.cli.spelling import hinted
from loopengine.cli.wording import counted
from loopengine.errors import BadValue, UsageError

if TYPE_CHECKING:
    from datetime import date

    from loopengine import Case
    from loopengine.engine.righted import Reassigned

_TRIED = "Tried only: nothing was written."


@verb("adopt", "on", "key")
@click.argument("workflow", required=False)
@click.argument("facts", nargs=-1, metavar="[FACT=VALUE]...", type=click.UNPROCESSED)
@click.option("--state", metavar="STATE", help="Where the case stands.")
@click.option(
    "--happened", metavar="EVENT=DATE", multiple=True, help="When an event happened; again, for several."
)
@click.option("--under", metavar="CASE", help="Adopt it as a sub-case of this case.")
@click.option("--evidence", metavar="TEXT", help="Where the answers are recorded; some need it.")
@click.option("--from", "file", metavar="FILE", help="Adopt every case in a .csv or .xlsx file instead.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
def adopt_verb(
    given: Given,
    workflow: str | None,
    facts: tuple[str, ...],
    state: str | None,
    happened: tuple[str, ...],
    under: str | None,
    evidence: str | None,
    file: str | None,
    dry_run: bool,
) -> None:
    """Take over live cases in the middle of their way, with the true days of what has happened.

    One case: give the day on which it was opened with --on, where it stands with --state, and when each event
    happened from which something is still due. Or all the rows of a spreadsheet with --from, which has the
    columns workflow, state, opened_on, happened:EVENT for each event, the names of facts, and if need be
    under, known_as, evidence. All rows are adopted or none, and whatever is wrong is said cell by cell. Try
    it with --dry-run first.

    \b
    Example:
      loopengine adopt serious-case-review --state gathering_information --on 2017-01-03 \\
        --happened gather_information=2017-01-04 notified_on=2017-01-03 --role business_unit
    """
    who = actor(given)
    if file is not None:
        if workflow is not None or state is not None or given.key is not None:
            raise UsageError("--from takes no workflow, --state or --key", "say these in the file")
        with engine(given, framework(given), create=True) as at_work:
            cases = at_work.adopt_all(file, by=who, dry_run=dry_run)
        answer(given, [each.opened_json() for each in cases], lambda page: _tell_all(page, cases, dry_run))
        return
    if workflow is None or state is None or given.on is None:
        raise UsageError("adopt needs a workflow, --state and --on", "or a file of them, with --from")
    known = facts_of(facts)
    board = framework(given) if under is None else None
    with hinted(known), engine(given, board, create=under is None) as at_work:
        case = at_work.adopt(
            workflow,
            known,
            by=who,
            state=state,
            on=given.on,
            happened=_days(happened),
            under=under,
            evidence=evidence,
            key=given.key,
            dry_run=dry_run,
        )
    for warning in case.warnings:
        note(warning)
    answer(given, case.opened_json(), lambda page: _tell_all(page, (case,), dry_run))


@verb("reassign")
@click.argument("old")
@click.argument("new")
@click.option("--reason", metavar="TEXT", required=True, help="Why; the history shows it.")
@click.option("--workflow", metavar="WORKFLOW", help="Only cases of this workflow.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
def reassign_verb(given: Given, old: str, new: str, reason: str, workflow: str | None, dry_run: bool) -> int:
    """Put one agency in the place of another, in the facts of every open case, from today on.

    OLD and NEW are names of agencies in framework.yaml. What was so before stays so in the history; the
    sub-cases of the old agency are the new one's. What could not be done in some case is said, with exit
    status 1.

    \b
    Example:
      loopengine reassign primary_care hospital_trust --reason "they merged" --role business_unit --dry-run
    """
    with engine(given) as at_work:
        result = at_work.reassign(
            old, new, by=actor(given), reason=reason, workflow=workflow, dry_run=dry_run
        )
    answer(given, result.to_json(), lambda page: _tell_reassigned(page, result))
    return 1 if result.failures else 0


def _days(texts: tuple[str, ...]) -> dict[str, list[date]]:
    """The days in *texts*, each `event=date`."""
    days: dict[str, list[date]] = {}
    for text in texts:
        event, _, day = text.partition("=")
        try:
            days.setdefault(event, []).append(read_day(day))
        except ValueError as error:
            raise BadValue(f"--happened cannot be {text!r}", str(error)) from None
    return days


def _tell_all(page: Page, cases: tuple[Case, ...], dry_run: bool) -> None:
    for case in cases:
        page.say(Styled(case.reference, "bold"), f" is adopted: {case.title}, in {case.state}")
        for warning in case.warnings if len(cases) > 1 else ():
            page.entry("warning", Styled(warning, "yellow"))
    if len(cases) != 1:
        page.say(f"{counted(len(cases), 'case', 'cases')} adopted.")
    if dry_run:
        page.say(_TRIED)


def _tell_reassigned(page: Page, result: Reassigned) -> None:
    for each in result.done:
        page.say(
            Styled(each.case, "bold"), f": {result.new} instead of {result.old} in {', '.join(each.facts)}"
        )
    for failure in result.failures:
        page.say(Styled("NOT DONE ", "red"), f"{failure.case}: {failure.message}")
    page.say(f"{counted(len(result.done), 'case', 'cases')} changed.")
    if result.dry_run:
        page.say(_TRIED)
