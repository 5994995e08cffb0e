"""The keys of a workflow file: declared once, for reading and for the JSON Schema.

What a key means is in `docs/format.md`. A value that is absent is "", (), {}, False or None here. Knows how a
single value is spelled; does not know what it refers to.
"""

# ruff: noqa: RUF009  `key` makes a field of a dataclass, as `dataclasses.field` does

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import get_args

from loopengine.core.definitions import STAGES, Carry, Roll, Stage
from loopengine.core.durations import Duration
from loopengine.core.files.documents import Data
from loopengine.core.files.places import Place
from loopengine.core.files.reading import (
    Keys,
    Many,
    Maybe,
    Schema,
    Shape,
    Table,
    key,
    schema_file,
)
from loopengine.core.files.spellings import (
    DASHED,
    DAY,
    DURATION,
    FLAG,
    NAME,
    PREFIX,
    TEXT,
    VALUE,
    VERSION,
    Raw,
    choice,
)
from loopengine.core.values import FACT_TYPES, FactType

_NAMES = Many(NAME)
_AUTHORITIES = Many(DASHED)


@dataclass(frozen=True, slots=True)
class SourceShape(Shape):
    """An authority."""

    cite: str = key(TEXT, "the authority, in words", required=True)
    confirm: str = key(TEXT, "what in it has still to be looked up")


@dataclass(frozen=True, slots=True)
class FactShape(Shape):
    """A question that somebody answers."""

    ask: str = key(TEXT, "the question, as one would ask it", required=True)
    type: FactType | None = key(choice(FACT_TYPES), "what an answer is", required=True)
    values: tuple[str, ...] = key(
        _NAMES, "of a one_of or some_of: the answers; or a list of the framework, or its `channels`"
    )
    unit: str = key(TEXT, "of a number: what it counts")
    for_each: str = key(
        NAME, "asked of each item of a list of the framework, or of a fact of type labels or parties"
    )
    needs_evidence: tuple[Raw, ...] = key(Many(VALUE), "answers refused without a reference to evidence")
    by: tuple[str, ...] = key(_NAMES, "roles that may answer; anybody, if left out")
    recurs: Duration | None = key(DURATION, "tell which other cases gave the same answer so long before")
    settled_after: tuple[str, ...] = key(
        _NAMES, "an event, or several: once it has happened, an answer that is known changes no more"
    )


@dataclass(frozen=True, slots=True)
class RuleShape(Shape):
    """A rule that other rules and steps can name."""

    when: str = key(TEXT, "the expression", required=True)
    source: tuple[str, ...] = key(_AUTHORITIES, "the authority, or several, or `local`")
    title: str = key(TEXT, "what it says, in a few words")


@dataclass(frozen=True, slots=True)
class PartyShape(Shape):
    """Who acts: a role, of the agencies in a fact."""

    role: str = key(NAME, "the role", required=True)
    of: str = key(NAME, "a fact of type party or parties")


_PARTIES = Many(Keys(PartyShape, short="role"))


@dataclass(frozen=True, slots=True)
class WaitShape(Shape):
    """A time that must have passed."""

    at_least: Duration | None = key(DURATION, "so long", required=True)
    after: str = key(NAME, "the event after which it counts", required=True)
    source: tuple[str, ...] = key(_AUTHORITIES, "the authority")


@dataclass(frozen=True, slots=True)
class FromShape(Shape):
    """The value that a fact of the opening case has."""

    from_: str = key(NAME, "a fact of the opening case", required=True)


class _Carried:
    """`true`, or the names of facts."""

    absent: Carry = False

    def read(self, data: Data, place: Place) -> Carry:
        return FLAG.read(data, place) if isinstance(data, bool) else _NAMES.read(data, place)

    def schema(self, definitions: dict[str, Schema]) -> Schema:
        return {"anyOf": [FLAG.schema(definitions), _NAMES.schema(definitions)]}


CARRIED = _Carried()


class _Given:
    """In `opens`: a value, or the fact that it is taken from."""

    def read(self, data: Data, place: Place) -> Raw | FromShape:
        return Keys(FromShape).read(data, place) if isinstance(data, dict) else VALUE.read(data, place)

    def schema(self, definitions: dict[str, Schema]) -> Schema:
        return {"anyOf": [VALUE.schema(definitions), Keys(FromShape).schema(definitions)]}


@dataclass(frozen=True, slots=True)
class OpensShape(Shape):
    """Cases that a step opens."""

    workflow: str = key(DASHED, "the workflow of the new case")
    reviews: str = key(
        NAME, "instead of `workflow`: the reviews in this fact of type some_of, for each item of its list"
    )
    together: str = key(NAME, "with `reviews`: a fact with those that are opened once for all the items")
    as_: str = key(NAME, "the kind of sub-case that it becomes")
    link: str = key(NAME, "instead of `as`: a case of its own, tied by a link of this name")
    for_each: str = key(NAME, "one for every party in this fact")
    set: Mapping[str, Raw | FromShape] = key(
        Table(NAME, _Given()), "facts of the new case: a value, {from: FACT}, or `each` for its party"
    )
    carry: Carry = key(CARRIED, "facts whose answers the new case takes over, or true: all that both have")


