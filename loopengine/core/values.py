"""Facts and the values they take: typed at the door, and spelled one way everywhere.

Knows the nine types of fact. Does not know who answered, or when.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, TypeAlias, get_args

from loopengine.core.durations import Duration
from loopengine.errors import BadValue, nearest

FactType: TypeAlias = Literal[
    "yes_no", "one_of", "some_of", "number", "date", "text", "party", "parties", "labels"
]
FACT_TYPES: tuple[FactType, ...] = get_args(FactType)
# Of these types two cases can have given the same answer, so that it says something.
ALIKE_TYPES: tuple[FactType, ...] = ("yes_no", "one_of", "number", "party")

# What a fact may be: a yes_no is a bool, a one_of, text or party a str; a some_of, parties and labels are
# frozensets of names.
Value: TypeAlias = bool | int | date | str | frozenset[str]
# The same as JSON spells it: a yes_no is "yes" or "no", a date ISO text, a set a sorted list.
Spelled: TypeAlias = int | str | list[str]
# What entries and answers are made of.
Json: TypeAlias = bool | int | str | Sequence["Json"] | Mapping[str, "Json"] | None

UNKNOWN_WORD = "unknown"
NONE_WORD = "none"  # a some_of of which nothing applies
LONGEST_TEXT = 20_000
LARGEST_NUMBER = 10**15 - 1
MOST_LABELS = 26
_WHOLE = re.compile(r"[+-]?[0-9]{1,15}")
_LABEL = re.compile(r"[A-Z][A-Za-z0-9]{0,3}")


@dataclass(frozen=True, slots=True)
class Fact:
    """A question that somebody answers and signs.

    *values* are what is allowed: of a one_of or some_of in the order of the file, of a party or parties the
    framework's agencies; empty for the other types. *needs_evidence* are the answers refused without a
    reference to evidence; *by* the roles that may answer, anybody's if empty; *unit* what a number counts;
    *recurs* how long before the same answer of another case of the workflow is worth telling; once one of
    *settled_after* has happened, an answer that is known changes no more.
    """

    name: str
    ask: str
    type: FactType
    values: tuple[str, ...] = ()
    unit: str | None = None
    needs_evidence: frozenset[Value] = field(default=frozenset())
    by: tuple[str, ...] = ()
    recurs: Duration | None = None
    settled_after: tuple[str, ...] = ()

    def accept(self, value: object) -> Value:
        """*value* as this fact's type; text is read as the command line spells it.

        Raises BadValue, naming what is allowed.
        """
        if value == UNKNOWN_WORD:  # a person may say so: `accept_or_unknown`
            raise BadValue(f"{self.name} cannot be {value!r} here", "give a value")
        match self.type:
            case "yes_no":
                return self._yes_no(value)
            case "one_of" | "party":
                return self._choice(value)
            case "number":
                return self._number(value)
            case "date":
                return self._date(value)
            case "text":
                return self._text(value)
            case "parties" | "some_of":
                return self._set(value)
            case "labels":
                return self._labels(value)

    def accept_or_unknown(self, value: object) -> Value | None:
        """Like `accept`, but None, or the word "unknown", is None: asked, and not known."""
        return None if value is None or value == UNKNOWN_WORD else self.accept(value)

    def allowed(self) -> tuple[str, ...] | None:
        """Every value that the fact may take, as spelled, or None if there is no end of them."""
        return ("yes", "no") if self.type == "yes_no" else (self.values or None)

    def _refuse(self, value: object, allowed: str) -> BadValue:
        shown = value if isinstance(value, str | int | date) else type(value).__name__
        # A value of a text fact could be anything about anybody, and a label that is none a name: neither is
        # ever repeated.
        said = "this value" if self.type in ("text", "labels") else repr(str(shown))
        return BadValue(f"{self.name} cannot be {said}", allowed)

    def _yes_no(self, value: object) -> bool:
        if isinstance(value, bool):
            return value
        if value in ("yes", "no"):
            return value == "yes"
        raise self._refuse(value, "it is yes, no or unknown")

    def _choice(self, value: object) -> str:
        if isinstance(value, str) and value in self.values:
            return value
        raise self._refuse(value, self._choices(value))

    def _choices(self, value: object) -> str:
        listed = ", ".join(self.values) or "nothing: the framework names no agencies"
        near = nearest(value, self.values) if isinstance(value, str) else None
        meant = f"{near} " if near and near.startswith("did you mean") else ""
        return f"{meant}it is one of {listed}, or unknown"

    def _number(self, value: object) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST_NUMBER:
            return value
        if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
            return int(value)
        unit = f" of {self.unit}" if self.unit else ""
        raise self._refuse(value, f"it is a whole number{unit}, or unknown")

    def _date(self, value: object) -> date:
        day = value if isinstance(value, date) and not isinstance(value, datetime) else None
        if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            with suppress(ValueError):
                day = date.fromisoformat(value)
        if day is not None:
            return day
        raise self._refuse(value, "it is a date such as 2017-01-31, or unknown")

    def _text(self, value: object) -> str:
        if isinstance(value, str) and value.strip() and len(value) <= LONGEST_TEXT and is_storable(value):
            return value
        raise self._refuse(value, f"it is some text of at most {LONGEST_TEXT} characters, or unknown")

    def _set(self, value: object) -> frozenset[str]:
        if self.type == "some_of" and value == NONE_WORD:
            return frozenset()
        names = _listed(value)
        if names is None:
            raise self._refuse(value, "it is a list such as " + ",".join(self.values[:2]))
        chosen = frozenset(self._choice(name) for name in names)
        if not chosen and self.type == "parties":
            raise self._refuse("", "name at least one party, or say unknown")
        return chosen

    def _labels(self, value: object) -> frozenset[str]:
        labels = frozenset(each for each in _listed(value) or () if isinstance(each, str))
        if labels and len(labels) <= MOST_LABELS and all(map(is_label, labels)):
            return labels
        hint = "it is short labels such as A,B: a capital letter each, then at most three letters or digits"
        raise self._refuse(value, f"{hint}; never names of people; or unknown")


def is_label(text: str) -> bool:
    """Whether *text* can stand for a child in a set of labels."""
    return _LABEL.fullmatch(text) is not None


def _listed(value: object) -> Iterable[object] | None:
    """The names in *value*, or None if it is no list of names."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",")]
    return value if isinstance(value, list | tuple | set | frozenset) else None


def is_storable(text: str) -> bool:
    """Whether every database can keep *text*: no half of a character, and no null."""
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def spell(value: Value) -> Spelled:
    """*value* as JSON and the command line spell it."""
    match value:
        case bool():
            return "yes" if value else "no"
        case date():
            return value.isoformat()
        case frozenset():
            return sorted(value)
        case _:
            return value


def spell_text(value: Value) -> str:
    """*value* as one text that the command line would accept back."""
    spelled = spell(value)
    return (",".join(spelled) or NONE_WORD) if isinstance(spelled, list) else str(spelled)
