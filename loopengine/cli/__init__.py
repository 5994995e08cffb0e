"""The command line: what is typed becomes a verb of the engine, and its answer becomes words or JSON.

Knows everything below it, and is known by nothing. What it imports at the top is light: the engine, its
libraries and the workflow files are loaded when a verb needs them.
"""

from __future__ import annotations

import gc
import signal
import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line with the arguments of this process, and end the process."""
    gc.set_threshold(50_000, 20, 20)  # nearly all that a verb loads stays until it ends
    if "run" in sys.argv[1:]:  # it may be told to end before it has begun, and that is no failure
        signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(0))
    try:
        from loopengine.cli.program import program

        program.main()
    except KeyboardInterrupt:  # before there was anything to end; see endings.py
        sys.exit(130)
