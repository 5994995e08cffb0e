"""The caseload: every figure says where it comes from, and what is wrong in it is told."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from support.shipped import SHIPPED as BOARD

from loopengine.errors import UnknownName, UsageError
from loopengine.rehearsal import default_caseload, load_caseload
from loopengine.rehearsal.reading import unsourced

FILE = default_caseload("south-tyneside")
SHIPPED = FILE.read_text("utf-8")


def changed(tmp_path: Path, old: str, new: str) -> Path:
    """The shipped caseload with *new* in the place of *old*."""
    assert SHIPPED.count(old) == 1
    path = tmp_path / "caseload.toml"
    path.write_text(SHIPPED.replace(old, new), "utf-8")
    return path


def test_every_figure_of_the_shipped_caseload_has_a_source() -> None:
    told = tomllib.loads(SHIPPED)

    assert [*unsourced(told)] == []
    assert all("practice.md" in said or "[I]" in said for said in told["sources"].values())


def test_every_workflow_can_come_about() -> None:
    begun = {each.workflow for each in load_caseload(FILE).arrivals}
    begun |= {route.review for route in BOARD.workflow("incident").routes}
    begun |= {cycle.workflow for cycle in BOARD.cycles.values()}
    steps = [step for workflow in BOARD.workflows.values() for step in workflow.steps()]
    begun |= {each.workflow for step in steps for each in step.opens}

    assert BOARD.workflows.keys() - begun == set()


def test_the_caseload_names_only_what_the_framework_knows() -> None:
    caseload = load_caseload(FILE)

    for name, manner in caseload.manners.items():
        workflow = BOARD.workflow(name)
        states, known = workflow.states.keys(), {*workflow.facts, *workflow.repeated}
        inherited = caseload.usually
        assert manner.days_in.keys() - inherited.days_in.keys() <= states, name
        assert manner.first.keys() - inherited.first.keys() <= states, name
        assert manner.answers.keys() <= known, name
        assert manner.choose.keys() - inherited.choose.keys() <= {*workflow.events}, name
        assert {each.hold for each in manner.holds} <= workflow.holds.keys(), name
        assert {each.state for each in manner.holds} <= states, name
        for state, firsts in manner.first.items():
            if state in states:
                events = {each.event for each in firsts} - {
                    each.event for each in inherited.first.get(state, ())
                }
                assert events <= workflow.states[state].steps.keys(), (name, state)
        for event, facts in manner.again.items():
            assert event in workflow.events, name
            assert set(facts) <= known, name
    asked = {fact for each in BOARD.workflows.values() for fact in (*each.facts, *each.repeated)}
    assert caseload.answers.keys() <= asked
    assert caseload.truths <= asked
    assert {*caseload.outside} <= BOARD.agencies.keys()


UNSOURCED = "the caseload says nowhere where the figures of {} come from"
REACH = "reach = {between = [20, 400]}"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "wrong_role = 0.02",
            "wrong_role = -1",
            "the caseload, habits: wrong_role is not a number from 0 on",
        ),
        (
            "wrong_role = 0.02",
            "wrong = 1\nwrong_role = 1",
            "the caseload, habits has 'wrong', which nobody knows",
        ),
        ("mending = [10, 40]", "mending = [40, 10]", "the caseload, habits: mending is not days"),
        (REACH, "reach = []", "the caseload, answers: reach is not something to draw from"),
        (REACH, REACH.replace("20", "500"), "the caseload, answers: reach is not something to draw from"),
        ('framework = "south-tyneside"', "framework = 7", UNSOURCED.format("framework")),
        ('framework = "south-tyneside"', "framework = []", "the caseload: framework is not a text"),
        ('e = "recommendations"', 'e = "hearsay"', UNSOURCED.format("workflow.recommendation.days")),
    ],
)
def test_what_is_wrong_in_a_caseload_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        load_caseload(changed(tmp_path, old, new))

    assert caught.value.message == message
    assert caught.value.hint


def test_a_file_that_is_no_caseload_is_named(tmp_path: Path) -> None:
    (tmp_path / "not.toml").write_text("= nothing", "utf-8")

    for path in (tmp_path / "not.toml", tmp_path / "none.toml"):
        with pytest.raises(UsageError, match=path.name):
            load_caseload(path)


def test_a_framework_without_a_caseload_is_named_with_those_that_have_one() -> None:
    with pytest.raises(UnknownName, match="south-tyneside"):
        default_caseload("north-tyneside")
