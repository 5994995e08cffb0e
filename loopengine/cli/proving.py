"""What `check --prove` proves of workflow files, and how it tells what does not hold.

Does not know what a proof is: that is the core's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from loopengine.cli.output import Page, Styled
from loopengine.cli.wording import counted
from loopengine.errors import DefinitionError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from loopengine import Workflow
    from loopengine.core.proving.findings import Proof
    from loopengine.core.values import Json

_WHY_ABSTRACT = (
    "What sub-cases have reached, and when events happened, are supposed one by one: it may be that no case "
    "comes to such an example."
)

_SUPPOSED = (
    "sub-cases, events or times, which are supposed one by one: both verdicts are possible only as far as a "
    "case comes to such."
)
_INSTALL = " Install 'loopengine[prove]', and they are decided as far as z3 can say them."


def proofs_of(paths: Iterable[Path]) -> dict[str, tuple[Proof, ...]]:
    """What is proved of the workflows in *paths*, sound files or folders of them, by name."""
    found: dict[str, tuple[Proof, ...]] = {}
    for path in paths:
        found |= _proofs_of(path)
    return found


def _proofs_of(path: Path) -> dict[str, tuple[Proof, ...]]:
    from loopengine.core.files.assembling import FRAMEWORK
    from loopengine.core.files.loading import load_framework, load_workflow
    from loopengine.core.proving.proofs import prove
    from loopengine.core.proving.routing import prove_routes
    from loopengine.core.proving.solvers import installed

    solving = installed()
    if path.is_dir() or path.name == FRAMEWORK:
        board = load_framework(path if path.is_dir() else path.parent)
        table = prove_routes(board, solving=solving)
        found = {board.name: table} if table else {}
        if path.is_dir():
            workflows = board.workflows
            found |= {each.name: prove(each, workflows, solving=solving) for each in workflows.values()}
        return found
    others: Mapping[str, Workflow] = {}
    with suppress(DefinitionError, UsageError):
        others = load_framework(path.parent).workflows
    workflow = load_workflow(path)
    return {workflow.name: prove(workflow, others, solving=solving)}


def proofs_json(found: Mapping[str, Sequence[Proof]]) -> Sequence[Json]:
    """The `proofs` that `check --prove` prints."""
    from loopengine.core.proving.telling import proof_json

    return [{"workflow": name, **proof_json(each)} for name, proofs in found.items() for each in proofs]


def fail(found: Mapping[str, Sequence[Proof]]) -> bool:
    """Whether something does not hold."""
    return not all(each.holds for proofs in found.values() for each in proofs)


def tell_proofs(page: Page, found: Mapping[str, Sequence[Proof]]) -> None:
    """Tell what does not hold, each with its example, and how much does."""
    from loopengine.core.proving.telling import example_words

    told = [(name, each) for name, proofs in found.items() for each in proofs]
    wrong = [(name, each) for name, each in told if not each.holds]
    for name, proof in wrong:
        page.say(Styled(f"{name}: {proof.said}", "red"))
        if proof.example is not None:
            page.entry("for example", example_words(proof.example))
    if any(proof.abstract for _, proof in wrong):
        page.say(_WHY_ABSTRACT)
    for name, proof in told:
        if proof.holds and proof.noted:
            page.say(f"{name}: {proof.said}")
    supposing = [each for _, each in told if each.holds and each.supposes]
    if supposing:
        rules = counted(len(supposing), "rule reads", "rules read")
        page.say(f"{rules} {_SUPPOSED}")
    inexact = [each for _, each in told if not each.exact]
    if inexact:
        from loopengine.core.proving.solvers import installed

        page.say(
            f"Of {counted(len(inexact), 'proof', 'proofs')}, sums or large sets were tried out and not "
            f"looked at whole.{'' if installed() else _INSTALL}"
        )
    number = counted(len(told), "proof", "proofs")
    if wrong:
        page.say(Styled(f"{len(wrong)} of {number} failed", "red"))
    else:
        page.say(Styled(f"{number} of {counted(len(found), 'file', 'files')}: all hold", "green"))
