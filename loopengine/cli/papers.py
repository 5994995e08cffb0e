"""The files that a verb writes: where they go, that none is lost by it, and that none is half there.

Does not know what is in them.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TypeVar

import click

from loopengine.cli.clocks import print_as_it_is
from loopengine.cli.options import Given
from loopengine.cli.output import shown
from loopengine.errors import UsageError

_STANDARD_OUTPUT = "-"
_Function = TypeVar("_Function", bound=Callable[..., object])


def out_options(default: str) -> Callable[[_Function], _Function]:
    """The options `--out` and `--replace`; *default* is the name of the file in words."""

    def given(function: _Function) -> _Function:
        named = click.option("--out", metavar="FILE", help=f"Where to write it. [{default}]")
        again = click.option("--replace", is_flag=True, help="Write it even if the file is there already.")
        return named(again(function))

    return given


def is_printed(given: Given, named: str | None, option: str = "--out") -> bool:
    """Whether *named*, which *option* says, is standard output; raises UsageError if JSON is to go there."""
    if named != _STANDARD_OUTPUT:
        return False
    if given.json:
        raise UsageError(
            f"--json and `{option} -` cannot both have standard output",
            f"leave out --json for the document itself, or `{option} -` for the JSON",
        )
    return True


def destination(named: str | None, default: str, *, replace: bool, suffixes: tuple[str, ...] = ()) -> Path:
    """The file to write: as *named*, or *default* in the working folder; asked before any work is done.

    Raises UsageError if it is there and not to be replaced, if its folder is not there, or if its name ends
    in none of *suffixes*.
    """
    path = Path(default if named is None else named).expanduser()
    if suffixes and path.suffix.lower() not in suffixes:
        endings = " or ".join(suffixes)
        raise UsageError(
            f"the file {str(path)!r} does not end in {endings}", f"name one that ends in {endings}"
        )
    if path.is_dir():
        raise UsageError(f"{str(path)!r} is a folder", "name a file in it")
    if not path.parent.is_dir():
        raise UsageError(f"there is no folder {str(path.parent)!r}", "make it, or name another")
    if path.exists() and not replace:
        raise UsageError(
            f"the file {str(path)!r} is there already", "say --replace, or name another with --out"
        )
    return path


@contextmanager
def written(path: Path) -> Iterator[IO[bytes]]:
    """A file to write to that becomes *path* once all went well; if not, what was there before stays.

    Raises UsageError if it cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    except OSError as error:
        raise _not_written(path, error) from None
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        # A temporary file is readable by its owner alone; this one is as any other that the user makes.
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(name, 0o666 & ~mask)
        os.replace(name, path)
    except OSError as error:
        raise _not_written(path, error) from None
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)


def put(text: str, path: Path | None) -> None:
    """Write *text* to *path* and say where it is, or print it, for None, on standard output."""
    if path is None:
        print_as_it_is(text)
        return
    with written(path) as file:
        file.write(text.encode())
    print(shown(str(path)))


def _not_written(path: Path, error: OSError) -> UsageError:
    return UsageError(
        f"the file {str(path)!r} cannot be written: {error.strerror}", "name another with --out"
    )
