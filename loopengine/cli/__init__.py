"""The command line: what is typed becomes a verb of the engine, and its answer becomes words or JSON.

Knows everything below it, and is known by nothing. What it imports at the top is light: the engine, its
libraries and the workflow files are loaded when a verb needs them.
"""

from __future__ import annotations

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line with the arguments of this process, and end the process."""
    try:
        from loopengine.cli.program import program

        program.main()
    except KeyboardInterrupt:  # before there was anything to end; see endings.py
        sys.exit(130)
