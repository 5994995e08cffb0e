"""From the shapes of states and steps to the states and steps, every name in them resolved.

Knows what a step may refer to, in its own workflow and in those whose cases it opens. Does not know whether
the states hang together: that is `checks.py`'s.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from loopengine.core.definitions import Each, FromFact, Opens, State, Step, Wait
from loopengine.core.ends import States
from loopengine.core.files import messages
from loopengine.core.files.building_carried import check_carry
from loopengine.core.files.building_rules import RuleReader, on_one_line, refuse_what_lies_beside
from loopengine.core.files.names import (
    PARTY_TYPES,
    Names,
    Outline,
    accept,
    refuse_unknown,
    refuse_unknown_key,
)
from loopengine.core.files.places import Place
from loopengine.core.files.shapes import FromShape, OpensShape, StateShape, StepShape, WaitShape
from loopengine.core.files.spellings import Raw
from loopengine.core.rules.verdicts import Rule
from loopengine.core.values import Value

EACH = "each"


def build_states(names: Names, reader: RuleReader) -> dict[str, State]:
    """The states of a workflow, each with its own steps and those that answer anywhere."""
    anywhere = [
        (shape.in_, _step(event, shape, names, reader)) for event, shape in names.own.shape.anywhere.items()
    ]
    for shape in names.own.shape.anywhere.values():
        for n, name in enumerate(shape.in_):
            names.state(name, shape.place / "in" / n)
    states = States()
    for name, state in names.own.shape.states.items():
        # A state's own steps come first: they are what one waits for there.
        steps = [_step(event, shape, names, reader) for event, shape in state.on.items()]
        steps += [step for where, step in anywhere if name in where and step.event not in state.on]
        states[name] = _state(name, state, steps, names)
    return states


def _state(name: str, shape: StateShape, steps: Iterable[Step], names: Names) -> State:
    return State(
        name=name,
        title=shape.title or name.replace("_", " "),
        stage=shape.stage,
        owner=names.parties(shape.owner),
        final=shape.final,
        excused=shape.excused,
        no_clock=shape.no_clock or None,
        steps={step.event: replace(step, source=name, to=step.to or name) for step in steps},
    )


def _step(event: str, shape: StepShape, names: Names, reader: RuleReader) -> Step:
    place = shape.place
    names.state(shape.to, place / "to")
    names.fact(shape.not_of, place / "not_of", *PARTY_TYPES)
    names.role(shape.override, place / "override")
    sources = names.authorities(shape.source, place / "source")
    when = None
    if shape.when:
        when = Rule(None, on_one_line(shape.when), reader.read_once(shape.when, place / "when"), sources)
        if shape.automatic:
            refuse_what_lies_beside(when.condition, names, place / "when", "an automatic step")
        elif event in _fired_by_clocks(names):
            refuse_what_lies_beside(when.condition, names, place / "when", "a step that a deadline fires")
    return Step(
        event=event,
        source="",
        to=shape.to,
        title=shape.title or None,
        by=names.parties(shape.by),
        not_of=shape.not_of or None,
        when=when,
        reason_required=shape.reason == "required",
        override=shape.override or None,
        wait=_wait(shape.wait, names),
        passes=tuple(stage for stage in shape.passes if stage is not None),
        sets=names.values(shape.set, place / "set"),
        automatic=shape.automatic,
        opens=tuple(build_opens(each, names) for each in shape.opens),
        sources=sources,
    )


def _fired_by_clocks(names: Names) -> set[str]:
    """The events that deadlines fire when the time is up."""
    return {deadline.then for deadline in names.own.shape.deadlines.values() if deadline.then}


def _wait(shape: WaitShape | None, names: Names) -> Wait | None:
    if shape is None:
        return None
    refuse_unknown("event", shape.after, names.moments, shape.place / "after")
    sources = names.authorities(shape.source, shape.place / "source")
    return None if shape.at_least is None else Wait(shape.at_least, shape.after, sources)


def build_opens(shape: OpensShape, names: Names) -> Opens:
    """What *shape* opens."""
    place = shape.place
    if place.gives("workflow") == place.gives("reviews"):
        place.refuse_key(messages.workflow_or_reviews())
    if place.gives("reviews"):
        return _opens_chosen(shape, names)
    refuse_unknown("workflow", shape.workflow, names.others, place / "workflow")
    names.fact(shape.for_each, place / "for_each", "parties")
    if place.gives("as") == place.gives("link"):
        place.refuse_key(messages.as_or_link())
    names.link(shape.link, place / "link")
    kinds = names.own.shape.sub_cases
    if not refuse_unknown("kind of sub-case", shape.as_, kinds, place / "as") and shape.as_:
        declared = kinds[shape.as_].workflow
        if kinds[shape.as_].linked:
            (place / "as").refuse(messages.linked_kind_opened(shape.as_))
        if shape.workflow and declared and shape.workflow != declared:
            (place / "workflow").refuse(
                messages.kind_of_another_workflow(shape.as_, declared, shape.workflow)
            )
    other = names.others.get(shape.workflow)
    sets = {} if other is None else _sets(shape, names, other)
    if other is not None:
        check_carry(shape.carry, place, names.own, other)
    return Opens(
        shape.workflow, shape.as_ or None, shape.link or None, shape.for_each or None, sets, shape.carry
    )


def _opens_chosen(shape: OpensShape, names: Names) -> Opens:
    """What *shape* opens, where facts have chosen it."""
    place, own = shape.place, names.own
    for key in ("as", "for_each", "set"):
        if place.gives(key):
            (place / key).refuse_key(messages.not_beside_reviews(key))
    if not place.gives("link"):
        place.refuse_key(messages.missing_key("link", "a link of this name ties the review to this case"))
    names.link(shape.link, place / "link")
    asked = {**own.facts, **own.repeated}
    for key, name in (("reviews", shape.reviews), ("together", shape.together)):
        if not name or refuse_unknown("fact", name, own.shape.facts, place / key):
            continue
        fact = asked.get(name)
        if fact is not None and fact.type != "some_of":
            (place / key).refuse(messages.fact_of_another_type(name, fact.type, ("some_of",)))
        for value in () if fact is None else fact.values:
            refuse_unknown("workflow", value, names.others, place / key)
    if shape.together and own.refuses_repeated(shape.together, place / "together"):
        return Opens("", link=shape.link or None, chosen=shape.reviews or None)
    return Opens(
        "",
        link=shape.link or None,
        carry=shape.carry,
        chosen=shape.reviews or None,
        together=shape.together or None,
    )


def _sets(shape: OpensShape, names: Names, other: Outline) -> dict[str, Value | FromFact | Each]:
    """What the new case, of the workflow *other*, is told."""
    found: dict[str, Value | FromFact | Each] = {}
    for name, given in shape.set.items():
        place = shape.place / "set" / name
        value = _given(name, given, place, names, other)
        if value == Each() and not shape.place.gives("for_each"):
            place.refuse(messages.each_without_for_each())
        if value is not None:
            found[name] = value
    return found


def _given(
    name: str, given: Raw | FromShape, place: Place, names: Names, other: Outline
) -> Value | FromFact | Each | None:
    if not isinstance(given, FromShape) and given != EACH:
        return accept(other, name, given, place)
    if not isinstance(given, FromShape):
        return each_of(name, place, other)
    if refuse_unknown_key("fact", name, other.shape.facts, place) or other.refuses_repeated(name, place):
        return None
    fact = other.facts.get(name)
    source = given.place / "from"
    if refuse_unknown("fact", given.from_, names.own.shape.facts, source):
        return None
    if names.own.refuses_repeated(given.from_, source):
        return None
    own = names.own.facts.get(given.from_)
    if fact and own and (own.type != fact.type or not set(own.values) <= set(fact.values)):
        source.refuse(messages.facts_that_differ(given.from_, name, other.shape.workflow))
    return FromFact(given.from_)


def each_of(name: str, place: Place, other: Outline) -> Each | None:
    """`each`, given to the fact *name* of *other*."""
    if refuse_unknown_key("fact", name, other.shape.facts, place):
        return None
    fact = other.facts.get(name)
    if fact is not None and fact.type != "party":
        place.refuse(messages.fact_of_another_type(name, fact.type, ("party",)))
    return Each()
