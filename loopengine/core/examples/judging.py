"""Whether an example is as its author says; and what is so instead, in words.

Knows workflows and their framework. What clocks and people do has modules of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import assert_never

from loopengine.core.definitions import Framework, Step, Workflow
from loopengine.core.examples.clocks import wrong_due, wrong_event, wrong_hold, wrong_stop, wrong_wait
from loopengine.core.examples.definitions import (
    Charged,
    Due,
    Example,
    Fires,
    Judged,
    Reasoned,
    Routed,
    Stilled,
    Stopped,
    Supposed,
    Waited,
    Walked,
)
from loopengine.core.examples.people import steps_called, wrong_duties, wrong_reasons, wrong_way
from loopengine.core.rules.verdicts import Rule
from loopengine.core.situation import Other, Recorded, Situation, Tally
from loopengine.core.truth import Truth
from loopengine.core.values import Fact, Value
from loopengine.core.workdays import WorkingCalendar
from loopengine.errors import LoopEngineError, UnknownName, UsageError

# The day on which everything is supposed to be asked, where an example does not say which.
ON = date(2017, 1, 16)
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Bench:
    """What examples are judged on: a *workflow* (None for the framework), its *board* if it has one, and the
    calendar.
    """

    workflow: Workflow | None
    board: Framework | None
    calendar: WorkingCalendar = field(default_factory=WorkingCalendar.england_and_wales)


def failing(example: Example, bench: Bench) -> str | None:
    """What is so instead of what *example* says; None if it is as it says."""
    try:
        return _failing(example, bench)
    except LoopEngineError as error:
        return error.message if error.hint is None else f"{error.message}; {error.hint}"


def _failing(example: Example, bench: Bench) -> str | None:
    content = example.content
    if isinstance(content, Routed):
        if bench.board is None or bench.workflow is not None:
            raise UsageError("routes are the framework's", "their examples stand in examples/framework.yaml")
        return _wrong_route(content, bench.board)
    if bench.workflow is None:
        raise UsageError("of a framework there are examples of `routes` alone")
    workflow = bench.workflow
    match content:
        case Judged():
            return _wrong_verdict(content, workflow)
        case Due():
            return wrong_due(content, workflow, bench.calendar, bench.board)
        case Stopped():
            return wrong_stop(content, workflow)
        case Fires():
            return wrong_event(content, workflow)
        case Stilled():
            return wrong_hold(content, workflow)
        case Waited():
            return wrong_wait(content, steps_called(content.step, workflow), workflow, bench.calendar)
        case Charged():
            return wrong_duties(content, workflow, bench.board)
        case Reasoned():
            return wrong_reasons(content, workflow)
        case Walked():
            return wrong_way(content, workflow)
        case _:
            assert_never(content)


# --- rules --------------------------------------------------------------------------------------------------


def _wrong_verdict(judged: Judged, workflow: Workflow) -> str | None:
    about = workflow.given(judged.supposed.facts)
    known = {**about.repeated, **about.facts}
    situation = situation_of(judged.supposed, known, about)
    for called, rule in _rules_called(judged, about):
        verdict = Truth.TRUE if rule is None else rule.verdict(situation)
        if verdict is not judged.verdict:
            return f"{called} is {verdict.word.upper()} then, and not {judged.verdict.word.upper()}"
    return None


def _rules_called(judged: Judged, workflow: Workflow) -> list[tuple[str, Rule | None]]:
    match judged.sort:
        case "rule":
            return [(judged.name, workflow.rule(judged.name))]
        case "standing":
            if judged.name not in workflow.standing:
                raise UnknownName("standing rule", judged.name, workflow.standing)
            return [(judged.name, workflow.standing[judged.name].when)]
        case "guard":
            return [(_called(step), step.when) for step in steps_called(judged.name, workflow)]
        case _:
            assert_never(judged.sort)


def _called(step: Step) -> str:
    return f"the rule of {step.source}.{step.event}"


def situation_of(supposed: Supposed, known: Mapping[str, Fact], workflow: Workflow) -> Situation:
    """What is *supposed*, as a rule of *workflow* reads it; raises UnknownName, BadValue."""
    on = supposed.on or ON
    facts = _accepted(supposed.facts, known)
    for kind in supposed.sub_cases:
        if kind not in workflow.sub_cases:
            raise UnknownName("kind of sub-case", kind, workflow.sub_cases)
    for event in supposed.happened:
        if event != "opened" and event not in workflow.events:
            raise UnknownName("event", event, workflow.events)
    tallies = {
        kind: Tally(each.total, each.reached, each.excused) for kind, each in supposed.sub_cases.items()
    }
    answers = {
        name: (_recorded(value, on - _ONE_DAY), _recorded(facts.get(name), on))
        for name, value in _accepted(supposed.earlier, known).items()
    }
    for name in supposed.alike:
        if name not in known:
            raise UnknownName("fact", name, known)
    others = {
        name: tuple(Other(facts[name], day) for day in days)
        for name, days in supposed.alike.items()
        if name in facts
    }
    happened = {**supposed.happened}
    return Situation(on, facts, happened, tallies, answers, others)


def _recorded(value: Value | None, on: date) -> Recorded:
    return Recorded(value, on, datetime.combine(on, time(), UTC))


def _accepted(given: Mapping[str, object], known: Mapping[str, Fact]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name, raw in given.items():
        if name not in known:
            raise UnknownName("fact", name, known)
        value = known[name].accept_or_unknown(raw)
        if value is not None:
            found[name] = value
    return found


# --- the routing table --------------------------------------------------------------------------------------


def _wrong_route(routed: Routed, board: Framework) -> str | None:
    routing = board.route(routed.supposed.facts, routed.supposed.on or ON)
    found = {
        "must": routing.that_are("required"),
        "should": routing.that_are("advised"),
        "may": routing.that_are("possible"),
    }
    said = {"must": routed.must, "should": routed.should, "may": routed.may}
    wrong = [
        f"{word} lead to {_listed(found[word])}, and not to {_listed(said[word])}"
        for word in said
        if {*found[word]} != {*said[word]}
    ]
    return f"it {'; it '.join(wrong)}" if wrong else None


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "nothing"
