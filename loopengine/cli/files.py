"""The verbs about workflow files: what there is, what is wrong, what a rule says, how it looks.

None of them opens a database, but `check --people`, which asks who holds the roles that the files need.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from loopengine.cli.context import answer, facts_of, framework, framework_folder, today
from loopengine.cli.offices import tell_vacancies
from loopengine.cli.options import Given, verb
from loopengine.cli.output import Page, Styled, print_json, seen_from_here
from loopengine.cli.papers import destination, is_printed, out_options, put
from loopengine.cli.spelling import hinted
from loopengine.cli.wording import counted
from loopengine.errors import DefinitionError, Problem, UnknownName, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from loopengine import Workflow
    from loopengine.core.definitions import InForce, ToConfirm
    from loopengine.core.rules.assessment import Assessment
    from loopengine.engine.directory import Vacancy


@verb("workflows")
def workflows_verb(given: Given) -> None:
    """List the workflows of the framework in use.

    \b
    Example:
      loopengine workflows
    """
    known = framework(given).workflows.values()
    answer(given, [_workflow_json(each) for each in known], lambda page: _tell_workflows(page, known))


@verb("check")
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.UNPROCESSED)
@click.option("--people", is_flag=True, help="Also say which roles that the files need nobody holds today.")
@click.option("--prove", is_flag=True, help="Also prove what must follow from the files, with examples.")
def check_verb(given: Given, paths: tuple[str, ...], people: bool, prove: bool) -> int:
    """Say everything that is wrong in workflow files, and what is still to be confirmed.

    A PATH is a file, or a folder of them; without one, the framework in use is checked. The exit status is
    1 if anything is wrong; something to confirm is no mistake.

    With --prove, every combination of facts is looked at, unknown ones included: that each rule can be true
    and can be false, that the claims of the files follow, that steps which the engine takes never race or
    go in circles, and that every state is reached and leads to an end. What does not hold is shown by an
    example. Sums and sets that are too large to be looked at whole are decided by z3, if it is installed
    (pip install 'loopengine[prove]').

    \b
    Example:
      loopengine check my-board/ --prove
    """
    from pathlib import Path

    from loopengine.cli.proving import fail, proofs_json, proofs_of, tell_proofs

    problems: set[Problem] = set()
    doubts: dict[ToConfirm, None] = {}
    names = paths or (str(framework_folder(given)),)
    for path in names:
        wrong, doubtful = _checked(Path(path))
        problems.update(wrong)
        doubts.update(dict.fromkeys(doubtful))
    # Who is needed is known of sound files only.
    vacant = _vacant(given, paths) if people and not problems else ()
    # And of sound files alone something follows.
    proofs = proofs_of(map(Path, names)) if prove and not problems else {}
    document = {
        "ok": not problems and not vacant and not fail(proofs),
        "problems": [
            _place_json(each) | {"message": each.message, "hint": each.hint} for each in sorted(problems)
        ],
        "to_confirm": [_place_json(each) | {"what": each.what} for each in doubts],
    }
    if people:
        document["vacant"] = [each.to_json() for each in vacant]
    if prove:
        document["proofs"] = proofs_json(proofs)

    def tell(page: Page) -> None:
        _tell_checked(page, sorted(problems), list(doubts))
        tell_vacancies(page, vacant)
        if prove and not problems:
            tell_proofs(page, proofs)

    answer(given, document, tell)
    return 1 if problems or vacant or fail(proofs) else 0


@verb("assess", "on")
@click.argument("workflow")
@click.argument("rule")
@click.argument("facts", nargs=-1, metavar="[FACT=VALUE]...", type=click.UNPROCESSED)
def assess_verb(given: Given, workflow: str, rule: str, facts: tuple[str, ...]) -> None:
    """Say what a rule makes of some facts, without a case.

    The verdict is true, false or unknown; with it comes what it rests on, and what is still to be asked.

    \b
    Example:
      loopengine assess serious-case-review criteria_met child_died=yes abuse_or_neglect=suspected
    """
    known = facts_of(facts)
    board = framework(given)
    with hinted(known):
        assessment = board.workflow(workflow).assess(rule, known, given.on or today(given))
    answer(given, assessment.to_json(tuple(board.roles)), lambda page: _tell_assessment(page, assessment))


@verb("diagram")
@click.argument("workflow")
@click.option(
    "--format", "form", metavar="FORM", default="mermaid", help="mermaid, dot for Graphviz, or svg. [mermaid]"
)
@out_options("standard output")
def diagram_verb(given: Given, workflow: str, form: str, out: str | None, replace: bool) -> None:
    """Draw the states of a workflow, and the steps between them.

    As text for Mermaid or Graphviz, or as a picture (svg) that needs no other program: the states one under
    the other, each with its steps written in it. With --json nothing is written.

    \b
    Example:
      loopengine diagram serious-case-review --format svg --out review.svg
    """
    from loopengine.reports.diagrams import dot, mermaid
    from loopengine.reports.svg import svg

    drawers = {"mermaid": mermaid, "dot": dot, "svg": svg}
    if form not in drawers:
        raise UnknownName("format", form, drawers)
    drawn = framework(given).workflow(workflow)
    path = None
    if not is_printed(given, out) and out is not None and not given.json:
        path = destination(out, "", replace=replace, suffixes=(".svg",) if form == "svg" else ())
    drawing = drawers[form](drawn)
    if given.json:
        print_json({"workflow": workflow, "format": form, "diagram": drawing})
    else:
        put(drawing, path)


@verb("schema")
@click.option("--framework", "shared", is_flag=True, help="The schema of framework.yaml instead.")
@click.option("--examples", is_flag=True, help="The schema of a file of examples instead.")
@click.option("--learning", is_flag=True, help="The schema of learning that bodies exchange instead.")
def schema_verb(given: Given, shared: bool, examples: bool, learning: bool) -> None:
    """Print the JSON Schema of a workflow file, by which an editor can help to write one.

    \b
    Example:
      loopengine schema > workflow.schema.json
    """
    from loopengine.core.files.example_shapes import examples_schema
    from loopengine.core.files.framework_shapes import framework_schema
    from loopengine.core.files.shapes import json_schema

    asked = {"--framework": shared, "--examples": examples, "--learning": learning}
    if len(chosen := [option for option, is_given in asked.items() if is_given]) > 1:
        raise UsageError(f"{' and '.join(chosen)} say different things", "give one of them")
    if examples:
        print_json(examples_schema())
    elif learning:
        from loopengine.exchange.learning_form import learning_schema

        print_json(learning_schema())
    else:
        print_json(framework_schema() if shared else json_schema())


def _vacant(given: Given, paths: tuple[str, ...]) -> tuple[Vacancy, ...]:
    """The roles that nobody holds, of those that the framework in use needs."""
    from loopengine.cli.people import vacancies

    if paths:
        raise UsageError("--people is about the framework in use", "name it with --workflows, and no PATH")
    return vacancies(given, framework(given))


def _checked(path: Path) -> tuple[Iterable[Problem], Iterable[ToConfirm]]:
    """What is wrong in the file or folder *path*, examples included, and what is to be confirmed in it."""
    from pathlib import Path

    from loopengine.core.files.assembling import FRAMEWORK
    from loopengine.core.files.examples import examples_problems, holds_examples
    from loopengine.core.files.loading import framework_problems, load_framework, load_workflow

    if holds_examples(path):
        home = path.parent if path.is_dir() else path.parent.parent
        found = examples_problems(home, load_framework(home))
        return [each for each in found if path.is_dir() or Path(each.file).name == path.name], []
    if path.is_dir():
        problems = framework_problems(path)
        if problems:
            return problems, []
        board = load_framework(path)
        return examples_problems(path, board), board.to_confirm
    wrong: Iterable[Problem] = []
    if path.name == FRAMEWORK:
        wrong = [problem for problem in framework_problems(path.parent) if problem.file == str(path)]
    else:
        try:
            load_workflow(path)
        except DefinitionError as error:
            wrong = error.problems
    doubts: list[ToConfirm] = []
    # What is to be confirmed is known of a whole framework only; and so is what examples come to.
    with suppress(DefinitionError, UsageError):
        board = load_framework(path.parent)
        doubts = [each for each in board.to_confirm if each.file == str(path)]
        told = [each for each in examples_problems(path.parent, board) if Path(each.file).name == path.name]
        wrong = [*wrong, *told]
    return wrong, doubts


def _place_json(place: Problem | ToConfirm) -> dict[str, object]:
    return {"file": place.file, "line": place.line, "column": place.column}


def _workflow_json(workflow: Workflow) -> dict[str, object]:
    force = workflow.in_force
    return {
        "name": workflow.name,
        "title": workflow.title,
        "version": workflow.version,
        "states": list(workflow.states),
        "in_force": {
            "from": None if force.since is None else force.since.isoformat(),
            "until": None if force.until is None else force.until.isoformat(),
        },
    }


def _tell_workflows(page: Page, workflows: Iterable[Workflow]) -> None:
    rows = [
        (each.name, each.title, str(each.version), str(len(each.states)), _in_force(each.in_force))
        for each in workflows
    ]
    page.table(("WORKFLOW", "TITLE", "VERSION", "STATES", "IN FORCE"), rows)


def _in_force(force: InForce) -> str:
    since = "" if force.since is None else f"from {force.since}"
    until = "" if force.until is None else f"until {force.until}"
    return " ".join(filter(None, (since, until))) or "always"


def _tell_checked(page: Page, problems: list[Problem], doubts: list[ToConfirm]) -> None:
    for problem in problems:
        page.line(str(replace(problem, file=seen_from_here(problem.file))))
    if doubts:
        if problems:
            page.say()
        page.say("To be confirmed by a person:")
        for doubt in doubts:
            page.line(f"{seen_from_here(doubt.file)}:{doubt.line}:{doubt.column}: {doubt.what}")
        page.say()
    if problems:
        page.say(Styled(counted(len(problems), "problem", "problems"), "red"))
    else:
        page.say(Styled("Nothing is wrong", "green"))


def _tell_assessment(page: Page, assessment: Assessment) -> None:
    for line in str(assessment).splitlines():
        page.say(line)
