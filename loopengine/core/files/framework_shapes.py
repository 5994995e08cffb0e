"""The keys of a framework file: declared once, for reading and for the JSON Schema.

Like `shapes.py`, whose loops it holds.
"""

# ruff: noqa: RUF009  `key` makes a field of a dataclass, as `dataclasses.field` does
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias, get_args

from loopengine.core.definitions import Carry
from loopengine.core.durations import Duration
from loopengine.core.files.reading import Keys, Many, Maybe, Schema, Shape, Table, key, schema_file
from loopengine.core.files.shapes import CARRIED, LoopShape, SourceShape
from loopengine.core.files.spellings import DASHED, DAY, DURATION, NAME, TEXT, VALUE, VERSION, Raw, choice
from loopengine.core.rules.strengths import STRENGTHS, Strength
from loopengine.core.workdays import Starts

Tier: TypeAlias = Literal["executive", "management", "sub_group"]


@dataclass(frozen=True, slots=True)
class CalendarShape(Shape):
    """How days are counted."""

    first_day: Starts | None = key(choice(get_args(Starts)), "the day from which a clock counts")


@dataclass(frozen=True, slots=True)
class TitledShape(Shape):
    """Something with a title."""

    title: str = key(TEXT, "what it is called", required=True)


@dataclass(frozen=True, slots=True)
class QuorumShape(Shape):
    """Who must be at a meeting of a group."""

    at_least: int = key(VERSION, "so many of those that count", required=True)
    of: tuple[str, ...] = key(Many(NAME), "the agencies that count; all, if left out")
    with_: tuple[str, ...] = key(Many(NAME), "the agencies that must be there, each of them")


@dataclass(frozen=True, slots=True)
class GroupShape(TitledShape):
    """A group of the board."""

    tier: Tier | None = key(choice(get_args(Tier)), "which of the three tiers it belongs to", required=True)
    role: str = key(NAME, "the role in which it acts")
    meets: tuple[date | None, ...] = key(Many(DAY), "the days on which it meets, as far as they are fixed")
    quorum: QuorumShape | None = key(Maybe(Keys(QuorumShape)), "who must be there")


@dataclass(frozen=True, slots=True)
class ChannelShape(TitledShape):
    """A way of disseminating learning."""

    who: str = key(NAME, "the role that does it")
    reports_to: str = key(NAME, "the group to which it is reported")


@dataclass(frozen=True, slots=True)
class TieShape(TitledShape):
    """A sort of link between two cases."""

    inverse: str = key(TEXT, "what the other case says of the one that is linked to it", required=True)


@dataclass(frozen=True, slots=True)
class CycleShape(Shape):
    """Cases that the framework opens of itself, again and again."""

    title: str = key(TEXT, "what it is for, in a few words")
    workflow: str = key(DASHED, "the workflow of the cases", required=True)
    every: Duration | None = key(DURATION, "how long from one to the next, such as 3 months")
    from_: date | None = key(DAY, "with `every`: the first day")
    meetings_of: str = key(NAME, "instead of `every`: a group, on each day that it meets")
    for_each: str | None = key(choice(("agencies",)), "`agencies`: one for every agency of the framework")
    without: tuple[str, ...] = key(Many(NAME), "with `for_each`: the agencies for which it opens none")
    set: Mapping[str, Raw] = key(Table(NAME, VALUE), "facts of the new case; `each` for its agency")
    carry: Carry = key(CARRIED, "facts whose answers it takes over from the one before, or true: all of them")
    source: tuple[str, ...] = key(Many(DASHED), "the authority, or several, or `local`", required=True)


@dataclass(frozen=True, slots=True)
class RouteShape(Shape):
    """A row of the routing table."""

    review: str = key(DASHED, "the workflow to which it leads", required=True)
    strength: Strength | None = key(
        choice(STRENGTHS), "must, should or may: how strongly it leads there", required=True
    )
    when: str = key(TEXT, "the expression, over the facts and rules of the intake", required=True)
    title: str = key(TEXT, "what it says, in a few words")
    alternatives: str = key(NAME, "rows with one name here exclude each other: two are never TRUE at once")
    source: tuple[str, ...] = key(Many(DASHED), "the authority, or several, or `local`", required=True)


@dataclass(frozen=True, slots=True)
class OtherwiseShape(Shape):
    """Who is asked about an incident that no row of the routing table answers."""

    ask: tuple[str, ...] = key(Many(NAME), "the roles that decide what is done about it", required=True)
    title: str = key(TEXT, "what is so then, in a few words")
    source: tuple[str, ...] = key(Many(DASHED), "the authority, or several, or `local`", required=True)


@dataclass(frozen=True, slots=True)
class PuttingRightShape(Shape):
    """Who may put right a mistake of the office."""

    correct: tuple[str, ...] = key(Many(NAME), "the roles that may strike out a step fired by mistake")
    withdraw: tuple[str, ...] = key(Many(NAME), "the roles that may end a case opened in error")
    merge: tuple[str, ...] = key(Many(NAME), "the roles that may merge a case into another")
    adopt: tuple[str, ...] = key(Many(NAME), "the roles that may take over a case in the middle of its way")
    reassign: tuple[str, ...] = key(Many(NAME), "the roles that may put one agency in another's place")


@dataclass(frozen=True, slots=True)
class FrameworkShape(Shape):
    """What the workflows of a folder share."""

    framework: str = key(DASHED, "the name of the framework", required=True)
    version: int = key(VERSION, "raised whenever the file changes", required=True)
    title: str = key(TEXT, "what it is called", required=True)
    calendar: CalendarShape | None = key(Maybe(Keys(CalendarShape)), "how days are counted")
    sources: Mapping[str, SourceShape] = key(
        Table(DASHED, Keys(SourceShape)), "authorities that any workflow may cite"
    )
    roles: Mapping[str, TitledShape] = key(
        Table(NAME, Keys(TitledShape)), "titles of roles, and further roles"
    )
    groups: Mapping[str, GroupShape] = key(Table(NAME, Keys(GroupShape)), "the groups of the board")
    agencies: Mapping[str, TitledShape] = key(Table(NAME, Keys(TitledShape)), "the parties")
    channels: Mapping[str, ChannelShape] = key(
        Table(NAME, Keys(ChannelShape)), "ways of disseminating learning"
    )
    lists: Mapping[str, Mapping[str, TitledShape]] = key(
        Table(NAME, Table(NAME, Keys(TitledShape, short="title"))),
        "`name: {item: {title}}`: lists in order, for facts that are asked of each item, and for values",
    )
    links: Mapping[str, TieShape] = key(Table(NAME, Keys(TieShape)), "the sorts of link between cases")
    cycles: Mapping[str, CycleShape] = key(
        Table(NAME, Keys(CycleShape)), "cases that are opened again and again"
    )
    intake: str = key(DASHED, "the workflow of incidents, whose facts and rules the routes read")
    routes: tuple[RouteShape, ...] = key(
        Many(Keys(RouteShape)), "which review types an incident needs, should have, or may have"
    )
    otherwise: OtherwiseShape | None = key(
        Maybe(Keys(OtherwiseShape)), "who is asked where no row of `routes` answers"
    )
    putting_right: PuttingRightShape | None = key(
        Maybe(Keys(PuttingRightShape)), "who may put right a mistake of the office"
    )
    loops: Mapping[str, LoopShape] = key(Table(NAME, Keys(LoopShape)), "the last stages, shared by workflows")


def framework_schema() -> Schema:
    """The JSON Schema of a framework file, for editors."""
    return schema_file("A framework file of loopengine", FrameworkShape)
