"""The page of one case: where it stands, its clocks, the way that it has gone, and everything that happened.

It shows all that is on file, names and reasons included: it is for those who may see the case, and says so.
Knows what the engine tells of a case. Does not know who asks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from loopengine.core.chronicle import Stay, entered
from loopengine.core.definitions import Stage, Workflow
from loopengine.core.ends import state_of
from loopengine.core.values import Value, spell
from loopengine.engine.results import Document
from loopengine.engine.surveying import Dossier, Surveyed
from loopengine.reports.clock_bars import Bar, Chart, chart_of
from loopengine.reports.naming import answer_words, hold_titles, owner_words, plainly, stage_title
from loopengine.reports.pages import Imprint, page
from loopengine.reports.timeline import Moment, Teller


@dataclass(frozen=True, slots=True)
class Answered:
    """What is on file for one question: the answer, who gave it, since when it is so, and the evidence."""

    ask: str
    answer: str
    by: str
    so_on: date
    evidence: str | None


@dataclass(frozen=True, slots=True)
class Stayed:
    """That the case stood somewhere, for so many *days*; *until* is None while it does."""

    state: str
    stage: str | None
    since: date
    until: date | None
    days: int


@dataclass(frozen=True, slots=True)
class InStage:
    """A stage that the case entered, and the days that it has stood in it; 0 of one passed through."""

    stage: str
    entered: date
    days: int


@dataclass(frozen=True, slots=True)
class CaseReport:
    """All that the page of one case shows."""

    dossier: Dossier
    since: date
    whose: tuple[str, ...]
    holds: tuple[str, ...]
    chart: Chart | None
    answers: tuple[Answered, ...]
    stays: tuple[Stayed, ...]
    stages: tuple[InStage, ...]
    moments: tuple[Moment, ...]

    def to_json(self) -> Document:
        """What `report case --json` prints: what `show` and `history` do, and the days in each state."""
        file = self.dossier.file.to_json()
        return {
            **file,
            "stays": [
                {
                    "state": stay.state,
                    "stage": stay.stage,
                    "since": stay.since.isoformat(),
                    "until": None if stay.until is None else stay.until.isoformat(),
                    "days": stayed.days,
                }
                for stay, stayed in zip(self.dossier.found.stays, self.stays, strict=True)
            ],
            "history": [line.to_json() for line in self.dossier.found.lines],
        }


def report_of(dossier: Dossier) -> CaseReport:
    """What the page shows of the case in *dossier*."""
    file, found = dossier.file, dossier.found
    teller = Teller(found.workflow, found.framework, dossier.because)
    return CaseReport(
        dossier=dossier,
        since=found.stays[-1].since,
        whose=tuple(owner_words(each, found.framework) for each in file.owner),
        holds=hold_titles(found.workflow, file.holds),
        chart=chart_of(file.clocks, found.lines, found.workflow, file.today),
        answers=tuple(_answers(found)),
        stays=tuple(_stayed(each, found.workflow, file.today) for each in found.stays),
        stages=tuple(_stages(found.stays, file.today)),
        moments=teller.tell(found.lines),
    )


def case_page(report: CaseReport, imprint: Imprint) -> str:
    """The page of the case in *report*."""
    dossier = report.dossier
    return page(
        "case.html",
        imprint,
        report=report,
        file=dossier.file,
        case=dossier.file.case,
        stage=None if dossier.file.case.stage is None else stage_title(dossier.file.case.stage),
        running=[each for each in _bars(report) if each.stopped is None],
        plainly=plainly,
    )


def _bars(report: CaseReport) -> Sequence[Bar]:
    return () if report.chart is None else report.chart.bars


def _answers(found: Surveyed) -> Iterator[Answered]:
    for name, each in found.answers.items():
        fact = found.workflow.fact_asked(name)
        value: Value | None = each.value
        answer = answer_words(fact, None if value is None else spell(value), found.framework)
        yield Answered(fact.ask, answer, each.by or "", each.so_on, each.evidence)


def _stayed(stay: Stay, workflow: Workflow, today: date) -> Stayed:
    state = state_of(workflow, stay.state)
    return Stayed(
        state=plainly(stay.state) if state is None else state.title,
        stage=None if stay.stage is None else stage_title(stay.stage),
        since=stay.since,
        until=stay.until,
        days=((stay.until or today) - stay.since).days,
    )


def _stages(stays: Sequence[Stay], today: date) -> Iterator[InStage]:
    days: dict[Stage, int] = {}
    for stay in stays:
        if stay.stage is not None:
            days[stay.stage] = days.get(stay.stage, 0) + ((stay.until or today) - stay.since).days
    for stage, since in entered(stays).items():
        yield InStage(stage_title(stage), since, days.get(stage, 0))
