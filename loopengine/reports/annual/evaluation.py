"""What evaluation found, what was taken back, and what has changed."""

from __future__ import annotations

from collections.abc import Iterator

from loopengine.core.definitions import STAGES
from loopengine.core.ends import state_of
from loopengine.reports.annual.back import LookedBack, Move
from loopengine.reports.annual.counting import Capped, Counts
from loopengine.reports.annual.figures import (
    Column,
    Period,
    Row,
    Said,
    Section,
    Table,
    told_as,
    words_of,
)
from loopengine.reports.pages import counted

# What the standard loop of a framework asks at its end (docs/annual-report.md).
RESULT, DIFFERENCE = "evaluation_result", "difference_made"
_LATE_STAGES = frozenset(STAGES[-2:])


class Evaluation:
    """Counts what evaluations found, in reviews and in all that follows from them."""

    def __init__(self, period: Period) -> None:
        self._period = period
        self._results, self._found, self._back = Counts(), Counts(), Counts()
        self._differences, self._reopened = Capped(), 0
        self._evaluated, self._described = 0, 0

    def add(self, case: LookedBack) -> None:
        """Count what was found in *case*."""
        for move in case.moves:
            row = f"{case.workflow.name}/{move.step.event}"
            title = f"{case.workflow.title}: {move.step.title or words_of(move.step.event)}"
            if RESULT in move.step.sets:
                value = str(move.step.sets[RESULT])
                self._results.add(value, words_of(value).capitalize(), "number")
            if found_something(move):
                self._found.add(row, title, "number")
            elif goes_back(case, move):
                self._back.add(row, title, "number")
                self._reopened += case.is_review
        self._add_difference(case)

    def _add_difference(self, case: LookedBack) -> None:
        made = case.answers.get(DIFFERENCE)
        if made is None or not case.is_review or not self._period.covers(made.so_on):
            return
        self._described += 1
        words = Said(None if made.value is None else str(made.value))
        title = case.workflow.title
        row = Row(case.reference, title, (made.so_on, case.reference, title, words))
        self._differences.add(made.so_on, row)

    def sections(self) -> Iterator[Section]:
        """Evaluation results, and what changed."""
        number = (Column("number", "Number"),)
        tables = (
            Table(
                "results",
                "What the evaluation of reviews found",
                "Result",
                number,
                self._results.rows(["number"]),
                self._results.total(["number"]),
            ),
            Table(
                "found",
                "Evaluations that found what was looked for, by sort of case",
                "Sort of case, and finding",
                number,
                self._found.rows(["number"]),
                self._found.total(["number"]),
            ),
            Table(
                "back",
                "What was taken back to be embedded, shown or evaluated again",
                "Sort of case, and why",
                number,
                self._back.rows(["number"]),
                self._back.total(["number"]),
            ),
            Table(
                "differences",
                "The difference made to children, as the evaluations describe it",
                "",
                (
                    Column("on", "Day", numeric=False),
                    Column("case", "Case", numeric=False),
                    Column("review", "Review", numeric=False),
                    Column("difference", "What difference it has made", numeric=False),
                ),
                self._differences.in_order(),
                inside=True,
                left_out=self._differences.left_out,
            ),
        )
        yield Section(
            "evaluation",
            "Evaluation results and what changed",
            self._says(),
            tuple(table for table in tables if table.rows),
        )

    def _says(self) -> str:
        number, back = self._results.sum("number"), self._reopened
        learnt = self._results.of("learnt", "number")
        if not number:
            said = "No review was evaluated to its end"
        else:
            reviews = counted(number, "evaluation of a review was", "evaluations of reviews were")
            said = f"{reviews} concluded, {learnt:,} of them with the lessons learnt"
        again = told_as(back, "time was a review", "times a review was") if back else "no review was"
        described = told_as(self._described, "review says", "reviews say")
        return f"{said}; {again} taken back, and {described} what difference it has made to children."


def found_something(move: Move) -> bool:
    """Whether *move* says that something was evaluated: a person took it into the last stage, or beside a
    result.
    """
    into = move.to.stage == STAGES[-1] and move.source.stage != STAGES[-1]
    return (into and not move.automatic) or RESULT in move.step.sets


def goes_back(case: LookedBack, move: Move) -> bool:
    """Whether *move* went from one of the last two stages to a state that the file has before."""
    order = list(case.workflow.states)
    late = move.source.stage in _LATE_STAGES and state_of(case.workflow, move.to.name) is not None
    return late and not move.to.final and order.index(move.to.name) < order.index(move.source.name)
