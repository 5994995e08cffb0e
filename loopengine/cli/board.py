"""The verb that writes the board page: all open cases by stage, the most pressing first.

Knows where the page goes. Does not know what stands on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from loopengine.cli.context import engine
from loopengine.cli.options import Given, verb
from loopengine.cli.output import print_json
from loopengine.cli.papers import destination, is_printed, out_options, put
from loopengine.errors import BadValue, UnknownName

if TYPE_CHECKING:
    from loopengine import Framework

_FILE = "board.html"


@verb("board", "as_of")
@click.option("--for", "role_of", metavar="ROLE", help="Only where the move is this role's or agency's.")
@click.option("--limit", metavar="N", default="200", help="Show at most so many cases in a stage. [200]")
@out_options(f"{_FILE}; - is standard output")
def board_verb(given: Given, role_of: str | None, limit: str, out: str | None, replace: bool) -> None:
    """Write the board page: all open cases by stage, whose move it is, and the days left.

    One file, to be opened in any browser, sent on, or printed: it runs nothing, and loads nothing. With
    --json nothing is written, and what would stand on the page is printed.

    \b
    Example:
      loopengine board --for management_group --out ours.html
    """
    from loopengine.clock import instant_text
    from loopengine.reports.board_page import board_page
    from loopengine.reports.gathering import board_of
    from loopengine.reports.pages import Imprint

    most = _limit(limit)
    path = None
    if not is_printed(given, out) and not given.json:
        path = destination(out, _FILE, replace=replace, suffixes=(".html", ".htm"))
    with engine(given) as at_work:
        whose = None if role_of is None else _title(role_of, at_work.framework)
        now = at_work.clock.now()
        survey = at_work.survey(open_only=True, as_of=given.as_of)
        board = board_of(survey, limit=most, only=role_of, whose=whose)
        imprint = Imprint(at_work.framework.title, now, given.shown_as_of(now), at_work.rehearsal)
    if given.json:
        print_json({"as_of": instant_text(imprint.as_of), "rehearsal": imprint.rehearsal} | board.to_json())
    else:
        put(board_page(board, imprint), path)


def _title(name: str, framework: Framework) -> str:
    """The title of the role or agency called *name*; raises UnknownName."""
    known = {**framework.agencies, **framework.roles}
    if not known:  # the files cannot be read as they are: nobody knows
        return name
    if name not in known:
        raise UnknownName("role or agency", name, known)
    return known[name].title


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 7 and int(text)):
        raise BadValue(f"--limit cannot be {text!r}", "it is a number of cases, such as 200")
    return int(text)
