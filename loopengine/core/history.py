"""The history of a case: entries chained by SHA-256 over canonical bytes, and what replaying them gives.

An entry is made of `next_body`, `sealed`, and changes a record only through `apply`: so the present is, by
construction, what the history says. Free text and names are not in here, only their reference and digest.
Knows nothing of storage.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Literal, TypeAlias

from loopengine.clock import instant_text, parse_instant
from loopengine.core.clocks import Clock, Span, clock_from
from loopengine.core.definitions import Framework, Workflow
from loopengine.core.records import Answered, Record, changed
from loopengine.core.values import Json, Value
from loopengine.core.whereabouts import adopted, ended_apart, moved, put_back, struck_by

EntryKind: TypeAlias = Literal[
    "opened", "recorded", "corrected", "moved", "refused",
    "held", "released", "joined", "reminded", "overdue", "escalated", "reckoned", "linked",
    "arose", "ceased", "undone", "withdrawn", "merged",
]  # fmt: skip

_CANONICAL = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
).encode
FIRST = "0" * 64  # what the first entry of a case follows
# The kinds after which a case is another one than before: its revision counts them.
CHANGES: frozenset[EntryKind] = frozenset(
    {
        *("opened", "recorded", "corrected", "moved", "held", "released", "linked", "arose", "ceased"),
        *("undone", "withdrawn", "merged"),
    }
)
# The kinds after which a case may stand elsewhere than before.
TURNS: frozenset[EntryKind] = frozenset({"opened", "moved", "undone", "withdrawn", "merged"})


@dataclass(frozen=True, slots=True)
class Words:
    """Where words are that are kept apart from the history, and the salted digest that they must have."""

    ref: str
    digest: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a case's history: *body* is what is hashed, *digest* its SHA-256, *line* its one text."""

    body: Mapping[str, Json]
    digest: str
    line: str = field(default="", compare=False, repr=False)

    @property
    def n(self) -> int:
        """Its number within the case, from 1."""
        return int(str(self.body["n"]))

    @property
    def kind(self) -> str:
        """What sort of entry it is: one of `EntryKind`."""
        return str(self.body["kind"])

    @property
    def due_at(self) -> datetime | None:
        """The instant at which it fell due, if time brought it about."""
        due = self.text("due")
        return None if due is None else _instant(due)

    @property
    def recorded_at(self) -> datetime:
        """The instant at which it was written down."""
        return _instant(str(self.body["at"]))

    @property
    def so_on(self) -> date:
        """The day on which it was so."""
        return date.fromisoformat(str(self.body["on"]))

    def text(self, key: str) -> str | None:
        """The text under *key* of the body, if there is one."""
        value = self.body.get(key)
        return value if isinstance(value, str) else None

    def words(self, key: str) -> Words | None:
        """The reference and digest under *key* of the body, if there are."""
        value = self.body.get(key)
        return Words(str(value["ref"]), str(value["digest"])) if isinstance(value, Mapping) else None


# Everything that one transaction writes bears the same instant.
_instant = lru_cache(maxsize=1024)(parse_instant)


def canonical(body: Mapping[str, Json]) -> str:
    """The one text of *body* that is hashed and stored (RFC 8785, whose hard cases cannot occur here)."""
    return _CANONICAL(body)


def digest_of(text: str) -> str:
    """The SHA-256 of *text*, in hexadecimal."""
    return sha256(text.encode()).hexdigest()


def digest_of_words(salt: str, words: str) -> str:
    """The digest under which *words* are known to the history; it says nothing without the salt."""
    return digest_of(canonical({"salt": salt, "words": words}))


def next_body(
    record: Record,
    kind: EntryKind,
    *,
    at: datetime,
    on: date,
    by: Mapping[str, Json],
    details: Mapping[str, Json],
) -> dict[str, Json]:
    """The body of the entry that follows *record*: *details* without those that are None."""
    body: dict[str, Json] = {key: value for key, value in details.items() if value is not None}
    return body | {
        "case": record.reference,
        "n": record.entries + 1,
        "kind": kind,
        "at": instant_text(at),
        "on": on.isoformat(),
        "by": by,
        "prev": record.head or FIRST,
    }


def sealed(body: Mapping[str, Json]) -> Entry:
    """*body* as an entry, with its digest."""
    line = canonical(body)
    return Entry(body, digest_of(line), line)


