"""The verb that writes the histories for process mining."""

from __future__ import annotations

import sys

from loopengine.cli.context import answer, engine
from loopengine.cli.options import Given, verb
from loopengine.cli.output import Styled
from loopengine.cli.papers import destination, is_printed, out_options, written
from loopengine.cli.wording import counted

_DEFAULT = "events.json"


@verb("events")
@out_options(_DEFAULT)
def export_events_verb(given: Given, out: str | None, replace: bool) -> None:
    """Write the histories of all cases as an object-centric event log, for process mining.

    The form is OCEL 2.0 in JSON; docs/exchange.md says what is an object, and what an event. There is no free
    text in it, and nobody's name. `--out -` writes to standard output.

    \b
    Example:
      loopengine export events --out log.json
    """
    from loopengine.exchange.events import write_events

    path = (
        None if is_printed(given, out) else destination(out, _DEFAULT, replace=replace, suffixes=(".json",))
    )
    with engine(given) as at_work:
        if path is None:
            write_events(at_work, sys.stdout.buffer)
            return
        with written(path) as file:
            done = write_events(at_work, file)
    said = f"{counted(done.objects, 'object', 'objects')}, {counted(done.events, 'event', 'events')}"
    answer(
        given,
        {"file": str(path), **done.to_json()},
        lambda page: page.say(Styled(str(path), "bold"), f": {said}"),
    )
