"""The verbs that look: one case, all cases, a history, and whether every history verifies."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from loopengine.cli.context import answer, engine
from loopengine.cli.histories import tell_history
from loopengine.cli.options import Given, verb
from loopengine.cli.output import Cell, Page, Styled
from loopengine.cli.wording import (
    clock_words,
    counted,
    day,
    link_words,
    move_words,
    state_words,
    value_words,
)
from loopengine.errors import UnknownName

if TYPE_CHECKING:
    from loopengine import Case, Engine
    from loopengine.core.definitions import Stage
    from loopengine.core.situation import Recorded
    from loopengine.engine.results import Audit, CaseFile


@verb("show", "as_of")
@click.argument("case")
def show_verb(given: Given, case: str) -> None:
    """Show a case: where it stands, whose move it is, what has arisen, facts, clocks, sub-cases and links.

    \b
    Example:
      loopengine show SCR-2017-001
    """
    with engine(given) as at_work:
        file = at_work.case(case, as_of=given.as_of)
    answer(given, file.to_json(), lambda page: _tell_file(page, file))


@verb("list", "as_of")
@click.option("--stage", metavar="STAGE", help="Only cases in this stage, such as review.")
@click.option("--workflow", metavar="WORKFLOW", help="Only cases of this workflow.")
@click.option("--state", metavar="STATE", help="Only cases in this state.")
@click.option("--open", "only_open", is_flag=True, help="Only cases that have not ended.")
def list_verb(
    given: Given, stage: str | None, workflow: str | None, state: str | None, only_open: bool
) -> None:
    """List the cases that meet every condition given, in the order in which they were opened.

    \b
    Example:
      loopengine list --open --stage decision
    """
    with engine(given) as at_work:
        _check_filters(at_work, workflow, state)
        cases = at_work.cases(
            workflow=workflow,
            state=state,
            stage=_stage(stage),
            open_only=only_open,
            as_of=given.as_of,
        )
    answer(given, [case.listed_json() for case in cases], lambda page: _tell_cases(page, cases))


@verb("history", "as_of")
@click.argument("case")
def history_verb(given: Given, case: str) -> None:
    """Show everything that ever happened to a case, refusals included.

    \b
    Example:
      loopengine history SCR-2017-001
    """
    with engine(given) as at_work:
        lines = at_work.history(case, as_of=given.as_of)
    answer(given, [line.to_json() for line in lines], lambda page: tell_history(page, lines))


@verb("audit")
def audit_verb(given: Given) -> int:
    """Verify every history: that nothing in it was changed, and that it leads to where the cases stand.

    The exit status is 5 if anything does not hold.

    \b
    Example:
      loopengine audit
    """
    from loopengine.errors import BrokenHistory

    with engine(given) as at_work:
        result = at_work.audit()
    answer(given, result.to_json(), lambda page: _tell_audit(page, result))
    return 0 if result.ok else BrokenHistory.status


def _stage(name: str | None) -> Stage | None:
    from loopengine.core.definitions import STAGES

    stage = next((each for each in STAGES if each == name), None)
    if name is not None and stage is None:
        raise UnknownName("stage", name, STAGES)
    return stage


def _check_filters(at_work: Engine, workflow: str | None, state: str | None) -> None:
    """Raise UnknownName for what neither the framework nor any case knows; an empty list would mislead."""
    known = at_work.framework.workflows
    if workflow is not None and workflow not in known:
        # Cases keep the framework that they began under, so they may know more than the present one.
        others = {case.workflow for case in at_work.cases()}
        if workflow not in others:
            raise UnknownName("workflow", workflow, {*known, *others})
    states = {name for each in known.values() if workflow in (None, each.name) for name in each.states}
    if state is not None and state not in states:
        others = {case.state for case in at_work.cases(workflow=workflow)}
        if state not in others:
            raise UnknownName("state", state, states | others)


def _tell_file(page: Page, file: CaseFile) -> None:
    case = file.case
    page.say(Styled(case.reference, "bold"), f", {case.title}")
    page.entry("state", state_words(case))
    page.entry("stage", case.stage or "none")
    page.entry("whose move", move_words(file))
    if file.holds:
        page.entry("on hold", ", ".join(file.holds))
    if case.parent is not None:
        page.entry("under", f"{case.parent} ({case.kind})")
    page.entry("opened", day(case.opened_on) + (" (adopted since)" if case.adopted else ""))
    page.entry("revision", str(case.revision))
    for warning in case.warnings:
        page.entry("warning", Styled(warning, "yellow"))
    if file.standing:
        page.heading("What has arisen")
        page.table(
            ("SINCE", "WHAT"), [(day(each.since), f"{each.title} ({each.name})") for each in file.standing]
        )
    if file.answers:
        page.heading("Facts")
        rows = [(fact, value_words(each.value), _origin(each)) for fact, each in file.answers.items()]
        page.table(("FACT", "ANSWER", "FROM"), rows)
    if file.clocks:
        page.heading("Clocks")
        page.table(("DUE", "STANDING", "WHAT"), _clock_rows(file))
    if file.sub_cases:
        page.heading("Sub-cases")
        page.table(
            ("CASE", "KIND", "STATE", "WHAT IS GOING ON"),
            [(each.reference, each.kind or "", each.state, each.doing) for each in file.sub_cases],
        )
    if file.links:
        page.heading("Links")
        for link in file.links:
            page.say(link_words(link))
    if file.alike:
        page.heading("Previously identified")
        page.table(
            ("FACT", "ANSWER", "WITHIN", "ALSO IN"),
            [
                (each.fact, value_words(each.value), str(each.within), ", ".join(each.cases))
                for each in file.alike
            ],
        )


def _origin(recorded: Recorded) -> str:
    from loopengine.clock import london_date

    recorded_on = london_date(recorded.recorded_at)
    said = f"{recorded.by}, {recorded_on}"
    if recorded.so_on != recorded_on:
        said += f", so from {recorded.so_on}"
    return said + (f"; evidence: {recorded.evidence}" if recorded.evidence else "")


def _clock_rows(file: CaseFile) -> Iterable[tuple[Cell, ...]]:
    # What still runs first, and the most pressing of it at the top.
    for clock in sorted(file.clocks, key=lambda each: (each.stopped_on is not None, each.due.on)):
        due = day(clock.due.on) + (" (provisional)" if clock.due.provisional else "")
        deadline = clock.deadline
        if clock.held and clock.stopped_on is None:  # nobody knows when it will be due
            due = "on hold"
        what = f"{deadline.title} ({deadline.name})" if deadline.title else deadline.name
        yield due, clock_words(clock, file.today), what


def _tell_cases(page: Page, cases: Iterable[Case]) -> None:
    rows = [
        (
            each.reference,
            each.workflow,
            each.state + (" (ended)" if each.ended else ""),
            each.stage or "",
            each.opened_on.isoformat() + (" (adopted)" if each.adopted else ""),
            each.parent or "",
        )
        for each in cases
    ]
    if rows:
        page.table(("CASE", "WORKFLOW", "STATE", "STAGE", "OPENED", "UNDER"), rows)
    else:
        page.say("No cases.")


def _tell_audit(page: Page, result: Audit) -> None:
    read = f"{counted(result.cases, 'case', 'cases')}, {counted(result.entries, 'entry', 'entries')}"
    if result.ok:
        page.say(Styled("Every history verifies", "green"), f": {read}.")
        return
    found = counted(len(result.problems), "problem", "problems")
    page.say(Styled("The history does not verify", "red"), f": {read}, {found}.")
    for problem in result.problems:
        page.say(problem.message, indent=2)