@dataclass(frozen=True, slots=True)
class StepShape(Shape):
    """What a state does with an event."""

    to: str = key(NAME, "the state to which it leads", required=True)
    title: str = key(TEXT, "what the step does, in a few words")
    by: tuple[PartyShape, ...] = key(_PARTIES, "who may take it: a role, {role, of: FACT}, or several")
    not_of: str = key(NAME, "a fact: an actor of an agency in it may not take the step")
    when: str = key(TEXT, "an expression; only TRUE lets the step through")
    reason: str | None = key(choice(("required",)), "`required`: the actor must say why")
    override: str = key(NAME, "a role that may take the step against its rule, giving a reason")
    wait: WaitShape | None = key(Maybe(Keys(WaitShape)), "not before so long after an event")
    passes: tuple[Stage | None, ...] = key(Many(choice(STAGES)), "stages that are entered on the way")
    set: Mapping[str, Raw] = key(Table(NAME, VALUE), "facts that the step records")
    automatic: bool = key(FLAG, "taken by the engine as soon as `when` is TRUE")
    opens: tuple[OpensShape, ...] = key(Many(Keys(OpensShape)), "cases that the step opens")
    source: tuple[str, ...] = key(_AUTHORITIES, "the authority")


@dataclass(frozen=True, slots=True)
class AnywhereShape(StepShape):
    """A step that answers in several states."""

    to: str = key(NAME, "the state to which it leads; where the case stands, if left out")
    in_: tuple[str, ...] = key(_NAMES, "the states that answer", required=True)


@dataclass(frozen=True, slots=True)
class StateShape(Shape):
    """Where a case can stand."""

    title: str = key(TEXT, "what is going on, in a few words")
    stage: Stage | None = key(choice(STAGES), "one of the seven stages of the loop")
    owner: tuple[PartyShape, ...] = key(_PARTIES, "whose move it is: a role, {role, of: FACT}, or several")
    final: bool = key(FLAG, "a case ends here")
    excused: bool = key(FLAG, "a sub-case that ends here is left out of its parent's `every`")
    no_clock: str = key(TEXT, "why no deadline has to run while a case stands here")
    on: Mapping[str, StepShape] = key(Table(NAME, Keys(StepShape)), "what this state answers to")


@dataclass(frozen=True, slots=True)
class RemindShape(Shape):
    """A message before a deadline."""

    before: Duration | None = key(DURATION, "so long before the day", required=True)
    tell: tuple[str, ...] = key(_NAMES, "the roles that are told", required=True)


@dataclass(frozen=True, slots=True)
class RungShape(Shape):
    """A message after a deadline: one rung of the ladder."""

    after: Duration | None = key(DURATION, "so long after the day", required=True)
    tell: tuple[str, ...] = key(_NAMES, "the roles that are told", required=True)


@dataclass(frozen=True, slots=True)
class DeadlineShape(Shape):
    """A clock between events."""

    within: Duration | None = key(DURATION, "so long")
    from_: tuple[str, ...] = key(
        _NAMES, "an event, `opened` or a date fact that starts it; of several the latest"
    )
    due: str = key(NAME, "instead of `within` and `from`: a date fact that holds the day")
    before: str = key(NAME, "with `within`, instead of `from`: due so long before the day in this date fact")
    until: tuple[str, ...] = key(_NAMES, "the events that stop it", required=True)
    title: str = key(TEXT, "what has to be done")
    source: tuple[str, ...] = key(_AUTHORITIES, "the authority, or several, or `local`", required=True)
    roll: Roll | None = key(choice(get_args(Roll)), "where a due day goes that is not a working day")
    remind: tuple[RemindShape, ...] = key(Many(Keys(RemindShape)), "messages before the day")
    escalate: tuple[RungShape, ...] = key(Many(Keys(RungShape)), "messages after the day, rung by rung")
    then: str = key(NAME, "an event that is fired when the time is up")


@dataclass(frozen=True, slots=True)
class HoldShape(Shape):
    """What stops clocks and blocks events from outside."""

    title: str = key(TEXT, "what it is")
    stops: tuple[str, ...] = key(_NAMES, "deadlines that stand still meanwhile")
    blocks: tuple[str, ...] = key(_NAMES, "events that are not answered meanwhile")
    source: tuple[str, ...] = key(_AUTHORITIES, "the authority, or several, or `local`", required=True)


@dataclass(frozen=True, slots=True)
class StandingShape(Shape):
    """A rule that stands over a case for all its life."""

    when: str = key(TEXT, "an expression", required=True)
    title: str = key(TEXT, "what has arisen when it is TRUE, in a few words")
    opens: tuple[OpensShape, ...] = key(Many(Keys(OpensShape)), "cases that are opened then, once")
    tell: tuple[str, ...] = key(_NAMES, "the roles that are told, or `owner`; also when it is TRUE no more")
    source: tuple[str, ...] = key(_AUTHORITIES, "the authority, or several, or `local`", required=True)


