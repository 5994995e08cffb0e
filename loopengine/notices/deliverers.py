"""Where messages can go: to standard output, into a folder, by e-mail, to a program; and how one says so.

Knows what a deliverer must do, and the two that need no network. Does not know the outbox.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Literal, Protocol, TextIO, TypeAlias

from loopengine.clock import london_date
from loopengine.core.one_line import one_line
from loopengine.errors import BadValue
from loopengine.notices.mail import Mail
from loopengine.notices.messages import Message
from loopengine.notices.patience import NotDelivered
from loopengine.notices.webhook import Webhook

# Whom a deliverer reaches: people in any case, people who have an address, or one program.
Audience: TypeAlias = Literal["people", "addresses", "program"]

FORMS = "print, file:FOLDER, smtp://HOST:PORT or https://ADDRESS"


class Deliverer(Protocol):
    """A way for messages to go.

    *channel* is its name in the outbox: what one deliverer has delivered, no other of that name does again.
    """

    @property
    def channel(self) -> str:
        """What the outbox calls it: no address, and nothing secret."""
        ...

    @property
    def audience(self) -> Audience:
        """Whom it reaches."""
        ...

    def deliver(self, message: Message) -> None:
        """Deliver *message*, or raise NotDelivered."""
        ...


@dataclass(frozen=True, slots=True)
class Print:
    """Prints messages on standard output, or on *stream*."""

    stream: TextIO | None = None
    channel: str = "print"
    audience: Audience = "people"

    def deliver(self, message: Message) -> None:
        """Print *message*, with a line above it."""
        trouble = None
        try:
            print(f"{'=' * 76}\n{_letter(message)}", file=self.stream or sys.stdout, flush=True)
        except OSError as error:
            trouble = NotDelivered(f"cannot be written: {type(error).__name__}", "unreachable")
        if trouble is not None:
            raise trouble


@dataclass(frozen=True, slots=True)
class Folder:
    """Writes each message into a file of its own in the folder at *path*: all of it, or none."""

    path: Path
    channel: str = "file"
    audience: Audience = "people"

    def deliver(self, message: Message) -> None:
        """Write *message* to a file that is called by the day and the key: the same twice is one file."""
        trouble = None
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            _write(self.path / f"{london_date(message.at)}-{message.key}.txt", _letter(message))
        except OSError as error:
            trouble = NotDelivered(f"cannot be written: {error.strerror}", "unreachable")
        if trouble is not None:
            raise trouble


def deliverer_of(text: str, environment: Mapping[str, str] | None = None) -> Deliverer:
    """The deliverer that *text* names: `print`, `file:FOLDER`, `smtp://HOST:PORT`, `https://ADDRESS`.

    What is secret is in the *environment*, never in *text*. Raises BadValue.
    """
    given = os.environ if environment is None else environment
    scheme, colon, rest = text.partition(":")
    match scheme:
        case "print" if not colon:
            return Print()
        case "file" if rest:
            return Folder(Path(rest.removeprefix("//")).expanduser())
        case "smtp" | "smtps" if rest.startswith("//"):
            return Mail.read(text, given)
        case "http" | "https" if rest.startswith("//"):
            return Webhook.read(text, given)
        case _:
            # There may be a password in it.
            named = repr(text) if "@" not in text and "?" not in text else "what is given"
            raise BadValue(f"{named} is not a way to deliver", f"write {FORMS}")


def _letter(message: Message) -> str:
    to = "" if message.to is None else f"To: {one_line(message.to.name)}\n"
    keys = "".join(f"Key: {key}\n" for key in message.keys)
    return f"{to}Subject: {message.subject}\n{keys}\n{message.text}"


def _write(path: Path, text: str) -> None:
    """Write *text* so that whoever looks finds the whole file or none, also after a power cut."""
    with NamedTemporaryFile(
        "w", encoding="utf-8", newline="\n", dir=path.parent, prefix=".", suffix=".part", delete=False
    ) as part:
        try:
            part.write(text)
            part.flush()
            os.fsync(part.fileno())
            part.close()
            os.replace(part.name, path)
        except BaseException:
            part.close()
            with suppress(OSError):
                os.unlink(part.name)
            raise
    # Not every system opens folders.
    with suppress(OSError):
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
