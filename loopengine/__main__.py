"""`python -m loopengine` is the command line."""

from __future__ import annotations

from loopengine.cli import main

if __name__ == "__main__":
    main()
