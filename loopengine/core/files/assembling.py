"""From the contents of files to a framework: each read, resolved against the others, and checked.

Knows in which order that goes, so that one mistake is told once and not everywhere that it is felt. Does not
know where the contents come from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from loopengine.core.definitions import Cycle, Framework, Workflow
from loopengine.core.files import messages
from loopengine.core.files.building import (
    build_otherwise,
    build_putting_right,
    build_shared,
    build_workflow,
    outline,
)
from loopengine.core.files.building_cycles import build_cycles
from loopengine.core.files.building_rules import check_intake
from loopengine.core.files.checks import check_graph, check_shape
from loopengine.core.files.confirming import to_confirm
from loopengine.core.files.documents import Document
from loopengine.core.files.framework_shapes import FrameworkShape
from loopengine.core.files.names import Names, Outline, Shared
from loopengine.core.files.places import Place, TooManyProblems
from loopengine.core.files.reading import Keys, Shape, is_whole
from loopengine.core.files.shapes import WorkflowShape
from loopengine.core.files.yaml_nodes import read_document
from loopengine.core.history import canonical, digest_of
from loopengine.errors import Problem

FRAMEWORK = "framework.yaml"
_SUFFIX = ".yaml"

S = TypeVar("S", bound=Shape)


@dataclass(frozen=True, slots=True)
class Assembled:
    """What some files define, and every problem in them, in order of place.

    *workflows*, by file, are those that could be built, right or wrong. There is a *framework* only if one of
    the files is that of a framework and nothing is wrong in any.
    """

    framework: Framework | None
    workflows: Mapping[str, Workflow]
    problems: tuple[Problem, ...]


def assemble(
    contents: Mapping[str, bytes | str], shown: Callable[[str], str], *, kept: bool = False
) -> Assembled:
    """What files with these *contents* by name define; problems call them what *shown* makes of the name.

    Of contents that were *kept*, nothing is asked that was not asked when they were written.
    """
    documents = {name: read_document(shown(name), contents[name]) for name in sorted(contents)}
    problems = [problem for document in documents.values() for problem in document.problems]
    try:
        framework, workflows = _define(documents, problems, kept)
    except TooManyProblems:
        framework, workflows = None, {}
    unique = _once(problems)
    return Assembled(None if unique else framework, workflows, unique)


def _define(
    documents: Mapping[str, Document], problems: list[Problem], kept: bool
) -> tuple[Framework | None, dict[str, Workflow]]:
    """The framework of *documents*, if they have one, and the workflows by file; *problems* grow."""
    board = _read(documents.get(FRAMEWORK), FrameworkShape, problems)
    shapes = {
        name: _read(document, WorkflowShape, problems)
        for name, document in documents.items()
        if name != FRAMEWORK
    }
    shared = build_shared(board, kept=kept)
    # Without the names that a framework gives, half of what the workflows say would look wrong.
    if FRAMEWORK in documents and not (board and all(map(is_whole, (board, *board.loops.values())))):
        return None, {}
    workflows, others = _workflows(shapes, shared, problems)
    texts = {name: document.text for name, document in documents.items()}
    if board is None:
        return None, workflows
    cycles = build_cycles(board, shared, others)
    check_intake(board, others)
    framework = _framework(board, shared, cycles, filter(None, shapes.values()), workflows, texts)
    may = build_putting_right(board.putting_right, shared)
    return replace(framework, putting_right=may, otherwise=build_otherwise(board, shared)), workflows


def _once(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """*problems* in order of place; what several workflows find in the loop that they share is told once."""
    found = {(each.file, each.line, each.column, each.message): each for each in problems}
    return tuple(sorted(found.values()))


def _read(document: Document | None, shape: type[S], problems: list[Problem]) -> S | None:
    if document is None or not document.readable:
        return None
    return Keys(shape).read(document.data, Place(document, problems))


def _workflows(
    shapes: Mapping[str, WorkflowShape | None], shared: Shared, problems: list[Problem]
) -> tuple[dict[str, Workflow], dict[str, Outline | None]]:
    """The workflows by file, as far as their files can be read, and the outlines of all by name."""
    _check_files(shapes)
    others: dict[str, Outline | None] = {}
    files: dict[str, Outline] = {}
    for file, shape in shapes.items():
        name = (shape and shape.workflow) or file.removesuffix(_SUFFIX)
        if shape is None or not is_whole(shape):
            others.setdefault(name, None)
        elif others.get(name) is None:
            others[name] = files[file] = outline(shape, shared)
    workflows = {
        file: _workflow(file, Names.of(each, shared, others), problems) for file, each in files.items()
    }
    return workflows, others


def _workflow(file: str, names: Names, problems: list[Problem]) -> Workflow:
    shape = names.own.shape
    document = shape.place.document
    check_shape(shape)
    workflow = build_workflow(names, file, digest_of(canonical({file: document.text})))
    # A graph is judged where nothing else is wrong with it: a state that is misspelt looks like one too many.
    concerned = {document.file, *(loop.place.document.file for loop in names.shared.loops.values())}
    if not any(problem.file in concerned for problem in problems):
        check_graph(workflow, shape)
    return workflow


def _check_files(shapes: Mapping[str, WorkflowShape | None]) -> None:
    """Refuse a file that is not called after its workflow, and what two workflows cannot share."""
    files: dict[str, str] = {}
    prefixes: dict[str, str] = {}
    for file, shape in shapes.items():
        if shape is None or not shape.workflow:
            continue
        name, place = shape.workflow, shape.place
        if file != name + _SUFFIX:
            (place / "workflow").refuse(messages.not_called_after_workflow(file, name))
        if files.setdefault(name, file) != file:
            (place / "workflow").refuse(messages.workflow_twice(name, files[name]))
        elif shape.reference and prefixes.setdefault(shape.reference, name) != name:
            (place / "reference").refuse(messages.prefix_twice(shape.reference, prefixes[shape.reference]))


def _framework(
    shape: FrameworkShape,
    shared: Shared,
    cycles: Mapping[str, Cycle],
    shapes: Iterable[WorkflowShape],
    workflows: Mapping[str, Workflow],
    texts: Mapping[str, str],
) -> Framework:
    return Framework(
        name=shape.framework,
        version=shape.version,
        title=shape.title,
        workflows={workflow.name: workflow for workflow in workflows.values()},
        roles=shared.roles,
        agencies=shared.agencies,
        groups=shared.groups,
        channels=shared.channels,
        lists=shared.lists,
        links=shared.links or {},
        cycles=cycles,
        intake=shape.intake or None,
        first_day=(shape.calendar and shape.calendar.first_day) or "day_after",
        to_confirm=to_confirm(shape.sources, [*shape.loops.values(), *shapes]),
        texts=texts,
        digest=digest_of(canonical(texts)),
    )
