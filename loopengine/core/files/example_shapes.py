"""The keys of a file of examples: declared once, for reading and for the JSON Schema.

What a key means is in `docs/examples.md`. Knows how a value is spelled; does not know what it refers to.
"""

# ruff: noqa: RUF009  `key` makes a field of a dataclass, as `dataclasses.field` does

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from re import fullmatch

from loopengine.core.files import messages
from loopengine.core.files.documents import Data
from loopengine.core.files.messages import Message
from loopengine.core.files.places import Place
from loopengine.core.files.reading import Keys, Many, Scalar, Schema, Shape, Table, key, schema_file
from loopengine.core.files.spellings import DASHED, NAME, TEXT, VALUE, Raw

# A day of another century is a slip of the pen, as it is on the command line.
_DAY = "(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}"
A_DAY = "a date such as 2017-01-31, of one of the years 1900 to 2199"
_NAMES = Many(NAME)


def _as_it_is(data: Data, key: str) -> str | Message:
    return data if isinstance(data, str) and data.strip() else messages.wrong_sort(key, data, "a name")


def day_in(text: str) -> date | None:
    """The day that *text* names, in one of the years of which there are examples."""
    try:
        return date.fromisoformat(text) if fullmatch(_DAY, text) else None
    except ValueError:
        return None


def _day(data: Data, key: str) -> date | Message | None:
    day = day_in(data) if isinstance(data, str) else None
    return messages.wrong_sort(key, data, A_DAY) if day is None else day


def _slip(data: Data, key: str) -> str | Message:
    if isinstance(data, str) and data.strip() and ("*" not in data or data.partition("*")[0].count(".") >= 1):
        return data
    return messages.wrong_sort(
        key,
        data,
        "the name of a slip, as `loopengine mutate` tells it: a * stands for anything but its place",
    )


def _verdict(data: Data, key: str) -> str | Message:
    if isinstance(data, bool):
        return "true" if data else "false"
    if data == "unknown":
        return "unknown"
    return messages.wrong_sort(key, data, "true, false or unknown")


def _number(data: Data, key: str) -> int | Message:
    if isinstance(data, int) and not isinstance(data, bool) and data >= 0:
        return data
    return messages.wrong_sort(key, data, "a whole number")


DAY: Scalar[date | None] = Scalar(_day, None, {"type": "string", "pattern": f"^{_DAY}$"})
_STEP = Scalar(_as_it_is, "", {"type": "string", "pattern": "^([a-z][a-z0-9_]*\\.)?[a-z][a-z0-9_]*$"})
_FACT = Scalar(_as_it_is, "", {"type": "string", "pattern": "^[a-z][a-z0-9_]*(\\.[A-Za-z0-9_]+)?$"})
_ROLE = Scalar(_as_it_is, "", {"type": "string", "minLength": 1})
_ANY = Scalar(_as_it_is, "", {"type": "string", "minLength": 1})
_SLIP = Scalar(_slip, "", {"type": "string", "pattern": "^([^*]+|[^*.]+\\.[^*]*\\*.*)$"})
_VERDICT = Scalar(_verdict, "", {"enum": [True, False, "unknown"]})
_NUMBER = Scalar(_number, 0, {"type": "integer", "minimum": 0})
_STEPS = Many(_STEP)


@dataclass(frozen=True, slots=True)
class StoodShape(Shape):
    """The sub-cases of a kind, in numbers."""

    number: int = key(_NUMBER, "how many there are", required=True)
    reached: Mapping[str, int] = key(Table(NAME, _NUMBER), "`state: NUMBER`: how many have reached it")
    excused: int = key(_NUMBER, "how many of them ended in an excused state")


class _Days:
    """One day or several."""

    absent: tuple[date | None, ...] = ()

    def read(self, data: Data, place: Place) -> tuple[date | None, ...]:
        return Many(DAY).read(data, place)

    def schema(self, definitions: dict[str, Schema]) -> Schema:
        return Many(DAY).schema(definitions)


@dataclass(frozen=True, slots=True)
class GivenShape(Shape):
    """What is so in an example."""

    given: Mapping[str, Raw] = key(Table(_FACT, VALUE), "the facts that are known: `fact: value`")
    on: date | None = key(DAY, "the day on which it is asked")
    happened: Mapping[str, date | None] = key(Table(NAME, DAY), "when events happened last: `event: day`")
    sub_cases: Mapping[str, StoodShape] = key(Table(NAME, Keys(StoodShape)), "its sub-cases, by kind")
    earlier: Mapping[str, Raw] = key(Table(_FACT, VALUE), "what facts were until the day before")
    alike: Mapping[str, tuple[date | None, ...]] = key(
        Table(NAME, _Days()), "`fact: [DAY, …]`: when other cases with the same answer were opened"
    )
    title: str = key(TEXT, "what it is an example of, in a few words")


@dataclass(frozen=True, slots=True)
class JudgedShape(GivenShape):
    """That a rule comes to a verdict."""

    is_: str = key(_VERDICT, "what the rule comes to: true, false or unknown", required=True)


@dataclass(frozen=True, slots=True)
class RoutedShape(GivenShape):
    """That an incident leads to these reviews, and to no others."""

    must: tuple[str, ...] = key(Many(DASHED), "the reviews that must be carried out")
    should: tuple[str, ...] = key(Many(DASHED), "the reviews that should be")
    may: tuple[str, ...] = key(Many(DASHED), "the reviews that may be")