def begin(body: Mapping[str, Json], workflow: Workflow) -> Record:
    """The record of a case that nothing has happened to, as its first entry's *body* describes it."""
    return Record(
        reference=str(body["case"]),
        workflow=workflow.name,
        framework=str(body["framework"]),
        opened_on=date.fromisoformat(str(body["on"])),
        state=workflow.starts,
        parent=_optional(body, "parent"),
        kind=_optional(body, "sub_case"),
    )


def apply(workflow: Workflow, record: Record, entry: Entry) -> Record:
    """*record* after *entry*."""
    return applied(workflow, record, entry, head=entry.digest)


def applied(workflow: Workflow, record: Record, entry: Entry, *, head: str = "") -> Record:
    """*record* after *entry*, before that is sealed; or with its digest as the *head*."""
    body, kind = entry.body, entry.kind
    changes: dict[str, object] = _turned(workflow, record, entry) if kind in TURNS else {}
    if changes:
        record = changed(record, changes)
    changes = {
        "head": head,
        "entries": entry.n,
        "recorded_at": entry.recorded_at,
        "revision": record.revision + (kind in CHANGES),
        "clocks": _clocks(record, body),
    }
    if "facts" in body:
        changes["answers"] = _answers(workflow, record, entry)
    if "parties" in body:
        changes["opened_for"] = _opened_for(record, body["parties"])
    if "hold" in body:
        changes["holds"] = _spans(record.holds, str(body["hold"]), entry)
    if "standing" in body:
        changes["standing"] = _spans(record.standing, str(body["standing"]), entry)
    return changed(record, changes)


def under_seal(before: Record, after: Record, entry: Entry) -> Record:
    """*after*, which a draft of *entry* made of *before*, with the digest and clocks it has got since."""
    return changed(after, {"head": entry.digest, "clocks": _clocks(before, entry.body)})


def replay(framework: Framework, entries: Iterable[Entry]) -> Record:
    """The record that *entries* give, from the first on; raises ValueError if there are none."""
    record: Record | None = None
    for entry in entries:
        workflow = framework.workflow(str(entry.body["workflow"]) if record is None else record.workflow)
        record = apply(workflow, begin(entry.body, workflow) if record is None else record, entry)
    if record is None:
        raise ValueError("a case without a history cannot be replayed")
    return record


def struck_out(entries: Sequence[Entry]) -> dict[int, int]:
    """The numbers of the entries that were struck out, each with that of the entry by which it was."""
    return {n: each.n for each in entries for n in struck_by(each.body)}


def links_told(entries: Sequence[Entry]) -> list[tuple[str, str]]:
    """The ties that a case has by *entries* of its history, less those struck out: name, and other case."""
    struck = struck_out(entries)
    links = (entry.body.get("link") for entry in entries if entry.n not in struck)
    return [(str(link["name"]), str(link["case"])) for link in links if isinstance(link, Mapping)]


def faults(entries: Iterable[tuple[str, str]]) -> list[tuple[int, str]]:
    """What is wrong with a chain of (stored text, stored digest): the entry's number, and what, in words."""
    found: list[tuple[int, str]] = []
    previous = FIRST
    for n, (text, digest) in enumerate(entries, start=1):
        if digest_of(text) != digest:
            found.append((n, "its text does not have its digest"))
        try:
            body = json.loads(text)
            links = (body["n"], body["prev"]) == (n, previous) and canonical(body) == text
        except (ValueError, TypeError, KeyError):
            links = False
        if not links:
            found.append((n, "it does not follow the entry before it"))
        previous = digest
    return found


def entry_from(text: str, digest: str) -> Entry:
    """The entry stored as *text* with *digest*; raises ValueError if it is none, or another."""
    entry = Entry(json.loads(text), digest)
    if digest_of(text) != digest or not _is_whole(entry):
        raise ValueError("a text is not that of the entry whose digest it has")
    return entry


def answer_body(
    value: Json, on: date, *, corrects: int | None = None, evidence: Words | None = None
) -> Mapping[str, Json]:
    """How an entry's `facts` hold one answer: its spelled value (null: unknown), and the day it was so."""
    body: dict[str, Json] = {"value": value, "on": on.isoformat()}
    if corrects is not None:
        body["corrects"] = corrects
    if evidence is not None:
        body["evidence"] = words_body(evidence)
    return body


def words_body(words: Words) -> Mapping[str, Json]:
    """How an entry holds words that are kept apart."""
    return {"ref": words.ref, "digest": words.digest}


