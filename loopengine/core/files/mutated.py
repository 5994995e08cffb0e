"""The files of a framework with one of them changed: built anew as far as the change is felt, and no further.

A change gives other values to keys, and neither takes away a name nor brings one: so what other files say of
this one stays right. Does not know what changes there are, or what is asked of the outcome.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from loopengine.core.definitions import Framework, Workflow
from loopengine.core.files.assembling import FRAMEWORK
from loopengine.core.files.building import build_shared, build_workflow, outline
from loopengine.core.files.checks import check_graph, check_shape
from loopengine.core.files.documents import Data, Document
from loopengine.core.files.framework_shapes import FrameworkShape
from loopengine.core.files.names import Names, Outline, Shared
from loopengine.core.files.places import Place
from loopengine.core.files.reading import Keys
from loopengine.core.files.shapes import WorkflowShape
from loopengine.core.files.yaml_nodes import read_document
from loopengine.core.mutating.mutants import Path
from loopengine.errors import Problem


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A framework with a change: the *problems* that it makes, or the *workflows* that it touches, by name.

    *board* is the framework with them.
    """

    problems: tuple[Problem, ...]
    workflows: Mapping[str, Workflow]
    board: Framework


class Files:
    """The files of a sound framework, read once, to be built with one change after the other."""

    def __init__(self, framework: Framework) -> None:
        self.framework = framework
        self.documents = {name: read_document(name, text) for name, text in framework.texts.items()}
        self._problems: list[Problem] = []
        self._board = self._framework_shape(self.documents[FRAMEWORK])
        self._shared = build_shared(self._board)
        self._shapes = {
            name: self._shape(document) for name, document in self.documents.items() if name != FRAMEWORK
        }
        self._outlines: dict[str, Outline] = {
            shape.workflow: outline(shape, self._shared) for shape in self._shapes.values()
        }

    def data_of(self, file: str) -> dict[str, Data]:
        """What stands in *file*."""
        return self.documents[file].data

    def felt_by(self, file: str, path: Path) -> tuple[str, ...]:
        """The workflows that mean something else if the value at *path* in *file* does."""
        if file != FRAMEWORK:
            return (self._shapes[file].workflow,)
        if path[0] == "loops":
            return tuple(shape.workflow for shape in self._shapes.values() if shape.loop == path[1])
        return (self.framework.intake,) if self.framework.intake and path[0] == "routes" else ()

    def with_change(self, file: str, data: Data, path: Path, first: str = "") -> Iterator[Rebuilt]:
        """The framework with *file* saying *data*, which differs from what it says at *path*: workflow by
        workflow, that called *first* before all others, as far as somebody asks.
        """
        self._problems.clear()
        changed = replace(self.documents[file], data=data if isinstance(data, dict) else {})
        if file == FRAMEWORK:
            shared = build_shared(self._framework_shape(changed))
            shapes = [shape for shape in self._shapes.values() if shape.workflow in self.felt_by(file, path)]
        else:
            shared, shapes = self._shared, [self._shape(changed)]
        for shape in sorted(shapes, key=lambda shape: shape.workflow != first):
            yield self._rebuilt(shape, shared)

    def _rebuilt(self, shape: WorkflowShape, shared: Shared) -> Rebuilt:
        if self._problems:
            return self._wrong()
        own = outline(shape, shared)
        others = {**self._outlines, shape.workflow: own}
        check_shape(own.shape)
        built = build_workflow(Names.of(own, shared, others), "", "")
        if not self._problems:
            check_graph(built, own.shape)
        if self._problems:
            return self._wrong()
        workflows = {**self.framework.workflows, built.name: built}
        return Rebuilt((), {built.name: built}, replace(self.framework, workflows=workflows))

    def _wrong(self) -> Rebuilt:
        return Rebuilt(tuple(self._problems), {}, self.framework)

    def _shape(self, document: Document) -> WorkflowShape:
        return Keys(WorkflowShape).read(document.data, Place(document, self._problems))

    def _framework_shape(self, document: Document) -> FrameworkShape:
        return Keys(FrameworkShape).read(document.data, Place(document, self._problems))
