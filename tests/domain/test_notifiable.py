"""Which incidents the local authority has to notify, and how that stands to the criteria: law.md, 1.5.

The guidance says that an incident which meets the criteria for a Serious Case Review is notifiable, too. By
its own words that is not so for one row of the truth table; the tests say which, and find it by search.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product

from domain.reading import (
    OF_DEGREE,
    YES_NO,
    Facts,
    answered,
    combinations_of,
    complete,
    holds,
    verdict_of,
)

from loopengine import Truth, Workflow
from loopengine.core.values import Value

DOMAIN = {
    "abuse_or_neglect": ("known", "suspected", "not_suspected"),
    "child_died": YES_NO,
    "seriously_harmed": YES_NO,
    "looked_after": YES_NO,
    "regulated_setting_or_service": YES_NO,
}
# What the criteria read besides; one kind of custody for them all, and one age for all that are not 16 or 17.
BESIDES = {
    "joint_working_concern": YES_NO,
    "custody_setting": ("none", "young_offender_institution"),
    "detained_mental_health_act": YES_NO,
    "deprivation_of_liberty_order": YES_NO,
    "age_at_event": (15, 16),
}


# --- two readings that are not ours -------------------------------------------------------------------------


def has_to_be_notified(facts: Facts) -> bool:
    """law.md 1.5, its four limbs one by one, of what is known in full."""
    abuse = facts["abuse_or_neglect"] in {"known", "suspected"}
    limbs = (
        facts["child_died"] and abuse,
        facts["seriously_harmed"] and abuse,
        facts["child_died"] and facts["looked_after"],
        facts["child_died"] and facts["regulated_setting_or_service"],
    )
    return any(limbs)


def degree(facts: Facts) -> int:
    """The same in Kleene's three values, by hand: "and" is the least, "or" is the most."""
    abuse = holds(facts["abuse_or_neglect"], "known", "suspected")
    died = holds(facts["child_died"], True)
    limbs = (
        min(died, abuse),
        min(holds(facts["seriously_harmed"], True), abuse),
        min(died, holds(facts["looked_after"], True)),
        min(died, holds(facts["regulated_setting_or_service"], True)),
    )
    return max(limbs)


EVERY = tuple(combinations_of(DOMAIN))


def test_what_is_known_in_full_is_what_the_guidance_says(review: Workflow) -> None:
    verdict = verdict_of(review, "notifiable_incident")

    for facts in filter(complete, EVERY):
        assert verdict(facts) is (Truth.TRUE if has_to_be_notified(facts) else Truth.FALSE), facts


def test_what_is_known_in_part_is_what_kleene_says(review: Workflow) -> None:
    verdict = verdict_of(review, "notifiable_incident")

    assert [facts for facts in EVERY if verdict(facts) is not OF_DEGREE[degree(facts)]] == []


def test_it_is_settled_exactly_when_no_answer_could_make_a_difference(review: Workflow) -> None:
    """There is no burden rule here: TRUE and FALSE are what every way of answering the rest comes to."""
    verdict = verdict_of(review, "notifiable_incident")

    for facts in EVERY:
        found = {has_to_be_notified(each) for each in answered(facts, DOMAIN, DOMAIN)}
        expected = Truth.UNKNOWN if len(found) == 2 else Truth.TRUE if found == {True} else Truth.FALSE
        assert verdict(facts) is expected, facts


def test_the_engine_assesses_as_its_rule_does(review: Workflow) -> None:
    verdict = verdict_of(review, "notifiable_incident")

    for facts in EVERY:
        assert review.assess("notifiable_incident", facts).verdict is verdict(facts)


# --- does meeting the criteria mean that it is notifiable? --------------------------------------------------

Known = frozenset[tuple[str, Value]]


def partial(size: int) -> Iterator[Known]:
    """Everything that can be known of *size* facts."""
    domain = DOMAIN | BESIDES
    for names in combinations(domain, size):
        for values in product(*(domain[name] for name in names)):
            yield frozenset(zip(names, values, strict=True))


def smallest_counter_examples(review: Workflow) -> list[Known]:
    """What it is enough to know of a case that meets the criteria and is not notifiable."""
    criteria, notifiable = verdict_of(review, "criteria_met"), verdict_of(review, "notifiable_incident")
    nothing = dict.fromkeys(DOMAIN | BESIDES)
    found: list[Known] = []
    for size in range(1, len(nothing) + 1):
        for known in partial(size):
            facts = nothing | dict(known)
            if criteria(facts) is not Truth.TRUE or notifiable(facts) is not Truth.FALSE:
                continue
            if not any(smaller < known for smaller in found):
                found.append(known)
    return found


ROW_3 = {
    ("child_died", True),
    ("abuse_or_neglect", "not_suspected"),
    ("looked_after", False),
    ("regulated_setting_or_service", False),
}


def test_meeting_the_criteria_does_not_imply_that_it_is_notifiable(review: Workflow) -> None:
    """No abuse is suspected, a child dies in custody, detained or deprived of liberty (row 3), and is neither
    looked after nor in a regulated setting. These are all the counter-examples that there are.
    """
    assert {*smallest_counter_examples(review)} == {
        frozenset(ROW_3 | {("custody_setting", "young_offender_institution")}),
        frozenset(ROW_3 | {("detained_mental_health_act", True)}),
        frozenset(ROW_3 | {("deprivation_of_liberty_order", True), ("age_at_event", 16)}),
    }


def test_it_does_for_rows_1_2_5_and_6(review: Workflow) -> None:
    """Wherever the regulation itself is met: only the guidance goes beyond what is notifiable."""
    serious, notifiable = verdict_of(review, "serious_case"), verdict_of(review, "notifiable_incident")

    for facts in combinations_of(DOMAIN | {"joint_working_concern": YES_NO}):
        if serious(facts) is Truth.TRUE:
            assert notifiable(facts) is Truth.TRUE, facts


def test_an_override_that_is_known_alone_leaves_it_open(review: Workflow) -> None:
    """The product warns rather than assumes: it asks the three things on which it depends."""
    facts = {"child_died": True, "custody_setting": "young_offender_institution"}

    assert review.assess("criteria_met", facts).verdict is Truth.TRUE
    assessment = review.assess("notifiable_incident", facts)
    assert assessment.verdict is Truth.UNKNOWN
    assert [fact.name for fact in assessment.open_questions] == [
        "abuse_or_neglect",
        "looked_after",
        "regulated_setting_or_service",
    ]


def test_the_converse_fails_for_row_7_and_for_a_natural_death_in_care(review: Workflow) -> None:
    at_home = {
        "custody_setting": "none",
        "detained_mental_health_act": False,
        "deprivation_of_liberty_order": False,
    }
    row_7 = at_home | {
        "abuse_or_neglect": "suspected",
        "child_died": False,
        "seriously_harmed": True,
        "joint_working_concern": False,
    }
    natural_death = at_home | {
        "abuse_or_neglect": "not_suspected",
        "child_died": True,
        "looked_after": True,
    }

    for facts in (row_7, natural_death):
        assert review.assess("notifiable_incident", facts).verdict is Truth.TRUE
        assert review.assess("criteria_met", facts).verdict is Truth.FALSE
