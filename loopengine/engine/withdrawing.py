"""Ending cases otherwise than by a step: opened in error, or the same as another one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from loopengine.core.ends import MERGED, MERGED_INTO
from loopengine.core.values import Json
from loopengine.engine.settling import settle
from loopengine.engine.work import Held, Work
from loopengine.errors import BadValue, RefusedError
from loopengine.store import cases


def withdraw(
    work: Work, held: Held, *, by: Mapping[str, Json], on: date, reason: Mapping[str, Json]
) -> tuple[str, ...]:
    """End *held* as opened in error, with the cases below it that have not ended; these.

    Raises RefusedError if it has ended, BadValue for a day before it came to its state.
    """
    _see_that_it_goes_on(held, on)
    gone = [each for each in below(work, held) if not each.record.ended]
    withdrawn = tuple(each.record.reference for each in gone)
    _end(work, held, "withdrawn", by=by, on=on, reason=reason, more={"withdrawn": list(withdrawn) or None})
    withdraw_all(work, gone, by=by, on=on, reason=reason, along_with=held.record.reference)
    settle(work, on)
    return withdrawn


def withdraw_all(
    work: Work,
    gone: Iterable[Held],
    *,
    by: Mapping[str, Json],
    on: date,
    reason: Mapping[str, Json],
    along_with: str,
) -> None:
    """End the cases *gone* as opened in error, because that is what happened to another one."""
    for each in gone:
        day = max(on, each.record.moved_on or on)
        _end(work, each, "withdrawn", by=by, on=day, reason=reason, more={"along_with": along_with})


def merge(
    work: Work, held: Held, into: Held, *, by: Mapping[str, Json], on: date, reason: Mapping[str, Json]
) -> None:
    """End *held* as the same as *into*, and tie it to that one.

    Raises RefusedError if either has ended, if they are of two workflows, if one is below the other, or while
    a case below *held* goes on; BadValue for a day before it came to its state.
    """
    _see_that_it_goes_on(held, on)
    reference, other = held.record.reference, into.record.reference
    if held.record.workflow != into.record.workflow:
        raise RefusedError(
            f"{reference} is a {held.record.workflow}, and {other} a {into.record.workflow}",
            "a case is merged into one of the same workflow",
        )
    if into.record.ended:
        raise RefusedError(f"{other} has ended", "nothing is merged into it any more")
    under = below(work, held)
    if held is into or into in under or held in below(work, into):
        raise RefusedError(
            f"{reference} cannot be merged into {other}",
            "they are the same, or one of them contains the other; name the case that goes on",
        )
    ongoing = [each.record.reference for each in under if not each.record.ended]
    if ongoing:
        raise RefusedError(
            f"{reference} has sub-cases that go on: {', '.join(ongoing)}", "end or withdraw them first"
        )
    link: dict[str, Json] = {"name": MERGED_INTO, "case": other}
    _end(work, held, "merged", by=by, on=on, reason=reason, more={"link": link})
    work.link(held, into.id, MERGED_INTO)
    settle(work, on)


def below(work: Work, held: Held) -> list[Held]:
    """Every case below *held*, each before those below it."""
    found: list[Held] = []
    for row in cases.rows_under(work.connection, held.id):
        each = work.load_row(row)
        found += [each, *below(work, each)]
    return found


def ends_apart(held: Held) -> bool:
    """Whether *held* was withdrawn or merged already, and counts for nothing."""
    return not held.record.path


def _see_that_it_goes_on(held: Held, on: date) -> None:
    if held.record.ended:
        raise RefusedError(
            f"{held.record.reference} has ended", "`loopengine correct` takes back its last step"
        )
    last = held.record.moved_on
    if last is not None and on < last:
        raise BadValue(
            f"{held.record.reference} cannot have ended on {on}",
            f"it came to {held.record.state} on {last}; give a day from then",
        )


def _end(
    work: Work,
    held: Held,
    kind: str,
    *,
    by: Mapping[str, Json],
    on: date,
    reason: Mapping[str, Json],
    more: Mapping[str, Json],
) -> None:
    details = {
        "from": held.record.state,
        "to": kind,
        "stage": held.workflow.states[kind].stage,
        "reason": reason,
        **more,
    }
    if kind == MERGED:
        work.write(held, "merged", on=on, by=by, details=details)
    else:
        work.write(held, "withdrawn", on=on, by=by, details=details)
