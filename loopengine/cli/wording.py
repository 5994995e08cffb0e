"""How the answers of the engine are put into words: verdicts, questions, days, and the lines to type next.

Knows what the engine answers. Does not know which verb asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from loopengine.cli.context import again
from loopengine.cli.options import Given
from loopengine.cli.output import Page, Part, Style, Styled

if TYPE_CHECKING:
    from loopengine import Case
    from loopengine.core.deadlines import Running
    from loopengine.core.machine import Verdict
    from loopengine.core.values import Fact, Value
    from loopengine.engine.results import CaseFile, Link

_COLOURS: dict[str, Style] = {"allowed": "green", "refused": "red", "undetermined": "yellow"}
# What stands in a line to type for what only a person knows.
ANSWER, REASON = "ANSWER", "REASON"


def verdict_word(verdict: Verdict) -> Part:
    """*verdict* as a word with its colour."""
    return Styled(verdict, _COLOURS[verdict])


def day(when: date) -> str:
    """*when* with its day of the week, as people plan by."""
    return f"{when:%a} {when.isoformat()}"


def minute(instant: datetime) -> str:
    """*instant* as the clocks in London show it."""
    from loopengine.clock import LONDON

    return f"{instant.astimezone(LONDON):%Y-%m-%d %H:%M}"


def value_words(value: Value | None) -> str:
    """*value* as it is typed, or `unknown`."""
    from loopengine.core.values import UNKNOWN_WORD, spell_text

    return UNKNOWN_WORD if value is None else spell_text(value)


def either(words: Iterable[str]) -> str:
    """*words* with commas and an "or"."""
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last


def tell_question(page: Page, fact: Fact, case: str, given: Given) -> None:
    """Say what to ask about a *case*, the line that records the answer, and what it can be."""
    by = [part for role in fact.by[:1] for part in ("--role", role)]
    page.entry("ask", fact.ask)
    page.entry_line(again(given, "record", case, f"{fact.name}={ANSWER}", *by))
    page.entry("", f"{ANSWER}: {answers_words(fact)}")


def answers_words(fact: Fact) -> str:
    """What an answer to *fact* can be, what it needs, and who gives it."""
    needs = either(sorted(map(value_words, fact.needs_evidence))) if fact.needs_evidence else None
    said = [
        _values(fact),
        f"{needs} needs --evidence TEXT" if needs else "",
        f"{either(fact.by)} answers" if fact.by else "",
    ]
    return "; ".join(filter(None, said))


def _values(fact: Fact) -> str:
    match fact.type:
        case "yes_no" | "one_of" | "party":
            return either([*(fact.allowed() or ()), "unknown"])
        case "parties":
            return f"one or several of {', '.join(fact.values)} (with commas, without spaces), or unknown"
        case "some_of":
            return f"some of {', '.join(fact.values)} (with commas, without spaces), none, or unknown"
        case "labels":
            return "short labels such as A,B (never names of people), or unknown"
        case "number":
            return f"a whole number{f' of {fact.unit}' if fact.unit else ''}, or unknown"
        case "date":
            return "a date such as 2017-01-31, or unknown"
        case "text":
            return "text in quotes, or unknown"


def clock_words(clock: Running, today: date) -> list[Part]:
    """Where a *clock* stands: running, stopped, and whether it is late, in words."""
    due = clock.due.on
    if clock.stopped_on is not None:
        done = f"done on {clock.stopped_on}"
        return (
            [done, ", ", Styled(f"LATE by {_days((clock.stopped_on - due).days)}", "red")]
            if due < clock.stopped_on
            else [done]
        )
    if due == today and not clock.held:
        return [Styled("due today", "yellow")]
    held = f", held by {', '.join(clock.held)}" if clock.held else ""
    return [*standing_words(clock), held]


def standing_words(clock: Running) -> list[Part]:
    """How many working days a *clock* that runs has left, or is late by."""
    left = clock.days or 0
    if left < 0:
        return [Styled(f"LATE by {_working_days(-left)}", "red")]
    if left == 0 and not clock.held:
        return [Styled("no working day left", "yellow")]
    return [f"{_working_days(left)} left"]


def state_words(case: Case) -> str:
    """The state of *case*, and what is going on in it, if its file says that in other words."""
    same = case.doing.lower().replace(" ", "_") == case.state
    return case.state if same else f"{case.state}: {case.doing}"


def move_words(file: CaseFile) -> str:
    """Whose move it is."""
    return "nobody's: the case has ended" if file.case.ended else either(file.owner or ("not said",))


def link_words(link: Link) -> str:
    """What ties a case to another, in words."""
    if link.title is not None:
        return f"{link.title} {link.case}"
    return f"{link.case} {link.name} this case"


def counted(number: int, one: str, several: str) -> str:
    """*number* of something that is called *one*, or *several*."""
    return f"{number} {one if number == 1 else several}"


def _working_days(number: int) -> str:
    return counted(number, "working day", "working days")


def _days(number: int) -> str:
    return counted(number, "day", "days")
