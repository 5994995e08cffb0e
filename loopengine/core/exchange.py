"""How a framework exchanges learning with other bodies: what goes out, and what comes of what comes in.

Knows which facts say what. Does not know cases, files, or the form in which learning travels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from loopengine.core.values import FactType, Value

# What the learning of another body can tell a fact of the case that it opens, and facts of which type.
Told: TypeAlias = Literal["publication", "message", "theme", "link", "published_on", "good_practice"]
TOLD: Mapping[Told, FactType] = {
    "publication": "text",
    "message": "text",
    "theme": "text",
    "link": "text",
    "published_on": "date",
    "good_practice": "yes_no",
}


@dataclass(frozen=True, slots=True)
class Body:
    """A body that exchanges learning: under *id* its learning is known for good, wherever it comes by."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class FromElsewhere:
    """In `set`, what the learning of the other body says of itself."""

    told: Told


@dataclass(frozen=True, slots=True)
class ReviewsGiven:
    """A review type that goes out; *published* are events, or the date fact, that say when it was published.

    *title*, *summary* and *link* are facts that hold words.
    """

    workflow: str
    published: tuple[str, ...] = ()
    title: str | None = None
    summary: str | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True)
class LearningGiven:
    """The workflow of learning points, and the facts that say what they are."""

    workflow: str
    lesson: str
    theme: str | None = None
    good_practice: str | None = None
    evaluated_by: str | None = None
    found_in_practice: str | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """The case that is opened for what another body has learnt."""

    workflow: str
    sets: Mapping[str, Value | FromElsewhere] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Exchange:
    """What *body*, which is the board itself, gives to others and takes from them.

    *recommendations* is the workflow of recommendations, which are counted.
    """

    body: Body
    reviews: Mapping[str, ReviewsGiven]
    learning_points: LearningGiven | None = None
    recommendations: str | None = None
    opens: Opening | None = None
