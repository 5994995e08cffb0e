"""The verb that tells two versions of workflow files apart by what they mean.

Does not know what a difference is: that is the core's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from loopengine.cli.context import answer, framework
from loopengine.cli.options import Given, verb
from loopengine.cli.output import Page, Styled
from loopengine.cli.wording import counted
from loopengine.errors import DefinitionError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from loopengine import Framework, Workflow
    from loopengine.core.comparing.differences import Comparison, Difference

_WHY_ABSTRACT = (
    "Some examples suppose what sub-cases have reached, or when events happened: it may be that no case "
    "comes to them."
)


@verb("diff")
@click.argument("old", type=click.UNPROCESSED)
@click.argument("new", type=click.UNPROCESSED)
def diff_verb(given: Given, old: str, new: str) -> int:
    """Tell what a new version of a workflow file means otherwise than the old one.

    OLD and NEW are two files, or two folders of them. Of every rule it is told for which facts it comes to
    another verdict, by an example; and which steps, roles, clocks, holds and facts are not what they were.
    That nothing differs in meaning is proved, or it is said how much was not.

    The exit status is 1 if there is a difference in meaning. A file that stands in no folder of workflow
    files is read as if it stood in the one in use.

    \b
    Example:
      loopengine diff serious-case-review.yaml proposed.yaml
    """
    from loopengine.core.comparing.differences import differ
    from loopengine.core.comparing.telling import comparison_json

    found = _compared(given, old, new)
    document = {"same": not differ(found), "workflows": [comparison_json(each) for each in found]}
    answer(given, document, lambda page: _tell(page, found))
    return 1 if differ(found) else 0


def _compared(given: Given, old: str, new: str) -> Sequence[Comparison]:
    from pathlib import Path

    from loopengine import load_framework
    from loopengine.core.comparing.whole import compare_frameworks, compare_workflows

    before, after = Path(old), Path(new)
    if before.is_dir() and after.is_dir():
        return compare_frameworks(load_framework(before), load_framework(after))
    if before.is_dir() or after.is_dir():
        raise UsageError("one of the two is a folder, and the other is not", "name two files, or two folders")
    (one, beside_one), (other, beside_other) = (version(given, each) for each in (before, after))
    if one.name != other.name:
        raise UsageError(
            f"{old} is of the workflow {one.name}, and {new} of {other.name}",
            "name two versions of one workflow",
        )
    return [compare_workflows(one, other, beside_one.workflows, beside_other.workflows)]


def version(given: Given, path: Path) -> tuple[Workflow, Framework]:
    """The version of a workflow in the file *path*, and the framework in which it stands."""
    from loopengine import load_framework
    from loopengine.core.files.assembling import FRAMEWORK
    from loopengine.core.files.loading import load_version

    home: Framework | None = None
    if (path.parent / FRAMEWORK).is_file():
        try:
            home = load_framework(path.parent)
        except DefinitionError:
            home = None  # there may be several versions of the file in it
    return load_version(path, home or framework(given))


# --- in words -----------------------------------------------------------------------------------------------


def _tell(page: Page, found: Sequence[Comparison]) -> None:
    told = [each for each in found if each.differences or each.words]
    for comparison in told:
        _tell_comparison(page, comparison)
    abstract = any(example.abstract for each in told for one in each.differences for example in one.examples)
    if abstract:
        page.say()
        page.say(_WHY_ABSTRACT)
    if told:
        page.say()
    page.say(_verdict(found))


def _tell_comparison(page: Page, comparison: Comparison) -> None:
    before, after = comparison.versions or (0, 0)
    numbers = (
        f", version {before} and version {after}" if before != after else f", version {before} both times"
    )
    page.heading(f"{comparison.name}{numbers}")
    for each in comparison.differences:
        _tell_difference(page, each)
    if comparison.words:
        page.say()
        page.say("Only words, or names, by which nothing is decided:")
        for each in comparison.words:
            page.say(f"{_called(each)}: {each.said}", indent=2)


def _tell_difference(page: Page, difference: Difference) -> None:
    from loopengine.core.proving.telling import example_words

    page.say(Styled(_called(difference), "bold"), f": {difference.said}")
    for example in difference.examples:
        day = "" if example.on is None else f"on {example.on}; "
        page.entry("for example", day + example_words(example.world))
        page.entry("", f"it was {example.old.word}, and is ", Styled(example.new.word, "yellow"))
    if difference.through:
        page.entry("and so", ", ".join(difference.through))


def _called(difference: Difference) -> str:
    sort = "step" if difference.sort == "guard" else difference.sort.replace("_", "-")
    return f"{sort} {difference.about}"


def _verdict(found: Sequence[Comparison]) -> Styled:
    number = sum(len(each.differences) for each in found)
    inexact = sum(len(each.inexact) for each in found)
    compared = sum(each.compared for each in found)
    pairs = counted(compared, "comparison", "comparisons")
    if number:
        told = counted(number, "difference in meaning", "differences in meaning")
        more = f"; {inexact} of {pairs} of rules found none, and were not exact" if inexact else ""
        return Styled(told + more, "yellow")
    only = "Only words have changed: no" if any(each.words for each in found) else "No"
    if inexact:
        said = f"{only} difference in meaning was found; {inexact} of {pairs} of rules were not exact"
        return Styled(said, "yellow")
    return Styled(f"{only} difference in meaning: {pairs} of rules, each exact", "green")
