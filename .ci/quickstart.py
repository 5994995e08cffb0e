"""Print the command lines of the README's quick start, one a line, word for word."""

from __future__ import annotations

import re
from pathlib import Path

README = Path(__file__).resolve().parents[1] / "README.md"


def command_lines(readme: str) -> list[str]:
    """The lines of the first fenced block under the heading `## Quick start`."""
    section = re.search(r"^## Quick start\n(.*?)(?=^## |\Z)", readme, re.MULTILINE | re.DOTALL)
    block = section and re.search(r"^```sh\n(.*?)^```$", section[1], re.MULTILINE | re.DOTALL)
    if not block:
        raise SystemExit(f"no ```sh block under '## Quick start' in {README.name}")
    return block[1].splitlines()


if __name__ == "__main__":
    print("\n".join(command_lines(README.read_text(encoding="utf-8"))))
