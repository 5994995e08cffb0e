"""Decision tables in DMN, decided by readers that are none of ours (`decide.mjs`), and our rules beside."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import playwright

from loopengine.core.rules.columns import ClaimColumn, Column, FactColumn, RuleColumn, Stretch, judged
from loopengine.core.rules.expressions import (
    AllOf,
    Answer,
    AnyOf,
    Condition,
    Known,
    Not,
    Possible,
    RuleRef,
    facts_of,
)
from loopengine.core.rules.verdicts import Rule
from loopengine.core.situation import Situation
from loopengine.core.truth import Truth
from loopengine.core.values import Value
from loopengine.exchange.cells import kind_of
from support.npm import npm_file

# The one that comes with playwright, and is new enough on every machine.
NODE = Path(playwright.__file__).with_name("driver") / "node"
TODAY = date(2017, 1, 16)


@dataclass(frozen=True)
class Job:
    """A decision, by its id, to be made for every combination of the values of *inputs*."""

    decision: str
    inputs: Mapping[str, Sequence[object]]


def decided(xml: str, jobs: Sequence[Job]) -> list[list[str]]:
    """What each of *jobs* comes to, combination by combination, the last input turning fastest."""
    asked = [{"decision": job.decision, "inputs": [*job.inputs.items()]} for job in jobs]
    given = {
        "moddle": str(npm_file("dmn-moddle/dist/index.js")),
        "feelin": str(npm_file("feelin/dist/index.js")),
        "xml": xml,
        "jobs": asked,
    }
    script = Path(__file__).with_name("decide.mjs")
    run = subprocess.run(
        [str(NODE), str(script)], input=json.dumps(given), capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr[-2000:]
    read = json.loads(run.stdout)
    assert read["warnings"] == []
    return [[each["answers"][place] for place in each["found"]] for each in read["results"]]


def sent(column: Column, state: object) -> object:
    """*state* of *column* as the other side is told it."""
    match state:
        case Truth():
            return state.word
        case bool():
            return "yes" if state else "no"
        case date():
            return {"date": state.isoformat()}
        case None:
            return None if kind_of(column) != "string" else "unknown"
        case _:
            return state


def ends(states: Sequence[object]) -> list[object]:
    """*states*, the first and the last of each stretch, and of those without end one far out."""
    found: dict[object, None] = {}
    for state in states:
        match state:
            case Stretch(first, last):
                far = _far(last, -1) if first is None else first, _far(first, 1) if last is None else last
                near = [each for each in (first, last) if each is not None]
                found |= dict.fromkeys([*far, *near])
            case _:
                found[state] = None
    return [*found]


def told_apart(column: Column, asked: Sequence[Any], last: bool) -> list[object]:
    """One state of *column* for each way in which those of *asked* that ask for it judge it: the first such,
    or the *last*.
    """
    states = ends(column.states)
    if not isinstance(column, FactColumn):
        return states
    leaves = [
        each for each in asked if not isinstance(each, RuleRef) and facts_of(each) == (column.fact.name,)
    ]
    groups: dict[object, list[object]] = {}
    for state in states:
        groups.setdefault(judged(column.fact, state, leaves), []).append(state)
    return [each[-1 if last else 0] for each in groups.values()]


def stated(condition: Condition, told: Mapping[Any, str]) -> Condition:
    """*condition* with everything in *told* asked as a yes_no fact of that name."""
    if condition in told:
        return Answer(told[condition])
    match condition:
        case RuleRef(condition=part):
            return replace(condition, condition=stated(part, told))
        case Not(part) | Possible(part) | Known(part):
            return type(condition)(stated(part, told))
        case AllOf(parts) | AnyOf(parts):
            return type(condition)(tuple(stated(part, told) for part in parts))
        case _:
            return condition


def ours(condition: Condition, columns: Mapping[Column, Sequence[object]]) -> Iterator[Truth]:
    """What *condition* comes to for every combination of states of *columns*, the last turning fastest."""
    told: dict[Any, str] = {}
    keys: list[str] = []
    for n, column in enumerate(columns):
        match column:
            case FactColumn(fact):
                keys.append(fact.name)
            case RuleColumn():
                keys.append(f"*{n}")
                told |= dict.fromkeys(_references(condition, column.name), f"*{n}")
            case ClaimColumn(claim):
                keys.append(f"*{n}")
                told[claim] = f"*{n}"
    rule = Rule(None, "", stated(condition, told))
    read = [place for place, key in enumerate(keys) if key in facts_of(rule.condition)]
    known: dict[tuple[object, ...], Truth] = {}
    for states in product(*columns.values()):
        asked = tuple(states[place] for place in read)
        if asked not in known:  # of all combinations, few differ in what the rule reads
            facts = {keys[place]: _value(states[place]) for place in read}
            known[asked] = rule.verdict(Situation(TODAY, {k: v for k, v in facts.items() if v is not None}))
        yield known[asked]


def _references(condition: Condition, name: str) -> Iterator[RuleRef]:
    match condition:
        case RuleRef():
            if condition.name == name:
                yield condition
            yield from _references(condition.condition, name)
        case Not(part) | Possible(part) | Known(part):
            yield from _references(part, name)
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _references(part, name)
        case _:
            pass


def _value(state: object) -> Value | None:
    match state:
        case Truth():
            return {Truth.TRUE: True, Truth.FALSE: False, Truth.UNKNOWN: None}[state]
        case bool() | int() | str() | date() | None:
            return state
        case _:
            raise AssertionError(state)


def _far(place: object, way: int) -> object:
    if isinstance(place, date):
        return date(1900, 1, 1) if way < 0 else date(2100, 1, 1)
    return 1000 * way
