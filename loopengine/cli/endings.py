"""How a call of the command line ends: its exit status, and what is said when it went wrong.

Owns the statuses that no error of the library carries. No traceback reaches a user, and not even the log of a
fault holds anything of a case.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import replace
from typing import TextIO

import click

from loopengine.cli.options import LOG
from loopengine.cli.output import notes_after, print_json, seen_from_here, shown
from loopengine.errors import DefinitionError, LoopEngineError, StorageError, UsageError

INTERRUPTED = 130  # as a shell says of a program that Ctrl-C ended
UNHEARD = 141  # as a shell says of a program that went on writing when nobody read
FAULT = 70  # EX_SOFTWARE of sysexits.h


class Fault(LoopEngineError):
    """Something that loopengine does not do on purpose."""

    kind = "fault"
    status = FAULT


def ending(call: Callable[[], object], args: Sequence[str]) -> int:
    """Make the *call* that *args* ask for; the exit status, after saying what went wrong if something did."""
    in_json = "--json" in args
    try:
        with notes_after() if in_json else nullcontext():
            status = call()
        if sys.stdout is not None:
            sys.stdout.flush()
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except click.exceptions.NoArgsIsHelpError as help_:
        print(help_.format_message(), file=sys.stderr)
        return UsageError.status
    except BrokenPipeError:
        _let_go_of(sys.stdout)
        return UNHEARD
    except Exception as error:
        known = _known(error)
        with suppress(OSError):
            _tell(known, in_json=in_json)
        return known.status
    return status if isinstance(status, int) else 0


def _known(error: Exception) -> LoopEngineError:
    """*error* as one of the errors that have a kind and a status."""
    match error:
        case LoopEngineError():
            return error
        case click.ClickException():
            return _usage(error)
        case OSError(filename=None):
            _let_go_of(sys.stdout)
            return StorageError(f"the answer cannot be written: {error.strerror}")
        case OSError():
            return StorageError(f"{str(error.filename)!r} cannot be used: {error.strerror}")
        case _:
            _log(error)
            said = f"this is a fault of loopengine: {type(error).__name__}"
            return Fault(said, f"run again with {LOG}=1, and report where it says that it happened")


def _usage(error: click.ClickException) -> UsageError:
    """What click found wrong with the arguments, told as our own errors are."""
    said = error.format_message().strip().removesuffix(".")
    context = error.ctx if isinstance(error, click.UsageError) else None
    path = "loopengine VERB" if context is None else context.command_path
    return UsageError(said[:1].lower() + said[1:], f"`{path} --help` says what it takes")


def _tell(error: LoopEngineError, *, in_json: bool) -> None:
    if in_json:
        said = {"kind": error.kind, "message": error.message, "hint": error.hint}
        print_json({"error": said}, stream=sys.stderr)
        return
    if isinstance(error, DefinitionError):
        print("error: the workflow files cannot be used as they are", file=sys.stderr)
        for problem in error.problems:
            print(shown(str(replace(problem, file=seen_from_here(problem.file)))), file=sys.stderr)
        return
    first, *further = error.lines
    print(f"error: {shown(first)}", file=sys.stderr)
    for line in further:
        print(shown(line), file=sys.stderr)
    if error.hint is not None:
        print(shown(error.hint), file=sys.stderr)


def _log(error: Exception) -> None:
    """Where *error* came from, if a log is asked for: without its message, which may quote a case."""
    if not os.environ.get(LOG):
        return
    import json
    import traceback

    frames = [
        f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
    ]
    with suppress(OSError):
        print(json.dumps({"event": "fault", "type": type(error).__name__, "frames": frames}), file=sys.stderr)


def _let_go_of(stream: TextIO) -> None:
    """Send what *stream* still holds nowhere, so that its end is quiet too."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
