"""Who notices a mutant: the examples of its workflow, its proofs, or nobody; and whether there is anything
to notice.

Knows workflows with and without the slip. Does not know how the one is made of the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, assert_never

from loopengine.core.comparing.differences import Difference
from loopengine.core.comparing.whole import compare_slip
from loopengine.core.definitions import Framework, Workflow
from loopengine.core.examples.definitions import (
    Charged,
    Due,
    Example,
    Examples,
    Fires,
    Judged,
    Reasoned,
    Routed,
    Stilled,
    Stopped,
    Waited,
    Walked,
)
from loopengine.core.examples.judging import Bench, failing
from loopengine.core.mutating.mutants import Kind, Mutant
from loopengine.core.proving.findings import Proof
from loopengine.core.proving.proofs import prove
from loopengine.core.proving.routing import prove_routes
from loopengine.core.workdays import WorkingCalendar

Fate: TypeAlias = Literal["check", "example", "proof", "equivalent", "argued", "survived"]
_ABOUT_RULES: frozenset[Kind] = frozenset(
    {"connective", "negation", "comparison", "limit", "value", "possible", "quantifier", "part"}
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a *mutant*; *by* says what noticed it, or what is argued for it, in words.

    *differences* are what it means otherwise, where nothing noticed: an example of one of them would.
    """

    mutant: Mutant
    fate: Fate
    by: str = ""
    differences: tuple[Difference, ...] = ()


def noticed_by_examples(examples: Iterable[Example], bench: Bench) -> str | None:
    """The first of *examples* that does not come out on *bench* as it says; None if each does."""
    for each in examples:
        said = failing(each, bench)
        if said is not None:
            return f"{each.name}: {said}"
    return None


def noticed_by_example(
    mutant: Mutant, workflow: Workflow, board: Framework, examples: Mapping[str, Examples]
) -> str | None:
    """An example of *workflow*, or of the routes of its *board* if it is the intake, that does not come out
    with *mutant* as it says; the nearest to its place are looked at first.
    """
    calendar = WorkingCalendar.england_and_wales(starts=board.first_day)
    own = examples.get(workflow.name)
    found = None
    if own is not None:
        nearest = sorted(own.examples, key=lambda example: _far_from(mutant, example))
        found = noticed_by_examples(nearest, Bench(workflow, board, calendar))
    routes = examples.get(board.name)
    if found is None and routes is not None and workflow.name == board.intake:
        found = noticed_by_examples(routes.examples, Bench(None, board, calendar))
    return found


def _far_from(mutant: Mutant, example: Example) -> int:
    """The lower, the likelier it is that *example* notices *mutant*."""
    match example.content:
        case Judged(name=name):
            if mutant.kind not in _ABOUT_RULES | {"guard", "duration"}:
                return 4  # it cannot, and takes longest
            return 0 if name.rpartition(".")[2] in mutant.place else 2
        case Due(deadline=name) | Stopped(deadline=name) | Fires(deadline=name) | Stilled(hold=name):
            return 0 if name in mutant.place else 3
        case Charged() | Reasoned():
            return 1 if mutant.kind in ("role", "reason") else 3
        case Walked():
            return 1 if mutant.kind == "target" else 3
        case Waited() | Routed():
            return 2
        case _:
            assert_never(example.content)


def noticed_by_proof(
    mutant: Mutant, workflow: Workflow, board: Framework, failing_before: Iterable[Proof]
) -> str | None:
    """The first proof of *workflow*, as it is with *mutant*, that does not hold and did before; None if there
    is none.
    """
    if _is_beside_proofs(mutant):
        return None
    known = {(each.sort, each.about) for each in failing_before}
    proofs = prove(workflow, board.workflows, decisively=False)
    if workflow.name == board.intake:
        proofs += prove_routes(board)
    for each in proofs:
        if not each.holds and (each.sort, each.about) not in known:
            return f"{each.sort} {each.about}: {each.said}"
    return None


def _is_beside_proofs(mutant: Mutant) -> bool:
    """Whether no proof looks at it: who does what and why, and how long it takes where no rule says so."""
    return mutant.kind in ("role", "reason") or (mutant.kind == "duration" and mutant.place[-1] != "when")


def differences(old: Workflow, new: Workflow, before: Framework, after: Framework) -> tuple[Difference, ...]:
    """What *new* means otherwise than *old*; nothing if that they mean the same is proved.

    Of what cannot be told apart nor proved the same, it is said that it may differ.
    """
    found = compare_slip(old, new, before.workflows, after.workflows)
    doubtful = (
        Difference("rule", name, "may differ: not everything was looked at") for name in found.inexact
    )
    return found.differences or tuple(doubtful)
