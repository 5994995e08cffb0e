"""What it takes to prove the workflow files, beside reading them, and how it grows with facts and rows.

Run it with `python benchmarks/proofs.py [SIZE ...]`. The peers are to look at every combination of answers,
as one would for a small table, and z3; all answer the same question in one run: does some row always answer?
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from time import perf_counter
from typing import TypeAlias

from loopengine import load_framework
from loopengine.core.proving.domains import TODAY
from loopengine.core.proving.proofs import prove
from loopengine.core.proving.routing import prove_routes
from loopengine.core.proving.worlds import FALSE, Goal, Grounds, Worlds
from loopengine.core.proving.z3_solver import Z3
from loopengine.core.rules.expressions import (
    AllOf,
    Answer,
    AnyOf,
    Compare,
    Condition,
    Constant,
    FactValue,
    KnownFact,
    Not,
    Possible,
)
from loopengine.core.rules.verdicts import evaluate
from loopengine.core.situation import Situation
from loopengine.core.truth import Truth
from loopengine.core.values import Fact
from loopengine.workflow_files import default_framework

FEW, MOST_BY_HAND = 4, 8  # facts: where growth is measured from, and up to where everything is looked at
ROUNDS = 5
_Table: TypeAlias = tuple[list[Condition], dict[str, Fact]]


def shipped() -> tuple[float, float, int]:
    """Seconds to read the files that come with loopengine and to prove them, and how many proofs that is."""
    began = perf_counter()
    framework = load_framework(default_framework())
    read = perf_counter()
    proofs = list(prove_routes(framework))
    for workflow in framework.workflows.values():
        proofs += prove(workflow, framework.workflows)
    assert all(each.holds for each in proofs)
    return read - began, perf_counter() - read, len(proofs)


def facts_and_rows(size: int) -> _Table:
    """A routing table over so many facts, with a row for each of them and one for the rest: without a gap."""
    asked = _yes_no(size)
    names = list(asked)
    rows: list[Condition] = []
    for n, name in enumerate(names):
        before = tuple(Not(Answer(each)) for each in names[:n])
        rows.append(AllOf((*before, Answer(name))) if before else Answer(name))
    rows.append(AllOf(tuple(Not(Answer(each)) for each in names)))
    return rows, asked


def facts_alone(size: int) -> _Table:
    """Two rows over so many facts: all of them, or possibly not."""
    asked = _yes_no(size)
    every = AllOf(tuple(map(Answer, asked)))
    return [every, Possible(Not(every))], asked


def rows_alone(size: int) -> _Table:
    """So many rows over one number, a row for each year, and one for the rest."""
    years = FactValue("years", "number")
    each: list[Condition] = [Compare("==", years, Constant(year)) for year in range(size)]
    rest = AnyOf(
        (Compare(">=", years, Constant(size)), Compare("<", years, Constant(0)), Not(KnownFact(years)))
    )
    return [*each, rest], {"years": Fact("years", "?", "number", unit="years")}


def _yes_no(size: int) -> dict[str, Fact]:
    return {f"f{n}": Fact(f"f{n}", "?", "yes_no") for n in range(size)}


def by_worlds(rows: Sequence[Condition], facts: dict[str, Fact]) -> bool:
    """Whether there is a gap, as `check --prove` finds it."""
    return Worlds(list(rows), facts).find(*(Goal(row, FALSE) for row in rows)) is not None


def by_hand(rows: Sequence[Condition], facts: dict[str, Fact]) -> bool:
    """The same, by looking at every combination of yes, no and unknown."""
    whole = AnyOf(tuple(rows))
    for answers in product((True, None, False), repeat=len(facts)):
        known = {name: each for name, each in zip(facts, answers, strict=True) if each is not None}
        if evaluate(whole, Situation(TODAY, {**known})) is Truth.FALSE:
            return True
    return False


def by_z3(rows: Sequence[Condition], facts: Mapping[str, Fact]) -> bool:
    """The same, by z3."""
    return Z3(Grounds(facts)).find([Goal(row, FALSE) for row in rows]) is not None


def timed(table: Callable[[int], _Table], size: int) -> tuple[float, float, float | None]:
    """The best of some rounds, in seconds: by worlds; by z3; and by hand as long as that ends."""
    rows, asked = table(size)
    best, solved, hand = float("inf"), float("inf"), None
    for _ in range(ROUNDS):
        began = perf_counter()
        assert not by_worlds(rows, asked)
        best = min(best, perf_counter() - began)
        began = perf_counter()
        assert not by_z3(rows, asked)
        solved = min(solved, perf_counter() - began)
    if size <= MOST_BY_HAND and "years" not in asked:
        began = perf_counter()
        assert not by_hand(rows, asked)
        hand = perf_counter() - began
    return best, solved, hand


def main(sizes: Sequence[int]) -> None:
    """Print what the shipped files take, and a line for each size of each table."""
    read, proved, number = shipped()
    print(f"{number} proofs of the shipped files: {proved:.2f} s, {proved / read:.1f} times reading them")
    for title, table in TABLES.items():
        print(f"{title:>15}{'ms':>9}{'to the first':>14}{'z3':>13}{'every combination':>19}")
        first = timed(table, sizes[0])[0]
        for size in sizes:
            took, solved, hand = timed(table, size)
            beside = "" if hand is None else f"{hand / took:.1f} times"
            times = f"{solved / took:.1f} times"
            print(f"{size:15}{took * 1e3:9.2f}{took / first:14.1f}{times:>13}{beside:>19}")


TABLES: Mapping[str, Callable[[int], _Table]] = {
    "facts and rows": facts_and_rows,
    "facts": facts_alone,
    "rows": rows_alone,
}

if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [FEW, MOST_BY_HAND, 16, 32])
