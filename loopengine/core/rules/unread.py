"""Explanations that nobody has read yet: most steps are taken by programs that never ask why.

What an explanation is made of never changes, so it is the same whenever it is made. Knows rules and
situations; does not know what was decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import overload

from loopengine.core.rules.explanation import Node, explain, renamed
from loopengine.core.rules.verdicts import Rule
from loopengine.core.situation import Situation
from loopengine.core.values import Fact


@dataclass(frozen=True, slots=True, eq=False)
class Unread:
    """Why *rule* amounts to what it does in *situation*; *names* are those of who is only referred to."""

    rule: Rule
    situation: Situation
    facts: Mapping[str, Fact]
    names: Mapping[str, str] = field(default_factory=dict)

    def refs(self) -> set[str]:
        """Whoever it may name: who gave the answers to the facts that the rule reads."""
        answers = self.situation.answers
        given = (each.by for fact in self.rule.reads[0] for each in answers.get(fact, ()))
        return {by for by in given if by is not None}

    def naming(self, names: Mapping[str, str]) -> Unread:
        """The same, with *names* in place of references."""
        return replace(self, names=names)

    def read(self) -> Node:
        """The explanation itself."""
        return renamed(explain(self.rule.condition, self.situation, self.facts), self.names)


class Because:
    """A field that holds an explanation, and makes it when it is first read: of a class without slots."""

    @overload
    def __get__(self, decision: None, owner: type) -> None: ...
    @overload
    def __get__(self, decision: object, owner: type) -> Node | None: ...
    def __get__(self, decision: object | None, owner: type) -> Node | None:
        if decision is None:
            return None  # what a dataclass takes for the default
        found = unread(decision)
        if isinstance(found, Unread):
            found = decision.__dict__[_HELD] = found.read()
        return found

    def __set__(self, decision: object, because: Unread | Node | None) -> None:
        decision.__dict__[_HELD] = because


def unread(decision: object) -> Unread | Node | None:
    """What the field of *decision* holds, without making it."""
    held: Unread | Node | None = decision.__dict__[_HELD]
    return held


_HELD = "_because"
