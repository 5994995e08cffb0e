"""Any decision again as it was taken: under the rules of then, with what was known then, and nothing since.

Working Together 2015 (the framework's 3.2): practice is to be understood without hindsight.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from loopengine.core.definitions import Framework
from loopengine.core.history import Entry, replay
from loopengine.core.rules.explanation import Node, explain
from loopengine.core.situation import Tally
from loopengine.core.values import Json


def retell(framework: Framework, entries: Sequence[Entry], n: int) -> Node | None:
    """Why entry *n* (a move, a refusal, or what arose) was decided so, or None if no rule was asked."""
    entry = entries[n - 1]
    record = replay(framework, entries[: n - 1])
    workflow = framework.workflow(record.workflow)
    standing = entry.text("standing")
    step = workflow.states[record.state].steps.get(entry.text("event") or "")
    rule = workflow.standing[standing].when if standing is not None else None if step is None else step.when
    if rule is None:
        return None
    situation = record.situation(entry.so_on, _tallies(entry.body.get("read")))
    return explain(rule.condition, situation, workflow.facts)


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


def _whole(value: object) -> int:
    assert isinstance(value, int)
    return value


def _counts(value: object) -> dict[str, int]:
    assert isinstance(value, Mapping)
    return {str(state): _whole(count) for state, count in value.items()}
