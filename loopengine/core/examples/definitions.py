"""Examples as frozen values: what is given, and what the definitions have to make of it.

An example tells of its workflow what its author knows without reading the file: from the law, a calendar or
the board's scheme of who does what. Knows nothing of files, or of how an example is judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeAlias

from loopengine.core.truth import Truth

RuleSort: TypeAlias = Literal["rule", "guard", "standing"]
# What the file gives as the value of a fact, before the fact has accepted it.
Raw: TypeAlias = bool | int | str | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Stood:
    """The sub-cases of a kind: how many there are, how many of them *reached* a state, and are *excused*."""

    total: int
    reached: Mapping[str, int] = field(default_factory=dict)
    excused: int = 0


@dataclass(frozen=True, slots=True)
class Supposed:
    """What is so in an example on the day *on*.

    *earlier* says what a fact was until the day before, *alike* when other cases with the same answer were
    opened, and *happened* when events happened last.
    """

    facts: Mapping[str, Raw] = field(default_factory=dict)
    on: date | None = None
    happened: Mapping[str, date] = field(default_factory=dict)
    sub_cases: Mapping[str, Stood] = field(default_factory=dict)
    earlier: Mapping[str, Raw] = field(default_factory=dict)
    alike: Mapping[str, tuple[date, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judged:
    """That a rule comes to a verdict; a guard is named `STATE.EVENT`, or by its event alone."""

    sort: RuleSort
    name: str
    supposed: Supposed
    verdict: Truth


@dataclass(frozen=True, slots=True)
class Routed:
    """That an incident leads to these reviews, so strongly, and to no others."""

    supposed: Supposed
    must: tuple[str, ...] = ()
    should: tuple[str, ...] = ()
    may: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """That a deadline which began like this falls due on a day; *told* says who is told of it when."""

    deadline: str
    began: Mapping[str, date]
    due: date
    told: Mapping[date, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stopped:
    """That these events stop a deadline, and no others."""

    deadline: str
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fires:
    """That a deadline fires an event when its time is up."""

    deadline: str
    event: str


@dataclass(frozen=True, slots=True)
class Stilled:
    """That a hold keeps these clocks still, and these events from being fired, and no others."""

    hold: str
    stops: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Waited:
    """That a step waits until a day, after what it waits for."""

    step: str
    began: Mapping[str, date]
    not_before: date


@dataclass(frozen=True, slots=True)
class Duties:
    """What is a role's: the steps that it *takes*, the rules of steps that it *overrides*, the facts that it
    *answers*, the states in which it *has_the_move*, and the standing rules of which it *is_told*.
    """

    takes: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    has_the_move: tuple[str, ...] = ()
    is_told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Charged:
    """That a role has these duties, and of what is *anybody*'s in the same file no others.

    A role is called as in the file; `agency of FACT` are the agencies in a fact, `not of FACT` all others.
    """

    role: str
    duties: Duties
    anybody: Duties


@dataclass(frozen=True, slots=True)
class Reasoned:
    """That nobody takes these steps without saying why."""

    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Walked:
    """That these events lead from one state to another."""

    start: str | None
    events: tuple[str, ...]
    ends: str


Content: TypeAlias = Judged | Routed | Due | Stopped | Fires | Stilled | Waited | Charged | Reasoned | Walked


@dataclass(frozen=True, slots=True)
class Example:
    """One example, under a *name* by which people find it, and where it stands."""

    name: str
    content: Content
    file: str = ""
    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True)
class Argument:
    """Why a mutant, or each of those that a pattern matches, may survive; and where that is said."""

    pattern: str
    said: str
    file: str = ""
    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True)
class Examples:
    """The examples of one workflow, or of a framework, and what is argued of the mutants of its file."""

    of: str
    examples: tuple[Example, ...] = ()
    survivors: tuple[Argument, ...] = ()
