"""What rules read of other cases is what a count over all of them gives, now and as of any instant before."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import DataObject, data, integers, sampled_from
from support.tied import UNIT, engine

from loopengine.clock import FrozenClock
from loopengine.core.durations import Duration, shift
from loopengine.core.rules.explanation import Node
from loopengine.engine.why import Outlook

# How far an audit has come, by the state that it is in: whoever goes back has not been further.
REACHED = {
    "begun": ("begun",),
    "handed_in": ("begun", "handed_in"),
    "marked": ("begun", "handed_in", "marked"),
    "closed": ("begun", "handed_in", "marked", "closed"),
    "lost": ("begun", "lost"),
    "excused": ("begun", "excused"),
}
EVENTS = ("hand_in", "excuse", "lose", "mark", "give_back", "return", "close")
THEMES = ("voice", "records", None)
TWO_YEARS = Duration(months=24)
FIRST = datetime.fromisoformat("2017-01-03T09:00Z")


@dataclass
class Point:
    """A learning point as the test remembers it: its answers are (day, order, value)."""

    opened_on: date
    answers: list[tuple[date, int, str | None]] = field(default_factory=list)
    mislaid: bool = False

    def theme(self, on: date) -> str | None:
        standing = [each for each in self.answers if each[0] <= on]
        return max(standing)[2] if standing else None


class Board:
    """The engine, and beside it a list of everything that was done."""

    def __init__(self) -> None:
        self.clock = FrozenClock(FIRST)
        self.engine = engine(clock=self.clock)
        self.rounds: dict[str, list[str]] = {}
        self.audits: dict[str, str] = {}
        self.points: dict[str, Point] = {}
        self.said = 0
        self.then: list[tuple[datetime, str, str, object]] = []

    # --- what can be done -----------------------------------------------------------------------------------

    def act(self, data: DataObject) -> None:
        """Do one thing, whatever it is."""
        acts = [self.open_round, self.open_audit, self.open_point, self.pass_time]
        if self.audits:
            acts += [self.move_audit, self.move_audit]
        if self.audits and self.rounds:
            acts += [self.link, self.link]
        if self.points:
            acts += [self.answer, self.answer, self.mislay]
        data.draw(sampled_from(acts))(data)

    def day(self, data: DataObject) -> date:
        return self.clock.today() - timedelta(days=data.draw(sampled_from([0, 0, 1, 40, 729, 731, 900])))

    def open_round(self, data: DataObject) -> None:
        self.rounds[self.engine.open("round", by=UNIT).reference] = []

    def open_audit(self, data: DataObject) -> None:
        self.audits[self.engine.open("audit", by=UNIT).reference] = "begun"

    def open_point(self, data: DataObject) -> None:
        day = self.day(data)
        self.points[self.engine.open("point", by=UNIT, on=day).reference] = Point(day)

    def pass_time(self, data: DataObject) -> None:
        self.clock.advance(days=data.draw(sampled_from([1, 27, 350])))

    def move_audit(self, data: DataObject) -> None:
        audit = data.draw(sampled_from(sorted(self.audits)))
        decision = self.engine.fire(audit, data.draw(sampled_from(EVENTS)), by=UNIT)
        self.audits[audit] = self.engine.case(audit).case.state
        assert decision.moved or self.audits[audit] in REACHED

    def link(self, data: DataObject) -> None:
        whole, audit = (
            data.draw(sampled_from(sorted(self.rounds))),
            data.draw(sampled_from(sorted(self.audits))),
        )
        if audit not in self.rounds[whole]:
            self.engine.link(whole, audit, "audits", by=UNIT, reason="it belongs here")
            self.rounds[whole].append(audit)

    def answer(self, data: DataObject) -> None:
        name, theme = data.draw(sampled_from(sorted(self.points))), data.draw(sampled_from(THEMES))
        point, day, self.said = self.points[name], self.day(data), self.said + 1
        wrong = max([each for each in point.answers if each[0] <= day], default=None)
        correction = wrong is not None and data.draw(integers(0, 2)) == 0
        self.engine.record(name, {"theme": theme}, by=UNIT, on=day, correction=correction)
        if correction and wrong is not None:
            point.answers.remove(wrong)
        point.answers.append((day, self.said, theme))

    def mislay(self, data: DataObject) -> None:
        name = data.draw(sampled_from(sorted(self.points)))
        if not self.points[name].mislaid and data.draw(integers(0, 3)) == 0:
            self.points[name].mislaid = self.engine.fire(name, "mislay", by=UNIT).moved

    # --- what must be so ------------------------------------------------------------------------------------

    def audits_of(self, whole: str) -> dict[str, Any]:
        """The audits of a round in numbers, counted one by one."""
        states = [self.audits[audit] for audit in self.rounds[whole]]
        reached = [state for each in states for state in REACHED[each]]
        excused = [state for each in states if each == "excused" for state in REACHED[each]]
        return {
            "total": len(states),
            "reached": {state: reached.count(state) for state in reached},
            "excused": states.count("excused"),
            "excused_reached": {state: excused.count(state) for state in excused},
        }

    def alike(self, name: str, on: date) -> int | None:
        """How many other points of two years have the theme of this one on a day."""
        theme = self.points[name].theme(on)
        others = [each for other, each in self.points.items() if other != name and not each.mislaid]
        since = shift(on, TWO_YEARS, back=True)
        counted = [each for each in others if each.theme(on) == theme and since <= each.opened_on <= on]
        return None if theme is None else len(counted)

    def compare(self, data: DataObject) -> None:
        """What an entry keeps is what was counted; and what there is to see is kept for later."""
        for whole, audits in self.rounds.items():
            event = self.engine.explain(whole, "give_up").events
            assert set(self.engine.explain(whole).sub_cases) == set(audits)
            if event and event[0].verdict == "refused":
                self.engine.fire(whole, "give_up", by=UNIT)
                read = self.engine.history(whole)[-1].entry.body["read"]
                assert isinstance(read, dict)
                assert read["sub_cases"]["audits"] == self.audits_of(whole)
            marked = sum("marked" in REACHED[self.audits[audit]] for audit in audits)
            self.then.append((self.clock.now(), whole, "report", marked))
        for name, point in self.points.items():
            if point.mislaid:
                continue
            day = max(self.day(data), point.opened_on)
            decision = self.engine.fire(name, "close", by=UNIT, on=day)
            assert not decision.moved
            self.then.append((self.clock.now(), name, "raise", self.alike(name, self.clock.today())))

    def read(self, name: str, event: str, at: datetime | None) -> object:
        (outlook,) = self.engine.explain(name, event, as_of=at).events
        return number_in(outlook)


def number_in(outlook: Outlook) -> object:
    """What the rule of an event counts."""
    assert outlook.because is not None
    found = [node for node in nodes(outlook.because) if node.kind in ("alike", "count")]
    return found[0].value


def nodes(node: Node) -> list[Node]:
    return [node, *(each for part in node.parts for each in nodes(part))]


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(data())
def test_other_cases_are_counted_as_one_would_count_them(data: DataObject) -> None:
    board = Board()
    for _ in range(data.draw(integers(5, 30))):
        board.act(data)
        board.clock.advance(minutes=1)
    board.compare(data)
    for _, name, event, number in board.then:
        assert board.read(name, event, None) == number


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(data())
def test_what_was_counted_then_is_counted_again(data: DataObject) -> None:
    board = Board()
    for n in range(data.draw(integers(8, 20))):
        board.act(data)
        if n % 4 == 3:
            board.compare(data)
        board.clock.advance(minutes=1)

    for at, name, event, number in board.then:
        if board.engine.explain(name, event, as_of=at).events:
            assert board.read(name, event, at) == number
    assert board.engine.audit().ok


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(data())
def test_what_a_refusal_read_is_what_one_would_count_on_its_day(data: DataObject) -> None:
    board = Board()
    for _ in range(data.draw(integers(4, 25))):
        board.act(data)

    for name, point in board.points.items():
        if point.mislaid:
            continue
        day = max(board.day(data), point.opened_on)
        decision = board.engine.fire(name, "let_be", by=UNIT, on=day)
        number = board.alike(name, day)
        read = board.engine.history(name)[-1].entry.body["read"]
        assert isinstance(read, dict)
        assert read["alike"]["theme"] == {"24 months": number}
        assert decision.moved <= (number == 0)
