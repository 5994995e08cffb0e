"""What a change of a set does beside what a rule says of the set: there are others to be asked about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from loopengine.core.definitions import Step
from loopengine.core.records import Answered, Record
from loopengine.core.rules.fixing import Change, Fix
from loopengine.core.truth import Truth
from loopengine.core.unfolding import unfolded
from loopengine.engine.work import Held


def sound(held: Held, step: Step, fixes: Iterable[Fix], on: date) -> tuple[Fix, ...]:
    """*fixes* as far as they allow *step* also when the rules speak of those whom they name."""
    kept = (tuple(_kept(held, step, fix, change, on) for change in fix) for fix in fixes)
    return tuple(fix for fix in kept if all(change.values for change in fix))


def _kept(held: Held, step: Step, fix: Fix, change: Change, on: date) -> Change:
    """*change* with those of its values that do, together with the first of the others in *fix*."""
    if change.fact not in held.folded.naming:
        return change
    others = {other.fact: other.values[0] for other in fix}
    values = tuple(
        value for value in change.values if _allows(held, step, {**others, change.fact: value}, on)
    )
    needs = tuple(value for value in change.needs_evidence if value in values)
    return replace(change, values=values, needs_evidence=needs)


def _allows(held: Held, step: Step, changes: Mapping[str, str], on: date) -> bool:
    record = _supposed(held, changes, on)
    about = unfolded(held.folded, record)
    rule = about.states[record.state].steps[step.event].when
    situation = record.situation(on, held.tallies, about.stand_ins)
    return rule is None or rule.verdict(situation) is Truth.TRUE


def _supposed(held: Held, changes: Mapping[str, str], on: date) -> Record:
    """The record of *held* as if *changes* were recorded on the day *on*."""
    record = held.record
    assert record.recorded_at is not None
    answers = dict(record.answers)
    for name, text in changes.items():
        value = held.workflow.fact_asked(name).accept_or_unknown(text)
        answer = Answered(name, value, on, record.entries + 1, record.recorded_at, "")
        answers[name] = (*answers.get(name, ()), answer)
    return replace(record, answers=answers)
