"""What pytest collects of a folder of workflow files: each file, proof and example, and a life of its cases.

Knows pytest, the loader, the proofs and the generated test. How it comes to be asked is the plugin's matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from loopengine.core.definitions import Framework
from loopengine.core.examples.definitions import Example, Examples
from loopengine.core.examples.judging import failing
from loopengine.core.files.assembling import FRAMEWORK
from loopengine.core.files.examples import bench_of, load_examples
from loopengine.core.files.loading import framework_problems, load_framework
from loopengine.core.proving.findings import Proof
from loopengine.core.proving.proofs import prove
from loopengine.core.proving.routing import prove_routes
from loopengine.core.proving.solvers import installed
from loopengine.core.proving.telling import example_words
from loopengine.errors import DefinitionError, LoopEngineError, Problem
from loopengine.testing.coverage import Coverage
from loopengine.testing.living import lifecycle_machine, live
from loopengine.testing.reporting import SEEN, CoverageTable
from loopengine.testing.story import Disagreement

_SUFFIX = ".yaml"
_ABSTRACT = (
    "(what sub-cases have reached, and when events happened, are supposed one by one: it may be that no case "
    "comes to this)"
)


class Wrong(Exception):
    """Something is not as it has to be: the message says it in words, and no traceback is wanted."""


def register(config: pytest.Config) -> None:
    """Have the folder that `--workflows` names collected, and what was seen of it reported."""
    folder = Path(config.invocation_params.dir, config.getoption("workflows")).resolve()
    if not (folder / FRAMEWORK).is_file():
        raise pytest.UsageError(f"--workflows: there is no {FRAMEWORK} in {str(folder)!r}")
    named = config.args_source is pytest.Config.ArgsSource.ARGS
    given = any(str(each).split("=")[0] == "--workflows" for each in config.invocation_params.args)
    inside = [each for each in config.args if _is_inside(each, folder)]
    if given and not named:
        config.args = [str(folder)]
    elif not inside:
        config.args = [*config.args, str(folder)]
    board = Board(folder)
    config.pluginmanager.register(Collecting(board), "loopengine-workflows")
    config.pluginmanager.register(CoverageTable(config, board.framework), "loopengine-coverage")


def _is_inside(argument: str, folder: Path) -> bool:
    return Path(argument.split("::")[0]).resolve().is_relative_to(folder)


class Board:
    """The framework in a folder, read once: what is wrong with it, and what is proved of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: tuple[Problem, ...] = framework_problems(folder)
        self.framework: Framework | None = None if self.problems else load_framework(folder)
        self.examples: Mapping[str, Examples] = {}
        if self.framework is not None:
            try:
                self.examples = load_examples(folder, self.framework)
            except DefinitionError as error:
                self.problems = tuple(error.problems)
        self._proofs: dict[str, tuple[Proof, ...]] = {}

    def proofs_of(self, file: str) -> tuple[Proof, ...]:
        """What is proved of the file called *file*; nothing of a framework with problems."""
        if self.framework is not None and file not in self._proofs:
            workflow = self.workflow_in(file)
            others, solving = self.framework.workflows, installed()
            if file == FRAMEWORK:
                self._proofs[file] = prove_routes(self.framework, solving=solving)
            else:
                self._proofs[file] = prove(others[workflow], others, solving=solving) if workflow else ()
        return self._proofs.get(file, ())

    def examples_of(self, file: str) -> tuple[Example, ...]:
        """The examples of the file called *file*; none of a framework with problems."""
        board = self.framework
        found = None if board is None else self.examples.get(self.workflow_in(file) or board.name)
        return () if found is None else found.examples

    def workflow_in(self, file: str) -> str | None:
        """The name of the workflow in the file called *file*, if it has one."""
        found = () if self.framework is None else self.framework.workflows.values()
        return next((each.name for each in found if Path(each.file).name == file), None)

    def _is_astray(self, problem: Problem) -> bool:
        """Whether *problem* is with what is no file of a workflow, nor of its examples."""
        name = Path(problem.file).name
        return Path(name).suffix != _SUFFIX or not (self.folder / name).is_file()

    def wrong_in(self, file: str) -> list[Problem]:
        """What is wrong with the file called *file*; with the framework's, also what is in no such file."""
        return [
            each
            for each in self.problems
            if Path(each.file).name == file or (file == FRAMEWORK and self._is_astray(each))
        ]


