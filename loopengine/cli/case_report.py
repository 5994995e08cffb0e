"""The report on one case: where it stands, its clocks, and all that happened, for those who may see it.

Knows where the page goes. Does not know what stands on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from loopengine.cli.context import engine
from loopengine.cli.options import Given, verb
from loopengine.cli.output import print_json
from loopengine.cli.papers import destination, is_printed, out_options, put

if TYPE_CHECKING:
    from pathlib import Path


@verb("case", "as_of")
@click.argument("case")
@out_options("CASE.html; - is standard output")
def report_case_verb(given: Given, case: str, out: str | None, replace: bool) -> None:
    """Write one case as a readable timeline.

    Where it stands, its clocks drawn, days in each stage, decisions with rules and reasons. It has everything
    on file, names included: it is for those who may see the case. One file, for any browser, or paper. With
    --json nothing is written, and what it tells is printed.

    \b
    Example:
      loopengine report case SCR-2017-001 --out review.html
    """
    from loopengine.reports.case_page import case_page, report_of
    from loopengine.reports.pages import Imprint

    to_file = not is_printed(given, out) and not given.json
    path = _path(out, case, replace) if to_file and out is not None else None
    with engine(given) as at_work:
        now = at_work.clock.now()
        dossier = at_work.dossier(case, as_of=given.as_of)
        rehearsal = at_work.rehearsal
    report = report_of(dossier)
    if given.json:
        print_json(report.to_json())
        return
    if to_file and path is None:
        path = _path(None, dossier.file.case.reference, replace)
    imprint = Imprint(dossier.found.framework.title, now, given.shown_as_of(now), rehearsal)
    put(case_page(report, imprint), path)


def _path(out: str | None, case: str, replace: bool) -> Path:
    return destination(out, f"{case}.html", replace=replace, suffixes=(".html", ".htm"))
