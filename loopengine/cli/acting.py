"""The verbs that write: open a case, record facts, fire an event.

Each says what it did, and what followed from it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import click

from loopengine.cli.context import actor, again, answer, engine, facts_of, framework, today
from loopengine.cli.far_ahead import note_days_far_ahead
from loopengine.cli.options import Given, verb
from loopengine.cli.output import Page, Styled, note
from loopengine.cli.spelling import hinted
from loopengine.cli.wording import state_words, tell_question, value_words, verdict_word

if TYPE_CHECKING:
    from loopengine import Actor, Case, Decision, Engine, Framework, Moved, Refused
    from loopengine.engine.results import Answers

_Function = TypeVar("_Function", bound=Callable[..., object])


def _words(name: str, says: str) -> Callable[[_Function], _Function]:
    """An option called *name* for words; none at all are the same as not giving it."""
    return click.option(name, metavar="TEXT", help=says, callback=lambda _ctx, _option, words: words or None)


_EVIDENCE = _words("--evidence", "Where the answers are recorded; some need it.")


@verb("open", "on", "key")
@click.argument("workflow")
@click.argument("facts", nargs=-1, metavar="[FACT=VALUE]...", type=click.UNPROCESSED)
@click.option("--under", metavar="CASE", help="Open it as a sub-case of this case.")
@_EVIDENCE
def open_verb(
    given: Given, workflow: str, facts: tuple[str, ...], under: str | None, evidence: str | None
) -> None:
    """Open a case of a workflow, with what is known of it.

    If there is no database yet, one is made, and said where.

    \b
    Example:
      loopengine open serious-case-review notified_on=2017-01-03 --by "Ann Lee" --role local_authority
    """
    known, who = facts_of(facts), actor(given)
    # A sub-case lives under the framework of its parent, whatever the folder holds by now.
    board = framework(given) if under is None else None
    if board is not None:
        _refuse_nonsense(board, workflow, known, who, evidence)
    with hinted(known), engine(given, board, create=under is None) as at_work:
        case = at_work.open(
            workflow, known, by=who, under=under, on=given.on, evidence=evidence, key=given.key
        )
    for warning in case.warnings:
        note(warning)
    note_days_far_ahead(known, today(given))
    answer(given, case.opened_json(), lambda page: _tell_opened(page, case, given))


@verb("record", "on", "key", "revision")
@click.argument("case")
@click.argument("facts", nargs=-1, required=True, metavar="FACT=VALUE...", type=click.UNPROCESSED)
@_EVIDENCE
@click.option(
    "--correct", is_flag=True, help="What stood was wrong: replace it. Without this, it has changed."
)
def record_verb(given: Given, case: str, facts: tuple[str, ...], evidence: str | None, correct: bool) -> None:
    """Record answers to the questions of a case.

    Several parties are written a,b,c and replace those that stood. What follows of itself happens at once.

    \b
    Example:
      loopengine record SCR-2017-001 child_died=yes joint_working_concern=unknown --by "Ann Lee"
    """
    known = facts_of(facts)
    with hinted(known), engine(given) as at_work:
        answers = at_work.record(
            case,
            known,
            by=actor(given),
            on=given.on,
            evidence=evidence,
            correction=correct,
            key=given.key,
            revision=given.revision,
        )
    note_days_far_ahead(known, today(given))
    for each in answers.alike:
        said = f"{each.fact} = {value_words(each.value)}"
        note(f"{said} was previously identified, within {each.within} before: {', '.join(each.cases)}")
    answer(given, answers.to_json(), lambda page: _tell_recorded(page, answers))


@verb("fire", "on", "key", "revision")
@click.argument("case")
@click.argument("event")
@_words("--reason", "Why; some events need it.")
def fire_verb(given: Given, case: str, event: str, reason: str | None) -> int:
    """Fire an event: the case moves, or the event is refused and says why.

    Either is written to its history. The exit status is 1 if it did not move.

    \b
    Example:
      loopengine fire SCR-2017-001 commission --by "Carys Jones" --role independent_chair
    """
    from loopengine.engine.why import decision_json

    with engine(given) as at_work:
        decision = at_work.fire(
            case,
            event,
            by=actor(given),
            reason=reason,
            on=given.on,
            key=given.key,
            revision=given.revision,
        )
        roles = _roles(at_work, decision)
    for warning in decision.warnings if decision.moved else ():
        note(warning)
    answer(given, decision_json(decision, roles), lambda page: _tell_fired(page, decision, given))
    return 0 if decision.moved else 1


def _refuse_nonsense(
    board: Framework, workflow: str, facts: dict[str, str], who: Actor, evidence: str | None
) -> None:
    """Refuse what the engine would, before there is a database that nobody needs."""
    from loopengine.engine.recording import typed

    with hinted(facts):
        known = board.workflow(workflow).given(facts)
        typed({name: known.fact(name) for name in facts}, facts, evidence=evidence, by=who.within(board))


def _roles(at_work: Engine, decision: Decision) -> tuple[str, ...]:
    """The roles that the case of *decision* knows, if a question of it needs them."""
    from loopengine import Refused

    asked = isinstance(decision, Refused) and decision.questions
    return at_work.explain(decision.case, decision.event).roles if asked else ()


def _tell_opened(page: Page, case: Case, given: Given) -> None:
    page.say(Styled(case.reference, "bold"), f" is open: {case.title}")
    page.entry("state", state_words(case))
    if case.stage is not None:
        page.entry("stage", case.stage)
    if case.parent is not None:
        page.entry("under", case.parent)
    page.entry("next", "what may happen, and what to ask:")
    page.entry_line(again(given, "why", case.reference))


def _tell_recorded(page: Page, answers: Answers) -> None:
    page.say(Styled(answers.case, "bold"), f" has it on record (revision {answers.revision})")
    for fact, value in answers.recorded.items():
        page.entry("fact", f"{fact} = {value_words(value)}")
    _tell_also_moved(page, answers.also_moved)


def _tell_fired(page: Page, decision: Decision, given: Given) -> None:
    from loopengine import Moved, Refused

    match decision:
        case Moved():
            _tell_moved(page, decision)
        case Refused():
            _tell_refused(page, decision, given)


def _tell_moved(page: Page, moved: Moved) -> None:
    how = " (OVERRIDING its rule)" if moved.overridden else ""
    page.say(
        Styled(moved.case, "bold"),
        f": {moved.event} ",
        verdict_word("allowed"),
        f"{how}, {moved.from_state} -> {moved.to}",
    )
    if moved.stage is not None:
        page.entry("stage", moved.stage)
    if moved.opened:
        page.entry("opened", ", ".join(moved.opened))
    _tell_also_moved(page, moved.also_moved)


def _tell_refused(page: Page, refused: Refused, given: Given) -> None:
    page.say(
        Styled(refused.case, "bold"),
        f": {refused.event} ",
        verdict_word(refused.verdict),
        f", still in {refused.state}",
    )
    for reason in refused.reasons:
        page.entry("because", reason)
    for fact in refused.questions:
        tell_question(page, fact, refused.case, given)
    page.entry("more", "what it rests on:")
    page.entry_line(again(given, "why", refused.case, refused.event))


def _tell_also_moved(page: Page, cases: tuple[str, ...]) -> None:
    if cases:
        page.entry("also moved", ", ".join(cases))
