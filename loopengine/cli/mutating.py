"""The verb that makes one slip after the other in workflow files, and says who would notice.

Does not know what a slip is, or how it is noticed: that is the core's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from shlex import quote
from typing import TYPE_CHECKING

import click

from loopengine.cli.clocks import progress_bar
from loopengine.cli.context import answer, framework_folder
from loopengine.cli.options import Given, verb
from loopengine.cli.output import Page, Styled, seen_from_here
from loopengine.cli.wording import counted
from loopengine.errors import UnknownName, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from loopengine.core.comparing.differences import Example
    from loopengine.core.mutating.judging import Fate, Verdict
    from loopengine.core.mutating.mutants import Kind
    from loopengine.core.values import Json
    from loopengine.errors import Problem

_FATES: dict[Fate, str] = {
    "check": "noticed by the check of the file",
    "example": "noticed by an example",
    "proof": "noticed by a proof",
    "equivalent": "mean the same",
    "argued": "argued for",
    "survived": "noticed by nobody",
}


class _KindOption(click.Option):
    """An option whose help names the kinds of slips as they are declared, once somebody reads it."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """What the help says of the option."""
        from loopengine.core.mutating.mutants import KINDS

        self.help = f"Only slips of this kind: {', '.join(KINDS[:-1])} or {KINDS[-1]}; again, for several."
        return super().get_help_record(ctx)


@verb("mutate")
@click.argument("files", nargs=-1, metavar="[FILE]...", type=click.UNPROCESSED)
@click.option(
    "--kind", "kinds", metavar="KIND", multiple=True, help="Only slips of this kind.", cls=_KindOption
)
@click.option("--all", "every", is_flag=True, help="Also list the slips that are noticed, and how.")
def mutate_verb(given: Given, files: tuple[str, ...], kinds: tuple[str, ...], every: bool) -> int:
    """Make one slip after the other in workflow files, and say which of them nobody would notice.

    A slip is what a careful author can get wrong: `and` for `or`, a limit by one, a rule forgotten, a time by
    a day, another role, a step that leads elsewhere. It is noticed if the file is not sound with it, if an
    example in the folder `examples` does not come out as it says, or if a proof fails that held. What means
    the same with it, which is proved, does not count. No file is changed. Developers call a file with a slip
    in it a mutant, and so does the JSON.

    A FILE is one of a framework's, or a folder of them; without one, the framework in use is tried. The exit
    status is 1 if a slip that nobody notices is not argued for, or an argument is out of date.

    \b
    Example:
      loopengine mutate my-board/near-miss-review.yaml
    """
    verdicts, stale = _tried(given, files, _kinds(kinds))
    document = _json(verdicts, stale)
    answer(given, document, lambda page: _tell(page, verdicts, stale, every=every))
    return 1 if stale or any(each.fate == "survived" for each in verdicts) else 0


def _kinds(named: Iterable[str]) -> tuple[Kind, ...]:
    from loopengine.core.mutating.mutants import KINDS

    for name in named:
        if name not in KINDS:
            raise UnknownName("kind of slip", name, KINDS)
    return tuple(kind for kind in KINDS if kind in named)


def _tried(
    given: Given, files: Sequence[str], kinds: Sequence[Kind]
) -> tuple[list[Verdict], tuple[Problem, ...]]:
    from pathlib import Path

    verdicts: list[Verdict] = []
    stale: tuple[Problem, ...] = ()
    for folder, names in _by_folder([Path(each) for each in files] or [framework_folder(given)]).items():
        found, outdated = _tried_in(folder, names, kinds)
        verdicts += found
        stale += outdated
    return verdicts, stale


def _by_folder(paths: Iterable[Path]) -> dict[Path, list[str]]:
    """The files that *paths* name, by the folder of their framework; none of a folder that is named."""
    found: dict[Path, list[str]] = {}
    spelled: dict[Path, Path] = {}  # one folder can be named in several ways
    for path in paths:
        _refuse_examples(path)
        folder = path if path.is_dir() else path.parent
        home = spelled.setdefault(folder.resolve(), folder)
        if path.is_dir():
            found[home] = []
        elif not path.is_file():
            raise UsageError(f"there is no file {str(path)!r}")
        elif found.get(home) != [] and path.name not in found.setdefault(home, []):
            found[home].append(path.name)
    return found


def _refuse_examples(path: Path) -> None:
    """Raise UsageError if *path* is what would notice slips: none are made in that."""
    from loopengine.core.files.examples import holds_examples

    if not holds_examples(path):
        return
    if path.is_dir():
        raise UsageError(
            f"{str(path)!r} is a folder of examples, and no slips are made in those",
            f"say loopengine mutate {quote(str(path.parent))}",
        )
    of = path.parent.parent / path.name
    raise UsageError(
        f"{str(path)!r} is a file of examples, and no slips are made in those",
        f"say loopengine mutate {quote(str(of))}, the file of which they are",
    )


def _tried_in(
    folder: Path, names: Sequence[str], kinds: Sequence[Kind]
) -> tuple[list[Verdict], tuple[Problem, ...]]:
    from loopengine import load_framework
    from loopengine.core.files.examples import examples_problems, load_examples
    from loopengine.core.files.mutating import Trial
    from loopengine.errors import DefinitionError

    board = load_framework(folder)
    # An example that is wrong already notices nothing.
    if wrong := examples_problems(folder, board):
        raise DefinitionError(wrong)
    for name in names:
        if name not in board.texts:
            raise UnknownName("file", name, board.texts)
    trial = Trial(board, load_examples(folder, board))
    files = names or sorted(board.texts)
    mutants = trial.mutants(files, kinds)
    verdicts: list[Verdict] = []
    with progress_bar("trying", len(mutants)) as progress:
        for verdict in trial.judged(mutants):
            verdicts.append(verdict)
            if progress is not None:
                progress(1)
    # Of some kinds alone, nobody can say what no mutant is left to argue for.
    return verdicts, () if kinds else trial.stale(files, verdicts)


# --- in words, and as JSON ----------------------------------------------------------------------------------


def _tell(page: Page, verdicts: Sequence[Verdict], stale: Sequence[Problem], *, every: bool) -> None:
    for verdict in verdicts:
        if verdict.fate == "survived":
            _tell_survivor(page, verdict)
        elif every:
            page.say(f"{_called(verdict)}: {_FATES[verdict.fate]}")
            if verdict.by:
                page.entry("", verdict.by)
    for problem in stale:
        page.line(str(replace(problem, file=seen_from_here(problem.file))))
    numbers = Counter(each.fate for each in verdicts)
    told = [f"{number} {_FATES[fate]}" for fate in _FATES if (number := numbers[fate])]
    said = f"{counted(len(verdicts), 'slip', 'slips')}: {', '.join(told)}" if verdicts else "No slip to make"
    page.say(Styled(said, "red" if stale or numbers["survived"] else "green"))


def _tell_survivor(page: Page, verdict: Verdict) -> None:
    from loopengine.core.proving.telling import example_words

    page.say(Styled(_called(verdict), "red"))
    page.entry("slip", verdict.mutant.name)
    example = _example_in(verdict)
    if example is not None:
        day = "" if example.on is None else f"on {example.on}; "
        page.entry("for example", day + example_words(example.world))
        page.entry("", f"it is {example.old.word}, and would be {example.new.word}")
    elif verdict.differences:
        page.entry("changes", f"{verdict.differences[0].about}: {verdict.differences[0].said}")


def _example_in(verdict: Verdict) -> Example | None:
    """A case that would be decided otherwise, if one was found."""
    return next((each for one in verdict.differences for each in one.examples), None)


def _called(verdict: Verdict) -> str:
    return f"{verdict.mutant.file.removesuffix('.yaml')}: {verdict.mutant.said}"


def _json(verdicts: Sequence[Verdict], stale: Sequence[Problem]) -> dict[str, Json]:
    numbers = Counter(each.fate for each in verdicts)
    return {
        "ok": not stale and not numbers["survived"],
        "numbers": {fate: numbers[fate] for fate in _FATES},
        "mutants": [_verdict_json(each) for each in verdicts],
        "stale": [
            {
                "file": each.file,
                "line": each.line,
                "column": each.column,
                "message": each.message,
                "hint": each.hint,
            }
            for each in stale
        ],
    }


def _verdict_json(verdict: Verdict) -> dict[str, Json]:
    from loopengine.core.proving.telling import example_json

    example = _example_in(verdict)
    return {
        "file": verdict.mutant.file,
        "name": verdict.mutant.name,
        "kind": verdict.mutant.kind,
        "said": verdict.mutant.said,
        "fate": verdict.fate,
        "by": verdict.by or None,
        "example": None if example is None else example_json(example.world),
        "was": None if example is None else example.old.word,
        "would": None if example is None else example.new.word,
    }
