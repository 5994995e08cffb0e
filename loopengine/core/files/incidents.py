"""An incident as a file: its facts by name, and under `children` those of each child, by letter.

Knows how such a file is laid out. Does not know which facts there are.
"""

from __future__ import annotations

from collections.abc import Mapping

from loopengine.core.files.documents import Data, Document
from loopengine.core.files.yaml_nodes import read_document
from loopengine.errors import DefinitionError, Problem

CHILDREN = "children"


def read_incident(name: str, content: bytes) -> tuple[dict[str, object], dict[str, dict[str, object]]]:
    """The facts of the incident in the file *name* with this *content*, and those of each child by letter.

    Raises DefinitionError with all that is wrong in the file.
    """
    document = read_document(name, content)
    problems = list(document.problems)
    shared: dict[str, object] = {}
    children: dict[str, dict[str, object]] = {}
    for key, data in document.data.items():
        if key != CHILDREN:
            shared[key] = _value(document, (key,), data, problems)
        elif not isinstance(data, Mapping):
            problems.append(_wrong(document, (key,), "`children` holds no children", "write each by letter"))
        else:
            for letter, own in data.items():
                children[letter] = _facts(document, (key, letter), own, problems)
    if problems:
        raise DefinitionError(problems)
    return shared, children


def _facts(
    document: Document, path: tuple[str, ...], data: Data, problems: list[Problem]
) -> dict[str, object]:
    if not isinstance(data, Mapping):
        problems.append(
            _wrong(document, path, f"nothing is said of child {path[-1]}", "write its facts below")
        )
        return {}
    return {name: _value(document, (*path, name), each, problems) for name, each in data.items()}


def _value(document: Document, path: tuple[str, ...], data: Data, problems: list[Problem]) -> object:
    if isinstance(data, list) and all(isinstance(each, str) for each in data):
        return list(data)
    if isinstance(data, list | Mapping):
        problems.append(_wrong(document, path, f"`{path[-1]}` is no answer", "write one, or a list of names"))
    return data


def _wrong(document: Document, path: tuple[str, ...], what: str, hint: str) -> Problem:
    mark = document.keys[path]
    return Problem(document.file, mark.line, mark.column, what, hint)
