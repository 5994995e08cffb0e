"""A text as plain data, and where in the text everything stands.

Knows lines, columns and paths. Does not know how the text is read, or what it should say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from loopengine.errors import Problem

Data: TypeAlias = "dict[str, Data] | list[Data] | str | int | bool | None"
KeyPath: TypeAlias = tuple[str | int, ...]


class Mark(NamedTuple):
    """A place in a text: line and column as an editor counts, and the characters from *start* to *end*."""

    line: int
    column: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML text as plain *data*, and where in it everything stands.

    *keys* and *values* give the place of each key and value by the path to it. *problems* are those of YAML
    alone; what they concern is None in the data, or absent. A text that cannot be read has no data at all.
    """

    file: str
    text: str
    data: dict[str, Data]
    keys: Mapping[KeyPath, Mark]
    values: Mapping[KeyPath, Mark]
    problems: tuple[Problem, ...] = ()
    readable: bool = True

    def inside(self, path: KeyPath, value: str, offset: int) -> Mark:
        """The place of the character *offset* of the text *value* at *path*, though it be folded over lines.

        Where quotation marks or escapes stand between, it is the place of the value itself.
        """
        whole = self.values[path]
        # Folding changes nothing but the space between words, so the other characters are counted.
        inked = [at for at in range(whole.start, whole.end) if not self.text[at].isspace()]
        inked = inked[_opening(self.text[whole.start : whole.end]) :]
        wanted = "".join(value.split())
        if not wanted or "".join(self.text[at] for at in inked[: len(wanted)]) != wanted:
            return whole
        before = len("".join(value[:offset].split()))
        return mark_at(self.text, inked[before] if before < len(wanted) else inked[len(wanted) - 1] + 1)


def _opening(raw: str) -> int:
    """How many characters, spaces apart, *raw* has before its text: a quotation mark, or a folding sign."""
    if raw[:1] in ("|", ">"):
        return len("".join(raw.partition("\n")[0].split()))
    return 1 if raw[:1] in ("'", '"') else 0


def mark_at(text: str, offset: int) -> Mark:
    """The place of the character *offset* of *text*."""
    begins = text.rfind("\n", 0, offset) + 1
    return Mark(text.count("\n", 0, begins) + 1, offset - begins + 1, offset, offset)
