"""Places in a workflow file, and telling a problem there.

Knows where a key and its value stand. Does not know what they should be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from loopengine.core.files import messages
from loopengine.core.files.documents import Document, KeyPath, Mark
from loopengine.core.files.messages import Message
from loopengine.errors import Problem

MOST_PROBLEMS = 1_000  # of all files together


class TooManyProblems(Exception):
    """There is no point in reading on."""


@dataclass(frozen=True, slots=True)
class Place:
    """A key and its value in *document*; `place / "key"` is the place of a key of that value.

    A problem that is told here is added to *problems*, which all the places of one loading share. Telling one
    more than anybody would read raises TooManyProblems.
    """

    document: Document = field(repr=False)
    problems: list[Problem] = field(repr=False)
    path: KeyPath = ()

    def __truediv__(self, part: str | int) -> Place:
        path = (*self.path, part)
        # A single item may stand without brackets: then it is where its list would be.
        if isinstance(part, int) and path not in self.document.values:
            return self
        return Place(self.document, self.problems, path)

    @property
    def key(self) -> str:
        """The key here, or the one whose list this is in."""
        return next((part for part in reversed(self.path) if isinstance(part, str)), "")

    @property
    def at_value(self) -> Mark:
        """Where the value stands, or what it is part of."""
        return self._known(self.document.values)

    @property
    def at_key(self) -> Mark:
        """Where the key stands; the value, if there is none."""
        return self.document.keys.get(self.path) or self.at_value

    def gives(self, key: str) -> bool:
        """Whether the value here has *key*, readable or not."""
        return (*self.path, key) in self.document.keys

    def refuse(self, said: Message) -> None:
        """Tell a problem with the value here."""
        self._tell(self.at_value, said)

    def refuse_key(self, said: Message) -> None:
        """Tell a problem with the key here, or with what stands under it as a whole."""
        self._tell(self.at_key, said)

    def refuse_inside(self, text: str, offset: int, said: Message) -> None:
        """Tell a problem with the character *offset* of the *text* that is the value here."""
        self._tell(self.document.inside(self.path, text, offset), said)

    def _tell(self, mark: Mark, said: Message) -> None:
        file = self.document.file
        self.problems.append(Problem(file, mark.line, mark.column, *said))
        if len(self.problems) >= MOST_PROBLEMS:
            self.problems.append(Problem(file, mark.line, mark.column, *messages.too_many_problems()))
            raise TooManyProblems

    def _known(self, marks: Mapping[KeyPath, Mark]) -> Mark:
        path = self.path
        while path not in marks:
            path = path[:-1]
        return marks[path]
