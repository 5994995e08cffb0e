"""Child deaths by category, and whether anything could have been modified; small numbers are hidden."""

from __future__ import annotations

from collections.abc import Iterator

from loopengine.reports.annual.back import LookedBack
from loopengine.reports.annual.counting import Counts
from loopengine.reports.annual.figures import (
    TOTAL,
    Column,
    Period,
    Row,
    Section,
    Table,
    words_of,
)
from loopengine.reports.annual.kinds import value_title
from loopengine.reports.annual.small_numbers import RULE, hidden
from loopengine.reports.pages import counted

# What a panel records of a death (docs/annual-report.md).
CATEGORY, MODIFIABLE = "category", "modifiable_factors"
_NOT_RECORDED = "not_recorded"


class ChildDeaths:
    """Counts the deaths of which the panel recorded a category in the period."""

    def __init__(self, period: Period) -> None:
        self._period = period
        self._deaths = Counts()
        self._columns: dict[str, str] = {}

    def add(self, case: LookedBack) -> None:
        """Count *case*, if it is the review of a death and has its category since a day of the period."""
        facts = case.workflow.facts
        if CATEGORY not in facts or MODIFIABLE not in facts:
            return
        modifiable = facts[MODIFIABLE].values
        self._columns |= {value: words_of(value).capitalize() for value in modifiable}
        category = case.answers.get(CATEGORY)
        if category is None or not self._period.covers(category.so_on):
            return
        title = value_title(case.framework, facts[CATEGORY].values, str(category.value))
        self._deaths.add(str(category.value), title, case.answer(MODIFIABLE) or _NOT_RECORDED)

    def sections(self) -> Iterator[Section]:
        """Deaths by category and modifiable factors."""
        columns = {**self._columns, _NOT_RECORDED: "Not recorded"}
        rows = tuple(
            Row(row.key, row.title, (*row.cells, sum(int(str(cell)) for cell in row.cells)))
            for row in self._deaths.rows(columns)
        )
        total = self._deaths.total(columns)
        in_all = sum(int(str(cell)) for cell in total.cells)
        table = hidden(
            Table(
                "deaths",
                "Deaths of which the panel recorded a category in the period, by whether it identified "
                "modifiable factors",
                "Category of the death",
                (*(Column(key, title) for key, title in columns.items()), Column(TOTAL, "All")),
                rows,
                Row(TOTAL, "All together", (*total.cells, in_all)),
                about_children=True,
            )
        )
        assert table.total is not None
        shown = table.total.cells[-1]
        if not in_all:
            says = "The panel recorded a category for no death."
        elif isinstance(shown, int):
            says = f"The panel recorded the category of {counted(shown, 'death', 'deaths')}."
        else:
            says = "The panel recorded the category of a few deaths, whose number is not shown."
        yield Section("child_deaths", "Child deaths", says, (table,) if rows else (), notes=(RULE,))
