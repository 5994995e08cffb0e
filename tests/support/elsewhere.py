"""A child process on a host in another time zone: it says what the command line and the engine say there.

`TZ=ZONE python -m support.elsewhere FOLDER`: every command in turn, each at its instant, and what it printed;
last of all the day on which a case was opened by the clock of the machine.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from click.testing import CliRunner

from loopengine import Engine
from loopengine.cli.program import program
from support.overdue import EVERYBODY, OVERDUE

UNIT = ("--by", "Uma Unit", "--role", "business_unit")
EVE, MORNING = "2017-07-02T22:30Z", "2017-07-02T23:30Z"  # half an hour before midnight in London, and after
COMMANDS: Sequence[tuple[str, Sequence[str]]] = (
    (EVE, ("open", "chase", *UNIT)),
    (MORNING, ("open", "chase", *UNIT)),
    (MORNING, ("open", "inquiry", "told_on=2017-07-03", "heard_on=2017-07-31", *UNIT)),
    (MORNING, ("record", "INQ-2017-001", "told_on=2017-07-02", "--on", "2017-07-03", *UNIT)),
    (MORNING, ("hold", "INQ-2017-001", "court", "--reason", "a trial", *UNIT)),
    ("2017-07-05T22:30Z", ("release", "INQ-2017-001", "court", *UNIT)),
    ("2017-07-06T22:59:59Z", ("sweep",)),
    ("2017-07-06T23:00:00Z", ("sweep",)),
    ("2017-07-10T22:30Z", ("due",)),
    ("2017-07-10T23:30Z", ("due",)),
    ("2017-07-10T23:30Z", ("due", "--json")),
    ("2017-07-10T23:30Z", ("due", "--ics", "-")),
    ("2017-07-10T23:30Z", ("sweep", "--dry-run", "--json")),
    ("2017-10-29T00:30Z", ("sweep",)),
    ("2017-10-29T00:30Z", ("list",)),
    ("2017-10-29T01:30Z", ("show", "INQ-2017-001")),
    ("2017-10-29T01:30Z", ("history", "INQ-2017-001")),
    ("2017-10-29T01:30Z", ("history", "CHA-2017-001", "--json")),
    ("2017-10-29T01:30Z", ("why", "INQ-2017-001")),
    ("2017-10-29T01:30Z", ("calendar", "after", "2017-10-27", "1 working day")),
    ("2017-10-29T01:30Z", ("outbox",)),
)


def main(folder: Path) -> None:
    workflows = folder / "workflows"
    workflows.mkdir()
    for name, content in OVERDUE.texts.items():
        (workflows / name).write_text(content, "utf-8")
    env = {
        "LOOPENGINE_DB": str(folder / "board.db"),
        "LOOPENGINE_WORKFLOWS": str(workflows),
        "COLUMNS": "200",
    }
    for now, arguments in COMMANDS:
        result = CliRunner().invoke(program, ["--now", now, *arguments], env=env)
        print("$", now, *arguments, f"[{result.exit_code}]")
        print(_without_chance(result.stdout.replace(str(folder), "FOLDER")))
    engine = Engine("sqlite://", framework=OVERDUE)
    print(engine.open("chase", by=EVERYBODY).opened_on)


def _without_chance(said: str) -> str:
    """What was *said* but for digests, in which there is salt."""
    return re.sub(r"\b[0-9a-f]{8,}\b", "DIGEST", said)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
