"""How single values are spelled: names, texts, days, durations.

Knows what each looks like, and says what is wrong with one that does not. Does not know what it is for.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import TypeAlias, TypeVar

from loopengine.core.durations import Duration
from loopengine.core.files import messages
from loopengine.core.files.documents import Data
from loopengine.core.files.messages import Message
from loopengine.core.files.reading import Scalar, Schema

C = TypeVar("C", bound=str)
# What a file gives as the value of a fact, before the fact has accepted it.
Raw: TypeAlias = bool | int | str | tuple[str, ...] | None

_NAME = "[a-z][a-z0-9_]*"
_DASHED = "[a-z][a-z0-9_-]*"
_BODY = "[a-z][a-z0-9-]{0,63}"
_PREFIX = "[A-Z][A-Z0-9]*"
_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_DURATION = "[1-9][0-9]{0,3} (working day|day|week|month|year)s?"
_LETTERS = "a name begins with one of a-z, and goes on with a-z, 0-9 and _"


def _schema(pattern: str) -> Schema:
    return {"type": "string", "pattern": f"^{pattern}$"}


def _text(data: Data, key: str) -> str | Message:
    if isinstance(data, str) and data.strip():
        return data
    if isinstance(data, bool | int):
        return messages.not_in_quotes(key, data)
    return messages.wrong_sort(key, data, "a text")


def _spelled(pattern: str, wanted: str, spelling: str) -> Callable[[Data, str], str | Message]:
    """Takes what *pattern* matches; of anything else, says that *wanted* is, or the *spelling*."""

    def take(data: Data, key: str) -> str | Message:
        if not isinstance(data, str):
            return messages.wrong_sort(key, data, wanted)
        return data if re.fullmatch(pattern, data) else messages.misspelt(data, wanted, spelling)

    return take


def _version(data: Data, key: str) -> int | Message:
    if isinstance(data, int) and not isinstance(data, bool) and data > 0:
        return data
    return messages.wrong_sort(key, data, "a whole number from 1")


def _flag(data: Data, key: str) -> bool | Message:
    return data if isinstance(data, bool) else messages.wrong_sort(key, data, "true or false")


def _day(data: Data, key: str) -> date | Message | None:
    try:
        if isinstance(data, str) and re.fullmatch(_DAY, data):
            return date.fromisoformat(data)
    except ValueError:
        pass
    return messages.wrong_sort(key, data, "a date such as 2017-01-31")


def _duration(data: Data, key: str) -> Duration | Message | None:
    try:
        if isinstance(data, str):
            return Duration.parse(data)
    except ValueError:
        pass
    return messages.wrong_sort(key, data, "a time such as 5 working days, 2 weeks or 1 month")


def _value(data: Data, key: str) -> Raw | Message:
    if isinstance(data, list) and all(isinstance(each, str) for each in data):
        return tuple(str(each) for each in data)
    if isinstance(data, bool | int | str):
        return data
    return messages.wrong_sort(key, data, "a value, or a list of names")


def choice(allowed: tuple[C, ...]) -> Scalar[C | None]:
    """One of the words in *allowed*."""

    def take(data: Data, key: str) -> C | Message | None:
        found = next((each for each in allowed if each == data), None)
        return messages.not_one_of(key, data, allowed) if found is None else found

    return Scalar(take, None, {"type": "string", "enum": [*allowed]})


TEXT = Scalar(_text, "", {"type": "string", "minLength": 1})
NAME = Scalar(_spelled(_NAME, "a name", _LETTERS), "", _schema(_NAME))
# The names that stand alone, outside of rules: of frameworks, workflows and sources.
DASHED = Scalar(_spelled(_DASHED, "a name", f"{_LETTERS} or -"), "", _schema(_DASHED))
# The names of bodies, which all the others have to be able to spell.
BODY = Scalar(
    _spelled(_BODY, "a name", "it begins with one of a-z, and goes on with a-z, 0-9 and -"),
    "",
    _schema(_BODY),
)
PREFIX = Scalar(
    _spelled(_PREFIX, "a prefix", "it is made of capital letters, as in SCR"), "", _schema(_PREFIX)
)
VERSION = Scalar(_version, 0, {"type": "integer", "minimum": 1})
FLAG = Scalar(_flag, False, {"type": "boolean"})
DAY = Scalar(_day, None, _schema(_DAY))
DURATION = Scalar(_duration, None, _schema(_DURATION))
_ANY_VALUE: list[Schema] = [
    {"type": ["string", "integer", "boolean"]},
    {"type": "array", "items": {"type": "string"}},
]
VALUE = Scalar(_value, None, {"anyOf": _ANY_VALUE})
