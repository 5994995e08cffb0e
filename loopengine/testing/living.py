"""Letting lives be lived, led and drawn, and telling a failure in as few acts as may be.

Knows hypothesis and the generated machine. Does not know what is done in a life.
"""

from __future__ import annotations

from collections.abc import Sequence
from unittest import TestCase

from hypothesis import HealthCheck, Phase, settings
from hypothesis.errors import Flaky
from hypothesis.stateful import run_state_machine_as_test

from loopengine.core.definitions import Framework, Workflow
from loopengine.testing.coverage import Coverage, Part
from loopengine.testing.lifecycle import STEPS, Lifecycle
from loopengine.testing.patience import Enough, Patience
from loopengine.testing.ways import name_of

EXAMPLES = 20
# A life that is led: one, in which of all that can be drawn the simplest is.
LED = settings(
    max_examples=1,
    stateful_step_count=1,
    phases=[Phase.generate],
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def lifecycle_machine(
    framework: Framework, workflow: str, coverage: Coverage | None = None
) -> type[Lifecycle]:
    """The state machine of which `lifecycle_test` is the test; *coverage* is told what it has seen."""
    definition = framework.workflow(workflow)
    name = "".join(part.capitalize() for part in workflow.split("-"))
    members = {
        "framework": framework,
        "workflow": definition,
        "coverage": Coverage() if coverage is None else coverage,
        "patience": Patience(),
    }
    return type(f"{name}Lifecycle", (Lifecycle,), members)


def lifecycle_test(
    framework: Framework, workflow: str, *, coverage: Coverage | None = None, examples: int = EXAMPLES
) -> type[TestCase]:
    """A test of the life of a case of *workflow*, for pytest or unittest to run.

    Engine and a model go through *examples* lives of some *STEPS* acts side by side. *coverage* is told what
    of the definitions was seen at work.
    """
    machine = lifecycle_machine(framework, workflow, coverage)

    def run_test(self: TestCase) -> None:
        live(machine, examples)

    return type(machine.__name__, (TestCase,), {"runTest": run_test, "__doc__": lifecycle_test.__doc__})


def live(machine: type[Lifecycle], examples: int) -> None:
    """Let so many lives be lived; raises what goes wrong in one that is as short as may be.

    Up to half of them are led to what none has seen before, the others are drawn.
    """
    machine.patience = Patience()
    led = lead_ahead(machine, examples // 2)
    try:
        run_state_machine_as_test(machine, settings=walks(examples - led))
    except (Enough, Flaky):
        # Hypothesis, when it is stopped, may complain that a life ended earlier than it had the time before.
        if machine.patience.failure is None or not machine.patience.is_out:
            raise
        raise machine.patience.failure from None


def lead_ahead(machine: type[Lifecycle], most: int) -> int:
    """Let at most so many lives be led, by the shortest ways to the steps that no life before has taken, and
    then one more to where clocks are yet to be heard; how many it took.

    What is left is settled before a life begins: so it is the same whenever that is lived again.
    """
    seen, machine.coverage = machine.coverage, Coverage()
    try:
        for number in range(most):
            missing = machine.coverage.missing(machine.workflow)
            if plan := [part.what for part in missing if part.sort == "steps"]:
                _lead(machine, plan)
            else:
                # One life more, in which somebody lingers wherever a clock has not said all yet.
                _lead(machine, _starting(machine.workflow, missing), lingering=True)
                return number + 1
        return most
    finally:
        for workflow, parts in machine.coverage.told().items():
            seen.add(workflow, parts)
        machine.coverage = seen


def _starting(workflow: Workflow, missing: Sequence[Part]) -> list[str]:
    """For each clock of which a rung is *missing*, the first step that starts it, if one does."""
    silent = {part.what.split()[0] for part in missing if part.sort == "rungs"}
    starts = [workflow.deadlines[name].starts for name in workflow.deadlines if name in silent]
    steps = [next((each for each in workflow.steps() if each.event in some), None) for some in starts]
    return list(dict.fromkeys(name_of(each) for each in steps if each is not None))


def walks(examples: int) -> settings:
    """So many walks; however long one of them takes."""
    return settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
        deadline=None,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )


def _lead(machine: type[Lifecycle], plan: Sequence[str], *, lingering: bool = False) -> None:
    """Let a life be led to the steps of *plan*; one that fails is told by the shortest that fails as well."""
    try:
        run_state_machine_as_test(_led(machine, plan, lingering), settings=LED)
    except Exception:
        for some in [[], *([step] for step in plan)]:
            try:
                run_state_machine_as_test(_led(machine, some, lingering), settings=LED)
            except Enough:
                break
            except Exception:
                continue
        if machine.patience.failure is None:
            raise
        raise machine.patience.failure from None


def _led(machine: type[Lifecycle], plan: Sequence[str], lingering: bool) -> type[Lifecycle]:
    return type(machine.__name__, (machine,), {"plan": plan, "lingering": lingering})
