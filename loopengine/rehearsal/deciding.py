"""Which reviews are decided on at the door: what must and should be, and of the rest what chance says; and
which case was opened for the same as another.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from loopengine.core.values import Fact, Value, spell_text
from loopengine.engine.engine import Engine
from loopengine.rehearsal.people import People

REVIEWS, TOGETHER = "reviews", "together"


def reviews_of(engine: Engine, people: People, case: str, asked: Iterable[Fact]) -> dict[Fact, str]:
    """The answers to those of the questions *asked* about a *case* that are which reviews there will be."""
    questions = [fact for fact in asked if fact.type == "some_of" and fact.name.partition(".")[0] == REVIEWS]
    if not questions:
        return {}
    known = engine.case(case).facts
    found: dict[Fact, frozenset[str]] = {}
    for fact in questions:
        child = fact.name.partition(".")[2]
        routing = engine.framework.route(_of_child(known, child))
        found[fact] = frozenset(routing.that_are("required", "advised")) | {
            review
            for review in routing.that_are("possible", "undetermined")
            if people.chance(case, "may", child, review).random() < people.caseload.habits.may.get(review, 0)
        }
    return {fact: spell_text(chosen) for fact, chosen in found.items()}


def _of_child(known: Mapping[str, Value], child: str) -> dict[str, Value]:
    """What is *known* of one child, as if there were no other."""
    about: Collection[str] = (REVIEWS, TOGETHER, "children")
    shared = {name: value for name, value in known.items() if "." not in name and name not in about}
    own = {
        plain: value
        for plain, _, letter, value in ((*name.partition("."), value) for name, value in known.items())
        if letter and letter == child
    }
    own.pop(REVIEWS, None)
    return shared | own


def first_of_same(engine: Engine, through: str | None, case: str) -> str | None:
    """The case of the same workflow to which the door had led before *case* was opened from one of the
    workflow *through*, which the door had led to as well; if it was so, and goes on.
    """
    if through is None:
        return None
    file = engine.case(case)
    for middle in (engine.case(link.case) for link in file.links if link.away):
        if middle.case.workflow != through:
            continue
        for door in (engine.case(link.case) for link in middle.links if link.away):
            others = (engine.case(link.case).case for link in door.links if not link.away)
            same = [each for each in others if each.workflow == file.case.workflow and not each.ended]
            if found := min((each.reference for each in same if each.reference != case), default=None):
                return found
    return None
