"""What an answer is drawn from, as a caseload says it, and the drawing.

Knows facts and chance. Does not know who answers, or when.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import TypeAlias, assert_never

from loopengine.core.values import Fact, spell_text
from loopengine.errors import UsageError
from loopengine.rehearsal.chance import some_of, weighted


@dataclass(frozen=True, slots=True)
class Fixed:
    """Always the same, as it is typed after `FACT=`."""

    value: str


@dataclass(frozen=True, slots=True)
class Weights:
    """One of several answers, by weight."""

    weights: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Between:
    """A whole number from *least* to *most*."""

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Around:
    """A day so many days after today: from *least* to *most*, both below nothing for days that are over."""

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Some:
    """From *least* to *most* of what the fact allows, without those *never* meant."""

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Words:
    """One of these texts."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Matches:
    """Of each item of a list: yes for the one that is drawn for another fact, and no for the rest."""

    fact: str


Draw: TypeAlias = Fixed | Weights | Between | Around | Some | Words | Matches


def draw_of(told: object, where: str) -> Draw:
    """What *told* says that an answer is drawn from; raises UsageError, naming *where* it stands."""
    match told:
        case bool():
            return Fixed("yes" if told else "no")
        case str() | int():
            return Fixed(str(told))
        case {"between": [int(least), int(most)], **rest} if not rest and least <= most:
            return Between(least, most)
        case {"days_ago": [int(least), int(most)], **rest} if not rest and 0 <= least <= most:
            return Around(-most, -least)
        case {"days_ahead": [int(least), int(most)], **rest} if not rest and 0 <= least <= most:
            return Around(least, most)
        case {"some": [int(least), int(most)], **rest} if not rest and 0 <= least <= most:
            return Some(least, most)
        case {"words": [*texts], **rest} if texts and not rest:
            return Words(tuple(map(str, texts)))
        case {"matches": str(fact), **rest} if not rest:
            return Matches(fact)
        case dict() if told and all(type(each) in (int, float) and each >= 0 for each in told.values()):
            if sum(told.values()) > 0:
                return Weights({str(name): float(weight) for name, weight in told.items()})
        case _:
            pass
    raise UsageError(
        f"{where} is not something to draw from",
        "give an answer, or a table of answers with their weights, or between, days_ago, days_ahead, some, "
        "words or matches",
    )


def drawn(
    draw: Draw,
    fact: Fact,
    rng: Random,
    today: date,
    *,
    never: Sequence[str],
    of: Callable[[str], str],
) -> str:
    """An answer to *fact*, as it is typed; *of* says what was drawn for another fact."""
    match draw:
        case Fixed(value):
            return value
        case Weights(weights):
            return weighted(rng, weights)
        case Between(least, most):
            return str(rng.randint(least, most))
        case Around(least, most):
            return (today + timedelta(days=rng.randint(least, most))).isoformat()
        case Some(least, most):
            likely = [each for each in fact.values if each not in never]
            chosen = some_of(rng, likely, least, most)
            return chosen[0] if fact.type == "party" else spell_text(frozenset(chosen))
        case Words(texts):
            return rng.choice(texts)
        case Matches(other):
            return "yes" if fact.name.partition(".")[2] == of(other) else "no"
        case _:
            assert_never(draw)
