"""Any decision again as it was taken: under the rules of then, with what was known then, and nothing since.

Working Together 2015 (the framework's 3.2): practice is to be understood without hindsight.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from loopengine.core.definitions import Framework
from loopengine.core.durations import Duration
from loopengine.core.history import Entry, replay
from loopengine.core.rules.explanation import Node, explain
from loopengine.core.rules.expressions import Alike, Condition, walk
from loopengine.core.rules.leaves import alike
from loopengine.core.situation import Situation, Tally
from loopengine.core.unfolding import unfolded
from loopengine.core.values import Json


def retell(framework: Framework, entries: Sequence[Entry], n: int) -> Node | None:
    """Why entry *n* (a move, a refusal, or what arose) was decided so, or None if no rule was asked."""
    entry = entries[n - 1]
    record = replay(framework, entries[: n - 1])
    workflow = unfolded(framework.workflow(record.workflow), record)
    standing = entry.text("standing")
    step = workflow.states[record.state].steps.get(entry.text("event") or "")
    rule = workflow.standing[standing].when if standing is not None else None if step is None else step.when
    if rule is None:
        return None
    tallies, others = kept_with(entry.body.get("read"))
    situation = replace(record.situation(entry.so_on, tallies, workflow.stand_ins), retold=others)
    return explain(rule.condition, situation, workflow.facts)


def kept_with(read: Json) -> tuple[dict[str, Tally], dict[tuple[str, Duration], int]]:
    """What an entry keeps of its sub-cases, by kind, and of other cases, as it was *read*."""
    return _tallies(read), _alike(read)


def numbers(tally: Tally) -> Mapping[str, Json]:
    """How an entry keeps the sub-cases of one kind that its rule read."""
    return {
        "total": tally.total,
        "reached": dict(tally.reached),
        "excused": tally.excused,
        "excused_reached": dict(tally.excused_reached),
    }


def tally_from(numbers: Mapping[str, object]) -> Tally:
    """The tally that `numbers` was made of."""
    return Tally(
        _whole(numbers["total"]),
        _counts(numbers["reached"]),
        _whole(numbers["excused"]),
        _counts(numbers["excused_reached"]),
    )


def _tallies(read: Json) -> dict[str, Tally]:
    kinds = read.get("sub_cases") if isinstance(read, Mapping) else None
    found = kinds.items() if isinstance(kinds, Mapping) else ()
    return {kind: tally_from(each) for kind, each in found if isinstance(each, Mapping)}


def alike_read(condition: Condition, situation: Situation) -> Mapping[str, Json]:
    """How an entry keeps what the `alike` of its rule came to: by fact, and how far it looked back."""
    read: dict[str, dict[str, Json]] = {}
    for node in walk(condition):
        if isinstance(node, Alike):
            number = alike(situation, node.fact, node.duration)
            read.setdefault(node.fact, {})[str(node.duration)] = number
    return {**read}


def _alike(read: Json) -> dict[tuple[str, Duration], int]:
    told = read.get("alike") if isinstance(read, Mapping) else None
    found = told.items() if isinstance(told, Mapping) else ()
    return {
        (fact, Duration.parse(within)): _whole(number)
        for fact, numbers in found
        if isinstance(numbers, Mapping)
        for within, number in numbers.items()
        if number is not None
    }


def _whole(value: object) -> int:
    assert isinstance(value, int)
    return value


def _counts(value: object) -> dict[str, int]:
    assert isinstance(value, Mapping)
    return {str(state): _whole(count) for state, count in value.items()}
