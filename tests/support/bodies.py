"""Two boards that exchange learning: the shipped one, and one that differs from it by its name alone."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from loopengine import Actor, Engine, Framework
from loopengine.clock import FrozenClock
from loopengine.core.files.loading import framework_from_texts
from support.shipped import SHIPPED

UNIT = Actor("Uma of the Business Unit", ["business_unit"])
OURS, THEIRS, THIRD = "south-tyneside-scb", "riverside-scb", "hillside-sab"
NAMES = {THEIRS: "Riverside Safeguarding Children Board", THIRD: "Hillside Safeguarding Adults Board"}
NOW = "2017-04-10T09:00Z"
# A learning point of which nothing is known but what is to be learnt.
LESSON = "What was seen in the house is written down on the same day."


@lru_cache
def framework_of(body: str = OURS) -> Framework:
    """The shipped framework, as the board called *body* has it."""
    ours = SHIPPED
    if body == OURS:
        return ours
    own = ours.texts["framework.yaml"].replace(
        "{id: south-tyneside-scb, name: South Tyneside Safeguarding Children Board}",
        f"{{id: {body}, name: {NAMES[body]}}}",
    )
    assert own != ours.texts["framework.yaml"]
    return framework_from_texts({**ours.texts, "framework.yaml": own})


def board_of(body: str = OURS, now: str = NOW) -> Engine:
    """The board called *body*, in memory."""
    return Engine("sqlite://", framework=framework_of(body), clock=FrozenClock(now))


def letter(*points: dict[str, Any], reviews: tuple[dict[str, Any], ...] = (), **changed: object) -> Any:
    """What the other board sends, as JSON: learning points and reviews, each with what is said of it."""
    return {
        "format": "loopengine-learning",
        "version": 1,
        "body": {"id": THEIRS, "name": NAMES[THEIRS]},
        "made_at": "2017-04-03T09:00:00Z",
        "reviews": [*reviews],
        "learning_points": [*points],
        **changed,
    }


def point(reference: str = "LP-2017-003", **said: object) -> dict[str, Any]:
    """One learning point of it."""
    return {"reference": reference, "status": "open", "lesson": LESSON, **said}


def review(reference: str = "SCR-2016-002", **said: object) -> dict[str, Any]:
    """One review of it."""
    kind = {"name": "serious-case-review", "title": "Serious Case Review"}
    return {"reference": reference, "type": kind, "status": "open", **said}
