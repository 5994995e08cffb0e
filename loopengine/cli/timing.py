"""The verbs about time: what is due, what is stalled, what stands still, and what a sweep does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from loopengine.cli.clocks import (
    print_as_it_is,
    progress_bar,
    tell_due,
    tell_due_by_role,
    tell_held,
    tell_released,
    tell_stalled,
    tell_sweep,
)
from loopengine.cli.context import actor, again, answer, engine
from loopengine.cli.options import LOG, Given, verb
from loopengine.cli.output import Page, note
from loopengine.cli.papers import is_printed
from loopengine.cli.wording import counted
from loopengine.errors import BadValue, BrokenHistory, UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from loopengine import Case, Engine
    from loopengine.core.durations import Duration
    from loopengine.engine.looking_ahead import Due
    from loopengine.engine.results import CaseFile, Document
    from loopengine.engine.sweeping import Failure, Sweep


@verb("due", "as_of")
@click.option("--by-role", is_flag=True, help="Group them by whose move it is.")
@click.option(
    "--within", metavar="DURATION", help='Only what is due so soon, such as "10 working days", or late.'
)
@click.option(
    "--ics",
    metavar="FILE",
    help="Also write a calendar file, for Outlook; - is standard output, without more.",
)
def due_verb(given: Given, by_role: bool, within: str | None, ics: str | None) -> None:
    """Show what is due, by when, whose move it is, and how late it is.

    Days are working days. What is late comes first; while a case is on hold, its clocks may stand still.

    \b
    Example:
      loopengine due --by-role --within "10 working days"
    """
    soon = None if within is None else _duration(within)
    broken: list[Failure] = []
    printed = is_printed(given, ics, "--ics")
    with engine(given) as at_work:
        found = at_work.due(within=soon, as_of=given.as_of, unreadable=broken.append)
        now = at_work.clock.now()
    dues = sorted(found, key=lambda each: not each.late)
    if ics is not None:
        _write_calendar(None if printed else ics, dues, given.as_of or now)
    if not printed:
        answer(
            given, [each.to_json() for each in dues], lambda page: _tell_due(page, dues, soon, by_role, given)
        )
    _see_all_read(broken)


@verb("stalled", "as_of")
def stalled_verb(given: Given) -> int:
    """List the open cases where nothing can happen next and nothing is due; there should be none.

    The exit status is 1 if there is one: its data were changed by somebody else.

    \b
    Example:
      loopengine stalled
    """
    broken: list[Failure] = []
    with engine(given) as at_work:
        cases = at_work.stalled(as_of=given.as_of, unreadable=broken.append)
    answer(given, [case.listed_json() for case in cases], lambda page: _tell_stalled(page, cases, given))
    _see_all_read(broken)
    return 1 if cases else 0


@verb("hold", "on", "key", "revision")
@click.argument("case")
@click.argument("name")
@click.option("--reason", metavar="TEXT", required=True, help="Why; it is kept in the history of the case.")
def hold_verb(given: Given, case: str, name: str, reason: str) -> None:
    """Put a case on hold: clocks stand still and events are refused, as its file says of that hold.

    Several holds may be on at once; a clock stands still while any is on that stops it.

    \b
    Example:
      loopengine hold SCR-2017-001 criminal_proceedings --reason "Charges were brought" --by "Ann Lee"
    """
    with engine(given) as at_work:
        file = at_work.hold(
            case, name, by=actor(given), reason=reason, on=given.on, key=given.key, revision=given.revision
        )
        stops, blocks = _told_of(at_work, file, name)

    def tell(page: Page) -> None:
        tell_held(page, file, name, stops, blocks)
        page.entry("next", "when it is over:")
        page.entry_line(again(given, "release", file.case.reference, name))

    answer(given, _hold_json(file, name, on=True), tell)


@verb("release", "on", "key", "revision")
@click.argument("case")
@click.argument("name")
@click.option("--reason", metavar="TEXT", help="Why; it is kept in the history of the case.")
def release_verb(given: Given, case: str, name: str, reason: str | None) -> None:
    """Release a hold: the clocks that it stopped go on with what was left to them.

    \b
    Example:
      loopengine release SCR-2017-001 criminal_proceedings --on 2017-03-31 --by "Ann Lee"
    """
    with engine(given) as at_work:
        file = at_work.release(
            case,
            name,
            by=actor(given),
            reason=reason or None,
            on=given.on,
            key=given.key,
            revision=given.revision,
        )
        stops, _ = _told_of(at_work, file, name)

    def tell(page: Page) -> None:
        tell_released(page, file, name, stops)
        page.entry("next", "what may happen now:")
        page.entry_line(again(given, "why", file.case.reference))

    answer(given, _hold_json(file, name, on=False), tell)


@verb("sweep")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
def sweep_verb(given: Given, dry_run: bool) -> int:
    """Do everything that has fallen due: reminders, overdue notices, escalations, automatic steps.

    It is done once, however often one sweeps. The exit status is 1 if a case could not be brought up to now,
    and 5 if it cannot be read.

    \b
    Example:
      loopengine sweep --dry-run
    """
    with engine(given) as at_work, progress_bar("sweeping") as progress:
        swept = at_work.sweep(dry_run=dry_run, progress=progress)
    answer(given, swept.to_json(), lambda page: _tell_sweep(page, swept, given))
    _see_all_read([each for each in swept.failures if each.broken])
    return 1 if swept.failures else 0


@verb("run")
@click.option("--every", metavar="SECONDS", default="60", help="Seconds from one sweep to the next. [60]")
@click.option(
    "--deliver",
    "ways",
    metavar="DELIVERER",
    multiple=True,
    help="After each sweep deliver the outbox so: print, file:FOLDER, smtp://HOST or https://ADDRESS; again "
    "for another.",
)
def run_verb(given: Given, every: str, ways: tuple[str, ...]) -> None:
    """Go on sweeping, in the foreground, until Ctrl-C or SIGTERM.

    It sweeps as often as it is told to, and at each instant when something falls due. Its log is on standard
    error. A second one on the same database does no harm.

    \b
    Example:
      loopengine run --deliver smtp://mail.example:587
    """
    import os

    from loopengine.notices.delivering import deliver, deliverer_of
    from loopengine.scheduler import Scheduler

    if given.now is not None:
        raise UsageError("time stands still in a rehearsal", "use `loopengine sweep --now INSTANT`")
    os.environ.setdefault(LOG, "1")  # nobody watches it: its log is all that it says
    seconds, deliverers = _seconds(every), [deliverer_of(way) for way in ways]
    with engine(given) as at_work:
        # All of them at once: a notice is done with when it has gone all its ways.
        after = [lambda: deliver(at_work, deliverers)] if deliverers else []
        Scheduler(at_work, every=seconds, deliverers=after).run()


def _see_all_read(broken: Sequence[Failure]) -> None:
    """Raise BrokenHistory if there are cases that could not be read: all else has been told by now."""
    if broken:
        from loopengine.store.legible import TO_AUDIT

        named = ", ".join(each.case for each in broken)
        raise BrokenHistory(f"{named} cannot be read, and nothing was told of it", TO_AUDIT)


def _told_of(at_work: Engine, file: CaseFile, hold: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The deadlines that *hold* stops and the events that it blocks, as the case's history last says."""
    lines = at_work.history(file)
    body = next(line.entry.body for line in reversed(lines) if line.entry.text("hold") == hold)
    stops, blocks = body.get("stops"), body.get("blocks")
    return _names(stops), _names(blocks)


