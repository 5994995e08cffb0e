"""How the keys of a file are declared, once: to be read, and to be printed as a JSON Schema.

A frozen dataclass is a set of keys, and `key(…)` says of each how it is read and what it means. Reading never
stops: what cannot be read is told and stands as absent, so that one look at a file finds all that is wrong
with it. (A pydantic model that fails gives no value at all.) Does not know which keys there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from loopengine.core.files import messages
from loopengine.core.files.documents import Data
from loopengine.core.files.messages import Message
from loopengine.core.files.places import Place

Schema: TypeAlias = dict[str, object]
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Reader(Protocol[T_co]):
    """Something that a value can be read as."""

    def read(self, data: Data, place: Place) -> T_co:
        """*data*, which stands at *place*, where what is wrong with it is told (None has been already)."""

    def schema(self, definitions: dict[str, Schema]) -> Schema:
        """The JSON Schema of such a value; what it refers to is added to *definitions*."""


class Omissible(Reader[T_co], Protocol[T_co]):
    """A reader of what may be left out: *absent* stands for a value that is not there, or makes no sense."""

    @property
    def absent(self) -> T_co:
        """What stands for such a value."""


@dataclass(frozen=True, slots=True)
class Key(Generic[T]):
    """What is declared of a key."""

    reader: Reader[T]
    says: str
    required: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """Some keys and their values, as a file has them, and where."""

    place: Place


S = TypeVar("S", bound=Shape)


def key(reader: Omissible[T], says: str, *, required: bool = False) -> T:
    """A key of a shape: how its value is read, and what it means."""
    # A field, to the dataclass; to everybody else, the value.
    return field(default_factory=lambda: reader.absent, metadata={"key": Key(reader, says, required)})


def keys_of(shape: type[Shape]) -> Mapping[str, tuple[str, Key[object]]]:
    """The keys of *shape* as a file spells them, each with its attribute (`from_` for `from`)."""
    declared = (each for each in fields(shape) if "key" in each.metadata)
    return {each.name.rstrip("_"): (each.name, each.metadata["key"]) for each in declared}


@dataclass(frozen=True, slots=True)
class Scalar(Generic[T]):
    """One value: *take* makes it of what the file says, given the key, or says why not."""

    take: Callable[[Data, str], T | Message]
    absent: T
    described: Schema

    def read(self, data: Data, place: Place) -> T:
        taken = self.absent if data is None else self.take(data, place.key)
        if isinstance(taken, Message):
            place.refuse(taken)
            return self.absent
        return taken

    def schema(self, definitions: dict[str, Schema]) -> Schema:
        return dict(self.described)


@dataclass(frozen=True, slots=True)
class Many(Generic[T]):
    """A list, or a single item without brackets."""

    item: Reader[T]
    absent: tuple[T, ...] = ()

    def read(self, data: Data, place: Place) -> tuple[T, ...]:
        if data is None:
            return ()
        items = data if isinstance(data, list) else [data]
        if not items:
            place.refuse(messages.empty_list(place.key))
        seen: set[str] = set()
        for n, each in enumerate(items):
            if each is not None and repr(each) in seen:
                (place / n).refuse(messages.listed_twice(each))
            seen.add(repr(each))
        return tuple(self.item.read(each, place / n) for n, each in enumerate(items))

    def schema(self, definitions: dict[str, Schema]) -> Schema:
        item = self.item.schema(definitions)
        return {"anyOf": [item, {"type": "array", "items": item, "minItems": 1, "uniqueItems": True}]}


@dataclass(frozen=True, slots=True)
class Table(Generic[T]):
    """Names, each with a value of one sort."""

    name: Scalar[str]
    item: Reader[T]
    absent: Mapping[str, T] = field(default_factory=dict)

    def read(self, data: Data, place: Place) -> Mapping[str, T]:
        if data is None:
            return self.absent
        if not isinstance(data, dict):
            place.refuse(messages.wrong_sort(place.key, data, "names, each with what it stands for"))
            return self.absent
        if not data:
            place.refuse(messages.empty_table(place.key))
        for name in data:
            said = self.name.take(name, name)
            if isinstance(said, Message):
                (place / name).refuse_key(said)
        return {name: self.item.read(each, place / name) for name, each in data.items()}

    def schema(self, definitions: dict[str, Schema]) -> Schema:
        names, item = self.name.schema(definitions), self.item.schema(definitions)
        return {"type": "object", "propertyNames": names, "additionalProperties": item, "minProperties": 1}


def is_whole(shape: Shape) -> bool:
    """Whether every table that the file gives for *shape* could be read, and so its names are known."""
    tables = (
        name for name, (_, declared) in keys_of(type(shape)).items() if isinstance(declared.reader, Table)
    )
    return all(getattr(shape, name) or not shape.place.gives(name) for name in tables)


@dataclass(frozen=True, slots=True)
class Keys(Generic[S]):
    """The keys of a *shape*; a text alone stands for its key *short*, if it has one."""

    shape: type[S]
    short: str = ""

    def read(self, data: Data, place: Place) -> S:
        if self.short and isinstance(data, str):
            data = {self.short: data}
        if not isinstance(data, dict):
            if data is not None:
                place.refuse(messages.wrong_sort(place.key, data, f"keys: {_listed(keys_of(self.shape))}"))
            return self.shape(place)
        known = keys_of(self.shape)
        for name in data:
            if name not in known:
                (place / name).refuse_key(messages.unknown_key(name, known))
        read: dict[str, Any] = {}
        for name, (attribute, declared) in known.items():
            if name in data:
                read[attribute] = declared.reader.read(data[name], place / name)
            elif declared.required and not place.gives(name):
                place.refuse_key(messages.missing_key(name, declared.says))
        return self.shape(place, **read)

    def schema(self, definitions: dict[str, Schema]) -> Schema:
        name = self.shape.__name__.removesuffix("Shape")
        if name not in definitions:
            definitions[name] = {}  # it may hold itself
            definitions[name] = keys_schema(self.shape, definitions)
        by_name: Schema = {"$ref": f"#/definitions/{name}"}
        if not self.short:
            return by_name
        _, declared = keys_of(self.shape)[self.short]
        return {"anyOf": [declared.reader.schema(definitions), by_name]}


@dataclass(frozen=True, slots=True)
class Maybe(Generic[T]):
    """What *reader* reads, or None."""

    reader: Reader[T]
    absent: None = None

    def read(self, data: Data, place: Place) -> T | None:
        return self.reader.read(data, place)

    def schema(self, definitions: dict[str, Schema]) -> Schema:
        return self.reader.schema(definitions)


def keys_schema(shape: type[Shape], definitions: dict[str, Schema]) -> Schema:
    """The JSON Schema of the keys of *shape*."""
    known = keys_of(shape)
    return {
        "type": "object",
        "description": (shape.__doc__ or "").strip(),
        "properties": {
            name: {**declared.reader.schema(definitions), "description": declared.says}
            for name, (_, declared) in known.items()
        },
        "required": [name for name, (_, declared) in known.items() if declared.required],
        "additionalProperties": False,
    }


def schema_file(title: str, shape: type[Shape]) -> Schema:
    """The JSON Schema of a file that has the keys of *shape*."""
    definitions: dict[str, Schema] = {}
    body = keys_schema(shape, definitions)
    # Draft 7 is the newest that every editor's YAML server reads.
    dialect = "http://json-schema.org/draft-07/schema#"
    return {"$schema": dialect, **body, "title": title, "definitions": definitions}


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
