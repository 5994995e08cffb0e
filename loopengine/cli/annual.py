"""The verb that writes the annual report, as a page or as a Word document.

Knows where the report goes. Does not know what stands in it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from loopengine.cli.context import engine
from loopengine.cli.options import Given, day_of, verb
from loopengine.cli.output import print_json, shown
from loopengine.cli.papers import destination, is_printed, out_options, put, written
from loopengine.errors import UsageError

if TYPE_CHECKING:
    from loopengine.reports.annual.figures import Annual
    from loopengine.reports.pages import Imprint

_WORD = ".docx"
_SUFFIXES = (".html", ".htm", _WORD)


@verb("annual")
@click.option("--from", "first", metavar="DATE", required=True, help="The first day of the period.")
@click.option("--to", "last", metavar="DATE", required=True, help="The last day of the period.")
@click.option("--public", is_flag=True, help="Leave out references of cases, and what people wrote in words.")
@click.option("--style", metavar="FILE", help="For Word: a .docx whose styles and margins it takes.")
@out_options("annual-report-FROM-to-TO.html; FILE.docx for Word; - is standard output")
def report_annual_verb(
    given: Given, first: str, last: str, public: bool, style: str | None, out: str | None, replace: bool
) -> None:
    """Write the board's annual report of a period.

    Reviews, decisions, what was late, learning, actions, dissemination, evaluation: as of the end of the
    period, as far as it is known today. A page for the browser, or with --out FILE.docx a Word document.
    With --json nothing is written, and the figures are printed.

    \b
    Example:
      loopengine report annual --from 2016-04-01 --to 2017-03-31 --out annual-report.docx
    """
    from loopengine.clock import london_date
    from loopengine.reports.annual.compiling import check_period, compile_annual
    from loopengine.reports.annual.figures import Period
    from loopengine.reports.pages import Imprint

    begins, ends = day_of("--from", first), day_of("--to", last)
    path = None
    if not is_printed(given, out) and not given.json:
        name = f"annual-report-{begins}-to-{ends}.html"
        path = destination(out, name, replace=replace, suffixes=_SUFFIXES)
    in_word = path is not None and path.suffix.lower() == _WORD
    if in_word:
        _need_the_extra()
    like = _style(style, in_word)
    with engine(given) as at_work:
        now = at_work.clock.now()
        period = Period(begins, ends, london_date(now))
        check_period(period)
        survey = at_work.survey(histories=True)
        report = compile_annual(survey, at_work.framework, period, public=public)
        imprint = Imprint(report.board, now, now, at_work.rehearsal)
    if given.json:
        print_json(report.to_json() | {"rehearsal": imprint.rehearsal})
    elif path is not None and in_word:
        _put_in_word(report, imprint, path, like)
    else:
        put(_page(report, imprint), path)


def _page(report: Annual, imprint: Imprint) -> str:
    from loopengine.reports.annual.showing import annual_page

    return annual_page(report, imprint)


def _put_in_word(report: Annual, imprint: Imprint, path: Path, style: Path | None) -> None:
    from loopengine.reports.pictures import picture
    from loopengine.reports.word import word_document

    pictures = {
        chart.key: picture(chart) for section in report.sections for chart in section.charts
    }  # fmt: skip
    document = word_document(_page(report, imprint), pictures, made_at=imprint.made_at, style=style)
    with written(path) as file:
        file.write(document)
    print(shown(str(path)))


def _need_the_extra() -> None:
    """Raise UsageError if what makes Word documents and pictures is not installed."""
    try:
        import loopengine.reports.pictures
        import loopengine.reports.word  # noqa: F401  # only whether it can be
    except ImportError:
        raise UsageError(
            "a Word document needs python-docx and matplotlib, which are not installed",
            "pip install 'loopengine[office]', or name a file that ends in .html",
        ) from None


def _style(named: str | None, in_word: bool) -> Path | None:
    if named is None:
        return None
    if not in_word:
        raise UsageError("--style is for a Word document", "name one with --out FILE.docx, or leave it out")
    path = Path(named).expanduser()
    if not path.is_file():
        raise UsageError(f"there is no file {named!r}", "name a .docx whose styles are to be taken")
    return path
