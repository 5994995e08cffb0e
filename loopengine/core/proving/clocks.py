"""What is proved of deadlines: that one runs wherever a case waits for somebody, and that each can be met.

A deadline that a date fact starts is taken to run from the opening until it is stopped: that the fact is
recorded is for its question to bring about. Holds are left aside. Knows workflows.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from loopengine.core.definitions import OPENED, Deadline, Step, Workflow
from loopengine.core.proving.findings import Proof
from loopengine.core.proving.leading import legs
from loopengine.core.proving.worlds import Worlds
from loopengine.core.rules.english import words

# A state, and the deadlines that run there.
_Place: TypeAlias = tuple[str, frozenset[str]]
_Ways: TypeAlias = Mapping[_Place, tuple[str, ...]]


def of_deadlines(workflow: Workflow, worlds: Worlds, taken: Sequence[Step]) -> Iterator[Proof]:
    """What is proved of the deadlines of *workflow*, by ways that lead over the steps *taken*."""
    ways = _ways(workflow, taken)
    for proof, way in _proofs(workflow, ways, taken):
        yield replace(proof, way=legs(workflow, worlds, way))


def _proofs(
    workflow: Workflow, ways: _Ways, taken: Sequence[Step]
) -> Iterator[tuple[Proof, tuple[str, ...]]]:
    """What is proved, with the way to an example."""
    to_state: dict[str, tuple[str, ...]] = {}
    for (at, _), shortest in ways.items():
        to_state.setdefault(at, shortest)
    for state in workflow.states.values():
        if state.final:
            continue
        if not state.owner and not all(step.automatic for step in state.steps.values()):
            said = f"nobody has the move in {state.name}: it has no `owner`"
            yield Proof("owner", state.name, False, said), to_state.get(state.name, ())
        else:
            yield Proof("owner", state.name, True, f"it is said whose move it is in {state.name}"), ()
        yield _watched(workflow, state.name, ways)
    for deadline in workflow.deadlines.values():
        yield _met(deadline, ways, taken)


def _watched(workflow: Workflow, state: str, ways: _Ways) -> tuple[Proof, tuple[str, ...]]:
    """Wherever a case waits, something is due some day; or the file says why not."""
    argued = workflow.states[state].no_clock
    unwatched = [way for (where, running), way in ways.items() if where == state and not running]
    if not unwatched:
        said = f"a deadline runs whenever a case stands in {state}"
        if argued is not None:
            return Proof("clock", state, False, f"{said}: `no_clock` argues for nothing"), ()
        return Proof("clock", state, True, said), ()
    if argued is not None:
        return Proof("clock", state, True, f"no deadline runs in {state}: {argued}", noted=True), ()
    way = min(unwatched, key=len)
    told = " -> ".join(words(event) for event in way)
    by_way = f" after {told}" if told else ", where a case begins"
    said = f"no deadline runs in {state}{by_way}, and no `no_clock` says why"
    return Proof("clock", state, False, said), way


def _met(deadline: Deadline, ways: _Ways, taken: Sequence[Step]) -> tuple[Proof, tuple[str, ...]]:
    """What starts a deadline must be able to be followed by what ends it: it could only be late otherwise."""
    name = deadline.name
    places = {where for where, running in ways if name in running}
    if not places:
        return Proof("deadline", name, False, f"nothing that can happen starts {name}"), ()
    if any(step.source in places and step.event in deadline.until for step in taken):
        return Proof("deadline", name, True, f"{name} can be met"), ()
    said = f"{name} can never be met: once it runs, nothing can end it"
    way = min((way for (_, running), way in ways.items() if name in running), key=len)
    return Proof("deadline", name, False, said), way


def _ways(workflow: Workflow, taken: Sequence[Step]) -> dict[_Place, tuple[str, ...]]:
    """Where a case can stand with which deadlines running, and a shortest way there."""
    first = frozenset(each.name for each in workflow.deadlines.values() if _runs_at_first(each, workflow))
    found: dict[_Place, tuple[str, ...]] = {(workflow.starts, first): ()}
    waiting = deque(found)
    while waiting:
        place = waiting.popleft()
        for step in (each for each in taken if each.source == place[0]):
            then = step.to, _running_after(step.event, place[1], workflow)
            if then not in found:
                found[then] = (*found[place], step.event)
                waiting.append(then)
    return found


def _runs_at_first(deadline: Deadline, workflow: Workflow) -> bool:
    by_fact = deadline.due or deadline.before or any(start in workflow.facts for start in deadline.starts)
    return OPENED in deadline.starts or bool(by_fact)


def _running_after(event: str, running: frozenset[str], workflow: Workflow) -> frozenset[str]:
    deadlines = workflow.deadlines.values()
    stopped = {each.name for each in deadlines if event in each.until}
    started = {each.name for each in deadlines if event in each.starts}
    return (running - stopped) | started
