"""The criteria for a Serious Case Review, compiled, beside the same written by hand.

Run it with `python benchmarks/rules.py [TIMES]`. Everything is timed in one run on the same situations; the
figures are ratios to the function by hand, which is three-valued too, and reads no fact before it must.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from timeit import repeat
from typing import TypeAlias

from loopengine import load_framework
from loopengine.core.rules.explanation import explain
from loopengine.core.rules.questions import fixes, open_questions
from loopengine.core.rules.verdicts import evaluate
from loopengine.core.situation import Situation
from loopengine.core.truth import Truth
from loopengine.core.values import Value
from loopengine.workflow_files import default_framework

Way: TypeAlias = Callable[[Situation], object]

QUICK = ("by hand", "compiled")  # the others take too long to be done as often
FREE: dict[str, Value] = {
    "custody_setting": "none",
    "detained_mental_health_act": False,
    "deprivation_of_liberty_order": False,
}
HARMED: dict[str, Value] = {"child_died": False, "seriously_harmed": True}
SITUATIONS: dict[str, dict[str, Value]] = {
    "nothing known": {},
    "suspected, died": {"abuse_or_neglect": "suspected", "child_died": True},
    "known, harmed, concern not ruled out": {"abuse_or_neglect": "known", **HARMED},
    "known, harmed, concern ruled out": {
        "abuse_or_neglect": "known",
        "joint_working_concern": False,
        **HARMED,
    },
    "not suspected, died at liberty": {"abuse_or_neglect": "not_suspected", "child_died": True, **FREE},
    "not suspected, died, nobody knows where": {"abuse_or_neglect": "not_suspected", "child_died": True},
}


def by_hand(situation: Situation) -> Truth:
    """The criteria as one would write them for this alone; a fact that is not there is unknown."""
    get = situation.facts.get
    abuse, died = get("abuse_or_neglect"), get("child_died")
    if abuse in ("known", "suspected") and (
        died or (get("seriously_harmed") and get("joint_working_concern") is not False)
    ):
        return Truth.TRUE
    if died and (
        get("custody_setting", "none") != "none"
        or get("detained_mental_health_act")
        or (get("deprivation_of_liberty_order") and get("age_at_event") in (16, 17))
    ):
        return Truth.TRUE
    if (
        abuse == "not_suspected"
        or (died is False and (get("seriously_harmed") is False or get("joint_working_concern") is False))
    ) and (
        died is False
        or (
            get("custody_setting") == "none"
            and get("detained_mental_health_act") is False
            and (get("deprivation_of_liberty_order") is False or get("age_at_event", 16) not in (16, 17))
        )
    ):
        return Truth.FALSE
    return Truth.UNKNOWN


def nanoseconds(way: Way, situation: Situation, times: int) -> float:
    """The least that *way* took for *situation*, of seven turns."""
    return min(repeat(lambda: way(situation), number=times, repeat=7)) / times * 1e9


def main(times: int) -> None:
    """Print a line for each situation, each verdict taken so many *times*."""
    workflow = load_framework(default_framework()).workflow("serious-case-review")
    rule, facts = workflow.rule("criteria_met"), workflow.facts
    rule.verdict(Situation(date(2017, 1, 3)))  # compiled from here on
    ways: dict[str, Way] = {
        "by hand": by_hand,
        "compiled": rule.verdict,
        "walk": lambda case: evaluate(rule.condition, case),
        "explain": lambda case: explain(rule.condition, case, facts),
        "ask": lambda case: open_questions(rule.condition, case),
        "fix": lambda case: fixes(rule.condition, case, facts),
    }
    print(f"{'times the function by hand':40}" + "".join(f"{name:>10}" for name in ways))
    for name, known in SITUATIONS.items():
        case = Situation(date(2017, 1, 3), known)
        assert by_hand(case) is rule.verdict(case) is evaluate(rule.condition, case)
        turns = {name: times if name in QUICK else max(times // 250, 1) for name in ways}
        took = [nanoseconds(way, case, turns[name]) for name, way in ways.items()]
        ratios = "".join(f"{each / took[0]:10.1f}" for each in took[1:])
        print(f"{name:40}{took[0]:7.0f} ns{ratios}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
