"""From the shapes of facts to the facts, and to the lists of which some are asked for each item.

Knows what the framework names. Does not know what rules make of an answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from loopengine.core.definitions import Named
from loopengine.core.files import messages
from loopengine.core.files.names import Names, Outline, Shared, refuse_unknown
from loopengine.core.files.places import Place
from loopengine.core.files.shapes import FactShape, WorkflowShape
from loopengine.core.rules.expressions import FactValue
from loopengine.core.rules.lists import Item, Listing, asked_of
from loopengine.core.values import ALIKE_TYPES, NONE_WORD, UNKNOWN_WORD, Fact, FactType, Value
from loopengine.errors import BadValue

CHANNELS = "channels"  # for `values`: those of the framework
REVIEWS = "reviews"  # … and those to which its routes lead
_NAMING: tuple[FactType, ...] = ("labels", "parties")
_CHOSEN: tuple[FactType, ...] = ("one_of", "some_of")


def build_outline(shape: WorkflowShape, shared: Shared) -> Outline:
    """The workflow in *shape*, which has all of its loop, as far as others need to know it."""
    built = {name: build_fact(name, each, shared) for name, each in shape.facts.items()}
    facts = {name: fact for name, fact in built.items() if fact is not None}
    over = {name: each.for_each for name, each in shape.facts.items() if _is_repeated(each, shape, shared)}
    lists = {**_of_framework(shared), **_of_cases(facts, shared)}
    for name in lists:
        asked = frozenset(fact for fact, of in over.items() if of == name)
        lists[name] = replace(lists[name], facts=asked)
    concrete: dict[str, Fact] = {}
    for name, fact in facts.items():
        listing = lists.get(over.get(name, ""))
        if listing is None or listing.plainly:
            concrete[name] = fact
        elif listing.named_by is None:
            concrete |= {each.name: each for each in (asked_of(fact, item) for item in listing.items)}
    repeated = {name: fact for name, fact in facts.items() if name in over}
    return Outline(shape, concrete, repeated, lists)


def _of_framework(shared: Shared) -> dict[str, Listing]:
    return {
        name: Listing(name, tuple(Item(each.name, each.title) for each in items.values()))
        for name, items in shared.lists.items()
    }


def _of_cases(facts: Mapping[str, Fact], shared: Shared) -> dict[str, Listing]:
    """The lists that each case has of its own: a set that is one of its facts."""
    titles = {name: agency.title for name, agency in shared.agencies.items()}
    return {
        name: Listing(
            name,
            named_by=FactValue(name, fact.type),
            plainly=fact.type == "labels",
            titles=titles if fact.type == "parties" else {},
        )
        for name, fact in facts.items()
        if fact.type in _NAMING and name not in shared.lists
    }


def _is_repeated(shape: FactShape, workflow: WorkflowShape, shared: Shared) -> bool:
    """Whether the fact in *shape* is asked for each item of a list that there is; told, if it cannot be."""
    place, of = shape.place / "for_each", shape.for_each
    named_by = workflow.facts.get(of)
    if not of:
        return False
    if of in workflow.facts and workflow.facts[of].for_each:
        place.refuse(messages.repeated_fact(of, workflow.facts[of].for_each))
    elif of in shared.lists or (named_by is not None and named_by.type in (*_NAMING, None)):
        return True
    else:
        naming = (name for name, each in workflow.facts.items() if each.type in _NAMING)
        place.refuse(messages.unknown_list(of, [*shared.lists, *naming]))
    return False


def build_fact(name: str, shape: FactShape, shared: Shared) -> Fact | None:
    """The fact in *shape*, or None if it cannot be told what its answers are."""
    place, type_ = shape.place, shape.type
    for n, role in enumerate(shape.by):
        refuse_unknown("role", role, shared.roles, place / "by" / n)
    if type_ is None:
        return None
    if place.gives("values") != (type_ in _CHOSEN):
        _refuse_key(place, "values", type_)
    if place.gives("unit") != (type_ == "number"):
        _refuse_key(place, "unit", type_)
    if type_ in _NAMING and name in shared.lists:
        place.refuse_key(messages.list_and_fact(name))
    if type_ == "labels" and place.gives("for_each"):
        (place / "for_each").refuse_key(messages.set_for_each(name))
    values = _values(shape, shared)
    if type_ in _CHOSEN and not (values and all(values)):
        return None
    if shape.recurs is not None:
        _check_recurs(shape, type_)
    if shape.settled_after and type_ == "text":
        (place / "settled_after").refuse_key(messages.key_of_another_type("settled_after", type_))
    fact = Fact(name, shape.ask, type_, values, shape.unit or None, by=shape.by, recurs=shape.recurs)
    needs = frozenset(_needing_evidence(fact, shape))
    return replace(fact, needs_evidence=needs, settled_after=shape.settled_after)


def check_settled(names: Names) -> None:
    """Refuse facts that are settled after what no state answers to."""
    for shape in names.own.shape.facts.values():
        for n, event in enumerate(shape.settled_after):
            refuse_unknown("event", event, names.moments, shape.place / "settled_after" / n)


def _check_recurs(shape: FactShape, type_: FactType) -> None:
    """Refuse `recurs` where no two cases give the same answer, or counted in working days."""
    if type_ not in ALIKE_TYPES:
        (shape.place / "recurs").refuse_key(messages.key_of_another_type("recurs", type_))
    elif shape.recurs is not None and shape.recurs.working_days is not None:
        (shape.place / "recurs").refuse(messages.recurs_in_working_days())


def _refuse_key(place: Place, key: str, type_: FactType) -> None:
    if place.gives(key):
        (place / key).refuse_key(messages.key_of_another_type(key, type_))
    else:
        place.refuse_key(messages.type_needs_key(type_, key))


def _values(shape: FactShape, shared: Shared) -> tuple[str, ...]:
    match shape.type:
        case "party" | "parties":
            return tuple(shared.agencies)
        case "one_of" | "some_of":
            return _chosen(shape, shared)
        case _:
            return ()


def _chosen(shape: FactShape, shared: Shared) -> tuple[str, ...]:
    place, values = shape.place / "values", shape.values
    if values == (CHANNELS,) and CHANNELS not in shared.lists:
        if not shared.channels:
            place.refuse(messages.no_channels())
        return tuple(shared.channels)
    if values == (REVIEWS,) and REVIEWS not in shared.lists:
        if not shared.routes:
            place.refuse(messages.no_routes())
        return tuple(dict.fromkeys(row.review for row in shared.routes if row.review))
    listed: Mapping[str, Named] = shared.lists.get(values[0], {}) if len(values) == 1 else {}
    if listed:
        values = tuple(listed)
    elif UNKNOWN_WORD in values:
        (place / values.index(UNKNOWN_WORD)).refuse(messages.unknown_is_no_value())
    if shape.type == "some_of" and NONE_WORD in values:
        at = place if listed else place / values.index(NONE_WORD)
        at.refuse(messages.none_is_no_value())
    return values


def _needing_evidence(fact: Fact, shape: FactShape) -> Iterable[Value]:
    for n, raw in enumerate(shape.needs_evidence):
        try:
            if raw is not None:
                yield fact.accept(raw)
        except BadValue as error:
            (shape.place / "needs_evidence" / n).refuse(messages.refused_value(error.message, error.hint))
