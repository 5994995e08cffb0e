"""The verbs that write a workflow for programs of others: as a state machine, and as decision tables.

They open no database.
"""

from __future__ import annotations

import click

from loopengine.cli.context import answer, framework
from loopengine.cli.options import Given, verb
from loopengine.cli.output import Styled
from loopengine.cli.papers import destination, is_printed, out_options, put, written


@verb("machine")
@click.argument("workflow")
@out_options("WORKFLOW.scxml")
def export_machine_verb(given: Given, workflow: str, out: str | None, replace: bool) -> None:
    """Write a workflow as a state machine in SCXML, for programs that draw, check or play such.

    Whatever plays it takes every step that the file has; rules, roles, waits and holds stand beside the steps
    for readers. `--out -` writes to standard output.

    \b
    Example:
      loopengine export machine serious-case-review
    """
    from loopengine.exchange.machines import scxml

    text = scxml(framework(given).workflow(workflow))
    _give(given, text, out, f"{workflow}.scxml", replace=replace)


@verb("tables")
@click.argument("workflow")
@out_options("WORKFLOW.dmn")
def export_tables_verb(given: Given, workflow: str, out: str | None, replace: bool) -> None:
    """Write the rules of a workflow as decision tables in DMN, for programs that show or evaluate such.

    A table for each rule, which also says what follows from what is unknown; of the workflow of incidents the
    routing table as well. `--out -` writes to standard output.

    \b
    Example:
      loopengine export tables incident
    """
    from loopengine.exchange.dmn import dmn

    board = framework(given)
    text = dmn(board.workflow(workflow), board.otherwise)
    _give(given, text, out, f"{workflow}.dmn", replace=replace)


def _give(given: Given, text: str, out: str | None, default: str, *, replace: bool) -> None:
    if is_printed(given, out):
        put(text, None)
        return
    path = destination(out, default, replace=replace, suffixes=(default[default.rindex(".") :], ".xml"))
    with written(path) as file:
        file.write(text.encode())
    answer(given, {"file": str(path)}, lambda page: page.say(Styled(str(path), "bold"), " is written"))
