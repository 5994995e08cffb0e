"""The verb `find`: which cases meet a rule, which do not, and of which it cannot be told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from loopengine.cli.context import answer, engine
from loopengine.cli.options import Given, verb
from loopengine.cli.output import Page, Style, Styled
from loopengine.cli.wording import counted, day, tell_question
from loopengine.errors import BadValue, UnknownName, UsageError

if TYPE_CHECKING:
    from loopengine import Framework, Workflow
    from loopengine.engine.finding import Found, Group

_SHOWN = "20"
_SAY = "say loopengine find WORKFLOW RULE; `loopengine workflows` lists the workflows"


@verb("find", "on", "as_of")
@click.argument("words", nargs=-1, metavar="[WORKFLOW] RULE", type=click.UNPROCESSED)
@click.option("--all", "ended", is_flag=True, help="Ended cases, too.")
@click.option(
    "--limit",
    metavar="N",
    default=_SHOWN,
    help=f"Show so many cases of each group; all are counted. [{_SHOWN}]",
)
def find_verb(given: Given, words: tuple[str, ...], ended: bool, limit: str) -> None:
    """Say which open cases meet a rule, which do not, and of which it cannot be told, with what to ask.

    RULE is the name of a rule of the workflow, or an expression in quotes, as in its file. Facts count as
    they are so on the day --on. A rule that only one workflow has needs no WORKFLOW before its name.

    \b
    Example:
      loopengine find serious-case-review "some(children, criteria_met)"
    """
    shown = _number(limit)
    with engine(given) as at_work:
        workflow, rule = _meant(words, at_work.framework)
        found = at_work.find(workflow, rule, on=given.on, ended=ended, limit=shown, as_of=given.as_of)
    answer(given, found.to_json(), lambda page: _tell(page, found, given))


def _meant(words: tuple[str, ...], framework: Framework) -> tuple[str, str]:
    """The workflow and the rule that are named; raises UsageError unless there is just one such."""
    match words:
        case (workflow, rule):
            return workflow, rule
        case (rule,):
            having = [each.name for each in framework.workflows.values() if rule in each.rules]
        case _:
            raise UsageError(f"{counted(len(words), 'word', 'words')} do not say what to find", _SAY)
    if len(having) == 1:
        return having[0], rule
    if having:
        known = ", ".join(having)
        raise UsageError(f"{rule!r} is a rule of several: {known}", f"say loopengine find {having[0]} {rule}")
    if asking := [each for each in framework.workflows.values() if rule in each.facts]:
        raise _no_rule_but_a_fact(rule, asking)
    if rule.isidentifier():
        raise UnknownName(
            "rule", rule, (name for each in framework.workflows.values() for name in each.rules)
        )
    raise UsageError(f"no workflow has a rule called {rule!r}", _SAY)


def _no_rule_but_a_fact(name: str, asking: Sequence[Workflow]) -> UsageError:
    """That *name* is a fact of the workflows *asking*: alone it is an expression, and wants its workflow."""
    types = {each.facts[name].type for each in asking}
    sort = f"{types.pop()} fact" if len(types) == 1 else "fact"
    those = ", ".join(each.name for each in asking[:3]) + (", …" if len(asking) > 3 else "")
    first = asking[0]
    words = name if first.facts[name].type == "yes_no" else f'"known({name})", or compare it'
    return UsageError(
        f"{name!r} is a {sort} of {those}, and not a rule", f"say loopengine find {first.name} {words}"
    )


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadValue(f"--limit cannot be {text!r}", "it is a whole number, such as 50")
    return int(text)


def _tell(page: Page, found: Found, given: Given) -> None:
    page.say(Styled(found.rule, "bold"), f" ({found.workflow}) on {day(found.on)}")
    if found.title is not None:
        page.entry("title", found.title)
    page.entry("yes", Styled(str(found.yes.count), "green"))
    page.entry("no", Styled(str(found.no.count), "red"))
    page.entry("cannot tell", Styled(str(found.unknown.count), "yellow"))
    if found.without.count:
        page.entry("not asked", f"{found.without.count}: their own files cannot say it")
    if found.looked_at:
        page.entry("looked at", f"one by one, because of {', '.join(found.looked_at)}")
    _tell_group(page, "Yes", "green", found.yes)
    _tell_group(page, "No", "red", found.no)
    _tell_unknown(page, found.unknown, given)
    _tell_group(page, "Not asked", "dim", found.without)


def _tell_group(page: Page, heading: str, style: Style, group: Group) -> None:
    if not group.cases:
        return
    page.say()
    page.say(Styled(heading, style))
    rows = [
        (
            each.case.reference,
            each.case.state + (" (ended)" if each.case.ended else ""),
            day(each.case.opened_on),
        )
        for each in group.cases
    ]
    page.table(("CASE", "STATE", "OPENED"), rows)
    _tell_more(page, group)


def _tell_unknown(page: Page, group: Group, given: Given) -> None:
    if not group.cases:
        return
    page.say()
    page.say(Styled("Cannot tell", "yellow"))
    for each in group.cases:
        page.say(Styled(each.case.reference, "bold"), f", in {each.case.state}")
        for fact in each.questions:
            tell_question(page, fact, each.case.reference, given)
        if not each.questions:
            page.entry("ask", "nothing: no answer settles it, but what is done in the case and beneath it")
    _tell_more(page, group)


def _tell_more(page: Page, group: Group) -> None:
    more = group.count - len(group.cases)
    if more:
        page.say(f"and {counted(more, 'case', 'cases')} more (see --limit)")
