"""What follows of itself: moves with all that they record and open, and automatic steps until none is left.

Called by every writing verb, in its transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from loopengine.core.actors import Actor
from loopengine.core.definitions import Each, FromFact, Opens, Step
from loopengine.core.machine import Moved, decide, outlook
from loopengine.core.retelling import numbers
from loopengine.core.rules.expressions import facts_of, kinds_of
from loopengine.core.values import Json, Spelled, Value, spell
from loopengine.engine.opening import fact_bodies, open_case
from loopengine.engine.work import BY_ENGINE, Held, Work
from loopengine.errors import RefusedError

# Automatic steps that one verb may set off. The shipped files need a handful for each sub-case.
MOST_STEPS = 1_000
_ENGINE = Actor("loopengine")


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said with an event: why, as kept apart, and whether it overrides the rule."""

    reason: Mapping[str, Json] | None = None
    overrides: bool = False


def settle(work: Work, on: date) -> None:
    """Take every automatic step whose rule is TRUE, of the cases that this work has touched, to the last.

    A step that was TRUE already on the day *on* was so then; one that is only TRUE today, today.
    """
    taken = 0
    while (held := work.next_unsettled()) is not None:
        step, day = _automatic(work, held, on)
        if step is None:
            continue
        taken += 1
        if taken > MOST_STEPS:
            raise RefusedError(
                f"over {MOST_STEPS} automatic steps followed from one another, "
                f"the last of {held.record.reference}",
                "see in its workflow file that they do not go round in a circle",
            )
        move(work, held, step, on=day, by=BY_ENGINE, said=Said())


def move(
    work: Work, held: Held, step: Step, *, on: date, by: Mapping[str, Json], said: Said
) -> tuple[str, ...]:
    """Write that *held* took *step*, and open what it opens; the references of what was opened."""
    facts = held.record.facts(on)
    wanted = [
        (opens, party, _reference(work, held, opens, on))
        for opens in step.opens
        for party in _parties(opens, facts)
    ]
    details: dict[str, Json] = {
        "event": step.event,
        "from": step.source,
        "to": step.to,
        "stage": held.workflow.states[step.to].stage,
        "passes": list(step.passes) or None,
        "automatic": step.automatic or None,
        "reason": said.reason,
        "overrode": said.overrides or None,
        "facts": fact_bodies(work, held.workflow, step.sets, on, None) or None,
        "opened": [reference for _, _, reference in wanted] or None,
        "read": what_was_read(held, step, on),
    }
    work.write(held, "moved", on=on, by=by, details=details)
    for opens, party, reference in wanted:
        open_case(
            work,
            opens.workflow,
            {name: _given(work, held, value, party, facts) for name, value in opens.sets.items()},
            by=by,
            on=on,
            reference=reference,
            under=held if opens.kind is not None else None,
            kind=opens.kind,
            linked=None if opens.link is None else (held, opens.link),
        )
    return tuple(reference for _, _, reference in wanted)


def what_was_read(held: Held, step: Step, on: date) -> Json:
    """The verdict of *step*'s rule, with the facts and numbers that it read: kept with the entry."""
    if step.when is None:
        return None
    situation = held.record.situation(on, held.tallies)
    facts = {name: _spelled(situation.facts.get(name)) for name in facts_of(step.when.condition)}
    kinds = kinds_of(step.when.condition)
    read = {kind: numbers(situation.tally(kind)) for kind in kinds}
    return {"verdict": step.when.verdict(situation).word, "facts": facts, "sub_cases": read}


def _automatic(work: Work, held: Held, on: date) -> tuple[Step | None, date]:
    """The automatic step that *held* takes now, if there is one, and the day on which it was so."""
    earliest = max(on, held.record.moved_on or held.record.opened_on)
    for step in held.workflow.states[held.record.state].steps.values():
        if not step.automatic:
            continue
        for day in dict.fromkeys((min(earliest, work.today), work.today)):
            position = held.position(day)
            if outlook(step, held.workflow, position, work.calendar(held))[0] != "allowed":
                continue
            decision = decide(
                held.workflow, position, step.event, by=_ENGINE, calendar=work.calendar(held), by_engine=True
            )
            assert isinstance(decision, Moved)
            assert decision.to == step.to
            return step, day
    return None, on


def _reference(work: Work, held: Held, opens: Opens, on: date) -> str:
    from_ = held.framework if opens.kind is not None else work.shelf.present
    return work.new_reference(from_.workflow(opens.workflow).reference, on.year)


def _parties(opens: Opens, facts: Mapping[str, Value]) -> list[str | None]:
    if opens.for_each is None:
        return [None]
    parties = facts.get(opens.for_each)
    return [*sorted(parties)] if isinstance(parties, frozenset) else []


def _given(
    work: Work, held: Held, value: Value | FromFact | Each, party: str | None, facts: Mapping[str, Value]
) -> Value | None:
    match value:
        case Each():
            return party
        case FromFact(fact):
            given = facts.get(fact)
            is_text = given is not None and held.workflow.facts[fact].type == "text"
            return work.words(str(given)) if is_text else given  # None if it was erased
        case _:
            return value


def _spelled(value: Value | None) -> Spelled | None:
    return None if value is None else spell(value)
