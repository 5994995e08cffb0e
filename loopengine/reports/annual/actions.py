"""Actions, and recommendations, by agency and by kind: open, ended, overdue."""

from __future__ import annotations

from collections.abc import Iterator

from loopengine.core.values import Fact
from loopengine.reports.annual.back import LookedBack
from loopengine.reports.annual.counting import Counts
from loopengine.reports.annual.figures import (
    Chart,
    Section,
    Table,
    bars,
)
from loopengine.reports.annual.flows import FLOW, OVERDUE, SET_ASIDE, count_flow, flow_table
from loopengine.reports.annual.kinds import ACTIONS, RECOMMENDATIONS, value_title, what_it_is
from loopengine.reports.pages import counted

COLUMNS = (*FLOW[:3], SET_ASIDE, FLOW[3], OVERDUE)


class Actions:
    """Counts actions and recommendations."""

    def __init__(self) -> None:
        self._actions, self._kinds, self._recommendations = Counts(), Counts(), Counts()
        self._kind_fact: Fact | None = None

    def add(self, case: LookedBack) -> None:
        """Count *case*, if it is an action or a recommendation."""
        what = what_it_is(case.framework, case.workflow.name)
        if what == RECOMMENDATIONS:
            count_flow(self._recommendations, case, *case.agency)
        if what != ACTIONS:
            return
        count_flow(self._actions, case, *case.agency)
        fact = next((each for each in case.workflow.facts.values() if each.type == "one_of"), None)
        if fact is not None:
            value = case.answer(fact.name)
            title = "Not said yet" if value is None else value_title(case.framework, fact.values, value)
            count_flow(self._kinds, case, value or "none", title[:1].upper() + title[1:])

    def sections(self) -> Iterator[Section]:
        """Who had what to do, and what is overdue."""
        actions = flow_table(self._actions, "by_agency", "Actions by agency", "Agency", COLUMNS)
        tables = (
            actions,
            flow_table(self._kinds, "by_kind", "Actions by what they change", "Kind", COLUMNS),
            flow_table(
                self._recommendations, "recommendations", "Recommendations by agency", "Agency", COLUMNS
            ),
        )
        yield Section(
            "actions",
            "Actions by agency",
            self._says(),
            tuple(table for table in tables if table.rows),
            tuple(_charts(actions)),
            (
                "Set aside are those that were declined, or gave way to another. Overdue is what was open "
                "with a deadline that was late, and not held.",
            ),
        )

    def _says(self) -> str:
        open_after, overdue = self._actions.sum("open_after"), self._actions.sum("overdue")
        opened, ended = self._actions.sum("opened"), self._actions.sum("ended")
        if not (open_after or opened or ended):
            return "There were no actions."
        begun = counted(opened, "action was", "actions were")
        are = "is" if open_after == 1 else "are"
        late = f", {overdue:,} of them overdue" if overdue else ", none of them overdue" if open_after else ""
        return f"{begun} opened and {ended:,} ended; {open_after:,} {are} open at the end{late}."


def _charts(table: Table) -> Iterator[Chart]:
    for key, title in (("open_after", "open at the end"), ("overdue", "overdue at the end")):
        found = tuple(bar for bar in bars(table, key) if bar.value)
        if found:
            yield Chart(f"actions_{key}", f"Actions {title}, by agency", "actions", found)
