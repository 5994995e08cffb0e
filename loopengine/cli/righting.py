"""The verbs that put right what the office did by mistake.

Each says what it did, and what followed from it; or, tried with --dry-run, what that would be.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import click

from loopengine.cli.context import actor, answer, engine
from loopengine.cli.options import Given, verb
from loopengine.cli.output import Page, Styled

if TYPE_CHECKING:
    from loopengine.engine.righted import Corrected, EndedApart

_Function = TypeVar("_Function", bound=Callable[..., object])
_TRIED = "Tried only: nothing was written."


def _reason(function: _Function) -> _Function:
    return click.option("--reason", metavar="TEXT", required=True, help="Why; the history shows it.")(
        function
    )


def _dry_run(function: _Function) -> _Function:
    return click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")(function)


@verb("correct", "on", "key", "revision")
@click.argument("case")
@_reason
@_dry_run
def correct_verb(given: Given, case: str, reason: str, dry_run: bool) -> None:
    """Strike out the last step of a case that somebody fired by mistake.

    The case stands as it would without it; what was recorded since stays, and so does the history. Cases that
    the step had opened are withdrawn with it; if somebody has gone on in one of them, that is to be put right
    first. Asked again, it strikes out the step before. To correct an answer instead: record --correct.

    \b
    Example:
      loopengine correct SCR-2017-001 --reason "meant for the other case" --role business_unit
    """
    with engine(given) as at_work:
        corrected = at_work.correct(
            case,
            by=actor(given),
            reason=reason,
            on=given.on,
            key=given.key,
            revision=given.revision,
            dry_run=dry_run,
        )
    answer(given, corrected.to_json(), lambda page: _tell_corrected(page, corrected))


@verb("withdraw", "on", "key", "revision")
@click.argument("case")
@_reason
@_dry_run
def withdraw_verb(given: Given, case: str, reason: str, dry_run: bool) -> None:
    """End a case that was opened in error, with its sub-cases that have not ended.

    Nothing is deleted, but no case above it counts it any more. Try it with --dry-run: it names every case
    that would end. `correct` takes it back.

    \b
    Example:
      loopengine withdraw SCR-2017-002 --reason "opened twice" --role business_unit --dry-run
    """
    with engine(given) as at_work:
        ended = at_work.withdraw(
            case,
            by=actor(given),
            reason=reason,
            on=given.on,
            key=given.key,
            revision=given.revision,
            dry_run=dry_run,
        )
    answer(given, ended.to_json(), lambda page: _tell_ended(page, ended))


@verb("merge", "on", "key", "revision")
@click.argument("case")
@click.argument("into")
@_reason
@_dry_run
def merge_verb(given: Given, case: str, into: str, reason: str, dry_run: bool) -> None:
    """End a case that is the same as another one, and tie it to that one.

    CASE ends, and INTO goes on. Both must be of one workflow, and every sub-case of CASE must have ended.
    `correct` takes it back.

    \b
    Example:
      loopengine merge SCR-2017-002 SCR-2017-001 --reason "the same incident" --role business_unit
    """
    with engine(given) as at_work:
        ended = at_work.merge(
            case,
            into,
            by=actor(given),
            reason=reason,
            on=given.on,
            key=given.key,
            revision=given.revision,
            dry_run=dry_run,
        )
    answer(given, ended.to_json(), lambda page: _tell_ended(page, ended))


def _tell_corrected(page: Page, corrected: Corrected) -> None:
    what = corrected.event or corrected.from_state
    page.say(Styled(corrected.case, "bold"), f": {what} struck out, {corrected.from_state} -> {corrected.to}")
    if corrected.state != corrected.to:
        page.entry("now in", corrected.state)
    if corrected.stage is not None:
        page.entry("stage", corrected.stage)
    page.entry("entries", ", ".join(map(str, corrected.undoes)))
    _tell_others(page, "withdrawn", corrected.withdrawn)
    _tell_others(page, "open again", corrected.reopened)
    _tell_others(page, "also moved", corrected.also_moved)
    _tell_tried(page, corrected.dry_run)


def _tell_ended(page: Page, ended: EndedApart) -> None:
    into = f" into {ended.into}" if ended.into else ""
    page.say(Styled(ended.case, "bold"), f": {ended.state}{into}, from {ended.from_state}")
    _tell_others(page, "with it", ended.withdrawn)
    _tell_others(page, "also moved", ended.also_moved)
    _tell_tried(page, ended.dry_run)


def _tell_others(page: Page, label: str, cases: tuple[str, ...]) -> None:
    if cases:
        page.entry(label, ", ".join(cases))


def _tell_tried(page: Page, dry_run: bool) -> None:
    if dry_run:
        page.say(_TRIED)
