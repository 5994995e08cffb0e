"""From the text of rules to their trees, in an order in which each finds the rules that it names.

Knows how rules hang together. Does not know what they say: that is `parsing.py`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from loopengine.core.files import messages
from loopengine.core.files.names import Names
from loopengine.core.files.places import Place
from loopengine.core.files.shapes import RuleShape
from loopengine.core.rules.expressions import AllOf, Condition, RuleRef
from loopengine.core.rules.parsing import RuleError, Scope, names_in, parse
from loopengine.core.rules.verdicts import Rule

# Stands for a rule that could not be read, so that what names it is read all the same.
_UNREAD: Condition = AllOf(())


@dataclass(frozen=True, slots=True)
class RuleReader:
    """Reads expressions in *scope*; one that uses something *unclear*, which has been told, is let go."""

    scope: Scope
    unclear: frozenset[str]

    def read(self, text: str, place: Place) -> Condition:
        """The tree of the *text* at *place*."""
        if not text or self.unclear.intersection(re.findall(r"\w+", text)):
            return _UNREAD
        try:
            return parse(text, self.scope)
        except RuleError as error:
            place.refuse_inside(text, error.column, messages.rule_error(error.message, error.hint))
            return _UNREAD


def build_rules(names: Names) -> tuple[Mapping[str, Rule], RuleReader]:
    """The rules of a workflow in the order of its file, and a reader for what else names them."""
    shapes = names.own.shape.rules
    kinds = {kind: _states(names, each.workflow) for kind, each in names.own.shape.sub_cases.items()}
    unclear = frozenset(names.own.shape.facts.keys() - names.own.facts.keys())
    unclear |= {kind for kind, states in kinds.items() if not states}
    order, in_circles = _in_order(shapes)
    trees: dict[str, RuleRef] = {}
    rules: dict[str, Rule] = {}
    reader = RuleReader(Scope(names.own.facts, trees, kinds, frozenset(names.moments)), unclear | in_circles)
    for name in order:
        shape = shapes[name]
        condition = reader.read(shape.when, shape.place / "when")
        sources = names.authorities(shape.source, shape.place / "source")
        trees[name] = RuleRef(name, condition, sources, shape.title or None)
        rules[name] = Rule(name, on_one_line(shape.when), condition, sources, shape.title or None)
    return {name: rules[name] for name in shapes}, reader


def on_one_line(text: str) -> str:
    """*text* without the line ends that a literal block keeps."""
    return " ".join(line.strip() for line in text.splitlines()).strip()


def _states(names: Names, workflow: str) -> frozenset[str]:
    other = names.others.get(workflow)
    return frozenset() if other is None else frozenset(other.shape.states)


def _in_order(shapes: Mapping[str, RuleShape]) -> tuple[tuple[str, ...], frozenset[str]]:
    """The names of the rules, each after those that it uses; and those that use each other, which is told."""
    placed: dict[str, None] = {}
    in_circles: set[str] = set()
    for first in shapes:
        # The rules from the first to the one looked at, each with what it uses and is not looked at yet.
        path = {} if first in placed else {first: _used(first, shapes)}
        while path:
            name, used = next(reversed(path.items()))
            following = next(used, None)
            if following is None:
                placed[name] = None
                path.popitem()
            elif following in path:
                circle = [*path][[*path].index(following) :]
                (shapes[following].place / "when").refuse(messages.rules_in_a_circle(circle))
                in_circles.update(circle)
            elif following not in placed:
                path[following] = _used(following, shapes)
    return tuple(placed), frozenset(in_circles)


def _used(name: str, shapes: Mapping[str, RuleShape]) -> Iterator[str]:
    return (each for each in names_in(shapes[name].when) if each in shapes)
