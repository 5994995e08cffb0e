"""How the directory is told: who holds what, what nobody holds, what is wrong in a file of people.

Knows what the directory answers. Does not know which verb asked.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from loopengine.cli.output import Page, Styled, seen_from_here, shown
from loopengine.cli.wording import counted

if TYPE_CHECKING:
    from datetime import date

    from loopengine.core.needs import Need
    from loopengine.engine.directory import Vacancy
    from loopengine.engine.people_files import RowsRefused
    from loopengine.store.people import Office

# A business unit is needed nearly everywhere; a few places show what for.
_MOST_NAMED = 3


def tell_offices(page: Page, offices: Sequence[Office], on: date | None) -> None:
    """Show *offices*, those of the day *on* if there is one."""
    if not offices:
        page.say("Nobody." if on is None else f"Nobody, on {on}.")
        return
    rows = [
        (
            each.role,
            each.agency or "",
            each.name,
            "" if each.standing == "holder" else each.standing,
            each.address or "",
            each.since.isoformat(),
            "" if each.until is None else each.until.isoformat(),
        )
        for each in offices
    ]
    page.table(("ROLE", "AGENCY", "NAME", "HOW", "ADDRESS", "SINCE", "UNTIL"), rows)


def tell_office(page: Page, office: Office) -> None:
    """Say who holds what, from when to when."""
    from loopengine.engine.appointments import office_words, time_words

    held = office_words(office.role, office.agency, office.standing)
    page.say(Styled(office.name, "bold"), f": {held}, {time_words(office.since, office.until)}")


def tell_refused(error: RowsRefused) -> None:
    """Say all that is wrong, on standard error."""
    number = counted(len(error.problems), "thing is wrong", "things are wrong")
    print(f"error: nobody was imported: {number}", file=sys.stderr)
    for problem in error.problems:
        print(shown(str(problem._replace(file=seen_from_here(problem.file)))), file=sys.stderr)


def import_words(numbers: Mapping[str, int]) -> str:
    """How many rows did what."""
    return ", ".join(f"{number} {what}" for what, number in numbers.items())


def tell_vacancies(page: Page, vacant: Sequence[Vacancy]) -> None:
    """Say which roles nobody holds, agencies together, and what they are needed for."""
    if not vacant:
        return
    agencies: dict[str, list[str]] = {}
    wanted: dict[str, tuple[Need, ...]] = {}
    for each in vacant:
        agencies.setdefault(each.role, []).extend([each.agency] if each.agency is not None else [])
        wanted[each.role] = each.needs
    page.heading("Nobody holds")
    for role, needs in wanted.items():
        page.say(Styled(role, "red"))
        if agencies[role]:
            page.entry("for", ", ".join(agencies[role]))
        page.entry("needed", _needed(needs))


def _needed(needs: Sequence[Need]) -> str:
    named = "; ".join(str(need) for need in needs[:_MOST_NAMED])
    return named + (f"; and {len(needs) - _MOST_NAMED} more" if len(needs) > _MOST_NAMED else "")
