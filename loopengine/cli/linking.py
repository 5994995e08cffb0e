"""The verb that ties one case to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from loopengine.cli.context import actor, again, answer, engine
from loopengine.cli.options import Given, verb
from loopengine.cli.output import Page, Styled
from loopengine.cli.wording import link_words

if TYPE_CHECKING:
    from loopengine.engine.results import CaseFile, Document


@verb("link", "on", "key", "revision")
@click.argument("case")
@click.argument("other")
@click.option(
    "--as", "name", metavar="NAME", required=True, help="What CASE is to OTHER, such as arises_from."
)
@click.option("--reason", metavar="TEXT", required=True, help="Why; the history shows it.")
def link_verb(given: Given, case: str, other: str, name: str, reason: str) -> None:
    """Tie a case to another: a second origin, say, or one of the cases that it draws together.

    It reads as it is written: CASE arises_from OTHER. `show` tells it of both, each from its own side. The
    same link is not made twice. The names are those under `links` in framework.yaml, and those under
    `sub_cases` in the file of the workflow that are marked `linked`.

    \b
    Example:
      loopengine link SCR-2017-001 SCR-2017-002 --as arises_from --reason "The chair's letter of 3 May"
    """
    with engine(given) as at_work:
        file = at_work.link(
            case,
            other,
            name,
            by=actor(given),
            reason=reason,
            on=given.on,
            key=given.key,
            revision=given.revision,
        )

    def tell(page: Page) -> None:
        page.say(Styled(file.case.reference, "bold"), f" is linked (revision {file.case.revision})")
        for link in file.links:
            page.entry("link", link_words(link))
        page.entry("next", "what may happen now:")
        page.entry_line(again(given, "why", file.case.reference))

    answer(given, _linked_json(file, other, name), tell)


def _linked_json(file: CaseFile, other: str, name: str) -> Document:
    shown = file.to_json()
    return {
        "case": file.case.reference,
        "link": name,
        "other": other,
        **{key: shown[key] for key in ("state", "stage", "revision", "links")},
    }
