"""Packages of npm that the tests read with: they are none of ours, and no machine has to have them.

`tests/npm.txt` names them with their versions. They are looked for where NODE_PATH says, as Node does, and in
the environment in which the tests run.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

NEEDED = Path(__file__).resolve().parents[1] / "npm.txt"


def npm_file(path: str) -> Path:
    """The file *path* among the installed packages; the test is skipped where it is missing."""
    named = [Path(each) for each in os.environ.get("NODE_PATH", "").split(os.pathsep) if each]
    for folder in (*named, Path(sys.prefix, "node_modules")):
        if (folder / path).exists():
            return folder / path
    pytest.skip(
        f"needs {path.split('/')[0]} of npm: `npm install --no-save --prefix .venv $(cat tests/npm.txt)`"
    )
