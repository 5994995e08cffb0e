"""The verb `why`: what may happen next to a case, and why or why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from loopengine.cli.context import again, answer, engine
from loopengine.cli.options import Given, verb
from loopengine.cli.output import Page, Styled
from loopengine.cli.wording import day, either, tell_question, verdict_word

if TYPE_CHECKING:
    from loopengine.core.questions import Fix
    from loopengine.engine.results import Outlook, Why


@verb("why", "as_of")
@click.argument("case")
@click.argument("event", required=False)
def why_verb(given: Given, case: str, event: str | None) -> None:
    """Say what may happen next to a case, and why or why not.

    For every event, or the one named: whether it is allowed, who may fire it, what is still to be asked,
    what would change the verdict, what it waits for, and what all of that rests on.

    \b
    Example:
      loopengine why SCR-2017-001 commission
    """
    with engine(given) as at_work:
        why = at_work.explain(case, event, as_of=given.as_of)
    answer(given, why.to_json(), lambda page: _tell_why(page, why, event, given))


def _tell_why(page: Page, why: Why, event: str | None, given: Given) -> None:
    case = why.case
    page.say(Styled(case.reference, "bold"), f", {case.title}, is in {case.state}: {case.doing}")
    if case.ended:
        page.entry("ended", "nothing more happens to it")
    if why.sub_cases:
        page.entry("sub-cases", ", ".join(why.sub_cases))
    if event is not None and not why.events and not case.ended:
        page.entry(event, f"is not answered in {case.state}")
        page.entry_line(again(given, "why", case.reference))
    asked: set[str] = set()
    for outlook in why.events:
        page.say()
        _tell_outlook(page, why, outlook, asked, given)


def _tell_outlook(page: Page, why: Why, outlook: Outlook, asked: set[str], given: Given) -> None:
    case = why.case.reference
    page.say(Styled(outlook.event, "bold"), ": ", verdict_word(outlook.verdict))
    if outlook.title:
        page.entry("means", outlook.title)
    page.entry("leads to", outlook.to)
    page.entry("who", _who(outlook))
    if outlook.verdict == "allowed" and not outlook.automatic:
        page.entry_line(_line(case, outlook, given))
    for fact in outlook.questions:
        if fact.name not in asked:
            tell_question(page, fact, case, given)
    again_asked = [fact.name for fact in outlook.questions if fact.name in asked]
    if again_asked:
        page.entry("ask", f"as above: {', '.join(again_asked)}")
    asked.update(fact.name for fact in outlook.questions)
    for n, fix in enumerate(outlook.fixes):
        page.entry("or if" if n else "allowed if", _fix(fix))
    if outlook.override is not None and outlook.verdict != "allowed":
        page.entry("override", f"{outlook.override} may fire it all the same, with a reason")
    if outlook.waiting_for:
        page.entry("waits for", ", ".join(outlook.waiting_for))
    if outlook.not_before is not None:
        page.entry("not before", day(outlook.not_before))
    if outlook.blocked_by:
        page.entry("held by", ", ".join(outlook.blocked_by))
    if outlook.sources:
        page.entry("source", "; ".join(outlook.sources))
    _tell_because(page, outlook)


def _tell_because(page: Page, outlook: Outlook) -> None:
    from loopengine.core.explanation import lines

    if outlook.because is not None:
        for n, line in enumerate(lines(outlook.because)):
            page.entry("" if n else "rests on", line)


def _who(outlook: Outlook) -> str:
    if outlook.automatic:
        return "the engine, as soon as its rule is true"
    who = either(outlook.roles) if outlook.roles else "anybody"
    if outlook.agencies is not None:
        who += f", of {either(outlook.agencies) if outlook.agencies else 'no agency that is named yet'}"
    return who


def _line(case: str, outlook: Outlook, given: Given) -> str:
    words = ["fire", case, outlook.event]
    if outlook.roles:
        words += ["--role", outlook.roles[0]]
    if outlook.agencies:
        words += ["--agency", outlook.agencies[0]]
    if outlook.reason_required:
        words += ["--reason", "REASON"]
    return again(given, *words)


def _fix(fix: Fix) -> str:
    return " and ".join(f"{change.fact} is {either(change.values)}" for change in fix)
