"""The histories as an object-centric event log, OCEL 2.0 in JSON (ocel-standard.org), for process mining.

Cases, agencies and roles are the objects, entries the events; no free text, and no names of people. Written
as it is read: only names of types, and references, are kept. Does not know where the file lies.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Literal, TypeAlias

from loopengine.clock import instant_text
from loopengine.core.definitions import Workflow
from loopengine.core.values import Json
from loopengine.engine.engine import Engine
from loopengine.engine.results import Line
from loopengine.engine.surveying import Surveyed
from loopengine.errors import BrokenHistory
from loopengine.store.legible import TO_AUDIT

# Workflows are in lower case, and cases in capitals: none of them is called so.
AGENCY, ROLE = "Agency", "Role"
CASE, PARENT, OPENED, WITHDRAWN, ACTS_FOR, ACTS_AS = (
    *("case", "sub_case_of", "opened", "withdrawn", "acts_for", "acts_as"),
)
_EVER = "1970-01-01T00:00:00Z"  # by the standard, the time of what an object is from the beginning
_TYPES: Mapping[str, str] = {
    "n": "integer",
    "due": "time",
    **dict.fromkeys(("automatic", "overrode", "struck_out", "adopted"), "boolean"),
}
# What names an entry beside its kind, the first that there is.
_NAMED = ("event", "deadline", "hold", "standing")
_COPIED = ("from", "to", "stage", "deadline", "hold", "standing", "notice", "due")

Sort: TypeAlias = Literal["objectTypes", "eventTypes"]
Told: TypeAlias = bool | int | str
Relations: TypeAlias = "dict[tuple[str, str], None]"


@dataclass(frozen=True, slots=True)
class Written:
    """What a log came to: how many objects, events, and relations of either to objects."""

    objects: int
    events: int
    relations: int

    def to_json(self) -> dict[str, Json]:
        """What `export events` prints of it."""
        return {"objects": self.objects, "events": self.events, "relations": self.relations}


@dataclass(slots=True)
class _Log:
    """A log while it is written: objects at once, events apart until all objects are there."""

    file: IO[bytes]
    later: IO[bytes]
    objects: int = 0
    events: int = 0
    relations: int = 0
    types: dict[Sort, dict[str, dict[str, None]]] = field(
        default_factory=lambda: {"objectTypes": {}, "eventTypes": {}}
    )
    there: set[str] = field(default_factory=set)
    meant: set[str] = field(default_factory=set)

    def add_object(
        self, id_: str, type_: str, attributes: Iterable[tuple[str, Told, str]], relations: Relations
    ) -> None:
        """Write an object, with each of its attributes from a time on."""
        told = [{"name": name, "value": value, "time": time} for name, value, time in attributes]
        self._declare("objectTypes", type_, (str(each["name"]) for each in told))
        self._write(self.file, self.objects, {"id": id_, "type": type_, "attributes": told}, relations)
        self.objects += 1
        self.there.add(id_)

    def add_event(
        self, id_: str, type_: str, time: str, attributes: Mapping[str, Told], relations: Relations
    ) -> None:
        """Write an event."""
        told = [{"name": name, "value": value} for name, value in attributes.items()]
        self._declare("eventTypes", type_, attributes)
        body = {"id": id_, "type": type_, "time": time, "attributes": told}
        self._write(self.later, self.events, body, relations)
        self.events += 1

    def _declare(self, sort: Sort, type_: str, attributes: Iterable[str]) -> None:
        self.types[sort].setdefault(type_, {}).update(dict.fromkeys(attributes))

    def _write(self, file: IO[bytes], n: int, body: Mapping[str, object], relations: Relations) -> None:
        related = [{"objectId": id_, "qualifier": how} for id_, how in relations]
        self.meant.update(id_ for id_, _ in relations)
        self.relations += len(relations)
        file.write((",\n" if n else "\n").encode() + _text({**body, "relationships": related}))


def write_events(engine: Engine, file: IO[bytes]) -> Written:
    """Write the histories of all cases to *file*.

    Raises BrokenHistory if one names a case that is not there.
    """
    with tempfile.TemporaryFile() as later:
        log = _Log(file, later)
        file.write(b'{"objects": [')
        for found in engine.survey(histories=True):
            _write_case(log, found)
        _write_others(log)
        file.write(b'\n],\n"events": [')
        later.seek(0)
        while piece := later.read(1 << 20):
            file.write(piece)
    file.write(b"\n]")
    for sort, types in log.types.items():
        file.write(f',\n"{sort}": '.encode() + _text([*_declared(types)]))
    file.write(b"}\n")
    # Whoever reads the log may leave out silently what hangs in the air.
    if missing := log.meant - log.there:
        what = f"a history names {min(missing)}, and there is no such case"
        raise BrokenHistory(what, TO_AUDIT)
    return Written(log.objects, log.events, log.relations)


def _write_case(log: _Log, found: Surveyed) -> None:
    case = found.case
    relations: Relations = {} if case.parent is None else {(case.parent, PARENT): None}
    relations |= {(other, name): None for name, other in found.ties}
    relations |= {(f"{AGENCY}:{agency}", fact): None for fact, agency in _parties(found)}
    log.add_object(case.reference, case.workflow, _attributes(found), relations)
    for line in found.lines:
        _write_entry(log, found, line)


def _write_others(log: _Log) -> None:
    """Write the agencies and roles that have come up."""
    for id_ in sorted(log.meant - log.there):
        sort, _, name = id_.partition(":")
        if sort in (AGENCY, ROLE):
            log.add_object(id_, sort, [("name", name, _EVER)], {})


def _attributes(found: Surveyed) -> Iterator[tuple[str, Told, str]]:
    """What a case is, and from when: where it stood, less what was struck out."""
    case = found.case
    yield "title", case.title, _EVER
    yield "opened_on", case.opened_on.isoformat(), _EVER
    yield "adopted", case.adopted, _EVER
    if case.kind is not None:
        yield "kind", case.kind, _EVER
    # Of the states that a case went through within one instant, it is the last.
    last = {instant_text(found.lines[stay.n - 1].entry.recorded_at): stay for stay in found.stays}
    for time, stay in last.items():
        yield "state", stay.state, time
        if stay.stage is not None:
            yield "stage", stay.stage, time


def _parties(found: Surveyed) -> Iterator[tuple[str, str]]:
    """The agencies in the facts of a case, each with the fact."""
    for fact, value in found.facts.items():
        yield from ((fact, agency) for agency in _agencies(found.workflow, fact, value))


def _agencies(workflow: Workflow, fact: str, value: object) -> Iterator[str]:
    """The agencies in the *value* of a fact, if it is one that names agencies."""
    if workflow.fact_asked(fact).type not in ("party", "parties"):
        return
    if isinstance(value, str):
        yield value
    elif isinstance(value, frozenset | list | tuple):
        yield from sorted(map(str, value))


def _write_entry(log: _Log, found: Surveyed, line: Line) -> None:
    entry, case = line.entry, found.case
    name = next((text for key in _NAMED if (text := entry.text(key)) is not None), None)
    attributes: dict[str, Told] = {"n": entry.n, "so_on": entry.so_on.isoformat(), "digest": entry.digest}
    attributes |= {key: text for key in _COPIED if (text := entry.text(key)) is not None}
    attributes |= {
        "automatic": bool(entry.body.get("automatic")),
        "overrode": bool(entry.body.get("overrode")),
        "struck_out": line.undone_by is not None,
    }
    facts = line.facts()
    if facts:
        attributes["facts"] = ",".join(facts)
    relations: Relations = {(case.reference, CASE): None}
    if case.parent is not None:
        relations[(case.parent, PARENT)] = None
    # A reader may leave out an object of which no event tells.
    for fact, value in facts.items():
        relations |= {(f"{AGENCY}:{each}", fact): None for each in _agencies(found.workflow, fact, value)}
    relations |= _told(line)
    type_ = entry.kind if name is None else f"{entry.kind} {name}"
    log.add_event(
        f"{case.reference}#{entry.n}", type_, instant_text(entry.recorded_at), attributes, relations
    )


def _told(line: Line) -> Relations:
    """What an entry says of other cases, and in which roles, and for which agency, somebody acted."""
    body = line.entry.body
    relations: Relations = {}
    for key, how in (("opened", OPENED), ("withdrawn", WITHDRAWN)):
        relations |= {(each, how): None for each in _names(body.get(key))}
    if isinstance(link := body.get("link"), Mapping):
        relations[(str(link["case"]), str(link["name"]))] = None
    if isinstance(by := body["by"], Mapping):
        relations |= {(f"{ROLE}:{role}", ACTS_AS): None for role in _names(by["roles"])}
        if by["agency"] is not None:
            relations[(f"{AGENCY}:{by['agency']}", ACTS_FOR)] = None
    return relations


def _names(value: Json) -> tuple[str, ...]:
    return tuple(str(each) for each in value) if isinstance(value, list | tuple) else ()


def _declared(types: Mapping[str, Mapping[str, None]]) -> Iterator[dict[str, object]]:
    for name, attributes in types.items():
        told = [{"name": each, "type": _TYPES.get(each, "string")} for each in attributes]
        yield {"name": name, "attributes": told}


def _text(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
