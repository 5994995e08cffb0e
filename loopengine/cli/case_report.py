"""The report on one case: where it stands, its clocks, and all that happened, for those who may see it.

Knows where the page goes. Does not know what stands on it.
"""

from __future__ import annotations

import click

from loopengine.cli.context import engine
from loopengine.cli.options import Given, verb
from loopengine.cli.output import print_json
from loopengine.cli.papers import STANDARD_OUTPUT, destination, out_options, put


@verb("case", "as_of")
@click.argument("case")
@out_options("CASE.html; - is standard output")
def case_report(given: Given, case: str, out: str | None, replace: bool) -> None:
    """Write one case as a readable timeline: clocks drawn, stages and days, decisions and reasons.

    It has everything on file, names and reasons included: it is for those who may see the case. One file, to
    be opened in any browser or printed. With --json nothing is written, and what it tells is printed.

    \b
    Example:
      loopengine report case SCR-2017-001 --out review.html
    """
    from loopengine.reports.case_page import case_page, report_of
    from loopengine.reports.pages import Imprint

    with engine(given) as at_work:
        now = at_work.clock.now()
        dossier = at_work.dossier(case, as_of=given.as_of)
        report = report_of(dossier)
        if given.json:
            print_json(report.to_json())
            return
        path = None
        if out != STANDARD_OUTPUT:
            default = f"{dossier.file.case.reference}.html"
            path = destination(out, default, replace=replace, suffixes=(".html", ".htm"))
        title = dossier.found.framework.title
        imprint = Imprint(title, now, given.as_of or now, at_work.rehearsal)
        html = case_page(report, imprint)
    put(html, path)
