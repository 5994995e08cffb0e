"""What an event would do to a case: move it, or be refused and say why.

The only importer of `transitions`, which makes the move: one immutable machine for each workflow, shared by
all its cases. Knows nothing of storage or time; whoever asks says what day it is and who acts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal, TypeAlias

from transitions import Event, Machine

from loopengine.core.actors import Actor, objection, unknown_parties
from loopengine.core.definitions import Stage, Step, Workflow
from loopengine.core.rules.english import shortfall
from loopengine.core.rules.questions import open_questions
from loopengine.core.rules.unread import Because, Unread
from loopengine.core.situation import Situation
from loopengine.core.truth import Truth
from loopengine.core.values import Fact
from loopengine.core.workdays import WorkingCalendar
from loopengine.errors import RefusedError

Verdict: TypeAlias = Literal["allowed", "refused", "undetermined"]


@dataclass(frozen=True, slots=True)
class Position:
    """Where a case stands, and what its rules read there; *holds* are the names of the holds that are on.

    *latest* says of each event when it last happened, in the order in which they did; None where that is not
    known of all of them, and no monitor can judge.
    """

    case: str
    state: str
    situation: Situation
    holds: frozenset[str] = frozenset()
    latest: Mapping[str, int] | None = None


class _Told:
    """A decision with an explanation, which goes along with every copy: to another process, perhaps."""

    because: Because

    def __getstate__(self) -> dict[str, object]:
        _ = self.because
        return self.__dict__


@dataclass(frozen=True)
class Moved(_Told):
    """The event moved the case. *because* explains the rule, if the step has one.

    *opened* are the references of cases that were opened because of it, *also_moved* of cases that moved
    because of it: this one among them if it moved on by itself. *state* and *revision* are its own after all
    of it; *warnings* say what was odd about opening what was opened.
    """

    case: str
    event: str
    from_state: str
    to: str
    stage: Stage | None
    because: Because = Because()  # noqa: RUF009  # a field that is also how it is read
    overridden: bool = False
    revision: int = 0
    opened: tuple[str, ...] = ()
    also_moved: tuple[str, ...] = ()
    state: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def moved(self) -> Literal[True]:
        """True: this is what a move is."""
        return True

    @property
    def verdict(self) -> Verdict:
        """`allowed`."""
        return "allowed"

    def __bool__(self) -> bool:
        return True

    def require(self) -> Moved:
        """This move; a refusal would raise here."""
        return self


@dataclass(frozen=True)
class Refused(_Told):
    """The event did not move the case, for these *reasons*; *questions* are the facts still to be settled.

    *also_moved* are the cases that time alone had moved on by then, this one perhaps among them.
    """

    case: str
    event: str
    state: str
    stage: Stage | None
    verdict: Verdict
    reasons: tuple[str, ...]
    because: Because = Because()  # noqa: RUF009  # a field that is also how it is read
    questions: tuple[Fact, ...] = ()
    revision: int = 0
    also_moved: tuple[str, ...] = ()

    @property
    def moved(self) -> Literal[False]:
        """False: this is what a refusal is."""
        return False

    def __bool__(self) -> bool:
        return False  # so that `if engine.fire(...)` means what it says

    def require(self) -> Moved:
        """Raise RefusedError with the reasons."""
        raise RefusedError(f"{self.case}: {self.event} is {self.verdict}: " + "; ".join(self.reasons))


Decision: TypeAlias = Moved | Refused


@dataclass(slots=True)
class _Token:
    """What `transitions` moves: a state, and whether the one step that is asked for may be taken."""

    state: str
    permitted: bool


def decide(
    workflow: Workflow,
    position: Position,
    event: str,
    *,
    by: Actor,
    calendar: WorkingCalendar,
    reason: str | None = None,
    by_engine: bool = False,
) -> Decision:
    """What *event* would do to the case at *position*, if *by* asked for it: move it, or be refused and say
    why.

    *by_engine* is for automatic steps, which nobody else takes. Nothing is raised for an ordinary "no".
    """
    state = workflow.state(position.state)
    step = state.steps.get(event)
    if step is None:
        return Refused(
            position.case,
            event,
            state.name,
            state.stage,
            "refused",
            (_unanswered(workflow, state.name, event),),
        )
    situation = position.situation
    truth = Truth.TRUE if step.when is None else step.when.verdict(situation)
    overridden = _overrides(step, truth, by, reason)
    reasons: list[str] = []
    who = None if by_engine else objection(step, by, situation.facts, overrides=overridden)
    if who is not None:
        reasons.append(who)
    if step.reason_required and not by_engine and not (reason or "").strip():
        reasons.append(f"{event} needs a reason")
    obstacles = [*waiting(step, situation, calendar)[1], *blocking(workflow, step, position.holds)]
    obstacles += forbidding(workflow, step, position, overridden=overridden)
    reasons += obstacles
    if truth is not Truth.TRUE and not overridden:
        reasons.append(_why_not(step, truth, situation, workflow.facts))
    because = None if step.when is None else Unread(step.when, situation, workflow.facts)
    token = _Token(state.name, permitted=not reasons)
    moved = machine_of(workflow.as_filed).events[event].trigger(token)
    if not moved:
        undetermined = truth is Truth.UNKNOWN and not obstacles and len(reasons) == 1
        asked = () if step.when is None else open_questions(step.when.condition, situation)
        who_is_meant = () if who is None else unknown_parties(step, situation.facts)
        questions = dict.fromkeys((*asked, *who_is_meant))
        return Refused(
            position.case,
            event,
            state.name,
            state.stage,
            "undetermined" if undetermined else "refused",
            tuple(reasons),
            because,
            tuple(workflow.facts[name] for name in questions),
        )
    stage = workflow.states[token.state].stage
    return Moved(position.case, event, state.name, token.state, stage, because, overridden, state=token.state)


def outlook(
    step: Step, workflow: Workflow, position: Position, calendar: WorkingCalendar
) -> tuple[Verdict, date | None, list[str]]:
    """The verdict of rule, wait and hold on *step*, whoever asks.

    With it the day before which the wait forbids the step, and what wait and holds have against it, in words.
    """
    truth = Truth.TRUE if step.when is None else step.when.verdict(position.situation)
    earliest, obstacles = waiting(step, position.situation, calendar)
    obstacles += [*blocking(workflow, step, position.holds), *forbidding(workflow, step, position)]
    if truth is Truth.FALSE or obstacles:
        return "refused", earliest, obstacles
    return ("allowed" if truth is Truth.TRUE else "undetermined"), earliest, obstacles


def waiting(step: Step, situation: Situation, calendar: WorkingCalendar) -> tuple[date | None, list[str]]:
    """The first day on which *step*'s wait is over, if that is yet to come, and what to say until then."""
    if step.wait is None:
        return None, []
    since = situation.happened.get(step.wait.after)
    if since is None:
        return None, [f"{step.event} waits for {step.wait.after}, which has not happened"]
    try:
        earliest = calendar.add(since, step.wait.at_least)
    except ValueError:  # beyond the last day that there is
        earliest = date.max
    if earliest <= situation.today:
        return None, []
    return earliest, [
        f"{step.event} waits at least {step.wait.at_least} after {step.wait.after}: not before {earliest}"
    ]


