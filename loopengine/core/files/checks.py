"""What must hold of a workflow as a whole: that each step makes sense, and that the states hang together.

Knows the workflow, and the shape that says where everything stands. Does not know files or frameworks.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from keyword import iskeyword

from loopengine.core.definitions import OPENED, STAGES, Stage, State, Step, Workflow
from loopengine.core.ends import ENDS
from loopengine.core.files import messages
from loopengine.core.files.documents import KeyPath
from loopengine.core.files.messages import Message
from loopengine.core.files.names import refuse_local
from loopengine.core.files.places import Place
from loopengine.core.files.shapes import AnywhereShape, StepShape, WorkflowShape
from loopengine.core.reaching import closure
from loopengine.core.rules.vocabulary import FUNCTIONS

# What nobody does needs nobody's leave, reason or second thoughts.
_NOT_AUTOMATIC = ("by", "not_of", "reason", "override")
_WORD = "a word of the rule language"


def check_shape(shape: WorkflowShape) -> None:
    """Refuse names that say two things, and steps and states that contradict themselves."""
    _check_names(shape)
    for name, state in shape.states.items():
        if state.excused and not state.final:
            (state.place / "excused").refuse_key(messages.excused_and_not_final(name))
        if name in ENDS and not state.final:
            state.place.refuse_key(messages.not_an_end(name, f"that is {name}"))
        if state.final and state.place.gives("on"):
            (state.place / "on").refuse_key(messages.final_state_answers(name))
        for step in state.on.values():
            _check_step(step, step.to == name)
    for event, step in shape.anywhere.items():
        _check_step(step, not step.place.gives("to") or step.to in step.in_)
        _check_where(event, step, shape)


def _check_names(shape: WorkflowShape) -> None:
    taken: dict[str, str] = {}
    for sort, name, place in _named(shape):
        if name == OPENED:
            place.refuse_key(messages.reserved_name(name, "the event that every case begins with"))
        elif sort != "event" and _is_word(name):
            place.refuse_key(messages.reserved_name(name, _WORD))
        elif taken.setdefault(name, sort) != sort:
            place.refuse_key(messages.shared_name(name, taken[name]))
    for kind, each in shape.sub_cases.items():
        if _is_word(kind):
            each.place.refuse_key(messages.reserved_name(kind, _WORD))
    refuse_local(shape.sources)


def _is_word(name: str) -> bool:
    """Whether a rule would take *name* for something else than a name."""
    return iskeyword(name) or name in FUNCTIONS


def _named(shape: WorkflowShape) -> Iterator[tuple[str, str, Place]]:
    """The sort, name and place of whatever may not share its name with another sort."""
    yield from (("fact", name, each.place) for name, each in shape.facts.items())
    yield from (("rule", name, each.place) for name, each in shape.rules.items())
    yield from (("standing rule", name, each.place) for name, each in shape.standing.items())
    for state in shape.states.values():
        yield from (("event", name, each.place) for name, each in state.on.items())
    yield from (("event", name, each.place) for name, each in shape.anywhere.items())


def _check_step(shape: StepShape, stays: bool) -> None:
    place = shape.place
    if shape.automatic:
        for key in _NOT_AUTOMATIC:
            if place.gives(key):
                (place / key).refuse_key(messages.not_of_an_automatic_step(key))
        if not place.gives("when"):
            (place / "automatic").refuse_key(messages.automatic_without_when())
        if stays:
            (place / "automatic").refuse_key(messages.automatic_and_stays())
    elif place.gives("override") and not place.gives("when"):
        (place / "override").refuse_key(messages.override_without_when())


def _check_where(event: str, shape: AnywhereShape, workflow: WorkflowShape) -> None:
    for n, name in enumerate(shape.in_):
        state = workflow.states.get(name)
        if state is not None and state.final:
            (shape.place / "in" / n).refuse(messages.final_state_answers(name))
        elif state is not None and event in state.on:
            (shape.place / "in" / n).refuse(messages.answers_twice(name, event))


def check_graph(workflow: Workflow, shape: WorkflowShape) -> None:
    """Refuse states that nothing reaches or that lead nowhere, and a review that leaves out a stage.

    The *workflow* is one in which nothing else is wrong.
    """
    reached = closure([workflow.starts], lambda name: _leads_to(workflow.states[name]))
    ends = [name for name, state in workflow.states.items() if not state.steps]
    comes_from: dict[str, list[str]] = {name: [] for name in workflow.states}
    for step in workflow.steps():
        comes_from[step.to].append(step.source)
    ending = closure(ends, lambda name: comes_from[name])
    for name, state in workflow.states.items():
        place = shape.states[name].place
        if name not in reached:
            place.refuse_key(messages.unreachable(name, workflow.starts))
        elif not state.final and not state.steps:
            place.refuse_key(messages.dead_end(name))
        elif name not in ending:
            place.refuse_key(messages.no_end(name))
    _check_settled(workflow, shape)
    if workflow.loop is not None:
        _check_stages(workflow, shape.place / "loop")


def _check_settled(workflow: Workflow, shape: WorkflowShape) -> None:
    """A step does not set what was settled before it: only the one that settles it still may."""
    wrong: dict[KeyPath, tuple[Place, Message]] = {}
    for fact in workflow.facts.values():
        for event in fact.settled_after:
            for step in _later(workflow, event):
                if fact.name in step.sets and step.event not in fact.settled_after:
                    own = shape.states[step.source].on.get(step.event)
                    place = (own or shape.anywhere[step.event]).place / "set" / fact.name
                    wrong[place.path] = place, messages.set_once_settled(fact.name, event, step.event)
    for place, said in wrong.values():
        place.refuse_key(said)


def _later(workflow: Workflow, event: str) -> list[Step]:
    """The steps that can be taken once *event* has happened."""
    come_to = {step.to for step in workflow.steps() if step.event == event} or {workflow.starts}
    after = closure(come_to, lambda name: _leads_to(workflow.states[name]))
    return [step for step in workflow.steps() if step.source in after]


def _leads_to(state: State) -> Iterable[str]:
    return (step.to for step in state.steps.values())


def _check_stages(workflow: Workflow, place: Place) -> None:
    """A review type enters all seven stages in order, on one of its paths at least."""
    # framework.md, 9.6 (appendix 1): the loop is closed only by way of all of its stages.
    begins = _entered(-1, (workflow.states[workflow.starts].stage,))
    waiting = deque([] if begins is None else [(workflow.starts, begins)])
    found = set(waiting)
    while waiting:
        name, last = waiting.popleft()
        for step in workflow.states[name].steps.values():
            entered = _entered(last, (*step.passes, workflow.states[step.to].stage))
            if entered is not None and (step.to, entered) not in found:
                found.add((step.to, entered))
                waiting.append((step.to, entered))
    furthest = max((last for _, last in found), default=-1)
    if furthest < len(STAGES) - 1:
        after = STAGES[furthest] if furthest >= 0 else None
        place.refuse(messages.stage_left_out(STAGES[furthest + 1], after))


def _entered(last: int, stages: Iterable[Stage | None]) -> int | None:
    """The last of the seven stages entered, given those up to *last*; None if *stages* are out of order."""
    for stage in stages:
        if stage is not None:
            at = STAGES.index(stage)
            if at not in (last, last + 1):
                return None
            last = at
    return last
