"""An incident as a file: its facts by name, and under `children` those of each child, by letter.

Knows how such a file is laid out. Does not know which facts there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import replace
from typing import ClassVar

from loopengine.core.files import yaml_messages
from loopengine.core.files.documents import Data, Document
from loopengine.core.files.yaml_nodes import read_document
from loopengine.errors import Problem, SeveralProblems

CHILDREN = "children"
_LAID_OUT = "an incident is YAML or JSON: a line `fact: value` for each fact, and `children:` by letter"
# What would be said of a workflow file.
_NO_INCIDENT: Set[tuple[str, str | None]] = {yaml_messages.empty_file(), yaml_messages.not_keys_at_the_top()}
_ANSWERS = ("yes", "no")  # doubtful in a workflow file; here an answer is never anything else


class IncidentRefused(SeveralProblems[Problem]):
    """A file of an incident has *problems*, in order of place; nothing was written."""

    kind: ClassVar[str] = "incident_refused"

    def __init__(self, problems: Iterable[Problem]) -> None:
        super().__init__(sorted(problems), _LAID_OUT)


def read_incident(name: str, content: bytes) -> tuple[dict[str, object], dict[str, dict[str, object]]]:
    """The facts of the incident in the file *name* with this *content*, and those of each child by letter.

    Raises IncidentRefused with all that is wrong in the file.
    """
    reading = _Reading(read_document(name, content, plain=_ANSWERS))
    shared, children = reading.incident()
    if problems := reading.problems:
        raise IncidentRefused(problems)
    return shared, children


class _Reading:
    """One pass over a document: what it says, and what is wrong with it."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.found: list[Problem] = []

    @property
    def problems(self) -> list[Problem]:
        """All that is wrong, that of YAML included."""
        return [*map(_of_an_incident, self.document.problems), *self.found]

    def incident(self) -> tuple[dict[str, object], dict[str, dict[str, object]]]:
        shared: dict[str, object] = {}
        children: dict[str, dict[str, object]] = {}
        for key, data in self.document.data.items():
            if key != CHILDREN:
                shared[key] = self._value((key,), data)
            elif isinstance(data, Mapping):
                children = {letter: self._facts((key, letter), own) for letter, own in data.items()}
            else:
                self._refuse(
                    (key,), "`children` holds no children", "write each by letter: {A: {fact: value}}"
                )
        return shared, children

    def _facts(self, path: tuple[str, ...], data: Data) -> dict[str, object]:
        if isinstance(data, Mapping):
            return {name: self._value((*path, name), each) for name, each in data.items()}
        if data is not None:  # that nothing is there is told already
            self._refuse(path, "a child has no facts", "write them below it as fact: value, or {} for none")
        return {}

    def _value(self, path: tuple[str, ...], data: Data) -> object:
        if isinstance(data, list) and all(isinstance(each, str) for each in data):
            return list(data)
        if isinstance(data, list | Mapping):
            self._refuse(path, f"`{path[-1]}` is no answer", "write one, or a list of names")
        return data

    def _refuse(self, path: tuple[str, ...], what: str, hint: str) -> None:
        mark = self.document.keys[path]
        self.found.append(Problem(self.document.file, mark.line, mark.column, what, hint))


def _of_an_incident(problem: Problem) -> Problem:
    is_none = (problem.message, problem.hint) in _NO_INCIDENT
    return replace(problem, hint=None) if is_none else problem
