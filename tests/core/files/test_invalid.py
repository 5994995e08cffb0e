"""Files that are wrong: what is said of each is written in it, and all that can be said is said of one.

A file says at its top what it provokes, a folder in its `expect.txt`; both in order of place.
"""

import inspect
import sys
from pathlib import Path

import pytest
import yaml

from loopengine.core.files import messages, yaml_messages, yaml_nodes
from loopengine.core.files.loading import framework_problems, load_workflow
from loopengine.errors import DefinitionError

INVALID = Path(__file__).parents[2] / "invalid"
FILES = sorted(INVALID.glob("*.yaml"))
FOLDERS = sorted(folder for folder in INVALID.iterdir() if folder.is_dir())

# These take a megabyte, a hundred problems, or a loader that is broken: see test_yaml_nodes.py.
TESTED_ELSEWHERE = {"too_large", "too_many_problems", "not_yaml"}

LOADERS = sorted({yaml_nodes.LOADER, yaml.SafeLoader}, key=lambda loader: loader.__name__)


def expected_of(path):
    """What the file or folder *path* says that it provokes."""
    if path.is_dir():
        return (path / "expect.txt").read_text("utf-8").splitlines()
    lines = path.read_text("utf-8", errors="replace").splitlines()
    return [line.removeprefix("# expect: ") for line in lines if line.startswith("# expect: ")]


def provoked_by(path):
    """What the loader says of the file or folder *path*, less where it lies."""
    if path.is_dir():
        problems = framework_problems(path)
        return [str(problem).removeprefix(f"{path}/") for problem in problems]
    with pytest.raises(DefinitionError) as raised:
        load_workflow(path)
    return [str(problem).removeprefix(f"{path}:") for problem in raised.value.problems]


@pytest.mark.parametrize("loader", LOADERS, ids=lambda loader: loader.__name__)
@pytest.mark.parametrize("path", [*FILES, *FOLDERS], ids=lambda path: path.name)
def test_a_wrong_file_provokes_what_it_says_and_nothing_else(path, loader, monkeypatch):
    monkeypatch.setattr(yaml_nodes, "LOADER", loader)

    assert provoked_by(path) == expected_of(path)


def test_every_message_there_is_has_a_file_that_provokes_it():
    every = {
        name
        for module in (messages, yaml_messages)
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    }
    said = set()

    def listen(frame, event, _):
        if event == "call" and frame.f_code.co_filename in (messages.__file__, yaml_messages.__file__):
            said.add(frame.f_code.co_name)

    before = sys.getprofile()
    sys.setprofile(listen)
    try:
        for path in (*FILES, *FOLDERS):
            provoked_by(path)
    finally:
        sys.setprofile(before)

    assert every - said == TESTED_ELSEWHERE
