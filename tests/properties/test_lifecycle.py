"""The life of a case: the real engine on a real database, and beside it a model that is obviously right.

A plain random walk would stay in the first states. So beside rules that try anything there are some that do
what the engine asks for, which is a property itself (`support/asking.py`). Whether all this would notice a
fault is tested, too: every fault of `support/planted.py` has to be found.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from itertools import count, pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from hypothesis.strategies import DataObject, booleans, data, integers, sampled_from
from support import clockwork, lists, small
from support.anything import answers, days, everybody, reasons, some_answers, somebody, somebody_for
from support.asking import go_on, go_to
from support.beside import EVIDENCE, Beside
from support.model_course import Facts
from support.planted import FAULTS, Fault
from support.shipped import SHIPPED as AS_IT_SHIPS

from loopengine import Actor, Framework, LoopEngineError
from loopengine.core.files.assembling import FRAMEWORK
from loopengine.core.files.loading import framework_from_texts

SMALL = small.framework()
CLOCKWORK = clockwork.framework()
LISTED = lists.framework()


def shipped() -> Framework:
    """The framework as it ships, without what it opens of itself: the model knows cases that people open."""
    texts = AS_IT_SHIPS.texts
    return framework_from_texts({**texts, FRAMEWORK: texts[FRAMEWORK].partition("\ncycles:\n")[0] + "\n"})


SHIPPED = shipped()
FRAMEWORKS = {"small": SMALL, "clockwork": CLOCKWORK, "shipped": SHIPPED}
MOST_CASES = 12

# What has happened in a run: the state in which a case was, and the event that it answered there.
Taken = set[tuple[str, str]]


def if_wanted(verb: Callable[..., None]) -> Callable[..., None]:
    """Have a rule apply only in walks that go by it. Time passes in every one."""
    name = verb.__name__
    return precondition(lambda self: not self.only or name in self.only)(verb)


class Lifecycle(RuleBasedStateMachine):
    """Walk the engine and the model side by side, from a case of *workflow* on; they may never disagree.

    *taken* is told which steps were taken in cases of that workflow. By *only* some of the rules, perhaps.
    """

    def __init__(
        self,
        framework: Framework,
        workflow: str,
        taken: Taken | None = None,
        url: str = "sqlite://",
        only: Collection[str] = (),
    ) -> None:
        super().__init__()
        self.only = only
        self.framework = framework
        self.workflow = framework.workflow(workflow)
        self.taken = set() if taken is None else taken
        self.beside = Beside(framework, url)
        self.everybody = everybody(framework)

    @initialize(data=data(), strides=integers(0, 6))
    def begin(self, data: DataObject, strides: int) -> None:
        """Open a case, bring it to some step by doing what is asked, and some strides further."""
        facts = data.draw(some_answers(self.workflow))
        on = self.beside.today - timedelta(days=data.draw(integers(0, 30)))
        self.beside.open(self.workflow.name, facts, by=self.everybody, evidence=None, on=on)
        reference = self.beside.open(self.workflow.name, facts, by=self.everybody, on=on)
        assert reference is not None
        steps = list(self.workflow.steps())
        go_to(self.beside, data.draw, reference, steps[data.draw(integers(0, len(steps) - 1))])
        for _ in range(strides):
            if self.beside.ongoing():
                go_on(self.beside, data.draw, data.draw(sampled_from(self.beside.ongoing())))

    @if_wanted
    @rule(data=data(), evidence=sampled_from([EVIDENCE, None]))
    def learn_something(self, data: DataObject, evidence: str | None) -> None:
        """Anything, on any day, from anybody, with or without evidence."""
        reference = self.draw_case(data)
        facts = data.draw(answers(self.beside.model.cases[reference].workflow))
        by = data.draw(sampled_from([self.everybody, data.draw(somebody(self.framework))]))
        on = data.draw(days(self.beside.today))
        self.beside.record(reference, facts, by=by, evidence=evidence, on=on)

    @if_wanted
    @rule(data=data(), days=sampled_from([(1, 2), (2, 9), (0, 7)]))
    def learn_backwards(self, data: DataObject, days: tuple[int, int]) -> None:
        """What has been so for some days, and then what was so before."""
        reference = self.draw_case(data)
        for ago in days:
            facts = data.draw(answers(self.beside.model.cases[reference].workflow))
            on = self.beside.today - timedelta(days=ago)
            self.beside.record(reference, facts, by=self.everybody, on=on)

    @if_wanted
    @rule(data=data())
    def change_ones_mind(self, data: DataObject) -> None:
        """Yes, then no, and yes again."""
        reference = self.draw_case(data)
        facts = self.beside.model.cases[reference].workflow.facts.values()
        if yes_no := [fact.name for fact in facts if fact.type == "yes_no"]:
            name = data.draw(sampled_from(yes_no))
            for answer in (True, False, True):
                self.beside.record(reference, {name: answer}, by=self.everybody)

    @if_wanted
    @rule(data=data())
    def correct_something(self, data: DataObject) -> None:
        """What was answered, or what nobody has answered yet."""
        reference = self.draw_case(data)
        case = self.beside.model.cases[reference]
        facts = data.draw(answers(case.workflow, among=frozenset(case.said)))
        on = data.draw(days(self.beside.today))
        self.beside.record(reference, facts, by=self.everybody, on=on, correction=True)

    @rule(days=sampled_from([1, 0, 6, 45, 400]), hours=integers(0, 23))
    def let_time_pass(self, days: int, hours: int) -> None:
        self.beside.clock.advance(days=days, hours=hours)

    @if_wanted
    @rule(at_once=sampled_from([250, 1, 2]), tried=booleans())
    def sweep(self, at_once: int, tried: bool) -> None:
        """Do what has fallen due in any case, which finds all of it."""
        self.beside.sweep(at_once, tried=tried)

    @precondition(lambda self: self.beside.clocked())
    @if_wanted
    @rule(data=data())
    def let_a_clock_run(self, data: DataObject) -> None:
        """Until it is about to say something, or has just come to; then somebody acts, on any case."""
        clocked = data.draw(sampled_from(self.beside.clocked()))
        before = timedelta(seconds=data.draw(sampled_from([0, 1, 60])))
        self.wait_until(self.beside.next_notice(clocked) - before)
        case = self.beside.model.cases[data.draw(sampled_from([clocked, self.draw_case(data)]))]
        if data.draw(booleans()):
            self.beside.fire(case.reference, case.workflow.events[0], by=Actor("Nobody in particular"))
        kinds = [kind for kind in case.workflow.sub_cases.values() if not kind.linked]
        for below in kinds[:1]:
            self.beside.open(below.workflow, {}, by=self.everybody, under=case.reference)

    @precondition(lambda self: any(each.deadlines for each in self.framework.workflows.values()))
    @if_wanted
    @rule(data=data(), ahead=integers(-40, 60))
    def name_a_day(self, data: DataObject, ahead: int) -> None:
        """One on which a clock hangs, in the past or to come."""
        reference = self.draw_case(data)
        workflow = self.beside.model.cases[reference].workflow
        days = [name for name, fact in workflow.facts.items() if fact.type == "date"]
        if days:
            said: Facts = {data.draw(sampled_from(days)): self.beside.today + timedelta(days=ahead)}
            self.beside.record(reference, said, by=self.everybody)

    @precondition(lambda self: self.holds())
    @if_wanted
    @rule(data=data(), reason=sampled_from(["as ordered", "as agreed", None, ""]))
    def hold_or_release(self, data: DataObject, reason: str | None) -> None:
        """Any hold, whether it is on or not, from any day on."""
        reference, name = data.draw(sampled_from(self.holds()))
        on = data.draw(days(self.beside.today))
        if data.draw(booleans()):
            self.beside.hold(reference, name, by=self.everybody, reason=reason or "", on=on)
        else:
            self.beside.release(reference, name, by=self.everybody, reason=reason, on=on)

    @precondition(lambda self: self.beside.followed())
    @if_wanted
    @rule(data=data())
    def let_somebody_join(self, data: DataObject) -> None:
        """One party more of those for whom something was opened, in a case that goes on or has ended."""
        followed, ongoing = self.beside.followed(), self.beside.ongoing()
        ended = [each for each in followed if each[0] not in ongoing]
        reference, fact = data.draw(sampled_from(ended if ended and data.draw(booleans()) else followed))
        case = self.beside.model.cases[reference]
        had = case.facts(self.beside.today).get(fact, frozenset())
        joins = data.draw(sampled_from(case.workflow.facts[fact].values))
        assert isinstance(had, frozenset)
        self.beside.record(reference, {fact: had | {joins}}, by=self.everybody)

    @precondition(lambda self: self.holds())
    @if_wanted
    @rule(data=data(), days=integers(0, 30), late=sampled_from([0, 0, 3, 9]), left=sampled_from([1, 2, None]))
    def hold_for_a_while(self, data: DataObject, days: int, late: int, left: int | None) -> None:
        """So many days, of which perhaps somebody says later that they were less.

        It begins when a clock that it stops has so many days *left*, perhaps.
        """
        reference, name = data.draw(sampled_from(self.holds(of_use=True) or self.holds()))
        if left is not None:
            self.wait_until(self.beside.late_at(reference, name) - timedelta(days=left))
        self.beside.hold(reference, name, by=self.everybody)
        self.beside.clock.advance(days=days)
        on = self.beside.today - timedelta(days=min(days, late))
        self.beside.release(reference, name, by=self.everybody, on=on)

    @if_wanted
    @rule(data=data())
    def try_anything(self, data: DataObject) -> None:
        """Any event, answered here, elsewhere or nowhere, by anybody, with or without a reason."""
        reference = self.draw_case(data)
        case = self.beside.model.cases[reference]
        nowhere = f"to_{case.workflow.starts}"
        event = data.draw(sampled_from([*case.state.steps, *case.workflow.events, nowhere]))
        step, facts = case.state.steps.get(event), case.facts(self.beside.today)
        by = data.draw(
            somebody(self.framework) if step is None else somebody_for(step, facts, self.framework)
        )
        on = data.draw(days(self.beside.today))
        self.beside.fire(reference, event, by=by, reason=data.draw(reasons), on=on)

    @precondition(lambda self: self.beside.ongoing())
    @if_wanted
    @rule(data=data())
    def do_what_is_asked(self, data: DataObject) -> None:
        """What the engine asks for is necessary, and together it suffices."""
        go_on(self.beside, data.draw, self.beside.ongoing()[0])

    @precondition(lambda self: len(self.beside.ongoing()) > 1)
    @if_wanted
    @rule(data=data())
    def act_on_a_sub_case(self, data: DataObject) -> None:
        """Or on a case that is linked to the first."""
        go_on(self.beside, data.draw, data.draw(sampled_from(self.beside.ongoing()[1:])))

    @precondition(lambda self: len(self.beside.ongoing()) > 1)
    @if_wanted
    @rule(data=data(), reason=sampled_from(["opened twice", "a slip", ""]), with_all=booleans())
    def withdraw_something(self, data: DataObject, reason: str, with_all: bool) -> None:
        """A case that was opened in error, by itself or *with_all* that is below."""
        ongoing, cases = self.beside.ongoing(), self.beside.model.cases
        above = [each for each in ongoing if any(not sub.state.final for sub in cases[each].below())]
        reference = data.draw(sampled_from(above if above and with_all else ongoing[1:]))
        on = data.draw(days(self.beside.today))
        self.beside.withdraw(reference, by=self.everybody, reason=reason, on=on)

    @precondition(lambda self: len(self.beside.model.cases) < MOST_CASES)
    @if_wanted
    @rule(data=data(), later=sampled_from([0, 0, 20]))
    def open_below(self, data: DataObject, later: int) -> None:
        """Any case under any other, whether it goes there or not."""
        self.beside.clock.advance(days=later)
        parent = self.draw_case(data)
        workflow = self.framework.workflow(data.draw(sampled_from(list(self.framework.workflows))))
        facts = data.draw(answers(workflow))
        on = data.draw(days(self.beside.today))
        self.beside.open(workflow.name, facts, by=self.everybody, under=parent, on=on)

    @precondition(lambda self: self.stays())
    @if_wanted
    @rule(data=data(), days=integers(0, 5), ago=integers(1, 5))
    def tell_something_late(self, data: DataObject, days: int, ago: int) -> None:
        """What happens today in the state that a case is in; and then that it also did some days ago."""
        reference, event = data.draw(sampled_from(self.stays()))
        self.beside.clock.advance(days=days)
        for on in (None, self.beside.today - timedelta(days=ago)):
            self.beside.fire(reference, event, by=self.everybody, reason="as agreed", on=on)

    @if_wanted
    @rule(data=data())
    def remember_what_is_shown(self, data: DataObject) -> None:
        """It has to be shown alike at the end, as of now."""
        self.beside.remember(self.draw_case(data))

    @precondition(lambda self: self.beside.requests)
    @if_wanted
    @rule(data=data())
    def say_it_again(self, data: DataObject) -> None:
        """Whatever has been asked under a key, however long ago."""
        requests = self.beside.requests
        self.beside.say_again(requests[data.draw(integers(0, len(requests) - 1))])

    @invariant()
    def they_agree(self) -> None:
        self.beside.check()

    def teardown(self) -> None:
        try:
            self.beside.check_all()
        finally:
            self.beside.engine.close()
        for case in self.beside.model.cases.values():
            if case.workflow is self.workflow:
                self.taken.update((before.to, move.event) for before, move in pairwise(case.moves))

    def holds(self, *, of_use: bool = False) -> list[tuple[str, str]]:
        """The holds that there may be on cases that have not ended; or those that stop what is in time."""
        found: list[tuple[str, str]] = []
        for reference in self.beside.ongoing():
            in_time = self.beside.in_time(reference)
            holds = self.beside.model.cases[reference].workflow.holds.values()
            found += [(reference, hold.name) for hold in holds if not of_use or in_time & {*hold.stops}]
        return found

    def stays(self) -> list[tuple[str, str]]:
        """The events that leave a case in its state."""
        return [
            (reference, step.event)
            for reference in self.beside.ongoing()
            for step in self.beside.model.cases[reference].state.steps.values()
            if step.to == step.source
        ]

    def wait_until(self, instant: datetime) -> None:
        """Let time pass until *instant*, unless it has."""
        self.beside.clock.advance_to(max(self.beside.clock.now(), instant))

    def draw_case(self, data: DataObject) -> str:
        return data.draw(sampled_from(list(self.beside.model.cases)))


def walk(machine: Callable[[], Lifecycle], examples: int, **more: object) -> None:
    """Walk so many *examples*; the first fault that is found is raised."""
    usual = settings(
        max_examples=examples,
        stateful_step_count=20,
        phases=[Phase.reuse, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    run_state_machine_as_test(machine, settings=settings(usual, **more))


# Each workflow, how often it is walked, and in how many of its states a step is taken at least. In the soak,
# which CI runs beside these, it is walked half as often again even where that is small, and twice as far.
WALKS = [
    pytest.param(SMALL, "review", 8, 2, id="small-review"),
    pytest.param(SMALL, "action", 4, 2, id="small-action"),
    pytest.param(CLOCKWORK, "watch", 14, 4, id="clockwork"),
    pytest.param(LISTED, "audit", 5, 1, id="lists"),
    pytest.param(SHIPPED, "serious-case-review", 10, 14, id="serious-case-review"),
    pytest.param(SHIPPED, "learning-point", 6, 3, id="learning-point"),
    pytest.param(SHIPPED, "dissemination", 4, 2, id="dissemination"),
    pytest.param(SHIPPED, "action", 5, 4, id="action"),
]
WALKED = {walk.values[1] for walk in WALKS if walk.values[0] is SHIPPED}
# Every other file of the folder, less often: what they have in common is walked above. A challenge event goes
# nowhere without cases that somebody has linked to it, as in `test_ends.py` and `test_ties.py`.
WALKS += [
    pytest.param(SHIPPED, name, 4, 0 if name == "section-11-challenge-event" else 2, id=name)
    for name in SHIPPED.workflows
    if name not in WALKED
]


@pytest.mark.parametrize(("framework", "workflow", "examples", "far"), WALKS)
def test_the_engine_and_the_model_never_disagree(
    framework: Framework, workflow: str, examples: int, far: int
) -> None:
    taken: Taken = set()

    walk(lambda: Lifecycle(framework, workflow, taken), examples)

    states = {state for state, _ in taken}
    assert len(states) >= far, f"the walk gets no further than {sorted(states)}"


def test_on_a_file_they_do_not_disagree_either(tmp_path: Path) -> None:
    urls = (f"sqlite:///{tmp_path / str(number)}.db" for number in count())

    walk(lambda: Lifecycle(SMALL, "review", url=next(urls)), examples=4)


@pytest.mark.soak
@pytest.mark.parametrize(("framework", "workflow", "examples", "far"), WALKS)
def test_however_long_they_are_walked_they_never_disagree(
    framework: Framework, workflow: str, examples: int, far: int
) -> None:
    times = 1.5 if os.environ.get("LOOPENGINE_SOAK") == "small" else 80

    walk(lambda: Lifecycle(framework, workflow), int(times * examples), stateful_step_count=40)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_planted_fault_is_found(fault: Fault) -> None:
    framework = FRAMEWORKS[fault.framework]

    with fault.planted(), pytest.raises((AssertionError, LoopEngineError)):
        walk(
            lambda: Lifecycle(framework, fault.workflow, only=fault.by),
            examples=300,
            phases=[Phase.generate],
            derandomize=True,
            database=None,
        )
