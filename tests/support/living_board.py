"""A board on which a good deal happens, in an order that nobody has thought of.

Cases of every sort are walked and left, held, put right, withdrawn; answers come late and are changed; and
time passes.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from engine.test_blind_walker import EnginePage

from loopengine import Actor, Engine, Framework, LoopEngineError
from loopengine.clock import FrozenClock
from loopengine.core.definitions import STAGES, State
from support.shipped import SHIPPED
from support.small import salts
from support.walker import Walker

# What a year is full of: reviews, and what follows of them.
SORTS = (
    *("learning-point",) * 5,
    *("action",) * 5,
    *("child-death-review",) * 4,
    *("section-11-audit",) * 2,
    *("challenge", "framework-review", "recommendation", "data-return", "incident", "appreciative-inquiry")
    * 2,
    *SHIPPED.workflows,
)


class Onward(EnginePage):
    """The page, on which what leads nowhere can seldom be seen: so that cases get far."""

    framework: Framework
    rng: Random

    def why(self, case: str) -> Any:
        """What may happen next, mostly without the ways out."""
        why = super().why(case)
        states = self.framework.workflow(why["workflow"]).states
        ahead = [each for each in why["events"] if not _leads_nowhere(states[each["to"]])]
        if ahead and self.rng.random() < 0.93:
            why["events"] = ahead
        return why


def _leads_nowhere(state: State) -> bool:
    return state.final and (state.excused or state.stage in (None, *STAGES[:4]))


@dataclass
class LivingBoard:
    """A board, and what *rng* makes happen on it."""

    rng: Random
    framework: Framework = field(default_factory=lambda: SHIPPED)
    url: str = "sqlite://"
    first: date = date(2016, 2, 1)

    def __post_init__(self) -> None:
        self.clock = FrozenClock(f"{self.first}T09:00Z")
        self.engine = Engine(
            self.url, framework=self.framework, clock=self.clock, salt=salts(), create=True, rehearsal=True
        )
        self.everybody = Actor("Everybody", self.framework.roles)
        page = Onward(self.engine, self.clock)
        page.framework, page.rng = self.framework, self.rng
        self.walker = Walker(page, self.rng)

    @property
    def today(self) -> date:
        return self.clock.today()

    def live(self, acts: int) -> None:
        """Let so many things happen."""
        doings = (
            *(self.open_one, self.walk_one, self.walk_one, self.walk_one, self.walk_far),
            *(
                self.tell_of_a_death,
                self.pass_time,
                self.answer_late,
                self.hold_or_release,
                self.put_right,
                self.try_something,
            ),
        )
        for _ in range(acts):
            with suppress(LoopEngineError):
                self.rng.choice(doings)()
        with suppress(LoopEngineError):
            self.engine.sweep()

    def ongoing(self) -> list[str]:
        return [case.reference for case in self.engine.cases() if not case.ended]

    def some_case(self) -> str:
        references = self.ongoing() or [self.open_one()]
        # The latest have most to do with each other.
        return self.rng.choice(references[-self.rng.choice([3, 12, 1_000]) :])

    def open_one(self) -> str:
        ago = timedelta(days=self.rng.choice([0, 0, 0, 1, 20]))
        return self.engine.open(self.rng.choice(SORTS), by=self.everybody, on=self.today - ago).reference

    def walk_one(self) -> None:
        """Do a few of the things that a case asks for."""
        case = self.some_case()
        for _ in range(self.rng.choice([2, 6, 12])):
            self.step(case)

    def walk_far(self) -> None:
        case = self.some_case()
        for _ in range(25):
            self.step(case)

    def step(self, case: str) -> None:
        why = self.walker.page.why(case)
        before = self.today
        with suppress(AssertionError, KeyError, LoopEngineError):
            self.walker.act(why, 0)
        # Nobody waits for years: then something else is done.
        assert before <= self.today

    def pass_time(self) -> None:
        self.clock.advance(days=self.rng.choice([1, 4, 11, 30, 75]))
        if self.rng.random() < 0.3:
            self.engine.sweep()

    def tell_of_a_death(self) -> None:
        """Say what the panel records of a death."""
        deaths = [each for each in self.ongoing() if each.startswith("CDR")]
        asks = self.framework.workflow("child-death-review").facts
        for fact in ("category", "modifiable_factors") if deaths else ():
            said = {fact: self.rng.choice(asks[fact].values[:3])}
            self.engine.record(self.rng.choice(deaths), said, by=self.everybody, evidence="Form C")

    def answer_late(self) -> None:
        """Say what has been so for a while, or put right what was said."""
        case = self.some_case()
        workflow = self.engine.case(case).asks
        fact = self.rng.choice([each for each in workflow.values() if each.values] or [*workflow.values()])
        value = self.rng.choice([*fact.values, "unknown"]) if fact.type in ("one_of", "party") else "unknown"
        on = self.today - timedelta(days=self.rng.choice([0, 3, 40]))
        correction = self.rng.random() < 0.4
        self.engine.record(
            case, {fact.name: value}, by=self.everybody, evidence="seen", on=on, correction=correction
        )

    def hold_or_release(self) -> None:
        case = self.some_case()
        known = self.framework.workflow(self.engine.case(case).case.workflow).holds
        if not known:
            return
        name = self.rng.choice([*known])
        on = self.today - timedelta(days=self.rng.choice([0, 0, 5]))
        if name in self.engine.case(case).holds:
            self.engine.release(case, name, by=self.everybody, on=on, reason="it is over")
        else:
            self.engine.hold(case, name, by=self.everybody, on=on, reason="the court has asked for it")

    def put_right(self) -> None:
        case, chance = self.some_case(), self.rng.random()
        if chance < 0.6:
            self.engine.correct(case, by=self.everybody, reason="the wrong case")
        elif chance < 0.8:
            self.engine.withdraw(case, by=self.everybody, reason="opened twice")
        else:
            others = [each for each in self.ongoing() if each[:3] == case[:3] and each != case]
            if others:
                self.engine.merge(case, self.rng.choice(others), by=self.everybody, reason="the same")

    def try_something(self) -> None:
        case = self.some_case()
        events = [each["event"] for each in self.walker.page.why(case)["events"]]
        if events:
            who = self.rng.choice([Actor("Nobody in particular"), self.everybody])
            self.engine.fire(case, self.rng.choice(events), by=who, reason="as agreed")
