"""The verb that writes the registers as a workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from loopengine.cli.context import answer, engine
from loopengine.cli.options import Given, verb
from loopengine.cli.output import Page, Styled
from loopengine.cli.papers import destination, out_options, written
from loopengine.cli.wording import counted

if TYPE_CHECKING:
    from pathlib import Path

    from loopengine.exchange.registers import Written

DEFAULT = "registers.xlsx"


@verb("registers", "as_of")
@out_options(DEFAULT)
@click.option("--open", "open_only", is_flag=True, help="Only cases that have not ended.")
@click.option("--workflow", "only", metavar="WORKFLOW", multiple=True, help="Only this; again, for several.")
def export_registers_verb(
    given: Given, out: str | None, open_only: bool, only: tuple[str, ...], replace: bool
) -> None:
    """Write the registers as a workbook, a sheet for each workflow.

    A row for each case: where it stands, whose move it is, what is due next, and all that is known of it, in
    columns that can be filtered and sorted. It is for insiders: what people wrote is in it.

    \b
    Example:
      loopengine export registers --open --out ours.xlsx
    """
    from loopengine.exchange.registers import write_registers
    from loopengine.exchange.workbooks import see_that_it_can_be_written

    path = destination(out, DEFAULT, replace=replace, suffixes=(".xlsx",))
    see_that_it_can_be_written()
    with engine(given) as at_work, written(path) as file:
        done = write_registers(file, at_work, open_only=open_only, workflows=only, as_of=given.as_of)
    document = {"file": str(path), "cases": done.cases, "cut": done.cut}
    answer(given, document, lambda page: _tell(page, path, done))


def _tell(page: Page, path: Path, done: Written) -> None:
    number = counted(sum(done.cases.values()), "case", "cases")
    page.say(Styled(str(path), "bold"), f" is written: {number}")
    if done.cases:
        page.table(("WORKFLOW", "CASES"), [(name, str(cases)) for name, cases in done.cases.items()])
    if done.cut:
        page.say(f"{counted(done.cut, 'text is', 'texts are')} longer than a cell can hold, and cut.")
