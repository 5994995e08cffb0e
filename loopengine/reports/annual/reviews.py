"""Reviews by type, stage and time taken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from loopengine.core.chronicle import entered
from loopengine.core.definitions import STAGES, Stage
from loopengine.reports.annual.back import LookedBack
from loopengine.reports.annual.counting import DAYS, Counts, Days
from loopengine.reports.annual.figures import (
    TOTAL,
    Chart,
    Column,
    Period,
    Row,
    Section,
    Table,
    bars,
    without_empty,
    words_of,
)
from loopengine.reports.annual.flows import FLOW, count_flow, flow_table
from loopengine.reports.pages import counted

_STAGE_COLUMNS = tuple(Column(stage, words_of(stage).capitalize()) for stage in STAGES)
_LATER: tuple[Stage, ...] = STAGES[1:]
_Which = Literal["median", "longest"]


class Reviews:
    """Counts reviews by type: how they came and went, where they stood, and how long it took them."""

    def __init__(self, period: Period) -> None:
        self._period = period
        self._flow, self._ends, self._stages = Counts(), Counts(), Counts()
        self._to_end: dict[str, Days] = {}
        self._to_stage: dict[tuple[str, Stage], Days] = {}
        self._all_to_end = Days()
        self._all_to_stage: dict[Stage, Days] = {stage: Days() for stage in _LATER}

    def add(self, case: LookedBack) -> None:
        """Count *case*, if it is a review."""
        if not case.is_review:
            return
        name, title = case.workflow.name, case.workflow.title
        count_flow(self._flow, case, name, title)
        if case.is_open and case.at_end is not None and case.at_end.stage is not None:
            self._stages.add(name, title, case.at_end.stage)
        if (end := case.ended_in) is not None:
            how = case.workflow.states[end.state].title
            self._ends.add(f"{name}/{end.state}", f"{title}: {how}", "number")
            days = (end.since - case.opened_on).days
            self._to_end.setdefault(name, Days()).add(days)
            self._all_to_end.add(days)
        for stage, day in entered(case.stays).items():
            if stage in self._all_to_stage and self._period.covers(day):
                days = (day - case.opened_on).days
                self._to_stage.setdefault((name, stage), Days()).add(days)
                self._all_to_stage[stage].add(days)

    def sections(self) -> Iterator[Section]:
        """Reviews by type and by stage; and the time that they took."""
        by_type = flow_table(self._flow, "by_type", "Reviews by type", "Type of review")
        stages = [column.key for column in _STAGE_COLUMNS]
        by_stage = Table(
            "by_stage",
            "Reviews open at the end of the period, by the stage they had come to",
            "Type of review",
            (*_STAGE_COLUMNS, Column(TOTAL, "All")),
            tuple(
                Row(row.key, row.title, (*row.cells, sum(int(str(cell)) for cell in row.cells)))
                for row in self._stages.rows(stages)
            ),
            Row(
                TOTAL,
                "All together",
                (*(self._stages.sum(stage) for stage in stages), sum(map(self._stages.sum, stages))),
            ),
        )
        ended = Table(
            "ended",
            "How the reviews ended that ended in the period",
            "Type of review, and end",
            (Column("number", "Number"),),
            self._ends.rows(["number"]),
            self._ends.total(["number"]),
        )
        of_stages = Table("", "", "", (Column("number", ""),), tuple(self._by_stage()))
        chart = Chart(
            "reviews_by_stage",
            "Reviews open at the end of the period, by stage",
            "reviews",
            bars(of_stages, "number"),
        )
        yield Section(
            "reviews",
            "Reviews by type and stage",
            self._says(),
            tuple(table for table in (by_type, by_stage, ended) if table.rows),
            (chart,) if any(bar.value for bar in chart.bars) else (),
            ("A review type is a workflow that enters all seven stages of the learning loop.",),
        )
        yield self._time_taken()

    def _by_stage(self) -> Iterator[Row]:
        for column in _STAGE_COLUMNS:
            yield Row(column.key, column.title, (self._stages.sum(column.key),))

    def _says(self) -> str:
        sums = {column.key: self._flow.sum(column.key) for column in FLOW}
        if not any(sums.values()):
            return "No review was open, and none was opened."
        opened, ended = counted(sums["opened"], "review", "reviews"), sums["ended"]
        begun = "was" if sums["opened"] == 1 else "were"
        are = "is" if sums["open_after"] == 1 else "are"
        return f"{opened} {begun} opened and {ended:,} ended; {sums['open_after']:,} {are} open at the end."

    def _time_taken(self) -> Section:
        to_end = Table(
            "to_end",
            "Days from opening to the end, of reviews that ended in the period",
            "Type of review",
            DAYS,
            tuple(Row(name, self._flow.titles[name], days.cells()) for name, days in self._ordered()),
            Row(TOTAL, "All together", self._all_to_end.cells()),
        )
        to_stage = Table(
            "to_stage",
            "Days from opening to each stage, of reviews that first came to it in the period",
            "Stage",
            DAYS,
            tuple(
                Row(stage, words_of(stage).capitalize(), days.cells())
                for stage, days in self._all_to_stage.items()
            ),
        )
        tables = (to_end, without_empty(to_stage), self._by_type("median"), self._by_type("longest"))
        return Section(
            "time_taken",
            "Time taken by reviews",
            self._says_how_long(),
            tuple(table for table in tables if table.rows),
            notes=("Days are calendar days; the median is the one in the middle.",),
        )

    def _ordered(self) -> list[tuple[str, Days]]:
        return sorted(self._to_end.items(), key=lambda each: self._flow.titles[each[0]])

    def _by_type(self, which: _Which) -> Table:
        names = sorted({name for name, _ in self._to_stage}, key=lambda name: self._flow.titles[name])

        def cell(name: str, stage: Stage) -> int | float | None:
            days = self._to_stage.get((name, stage))
            return None if days is None else days.median if which == "median" else days.longest

        said = {"median": "Median days", "longest": "Most days"}[which]
        return Table(
            f"to_stage_by_type_{which}",
            f"{said} from opening to each stage, by type of review",
            "Type of review",
            tuple(Column(stage, words_of(stage).capitalize()) for stage in _LATER),
            tuple(
                Row(name, self._flow.titles[name], tuple(cell(name, stage) for stage in _LATER))
                for name in names
            ),
        )

    def _says_how_long(self) -> str:
        if self._all_to_end.number:
            number = counted(self._all_to_end.number, "review that ended", "reviews that ended")
            median, longest = self._all_to_end.median, self._all_to_end.longest
            return f"The {number} took a median of {median:,} days, and the longest took {longest:,}."
        came = sum(days.number for days in self._all_to_stage.values())
        if came:
            return "No review ended, so there is no time to its end; how long each stage took is below."
        return "No review ended or came to a further stage."
