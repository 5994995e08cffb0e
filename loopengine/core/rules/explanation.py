"""Why a rule amounts to what it does: each part of it with its verdict, each fact with where it came from.

Nothing is left out because something else had settled the matter already. Knows situations; does not know
what a verdict is used for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import assert_never

from loopengine.clock import instant_text, london_date
from loopengine.core.durations import Duration, shift
from loopengine.core.rules.english import leaf_words, operand_words, render, words
from loopengine.core.rules.expressions import (
    Age,
    Alike,
    AllOf,
    Among,
    Answer,
    AnyOf,
    Arithmetic,
    Compare,
    Condition,
    Constant,
    Count,
    Disjoint,
    Every,
    FactValue,
    Known,
    KnownFact,
    Leaf,
    Member,
    Not,
    Operand,
    Possible,
    RuleRef,
    Since,
    SinceDay,
    Size,
    Some,
    Source,
    Span,
    Unlisted,
    WithinBefore,
    operands_of,
)
from loopengine.core.rules.leaves import answered
from loopengine.core.rules.verdicts import evaluate, value_of
from loopengine.core.situation import Situation
from loopengine.core.truth import Truth, all_of, any_of, known, possible
from loopengine.core.values import Fact, Json, Value, spell, spell_text

__all__ = ["Node", "explain", "lines", "node_json", "render"]

_MARKS = {Truth.TRUE: "yes", Truth.FALSE: "no", Truth.UNKNOWN: "?", None: ""}


@dataclass(frozen=True, slots=True)
class Node:
    """One part of an explanation; *verdict* is of a condition, *value* of what has one.

    *by*, *recorded_at* and *so_on* say who gave the answer that still stands, when it was written down, and
    from which day it was so. The words of a text fact are never repeated: no rule reads them.
    """

    kind: str
    text: str
    verdict: Truth | None = None
    value: Value | None = None
    by: str | None = None
    recorded_at: datetime | None = None
    so_on: date | None = None
    sources: tuple[Source, ...] = ()
    parts: tuple[Node, ...] = ()


_KINDS: Mapping[type[Leaf], str] = {
    Answer: "fact",
    KnownFact: "known",
    Compare: "comparison",
    Among: "among",
    Member: "member",
    Disjoint: "disjoint",
    Every: "every",
    Some: "some",
    Since: "since",
    SinceDay: "since",
    WithinBefore: "within_before",
    Unlisted: "unlisted",
}


def explain(condition: Condition, situation: Situation, facts: Mapping[str, Fact]) -> Node:
    """The verdict of *condition* in *situation*, part by part."""
    match condition:
        case RuleRef(name, part, sources, title, over):
            inner = explain(part, situation, facts)
            text = title or (words(name) if over is None else render(condition, facts))
            return Node("rule", text, inner.verdict, sources=sources, parts=(inner,))
        case Not(part):
            inner = explain(part, situation, facts)
            return Node("not", "not", ~_verdict(inner), parts=(inner,))
        case AllOf(parts):
            each = tuple(explain(part, situation, facts) for part in parts)
            return Node("all", "all of these", all_of(map(_verdict, each)), parts=each)
        case AnyOf(parts):
            each = tuple(explain(part, situation, facts) for part in parts)
            return Node("any", "any of these", any_of(map(_verdict, each)), parts=each)
        case Possible(part):
            inner = explain(part, situation, facts)
            return Node("possible", "not ruled out", possible(_verdict(inner)), parts=(inner,))
        case Known(part):
            inner = explain(part, situation, facts)
            return Node("known", "settled", known(_verdict(inner)), parts=(inner,))
        case _:
            return _leaf(condition, situation, facts)


def renamed(node: Node, names: Mapping[str, str]) -> Node:
    """*node* with *names* in place of the references of those who gave the answers."""
    parts = tuple(renamed(part, names) for part in node.parts)
    return replace(node, parts=parts, by=None if node.by is None else names.get(node.by, node.by))


def node_json(node: Node) -> dict[str, Json]:
    """*node* as JSON: values spelled, instants and dates as ISO text, sources as they are cited."""
    return {
        "kind": node.kind,
        "text": node.text,
        "verdict": None if node.verdict is None else node.verdict.word,
        "value": None if node.value is None else spell(node.value),
        "by": node.by,
        "recorded_at": None if node.recorded_at is None else instant_text(node.recorded_at),
        "so_on": None if node.so_on is None else node.so_on.isoformat(),
        "sources": [source.cite for source in node.sources],
        "parts": [node_json(part) for part in node.parts],
    }


def lines(node: Node, depth: int = 0) -> list[str]:
    """*node* for a terminal, a line for each part: the verdict in a word, then what it is about."""
    own = f"{_MARKS[node.verdict]:<4}{'  ' * depth}{node.text}{_said(node)}"
    return [own, *(line for part in node.parts for line in lines(part, depth + 1))]


def _said(node: Node) -> str:
    value = "" if node.value is None else f": {spell_text(node.value)}"
    if node.kind == "fact" and node.value is None:
        value = ": not recorded" if node.recorded_at is None else ": not known"
    cited = "".join(f" [{source.cite}]" for source in node.sources)
    return f"{value}{_origin(node)}{cited}"


def _origin(node: Node) -> str:
    recorded = None if node.recorded_at is None else london_date(node.recorded_at)
    told = [] if node.by is None else [node.by]
    if recorded is not None:
        told.append(f"recorded {recorded}")
    if node.so_on not in (None, recorded):
        told.append(f"so on {node.so_on}")
    return f" ({', '.join(told)})" if told else ""


def _leaf(leaf: Leaf, situation: Situation, facts: Mapping[str, Fact]) -> Node:
    parts = tuple(node for operand in operands_of(leaf) for node in _operand(operand, situation))
    node = Node(_KINDS[type(leaf)], leaf_words(leaf, facts), evaluate(leaf, situation), parts=parts)
    match leaf:
        case Answer(fact):
            return _fact(fact, situation, node.verdict)
        case KnownFact(FactValue(fact, sort)):
            found = _fact(fact, situation)
            value = None if sort == "text" else found.value
            return replace(found, kind=node.kind, text=node.text, verdict=node.verdict, value=value)
        case Every(kind, state):
            tally = situation.tally(kind)
            return replace(node, value=f"{tally.satisfied(state)} of {tally.total}")
        case Some(kind, state):
            return replace(node, value=situation.tally(kind).reached.get(state, 0))
        case Since(event, duration):
            happened = situation.happened.get(event)
            return replace(node, so_on=happened, value=_end(happened, duration))
        case SinceDay(day, duration):
            return replace(node, value=_end(value_of(day, situation), duration))
        case WithinBefore(fact):
            return replace(node, parts=(_fact(fact, situation, answered(situation, fact)), *parts))
        case _:
            return node


def _operand(operand: Operand, situation: Situation) -> tuple[Node, ...]:
    """The node of *operand*, with what it is reckoned from; none for what the rule itself writes."""
    match operand:
        case Constant() | Span():
            return ()
        case FactValue(name):
            return (_fact(name, situation),)
        case Alike(name):
            value = value_of(operand, situation)
            return (Node("alike", operand_words(operand), value=value, parts=(_fact(name, situation),)),)
        case Count() | Age() | Arithmetic() | Size():
            kind = type(operand).__name__.lower()
            value = value_of(operand, situation)
            parts = tuple(node for part in operands_of(operand) for node in _operand(part, situation))
            return (Node(kind, operand_words(operand), value=value, parts=parts),)
        case _:
            assert_never(operand)


def _fact(name: str, situation: Situation, verdict: Truth | None = None) -> Node:
    value = situation.facts.get(name)
    node = Node("fact", words(name), verdict, value)
    standing = [answer for answer in situation.answers.get(name, ()) if answer.so_on <= situation.today]
    # A value that is only supposed is nobody's answer.
    if not standing or standing[-1].value != value:
        return node
    last = standing[-1]
    return replace(node, by=last.by, recorded_at=last.recorded_at, so_on=last.so_on)


def _end(start: Value | None, duration: Duration) -> date | None:
    return shift(start, duration) if isinstance(start, date) else None


def _verdict(node: Node) -> Truth:
    assert node.verdict is not None, "a condition has a verdict"
    return node.verdict
