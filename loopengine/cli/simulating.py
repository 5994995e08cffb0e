"""The verb `simulate`: years of a made-up caseload, and what they leave to be looked at."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import click

from loopengine.cli.clocks import progress_bar
from loopengine.cli.context import answer
from loopengine.cli.options import Given, day_of, verb
from loopengine.cli.output import Page, Styled
from loopengine.cli.wording import counted
from loopengine.errors import BadValue, BrokenHistory, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from loopengine import Framework
    from loopengine.engine.results import Audit, Document
    from loopengine.rehearsal import Rehearsal

_DATABASE = "rehearsal.db"
_ONE_DAY = timedelta(days=1)
_SHOWN = 200  # cases of a stage that the board page shows: the most pressing ones


@verb("simulate")
@click.option("--framework", "framework", metavar="NAME", default="south-tyneside", help="Which framework.")
@click.option("--years", metavar="N", default="3", help="How many years. [3]")
@click.option("--scale", metavar="N", default="1", help="How many boards; 150 are about the nation. [1]")
@click.option("--start", metavar="DATE", default="2016-04-01", help="The first day. [2016-04-01]")
@click.option("--rng", metavar="N", default="7", help="The same number gives the same history. [7]")
@click.option(
    "--caseload", metavar="FILE", help="What comes in, and how people are, instead of our own file."
)
@click.option("--out", metavar="DIR", help="The folder in which all is left. [this one]")
def simulate_verb(
    given: Given,
    framework: str,
    years: str,
    scale: str,
    start: str,
    rng: str,
    caseload: str | None,
    out: str | None,
) -> int:
    """Rehearse years of a made-up caseload on a clock of its own.

    Every step goes through the engine, into a fresh database that is kept, and its history is verified at
    the end. The exit status is 1 if a sweep could not bring a case up to its day, and 5 if the history does
    not verify.

    \b
    Example:
      loopengine simulate --years 1 --scale 2 --out rehearsal
    """
    from time import perf_counter

    from loopengine.rehearsal import load_caseload, rehearse

    board = _framework(given, framework)
    length, first = _number("--years", years), day_of("--start", start)
    drawn_from = None if caseload is None else load_caseload(caseload)
    folder = _folder(out)
    path = _database(given, folder)
    began = perf_counter()
    with progress_bar("rehearsing", _days(first, length)) as progress:
        rehearsal = rehearse(
            path,
            framework=board,
            start=first,
            years=length,
            scale=_scale(scale),
            rng=_number("--rng", rng),
            caseload=drawn_from,
            progress=progress,
        )
    seconds = perf_counter() - began
    try:
        audit = rehearsal.engine.audit()
        papers = write_papers(rehearsal, folder)
    finally:
        rehearsal.engine.close()
    left = _left(rehearsal, path, seconds, audit, papers)
    answer(given, left, lambda page: _tell(page, rehearsal, left))
    if not audit.ok:
        raise BrokenHistory(f"{path}: {audit.problems[0].message}")
    return 1 if rehearsal.failures else 0


def write_papers(rehearsal: Rehearsal, folder: Path) -> Sequence[Path]:
    """Write what a board would look at in the end into *folder*: its page, and its last annual report."""
    from loopengine.clock import london_date
    from loopengine.reports.annual.compiling import compile_annual
    from loopengine.reports.annual.figures import Period
    from loopengine.reports.annual.showing import annual_page
    from loopengine.reports.board_page import board_page
    from loopengine.reports.gathering import board_of
    from loopengine.reports.pages import Imprint

    engine = rehearsal.engine
    now = engine.clock.now()
    imprint = Imprint(engine.framework.title, now, now, engine.rehearsal)
    board = board_of(engine.survey(open_only=True), limit=_SHOWN)
    year = Period(_a_year_before(rehearsal.end), rehearsal.end - _ONE_DAY, london_date(now))
    annual = compile_annual(engine.survey(histories=True), engine.framework, year)
    return (
        _left_at(folder / "board.html", board_page(board, imprint)),
        _left_at(folder / "annual-report.html", annual_page(annual, imprint)),
    )


def _left_at(path: Path, page: str) -> Path:
    from loopengine.cli.papers import written

    with written(path) as file:
        file.write(page.encode())
    return path


def _a_year_before(day: date) -> date:
    from loopengine.core.durations import Duration, shift

    return shift(day, Duration(years=1), back=True)


def _left(rehearsal: Rehearsal, path: Path, seconds: float, audit: Audit, papers: Sequence[Path]) -> Document:
    return {
        "database": str(path),
        "now": f"{rehearsal.engine.clock.now():%Y-%m-%dT%H:%MZ}",
        "cases": rehearsal.cases,
        "entries": rehearsal.entries,
        "refused": rehearsal.refused,
        "corrected": rehearsal.corrected,
        "workflows": {
            name: {"opened": count, "ended": rehearsal.ended[name]}
            for name, count in sorted(rehearsal.by_workflow.items())
        },
        "seconds": round(seconds),
        "bytes": path.stat().st_size,
        "failures": [each.to_json() for each in rehearsal.failures],
        "verified": audit.ok,
        "papers": [str(each) for each in papers],
    }


def _tell(page: Page, rehearsal: Rehearsal, left: Document) -> None:
    page.say(
        f"Rehearsed from {rehearsal.start} to {rehearsal.end}. Everybody and everything in it is invented."
    )
    page.say()
    ended = rehearsal.ended
    rows = [(name, str(count), str(ended[name])) for name, count in sorted(rehearsal.by_workflow.items())]
    page.table(("WORKFLOW", "OPENED", "ENDED"), rows)
    page.say()
    entries = counted(rehearsal.entries, "entry", "entries")
    page.entry("cases", f"{counted(rehearsal.cases, 'case', 'cases')}, {entries} of history")
    page.entry("mistakes", f"{rehearsal.refused} refused, {rehearsal.corrected} corrected")
    page.entry("took", f"{left['seconds']} seconds")
    page.entry("file", f"{left['database']}, {_size(left['bytes'])}")
    page.entry("audit", "every history verified" if left["verified"] else Styled("DOES NOT VERIFY", "red"))
    for failure in rehearsal.failures:
        page.say(Styled("FAILED ", "red"), f"{failure.case}: {failure.message}")
    papers = left["papers"]
    for paper in papers if isinstance(papers, list) else ():
        page.entry("paper", str(paper))
    page.entry("go on", "look around in it:")
    page.entry_line(f"loopengine due --db {left['database']} --now {left['now']}")


def _size(size: object) -> str:
    assert isinstance(size, int)
    return f"{size / 1_000_000:.1f} MB"


def _framework(given: Given, name: str) -> Framework:
    from loopengine import load_framework
    from loopengine.errors import UnknownName
    from loopengine.workflow_files import shipped_workflows

    if given.workflows is not None:
        from loopengine.cli.context import framework_folder

        return load_framework(framework_folder(given))
    shipped = {each.name: each for each in shipped_workflows().iterdir() if each.is_dir()}
    if name not in shipped:
        raise UnknownName("framework", name, shipped)
    return load_framework(shipped[name])


def _folder(out: str | None) -> Path:
    from pathlib import Path

    folder = Path(out or ".").expanduser()
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{str(folder)!r} is no folder", "name one with --out")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _database(given: Given, folder: Path) -> Path:
    """The file to rehearse in: as named by --db, or in the *folder*; raises UsageError if it is there."""
    from pathlib import Path

    named = None if given.db is None else given.db.removeprefix("sqlite:///")
    if named is not None and "://" in named:
        raise UsageError("a rehearsal is kept in a file of its own", "name one with --db, or none")
    path = folder / _DATABASE if named is None else Path(named).expanduser()
    if path.exists():
        raise UsageError(f"{str(path)!r} is there already", "a rehearsal needs a new file: name it with --db")
    return path


def _days(start: date, years: int) -> int | None:
    from loopengine.rehearsal.rehearsing import working_days

    return working_days(start, years) if 0 < years < 100 else None


def _number(flag: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise BadValue(f"{flag} cannot be {text!r}", "it is a whole number, such as 7")
    return int(text)


def _scale(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise BadValue(f"--scale cannot be {text!r}", "it is a number of boards, such as 1 or 0.5") from None
