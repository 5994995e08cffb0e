"""How a decision table says things in FEEL, the language of DMN: names, kinds of value, and cells.

A yes_no is "yes" or "no", a verdict "true" or "false", and either is "unknown" where it is, as a word. Of a
number or a date, unknown is null. Knows columns; does not know XML.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Literal, TypeAlias, assert_never

from loopengine.core.rules.columns import ClaimColumn, Column, FactColumn, RuleColumn, State, Stretch
from loopengine.core.rules.english import leaf_words, words
from loopengine.core.rules.expressions import RuleRef
from loopengine.core.truth import Truth
from loopengine.core.values import UNKNOWN_WORD, Fact, spell_text

Kind: TypeAlias = Literal["string", "number", "date"]

# Names that would be read as something else.
_FEEL = frozenset({
    "and", "between", "date", "days", "day", "duration", "else", "every", "external", "false",
    "for", "function", "hour", "if", "in", "instance", "item", "list", "matches", "minute",
    "months", "month", "not", "null", "number", "of", "or", "partial", "return", "satisfies",
    "second", "some", "string", "then", "time", "timezone", "true", "value", "weekday", "years",
    "year",
})  # fmt: skip


def name_of(column: Column, facts: Mapping[str, Fact]) -> str:
    """The name of what *column* asks for, as FEEL reads it."""
    match column:
        case FactColumn(fact):
            return spelled(fact.name)
        case RuleColumn(name):
            return spelled(name)
        case ClaimColumn():
            name = re.sub(r"\W+", "_", said_of(column, facts)).strip("_")
            return name if name[:1].isalpha() else f"when_{name}"
        case _:
            assert_never(column)


def spelled(name: str) -> str:
    """*name* as FEEL reads it."""
    return f"{name}_" if name in _FEEL else name


def said_of(column: Column, facts: Mapping[str, Fact]) -> str:
    """What *column* asks for, in words."""
    match column:
        case FactColumn(fact):
            return words(fact.name)
        case RuleColumn(name):
            return words(name)
        case ClaimColumn(RuleRef(name, title=title)):
            return title or words(name)
        case ClaimColumn(claim):
            assert not isinstance(claim, RuleRef)
            return leaf_words(claim, facts)
        case _:
            assert_never(column)


def kind_of(column: Column) -> Kind:
    """What the values of *column* are."""
    match column:
        case FactColumn(fact) if fact.type == "number":
            return "number"
        case FactColumn(fact) if fact.type == "date":
            return "date"
        case _:
            return "string"


def allowed(column: Column) -> str | None:
    """Every value that *column* takes; None if there is no end of them."""
    if kind_of(column) != "string":
        return None
    return ",".join(_state(state, "string") for state in column.states)


def cell(column: Column, places: Sequence[int] | None) -> str:
    """That *column* is in one of the states at *places*; None: in any."""
    if places is None or len(places) == len(column.states):
        return "-"
    found: list[str] = []
    # Stretches that follow each other are one.
    for _, run in groupby(enumerate(places), lambda each: each[1] - each[0]):
        states = [column.states[place] for _, place in run]
        stretches = [state for state in states if isinstance(state, Stretch)]
        if stretches:
            found.append(_stretch(Stretch(stretches[0].first, stretches[-1].last)))
        found += [_state(state, kind_of(column)) for state in states if not isinstance(state, Stretch)]
    return ",".join(found)


def text(value: str) -> str:
    """*value* as FEEL writes text."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def one_of(values: Collection[str]) -> str:
    """*values* as FEEL lists them."""
    return ",".join(map(text, values))


def _state(state: State | Truth, kind: Kind) -> str:
    match state:
        case Truth():
            return text(state.word)
        case Stretch():
            return _stretch(state)
        case None:
            return text(UNKNOWN_WORD) if kind == "string" else "null"
        case _:
            return text(spell_text(state))


def _stretch(stretch: Stretch) -> str:
    match stretch:
        case Stretch(None, None):
            return "not(null)"
        case Stretch(None, last):
            return f"<= {_literal(last)}"
        case Stretch(first, None):
            return f">= {_literal(first)}"
        case Stretch(first, last):
            return _literal(first) if first == last else f"[{_literal(first)}..{_literal(last)}]"


def _literal(value: int | date | None) -> str:
    return f'date("{value.isoformat()}")' if isinstance(value, date) else str(value)