@dataclass(frozen=True, slots=True)
class DueShape(Shape):
    """That a deadline falls due on a day."""

    from_: Mapping[str, date | None] = key(
        Table(NAME, DAY), "what began it, and when: `EVENT: day`, or a date fact", required=True
    )
    due: date | None = key(DAY, "the day on which it falls due", required=True)
    told: Mapping[str, tuple[str, ...]] = key(
        Table(_ANY, _NAMES), "`day: [ROLE, …]`: all who are reminded or told of it, and when"
    )
    title: str = key(TEXT, "what it is an example of, in a few words")


@dataclass(frozen=True, slots=True)
class ClockShape(Shape):
    """Examples of a deadline."""

    stopped_by: tuple[str, ...] = key(_NAMES, "the events that stop it, and no others")
    fires: str = key(NAME, "the event that it fires when its time is up")
    worked: tuple[DueShape, ...] = key(Many(Keys(DueShape)), "when it falls due")


@dataclass(frozen=True, slots=True)
class HoldShape(Shape):
    """What a hold keeps still."""

    stops: tuple[str, ...] = key(_NAMES, "the deadlines that stand still, and no others")
    blocks: tuple[str, ...] = key(_NAMES, "the events that are not fired, and no others")


@dataclass(frozen=True, slots=True)
class WaitedShape(Shape):
    """That a step waits until a day."""

    from_: Mapping[str, date | None] = key(
        Table(NAME, DAY), "what it waits after, and when that was: `EVENT: day`", required=True
    )
    not_before: date | None = key(DAY, "the first day on which it may be taken", required=True)
    title: str = key(TEXT, "what it is an example of, in a few words")


@dataclass(frozen=True, slots=True)
class DutiesShape(Shape):
    """What is a role's to do."""

    takes: tuple[str, ...] = key(_STEPS, "the steps that it takes: EVENT, or STATE.EVENT")
    overrides: tuple[str, ...] = key(_STEPS, "the steps whose rule it overrides")
    answers: tuple[str, ...] = key(_NAMES, "the facts that it answers")
    has_the_move: tuple[str, ...] = key(_NAMES, "the states in which the move is its")
    is_told: tuple[str, ...] = key(_NAMES, "the standing rules of which it is told")


class _InOrder:
    """Names, one after the other, of which one may come again."""

    absent: tuple[str, ...] = ()

    def read(self, data: Data, place: Place) -> tuple[str, ...]:
        items = data if isinstance(data, list) else [data]
        if not items:
            place.refuse(messages.empty_list(place.key))
        return tuple(NAME.read(each, place / n) for n, each in enumerate(items))

    def schema(self, definitions: dict[str, Schema]) -> Schema:
        item = NAME.schema(definitions)
        return {"anyOf": [item, {"type": "array", "items": item, "minItems": 1}]}


@dataclass(frozen=True, slots=True)
class WayShape(Shape):
    """That some events lead from one state to another."""

    from_: str = key(NAME, "the state in which it begins; where a case begins, if left out")
    events: tuple[str, ...] = key(_InOrder(), "the events, one after the other", required=True)
    ends: str = key(NAME, "the state to which they lead", required=True)
    title: str = key(TEXT, "what it is an example of, in a few words")


@dataclass(frozen=True, slots=True)
class ExamplesShape(Shape):
    """Examples of one workflow, or of the framework."""

    examples: str = key(DASHED, "the workflow, or the framework, of which they are", required=True)
    about: str = key(TEXT, "where they are from, in a sentence or two")
    rules: Mapping[str, tuple[JudgedShape, ...]] = key(
        Table(NAME, Many(Keys(JudgedShape))), "`RULE: [{given, is}, …]`: what rules come to"
    )
    guards: Mapping[str, tuple[JudgedShape, ...]] = key(
        Table(_STEP, Many(Keys(JudgedShape))), "`EVENT` or `STATE.EVENT`: what the rules of steps come to"
    )
    standing: Mapping[str, tuple[JudgedShape, ...]] = key(
        Table(NAME, Many(Keys(JudgedShape))), "what standing rules come to"
    )
    routes: tuple[RoutedShape, ...] = key(Many(Keys(RoutedShape)), "of the framework: where incidents lead")
    clocks: Mapping[str, ClockShape] = key(
        Table(NAME, Keys(ClockShape)), "`DEADLINE: {stopped_by, fires, worked}`: when deadlines fall due"
    )
    holds: Mapping[str, HoldShape] = key(
        Table(NAME, Keys(HoldShape)), "`HOLD: {stops, blocks}`: what a hold keeps still"
    )
    waits: Mapping[str, tuple[WaitedShape, ...]] = key(
        Table(_STEP, Many(Keys(WaitedShape))), "`EVENT` or `STATE.EVENT`: how long steps wait"
    )
    who: Mapping[str, DutiesShape] = key(
        Table(_ROLE, Keys(DutiesShape)), "`ROLE`, or `ROLE of FACT`: what is whose to do"
    )
    reasons: tuple[str, ...] = key(_STEPS, "the steps that nobody takes without saying why")
    ways: Mapping[str, WayShape] = key(Table(NAME, Keys(WayShape)), "ways from one state to another")
    survivors: Mapping[str, str] = key(
        Table(_SLIP, TEXT),
        "`SLIP: argument`: why a slip may be noticed by nobody; * stands for anything",
    )


def examples_schema() -> Schema:
    """The JSON Schema of a file of examples, for editors."""
    return schema_file("A file of examples for workflow files of loopengine", ExamplesShape)
