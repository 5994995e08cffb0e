"""What is proved of a routing table: that some row answers, and never two that exclude each other.

An incident of which too little is known is answered as well: it is said what to ask. Knows the framework.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import combinations

from loopengine.core.definitions import Framework
from loopengine.core.proving.findings import Proof, tried
from loopengine.core.proving.worlds import FALSE, Goal, Solving, Worlds, all_true
from loopengine.core.routes import Route


def prove_routes(framework: Framework, *, solving: Solving | None = None) -> tuple[Proof, ...]:
    """What is proved of the routes of *framework*; nothing if it has none."""
    if framework.intake is None:
        return ()
    intake = framework.workflow(framework.intake)
    known = {**intake.repeated, **intake.facts}
    worlds = Worlds([row.rule.condition for row in intake.routes], known, solving=solving)
    gap = tried("gap", "routes", partial(_gap, framework, intake.routes, worlds))
    return (gap, *_overlaps(intake.routes, worlds))


def _gap(framework: Framework, rows: Sequence[Route], worlds: Worlds) -> Proof:
    """Whatever is known of an incident, a row answers, or the file says who is asked."""
    none = [Goal(row.rule.condition, FALSE) for row in rows]
    world = worlds.find(*none)
    exact = world is not None or worlds.is_exact(*none)
    if world is None:
        return Proof("gap", "routes", True, "some row answers, whatever is known", exact=exact)
    if framework.otherwise is not None:
        asked = " or ".join(framework.otherwise.ask)
        return Proof(
            "gap", "routes", True, f"where no row answers, {asked} is asked", world, exact, noted=True
        )
    said = "no row answers, and `otherwise` does not say who is asked"
    return Proof("gap", "routes", False, said, world, exact)


def _overlaps(rows: Sequence[Route], worlds: Worlds) -> Iterator[Proof]:
    for one, other in combinations(rows, 2):
        if one.alternatives is not None and one.alternatives == other.alternatives:
            about = f"{one.rule.name} and {other.rule.name}"
            yield tried("overlap", about, partial(_overlap, about, (one, other), worlds))


def _overlap(about: str, rows: Sequence[Route], worlds: Worlds) -> Proof:
    together = all_true(row.rule.condition for row in rows)
    world = worlds.find(*together)
    said = "are never TRUE together" if world is None else "are alternatives, and can be TRUE together"
    exact = world is not None or worlds.is_exact(*together)
    return Proof("overlap", about, world is None, f"{about} {said}", world, exact)