def _is_whole(entry: Entry) -> bool:
    """Whether *entry* has what its readers count on: a forged one may have its digest, and lack that."""
    by, facts = entry.body["by"], entry.body.get("facts", {})
    if not (isinstance(by, Mapping) and isinstance(facts, Mapping)):
        return False
    answers = [each for each in facts.values() if isinstance(each, Mapping) and "value" in each]
    apart = [by["name"], entry.body.get("reason")]
    apart += [each.get(key) for each in answers for key in ("value", "evidence")]
    kept = all(set(each) == {"ref", "digest"} for each in apart if isinstance(each, Mapping))
    read = (entry.n, entry.kind, entry.recorded_at, entry.so_on)  # each raises if it is not there
    return kept and len(answers) == len(facts) and None not in read


def _turned(workflow: Workflow, record: Record, entry: Entry) -> dict[str, object]:
    """What is different in a case that *entry* took elsewhere."""
    match entry.kind:
        case "undone":
            return put_back(workflow, record, entry.body)
        case "withdrawn" | "merged":
            return ended_apart(workflow, entry.body, entry.so_on)
        case "opened" if entry.body.get("adopted"):
            return adopted(workflow, entry.body, entry.so_on)
        case _:
            return moved(workflow, record, entry.body, entry.so_on, entry.n)


def _answers(workflow: Workflow, record: Record, entry: Entry) -> Mapping[str, tuple[Answered, ...]]:
    """The answers that stand after *entry*: those before, less what it corrects, and its own."""
    answers = dict(record.answers)
    facts = entry.body["facts"]
    assert isinstance(facts, Mapping)
    for fact, given in facts.items():
        assert isinstance(given, Mapping)
        standing = [each for each in answers.get(fact, ()) if each.n != given.get("corrects")]
        standing.append(_answered(workflow, entry, fact, given))
        answers[fact] = tuple(sorted(standing, key=lambda each: (each.so_on, each.n)))
    return answers


def _answered(workflow: Workflow, entry: Entry, fact: str, given: Mapping[str, Json]) -> Answered:
    by = entry.body["by"]
    evidence = given.get("evidence")
    assert isinstance(by, Mapping)
    name = by["name"]
    return Answered(
        fact,
        _value(workflow, fact, given["value"]),
        date.fromisoformat(str(given["on"])),
        entry.n,
        entry.recorded_at,
        said_by=str(name["ref"]) if isinstance(name, Mapping) else str(name),
        evidence=str(evidence["ref"]) if isinstance(evidence, Mapping) else _optional(given, "evidence"),
    )


def _spans(known: Mapping[str, tuple[Span, ...]], name: str, entry: Entry) -> Mapping[str, tuple[Span, ...]]:
    """*known*, with what *entry* says of *name*: that it is so from its day on, or until then."""
    spans = known.get(name, ())
    if entry.kind in ("held", "arose"):
        return {**known, name: (*spans, Span(entry.so_on))}
    return {**known, name: (*spans[:-1], Span(spans[-1].since, entry.so_on))}


def _clocks(record: Record, body: Mapping[str, Json]) -> Mapping[str, Clock]:
    """The clocks after an entry: those that it changes, and what one of them has said."""
    if "clocks" not in body and "notice" not in body:
        return record.clocks
    clocks = dict(record.clocks)
    others = body.get("clocks")
    for deadline, clock in others.items() if isinstance(others, Mapping) else ():
        if isinstance(clock, Mapping):
            clocks[deadline] = clock_from(clock)
        else:  # what it hung on is not known any more
            clocks.pop(deadline, None)
    if "notice" in body:
        deadline = str(body["deadline"])
        said = clocks.get(deadline)
        if said is not None and said.n == body["armed"]:
            clocks[deadline] = replace(said, said=(*said.said, str(body["notice"])))
    return clocks


def _opened_for(record: Record, parties: Json) -> Mapping[str, tuple[str, ...]]:
    assert isinstance(parties, Mapping)
    return {
        **record.opened_for,
        **{kind: (*record.opened_for.get(kind, ()), *_names(new)) for kind, new in parties.items()},
    }


def _names(value: Json) -> tuple[str, ...]:
    assert isinstance(value, Sequence)
    return tuple(map(str, value))


def _value(workflow: Workflow, fact: str, spelled: Json) -> Value | None:
    if spelled is None:
        return None
    if isinstance(spelled, Mapping):  # a text: what stands here is where it is kept
        return str(spelled["ref"])
    return workflow.fact_asked(fact).accept(spelled)


def _optional(body: Mapping[str, Json], key: str) -> str | None:
    value = body.get(key)
    return None if value is None else str(value)
