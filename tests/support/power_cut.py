"""What a disk holds after the power was cut: of what was written, only what was flushed is sure to be there.

A child process runs with `power_cut.c` loaded before it, which writes down what it asks of the files of one
folder, and what it acknowledges, in order. From that the files can be made again as they would be found, had
the power been cut at any moment of the child's life: without all that was not flushed yet, or with some of
it, torn where one sector of the disk ends and the next begins.

What is in memory that processes share (`-shm` of SQLite) is no file that survives, and is left out.
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import NamedTuple, TypeAlias

import pytest

HERE = Path(__file__).parent
SECTOR = 512
_NUMBERS = struct.Struct("=qqq")


class Asked(NamedTuple):
    """One thing that the child asked for: *what*, as the C file has it, of which *file*, *where*."""

    what: str
    file: int
    where: int
    data: bytes


@dataclass(frozen=True)
class Recorded:
    """The life of a child: what it asked for, and what it acknowledged to its parent."""

    asked: Sequence[Asked]
    heard: Sequence[str]

    @property
    def moments(self) -> range:
        """The moments at which the power can be cut: after so many things."""
        return range(len(self.asked) + 1)

    def acknowledgements(self) -> list[int]:
        """The moments just after something was acknowledged."""
        return [moment for moment, asked in enumerate(self.asked, 1) if asked.what == "A"]

    def acknowledged(self, moment: int) -> str | None:
        """What was acknowledged last by then."""
        said = [asked.data for asked in self.asked[:moment] if asked.what == "A"]
        return said[-1].decode().strip() if said else None


def recorder(folder: Path) -> Path:
    """The library that writes down what a process asks for, compiled into *folder*; skips without `cc`."""
    compiler = shutil.which("cc")
    if compiler is None or not sys.platform.startswith("linux"):
        pytest.skip("needs a C compiler, cc, on Linux")
    library = folder / "power_cut.so"
    source = HERE / "power_cut.c"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    return library


def record(library: Path, folder: Path, module: str, *arguments: str) -> Recorded:
    """Run `python -m module`, with *arguments*, to its end; it acknowledges on its standard output."""
    folder.mkdir()
    log = folder.with_name(f"{folder.name}.log")
    child = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        stdout=subprocess.PIPE,
        check=True,
        text=True,
        cwd=HERE.parent,
        env=os.environ
        | {
            "PYTHONPATH": f"{HERE.parents[1]}{os.pathsep}{HERE.parent}",
            "LD_PRELOAD": str(library),
            "POWER_CUT_FOLDER": str(folder),
            "POWER_CUT_LOG": str(log),
            "POWER_CUT_ACKS": "1",
        },
    )
    return Recorded(list(_read(log.read_bytes())), child.stdout.split())


def _read(log: bytes) -> Iterator[Asked]:
    at = 0
    while at < len(log):
        file, where, size = _NUMBERS.unpack_from(log, at + 1)
        begins = at + 1 + _NUMBERS.size
        yield Asked(chr(log[at]), file, where, log[begins : begins + size])
        at = begins + size


@dataclass
class File:
    """The bytes of a file that are safe, and the changes that are not: a write, or a new length."""

    safe: bytearray = field(default_factory=bytearray)
    unsafe: list[Asked] = field(default_factory=list)


Names: TypeAlias = dict[str, File]


class Disk:
    """A folder on a disk that loses what was not flushed."""

    def __init__(self) -> None:
        self._safe_names: Names = {}
        self._names: list[Names] = [{}]  # as they are safe, and after each change since
        self._open: dict[int, File] = {}

    def do(self, asked: Asked) -> None:
        """Do what was asked for."""
        names = self._names[-1]
        match asked.what:
            case "C":
                self._open[asked.file] = File()
                self._names.append(names | {asked.data.decode(): self._open[asked.file]})
            case "O":
                self._open[asked.file] = names[asked.data.decode()]
            case "U":
                gone = asked.data.decode()
                self._names.append({name: file for name, file in names.items() if name != gone})
            case "W" | "T":
                self._open[asked.file].unsafe.append(asked)
            case "S":
                file = self._open[asked.file]
                for each in file.unsafe:
                    _change(file.safe, each)
                file.unsafe.clear()
            case "D":
                self._names = [names]
            case _:
                assert asked.what == "A", asked

    def found(self, random: Random | None = None) -> dict[str, bytes]:
        """What is found after a cut: what is safe, and of the rest nothing, or what *random* has kept."""
        names = self._names[0 if random is None else random.randrange(len(self._names))]
        kept: dict[str, bytes] = {}
        for name, file in names.items():
            content = bytearray(file.safe)
            for each in file.unsafe if random is not None else ():
                for piece in _sectors(each):
                    if random is not None and random.random() < 0.5:
                        _change(content, piece)
            kept[name] = bytes(content)
        return {name: content for name, content in kept.items() if not name.endswith("-shm")}


def cuts(recorded: Recorded, moments: Sequence[int]) -> Iterator[tuple[int, Disk]]:
    """The disk at each of *moments*."""
    disk, done = Disk(), 0
    for moment in sorted(moments):
        for asked in recorded.asked[done:moment]:
            disk.do(asked)
        done = moment
        yield moment, disk


def write(found: dict[str, bytes], folder: Path) -> None:
    """Put the files that were *found* into *folder*, which holds nothing else then."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in found.items():
        (folder / name).write_bytes(content)


def _sectors(asked: Asked) -> Iterator[Asked]:
    """What was asked for in pieces that no sector's end divides."""
    if asked.what == "T":
        yield asked
        return
    begins, ends = asked.where, asked.where + len(asked.data)
    while begins < ends:
        until = min(ends, (begins // SECTOR + 1) * SECTOR)
        yield asked._replace(where=begins, data=asked.data[begins - asked.where : until - asked.where])
        begins = until


def _change(content: bytearray, asked: Asked) -> None:
    if len(content) < asked.where:
        content.extend(bytes(asked.where - len(content)))
    if asked.what == "T":
        del content[asked.where :]
    else:
        content[asked.where : asked.where + len(asked.data)] = asked.data
