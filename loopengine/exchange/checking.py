"""Holding a JSON document against a JSON Schema, and saying in words what does not fit, with its pointer.

Knows as much of the language of schemas as the schemas of this program use; any validator says the same yes
or no. Does not know what any document is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple, TypeAlias

from loopengine.clock import parse_instant
from loopengine.core.values import is_storable
from loopengine.errors import nearest

Schema: TypeAlias = Mapping[str, object]
_MOST_SHOWN = 40


class Fault(NamedTuple):
    """Something in a document that does not fit: where, as a JSON pointer, what, and what was meant."""

    pointer: str
    message: str
    hint: str | None = None


def faults(schema: Schema, document: object) -> Iterator[Fault]:
    """Everything in *document* that does not fit *schema*, in the order of the document."""
    yield from _faults(schema, document, "", schema)


def below(pointer: str, part: str | int) -> str:
    """The pointer to *part* of what is at *pointer*."""
    return f"{pointer}/{str(part).replace('~', '~0').replace('/', '~1')}"


def _faults(schema: Schema, value: object, at: str, whole: Schema) -> Iterator[Fault]:
    schema = _resolved(schema, whole)
    types = _texts(schema.get("type"))
    if types and _type(value) not in types and not (_type(value) == "integer" and "number" in types):
        yield Fault(at, f"this is {shown(value)}", f"it takes {_wanted(types)}")
        return
    if "const" in schema and value != schema["const"]:
        yield Fault(at, f"this is {shown(value)}", f"it takes {shown(schema['const'])}")
    match value:
        case str():
            yield from _of_text(schema, value, at)
        case list():
            items = schema.get("items")
            for n, each in enumerate(value):
                if isinstance(items, Mapping):
                    yield from _faults(items, each, below(at, n), whole)
        case dict():
            yield from _of_object(schema, value, at, whole)
        case int() | float() if not isinstance(value, bool):
            least = schema.get("minimum")
            if isinstance(least, int) and value < least:
                yield Fault(at, f"this is {shown(value)}", f"it is at least {least}")


def _of_text(schema: Schema, text: str, at: str) -> Iterator[Fault]:
    if not is_storable(text):
        yield Fault(at, "this text has half a character, or a null, in it", "no database could keep it")
        return
    allowed, pattern = schema.get("enum"), schema.get("pattern")
    longest, shortest = schema.get("maxLength"), schema.get("minLength")
    if isinstance(allowed, Sequence) and text not in allowed:
        yield Fault(at, f"this is {shown(text)}", nearest(text, _texts(allowed)))
    elif isinstance(pattern, str) and re.search(pattern, text) is None:
        yield Fault(at, f"this is {shown(text)}", _SPELLED.get(schema.get("format"), _says(schema)))
    elif isinstance(longest, int) and len(text) > longest:
        yield Fault(at, f"this text has {len(text)} characters", f"it has at most {longest}")
    elif isinstance(shortest, int) and len(text) < shortest:
        yield Fault(at, "this text is empty", "say something")
    elif not _is_time(schema.get("format"), text):
        yield Fault(at, f"there is no {shown(text)}", _SPELLED.get(schema.get("format")))


def _of_object(schema: Schema, value: Mapping[str, object], at: str, whole: Schema) -> Iterator[Fault]:
    properties = schema.get("properties")
    known = properties if isinstance(properties, Mapping) else {}
    for name in _texts(schema.get("required")):
        if name not in value:
            yield Fault(at, f"`{name}` is missing", _says(known[name]))
    for name, each in value.items():
        declared = known.get(name)
        if isinstance(declared, Mapping):
            yield from _faults(declared, each, below(at, name), whole)
        elif schema.get("additionalProperties") is False:
            yield Fault(at, f"nothing is called {shown(name)} here", nearest(name, map(str, known)))


def _resolved(schema: Schema, whole: Schema) -> Schema:
    """*schema*, or what it refers to."""
    named = schema.get("$ref")
    if not isinstance(named, str):
        return schema
    definitions = whole["definitions"]
    assert isinstance(definitions, Mapping)
    found = definitions[named.removeprefix("#/definitions/")]
    assert isinstance(found, Mapping)
    return found


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(str(each) for each in value) if isinstance(value, Sequence) else ()


def _type(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "integer" if value.is_integer() else "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"


_IN_WORDS: Mapping[str, str] = {
    "null": "null",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "string": "a text",
    "array": "a list",
    "object": "keys and values",
}


_SPELLED: Mapping[object, str] = {
    "date": "a day is written as 2017-01-31",
    "date-time": "an instant is written as 2017-01-31T09:00:00Z",
}


def _says(schema: Schema) -> str | None:
    """What *schema* is for."""
    said = schema.get("description")
    return said if isinstance(said, str) else None


def _wanted(types: Sequence[str]) -> str:
    return " or ".join(_IN_WORDS[each] for each in types)


def _is_time(form: object, text: str) -> bool:
    try:
        if form == "date":
            date.fromisoformat(text)
        elif form == "date-time":
            parse_instant(text)
    except ValueError:
        return False
    return True


def shown(value: object) -> str:
    """*value* in a line: what could be long, or anything about anybody, is only described."""
    match value:
        case str() if len(value) <= _MOST_SHOWN and is_storable(value):
            return repr(value)
        case str():
            return "a long text"
        case None:
            return "null"
        case bool() | int() | float():
            return str(value).lower()[:_MOST_SHOWN]
        case list():
            return "a list"
        case _:
            return "keys and values"
