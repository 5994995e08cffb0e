"""A real PostgreSQL server while tests run, in a folder of its own and on a socket of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def programs() -> Path | None:
    """Where the server's programs are; Debian keeps them off the PATH."""
    found = [Path(path).parent for path in [shutil.which("initdb")] if path]
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((each for each in found if (each / "initdb").exists()), None)


@contextmanager
def server() -> Iterator[str]:
    """The URL of an empty database on a server that is stopped afterwards; skips without PostgreSQL."""
    where = programs()
    if where is None:
        pytest.skip("needs PostgreSQL: its programs initdb and pg_ctl")
    folder = Path(tempfile.mkdtemp(prefix="loop-pg-"))
    if os.geteuid() == 0:  # the server refuses to be run by root
        shutil.chown(folder, "postgres")
    options = f"-c listen_addresses='' -k {folder} -c fsync=off"
    try:
        _run(where / "initdb", "-D", str(folder / "data"), "-A", "trust", "-U", "postgres")
        log = str(folder / "log")
        _run(where / "pg_ctl", "-D", str(folder / "data"), "-o", options, "-l", log, "-w", "start")
        yield f"postgresql+psycopg://postgres@/postgres?host={folder}"
    finally:
        _run(where / "pg_ctl", "-D", str(folder / "data"), "-m", "immediate", "stop", check=False)
        shutil.rmtree(folder, ignore_errors=True)


def _run(program: Path, *arguments: str, check: bool = True) -> None:
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*as_user, str(program), *arguments], check=check, capture_output=True, cwd="/")
