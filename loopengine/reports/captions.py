"""What a picture of a workflow says: the words on its arrows and in its boxes.

Knows definitions, and how a board member would put them. Does not know what draws them.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from loopengine.core.definitions import OPENED, Deadline, State, Step, Workflow
from loopengine.core.one_line import one_line

LONGEST_RULE = 40


@dataclass(frozen=True, slots=True)
class Caption:
    """What an arrow says: the event, and under it who takes the step and on what terms."""

    event: str
    terms: tuple[str, ...]


def caption(step: Step, workflow: Workflow) -> Caption:
    """What the arrow of *step* says."""
    return Caption(words(step.event), tuple(_terms(step, workflow)))


def notes(state: State, workflow: Workflow) -> Iterator[str]:
    """What the box of *state* says under its title: the clocks that begin there, and the steps that stay."""
    for deadline in workflow.deadlines.values():
        if state.name in _begins_in(deadline, workflow):
            then = f", then {words(deadline.then)}" if deadline.then else ""
            yield f"{words(deadline.name)}: {_time_of(deadline, workflow)}{then}"
    staying = [
        words(step.event) + (" (automatically)" if step.automatic else "")
        for step in state.steps.values()
        if step.to == state.name
    ]
    if staying:
        yield f"meanwhile: {', '.join(staying)}"


def words(name: str) -> str:
    """*name* as one would say it."""
    return name.replace("_", " ").replace("-", " ")


def even_lines(text: str, width: int) -> list[str]:
    """*text* in as few lines of *width* characters as it takes, and these as even as they can be."""
    line = one_line(text)
    lines = textwrap.wrap(line, width, break_on_hyphens=False)
    for narrower in range(width - 1, 0, -1):
        closer = textwrap.wrap(line, narrower, break_on_hyphens=False, break_long_words=False)
        if len(closer) != len(lines):
            break
        lines = closer
    return lines


def _terms(step: Step, workflow: Workflow) -> Iterator[str]:
    timed = any(deadline.then == step.event for deadline in workflow.deadlines.values())
    yield "automatically" if step.automatic else _who(step) + (", or when the time is up" if timed else "")
    if step.when is not None:
        yield f"[{textwrap.shorten(words(one_line(step.when.text)), LONGEST_RULE, placeholder=' …')}]"
    if step.wait is not None:
        yield f"[{step.wait.at_least} after {words(step.wait.after)}]"
    if step.override is not None:
        yield f"override: {words(step.override)}"
    if step.passes:
        yield f"passes {_list(map(words, step.passes), 'and')}"
    if step.opens:
        opened = (each.kind or each.workflow or each.chosen or "" for each in step.opens)
        yield f"opens {_list(map(words, opened), 'and')}"


def _who(step: Step) -> str:
    parties = [words(party.role) + (f" ({words(party.of)})" if party.of else "") for party in step.by]
    who = _list(parties, "or") if parties else "anybody"
    return f"{who}, but not {words(step.not_of)}" if step.not_of else who


def _begins_in(deadline: Deadline, workflow: Workflow) -> set[str]:
    """The states in which *deadline* begins; if a date begins it, the first in which it can be met."""
    begins = {step.to for step in workflow.steps() if step.event in deadline.starts}
    if OPENED in deadline.starts:
        begins.add(workflow.starts)
    meets = (step.source for step in workflow.steps() if step.event in deadline.until[:1])
    return begins or {next(meets, workflow.starts)}


def _time_of(deadline: Deadline, workflow: Workflow) -> str:
    if deadline.due is not None:
        return f"by the date “{words(deadline.due)}”"
    if deadline.before is not None:
        return f"{deadline.within} before “{words(deadline.before)}”"
    starts = [f"“{words(start)}”" if start in workflow.facts else words(start) for start in deadline.starts]
    return f"{deadline.within} from {_list(starts, 'or')}"


def _list(items: Iterable[str], last: str) -> str:
    """*items* as a sentence lists them, with *last* before the last of them."""
    *others, final = items
    return f"{', '.join(others)} {last} {final}" if others else final
