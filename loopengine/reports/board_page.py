"""The board page: what it says above its tables, and the page as a whole.

Knows the values of the board. Does not know where they come from.
"""

from __future__ import annotations

from loopengine.reports.board import SOON, Board, Family
from loopengine.reports.loop_picture import loop_picture
from loopengine.reports.pages import Imprint, counted, page


def board_page(board: Board, imprint: Imprint) -> str:
    """The page of *board*."""
    return page(
        "board.html",
        imprint,
        board=board,
        heading="Open cases" if board.whose is None else f"Open cases: {board.whose}",
        summary=_summary(board),
        picture=loop_picture([each for each in board.sections if each.stage is not None]),
        beneath=_beneath,
        soon=SOON,
    )


def _summary(board: Board) -> str:
    counts = board.counts
    if not counts.cases:
        return "No case is open." if board.whose is None else "No move is theirs."
    under = counted(counts.beneath, "other beneath them", "others beneath them")
    said = counted(counts.cases, "case is open", "cases are open")
    said += f", and {under}" if counts.beneath else ""
    if counts.late:
        return f"{said}. {counted(counts.late, 'is', 'are')} late."
    return f"{said}. Nothing is late."


def _beneath(family: Family) -> str:
    """What a family's line says of the cases beneath: how many of what, how many late, and the next day."""
    kinds = ", ".join(title if number == 1 else f"{title} × {number:,}" for title, number in family.kinds)
    return f"{counted(family.counts.beneath, 'open case', 'open cases')} beneath it: {kinds}"
