"""Answers that were given to one version, as another takes them: what does not fit any more is not known.

Knows facts and situations; nothing of decisions.
"""

from __future__ import annotations

from dataclasses import replace

from loopengine.core.definitions import Workflow
from loopengine.core.situation import Recorded, Situation
from loopengine.core.values import Fact, Value, spell
from loopengine.errors import BadValue


def fitted(situation: Situation, own: Workflow, proposed: Workflow) -> Situation:
    """*situation*, as cases of *own* have it, in a case of *proposed*."""
    names = {*situation.facts, *situation.answers}
    others = {
        name: proposed.facts.get(name) for name in names if own.facts.get(name) != proposed.facts.get(name)
    }
    if not others:
        return situation
    facts = {name: value for name, value in situation.facts.items() if name not in others}
    answers = {name: told for name, told in situation.answers.items() if name not in others}
    for name, fact in others.items():
        value = None if fact is None else _taken(fact, situation.facts.get(name))
        if value is not None:
            facts[name] = value
        if fact is not None and name in situation.answers:
            answers[name] = tuple(_retaken(fact, each) for each in situation.answers[name])
    return replace(situation, facts=facts, answers=answers)


def _retaken(fact: Fact, answer: Recorded) -> Recorded:
    return replace(answer, value=_taken(fact, answer.value))


def _taken(fact: Fact, value: Value | None) -> Value | None:
    try:
        return None if value is None else fact.accept(spell(value))
    except BadValue:
        return None
