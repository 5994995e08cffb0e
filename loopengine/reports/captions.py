"""What a picture of a workflow says: the words on its arrows, and in its boxes.

Knows definitions, and how a board member would read them. Does not know what draws them.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from loopengine.core.definitions import OPENED, Deadline, Opens, State, Step, Workflow

LONGEST_RULE = 40


@dataclass(frozen=True, slots=True)
class Caption:
    """What an arrow says: the event, and under it who takes the step and on what terms."""

    event: str
    terms: tuple[str, ...]
    automatic: bool


def words(name: str) -> str:
    """*name* as it would be said."""
    return name.replace("_", " ").replace("-", " ")


def caption(step: Step, workflow: Workflow) -> Caption:
    """What the arrow of *step* says."""
    automatic = step.automatic or _comes_by_itself(step, workflow)
    return Caption(words(step.event), tuple(_terms(step, workflow)), automatic)


def notes(state: State, workflow: Workflow) -> Iterator[str]:
    """What is said in the box of *state*: the clocks that begin there, and the steps that lead nowhere else."""
    for deadline in workflow.deadlines.values():
        if state.name in _begins_in(deadline, workflow):
            yield f"{words(deadline.name)}: {_time_of(deadline, workflow)}"
    staying = [words(step.event) for step in state.steps.values() if step.to == state.name]
    if staying:
        yield f"meanwhile: {', '.join(staying)}"


def _comes_by_itself(step: Step, workflow: Workflow) -> bool:
    """Whether nobody but a clock takes *step*."""
    return not step.by and any(deadline.then == step.event for deadline in workflow.deadlines.values())


def _terms(step: Step, workflow: Workflow) -> Iterator[str]:
    if step.automatic:
        yield "automatically"
    elif _comes_by_itself(step, workflow):
        yield "automatically, when the time is up"
    else:
        yield _who(step)
    if step.when is not None:
        yield f"[{_rule(words(step.when.text))}]"
    if step.wait is not None:
        yield f"[{step.wait.at_least} after {words(step.wait.after)}]"
    if step.override is not None:
        yield f"override: {words(step.override)}"
    if step.passes:
        yield f"passes {_either(map(words, step.passes), 'and')}"
    if step.opens:
        yield f"opens {_either(map(_opened, step.opens), 'and')}"


def _who(step: Step) -> str:
    parties = [words(party.role) + (f" ({words(party.of)})" if party.of else "") for party in step.by]
    who = _either(parties, "or") if parties else "anybody"
    return f"{who}, but not {words(step.not_of)}" if step.not_of else who


def _opened(opens: Opens) -> str:
    return words(opens.kind or opens.workflow)


def _rule(text: str) -> str:
    """*text* on one line, cut between words if it is long."""
    line = " ".join(text.split())
    if len(line) <= LONGEST_RULE:
        return line
    return textwrap.shorten(line, LONGEST_RULE, placeholder="") + " …"


def _begins_in(deadline: Deadline, workflow: Workflow) -> frozenset[str]:
    """The states in which *deadline* begins; of one that a date begins, the first in which it can be met."""
    begins = {step.to for step in workflow.steps() if step.event in deadline.starts}
    if OPENED in deadline.starts:
        begins.add(workflow.starts)
    if not begins:
        meets = (step.source for step in workflow.steps() if step.event == deadline.until[0])
        begins.add(next(meets, workflow.starts))
    return frozenset(begins)


def _time_of(deadline: Deadline, workflow: Workflow) -> str:
    if deadline.within is None:
        return f"by the date “{words(deadline.due or '')}”"
    if deadline.before is not None:
        return f"{deadline.within} before “{words(deadline.before)}”"
    starts = [f"“{words(start)}”" if start in workflow.facts else words(start) for start in deadline.starts]
    return f"{deadline.within} from {_either(starts, 'or')}"


def _either(items: Iterable[str], last: str) -> str:
    """*items* as a list in a sentence, with *last* before the last of them."""
    *others, final = items
    return f"{', '.join(others)} {last} {final}" if others else final