@dataclass(frozen=True, slots=True)
class ClaimShape(Shape):
    """That one rule follows from another: `check --prove` proves it, or refutes it with an example."""

    if_: str = key(TEXT, "an expression", required=True)
    then: str = key(TEXT, "an expression that is never FALSE where `if` is TRUE", required=True)
    title: str = key(TEXT, "what is claimed, in a sentence")
    source: tuple[str, ...] = key(_AUTHORITIES, "the authority, or several, or `local`", required=True)


@dataclass(frozen=True, slots=True)
class MonitorShape(Shape):
    """An order of events that is never to be: `check --prove` proves it, and the engine sees to it."""

    never: str = key(
        TEXT,
        "`EVENT before EVENT`, `EVENT after EVENT` or `EVENT unless EVENT since EVENT`",
        required=True,
    )
    overridable: bool = key(FLAG, "it may be, where somebody overrides the rule of the step")
    title: str = key(TEXT, "why, in a sentence")
    source: tuple[str, ...] = key(_AUTHORITIES, "the authority, or several, or `local`", required=True)


@dataclass(frozen=True, slots=True)
class SubCasesShape(Shape):
    """A kind of case under a case, or tied to it."""

    workflow: str = key(DASHED, "the workflow of these cases", required=True)
    linked: bool = key(FLAG, "they are not opened under the case, but tied to it by a link of this name")
    warn_above: int = key(VERSION, "the number above which opening one more is warned of")


@dataclass(frozen=True, slots=True)
class LoopShape(Shape):
    """What workflows share: their last stages."""

    sources: Mapping[str, SourceShape] = key(Table(DASHED, Keys(SourceShape)), "authorities")
    facts: Mapping[str, FactShape] = key(Table(NAME, Keys(FactShape)), "what we need to know")
    sub_cases: Mapping[str, SubCasesShape] = key(
        Table(NAME, Keys(SubCasesShape, short="workflow")),
        "`kind: WORKFLOW`, or `kind: {workflow, …}`: what may be opened under a case, or be linked to it",
    )
    rules: Mapping[str, RuleShape] = key(Table(NAME, Keys(RuleShape)), "what follows from the facts")
    standing: Mapping[str, StandingShape] = key(
        Table(NAME, Keys(StandingShape)), "what is watched for all the life of a case"
    )
    claims: Mapping[str, ClaimShape] = key(
        Table(NAME, Keys(ClaimShape)), "`name: {if, then}`: what follows from what, to be proved"
    )
    monitors: Mapping[str, MonitorShape] = key(
        Table(NAME, Keys(MonitorShape)), "`name: {never}`: orders of events that are never to be"
    )
    deadlines: Mapping[str, DeadlineShape] = key(Table(NAME, Keys(DeadlineShape)), "clocks between events")
    holds: Mapping[str, HoldShape] = key(Table(NAME, Keys(HoldShape)), "what stops clocks and blocks events")
    states: Mapping[str, StateShape] = key(Table(NAME, Keys(StateShape)), "where a case can stand")
    anywhere: Mapping[str, AnywhereShape] = key(
        Table(NAME, Keys(AnywhereShape)), "`event: {in: [STATE, …], …}`: steps that answer in several states"
    )


@dataclass(frozen=True, slots=True)
class InForceShape(Shape):
    """The days on which a case may be opened without a warning."""

    from_: date | None = key(DAY, "the first day")
    until: date | None = key(DAY, "the last day")


@dataclass(frozen=True, slots=True)
class WorkflowShape(LoopShape):
    """One kind of case."""

    workflow: str = key(DASHED, "the name of the workflow; the file is called NAME.yaml", required=True)
    version: int = key(VERSION, "raised whenever the file changes", required=True)
    title: str = key(TEXT, "what kind of case it is", required=True)
    reference: str = key(PREFIX, "capital letters with which its references begin", required=True)
    in_force: InForceShape | None = key(
        Maybe(Keys(InForceShape)), "when a case may be opened without a warning"
    )
    starts: str = key(NAME, "the state in which a case begins", required=True)
    loop: str = key(NAME, "a loop of the framework, all of which is part of this workflow")
    who: tuple[str, ...] = key(_NAMES, "the roles that carry it on")
    reports_to: tuple[str, ...] = key(_NAMES, "the groups to which it is reported")
    about: str = key(TEXT, "what it is about, in a sentence or two")
    states: Mapping[str, StateShape] = key(
        Table(NAME, Keys(StateShape)), "where a case can stand", required=True
    )


def json_schema() -> Schema:
    """The JSON Schema of a workflow file, for editors."""
    return schema_file("A workflow file of loopengine", WorkflowShape)
