"""What differs between two things that a file describes alike: field by field, in words.

Every field is looked at, also one that nobody has thought of here: it is then called by its name. Fields of
words alone are told apart from those that mean something. Knows definitions; nothing of rules, which are
compared by what they decide.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from datetime import date
from typing import NamedTuple

from loopengine.core.comparing.differences import Difference, Sort
from loopengine.core.definitions import (
    Each,
    FromFact,
    InForce,
    Named,
    Opens,
    Party,
    Remind,
    Rung,
    Wait,
)
from loopengine.core.durations import Duration
from loopengine.core.rules.english import words
from loopengine.core.rules.expressions import Source
from loopengine.core.rules.verdicts import Rule
from loopengine.core.values import UNKNOWN_WORD

# Fields in which there are words for people, by which nothing is decided.
_WORDS = frozenset({"title", "sources", "ask", "description", "no_clock", "text", "inverse", "titles"})
# Fields of which the order matters: they are told, or done, one after the other.
_IN_ORDER = frozenset({"passes", "opens", "ladder", "reminders"})
# How a field is called, by what it is a field of.
_CALLED: Mapping[str, Mapping[str, str]] = {
    "step": {
        "to": "where it leads",
        "by": "who may take it",
        "not_of": "whose agency may not take it",
        "reason_required": "whether it needs a reason",
        "override": "who may override its rule",
        "wait": "how long it waits",
        "passes": "the stages that it passes",
        "sets": "the facts that it sets",
        "automatic": "whether the engine takes it of itself",
        "opens": "what it opens",
    },
    "state": {
        "owner": "whose move it is",
        "final": "whether it is an end",
        "excused": "whether it is excused",
        "no_clock": "why nothing is due",
    },
    "deadline": {
        "within": "its length",
        "starts": "what starts it",
        "due": "the fact with the day on which it is due",
        "before": "the fact with the day before which it is due",
        "until": "what stops it",
        "roll": "where it moves off a day that is not worked",
        "reminders": "its reminders",
        "ladder": "its ladder",
        "then": "what happens when the time is up",
    },
    "hold": {"stops": "the deadlines that it stops", "blocks": "the events that it blocks"},
    "fact": {
        "type": "its type",
        "values": "its values",
        "needs_evidence": "the answers that need evidence",
        "by": "who may answer",
        "recurs": "how long the same answer is told of",
        "settled_after": "after what it is settled",
    },
    "standing": {"opens": "what it opens", "tell": "who is told"},
    "sub_cases": {"workflow": "of what workflow they are", "linked": "whether they are linked"},
    "workflow": {
        "reference": "the letters of its references",
        "starts": "where a case begins",
        "in_force": "when it is in force",
        "who": "who carries it on",
        "reports_to": "to whom it reports",
        "sources": "its authorities",
    },
}


class Change(NamedTuple):
    """One field that differs, in words; *meant* unless nothing is decided by it."""

    said: str
    meant: bool


def changes(sort: Sort, old: object, new: object, *, leave: Collection[str] = ()) -> Iterator[Change]:
    """The fields of *old* and *new*, two versions of one thing, that differ; but for those to *leave*."""
    assert is_dataclass(new)
    for each in fields(new):
        if each.name in leave:
            continue
        before, after = getattr(old, each.name), getattr(new, each.name)
        if before == after:
            continue
        called = _CALLED.get(sort, {}).get(each.name, each.name.replace("_", " "))
        if _same_but_for_words(before, after):
            yield Change(f"other words in {called}", meant=False)
            continue
        moved = _reordered(before, after)
        said = f"{called}: was {in_words(before)}; is {in_words(after)}"
        yield Change(said, meant=each.name not in _WORDS and (not moved or each.name in _IN_ORDER))


def sets_apart(
    sort: Sort, old: Mapping[str, object], new: Mapping[str, object], *, leave: Collection[str] = ()
) -> Iterator[tuple[Difference, bool]]:
    """What differs between the things called alike in *old* and *new*, and which are gone or new; and whether
    it means something.
    """
    for name in [*old, *(each for each in new if each not in old)]:
        if name not in new:
            yield Difference(sort, name, "is gone"), True
        elif name not in old:
            yield Difference(sort, name, f"is new{_at_first(new[name])}"), True
        else:
            for change in changes(sort, old[name], new[name], leave=leave):
                yield Difference(sort, name, change.said), change.meant


def _at_first(part: object) -> str:
    match getattr(part, "to", None), getattr(part, "type", None):
        case (str() as to, _):
            return f", and leads to {to}"
        case (_, str() as type_):
            return f" ({type_})"
        case _:
            return ""


def _same_but_for_words(old: object, new: object) -> bool:
    """Whether two things that are not equal are so but for words in them."""
    if isinstance(old, Source) and isinstance(new, Source):
        return True
    if isinstance(old, tuple) and isinstance(new, tuple):
        same = [one == other or _same_but_for_words(one, other) for one, other in zip(old, new, strict=False)]
        return len(old) == len(new) and all(same)
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return [*old] == [*new] and _same_but_for_words((*old.values(),), (*new.values(),))
    if is_dataclass(old) and is_dataclass(new) and type(old) is type(new) and not isinstance(old, type):
        return not any(each.meant for each in changes("framework", old, new))
    return False


def _reordered(old: object, new: object) -> bool:
    if not (isinstance(old, tuple) and isinstance(new, tuple) and len(old) == len(new)):
        return False
    return all(each in new for each in old)


# --- values in words ----------------------------------------------------------------------------------------


def in_words(value: object) -> str:
    """*value*, of any field of a definition."""
    match value:
        case None | () | "":
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case str() | int() | date() | Duration():
            return str(value)
        case Mapping():
            return ", ".join(f"{name}={in_words(each)}" for name, each in value.items()) or "nothing"
        case AbstractSet():
            return ", ".join(sorted(map(in_words, value))) or "nothing"
        case Sequence():
            return ", ".join(map(in_words, value))
        case _:
            return _part_words(value)


def _part_words(value: object) -> str:
    match value:
        case Party(role, of):
            return role if of is None else f"{role} of {of}"
        case Wait(at_least, after):
            return f"at least {at_least} after {after}"
        case Remind(before, tell):
            return f"{before} before to {in_words(tell)}"
        case Rung(after, tell):
            return f"{after} after to {in_words(tell)}"
        case FromFact(fact):
            return f"that of {fact}"
        case Each():
            return "each of them"
        case Opens():
            return _opens_words(value)
        case InForce(since, until):
            return f"{since or 'always'} to {until or 'always'}"
        case Named(name, title):
            return f"{name} ({title})"
        case Source(_, cite):
            return cite
        case Rule(text=text):
            return text
        case _ if is_dataclass(value) and not isinstance(value, type):
            told = (
                (each.name, getattr(value, each.name)) for each in fields(value) if each.name not in _WORDS
            )
            return ", ".join(f"{words(name)} {in_words(each)}" for name, each in told if each) or "something"
        case _:
            return UNKNOWN_WORD


def _opens_words(opens: Opens) -> str:
    kind = f" as {opens.kind}" if opens.kind else ""
    link = f" linked by {opens.link}" if opens.link else ""
    each = f" for each of {opens.for_each}" if opens.for_each else ""
    chosen = f" chosen in {opens.chosen}" if opens.chosen else ""
    together = f" together for {opens.together}" if opens.together else ""
    sets = f" with {in_words(opens.sets)}" if opens.sets else ""
    carry = f" taking over {'all' if opens.carry is True else in_words(opens.carry)}" if opens.carry else ""
    return f"{opens.workflow or 'the reviews'}{kind}{link}{each}{chosen}{together}{sets}{carry}"
