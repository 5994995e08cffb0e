"""Learning by theme and recurrence, and how it went out to the agencies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from loopengine.core.definitions import Workflow
from loopengine.core.durations import shift
from loopengine.core.values import Fact
from loopengine.reports.annual.back import LookedBack
from loopengine.reports.annual.counting import DAYS, Counts, Days
from loopengine.reports.annual.figures import (
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
from loopengine.reports.annual.flows import OVERDUE, count_flow
from loopengine.reports.annual.kinds import LEARNING_POINTS, value_title, what_it_is
from loopengine.reports.pages import counted

NO_THEME, EVERYBODY, NO_CHANNEL = "none", "everybody", "none"
_THEMES = (
    Column("identified", "Identified in the period"),
    Column("came_back", "Of these, come back"),
    Column("standing", "Not ended at the end"),
)


class Learning:
    """Counts learning points by theme: those of the period, those that came back, and where all stand.

    Its theme is what its workflow asks for and says of that it `recurs`.
    """

    def __init__(self, period: Period) -> None:
        self._period = period
        self._themes, self._states = Counts(), Counts()
        self._given: dict[str, Counter[date]] = {}  # by theme: how many points have it, by the day since when
        self._new: Counter[tuple[str, date]] = Counter()
        self._recurs: Fact | None = None

    def add(self, case: LookedBack) -> None:
        """Count *case*, if it is a learning point."""
        fact = recurring(case.workflow)
        is_one = what_it_is(case.framework, case.workflow.name) == LEARNING_POINTS
        if not is_one or case.at_end is None:
            return
        self._recurs = fact or self._recurs
        theme = None if fact is None else case.answers.get(fact.name)
        name, title = NO_THEME, "No theme yet"
        if theme is not None and fact is not None:
            name = str(theme.value)
            title = value_title(case.framework, fact.values, name)
        if theme is not None:
            self._given.setdefault(name, Counter())[theme.so_on] += 1
        if case.was_opened:
            self._themes.add(name, title, "identified")
            if theme is not None:
                self._new[name, theme.so_on] += 1
        if case.is_open:
            self._themes.add(name, title, "standing")
        if case.is_open or case.ended_in is not None:
            self._states.add(case.at_end.name, case.at_end.title, "number")

    def sections(self) -> Iterator[Section]:
        """What there was to learn, and whether it had been there before."""
        came_back = 0
        for (theme, since), number in self._new.items():
            if self._came_back(theme, since):
                self._themes.add(theme, self._themes.titles[theme], "came_back", number)
                came_back += number
        keys = [column.key for column in _THEMES]
        themes = without_empty(
            Table(
                "themes",
                "Learning points by theme",
                "Theme",
                _THEMES,
                self._themes.rows(keys),
                self._themes.total(keys),
            )
        )
        states = Table(
            "states",
            "Where the learning points stand at the end, those that ended in the period included",
            "State",
            (Column("number", "Number"),),
            self._states.rows(["number"]),
            self._states.total(["number"]),
        )
        chart = Chart(
            "themes", "Learning points identified in the period, by theme", "points",
            tuple(bar for bar in bars(themes, "identified") if bar.value),
        )  # fmt: skip
        within = "" if self._recurs is None else f" within {self._recurs.recurs}"
        yield Section(
            "learning",
            "Learning by theme and recurrence",
            self._says(came_back, within),
            tuple(table for table in (themes, states) if table.rows),
            (chart,) if chart.bars else (),
            (
                f"A learning point has come back if another had the same theme{within} before it: what comes "
                "back has not been learnt.",
            ),
        )

    def _came_back(self, theme: str, since: date) -> bool:
        """Whether another point had this *theme*, so early before *since* as its fact asks."""
        assert self._recurs is not None
        assert self._recurs.recurs is not None
        first = shift(since, self._recurs.recurs, back=True)
        return sum(number for day, number in self._given[theme].items() if first <= day <= since) > 1

    def _says(self, came_back: int, within: str) -> str:
        number = self._themes.sum("identified")
        if not number:
            return "No learning point was identified."
        points = counted(number, "learning point was", "learning points were")
        themes = {row for row, column in self._themes.numbers if column == "identified"} - {NO_THEME}
        about = counted(len(themes), "theme", "themes")
        back = f"{came_back:,}" if came_back else "none"
        return f"{points} identified, on {about}; {back} of them had been there before{within}."


class Dissemination:
    """Counts how learning went out: by agency, by channel, and how long it took to be received and used.

    It is a case whose workflow asks by which of the framework's channels it goes.
    """

    def __init__(self, period: Period) -> None:
        self._period = period
        self._agencies, self._channels = Counts(), Counts()
        self._states: dict[str, Days] = {}

    def add(self, case: LookedBack) -> None:
        """Count *case*, if it is learning on its way."""
        fact = channel_fact(case)
        if fact is None or case.at_end is None:
            return
        agency, agency_title = case.agency
        if case.agency[0] == "nobody":
            agency, agency_title = EVERYBODY, "Everybody, or nobody in particular"
        channel = case.answer(fact.name)
        way = "No channel yet" if channel is None else value_title(case.framework, fact.values, channel)
        for counts, row, title in (
            (self._agencies, agency, agency_title),
            (self._channels, channel or NO_CHANNEL, way),
        ):
            count_flow(counts, case, row, title)
        for state in _ahead(case.workflow):
            day = case.first_in(state)
            days = self._states.setdefault(state, Days())
            if self._period.covers(day):
                assert day is not None
                days.add((day - case.opened_on).days)
                self._agencies.add(agency, agency_title, state)
                self._channels.add(channel or NO_CHANNEL, way, state)

    def sections(self) -> Iterator[Section]:
        """What was sent, received and used."""
        columns = (
            Column("opened", "Planned"),
            *(Column(state, words_of(state).capitalize()) for state in self._states),
            Column("open_after", "Outstanding at the end"),
            OVERDUE,
        )
        keys = [column.key for column in columns]
        tables = [
            without_empty(
                Table(key, caption, head, columns, counts.rows(keys), counts.total(keys))
            )
            for key, caption, head, counts in (
                ("by_agency", "Dissemination and receipt by agency", "Agency", self._agencies),
                ("by_channel", "Dissemination and receipt by channel", "Channel", self._channels),
            )
        ]  # fmt: skip
        days = Table(
            "days",
            "Days from planning to each state, of what first came to it in the period",
            "State",
            DAYS,
            tuple(
                Row(state, words_of(state).capitalize(), each.cells())
                for state, each in self._states.items()
                if each.number
            ),
        )
        yield Section(
            "dissemination",
            "Dissemination and receipt",
            self._says(),
            tuple(table for table in (*tables, days) if table.rows),
            notes=("Sent is not received, and received is not used: each counts on the first day of it.",),
        )

    def _says(self) -> str:
        planned, open_after = self._agencies.sum("opened"), self._agencies.sum("open_after")
        reached = [
            f"{self._agencies.sum(state):,} {words_of(state)}"
            for state in self._states
            if self._agencies.sum(state)
        ]
        if not (planned or open_after or reached):
            return "Nothing was on its way to an agency."
        came = f"; {', '.join(reached)}" if reached else ""
        messages = counted(planned, "message was", "messages were")
        return f"{messages} planned in the period{came}; {open_after:,} outstanding at the end."


def recurring(workflow: Workflow) -> Fact | None:
    """The fact of a learning point whose answer may come back, if *workflow* has one."""
    return next((fact for fact in workflow.facts.values() if fact.recurs is not None), None)


def channel_fact(case: LookedBack) -> Fact | None:
    """The fact that says by which channel something goes, if a case has one."""
    channels = set(case.framework.channels)
    facts = case.workflow.facts.values()
    return next((fact for fact in facts if fact.values and set(fact.values) <= channels), None)


def _ahead(workflow: Workflow) -> list[str]:
    """The states of *workflow* but the first."""
    return [name for name in workflow.states if name != workflow.starts]
