"""How the history of a case is told, line by line.

Knows every kind of entry. Does not know which verb asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from loopengine.cli.output import Page, Part, Styled
from loopengine.cli.wording import minute

if TYPE_CHECKING:
    from loopengine.engine.results import Line


def tell_history(page: Page, lines: Iterable[Line]) -> None:
    """Print *lines* as a table."""
    rows = [
        (
            str(line.entry.n),
            minute(line.entry.recorded_at),
            line.entry.so_on.isoformat(),
            line.by,
            [*_happened(line), f" (struck out by {line.undone_by})" if line.undone_by else ""],
        )
        for line in lines
    ]
    page.table(("N", "RECORDED, LONDON", "SO ON", "BY", "WHAT HAPPENED"), rows)


def _happened(line: Line) -> list[Part]:
    entry, more = line.entry, _more(line)
    deadline, event, body = entry.text("deadline"), entry.text("event"), entry.body
    match entry.kind:
        case "opened":
            cycle = entry.text("cycle")
            how = "ADOPTED" if body.get("adopted") else "opened"
            begun = f"{how} in {entry.text('to')}" + (f" by the cycle {cycle}" if cycle else "")
            return [begun, f" with {_facts(line)}" if _facts(line) else "", more]
        case "recorded" | "corrected":
            return [f"{entry.kind} {_facts(line)}{more}"]
        case "refused":
            reasons = entry.body.get("reasons")
            said = "; ".join(map(str, reasons)) if isinstance(reasons, list) else ""
            return [Styled("REFUSED ", "red"), f"{entry.text('event')}: {said}{more}"]
        case "held":
            return [f"held by {entry.text('hold')}{more}"]
        case "released":
            return [f"released from {entry.text('hold')}{more}"]
        case "linked":
            return [f"linked: {_link(line)}{more}"]
        case "arose":
            return [Styled("AROSE ", "yellow"), f"{entry.text('standing')}{more}"]
        case "ceased":
            return [f"no longer {entry.text('standing')}{more}"]
        case "joined":
            return [f"others have joined{more}"]
        case "reminded":
            return [f"reminded of {deadline}{more}"]
        case "overdue":
            return [f"{deadline} is ", Styled("OVERDUE", "red"), more]
        case "escalated":
            return [f"escalated {deadline}{more}"]
        case "undone":
            what = "what had ended it" if event is None else event
            undone = f"{what} UNDONE: {entry.text('from')} -> {entry.text('to')}, "
            return [Styled("PUT RIGHT ", "yellow"), f"{undone}{_struck(line)}{_withdrawn(line)}{more}"]
        case "withdrawn":
            along = entry.text("along_with")
            with_ = f" along with {along}" if along else ""
            return [f"withdrawn{with_} from {entry.text('from')}{_withdrawn(line)}{more}"]
        case "merged":
            link = entry.body.get("link")
            into = f" into {link['case']}" if isinstance(link, dict) else ""
            return [f"merged{into} from {entry.text('from')}{more}"]
        case "reckoned":
            return [f"due dates reckoned anew: {_clocks(line)}; {entry.text('why')}{more}"]
        case _:
            return _moved(line, more)


def _moved(line: Line, more: str) -> list[Part]:
    entry, facts = line.entry, _facts(line)
    overrode = [Styled("OVERRIDDEN ", "yellow")] if entry.body.get("overrode") else []
    sets = f", setting {facts}" if facts else ""
    when = f", when {entry.text('deadline')} was up" if entry.text("notice") else ""
    moved = f"{entry.text('event')}: {entry.text('from')} -> {entry.text('to')}"
    return [*overrode, f"{moved}{when}{sets}{more}"]


def _struck(line: Line) -> str:
    undoes = line.entry.body.get("undoes")
    numbers = [str(n) for n in undoes] if isinstance(undoes, list) else []
    return f"striking out {'entry' if len(numbers) == 1 else 'entries'} {', '.join(numbers)}"


def _withdrawn(line: Line) -> str:
    withdrawn = line.entry.body.get("withdrawn")
    return f"; withdrawing {', '.join(map(str, withdrawn))}" if isinstance(withdrawn, list) else ""


def _more(line: Line) -> str:
    """Why, on what evidence, what was opened and who was told, as far as the entry says so."""
    body = line.entry.body
    opened, told = body.get("opened"), body.get("told")
    said = f"; reason: {line.reason}" if line.reason else ""
    said += f"; evidence: {line.evidence()}" if line.evidence() else ""
    said += f"; opened {', '.join(map(str, opened))}" if isinstance(opened, list) else ""
    return said + (f"; told {', '.join(map(str, told))}" if isinstance(told, list) and told else "")


def _facts(line: Line) -> str:
    return ", ".join(
        f"{fact}={'unknown' if value is None else _listed(value)}" for fact, value in line.facts().items()
    )


def _link(line: Line) -> str:
    link = line.entry.body.get("link")
    return f"{link['name']} {link['case']}" if isinstance(link, dict) else ""


def _clocks(line: Line) -> str:
    body = line.entry.body.get("clocks")
    clocks = body.items() if isinstance(body, dict) else ()
    return ", ".join(
        f"{name} {clock['due']}" if isinstance(clock, dict) else f"{name} no more" for name, clock in clocks
    )


def _listed(value: object) -> str:
    return (",".join(map(str, value)) or "none") if isinstance(value, list) else str(value)
