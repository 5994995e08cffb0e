"""Traps of settled facts: what is proved of random workflows is what living every case of them shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from support.small import TEXTS

from loopengine.core.definitions import Workflow
from loopengine.core.files.loading import framework_from_texts
from loopengine.core.proving.domains import TODAY
from loopengine.core.proving.proofs import prove
from loopengine.core.rules.expressions import facts_of
from loopengine.core.rules.verdicts import evaluate
from loopengine.core.situation import Situation
from loopengine.core.truth import Truth
from loopengine.errors import DefinitionError

FACTS = ("a", "b", "c")
STATES = ("s0", "s1", "s2", "done")
RULES = (
    *("a", "not a", "b", "not b", "c", "a and b", "a or c"),
    *("not a and not b", "possible(b)", "not known(a)"),
)
HEAD = """\
workflow: inquiry
version: 1
title: Inquiry
reference: INQ
starts: s0
facts:
"""


class Life(NamedTuple):
    """Where a case stands, what is answered (None: not known), and which events have happened."""

    state: str
    answers: tuple[bool | None, ...]
    happened: frozenset[str]


@st.composite
def workflows(draw: st.DrawFn) -> Workflow:
    """A workflow of a few states, with facts of which some are settled."""
    events = [f"e{n}" for n in range(6)]
    lines = [HEAD]
    for fact in FACTS:
        after = draw(st.sampled_from(["", *events, "opened"]))
        settled = f", settled_after: {after}" if after else ""
        lines.append(f'  {fact}: {{ask: "Is it so?", type: yes_no{settled}}}\n')
    lines.append("states:\n")
    for n, state in enumerate(STATES[:-1]):
        lines.append(f"  {state}:\n    on:\n")
        for event in events[2 * n : 2 * n + 2]:
            to = draw(st.sampled_from(STATES))
            rule = draw(st.sampled_from(["", *RULES]))
            when = f", when: {rule}" if rule else ""
            lines.append(f"      {event}: {{to: {to}{when}}}\n")
    lines.append("  done: {final: true}\n")
    try:
        return framework_from_texts(TEXTS | {"inquiry.yaml": "".join(lines)}).workflow("inquiry")
    except DefinitionError:
        assume(False)
        raise


def onward(workflow: Workflow, life: Life) -> Iterator[Life]:
    """What can become of a case in one step, or by one answer."""
    for n, name in enumerate(FACTS):
        stays = life.answers[n] is not None and life.happened & {*workflow.facts[name].settled_after}
        for value in () if stays else (True, False, None):
            yield life._replace(answers=(*life.answers[:n], value, *life.answers[n + 1 :]))
    known = {name: each for name, each in zip(FACTS, life.answers, strict=True) if each is not None}
    for step in workflow.states[life.state].steps.values():
        if step.when is None or evaluate(step.when.condition, Situation(TODAY, known)) is Truth.TRUE:
            yield Life(step.to, life.answers, life.happened | {step.event})


def lived(workflow: Workflow) -> dict[Life, set[Life]]:
    """Everything that can become of a case, each with what it can come from."""
    first = Life(workflow.starts, (None,) * len(FACTS), frozenset({"opened"}))
    found: dict[Life, set[Life]] = {first: set()}
    waiting = [first]
    while waiting:
        life = waiting.pop()
        for then in onward(workflow, life):
            if then not in found:
                found[then] = set()
                waiting.append(then)
            found[then].add(life)
    return found


def read_later(workflow: Workflow, state: str) -> set[str]:
    """The facts that some rule reads in *state* or further on."""
    ahead, waiting = {state}, [state]
    while waiting:
        new = {step.to for step in workflow.states[waiting.pop()].steps.values()} - ahead
        ahead |= new
        waiting += new
    rules = [step.when for step in workflow.steps() if step.source in ahead and step.when is not None]
    return {name for rule in rules for name in facts_of(rule.condition)}


def is_settled(workflow: Workflow, life: Life) -> bool:
    """Whether something is settled that a rule still reads."""
    after = {
        event for name in read_later(workflow, life.state) for event in workflow.facts[name].settled_after
    }
    return bool(life.happened & after)


@settings(suppress_health_check=list(HealthCheck), deadline=None)
@given(workflows())
def test_a_trap_is_told_where_a_case_can_get_into_one_and_nowhere_else(workflow: Workflow) -> None:
    lives = lived(workflow)
    ending = {life for life in lives if workflow.states[life.state].final}
    waiting = list(ending)
    while waiting:
        new = lives[waiting.pop()] - ending
        ending |= new
        waiting += new
    trapped = {life.state for life in lives if life not in ending and is_settled(workflow, life)}

    found = {each.about: each for each in prove(workflow, {}) if each.sort == "settled"}

    assert {about for about, each in found.items() if not each.holds} == trapped
    assert all(each.exact for each in found.values())