def blocking(workflow: Workflow, step: Step, holds: frozenset[str]) -> list[str]:
    """What to say about the *holds* that block *step*."""
    on = [workflow.holds[name] for name in sorted(holds) if step.event in workflow.holds[name].blocks]
    return [f"{step.event} is blocked by {hold.name} ({hold.title})" for hold in on]


def forbidding(workflow: Workflow, step: Step, position: Position, *, overridden: bool = False) -> list[str]:
    """What to say of the monitors that *step* would break."""
    if not workflow.monitors or position.latest is None:
        return []
    broken = [
        monitor
        for monitor in workflow.monitors.values()
        if monitor.order.event == step.event
        and monitor.order.forbids(position.latest)
        and not (overridden and monitor.overridable)
    ]
    return [f"{step.event} is not to be now: {each.order} ({each.title or each.name})" for each in broken]


class _Event(Event):
    """An event that goes its one way at once, past the queue and the callbacks that no machine here has."""

    def trigger(self, model: object, *args: object, **kwargs: object) -> bool:
        """Move the token *model*, if it is permitted to; raises MachineError where no way leads on."""
        assert isinstance(model, _Token)
        if model.state not in self.transitions:
            return bool(super().trigger(model, *args, **kwargs))
        if model.permitted:
            (way,) = self.transitions[model.state]
            model.state = str(way.dest)
        return model.permitted


class _Machine(Machine):
    event_cls = _Event


@lru_cache(maxsize=512)
def machine_of(workflow: Workflow) -> Machine:
    """The machine of `transitions` for *workflow*: built once, shared, and never given a model.

    Without `auto_transitions` there are no `to_STATE()` triggers that jump past the guards; not `queued`, so
    a move is done when it is said to be. Whether it may be is written on the token.
    """
    return _Machine(
        model=None,
        states=list(workflow.states),
        initial=workflow.starts,
        transitions=[
            {"trigger": step.event, "source": step.source, "dest": step.to} for step in workflow.steps()
        ],
        auto_transitions=False,
        queued=False,
    )


def _overrides(step: Step, truth: Truth, by: Actor, reason: str | None) -> bool:
    return (
        step.override is not None
        and truth is not Truth.TRUE
        and step.override in by.roles
        and bool((reason or "").strip())
    )


def _unanswered(workflow: Workflow, state: str, event: str) -> str:
    here = workflow.states[state]
    if here.final:
        return f"{event} is not answered: the case has ended ({here.title})"
    answered = ", ".join(here.steps) or "nothing"
    return f"{event} is not answered in {state} ({here.title}), which answers to {answered}"


def _why_not(step: Step, truth: Truth, situation: Situation, facts: Mapping[str, Fact]) -> str:
    assert step.when is not None
    short = "; ".join(shortfall(step.when.condition, situation, facts))
    if truth is Truth.FALSE:
        said = f"{step.event} needs what is not so ({short})"
    else:
        asked = ", ".join(open_questions(step.when.condition, situation))
        said = f"{step.event} needs what is not settled ({short})" + (f": ask for {asked}" if asked else "")
    return said if step.override is None else f"{said}; {step.override} may override it with a reason"
