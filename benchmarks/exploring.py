"""The lives of the generated test, led by the shortest ways, beside walks of as many lives that are not led.

Run it with `python benchmarks/exploring.py [LIVES] [WORKFLOW...]`; the figures that it gave last are in
`benchmarks/README.md`. In a life that is *walked* half of the facts are answered anyhow to begin with, and
then one of six things is done twenty times, whichever comes: somebody answers a fact, fires an event of the
state in every role, lets time pass, waits for what is due and sweeps, or strikes out a step. In one that is
*drawn* the generated test does what the engine asks for beside all that, and is not led. *led* are its lives
as they are, less those that are drawn. What is counted is the steps of the workflow that were taken.
"""

from __future__ import annotations

import random
import sys
from datetime import date, timedelta
from time import perf_counter

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from loopengine import Framework, load_framework
from loopengine.clock import london_date
from loopengine.core.definitions import Workflow
from loopengine.core.values import Fact, Value
from loopengine.testing import Coverage
from loopengine.testing.beside import Beside
from loopengine.testing.lifecycle import STEPS
from loopengine.testing.living import EXAMPLES, lead_ahead, lifecycle_machine, walks
from loopengine.workflow_files import default_framework


def walked(framework: Framework, workflow: Workflow, lives: int) -> int:
    """The steps that so many plain random lives take."""
    coverage = Coverage()
    for life in range(lives):
        _walk(Beside(framework, coverage), workflow, random.Random(f"{workflow.name} {life}"))
    return coverage.share(workflow)["steps"][0]


def drawn(framework: Framework, workflow: Workflow, lives: int) -> int:
    """The steps that so many lives of the generated test take which are not led."""
    coverage = Coverage()
    machine = lifecycle_machine(framework, workflow.name, coverage)
    machine.plan = ()
    chosen = settings(walks(lives), derandomize=True, database=None)
    run_state_machine_as_test(machine, settings=chosen)
    return coverage.share(workflow)["steps"][0]


def _walk(beside: Beside, workflow: Workflow, dice: random.Random) -> None:
    facts = {name: fact for name, fact in workflow.facts.items() if name not in workflow.naming}
    reference = beside.open(
        workflow.name, {name: _answer(fact, dice) for name, fact in facts.items() if dice.random() < 0.5}
    )
    model = beside.models[reference]
    for _ in range(STEPS):
        match dice.choice(["learn", "try", "try", "wait", "sweep", "undo"]):
            case "learn":
                name = dice.choice(sorted(facts))
                beside.record(reference, {name: _answer(facts[name], dice)})
            case "try" if model.state.steps:
                beside.fire(reference, dice.choice(sorted(model.state.steps)), by=beside.everybody)
            case "wait":
                beside.pass_until(beside.today + timedelta(days=dice.choice([1, 6, 45, 400])))
            case "sweep":
                if (due := beside.engine.next_due_at()) is not None:
                    beside.pass_until(london_date(due))
                beside.sweep()
            case "undo":
                beside.undo(reference)
            case _:
                pass
    beside.engine.close()


def _answer(fact: Fact, dice: random.Random) -> Value | None:
    match fact.type:
        case "yes_no":
            return dice.choice([True, False])
        case "one_of" | "party":
            return dice.choice(fact.values) if fact.values else None
        case "parties" | "some_of":
            return frozenset([dice.choice(fact.values)]) if fact.values else None
        case "number":
            return dice.choice([0, 1, 2, 17, 18])
        case "date":
            return date(2016, 7, 1) + timedelta(days=dice.randrange(700))
        case "text":
            return "as it is in the minutes"
        case _:
            return None


def main(lives: int, names: list[str]) -> None:
    """Print a line for each workflow, and one for all."""
    framework = load_framework(default_framework())
    head = f"steps taken in {lives} lives"
    print(f"{head:36}{'steps':>6}{'walked':>8}{'drawn':>7}{'led':>6}{'lives':>7}{'seconds':>9}")
    total = [0, 0, 0, 0]
    for name in names or list(framework.workflows):
        workflow, coverage = framework.workflow(name), Coverage()
        plainly, not_led = walked(framework, workflow, lives), drawn(framework, workflow, lives)
        began = perf_counter()
        took = lead_ahead(lifecycle_machine(framework, name, coverage), lives // 2)
        seconds = perf_counter() - began
        led, there = coverage.share(workflow)["steps"]
        total = [sum(pair) for pair in zip(total, (there, plainly, not_led, led), strict=True)]
        print(f"{name:36}{there:6}{plainly:8}{not_led:7}{led:6}{took:7}{seconds:9.1f}", flush=True)
    print(f"{'all':36}{total[0]:6}{total[1]:8}{total[2]:7}{total[3]:6}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else EXAMPLES, sys.argv[2:])
