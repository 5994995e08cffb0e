"""How clocks are told: what is due and how late, what a hold keeps still, what a sweep did.

Knows what the engine answers. Does not know which options were given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from loopengine.cli.output import Cell, Page, Part, Styled
from loopengine.cli.wording import counted, day, minute, standing_words, state_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from loopengine import Case
    from loopengine.core.deadlines import Running
    from loopengine.engine.looking_ahead import Due
    from loopengine.engine.results import CaseFile
    from loopengine.engine.sweeping import Done, Sweep

_OF_AGENCIES = ("agency", "agency_lead")
_NOBODY = "nobody in particular"


def tell_due(page: Page, dues: Sequence[Due]) -> None:
    """Show *dues*, and whose move each is."""
    rows: list[tuple[Cell, ...]] = [(*_due_row(each), ", ".join(_whose(each))) for each in dues]
    page.table(("DUE", "STANDING", "CASE", "WHAT", "WHOSE MOVE"), rows)


def tell_due_by_role(page: Page, dues: Sequence[Due]) -> None:
    """Show *dues* under those whose move they are; what several may do stands under each of them."""
    groups: dict[str, list[Due]] = {}
    for each in dues:
        for whose in _whose(each):
            groups.setdefault(whose, []).append(each)
    for number, (whose, theirs) in enumerate(groups.items()):
        late = sum(each.late for each in theirs)
        said: list[Part] = [Styled(whose, "bold"), f": {counted(len(theirs), 'deadline', 'deadlines')}"]
        if late:
            said += [", ", Styled(f"{late} LATE", "red")]
        if number:
            page.say()
        page.say(*said)
        page.table(("DUE", "STANDING", "CASE", "WHAT"), [_due_row(each) for each in theirs])


def tell_stalled(page: Page, cases: Sequence[Case]) -> None:
    """Show the *cases* in which nothing goes on; there should be none."""
    if not cases:
        page.say("No case is stalled: in every open one something can happen, or something is due.")
        return
    rows = [(each.reference, each.workflow, state_words(each), each.opened_on.isoformat()) for each in cases]
    page.table(("CASE", "WORKFLOW", "STATE", "OPENED"), rows)
    page.say()
    stalled = counted(len(cases), "case is", "cases are")
    page.say(Styled(f"{stalled} stalled", "red"), ": nothing can happen next, and nothing is due.")


def tell_held(page: Page, file: CaseFile, hold: str, stops: Iterable[str], blocks: Sequence[str]) -> None:
    """Say that a case is on *hold*: which of its clocks stand still, and what is refused meanwhile."""
    page.say(Styled(file.case.reference, "bold"), f" is on hold: {hold}")
    clocks = list(_running(file, stops))
    for clock in clocks:
        page.entry("stopped", f"{clock.deadline.name}, ", *standing_words(clock))
    if not clocks:
        page.entry("stopped", "no clock that runs")
    if blocks:
        page.entry("refused", ", ".join(blocks))


def tell_released(page: Page, file: CaseFile, hold: str, stops: Iterable[str]) -> None:
    """Say that a *hold* is off: which clocks go on, until when, and which another hold keeps still."""
    page.say(Styled(file.case.reference, "bold"), f" is not on hold any more: {hold}")
    for clock in _running(file, stops):
        if clock.held:
            still = f"{clock.deadline.name}, for {', '.join(clock.held)}, "
            page.entry("still held", still, *standing_words(clock))
        else:
            page.entry("goes on", f"{clock.deadline.name}, due {due_words(clock)}, ", *standing_words(clock))
    page.entry("state", state_words(file.case))


def tell_sweep(page: Page, swept: Sweep) -> None:
    """Say what a sweep did, or would do, and what it could not do."""
    if swept.done:
        page.table(("CASE", "WHAT", "DUE", "TOLD"), [_done_row(each) for each in swept.done])
        page.say()
    cases = counted(len({each.case for each in swept.done}), "case", "cases")
    things = counted(len(swept.done), "thing", "things")
    if not swept:
        page.say("Nothing has fallen due.")
    elif swept.done:
        page.say(
            f"{things} in {cases} would be done; nothing was"
            if swept.dry_run
            else f"{things} done in {cases}"
        )
    for failure in swept.failures:
        page.say(Styled("FAILED ", "red"), f"{failure.case}: {failure.message}")


def due_words(clock: Running) -> str:
    """The day on which *clock* falls due, and whether that is sure."""
    return day(clock.due.on) + (" (provisional)" if clock.due.provisional else "")


def print_as_it_is(text: str) -> None:
    """Print *text* on standard output in UTF-8, its line ends as they are."""
    import sys
    from io import TextIOWrapper

    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    print(text, end="")


@contextmanager
def progress_bar(label: str, total: int | None = None) -> Iterator[Callable[[int], None] | None]:
    """Where to tell how much more was done, of a *total* if it is known, while a bar in the terminal shows
    it; None in a pipe.
    """
    import sys

    if sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn(label), BarColumn(), TextColumn("{task.completed} done"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total)
        yield lambda more: bar.advance(task, more)


def _due_row(due: Due) -> tuple[Cell, ...]:
    clock = due.clock
    what = f"{clock.deadline.title} ({clock.deadline.name})" if clock.deadline.title else clock.deadline.name
    held = [f", on hold for {', '.join(clock.held)}"] if clock.held else []
    # While it is held, nobody knows when it will be due.
    when = "on hold" if clock.held else due_words(clock)
    return when, [*standing_words(clock), *held], due.case.reference, what


def _whose(due: Due) -> list[str]:
    """Those whose move it is; of agencies, which."""
    of = f" of {', '.join(due.agencies)}" if due.agencies else ""
    return [f"{role}{of}" if role in _OF_AGENCIES else role for role in due.whose] or [_NOBODY]


def _running(file: CaseFile, names: Iterable[str]) -> Iterator[Running]:
    wanted = set(names)
    return (each for each in file.clocks if each.stopped_on is None and each.deadline.name in wanted)


def _done_row(done: Done) -> tuple[Cell, ...]:
    due = "" if done.due_at is None else minute(done.due_at)
    return done.case, _done_words(done), due, ", ".join(done.told)


def _done_words(done: Done) -> Cell:
    match done.kind:
        case "reminded":
            return f"reminded of {done.deadline}"
        case "overdue":
            return [f"{done.deadline} is ", Styled("OVERDUE", "red")]
        case "escalated":
            return f"escalated {done.deadline}"
        case "moved":
            return f"{done.event} -> {done.to}"
        case "refused":
            return [Styled("REFUSED ", "red"), f"{done.event}"]
        case "arose":
            return [Styled("AROSE ", "yellow"), f"{done.standing}"]
        case "ceased":
            return f"no longer {done.standing}"
        case "reckoned":
            return "clocks written down"
        case _:
            return done.kind
