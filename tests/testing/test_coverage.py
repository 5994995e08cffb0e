"""What of a definition was seen at work, counted by hand for a small workflow."""

from __future__ import annotations

from datetime import date

from testing.conftest import FRAMEWORK, VISIT

from loopengine import Actor
from loopengine.core.files.loading import framework_from_texts
from loopengine.testing.beside import Beside
from loopengine.testing.coverage import Coverage, Part

BOARD = framework_from_texts({"framework.yaml": FRAMEWORK, "visit.yaml": VISIT})
VISITS = BOARD.workflow("visit")
UNIT = Actor("Uma Unit", ["business_unit"])


def test_what_was_done_by_hand_is_what_was_seen() -> None:
    beside = Beside(BOARD)
    case = beside.open("visit", {"agreed": True})
    assert not beside.fire(case, "go", by=UNIT)  # nobody has said how old the child is
    beside.pass_until(date(2017, 1, 14))
    beside.sweep()  # reminds
    beside.record(case, {"child_age": 4})
    assert beside.fire(case, "go", by=UNIT)
    beside.engine.close()

    assert beside.coverage.share(VISITS) == {
        "states": (2, 3),
        "steps": (1, 2),
        "refusals": (1, 2),
        "leaves": (2, 4),
        "deciding": (0, 2),
        "clocks": (1, 1),
        "rungs": (1, 2),
    }
    assert beside.coverage.missing(VISITS) == [
        Part("states", "refused"),
        Part("steps", "asked.refuse"),
        Part("refusals", "asked.refuse"),
        Part("leaves", "is_wanted: agreed: FALSE"),
        Part("leaves", "is_wanted: child age is less than 18 years: FALSE"),
        Part("deciding", "is_wanted: agreed"),
        Part("deciding", "is_wanted: child age is less than 18 years"),
        Part("rungs", "answer escalate-1"),
    ]


def test_what_other_processes_have_seen_is_added() -> None:
    coverage = Coverage()
    coverage.add("visit", [["states", "asked"], ["states", "done"]])
    coverage.add("visit", [["states", "done"], ["steps", "asked.go"]])

    assert coverage.share(VISITS)["states"] == (2, 3)
    assert coverage.share(VISITS)["steps"] == (1, 2)


def test_a_leaf_that_was_seen_both_ways_has_not_decided_until_two_evaluations_show_it() -> None:
    beside = Beside(BOARD)
    case = beside.open("visit", {"agreed": True, "child_age": 4})
    beside.record(case, {"agreed": False, "child_age": 20})  # either of them alone would do
    both_ways = beside.coverage.share(VISITS)
    beside.record(case, {"child_age": 4})  # agreed alone is not as it was at first
    beside.engine.close()

    assert (both_ways["leaves"], both_ways["deciding"]) == ((4, 4), (0, 2))
    assert beside.coverage.share(VISITS)["deciding"] == (1, 2)
    assert Part("deciding", "is_wanted: agreed") not in beside.coverage.missing(VISITS)


def test_what_two_processes_have_seen_of_a_leaf_is_put_together() -> None:
    first, second, whole = Coverage(), Coverage(), Coverage()
    for coverage, agreed in ((first, True), (second, False)):
        beside = Beside(BOARD, coverage)
        beside.open("visit", {"agreed": agreed, "child_age": 4})
        beside.engine.close()

    for coverage in (first, second):
        whole.add("visit", coverage.told()["visit"])

    assert first.share(VISITS)["deciding"] == second.share(VISITS)["deciding"] == (0, 2)
    assert whole.share(VISITS)["deciding"] == (1, 2)
