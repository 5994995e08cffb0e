"""A situation in which facts can be supposed, to see what would follow."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time

from loopengine.core.rules.expressions import Condition, WithinBefore, walk
from loopengine.core.situation import Recorded, Situation
from loopengine.core.values import Value


class Supposition:
    """A copy of a situation that one fact after another can be changed in, and changed back.

    What *condition* looks back over is supposed to be answered as of today, as when somebody records it.
    """

    def __init__(self, situation: Situation, condition: Condition) -> None:
        self._real = situation
        self._facts = dict(situation.facts)
        self._answers = dict(situation.answers)
        self._looked_back = {node.fact for node in walk(condition) if isinstance(node, WithinBefore)}
        self.situation = replace(situation, facts=self._facts, answers=self._answers)

    def suppose(self, fact: str, value: Value | None) -> None:
        """Let *fact* have *value*; None: let it be unknown."""
        if value is None:
            self._facts.pop(fact, None)
        else:
            self._facts[fact] = value
        if fact in self._looked_back:
            today = self._real.today
            answer = Recorded(value, today, datetime.combine(today, time(), UTC))
            self._answers[fact] = (*self._real.answers.get(fact, ()), answer)

    def forget(self, fact: str) -> None:
        """Let *fact* be as it really is."""
        if fact in self._real.facts:
            self._facts[fact] = self._real.facts[fact]
        else:
            self._facts.pop(fact, None)
        if fact in self._looked_back:
            self._answers[fact] = self._real.answers.get(fact, ())
