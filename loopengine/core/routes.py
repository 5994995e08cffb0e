"""Intake: what kinds of review an incident needs, may have, or cannot have, and why.

A row of the routing table leads to a review type by a rule over the facts of an incident. Nobody is sent
anywhere by it: a human decides, and may not decide against a row that says `must`. Knows rules and facts;
does not know cases.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from loopengine.core.rules.assessment import Assessment, assess, question_json
from loopengine.core.rules.explanation import lines, node_json
from loopengine.core.rules.expressions import Source
from loopengine.core.rules.strengths import STRENGTHS, Strength
from loopengine.core.rules.verdicts import Rule
from loopengine.core.truth import Truth
from loopengine.core.values import Fact, Json, Value

Outcome: TypeAlias = Literal["required", "advised", "possible", "undetermined", "ruled_out"]

_IF_TRUE: Mapping[Strength, Outcome] = {"must": "required", "should": "advised", "may": "possible"}
_SAID: Mapping[Outcome, str] = {
    "required": "must be carried out",
    "advised": "should be carried out",
    "possible": "may be carried out",
    "undetermined": "cannot be told yet",
    "ruled_out": "is not called for",
}
_COULD: Mapping[Strength, str] = {
    "must": "it could still turn out that it must be",
    "should": "it could still turn out that it should be",
    "may": "it could still turn out that it may be",
}


@dataclass(frozen=True, slots=True)
class Route:
    """One row of the routing table: to *review*, as strongly as *strength* says, where *rule* is TRUE.

    Rows with the same *alternatives* are never TRUE at once.
    """

    review: str
    strength: Strength
    rule: Rule
    alternatives: str | None = None


@dataclass(frozen=True, slots=True)
class Otherwise:
    """The roles to *ask* about an incident that no row answers, and what is so then, in words."""

    ask: tuple[str, ...]
    title: str | None = None
    sources: tuple[Source, ...] = ()

    def to_json(self) -> dict[str, Json]:
        """Whom to ask, as JSON."""
        return {"ask": list(self.ask), "title": self.title, "sources": [each.cite for each in self.sources]}


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What the rows for one review type come to.

    *outcome* follows from the strongest row that is TRUE. *could_be* is the strength of a stronger row about
    which too little is known, if there is one: *open_questions* are what to ask. *rows* are all the rows of
    the type, each with its verdict and why, in the order of the table.
    """

    review: str
    title: str
    outcome: Outcome
    could_be: Strength | None
    open_questions: tuple[Fact, ...]
    rows: tuple[tuple[Strength, Assessment], ...]

    @property
    def said(self) -> str:
        """What it comes to, in words."""
        return _SAID[self.outcome]

    @property
    def said_of_more(self) -> str:
        """What it could still come to, in words, and what to ask; "" if nothing more."""
        if self.could_be is None:
            return ""
        return f"{self.said_of_could}: ask for {', '.join(fact.name for fact in self.open_questions)}"

    @property
    def said_of_could(self) -> str:
        """What it could still come to, in words; "" if nothing more."""
        return "" if self.could_be is None else _COULD[self.could_be]

    def __str__(self) -> str:
        """For a terminal: what it comes to, and every row with its reasons."""
        said = [f"{self.title}: {self.said}", *([f"  {self.said_of_more}"] if self.could_be else [])]
        for strength, row in self.rows:
            said += [f"  {strength}:", *(f"    {line}" for line in lines(row.because))]
        return "\n".join(said)

    def to_json(self) -> dict[str, Json]:
        """The recommendation as JSON."""
        return {
            "review": self.review,
            "title": self.title,
            "outcome": self.outcome,
            "could_be": self.could_be,
            "open_questions": [question_json(fact) for fact in self.open_questions],
            "rows": [
                {"strength": strength, "verdict": row.verdict.word, "because": node_json(row.because)}
                for strength, row in self.rows
            ],
        }


@dataclass(frozen=True, slots=True)
class Routing:
    """What the routing table says of one child: a recommendation for each review type, in its order.

    *otherwise* is whom to ask if none of them is called for, where the framework says so.
    """

    recommendations: tuple[Recommendation, ...]
    otherwise: Otherwise | None = None

    def __getitem__(self, review: str) -> Recommendation:
        """The recommendation for *review*; raises KeyError for a type to which no row leads."""
        return {each.review: each for each in self.recommendations}[review]

    @property
    def strongest_first(self) -> tuple[Recommendation, ...]:
        """The recommendations, from what must be carried out to what is not called for."""
        return tuple(sorted(self.recommendations, key=lambda each: [*_SAID].index(each.outcome)))

    def that_are(self, *outcomes: Outcome) -> tuple[str, ...]:
        """The review types that come to one of *outcomes*."""
        return tuple(each.review for each in self.recommendations if each.outcome in outcomes)

    @property
    def open_questions(self) -> tuple[Fact, ...]:
        """What to ask, each once, the questions of the strongest rows first."""
        asking = [each for each in self.recommendations if each.could_be is not None]
        asking.sort(key=lambda each: STRENGTHS.index(each.could_be or "may"))
        return tuple({fact.name: fact for each in asking for fact in each.open_questions}.values())

    def __str__(self) -> str:
        """For a terminal: one line for each type, strongest first, and what to ask."""
        said = [f"{each.title} {each.said}" for each in self.strongest_first]
        said += [] if self.otherwise is None else ["", f"Ask {' or '.join(self.otherwise.ask)}"]
        if self.open_questions:
            said += ["", "To be asked:", *(f"  {fact.name}: {fact.ask}" for fact in self.open_questions)]
        return "\n".join(said)

    def to_json(self) -> dict[str, Json]:
        """The routing as JSON."""
        return {
            "reviews": [each.to_json() for each in self.recommendations],
            "open_questions": [question_json(fact) for fact in self.open_questions],
            "otherwise": None if self.otherwise is None else self.otherwise.to_json(),
        }


def route(
    routes: Sequence[Route],
    titles: Mapping[str, str],
    facts: Mapping[str, Fact],
    given: Mapping[str, Value | None],
    *,
    on: date | None = None,
    otherwise: Otherwise | None = None,
) -> Routing:
    """What *routes* say of a child of whom the facts *given* are known; *titles* are those of review types.

    *on* is the day on which it is asked: rules over time read it. *otherwise* is whom to ask if no row does.
    """
    rows: dict[str, list[tuple[Strength, Assessment]]] = {}
    for each in routes:
        rows.setdefault(each.review, []).append((each.strength, assess(each.rule, facts, given, on=on)))
    found = tuple(_recommended(review, titles[review], said) for review, said in rows.items())
    nothing = all(each.outcome == "ruled_out" for each in found)
    return Routing(found, otherwise if nothing else None)


def _recommended(review: str, title: str, rows: list[tuple[Strength, Assessment]]) -> Recommendation:
    true = _strongest(strength for strength, row in rows if row.verdict is Truth.TRUE)
    unknown = _strongest(strength for strength, row in rows if row.verdict is Truth.UNKNOWN)
    stronger = unknown is not None and (true is None or STRENGTHS.index(unknown) < STRENGTHS.index(true))
    outcome: Outcome = _IF_TRUE[true] if true is not None else ("undetermined" if unknown else "ruled_out")
    asked = {
        fact.name: fact
        for strength, row in rows
        if stronger and strength == unknown
        for fact in row.open_questions
    }
    return Recommendation(
        review, title, outcome, unknown if stronger else None, tuple(asked.values()), tuple(rows)
    )


def _strongest(strengths: Iterable[Strength]) -> Strength | None:
    return min(strengths, key=STRENGTHS.index, default=None)
