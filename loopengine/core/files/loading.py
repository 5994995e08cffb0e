"""From the files of a framework, or one workflow file, to definitions.

In goes a path, or texts by the names of files; out comes a Framework or a Workflow in which every name is
resolved, every rule parsed, every value typed and every graph checked. Raises DefinitionError with all the
problems of all the files, each with its place; UsageError if there is no such folder or file, or it cannot
be read. Nothing else in the core reads definitions from a disk. Does not know what a file may say:
`shapes.py`, `building.py` and `checks.py` do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from loopengine.core.definitions import Framework, Workflow
from loopengine.core.files.assembling import FRAMEWORK, Assembled, assemble
from loopengine.core.files.messages import not_called_yaml
from loopengine.errors import DefinitionError, Problem, UsageError

_SUFFIX = ".yaml"
# A workflow is read where its file says so, whatever the file is called.
_SAYS_WORKFLOW = re.compile(rb"^workflow:[ \t]*[\"']?([a-z0-9][a-z0-9-]*)", re.MULTILINE)
_NEARLY = (_SUFFIX, ".yml")


def load_framework(path: str | Path) -> Framework:
    """The framework in the folder *path*, with all of its workflows.

    Raises DefinitionError with all that is wrong in any of its files; UsageError if it is not such a folder.
    """
    framework, problems = _of_folder(path)
    if framework is None:
        raise DefinitionError(problems)
    return framework


def framework_problems(path: str | Path) -> tuple[Problem, ...]:
    """All that is wrong with the framework in the folder *path*; raises UsageError like `load_framework`."""
    return _of_folder(path)[1]


def framework_from_texts(texts: Mapping[str, str], *, kept: bool = False) -> Framework:
    """The framework whose files have these *texts* by name, as `Framework.texts` keeps them.

    Of texts that a database has *kept*, nothing is asked that was not asked when they were written.
    Raises DefinitionError with all that is wrong; UsageError if no text is that of a framework.
    """
    if FRAMEWORK not in texts:
        raise UsageError(f"no text is called {FRAMEWORK!r}", "a framework has one")
    assembled = assemble(texts, str, kept=kept)
    if assembled.framework is None:
        raise DefinitionError(assembled.problems)
    return assembled.framework


def load_workflow(path: str | Path) -> Workflow:
    """The workflow in the file *path*, read beside the framework in its folder if there is one.

    Without one it has the roles that every framework has, and no agencies. Raises DefinitionError with what
    is wrong in the file or in those on which it rests, the framework's and those of the workflows whose cases
    it opens; UsageError if there is no such file.
    """
    file = Path(path)
    if file.is_dir():
        raise UsageError(f"{str(path)!r} is a folder", "load_framework reads it, or name one of its files")
    if file.name == FRAMEWORK:
        raise UsageError(f"{str(path)!r} is no workflow", "load_framework reads its folder")
    contents = {file.name: _content(file)}
    if (file.parent / FRAMEWORK).is_file():
        contents = _contents(file.parent) | contents
    assembled = assemble(contents, lambda name: str(file.parent / name))
    workflow = assembled.workflows.get(file.name)
    concerned = {str(file.parent / name) for name in (file.name, FRAMEWORK, *_rests_on(workflow))}
    problems = [problem for problem in assembled.problems if problem.file in concerned]
    if workflow is None or problems:
        raise DefinitionError(problems)
    return workflow


def load_version(path: str | Path, framework: Framework) -> tuple[Workflow, Framework]:
    """The version in the file *path* of a workflow of *framework*, and the framework with it in its place.

    The file may be called anything, and *framework* may have no such workflow. Raises DefinitionError with
    what is wrong in the framework then; UsageError if there is no such file, or it is none of a workflow.
    """
    file = Path(path)
    content = _content(file)
    said = _SAYS_WORKFLOW.search(content)
    if said is None:
        raise UsageError(f"{str(path)!r} does not say of which workflow it is", "its first line names one")
    name = said[1].decode() + _SUFFIX
    assembled = assemble({**framework.texts, name: content}, lambda each: str(file) if each == name else each)
    if assembled.framework is None:
        raise DefinitionError(assembled.problems)
    return assembled.workflows[name], assembled.framework


def _rests_on(workflow: Workflow | None) -> set[str]:
    """The files of the workflows that *workflow* names: it reads their states, and sets their facts."""
    if workflow is None:
        return set()
    found = [each.opens for each in workflow.steps()] + [each.opens for each in workflow.standing.values()]
    opened = {each.workflow for opens in found for each in opens if each.chosen is None}
    return {name + _SUFFIX for name in opened.union(each.workflow for each in workflow.sub_cases.values())}


def _of_folder(path: str | Path) -> tuple[Framework | None, tuple[Problem, ...]]:
    folder = Path(path)
    if not folder.exists():
        raise UsageError(f"there is no folder {str(path)!r}")
    if not folder.is_dir():
        raise UsageError(
            f"{str(path)!r} is not a folder", "a framework is a folder; load_workflow reads a file"
        )
    contents = _contents(folder)
    if FRAMEWORK not in contents:
        raise UsageError(f"the folder {str(path)!r} is no framework", f"it has no {FRAMEWORK}")
    assembled = _assembled(str(folder), tuple(contents.items()))
    problems = tuple(sorted([*assembled.problems, *misnamed(folder)]))
    return None if problems else assembled.framework, problems


@lru_cache(maxsize=4)  # a process that reads the same files again has the same framework, which never changes
def _assembled(folder: str, contents: tuple[tuple[str, bytes], ...]) -> Assembled:
    return assemble(dict(contents), lambda name: str(Path(folder, name)))


def _contents(folder: Path) -> dict[str, bytes]:
    return {file.name: _content(file) for file in yaml_files(folder)}


def yaml_files(folder: Path) -> list[Path]:
    """The files of *folder* that are read, in the order of their names."""
    return [file for file in _visible(folder) if file.suffix == _SUFFIX]


def misnamed(folder: Path) -> list[Problem]:
    """Those of *folder* that somebody may take to be read."""
    nearly = [file for file in _visible(folder) if file.suffix.lower() in _NEARLY and file.suffix != _SUFFIX]
    return [Problem(str(file), 1, 1, *not_called_yaml(file.name)) for file in nearly]


def _visible(folder: Path) -> list[Path]:
    """The files of *folder*, less those that editors and systems hide in it."""
    try:
        return sorted(file for file in folder.iterdir() if file.is_file() and not file.name.startswith("."))
    except OSError as error:
        raise UsageError(f"the folder {str(folder)!r} cannot be read: {error.strerror}") from None


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise UsageError(f"there is no file {str(file)!r}") from None
    except OSError as error:
        raise UsageError(f"the file {str(file)!r} cannot be read: {error.strerror}") from None
