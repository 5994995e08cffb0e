"""The verb that tries a proposed version of a workflow on the histories in the database.

Does not know how a decision is taken again: that is the core's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from loopengine.cli.clocks import progress_bar
from loopengine.cli.comparing import version
from loopengine.cli.context import answer, engine
from loopengine.cli.options import Given, verb
from loopengine.cli.output import Page, Styled
from loopengine.cli.wording import counted
from loopengine.errors import BadValue

if TYPE_CHECKING:
    from datetime import date

    from loopengine.core.comparing.again import Flip, Redecided
    from loopengine.engine.backtesting import Backtest

_SHOWN = "20"
_WOULD: dict[Flip, str] = {
    "refused": "would be refused",
    "moved": "would be allowed",
    "undetermined": "would wait for an answer",
    "elsewhere": "would lead elsewhere",
    "gone": "would find no such step",
    "by_hand": "would be a person's to take",
    "overridden": "would rest on an override",
}


@verb("backtest", "as_of")
@click.argument("file", metavar="WORKFLOW-FILE", type=click.UNPROCESSED)
@click.option("--limit", metavar="N", default=_SHOWN, help=f"Show so many lines of each table. [{_SHOWN}]")
def backtest_verb(given: Given, file: str, limit: str) -> None:
    """Try a proposed version of a workflow file on the histories in the database, and change nothing.

    Every decision of its cases is taken again as the proposed version would, with what was known then: which
    would be refused, allowed, or wait for an answer, and which have no such step any more. Every deadline is
    reckoned again: which would fall due on another day.

    Each decision is taken by itself: what would have followed from another one is not told.

    \b
    Example:
      loopengine backtest proposed.yaml
    """
    from pathlib import Path

    if not (limit.isascii() and limit.isdigit() and len(limit) < 10):
        raise BadValue(f"--limit cannot be {limit!r}", "it is a whole number")
    proposed, board = version(given, Path(file))
    with engine(given, board) as at_work, progress_bar("trying") as progress:
        found = at_work.backtest(proposed, progress=progress, as_of=given.as_of)
    answer(given, found.to_json(), lambda page: _tell(page, found, int(limit)))


def _tell(page: Page, found: Backtest, limit: int) -> None:
    decided = counted(found.decisions, "decision", "decisions")
    due = counted(found.clocks, "deadline", "deadlines")
    page.say(f"{found.workflow}, version {found.version} as proposed: {_cases(found)}, {decided}, {due}")
    for line in _summary(found):
        page.say(line, indent=2)
    if found.flips:
        page.heading("Decisions that would come out otherwise")
        page.table(("CASE", "ON", "EVENT", "WAS", "WOULD", "WHY"), map(_flip_row, found.flips[:limit]))
        _more(page, len(found.flips) - limit)
    if found.moved:
        page.heading("Deadlines that would fall due otherwise")
        rows = (
            (
                each.case,
                each.deadline,
                str(each.started_on),
                _due(each.was, each.late),
                _due(each.would, each.would_be_late),
            )
            for each in found.moved[:limit]
        )
        page.table(("CASE", "DEADLINE", "SINCE", "WAS DUE", "WOULD BE"), rows)
        _more(page, len(found.moved) - limit)
    if found.untold:
        page.heading("Decisions of which it cannot be told")
        page.table(
            ("CASE", "ENTRY", "EVENT", "WHY NOT"),
            ((each.case, str(each.n), each.event, each.why) for each in found.untold[:limit]),
        )
        _more(page, len(found.untold) - limit)


def _cases(found: Backtest) -> str:
    under = (f"{number} of version {version}" for version, number in sorted(found.versions.items()))
    said = counted(found.cases, "case", "cases")
    return f"{said} ({', '.join(under)})" if found.versions else said


def _summary(found: Backtest) -> Iterable[Styled]:
    would = Counter(each.would for each in found.flips)
    for flip, number in would.items():
        yield Styled(f"{counted(number, 'decision', 'decisions')} {_WOULD[flip]}", "yellow")
    if found.moved:
        late = sum(each.would_be_late and not each.late for each in found.moved)
        met = sum(each.late and not each.would_be_late for each in found.moved)
        said = f"{counted(len(found.moved), 'deadline', 'deadlines')} would fall due otherwise"
        more = f"; {late} more of them late, {met} not late any more" if late or met else ""
        yield Styled(said + more, "yellow")
    if found.untold:
        yield Styled(f"of {counted(len(found.untold), 'decision', 'decisions')} it cannot be told", "yellow")
    if not (found.changes or found.untold):
        yield Styled("nothing would have come out otherwise", "green")


def _flip_row(flip: Redecided) -> tuple[str, ...]:
    where = f" ({flip.to})" if flip.would == "elsewhere" else ""
    said = _WOULD[flip.would].removeprefix("would ") + where
    return flip.case, str(flip.on), f"{flip.state}.{flip.event}", flip.was, said, "; ".join(flip.why)


def _due(day: date | None, late: bool) -> str:
    return "never" if day is None else f"{day}{' (late)' if late else ''}"


def _more(page: Page, number: int) -> None:
    if number > 0:
        page.say(f"and {number} more: --limit shows more of them, and --json all")
