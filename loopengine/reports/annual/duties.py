"""Section 11 returns, challenges, the review of the framework itself, and all other work."""

from __future__ import annotations

from collections.abc import Iterator

from loopengine.reports.annual.back import LookedBack
from loopengine.reports.annual.counting import Capped, Counts
from loopengine.reports.annual.figures import (
    Column,
    Row,
    Section,
    Table,
    told_as,
    words_of,
)
from loopengine.reports.annual.flows import FLOW, OVERDUE, SET_ASIDE, count_flow, flow_table
from loopengine.reports.annual.kinds import value_title, what_it_is
from loopengine.reports.annual.learning import channel_fact
from loopengine.reports.pages import counted, sentence

# Names that the report knows workflows by (docs/annual-report.md).
CHALLENGE, FRAMEWORK_REVIEW, OCCASION = "challenge", "framework-review", "occasion"
GRADED = "moderated_grade"  # asked for each standard of an agency's return
_COLUMNS = (*FLOW[:3], SET_ASIDE, FLOW[3], OVERDUE)
_NUMBER = (Column("number", "Number"),)


class Returns:
    """Counts the returns of agencies that are graded standard by standard."""

    def __init__(self) -> None:
        self._agencies, self._grades = Counts(), Counts()
        self._values: dict[str, str] = {}
        self._graded = 0

    def add(self, case: LookedBack) -> None:
        """Count *case*, if it is such a return."""
        workflow = case.workflow
        listing = next((each for each in workflow.lists.values() if GRADED in each.facts), None)
        if listing is None:
            return
        count_flow(self._agencies, case, *case.agency)
        values = workflow.repeated[GRADED].values
        self._values |= {value: value_title(case.framework, values, value) for value in values}
        graded = False
        for item in listing.items:
            grade = case.answers.get(f"{GRADED}.{item.name}")
            if grade is not None and case.period.covers(grade.so_on):
                graded = True
                self._grades.add(item.name, item.title, str(grade.value))
        self._graded += graded

    def sections(self) -> Iterator[Section]:
        """The returns by agency, and how each standard was graded."""
        grades = tuple(Column(value, title.capitalize()) for value, title in self._values.items())
        tables = (
            flow_table(self._agencies, "by_agency", "Returns by agency", "Agency", _COLUMNS),
            Table(
                "by_standard",
                "Standards as the moderators graded them in the period",
                "Standard",
                grades,
                self._grades.rows([column.key for column in grades]),
            ),
        )
        yield Section(
            "section_11",
            "Section 11 returns by agency and grade",
            self._says(),
            tuple(table for table in tables if table.rows),
        )

    def _says(self) -> str:
        opened, open_after = self._agencies.sum("opened"), self._agencies.sum("open_after")
        if not self._agencies.titles or not any(self._agencies.numbers.values()):
            return "No section 11 return was asked for."
        returns = counted(opened, "section 11 return was", "section 11 returns were")
        graded = told_as(self._graded, "return was", "returns were")
        are = "is" if open_after == 1 else "are"
        late = self._agencies.sum("overdue")
        still = f"{open_after:,} {are} open at the end, {late:,} overdue"
        return f"{returns} asked for, and {graded} graded; {still}."


class Challenges:
    """Counts challenges, and how they ended."""

    def __init__(self) -> None:
        self._flow, self._ends = Counts(), Counts()

    def add(self, case: LookedBack) -> None:
        """Count *case*, if it is a challenge."""
        if case.workflow.name != CHALLENGE:
            return
        count_flow(self._flow, case, *_to_whom(case))
        if (end := case.ended_in) is not None:
            self._ends.add(end.state, case.workflow.states[end.state].title, "number")

    def sections(self) -> Iterator[Section]:
        """What was questioned, and what came of it."""
        tables = (
            flow_table(self._flow, "by_agency", "Challenges, by who has to answer", "Who answers", _COLUMNS),
            Table(
                "ended",
                "How challenges ended",
                "End",
                _NUMBER,
                self._ends.rows(["number"]),
                self._ends.total(["number"]),
            ),
        )
        opened, open_after = self._flow.sum("opened"), self._flow.sum("open_after")
        raised = sentence(told_as(opened, "challenge was", "challenges were"))
        ended = self._flow.sum("ended")
        yield Section(
            "challenges",
            "Challenges",
            f"{raised} raised; {ended:,} ended, and {open_after:,} open at the end.",
            tuple(table for table in tables if table.rows),
        )


class FrameworkReviews:
    """Tells the reviews of the framework itself, one by one: there are few."""

    def __init__(self) -> None:
        self._reviews, self._ended, self._number = Capped(), Counts(), 0

    def add(self, case: LookedBack) -> None:
        """Take down *case*, if it is a review of the framework that was there in the period."""
        if case.workflow.name != FRAMEWORK_REVIEW or case.at_end is None:
            return
        if not case.is_open and case.ended_in is None:
            return
        self._number += 1
        end = case.ended_in
        occasion = case.answer(OCCASION)
        why = "not said yet" if occasion is None else words_of(occasion)
        if end is not None:
            self._ended.add(end.state, case.at_end.title, "number")
        days = None if end is None else (end.since - case.opened_on).days
        ended_on = None if end is None else end.since
        row = Row(
            str(self._number),
            f"Review {self._number}",
            (case.opened_on, why, case.at_end.title, ended_on, days),
        )
        self._reviews.add(case.opened_on, row)

    def sections(self) -> Iterator[Section]:
        """When the framework was reviewed, and what came of it."""
        table = Table(
            "reviews",
            "Reviews of the framework",
            "Review",
            (
                Column("opened", "Begun", numeric=False),
                Column("occasion", "Occasion", numeric=False),
                Column("state", "What came of it", numeric=False),
                Column("ended", "Ended", numeric=False),
                Column("days", "Days"),
            ),
            self._reviews.in_order(),
            left_out=self._reviews.left_out,
        )
        yield Section(
            "framework_review",
            "Review of the framework",
            self._says(),
            (table,) if table.rows else (),
        )

    def _says(self) -> str:
        ended = self._ended.sum("number")
        if not self._number:
            return "The framework was not under review."
        if not ended:
            return "The framework is under review; no review of it ended."
        what = "; ".join(f"{title[:1].lower()}{title[1:]}" for title in sorted(self._ended.titles.values()))
        return f"The framework was reviewed: {what}."


class OtherWork:
    """Counts all cases that have no section of their own, by sort."""

    def __init__(self) -> None:
        self._flow = Counts()

    def add(self, case: LookedBack) -> None:
        """Count *case*, if nobody else does."""
        elsewhere = (
            case.is_review
            or what_it_is(case.framework, case.workflow.name) is not None
            or channel_fact(case) is not None
            or case.workflow.name in (CHALLENGE, FRAMEWORK_REVIEW)
        )
        if not elsewhere:
            count_flow(self._flow, case, case.workflow.name, case.workflow.title)

    def sections(self) -> Iterator[Section]:
        """Incidents, notifications, data, events: what else came and went."""
        table = flow_table(self._flow, "by_workflow", "All other cases, by sort", "Sort of case", _COLUMNS)
        opened, ended = self._flow.sum("opened"), self._flow.sum("ended")
        cases = sentence(told_as(opened, "other case was", "other cases were"))
        yield Section(
            "other_work",
            "Incidents, notifications, data and other work",
            f"{cases} opened, and {ended:,} ended.",
            (table,) if table.rows else (),
        )


def _to_whom(case: LookedBack) -> tuple[str, str]:
    name, title = case.agency
    return (name, "The board, or nobody in particular") if name == "nobody" else (name, title)