class Collecting:
    """The plugin proper: it collects the files of *board*."""

    def __init__(self, board: Board) -> None:
        self.board = board

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """A workflow file of the folder, or its framework file."""
        if file_path.suffix != _SUFFIX or file_path.resolve().parent != self.board.folder:
            return None
        return WorkflowFile.from_parent(parent, path=file_path, board=self.board)


class WorkflowFile(pytest.File):
    """One file of a framework, and what is tested of it."""

    def __init__(self, *, board: Board, **more: object) -> None:
        super().__init__(**more)  # type: ignore[arg-type]  # as pytest passes them on
        self.board = board

    def collect(self) -> Iterator[pytest.Item]:
        """That it is sound, each proof, each example, and the life of a case."""
        yield Sound.from_parent(self, name="is sound")
        for proof in self.board.proofs_of(self.path.name):
            yield Proved.from_parent(self, name=f"{proof.sort} {proof.about}", proof=proof)
        for example in self.board.examples_of(self.path.name):
            yield AsItSays.from_parent(self, name=f"example {example.name}", example=example)
        if (workflow := self.board.workflow_in(self.path.name)) is not None:
            yield Lives.from_parent(self, name="lifecycle", workflow=workflow)


class InWords(pytest.Item):
    """A test whose failure is told in words."""

    def repr_failure(  # type: ignore[override]  # as pytest documents it
        self, excinfo: pytest.ExceptionInfo[BaseException]
    ) -> str:
        """The words; a traceback only for what nobody has foreseen."""
        if isinstance(excinfo.value, Wrong | Disagreement):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where the test stands, and what it is called."""
        return self.path, None, self.name

    @property
    def board(self) -> Board:
        """The framework to which it belongs."""
        assert isinstance(self.parent, WorkflowFile)
        return self.parent.board


class Sound(InWords):
    """That a file has no problems, as `loopengine check` finds them."""

    def runtest(self) -> None:
        """Raise Wrong with all that is wrong with the file."""
        if problems := self.board.wrong_in(self.path.name):
            raise Wrong("\n".join(map(str, problems)))


class Proved(InWords):
    """That one proof holds, as `loopengine check --prove` finds it."""

    def __init__(self, *, proof: Proof, **more: object) -> None:
        super().__init__(**more)  # type: ignore[arg-type]  # as pytest passes them on
        self.proof = proof

    def runtest(self) -> None:
        """Raise Wrong, with a counter-example if there is one, if it does not hold."""
        if not self.proof.holds:
            said = [self.proof.said]
            if self.proof.example is not None:
                said.append(f"for example: {example_words(self.proof.example)}")
            if self.proof.abstract:
                said.append(_ABSTRACT)
            raise Wrong("\n".join(said))


class AsItSays(InWords):
    """That one example comes out as it says, as `loopengine check` finds it."""

    def __init__(self, *, example: Example, **more: object) -> None:
        super().__init__(**more)  # type: ignore[arg-type]  # as pytest passes them on
        self.example = example

    def runtest(self) -> None:
        """Raise Wrong with what is so instead."""
        board = self.board.framework
        assert board is not None
        of = self.board.workflow_in(self.path.name) or board.name
        if (said := failing(self.example, bench_of(of, board))) is not None:
            raise Wrong(f"{self.example.file}:{self.example.line}: {said}")


class Lives(InWords):
    """That the engine does what the definition says, in many lives of a case."""

    def __init__(self, *, workflow: str, **more: object) -> None:
        super().__init__(**more)  # type: ignore[arg-type]  # as pytest passes them on
        self.workflow = workflow

    def runtest(self) -> None:
        """Walk; what was seen on the way goes along with the report, from another process perhaps."""
        assert self.board.framework is not None
        coverage = Coverage()
        examples = int(self.config.getoption("workflows_examples"))
        try:
            machine = lifecycle_machine(self.board.framework, self.workflow, coverage)
            live(machine, examples)
        except LoopEngineError as error:
            raise Wrong(error.message) from error
        finally:
            self.user_properties.append((SEEN, coverage.told()))
