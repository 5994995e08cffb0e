"""The verbs about the outbox: what has yet to reach somebody, its delivery, and what was parked.

Does not know how anything is sent: that is the deliverers'.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from inspect import cleandoc
from typing import TYPE_CHECKING

import click

from loopengine.cli.context import again, answer, engine
from loopengine.cli.options import Given, verb
from loopengine.cli.output import Page, Style, Styled
from loopengine.cli.two_words import ListsAlone
from loopengine.cli.wording import counted, day, either, minute

if TYPE_CHECKING:
    from loopengine.notices.deliverers import Deliverer
    from loopengine.notices.delivering import Delivered
    from loopengine.notices.looking import Listed, Tried

# Long enough to see what it is about; the rest is in --json.
_MOST_HINTS = 12
_COLOURS: dict[str, Style] = {"parked": "red", "undeliverable": "red", "failing": "yellow", "open": "dim"}


@verb("list")
def list_verb(given: Given) -> None:
    """List what has yet to reach somebody, and why it has not.

    \b
    Example:
      loopengine outbox list
    """
    from loopengine.notices.looking import in_outbox

    with engine(given) as at_work:
        listed = in_outbox(at_work)
    answer(given, [each.to_json() for each in listed], lambda page: _tell_listed(page, listed, given))


@verb("deliver")
@click.option(
    "--to",
    "named",
    metavar="DELIVERER",
    multiple=True,
    required=True,
    help="print, file:FOLDER, smtp://HOST:PORT?from=ADDRESS or https://ADDRESS; again for several.",
)
@click.option("--again-today", is_flag=True, help="Also to people who have had their message of today.")
def deliver_verb(given: Given, named: tuple[str, ...], again_today: bool) -> int:
    """Deliver what is in the outbox, once.

    One message a person a day, the most pressing first; to a program, one event a notice. What one call has
    delivered to all that it names is done with: name them all in one call. The exit status is 1 if something
    did not arrive, or somebody is missing. Passwords and secrets come from the environment, not from here.

    \b
    Example:
      loopengine outbox deliver --to smtp://mail.example.org:587?from=board@example.org
    """
    from loopengine.notices.delivering import deliver

    deliverers = [_deliverer(each, given) for each in named]
    with engine(given) as at_work:
        delivered = deliver(at_work, deliverers, daily=not again_today)
    answer(given, delivered.to_json(), lambda page: _tell_delivered(page, delivered, given))
    return 0 if delivered.ok else 1


@verb("retry")
@click.argument("notices", metavar="KEY", nargs=-1, required=True)
def retry_verb(given: Given, notices: tuple[str, ...]) -> None:
    """Try notices again from the beginning.

    Also those that were parked, or that wait longer and longer: wherever they have not arrived.

    \b
    Example:
      loopengine outbox retry SCR-2017-001/decision/1/escalate-1
    """
    from loopengine.notices.looking import retry

    with engine(given) as at_work:
        places = {key: retry(at_work, key) for key in notices}
    document = [{"key": key, "deliveries": number} for key, number in places.items()]
    answer(given, document, lambda page: _tell_retried(page, places))


outbox_verb = ListsAlone(
    "outbox",
    commands=[list_verb, deliver_verb, retry_verb],
    subcommand_metavar="[VERB] ...",
    invoke_without_command=True,
    help=cleandoc(
        """Show what clocks have to tell people, and deliver it; without a verb, list it.

        \b
        Example:
          loopengine outbox
        """
    ),
)


def _deliverer(text: str, given: Given) -> Deliverer:
    from loopengine.notices.deliverers import Print, deliverer_of

    found = deliverer_of(text)
    # With --json, one document is all that goes to standard output.
    return Print(sys.stderr) if given.json and isinstance(found, Print) else found


def _tell_listed(page: Page, listed: Sequence[Listed], given: Given) -> None:
    if not listed:
        page.say("Nothing waits in the outbox")
        return
    page.table(
        ("NOTICE", "DUE", "TELLS", "STATE"),
        (
            (
                each.notice.notice.key,
                day(each.notice.told.due),
                ", ".join(each.notice.notice.roles) or "nobody",
                [Styled(each.state, _COLOURS[each.state]), *_why(each)],
            )
            for each in listed
        ),
    )
    lines = list(dict.fromkeys(line for each in listed for line in _ways_out(each, given)))
    if lines:
        page.heading("What helps")
        for line in lines[:_MOST_HINTS]:
            page.line(line, indent=2)
        if len(lines) > _MOST_HINTS:
            page.say(f"and {len(lines) - _MOST_HINTS} more", indent=2)


def _why(listed: Listed) -> Iterator[str]:
    """What is to be said of a notice beside its state."""
    vacant = listed.notice.vacant
    said = [f"nobody holds {either(vacant)}"] if vacant else []
    said += [f"{name} has no address" for name in listed.nameless]
    said += [_how_it_went(each) for each in listed.tried if each.state in ("parked", "failing")]
    if said:
        yield f": {'; '.join(said)}"


def _how_it_went(tried: Tried) -> str:
    delivery = tried.delivery
    to = delivery.to.channel if tried.name is None else f"{delivery.to.channel} to {tried.name}"
    times = f" after {counted(delivery.attempts, 'attempt', 'attempts')}" if delivery.attempts else ""
    when = f", again from {minute(delivery.next_at)}" if delivery.next_at is not None else ""
    return f"{to}, {delivery.error}{times}{when}"


def _ways_out(listed: Listed, given: Given) -> Iterator[str]:
    """The lines that help with a notice."""
    for role in listed.notice.vacant:
        yield again(given, "people", "add", "NAME", role, *_agency_of(role, listed))
    for name in listed.nameless:
        yield again(given, "people", "change", name, "--address", "ADDRESS")
    if listed.state == "parked":
        yield again(given, "outbox", "retry", listed.notice.notice.key)


def _agency_of(role: str, listed: Listed) -> list[str]:
    from loopengine.core.needs import AGENCY_ROLES

    agencies = listed.notice.notice.agencies
    return ["--agency-of", agencies[0] if agencies else "AGENCY"] if role in AGENCY_ROLES else []


def _tell_delivered(page: Page, delivered: Delivered, given: Given) -> None:
    page.say(
        Styled(counted(delivered.messages, "message", "messages"), "bold"),
        f" delivered, with {counted(delivered.sent, 'notice', 'notices')}",
    )
    if delivered.failed:
        page.entry("failed", Styled(f"{delivered.failed}, to be tried again", "yellow"))
    if delivered.parked:
        page.entry("parked", Styled(f"{delivered.parked}, until you have looked", "red"))
    if delivered.waiting:
        page.entry("waiting", f"{delivered.waiting}, until it is their turn")
    if delivered.undeliverable:
        page.entry("missing", Styled(f"somebody to tell, for {delivered.undeliverable}", "red"))
    if not delivered.ok:
        page.entry("more", "what it is, and what helps:")
        page.entry_line(again(given, "outbox"))


def _tell_retried(page: Page, places: dict[str, int]) -> None:
    for key, number in places.items():
        said = f" is tried again in {counted(number, 'place', 'places')}" if number else " waits nowhere"
        page.say(Styled(key, "bold"), said)
