"""The verb that shows a group what it has to see to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from loopengine.cli.context import answer, engine
from loopengine.cli.options import Given, verb
from loopengine.cli.output import Cell, Page, Styled
from loopengine.cli.wording import day, standing_words

if TYPE_CHECKING:
    from loopengine.engine.groups import GroupCase, GroupRegister


@verb("group", "as_of")
@click.argument("group")
def group_verb(given: Given, group: str) -> None:
    """Show what a group has to see to: what reports to it, open cases, what is due, its next meeting.

    GROUP is a name under `groups` in framework.yaml; for one that is not there, the nearest are named.

    \b
    Example:
      loopengine group executive_group
    """
    with engine(given) as at_work:
        register = at_work.group(group, as_of=given.as_of)
    answer(given, register.to_json(), lambda page: _tell(page, register))


def _tell(page: Page, register: GroupRegister) -> None:
    group = register.group
    page.say(Styled(group.title, "bold"), f" ({group.name})")
    page.entry("tier", group.tier)
    page.entry("acts as", group.role or "no role of its own")
    page.entry(
        "meets", "no date is known" if register.meeting is None else f"next on {day(register.meeting)}"
    )
    if register.workflows or register.channels:
        page.heading("Reports to it")
        rows = [(each.name, each.title, ", ".join(each.who)) for each in register.workflows]
        rows += [(each.name, each.title, each.who or "") for each in register.channels]
        page.table(("WHAT", "TITLE", "WHO"), rows)
    if register.cases:
        page.heading("Open cases")
        page.table(("CASE", "WORKFLOW", "STATE", "WHOSE MOVE", "DUE"), list(_rows(register)))
    else:
        page.say()
        page.say("No open cases.")


def _rows(register: GroupRegister) -> Iterator[tuple[Cell, ...]]:
    for each in register.cases:
        case = each.case
        yield case.reference, case.workflow, case.state, ", ".join(each.owner) or "not said", _due(each)


def _due(each: GroupCase) -> Cell:
    """What is due next, and by when."""
    if not each.due:
        return "nothing"
    clock = each.due[0].clock
    return [f"{day(clock.due.on)}, ", *standing_words(clock), f" ({clock.deadline.name})"]
