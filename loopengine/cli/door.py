"""Where an incident leads, and what came of it, in words: what the verbs of the door answer.

Knows what the engine answers, and which lines to type next. Does not know how an incident is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from loopengine.cli.context import again
from loopengine.cli.options import Given
from loopengine.cli.output import Page, Part, Styled
from loopengine.cli.wording import ANSWER, REASON, answers_words

if TYPE_CHECKING:
    from loopengine import Framework, Refused
    from loopengine.core.definitions import Step
    from loopengine.core.routes import Outcome, Recommendation, Routing
    from loopengine.engine.intaking import Intake

_NOTHING = "nothing is called for by these rows"
_VERDICTS = {"true": "yes", "false": "no", "unknown": "not known yet"}
_LABELS: dict[Outcome, str] = {
    "required": "must",
    "advised": "should",
    "possible": "may",
    "undetermined": "open",
    "ruled_out": "no",
}


def tell_routing(page: Page, routing: Routing, *, reasons: bool) -> None:
    """Say where an incident leads for one child, strongest first; with *reasons*, by which rows."""
    for each in routing.strongest_first:
        if reasons:
            _tell_reasons(page, each)
        elif each.outcome != "ruled_out":
            page.entry(_LABELS[each.outcome], *_named(each), *_could(each))
    if not reasons and (not_called_for := routing.that_are("ruled_out")):
        page.entry(_LABELS["ruled_out"], ", ".join(routing[review].title for review in not_called_for))
    if routing.otherwise is not None:
        page.entry("ask", f"{' or '.join(routing.otherwise.ask)}: {routing.otherwise.title or _NOTHING}")
    if routing.open_questions:
        page.say()
        page.say("To be asked:")
        for fact in routing.open_questions:
            page.entry("ask", fact.ask)
            page.entry("", Styled(fact.name, "bold"), f"={ANSWER}: {answers_words(fact)}")


def tell_intake(page: Page, taken: Intake, board: Framework, given: Given) -> None:
    """Say where the incident leads for every child, what was opened, and what to do next."""
    from loopengine import Moved, Refused

    for number, (child, routing) in enumerate(taken.children.items()):
        if number:
            page.say()
        if child:
            page.say(Styled(f"Child {child}", "bold"))
        tell_routing(page, routing, reasons=False)
    page.say()
    if taken.case is None:
        _tell_left_out(page, taken)
        page.say("Nothing was written: with --open it is. `loopengine route` says why, for each review.")
        return
    page.say(Styled(taken.case.reference, "bold"), f" is on record: {taken.case.title}")
    match taken.decision:
        case None:
            page.entry("next", "say for each child which reviews there will be, and then decide:")
            _tell_how_to_decide(page, taken, board, given)
        case Moved():
            for each in taken.opened:
                whom = f" ({', '.join(each.children)})" if each.children else ""
                page.entry("opened", Styled(each.case.reference, "bold"), f" {each.case.title}{whom}")
            if not taken.opened:
                page.entry("opened", "nothing: no review will be carried out")
        case Refused() as refused:
            _tell_refused(page, taken, refused, board, given)


def _tell_reasons(page: Page, each: Recommendation) -> None:
    page.say(*_named(each), f": {each.said}", *_could(each))
    for strength, row in each.rows:
        page.entry(strength, f"{_VERDICTS[row.verdict.word]}: {row.because.text}")


def _named(each: Recommendation) -> list[Part]:
    return [Styled(each.title, "bold"), f" ({each.review})"]


def _could(each: Recommendation) -> list[Part]:
    return [] if each.could_be is None else [f"; {each.said_of_could}"]


def _left_out(taken: Intake, outcome: Outcome) -> Iterator[tuple[str, Recommendation]]:
    """The reviews that come to *outcome* for a child, and are not among those decided for it."""
    for child, reviews in taken.decided.items():
        for review in taken.children[child].that_are(outcome):
            if review not in reviews:
                yield child, taken.children[child][review]


def _tell_left_out(page: Page, taken: Intake) -> None:
    outcomes: tuple[Outcome, ...] = ("required", "advised")
    for outcome in outcomes:
        for child, each in _left_out(taken, outcome):
            of = f" for child {child}" if child else ""
            page.entry("left out", *_named(each), f" {each.said}{of}, and is not decided on")


def _tell_refused(page: Page, taken: Intake, refused: Refused, board: Framework, given: Given) -> None:
    for reason in refused.reasons:
        page.entry("refused", reason)
    _tell_left_out(page, taken)
    page.entry("next", "the incident is on record, and its clock runs: put it right there, and then decide:")
    _tell_how_to_decide(page, taken, board, given)


def _tell_how_to_decide(page: Page, taken: Intake, board: Framework, given: Given) -> None:
    """The lines to type: what to record, and how to decide by it, or otherwise."""
    from loopengine.core.rules.lists import concrete
    from loopengine.engine.intaking import chosen_fact, deciding, intake_of

    assert taken.case is not None
    case, workflow = taken.case.reference, intake_of(board)
    asked = workflow.fact_asked(chosen_fact(workflow))
    undecided = {child for child, _ in _left_out(taken, "required")} | (taken.children.keys() - taken.decided)
    facts = [(child, fact.name) for child, each in taken.children.items() for fact in each.open_questions]
    facts += [(child, asked.name) for child in taken.children if child in undecided]
    # What is asked of each child is named with its letter; anything else once.
    named = {
        concrete(name, child) if child and name in workflow.repeated else name: None for child, name in facts
    }
    if named:
        roles = [part for role in asked.by[:1] for part in ("--role", role)]
        page.entry_line(again(given, "record", case, *(f"{name}={ANSWER}" for name in named), *roles))
    against = not named and any(_left_out(taken, "advised"))
    step = deciding(workflow, REASON if against else None)
    words = ["--reason", REASON] if step.reason_required else []
    page.entry_line(again(given, "fire", case, step.event, *words, *_roles(step)))


def _roles(step: Step) -> list[str]:
    return [part for party in step.by[:1] for part in ("--role", party.role)]
