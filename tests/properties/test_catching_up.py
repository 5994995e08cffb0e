"""Whether the machine slept makes no difference to the history: only to when it was written down.

Two boards side by side. In one, somebody sweeps every night; in the other, nobody does until the end. People
do the same on the same days in both. Cases are told by what opened them, since the number of a case that time
opens depends on what was opened elsewhere before it was found out; and words kept apart by what they say,
since where they are kept, and their salt, depend on what was kept before.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.shipped import SHIPPED
from support.timed import TIMED

from loopengine import Actor, Engine, Framework
from loopengine.clock import FrozenClock
from loopengine.core.files.loading import framework_from_texts
from loopengine.core.values import Fact, Json
from loopengine.engine.why import Outlook
from loopengine.errors import LoopEngineError
from loopengine.store import books, cases

START = "2017-01-09T08:00Z"
FRAMEWORKS = {
    "timed": framework_from_texts(TIMED),
    "shipped": SHIPPED,
}
EVERYTHING = {
    "opened", "recorded", "moved", "refused", "held", "released", "joined", "opened by time",
    "reminded by time", "overdue by time", "escalated by time", "moved by time", "refused by time",
    "arose", "ceased", "arose by time", "ceased by time", "carried",
}  # fmt: skip
SMALLER = os.environ.get("LOOPENGINE_SOAK") == "small"
WORKFLOWS = [(name, workflow) for name, framework in FRAMEWORKS.items() for workflow in framework.workflows]
# How many years are compared of each; of any other, one.
YEARS = {
    "inquiry": 3,
    "letter": 2,
    "serious-case-review": 2,
}


@dataclass
class Board:
    """An engine in memory, on a clock that is held in the hand."""

    framework: Framework
    clock: FrozenClock = field(default_factory=lambda: FrozenClock(START))
    swept: int = 0

    def __post_init__(self) -> None:
        salts = count()
        self.engine = Engine(
            "sqlite://",
            framework=self.framework,
            clock=self.clock,
            rehearsal=True,
            salt=lambda: f"salt {next(salts)}",
        )

    def sweep(self) -> None:
        result = self.engine.sweep()
        assert result.failures == ()
        self.swept += len(result.done)
        assert not self.engine.sweep(), "a second sweep has nothing left to do"

    def entries(self) -> dict[str, list[str]]:
        """The histories, without what says when they were written down."""
        histories = self._histories()
        origins = _origins(histories)
        words = self._words()
        told = {
            reference: [
                json.dumps(_said(words, {key: body[key] for key in body if key not in ("at", "prev")}))
                for body in history
            ]
            for reference, history in histories.items()
        }
        named = re.compile("|".join(sorted(origins, reverse=True)))
        return {
            origins[reference]: [named.sub(lambda found: origins[found[0]], each) for each in history]
            for reference, history in told.items()
        }

    def inquiries(self) -> dict[str, str]:
        """What the inquiries are called, which people open, and cycles, and nothing else."""
        origins = _origins(self._histories())
        return {reference: each for reference, each in origins.items() if reference.startswith("INQ-")}

    def origin(self, reference: str) -> str:
        """What opened the case called *reference*."""
        return _origins(self._histories())[reference]

    def reference(self, origin: str) -> str:
        """What the case is called here that *origin* opened; who knows of it knows what time has opened."""
        references = {each: reference for reference, each in _origins(self._histories()).items()}
        if origin not in references:
            self.sweep()
            references = {each: reference for reference, each in _origins(self._histories()).items()}
        return references[origin]

    def _histories(self) -> dict[str, list[Mapping[str, Json]]]:
        with self.engine.database.reading() as connection:
            return {
                each.record.reference: [entry.body for entry in cases.history_of(connection, each.id)]
                for each in cases.all_cases(connection)
            }

    def _words(self) -> Mapping[str, str]:
        """What is kept apart from the histories, by its reference."""
        with self.engine.database.reading() as connection:
            kept = connection.exec_driver_sql("select sort, id from loop_words").all()
            return books.words_at(connection, [f"{sort}:{id_}" for sort, id_ in kept])


def _said(words: Mapping[str, str], told: Json) -> Json:
    """*told*, with the words themselves where it only says where they are kept: what a rule read, too."""
    if isinstance(told, Mapping):
        if told.keys() == {"ref", "digest"}:
            return words[str(told["ref"])]
        return {key: _said(words, value) for key, value in told.items()}
    if isinstance(told, list):
        return [_said(words, each) for each in told]
    return words.get(told, told) if isinstance(told, str) else told


def _origins(histories: Mapping[str, list[Mapping[str, Json]]]) -> dict[str, str]:
    """For each case, the entry that opened it, or which of those it is that people opened."""
    opened = {
        str(reference): f"{body['case']}/{body['n']}/{place}"
        for history in histories.values()
        for body in history
        for place, reference in enumerate(body.get("opened") or ())  # type: ignore[arg-type]
    }
    cycles = {
        reference: f"{first['cycle']} {first['on']} {_party(first)}"
        for reference, (first, *_) in histories.items()
        if "cycle" in first
    }
    by_hand = (reference for reference in histories if not {reference} & {*opened, *cycles})
    origins = cycles | {reference: f"opened {n}" for n, reference in enumerate(by_hand)}
    for reference in histories:
        if reference in opened:
            parent, _, rest = opened[reference].partition("/")
            origins[reference] = f"{origins[parent]}/{rest}"
    return origins


def _party(first: Mapping[str, Json]) -> object:
    """For which agency a cycle has opened a case."""
    facts = first.get("facts")
    to = (facts.get("to") or facts.get("agency")) if isinstance(facts, Mapping) else None
    return to["value"] if isinstance(to, Mapping) else None


@pytest.mark.parametrize(("framework", "workflow"), WORKFLOWS)
def test_a_year_unswept_gives_the_same_history(framework: str, workflow: str) -> None:
    @settings(max_examples=YEARS.get(workflow, 1), deadline=None, suppress_health_check=list(HealthCheck))
    @given(seed=st.integers(0, 2**32))
    def a_year(seed: int) -> None:
        _compare(FRAMEWORKS[framework], workflow, seed, days=365)

    a_year()


@pytest.mark.soak
@pytest.mark.parametrize(("framework", "workflow"), WORKFLOWS)
@settings(max_examples=2 if SMALLER else 30, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_three_years_unswept_give_the_same_history(framework: str, workflow: str, seed: int) -> None:
    _compare(FRAMEWORKS[framework], workflow, seed, days=3 * 365)


def test_the_years_have_something_in_them() -> None:
    """A comparison of empty years would say nothing."""
    kinds: set[str] = set()
    years = (_compare(FRAMEWORKS["timed"], "inquiry", seed, days=365) for seed in range(12))
    while not kinds >= EVERYTHING:
        for entry in (json.loads(each) for history in next(years).entries().values() for each in history):
            kinds.add(entry["kind"] + (" by time" if "due" in entry else ""))
            kinds.update(["carried"] if "cycle" in entry and "carried forward" in str(entry) else [])


def _compare(framework: Framework, workflow: str, seed: int, *, days: int) -> Board:
    random = Random(seed)
    nightly, asleep = Board(framework), Board(framework)
    both = (nightly, asleep)
    busy = {random.randrange(days) for _ in range(days // 6)} | {0}
    for day in range(days):
        for board in both:
            board.clock.advance_to(board.clock.today() + timedelta(days=1))
            board.clock.advance(hours=9)
        if day in busy:
            for act in _acts(nightly, workflow, random):
                assert _told(act, nightly) == _told(act, asleep)
        nightly.clock.advance(hours=13)
        nightly.sweep()
    for board in both:
        board.clock.advance_to(date(2017, 1, 9) + timedelta(days=days + 30))
        board.sweep()
    assert nightly.entries() == asleep.entries()
    assert nightly.inquiries() == asleep.inquiries()
    assert asleep.engine.audit().problems == ()
    return asleep


Act: TypeAlias = Callable[[Board], object]


def _told(act: Act, board: Board) -> object:
    try:
        return act(board)
    except LoopEngineError as error:
        return type(error)


def _acts(board: Board, workflow: str, random: Random) -> list[Act]:
    """What somebody does today to one of the cases, or to a new one."""
    engine, today = board.engine, board.clock.today()
    everybody = _everybody(board.framework, random)
    running = engine.cases(open_only=True)
    if not running or (len(running) < 4 and random.random() < 0.1):
        return [lambda to: to.engine.open(workflow, {}, by=everybody).state]
    case = random.choice(running)
    origin = board.origin(case.reference)
    definition = board.framework.workflow(case.workflow)
    why = engine.explain(case)
    if definition.holds and random.random() < 0.25:
        name = random.choice(list(definition.holds))
        verb = "release" if name in engine.case(case).holds else "hold"
        return [lambda to: _held(to, verb, origin, name, everybody)]
    outlook = random.choice(why.events) if why.events else None
    dates = [fact for fact in definition.facts.values() if fact.type in ("date", "parties")]
    if outlook is None or (dates and random.random() < 0.2):
        fact = random.choice(dates or list(definition.facts.values()))
        return [_record(origin, {fact.name: _answer(fact, today, random)}, everybody)]
    acts = [_record(origin, facts, everybody) for facts in _wanted(outlook, today, random)]
    actor = Actor("Whoever may", board.framework.roles, _agency(outlook, random))
    event, on = outlook.event, today - timedelta(days=random.choice([0, 0, 0, 3, 40]))
    return [*acts, lambda to: _fired(to, origin, event, actor, on)]


def _held(board: Board, verb: str, origin: str, name: str, by: Actor) -> object:
    file = getattr(board.engine, verb)(board.reference(origin), name, by=by, reason="as decided")
    return file.case.revision


def _fired(board: Board, origin: str, event: str, by: Actor, on: date) -> object:
    decision = board.engine.fire(board.reference(origin), event, by=by, reason="as agreed", on=on)
    return decision.moved, decision.revision


def _record(origin: str, facts: dict[str, object], by: Actor) -> Act:
    return lambda to: to.engine.record(to.reference(origin), facts, by=by, evidence="on file").revision


def _wanted(outlook: Outlook, today: date, random: Random) -> list[dict[str, object]]:
    if outlook.fixes:
        return [{change.fact: change.values[0] for change in random.choice(outlook.fixes)}]
    return (
        [{fact.name: _answer(fact, today, random) for fact in outlook.questions}] if outlook.questions else []
    )


def _answer(fact: Fact, today: date, random: Random) -> object:
    match fact.type:
        case "date":
            return (today + timedelta(days=random.randrange(-120, 120))).isoformat()
        case "number":
            return random.randrange(20)
        case "text":
            return "some words"
        case "labels":
            return random.choice(["A", "A,B"])
        case "parties":
            return random.sample(fact.values, random.randrange(1, 4))
        case _:
            return random.choice(fact.allowed() or ("unknown",))


def _agency(outlook: Outlook, random: Random) -> str | None:
    return random.choice(outlook.agencies) if outlook.agencies else None


def _everybody(framework: Framework, random: Random) -> Actor:
    return Actor("Everybody", framework.roles, random.choice(list(framework.agencies)))
