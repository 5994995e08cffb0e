"""The verbs of the door: where an incident leads, and taking it in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from loopengine.cli.context import actor, answer, engine, facts_of, framework, today
from loopengine.cli.door import tell_intake, tell_routing
from loopengine.cli.far_ahead import note_days_far_ahead
from loopengine.cli.options import Given, Verb, verb
from loopengine.cli.output import note
from loopengine.cli.spelling import hinted
from loopengine.errors import UsageError

if TYPE_CHECKING:
    from loopengine import Framework
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
    """Say where an incident leads: which reviews there must, should or may be, why, and what to ask.

    Of one child; for several, see `intake`. Nothing is written, and no database is needed. What is not known
    never counts as "no". Without any fact, it says what there is to ask.

    \b
    Example:
      loopengine route trigger=incident abuse_or_neglect=suspected child_died=yes
    """
    known, board = facts_of(facts), framework(given)
    with hinted(known):
        routing = board.route(known, given.on or today(given))
    answer(given, routing.to_json(), lambda page: tell_routing(page, routing, reasons=True))


@verb("intake", "on", "key", made_as=_Intake)
@click.argument("words", nargs=-1, metavar="FILE | FACT=VALUE...", type=click.UNPROCESSED)
@click.option("--open", "opens", is_flag=True, help="Write it down, and open what is decided.")
@click.option(
    _CHILD, metavar="LETTER", help="The facts that follow are of this child by itself; again for each."
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

    First without --open: it says for each child where the incident leads, and writes nothing. Then the same
    with --open: the incident is on record, and its clock runs.

    Facts before the first --child are of the incident, or of all the children; those after it are of that
    child, and go first. A child is a letter, never a name. Instead of facts, a FILE (YAML or JSON) may say
    the same: facts, and under `children` those of each.

    What people decide are facts too: for each child reviews=a,b (or none), and for the incident together=a,b,
    for reviews that the children share. With --open these reviews are opened. A review that must be carried
    out cannot be left out; one that should be, only with --reason, by those who answer for it. If what is
    decided is refused, the incident is on record all the same, and waits: put it right there.

    \b
    Example:
      loopengine intake trigger=incident abuse_or_neglect=known youth_justice_incident=no \\
        --child A child_died=yes reviews=serious-case-review,child-death-review,notifiable-incident \\
        --open --role business_unit
    """
    shared, children = _told(words)
    board = framework(given)
    typed = {name: str(value) for name, value in shared.items()}
    for letter, own in children.items():
        typed |= {f"{name}.{letter}": str(value) for name, value in {**shared, **own}.items()}
    with hinted(typed):
        # What makes no sense is told before there is a database.
        taken = _only_said(board, shared, children, given)
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
    if taken.case is not None:
        for warning in taken.case.warnings:
            note(warning)
        note_days_far_ahead(typed, today(given))
    answer(given, taken.to_json(), lambda page: tell_intake(page, taken, board, given))
    return 0 if taken.decision is None or taken.decision.moved else 1


def _told(words: Sequence[str]) -> tuple[dict[str, object], dict[str, dict[str, object]]]:
    """The facts of the incident, and those of each child, as *words* or the file that they name tell them."""
    if not words:
        raise UsageError(
            "nothing is told of the incident",
            "write facts as fact=value, or name a file; `loopengine intake --help` has an example",
        )
    named = [word for word in words if "=" not in word and not word.startswith(_MARK)]
    if named and len(words) == 1:
        return _from_file(named[0])
    if named and Path(named[0]).suffix:
        raise UsageError(
            f"the file {named[0]!r} does not stand alone", "write all facts into it, or all of them here"
        )
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
    from loopengine.core.files.incidents import read_incident

    try:
        content = Path(name).expanduser().read_bytes()
    except OSError as error:
        raise UsageError(
            f"the file {name!r} cannot be read: {error.strerror}",
            "name one that is there, or write facts as fact=value",
        ) from None
    return read_incident(name, content)


def _only_said(
    board: Framework, shared: dict[str, object], children: dict[str, dict[str, object]], given: Given
) -> Intake:
    from loopengine.engine.intaking import only_said

    return only_said(board, shared, children, given.on or today(given))
