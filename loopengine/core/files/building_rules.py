"""From the text of rules to their trees, in an order in which each finds the rules that it names.

Knows how rules hang together. Does not know what they say: that is `parsing.py`'s.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from loopengine.core.files import messages
from loopengine.core.files.framework_shapes import FrameworkShape
from loopengine.core.files.names import Names, refuse_unknown
from loopengine.core.files.places import Place
from loopengine.core.files.shapes import RuleShape
from loopengine.core.routes import Route
from loopengine.core.rules.expressions import Alike, AllOf, Condition, RuleRef, kinds_of, walk
from loopengine.core.rules.lists import asked_plainly
from loopengine.core.rules.parsing import RuleError, Scope, names_called, names_in, parse
from loopengine.core.rules.strengths import Strength
from loopengine.core.rules.verdicts import Rule

# Stands for a rule that could not be read, so that what names it is read all the same.
_UNREAD: Condition = AllOf(())
AGREES = "agrees"  # the function whose meaning is the routing table


@dataclass(frozen=True, slots=True)
class RuleReader:
    """Reads expressions in *scope*; one that uses something *unclear*, which has been told, is let go."""

    scope: Scope
    unclear: frozenset[str]

    def read_once(self, text: str, place: Place) -> Condition:
        """Like `read`, of a condition about the case as a whole: one about each of a list is refused."""
        condition = self.read(text, place)
        for fact in asked_plainly(condition, self.scope.lists)[:1]:
            of = self.scope.listing_of(fact)
            assert of is not None
            at = max(text.find(fact), 0)  # it may stand in a rule that this one names
            place.refuse_inside(text, at, messages.not_over_list(fact, of.name))
        return condition

    def read(self, text: str, place: Place) -> Condition:
        """The tree of the *text* at *place*."""
        if not text or self.unclear.intersection(re.findall(r"\w+", text)):
            return _UNREAD
        try:
            return parse(text, self.scope)
        except RuleError as error:
            place.refuse_inside(text, error.column, messages.rule_error(error.message, error.hint))
            return _UNREAD


def build_rules(names: Names) -> tuple[Mapping[str, Rule], tuple[Route, ...], RuleReader]:
    """The rules of a workflow in the order of its file, and a reader for what else names them.

    Also the routes, which read them if the workflow is that of the intake.
    """
    shapes = names.own.shape.rules
    kinds = {kind: _states(names, each.workflow) for kind, each in names.own.shape.sub_cases.items()}
    own = names.own
    facts = {**own.facts, **own.repeated}
    unclear = frozenset(own.shape.facts.keys() - facts.keys())
    unclear |= {kind for kind, states in kinds.items() if not states}
    rows = names.shared.routes if names.own.shape.workflow == names.shared.intake else ()
    order, in_circles = _in_order(shapes, {each for row in rows for each in names_in(row.when)})
    trees: dict[str, RuleRef] = {}
    rules: dict[str, Rule] = {}
    led_to: dict[Strength, tuple[tuple[str, Condition], ...]] = {}
    routes: tuple[Route, ...] = ()
    quorums = {name: each.quorum for name, each in names.shared.groups.items() if each.quorum is not None}
    asked = {name: fact for name, fact in facts.items() if name in own.shape.facts}
    scope = Scope(asked, trees, kinds, frozenset(names.moments), own.lists, quorums, led_to)
    reader = RuleReader(scope, unclear | in_circles)
    for name in order:
        shape = shapes[name]
        if rows and not routes and AGREES in names_called(shape.when):
            routes = _routes(names, reader, led_to)
        condition = reader.read(shape.when, shape.place / "when")
        sources = names.authorities(shape.source, shape.place / "source")
        trees[name] = RuleRef(name, condition, sources, shape.title or None)
        rules[name] = Rule(name, on_one_line(shape.when), condition, sources, shape.title or None)
    if rows and not routes:
        routes = _routes(names, reader, led_to)
    return {name: rules[name] for name in shapes}, routes, reader


def _routes(
    names: Names, reader: RuleReader, led_to: dict[Strength, tuple[tuple[str, Condition], ...]]
) -> tuple[Route, ...]:
    """The rows of the routing table; *led_to* gets what they lead to, for rules about what is decided."""
    reader = replace(reader, scope=replace(reader.scope, led_to=None))
    routes: list[Route] = []
    for row in names.shared.routes:
        refuse_unknown("workflow", row.review, names.others, row.place / "review")
        condition = reader.read(row.when, row.place / "when")
        sources = names.authorities(row.source, row.place / "source")
        if row.strength is not None:
            name = f"{row.review} ({row.strength})"
            rule = Rule(name, on_one_line(row.when), condition, sources, row.title or None)
            routes.append(Route(row.review, row.strength, rule, row.alternatives or None))
    for route in routes:
        reached = RuleRef(route.rule.name or "", route.rule.condition, route.rule.sources, route.rule.title)
        led_to[route.strength] = (*led_to.get(route.strength, ()), (route.review, reached))
    return tuple(routes)


def refuse_what_lies_beside(condition: Condition, names: Names, place: Place, what: str) -> None:
    """Refuse a *condition* that reads what nobody is told the change of: cases beside this one.

    *what* is what the engine does of itself when the condition is TRUE.
    """
    kinds = names.own.shape.sub_cases
    for kind in kinds_of(condition):
        if kinds[kind].linked:
            place.refuse(messages.linked_kind_in(what, kind))
    for fact in dict.fromkeys(node.fact for node in walk(condition) if isinstance(node, Alike)):
        place.refuse(messages.alike_in(what, fact))


def on_one_line(text: str) -> str:
    """*text* without the line ends that a literal block keeps."""
    return " ".join(line.strip() for line in text.splitlines()).strip()


def _states(names: Names, workflow: str) -> frozenset[str]:
    other = names.others.get(workflow)
    return frozenset() if other is None else frozenset(other.shape.states)


def _in_order(
    shapes: Mapping[str, RuleShape], routed: Iterable[str]
) -> tuple[tuple[str, ...], frozenset[str]]:
    """The names of the rules, each after those that it uses; and those that use each other, which is told.

    A rule about what is decided uses those that are *routed* by.
    """

    def uses(name: str) -> Iterator[str]:
        text = shapes[name].when
        used = [*names_in(text), *(routed if AGREES in names_called(text) else ())]
        return (each for each in used if each in shapes)

    placed: dict[str, None] = {}
    in_circles: set[str] = set()
    for first in shapes:
        # The rules from the first to the one looked at, each with what it uses and is not looked at yet.
        path = {} if first in placed else {first: uses(first)}
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
                path[following] = uses(following)
    return tuple(placed), frozenset(in_circles)


def check_intake(shape: FrameworkShape, workflows: Collection[str]) -> None:
    """Refuse routes that read nothing, and an intake that leads nowhere."""
    refuse_unknown("workflow", shape.intake, workflows, shape.place / "intake")
    if shape.routes and not shape.place.gives("intake"):
        (shape.place / "routes").refuse_key(messages.routes_without_intake())
    if shape.intake and not shape.place.gives("routes"):
        (shape.place / "intake").refuse_key(messages.intake_without_routes())
