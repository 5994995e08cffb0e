"""Which roles the workflow files need somebody in, and for what."""

from __future__ import annotations

from support.small import REVIEW, framework

from loopengine.core.definitions import ROLES
from loopengine.core.needs import Need, needs

CLOCKED = REVIEW.replace(
    "until: [accept, decline], source: local}",
    "until: [accept, decline], source: local, remind: {before: 5 days, tell: [executive]}, "
    "escalate: [{after: 1 day, tell: management_group}]}",
)


def test_a_role_is_needed_for_steps_overrides_states_deadlines_and_facts() -> None:
    found = needs(framework(review=CLOCKED))

    assert found["executive"] == (
        Need("review", "override", "accept"),
        Need("review", "deadline", "decide"),
    )
    assert found["management_group"] == (Need("review", "deadline", "decide"),)
    assert found["independent_chair"] == (
        Need("review", "step", "accept"),
        Need("review", "step", "decline"),
        Need("review", "step", "think"),
        Need("review", "fact", "chair_says"),
    )
    assert found["lead_reviewer"][0] == Need("review", "owner", "reviewing")


def test_the_role_of_an_agency_in_a_fact_is_needed_like_any_other() -> None:
    assert needs(framework())["agency"] == (
        Need("action", "owner", "proposed"),
        Need("action", "step", "begin"),
    )


def test_a_step_that_stands_in_several_states_needs_its_role_once() -> None:
    verify = [need for need in needs(framework())["business_unit"] if need.name == "verify"]

    assert verify == [Need("action", "step", "verify")]


def test_a_role_that_no_workflow_names_is_not_needed() -> None:
    assert set(ROLES) - set(needs(framework())) >= {"junior_board", "management_group"}


def test_a_need_is_told_in_words() -> None:
    found = needs(framework(review=CLOCKED))

    assert [str(need) for need in found["executive"]] == [
        "to override accept (review)",
        "to be told of decide (review)",
    ]
    assert str(found["independent_chair"][-1]) == "to answer chair_says (review)"
    assert str(found["lead_reviewer"][0]) == "to see to reviewing (review)"
    assert str(found["independent_chair"][0]) == "to take accept (review)"


def test_a_role_that_is_told_what_arises_is_needed() -> None:
    standing = "standing:\n  met: {when: criteria, tell: [owner, executive], source: local}\nstates:\n"
    found = needs(framework(review=REVIEW.replace("states:\n", standing, 1)))

    assert found["executive"][-1] == Need("review", "standing", "met")
    assert str(found["executive"][-1]) == "to be told of met (review)"
    assert "owner" not in found
