"""How cases come and go: open before, opened, ended, open after. The same for every sort of case."""

from __future__ import annotations

from loopengine.reports.annual.back import LookedBack
from loopengine.reports.annual.counting import Counts
from loopengine.reports.annual.figures import (
    Column,
    Table,
    without_empty,
)

FLOW = (
    Column("open_before", "Open at the start"),
    Column("opened", "Opened"),
    Column("ended", "Ended"),
    Column("open_after", "Open at the end"),
)
SET_ASIDE = Column("set_aside", "Of these, set aside")
OVERDUE = Column("overdue", "Overdue at the end")


def count_flow(counts: Counts, case: LookedBack, row: str, title: str) -> None:
    """Count *case* in the *row* that has this *title*, in the columns of FLOW and the two beside it."""
    ended = case.ended_in is not None
    aside = ended and case.at_end is not None and case.at_end.excused
    for column, counted in (
        ("open_before", case.was_open),
        ("opened", case.was_opened),
        ("ended", ended),
        ("set_aside", aside),
        ("open_after", case.is_open),
        ("overdue", case.is_overdue),
    ):
        if counted:
            counts.add(row, title, column)


def flow_table(
    counts: Counts, key: str, caption: str, head: str, columns: tuple[Column, ...] = FLOW, **more: str
) -> Table:
    """What *counts* hold of cases that come and go, as a table with totals."""
    keys = [each.key for each in columns]
    return without_empty(
        Table(key, caption, head, columns, counts.rows(keys), counts.total(keys), note=more.get("note"))
    )
