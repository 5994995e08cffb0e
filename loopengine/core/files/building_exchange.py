"""From the shape of an exchange to the exchange: which facts tell other bodies what, and take what from them.

Knows the outlines of the workflows. Does not know the form in which learning travels.
"""

from __future__ import annotations

from collections.abc import Mapping

from loopengine.core.exchange import TOLD, Body, Exchange, FromElsewhere, LearningGiven, Opening, ReviewsGiven
from loopengine.core.files import messages
from loopengine.core.files.framework_shapes import (
    ExchangeShape,
    FromElsewhereShape,
    LearningGivenShape,
    OpeningShape,
    ReviewsGivenShape,
)
from loopengine.core.files.names import Outline, accept, refuse_unknown, refuse_unknown_key
from loopengine.core.files.places import Place
from loopengine.core.values import FactType, Value

_WORDS: Mapping[str, FactType] = {"title": "text", "summary": "text", "link": "text"}
_LEARNING: Mapping[str, FactType] = {
    "lesson": "text",
    "theme": "one_of",
    "good_practice": "yes_no",
    "evaluated_by": "one_of",
    "found_in_practice": "yes_no",
}


def build_exchange(shape: ExchangeShape | None, workflows: Mapping[str, Outline | None]) -> Exchange | None:
    """The exchange of the framework, if it has one."""
    if shape is None or shape.body is None:
        return None
    refuse_unknown("workflow", shape.recommendations, workflows, shape.place / "recommendations")
    reviews: dict[str, ReviewsGiven] = {}
    for each in shape.reviews:
        if each.workflow in reviews:
            (each.place / "workflow").refuse(messages.listed_twice(each.workflow))
        reviews[each.workflow] = _reviews(each, workflows)
    return Exchange(
        Body(shape.body.id, shape.body.name),
        reviews,
        None if shape.learning_points is None else _learning(shape.learning_points, workflows),
        shape.recommendations or None,
        None if shape.opens is None else _opening(shape.opens, workflows),
    )


def _reviews(shape: ReviewsGivenShape, workflows: Mapping[str, Outline | None]) -> ReviewsGiven:
    outline = _outline(shape.workflow, shape.place, workflows)
    if outline is not None:
        for n, name in enumerate(shape.published):
            _check_moment(outline, name, shape.place / "published" / n)
        for key, type_ in _WORDS.items():
            _check_fact(outline, getattr(shape, key), type_, shape.place / key)
    return ReviewsGiven(
        shape.workflow, shape.published, shape.title or None, shape.summary or None, shape.link or None
    )


def _learning(shape: LearningGivenShape, workflows: Mapping[str, Outline | None]) -> LearningGiven:
    outline = _outline(shape.workflow, shape.place, workflows)
    if outline is not None:
        for key, type_ in _LEARNING.items():
            _check_fact(outline, getattr(shape, key), type_, shape.place / key)
    return LearningGiven(
        shape.workflow,
        shape.lesson,
        shape.theme or None,
        shape.good_practice or None,
        shape.evaluated_by or None,
        shape.found_in_practice or None,
    )


def _opening(shape: OpeningShape, workflows: Mapping[str, Outline | None]) -> Opening:
    outline = _outline(shape.workflow, shape.place, workflows)
    sets: dict[str, Value | FromElsewhere] = {}
    for name, given in shape.set.items() if outline is not None else ():
        assert outline is not None
        place = shape.place / "set" / name
        if isinstance(given, FromElsewhereShape):
            if given.from_ is not None:
                sets[name] = FromElsewhere(given.from_)
                if not refuse_unknown_key("fact", name, outline.shape.facts, place):
                    _check_type(outline, name, TOLD[given.from_], place)
        elif (value := accept(outline, name, given, place)) is not None:
            sets[name] = value
    if shape.set and not any(_is_message(each) for each in shape.set.values()):
        (shape.place / "set").refuse_key(messages.nothing_of_the_message())
    return Opening(shape.workflow, sets)


def _is_message(given: object) -> bool:
    return isinstance(given, FromElsewhereShape) and given.from_ in (None, "message")


def _outline(name: str, place: Place, workflows: Mapping[str, Outline | None]) -> Outline | None:
    refuse_unknown("workflow", name, workflows, place / "workflow")
    return workflows.get(name)


def _check_moment(outline: Outline, name: str, place: Place) -> None:
    """Refuse a *name* that is neither an event's nor a date fact's."""
    events = {
        *outline.shape.anywhere,
        *(event for state in outline.shape.states.values() for event in state.on),
    }
    if name in outline.shape.facts:
        _check_type(outline, name, "date", place)
    else:
        refuse_unknown("event or fact", name, (*events, *outline.shape.facts), place)


def _check_fact(outline: Outline, name: str, type_: FactType, place: Place) -> None:
    if name and not refuse_unknown("fact", name, outline.shape.facts, place):
        _check_type(outline, name, type_, place)


def _check_type(outline: Outline, name: str, type_: FactType, place: Place) -> None:
    fact = outline.facts.get(name)
    if not outline.refuses_repeated(name, place) and fact is not None and fact.type != type_:
        place.refuse(messages.fact_of_another_type(name, fact.type, (type_,)))
