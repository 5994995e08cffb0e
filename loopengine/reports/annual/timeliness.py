"""What was late and what was held, and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from loopengine.reports.annual.back import Arming, LookedBack
from loopengine.reports.annual.counting import Capped, Counts, Days
from loopengine.reports.annual.figures import (
    Bar,
    Chart,
    Column,
    Period,
    Row,
    Said,
    Section,
    Table,
)
from loopengine.reports.pages import counted

_OUTCOMES = (
    Column("fell_due", "Fell due"),
    Column("in_time", "Met in time"),
    Column("late", "Met late"),
    Column("not_met", "Not met by the end"),
    Column("held", "Held at the end"),
)
_LATENESS = (*_OUTCOMES, Column("median", "Median days late"), Column("longest", "Most days late"))
_HOLDS = (
    Column("cases", "Cases"),
    Column("days", "Days in the period"),
    Column("still_on", "Still on at the end"),
)


class Timeliness:
    """Counts the deadlines that fell due in the period by what became of them, and the holds that were on."""

    def __init__(self, period: Period) -> None:
        self._period = period
        self._by_workflow, self._by_deadline, self._holds = Counts(), Counts(), Counts()
        self._days_late: dict[str, Days] = {}
        self._reasons, self._held = Capped(), 0

    def add(self, case: LookedBack) -> None:
        """Count the deadlines and the holds of *case*."""
        name, title = case.workflow.name, case.workflow.title
        for arming in case.armings:
            if self._period.covers(arming.due) and arming.started_on <= self._period.end:
                outcome = self._outcome(case, arming)
                row = f"{name}/{arming.deadline.name}"
                what = f"{title}: {arming.deadline.title or arming.deadline.name}"
                for counts, key, said in (
                    (self._by_workflow, name, title),
                    (self._by_deadline, row, what),
                ):
                    counts.add(key, said, "fell_due")
                    counts.add(key, said, outcome)
                if outcome in ("late", "not_met"):
                    until = arming.stopped_on if outcome == "late" else None
                    days = ((until or self._period.end) - arming.due).days
                    self._days_late.setdefault(row, Days()).add(days)
        self._add_holds(case)

    def _outcome(self, case: LookedBack, arming: Arming) -> str:
        stopped = arming.stopped_on
        if stopped is not None and stopped <= self._period.end:
            return "in_time" if stopped <= arming.due else "late"
        return "held" if case.is_held(arming) else "not_met"

    def _add_holds(self, case: LookedBack) -> None:
        end = self._period.end
        held: dict[str, int] = {}
        for each in case.holdings:
            since = max(each.since, self._period.first)
            until = end + timedelta(days=1) if each.until is None or each.until > end else each.until
            if until > since or (self._period.covers(each.since) and until == since):
                held[each.name] = held.get(each.name, 0) + (until - since).days
                hold = case.workflow.holds[each.name].title
                row = Row(
                    f"{case.reference}/{each.name}/{each.since}",
                    hold,
                    (each.since, case.reference, hold, Said(each.reason)),
                )
                self._reasons.add(each.since, row)
        on = {each.name for each in case.holdings if each.covers(end)}
        self._held += bool(held)
        for name, days in held.items():
            row_key = f"{case.workflow.name}/{name}"
            title = f"{case.workflow.title}: {case.workflow.holds[name].title}"
            self._holds.add(row_key, title, "cases")
            self._holds.add(row_key, title, "days", days)
            self._holds.add(row_key, title, "still_on", int(name in on))

    def sections(self) -> Iterator[Section]:
        """What was late, and what was held."""
        keys = [column.key for column in _OUTCOMES]
        by_workflow = Table(
            "by_workflow",
            "Deadlines that fell due in the period, by sort of case",
            "Sort of case",
            _OUTCOMES,
            self._by_workflow.rows(keys),
            self._by_workflow.total(keys),
        )
        troubled = tuple(self._troubled(keys))
        by_deadline = Table(
            "by_deadline",
            "Deadlines of which any was late or held",
            "Sort of case, and deadline",
            _LATENESS,
            troubled,
            note="Deadlines that were always met in time are in the table before, and not in this one.",
        )
        holds = Table(
            "holds",
            "Holds that were on in the period",
            "Sort of case, and hold",
            _HOLDS,
            self._holds.rows([column.key for column in _HOLDS]),
            inside=True,  # that a court or a coroner has one child's case says more than a number
        )
        reasons = Table(
            "hold_reasons",
            "Why cases were held",
            "",
            (
                Column("since", "Since", numeric=False),
                Column("case", "Case", numeric=False),
                Column("hold", "Hold", numeric=False),
                Column("reason", "Reason", numeric=False),
            ),
            self._reasons.in_order(),
            inside=True,
            left_out=self._reasons.left_out,
        )
        chart = Chart(
            "deadlines",
            "Deadlines that fell due, by what became of them",
            "deadlines",
            tuple(Bar(column.title, self._by_workflow.sum(column.key)) for column in _OUTCOMES[1:]),
        )
        yield Section(
            "late_and_held",
            "Late and held, and why",
            self._says(),
            tuple(table for table in (by_workflow, by_deadline, holds, reasons) if table.rows),
            (chart,) if by_workflow.rows else (),
            (
                "A deadline that was begun anew before it was met counts once, as it was begun last. One "
                "that falls due on the last day and is not met by then is counted as not met. A hold keeps "
                "still the deadlines that its file names; one that was late before it is counted as not met. "
                "All others run on, so that a case can be on hold and late.",
            ),
        )

    def _troubled(self, keys: list[str]) -> Iterator[Row]:
        for row in self._by_deadline.rows(keys):
            if any(self._by_deadline.of(row.key, key) for key in ("late", "not_met", "held")):
                days = self._days_late.get(row.key, Days())
                yield Row(row.key, row.title, (*row.cells, days.median, days.longest))

    def _says(self) -> str:
        of = {column.key: self._by_workflow.sum(column.key) for column in _OUTCOMES}
        held = f"{counted(self._held, 'case was', 'cases were')} held" if self._held else ""
        if not of["fell_due"]:
            return f"No deadline fell due{'; ' + held if held else ''}."
        due = counted(of["fell_due"], "deadline that fell due", "deadlines that fell due")
        met = "was" if of["in_time"] == 1 else "were"
        late = f"{of['late']:,} late, and {of['not_met']:,} not by the end"
        return f"Of {due}, {of['in_time']:,} {met} met in time, {late}{'; ' + held if held else ''}."
