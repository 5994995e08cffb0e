"""The verbs of the door: where an incident leads, and taking it in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from loopengine.cli.context import actor, again, answer, engine, facts_of, framework, today
from loopengine.cli.options import Given, Verb, verb
from loopengine.cli.output import Page, Styled, note
from loopengine.cli.spelling import hinted
from loopengine.errors import UsageError

if TYPE_CHECKING:
    from loopengine import Framework
    from loopengine.core.routes import Routing
    from loopengine.engine.intaking import Intake

_CHILD = "--child"
# Stands before a letter where `--child` stood: no fact begins like it.
_MARK = "\N{SECTION SIGN}"


class _Intake(Verb):
    """`--child` cuts the facts that follow it from those before: it is no option like others."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read *args* with each child marked among the facts."""
        rest, marked = iter(args), []
        for word in rest:
            flag, _, value = word.partition("=")
            if flag != _CHILD:
                marked.append(word)
                continue
            letter = value or next(rest, "")
            if not letter or letter.startswith("-") or "=" in letter:
                raise UsageError(f"{_CHILD} names no child", f"write {_CHILD} A, and then what is known of A")
            marked.append(_MARK + letter)
        return super().parse_args(ctx, marked)


@verb("route", "on")
@click.argument("facts", nargs=-1, metavar="[FACT=VALUE]...", type=click.UNPROCESSED)
def route_verb(given: Given, facts: tuple[str, ...]) -> None:
    """Say where an incident leads: which reviews there must, should or may be, and what to ask.

    Of one child; nothing is written. What is not known never counts as "no".

    \b
    Example:
      loopengine route trigger=incident abuse_or_neglect=suspected child_died=yes
    """
    known, board = facts_of(facts), framework(given)
    with hinted(known):
        routing = board.route(known, given.on or today(given))
    answer(given, routing.to_json(), lambda page: _tell_routing(page, routing, reasons=True))


@verb("intake", "on", "key", made_as=_Intake)
@click.argument("words", nargs=-1, metavar="[FILE | FACT=VALUE]...", type=click.UNPROCESSED)
@click.option("--open", "opens", is_flag=True, help="Write it down, and open what is decided.")
@click.option(
    _CHILD, "child", metavar="LETTER", help="What follows is of this child by itself; again for each."
)
@click.option("--reason", metavar="TEXT", help="Why, where it is decided against a review that should be.")
@click.option("--evidence", metavar="TEXT", help="Where the answers are recorded; some need it.")
def intake_verb(
    given: Given,
    words: tuple[str, ...],
    opens: bool,
    child: str | None,
    reason: str | None,
    evidence: str | None,
) -> int:
    """Take in an incident, with every child whom it concerns.

    Facts before the first --child are of the incident, or of all the children; those after it of that child.
    Instead of facts, a FILE may say the same: facts, and under `children` those of each. Without --open it is
    only said where the incident leads. What is decided is a fact of each child: reviews=a,b (or none), and
    together=a for those that the children share.

    \b
    Example:
      loopengine intake trigger=incident abuse_or_neglect=known --child A child_died=yes \\
        reviews=serious-case-review,child-death-review,notifiable-incident --open --role business_unit
    """
    shared, children = _told(words)
    board = framework(given)
    with hinted({name: str(value) for name, value in shared.items()}):
        if opens:
            with engine(given, board, create=True) as at_work:
                taken = at_work.intake(
                    shared,
                    children,
                    by=actor(given),
                    on=given.on,
                    reason=reason,
                    evidence=evidence,
                    key=given.key,
                )
        else:
            taken = _only_said(board, shared, children, given)
    if taken.case is not None:
        for warning in taken.case.warnings:
            note(warning)
    answer(given, taken.to_json(), lambda page: _tell_intake(page, taken, given))
    return 0 if taken.decision is None or taken.decision.moved else 1


def _told(words: Sequence[str]) -> tuple[dict[str, object], dict[str, dict[str, object]]]:
    """The facts of the incident, and those of each child, as *words* or the file that they name tell them."""
    if len(words) == 1 and "=" not in words[0] and not words[0].startswith(_MARK):
        return _from_file(words[0])
    parts: list[tuple[str, list[str]]] = [("", [])]
    for word in words:
        if word.startswith(_MARK):
            parts.append((word.removeprefix(_MARK), []))
        else:
            parts[-1][1].append(word)
    children: dict[str, dict[str, object]] = {}
    for letter, told in parts[1:]:
        if letter in children:
            raise UsageError(f"child {letter} is told of twice", "give each child once")
        children[letter] = dict(facts_of(told))
    return dict(facts_of(parts[0][1])), children


def _from_file(name: str) -> tuple[dict[str, object], dict[str, dict[str, object]]]:
    from pathlib import Path

    from loopengine.core.files.incidents import read_incident

    try:
        content = Path(name).expanduser().read_bytes()
    except OSError as error:
        raise UsageError(
            f"the file {name!r} cannot be read: {error.strerror}", "or write facts as fact=value"
        ) from None
    return read_incident(name, content)


def _only_said(
    board: Framework, shared: dict[str, object], children: dict[str, dict[str, object]], given: Given
) -> Intake:
    from loopengine.engine.intaking import Intake, recommended

    return Intake(recommended(board, shared, children, given.on or today(given)))


def _tell_intake(page: Page, taken: Intake, given: Given) -> None:
    from loopengine import Moved, Refused

    for child, routing in taken.children.items():
        if child:
            page.heading(f"Child {child}")
        _tell_routing(page, routing, reasons=False)
    if taken.case is None:
        page.say()
        page.say("Nothing was written: with --open it is. `loopengine route` says why for each of them.")
        return
    page.say()
    page.say(Styled(taken.case.reference, "bold"), f" is open: {taken.case.title}")
    match taken.decision:
        case None:
            page.entry("next", "decide which reviews there will be, as in reviews=a,b, and then:")
            page.entry_line(again(given, "why", taken.case.reference))
        case Moved(opened=opened):
            page.entry("opened", ", ".join(opened) or "nothing")
        case Refused(reasons=reasons):
            for reason in reasons:
                page.entry("refused", reason)
            page.entry_line(again(given, "why", taken.case.reference))


def _tell_routing(page: Page, routing: Routing, *, reasons: bool) -> None:
    for each in routing.recommendations:
        page.say(Styled(f"{each.title}: ", "bold"), each.said)
        if each.could_be is not None:
            page.entry("could be", each.said_of_more)
        for strength, row in each.rows if reasons else ():
            page.entry(strength, f"{row.verdict.word}: {row.because.text}")
    if routing.open_questions:
        page.say()
        page.say("To be asked:")
        for fact in routing.open_questions:
            page.entry("ask", Styled(fact.name, "bold"), f": {fact.ask}")
