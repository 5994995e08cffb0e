"""The verb `why`: what may happen next to a case, and why or why not."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import click

from loopengine.cli.context import again, engine
from loopengine.cli.options import Given, verb
from loopengine.cli.output import Page, Styled, print_json
from loopengine.cli.wording import (
    REASON,
    clock_words,
    day,
    either,
    move_words,
    state_words,
    tell_question,
    verdict_word,
)

if TYPE_CHECKING:
    from loopengine.core.rules.fixing import Change
    from loopengine.engine.results import CaseFile
    from loopengine.engine.why import Outlook, Why


@verb("why", "as_of")
@click.argument("case")
@click.argument("event", required=False)
def why_verb(given: Given, case: str, event: str | None) -> None:
    """Say what may happen next to a case, and why or why not.

    For every event: whether it is allowed, who may fire it, what is still to be asked, what would allow it,
    what it waits for. For an EVENT that is named, also what all of that rests on, answer by answer.

    \b
    Example:
      loopengine why SCR-2017-001 commission
    """
    with engine(given) as at_work:
        why = at_work.explain(case, event, as_of=given.as_of)
        if given.json:
            print_json(why.to_json())
            return
        file = at_work.case(case, as_of=given.as_of)
        agencies = at_work.framework.agencies
    _Telling(Page(), why, file, agencies, given).tell(event)


class _Telling:
    """Tells *why* to a page; a question that several events share is asked once."""

    def __init__(self, page: Page, why: Why, file: CaseFile, agencies: Collection[str], given: Given) -> None:
        self._page = page
        self._why = why
        self._file = file
        self._agencies = agencies
        self._given = given
        self._asked: set[str] = set()

    def tell(self, event: str | None) -> None:
        """Tell it of *event*, or of every event that the case's state answers to."""
        page, case = self._page, self._why.case
        page.say(Styled(case.reference, "bold"), f", {case.title}")
        page.entry("state", state_words(case))
        page.entry("whose move", move_words(self._file))
        if self._file.holds:
            page.entry("on hold", ", ".join(self._file.holds))
        if self._why.sub_cases:
            page.entry("sub-cases", ", ".join(self._why.sub_cases))
        if event is not None and not self._why.events:
            page.say()
            page.say(Styled(event, "bold"), ": ", verdict_word("refused"))
            page.entry("because", f"it is not answered in {case.state}")
        for outlook in self._why.events:
            page.say()
            self._tell_outlook(outlook)
            if event is not None:
                self._tell_because(outlook)
        if event is None and self._why.events:
            page.say()
            page.say("What an event rests on, answer by answer:")
            page.line(self._again("why", case.reference, "EVENT"), indent=2)

    def _tell_outlook(self, outlook: Outlook) -> None:
        page = self._page
        page.say(Styled(outlook.event, "bold"), ": ", verdict_word(outlook.verdict))
        if outlook.title:
            page.entry("means", outlook.title)
        page.entry("leads to", "the same state" if outlook.to == self._why.case.state else outlook.to)
        page.entry("who", self._who(outlook))
        if outlook.verdict == "allowed" and not outlook.automatic:
            page.entry_line(self._line(outlook))
        for obstacle in outlook.obstacles:
            page.entry("because", obstacle)
        self._tell_questions(outlook)
        for n, fix in enumerate(outlook.fixes):
            page.entry("or if" if n else "allowed if", " and ".join(map(self._change, fix)))
        if outlook.override is not None and outlook.verdict != "allowed":
            page.entry("override", f"{outlook.override} may fire it all the same, with a reason")
        for kind, state in outlook.awaits:
            openers = " or ".join(each.event for each in self._why.events if kind in each.opens)
            more = f"; {openers} opens one" if openers else ""
            more = "; `loopengine link` ties one to it" if kind in outlook.linked else more
            page.entry("or when", f"{kind.replace('_', ' ')} have reached {state}{more}")
        if outlook.waiting_for_events:
            page.entry("first", f"{' and '.join(outlook.waiting_for_events)} has to happen")
        if outlook.waiting_for:
            page.entry("waits for", ", ".join(outlook.waiting_for))
        if outlook.not_before is not None:
            page.entry("not before", day(outlook.not_before))
        if outlook.by_waiting not in (None, outlook.not_before):
            page.entry("or from", day(outlook.by_waiting), ", if nothing is changed")
        for clock in self._file.clocks:
            if outlook.event in clock.deadline.until and clock.stopped_on is None:
                told = [*clock_words(clock, self._file.today), f" ({clock.deadline.name})"]
                when = "on hold" if clock.held else day(clock.due.on)  # nobody knows when it will be due
                page.entry("due", when, ", ", *told)
        if outlook.blocked_by:
            page.entry("held by", ", ".join(outlook.blocked_by))
        if outlook.sources:
            page.entry("source", "; ".join(outlook.sources))

    def _tell_questions(self, outlook: Outlook) -> None:
        # What nobody has answered is asked for, also where a rule is content to know that it is not known.
        changed = dict.fromkeys(change.fact for fix in outlook.fixes for change in fix)
        missing = [self._file.asks[name] for name in changed if name not in self._file.answers]
        questions = list({fact.name: fact for fact in (*outlook.questions, *missing)}.values())
        fresh = [fact for fact in questions if fact.name not in self._asked]
        for fact in fresh:
            tell_question(self._page, fact, self._why.case.reference, self._given)
        above = [fact.name for fact in questions if fact.name in self._asked]
        if above:
            self._page.entry("ask", f"as above: {', '.join(above)}")
        self._asked.update(fact.name for fact in fresh)

    def _tell_because(self, outlook: Outlook) -> None:
        from loopengine.core.rules.explanation import lines

        if outlook.because is not None:
            for n, line in enumerate(lines(outlook.because)):
                self._page.entry("" if n else "rests on", line)

    def _line(self, outlook: Outlook) -> str:
        """The line that fires the event."""
        words = ["fire", self._why.case.reference, outlook.event]
        words += [] if self._anybody(outlook) else ["--role", outlook.roles[0]]
        words += ["--agency", outlook.agencies[0]] if outlook.agencies else []
        words += ["--reason", REASON] if outlook.reason_required else []
        return self._again(*words)

    def _who(self, outlook: Outlook) -> str:
        """Who may fire the event."""
        if outlook.automatic:
            return "the engine, as soon as its rule is true"
        said = ["anybody" if self._anybody(outlook) else either(outlook.roles)]
        if outlook.agencies is not None:
            said.append(f"of {_agencies(outlook.agencies, self._agencies)}")
        if outlook.reason_required:
            said.append("giving a reason")
        return ", ".join(said)

    def _anybody(self, outlook: Outlook) -> bool:
        return set(outlook.roles) >= set(self._why.roles)

    def _change(self, change: Change) -> str:
        # There is no end of numbers and days, and hardly of sets: one that would do is an example.
        if self._file.asks[change.fact].type in ("yes_no", "one_of", "party"):
            return f"{change.fact} is {either(change.values)}"
        return f"{change.fact} is for example {change.values[0]}"

    def _again(self, *words: str) -> str:
        return again(self._given, *words)


def _agencies(eligible: Collection[str], known: Collection[str]) -> str:
    """The agencies of *known* that are *eligible*, in as few words as it takes."""
    excluded = sorted(set(known) - set(eligible))
    if not eligible:
        return "an agency that nobody has named yet"
    if excluded and len(excluded) < len(eligible):
        return f"any agency but {either(excluded)}"
    return either(eligible)