def _names(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _hold_json(file: CaseFile, hold: str, *, on: bool) -> Document:
    shown = file.to_json()
    return {
        "case": file.case.reference,
        "hold": hold,
        "on": on,
        **{key: shown[key] for key in ("state", "stage", "revision", "holds", "clocks")},
    }


def _tell_due(page: Page, dues: Sequence[Due], soon: Duration | None, by_role: bool, given: Given) -> None:
    if not dues:
        page.say(
            "Nothing is due." if soon is None else f"Nothing is late, and nothing falls due within {soon}."
        )
        if soon is not None:
            page.entry("next", "everything that is due later:")
            page.entry_line(again(given, "due"))
        return
    if by_role:
        tell_due_by_role(page, dues)
    else:
        tell_due(page, dues)
    page.say()
    page.entry("next", "what may happen in the first of them:")
    page.entry_line(again(given, "why", dues[0].case.reference))


def _tell_stalled(page: Page, cases: Sequence[Case], given: Given) -> None:
    tell_stalled(page, cases)
    if cases:
        page.entry("next", "whether somebody changed the data:")
        page.entry_line(again(given, "audit"))


def _tell_sweep(page: Page, swept: Sweep, given: Given) -> None:
    tell_sweep(page, swept)
    page.entry("next", "what is due from now on:")
    page.entry_line(again(given, "due"))


def _write_calendar(file: str | None, dues: Sequence[Due], stamp: datetime) -> None:
    """Write *dues* as a calendar to *file*, or print it for None; what stands still is due on no day that
    anybody knows.
    """
    from pathlib import Path

    from loopengine.reports.icalendar import DueDeadline, calendar_file

    items = [
        DueDeadline(
            case=due.case.reference,
            deadline=due.clock.deadline.name,
            arming=due.clock.clock.n,
            title=due.clock.deadline.title or due.clock.deadline.name,
            due=due.clock.due.on,
            whose=due.whose,
            provisional=due.clock.due.provisional,
            late=due.late,
        )
        for due in dues
        if not due.clock.held
    ]
    if len(items) < len(dues):
        note(f"{len(dues) - len(items)} on hold are left out of the calendar: they stand still")
    if not items:
        note("no calendar was written: nothing is due")
        return
    written = calendar_file(items, stamp=stamp)
    if file is None:
        print_as_it_is(written)
    else:
        Path(file).expanduser().write_bytes(written.encode())
        note(f"wrote {counted(len(items), 'event', 'events')} to {file}")


def _duration(text: str) -> Duration:
    from loopengine.core.durations import Duration

    try:
        return Duration.parse(text)
    except ValueError as error:
        raise BadValue(f"--within cannot be {text!r}", str(error).partition("; ")[2]) from None


def _seconds(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise BadValue(f"--every cannot be {text!r}", "it is a number of seconds, such as 60") from None
