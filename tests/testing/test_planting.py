"""Planted bugs: the generated test finds every one that its workflow can show."""

from __future__ import annotations

import pytest
from support import small
from testing.conftest import Run, Write
from testing.full import FRAMEWORK, FULL

from loopengine.core import machine
from loopengine.core.files.loading import framework_from_texts
from loopengine.errors import UsageError
from loopengine.testing import PlantedBug, lifecycle_test, planted_bugs

TALK = FULL.workflow("talk")
VISIT = """\
workflow: visit
version: 1
title: A visit to a family
reference: VIS
starts: planned
facts:
  planned_for: {ask: "For which day is it planned?", type: date}
deadlines:
  see_them: {%s, until: end, source: local}
states:
  planned:
    title: It is planned
    on:
      go: {to: going, by: business_unit}
  going:
    title: Somebody is there
    on:
      end: {to: ended, by: business_unit}
  ended: {title: They were seen, final: true}
"""


@pytest.mark.parametrize("bug", planted_bugs(TALK), ids=str)
def test_the_generated_test_finds_every_bug_within_its_own_number_of_examples(
    bug: PlantedBug, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loopengine.testing.patience.MOST_RETRIES", 3)

    with (
        bug.planted(),
        pytest.raises(AssertionError, match=r"\n  1\. a case of talk is opened on 2017-01-09"),
    ):
        lifecycle_test(FULL, "talk")("runTest").debug()


@pytest.mark.parametrize(
    "due",
    [
        "within: 10 working days, from: opened",
        "within: 10 working days, from: go",
        "within: 1 month, from: planned_for",
        "within: 2 weeks, from: [opened, planned_for]",
        "within: 1 week, before: planned_for",
        "due: planned_for",
    ],
)
def test_that_a_deadline_is_days_late_is_found_whatever_it_hangs_on(due: str) -> None:
    framework = framework_from_texts({"framework.yaml": FRAMEWORK, "visit.yaml": VISIT % due})
    (late,) = (bug for bug in planted_bugs(framework.workflow("visit")) if "days late" in bug.name)

    with late.planted(), pytest.raises(AssertionError, match=r"see_them is due on [-0-9]+, not on"):
        lifecycle_test(framework, "visit")("runTest").debug()


def test_without_a_bug_it_finds_nothing_so_that_a_bug_is_what_it_found() -> None:
    with planted_bugs(TALK)[0].planted():
        pass

    lifecycle_test(FULL, "talk", examples=4)("runTest").debug()


def test_of_a_workflow_there_are_those_bugs_that_it_can_show() -> None:
    of_actions = {bug.name for bug in planted_bugs(small.framework().workflow("action"))}

    assert set(planted_bugs(TALK)) == set(planted_bugs())
    assert "no reason need be given" in of_actions
    assert "a hold blocks nothing" not in of_actions


def test_a_bug_that_the_code_has_outgrown_says_so_and_plants_nothing() -> None:
    before = machine.decide.__code__
    bug = PlantedBug("the moon is full", machine.decide, "the moon", "the sun")

    with pytest.raises(UsageError, match="'the moon is full' cannot be planted"), bug.planted():
        pass
    assert machine.decide.__code__ is before


def test_the_fixture_runs_a_test_once_with_each_bug(write: Write, run_tests: Run) -> None:
    folder = write()
    (folder.parent / "test_own.py").write_text(
        "import pytest\n"
        "from loopengine.testing import everybody, memory_engine\n"
        "def test_own(planted_bug):\n"
        "    engine = memory_engine('board')\n"
        "    case = engine.open('visit', {'agreed': False}, by=everybody(engine.framework))\n"
        "    moved = engine.fire(case, 'go', by=everybody(engine.framework)).moved\n"
        "    assert moved is (planted_bug.name == 'the guard is ignored')\n",
        "utf-8",
    )

    run = run_tests("-q", "test_own.py")

    assert f"{len(planted_bugs())} passed" in run.stdout, run.stdout
