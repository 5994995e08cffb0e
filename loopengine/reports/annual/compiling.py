"""The annual report, compiled in one pass over all cases: memory grows with what is told, not with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from loopengine.core.definitions import Framework
from loopengine.engine.surveying import Surveyed
from loopengine.errors import UsageError
from loopengine.reports.annual.actions import Actions
from loopengine.reports.annual.back import LookedBack
from loopengine.reports.annual.children import ChildDeaths
from loopengine.reports.annual.decisions import Decisions
from loopengine.reports.annual.duties import Challenges, FrameworkReviews, OtherWork, Returns
from loopengine.reports.annual.evaluation import Evaluation
from loopengine.reports.annual.figures import Annual, Period, Section
from loopengine.reports.annual.learning import Dissemination, Learning
from loopengine.reports.annual.reviews import Reviews
from loopengine.reports.annual.timeliness import Timeliness
from loopengine.reports.pages import counted, day_words


class Topic(Protocol):
    """Some sections in the making: told of each case once, it then gives them."""

    def add(self, case: LookedBack) -> None:
        """Count *case*, if it is of the topic."""

    def sections(self) -> Iterable[Section]:
        """What came of it."""


def check_period(period: Period) -> None:
    """Raise UsageError for a period that ends before it begins, or has not begun."""
    if period.last < period.first:
        raise UsageError(
            f"the period ends on {period.last}, before it begins on {period.first}",
            "say the first day with --from, and the last with --to",
        )
    if period.today < period.first:
        raise UsageError(
            f"the period begins on {period.first}, which is still to come (today is {period.today})",
            "name one that has begun",
        )


def compile_annual(
    surveyed: Iterable[Surveyed], framework: Framework, period: Period, *, public: bool = False
) -> Annual:
    """The annual report of *period* on the cases *surveyed*, which have their histories; or its edition for
    the *public*.
    """
    check_period(period)
    topics = _topics(period)
    told, nothing = 0, 0
    for found in surveyed:
        case = LookedBack(found, period)
        if case.counts_for_nothing:
            nothing += case.opened_on <= period.end
            continue
        told += case.opened_on <= period.end
        for topic in topics:
            topic.add(case)
    sections = tuple(section for topic in topics for section in topic.sections())
    return Annual(
        framework.title,
        period,
        public,
        tuple(map(_for_the_public, sections)) if public else sections,
        told,
        _notes(period, told, nothing),
    )


def _topics(period: Period) -> Sequence[Topic]:
    return (
        Reviews(period),
        Decisions(),
        Timeliness(period),
        Learning(period),
        Actions(),
        Dissemination(period),
        Evaluation(period),
        ChildDeaths(period),
        Returns(),
        Challenges(),
        FrameworkReviews(),
        OtherWork(),
    )


def _for_the_public(section: Section) -> Section:
    return replace(section, tables=tuple(table for table in section.tables if not table.inside))


def _notes(period: Period, told: int, nothing: int) -> tuple[str, ...]:
    cases = counted(told, "case that was", "cases that were")
    notes = [
        f"Made from {cases} opened by {day_words(period.end)}. Each number says what was so on the days of "
        "the period, as far as it is known today: what was recorded or put right since is in it.",
    ]
    if nothing:
        were = counted(nothing, "case that was", "cases that were")
        notes.append(f"Left out: {were} opened in error, or merged into another.")
    return tuple(notes)
