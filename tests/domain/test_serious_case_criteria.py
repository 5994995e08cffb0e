"""The criteria for a Serious Case Review: law.md 1.4 row by row, then every combination there is.

The rows say what the law comes to, and on which limb. The readings below them are the regulation (law.md,
1.1 to 1.3) written down again in plain Python, twice: for what is known, and for what is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

import pytest
from domain.reading import (
    OF_DEGREE,
    YES_NO,
    Facts,
    answered,
    combinations_of,
    complete,
    holds,
    situation,
    verdict_of,
)

from loopengine import Truth, Workflow
from loopengine.core.rules.assessment import Assessment
from loopengine.core.rules.explanation import Node
from loopengine.core.rules.questions import open_questions

CUSTODY = (
    "none",
    "police_custody",
    "remand",
    "post_sentence",
    "young_offender_institution",
    "secure_training_centre",
    "secure_childrens_home",
)
DOMAIN = {
    "abuse_or_neglect": ("known", "suspected", "not_suspected"),
    "child_died": YES_NO,
    "seriously_harmed": YES_NO,
    "joint_working_concern": YES_NO,
    "custody_setting": CUSTODY,
    "detained_mental_health_act": YES_NO,
    "deprivation_of_liberty_order": YES_NO,
    "age_at_event": (0, 15, 16, 17, 18),
}

# --- the truth table ----------------------------------------------------------------------------------------

SUSPECTED = {"abuse_or_neglect": "suspected"}
NOT_SUSPECTED = {"abuse_or_neglect": "not_suspected"}
DIED = {"child_died": True, "seriously_harmed": False}
HARMED = {"child_died": False, "seriously_harmed": True}
NEITHER = {"child_died": False, "seriously_harmed": False}
CONCERN = {"joint_working_concern": True}
CONCERN_UNKNOWN = {"joint_working_concern": None}
NO_CONCERN = {"joint_working_concern": False}
AT_HOME = {
    "custody_setting": "none",
    "detained_mental_health_act": False,
    "deprivation_of_liberty_order": False,
    "age_at_event": 15,
}
IN_A_YOI = AT_HOME | {"custody_setting": "young_offender_institution"}
DETAINED = AT_HOME | {"detained_mental_health_act": True}
DEPRIVED_AT_16 = AT_HOME | {"deprivation_of_liberty_order": True, "age_at_event": 16}
DEPRIVED_AT_17 = DEPRIVED_AT_16 | {"age_at_event": 17}
DEPRIVED_AT_15 = DEPRIVED_AT_16 | {"age_at_event": 15}
OVERRIDES = {
    "custody": IN_A_YOI,
    "mental-health-act": DETAINED,
    "deprived-at-16": DEPRIVED_AT_16,
    "deprived-at-17": DEPRIVED_AT_17,
}

# The limbs: the first two are the regulation's, "must"; the third is the guidance's, "should always".
DEATH = "5(2)(a) + (b)(i)"
HARM = "5(2)(a) + (b)(ii)"
STATE_CARE = "override"


@dataclass(frozen=True)
class Row:
    """A row of law.md 1.4: what is known, and the limbs on which the criteria are met, if they are."""

    name: str
    facts: Facts
    limbs: frozenset[str] = field(default=frozenset())

    def __str__(self) -> str:
        return self.name


def row(name: str, *facts: Facts, limbs: tuple[str, ...] = ()) -> Row:
    """A row of which *facts* are put together, the later ones over the earlier."""
    together: dict[str, object] = {}
    for each in facts:
        together |= each
    return Row(name, together, frozenset(limbs))


def rows() -> Iterator[Row]:
    """Rows 1 to 12; where a column says "yes", "ignored" or "any", with each value that it stands for."""
    for say, concern in {"concern": CONCERN, "unknown": CONCERN_UNKNOWN, "none": NO_CONCERN}.items():
        yield row(f"1-died-suspected-{say}", SUSPECTED, DIED, AT_HOME, concern, limbs=(DEATH,))
        yield row(f"4-died-not-suspected-{say}", NOT_SUSPECTED, DIED, AT_HOME, concern)
        yield row(f"11-neither-suspected-{say}", SUSPECTED, NEITHER, AT_HOME, concern)
        yield row(f"12-neither-not-suspected-{say}", NOT_SUSPECTED, NEITHER, AT_HOME, concern)
        for where, care in OVERRIDES.items():
            both = (DEATH, STATE_CARE)
            yield row(f"2-died-suspected-{where}-{say}", SUSPECTED, DIED, care, concern, limbs=both)
            only = (STATE_CARE,)
            yield row(f"3-died-not-suspected-{where}-{say}", NOT_SUSPECTED, DIED, care, concern, limbs=only)
    yield row("5-harmed-suspected-concern", SUSPECTED, HARMED, AT_HOME, CONCERN, limbs=(HARM,))
    yield row("6-harmed-suspected-unknown", SUSPECTED, HARMED, AT_HOME, CONCERN_UNKNOWN, limbs=(HARM,))
    yield row("7-harmed-suspected-none", SUSPECTED, HARMED, AT_HOME, NO_CONCERN)
    yield row("8-harmed-not-suspected-concern", NOT_SUSPECTED, HARMED, AT_HOME, CONCERN)
    yield row("9-harmed-not-suspected-unknown", NOT_SUSPECTED, HARMED, AT_HOME, CONCERN_UNKNOWN)
    yield row("10-harmed-not-suspected-none", NOT_SUSPECTED, HARMED, AT_HOME, NO_CONCERN)


def extra_rows() -> Iterator[Row]:
    """Rows 13 and 15 to 17, which a tester should keep; 14, 16 and 18 have tests of their own, too."""
    # A suspected suicide is a death like any other, and says nothing of abuse by itself.
    yield row("13-suspected-suicide", NOT_SUSPECTED, DIED, AT_HOME, CONCERN)
    for where, care in OVERRIDES.items():
        yield row(f"15-alive-not-suspected-{where}", NOT_SUSPECTED, HARMED, care, CONCERN)
        yield row(f"15-alive-suspected-{where}", SUSPECTED, HARMED, care, CONCERN, limbs=(HARM,))
        yield row(f"15-alive-suspected-no-concern-{where}", SUSPECTED, HARMED, care, NO_CONCERN)
    yield row("16-seventeen-at-the-event", NOT_SUSPECTED, DIED, DEPRIVED_AT_17, limbs=(STATE_CARE,))
    yield row("17-deprived-at-15", NOT_SUSPECTED, DIED, DEPRIVED_AT_15)


def nodes(node: Node) -> Iterator[Node]:
    """*node*, and everything under it."""
    yield node
    for part in node.parts:
        yield from nodes(part)


def rule_node(assessment: Assessment, review: Workflow, name: str) -> Node:
    """Where the explanation speaks of the rule called *name*."""
    spoken_of = {name.replace("_", " "), review.rule(name).title}
    return next(each for each in nodes(assessment.because) if each.kind == "rule" and each.text in spoken_of)


def true_under(node: Node, text: str) -> bool:
    """Whether something under *node* that reads *text* is TRUE."""
    return any(each.text.startswith(text) and each.verdict is Truth.TRUE for each in nodes(node))


def limbs_of(assessment: Assessment, review: Workflow) -> set[str]:
    """The limbs on which the explanation says that the criteria are met."""
    serious = rule_node(assessment, review, "serious_case")
    limbs: set[str] = set()
    if serious.verdict is Truth.TRUE:
        limbs.add(DEATH if true_under(serious, "child died") else HARM)
    if rule_node(assessment, review, "died_in_state_care").verdict is Truth.TRUE:
        limbs.add(STATE_CARE)
    return limbs


@pytest.mark.parametrize("row", [*rows(), *extra_rows()], ids=str)
def test_a_row_of_the_truth_table(row: Row, review: Workflow) -> None:
    """law.md 1.4: the result, and the limb on which it rests as the explanation tells it."""
    assessment = review.assess("criteria_met", row.facts)

    assert assessment.verdict is (Truth.TRUE if row.limbs else Truth.FALSE)
    assert limbs_of(assessment, review) == row.limbs
    assert assessment.open_questions == ()


@pytest.mark.parametrize("suspicion", ["known", "suspected"])
def test_known_and_suspected_come_to_the_same(suspicion: str, review: Workflow) -> None:
    facts = DIED | AT_HOME | {"abuse_or_neglect": suspicion}

    assert review.assess("criteria_met", facts).verdict is Truth.TRUE


@pytest.mark.parametrize(
    ("limb", "authorities"), [("serious_case", "reg-5 wt-criteria"), ("died_in_state_care", "wt-state-care")]
)
def test_each_limb_cites_its_own_authority(limb: str, authorities: str, review: Workflow) -> None:
    """So that a reader can tell "must" from "should always"."""
    node = rule_node(review.assess("criteria_met", {}), review, limb)

    assert [source.name for source in node.sources] == authorities.split()


def test_row_6_rests_on_what_nobody_has_ruled_out(review: Workflow) -> None:
    """The burden rule: the concern is unknown, and counts; ruling it out is all that could change it."""
    assessment = review.assess("criteria_met", SUSPECTED | HARMED | AT_HOME | CONCERN_UNKNOWN)

    burden = next(each for each in nodes(assessment.because) if each.kind == "possible")
    assert burden.verdict is Truth.TRUE
    assert [part.verdict for part in burden.parts] == [Truth.UNKNOWN]
    assert [fact.name for fact in assessment.would_change] == ["joint_working_concern"]


def test_row_7_is_believed_with_evidence_only(review: Workflow) -> None:
    """The evidence that there are no concerns has to be definitive: a bare "no" is not taken."""
    assert review.fact("joint_working_concern").needs_evidence == {False}


def test_row_13_a_suspected_suicide_is_asked_for_as_a_death(review: Workflow) -> None:
    assert "suicide" in review.fact("child_died").ask


def test_row_14_what_is_not_known_of_abuse_is_asked_and_never_taken_for_a_no(review: Workflow) -> None:
    assessment = review.assess("criteria_met", DIED | AT_HOME | {"abuse_or_neglect": "unknown"})

    assert assessment.verdict is Truth.UNKNOWN
    assert [fact.name for fact in assessment.open_questions] == ["abuse_or_neglect"]


def test_row_14_nothing_but_a_death_is_known(review: Workflow) -> None:
    """Everything is asked on which it can depend; joint working is not, for a death needs no concern."""
    assessment = review.assess("criteria_met", {"child_died": True})

    assert assessment.verdict is Truth.UNKNOWN
    assert {fact.name for fact in assessment.open_questions} == DOMAIN.keys() - {
        "child_died",
        "seriously_harmed",
        "joint_working_concern",
    }


def test_row_14_a_death_in_custody_does_not_wait_for_what_is_known_of_abuse(review: Workflow) -> None:
    assessment = review.assess("criteria_met", {"child_died": True, "custody_setting": "remand"})

    assert assessment.verdict is Truth.TRUE
    assert assessment.open_questions == ()


@pytest.mark.parametrize(
    ("age", "verdict"), [(0, Truth.TRUE), (17, Truth.TRUE), (18, Truth.FALSE), (None, Truth.TRUE)]
)
def test_row_16_a_child_is_whoever_was_under_18_when_it_happened(
    age: int | None, verdict: Truth, review: Workflow
) -> None:
    """Not when it was referred. While nobody knows the age, it may have been a child."""
    facts = {"born_alive": True, "age_at_event": age}

    assert review.assess("about_a_child", facts).verdict is verdict
    assert "not when it was referred" in review.fact("age_at_event").ask


@pytest.mark.parametrize(("born_alive", "verdict"), [(False, Truth.FALSE), (None, Truth.TRUE)])
def test_row_18_an_unborn_or_stillborn_child_is_none_in_2015(
    born_alive: bool | None, verdict: Truth, review: Workflow
) -> None:
    """Settled at the door, by a rule of its own: the criteria do not ask."""
    assert review.assess("about_a_child", {"born_alive": born_alive, "age_at_event": 0}).verdict is verdict


@pytest.mark.parametrize("setting", CUSTODY)
def test_every_kind_of_custody_counts_and_none_is_none(setting: str, review: Workflow) -> None:
    facts = NOT_SUSPECTED | DIED | AT_HOME | {"custody_setting": setting}

    assert review.assess("criteria_met", facts).verdict is (Truth.FALSE if setting == "none" else Truth.TRUE)


def test_what_is_asked_is_all_that_the_issue_names(review: Workflow) -> None:
    """All that the rule reads, and all the values it can have: so "every combination" is every one."""
    assessment = review.assess("criteria_met", {})
    read = {fact.name: fact for fact in (*assessment.open_questions, *assessment.would_change)}

    assert read.keys() == DOMAIN.keys()
    assert all(read[name].values in ((), DOMAIN[name]) for name in read)


# --- two readings that are not ours -------------------------------------------------------------------------


def is_serious_case_review(facts: Facts) -> bool:
    """law.md 1.3 of what is known in full, in two values."""
    override = facts["child_died"] and (
        facts["custody_setting"] != "none"
        or facts["detained_mental_health_act"]
        or (facts["age_at_event"] in {16, 17} and facts["deprivation_of_liberty_order"])
    )
    abuse = facts["abuse_or_neglect"] in {"known", "suspected"}
    return bool(
        (abuse and facts["child_died"])
        or (abuse and facts["seriously_harmed"] and facts["joint_working_concern"])
        or override
    )


def degree(facts: Facts) -> int:
    """The same in Kleene's three values, by hand: "and" is the least, "or" is the most."""
    abuse = holds(facts["abuse_or_neglect"], "known", "suspected")
    died = holds(facts["child_died"], True)
    harmed = holds(facts["seriously_harmed"], True)
    # Unless there is definitive evidence that there are no concerns.
    concern = 0 if facts["joint_working_concern"] is False else 2
    care = max(
        holds(facts["custody_setting"], *CUSTODY[1:]),
        holds(facts["detained_mental_health_act"], True),
        min(holds(facts["deprivation_of_liberty_order"], True), holds(facts["age_at_event"], 16, 17)),
    )
    return max(min(abuse, max(died, min(harmed, concern))), min(died, care))


@cache
def outcomes(values: tuple[object, ...]) -> frozenset[bool]:
    """What two values make of every way of answering what is unknown in *values*.

    An unknown concern about joint working is answered in one way only: it counts.
    """
    facts = dict(zip(DOMAIN, values, strict=True))
    unknown = next((name for name, value in facts.items() if value is None), None)
    if unknown is None:
        return frozenset({is_serious_case_review(facts)})
    answers = (True,) if unknown == "joint_working_concern" else DOMAIN[unknown]
    return frozenset().union(*(outcomes(tuple({**facts, unknown: each}.values())) for each in answers))


EVERY = tuple(combinations_of(DOMAIN))


def test_every_combination_is_looked_at() -> None:
    assert len(EVERY) == 4 * 3 * 3 * 3 * 8 * 3 * 3 * 6


def test_what_is_known_in_full_is_what_the_regulation_says(review: Workflow) -> None:
    verdict = verdict_of(review, "criteria_met")

    wrong = [
        facts
        for facts in filter(complete, EVERY)
        if verdict(facts) is not (Truth.TRUE if is_serious_case_review(facts) else Truth.FALSE)
    ]

    assert wrong == []


def test_what_is_known_in_part_is_what_kleene_says(review: Workflow) -> None:
    verdict = verdict_of(review, "criteria_met")

    assert [facts for facts in EVERY if verdict(facts) is not OF_DEGREE[degree(facts)]] == []


def test_it_is_settled_exactly_when_no_answer_could_make_a_difference(review: Workflow) -> None:
    """TRUE if every way of answering the rest meets the criteria, FALSE if none does, and otherwise UNKNOWN.

    One answer is taken for granted: that there is a concern about joint working, while nobody has said. The
    "exactly" is more than Kleene's logic promises; it holds because no fact speaks for a review in one place
    of the rule and against it in another.
    """
    verdict = verdict_of(review, "criteria_met")
    expected = {
        frozenset({True}): Truth.TRUE,
        frozenset({False}): Truth.FALSE,
        frozenset({True, False}): Truth.UNKNOWN,
    }

    wrong = [facts for facts in EVERY if verdict(facts) is not expected[outcomes(tuple(facts.values()))]]

    assert wrong == []


def test_a_verdict_of_no_review_stands_whatever_is_learnt_of_joint_working(review: Workflow) -> None:
    """The burden rule works in one direction: it is never a reason against a review."""
    verdict = verdict_of(review, "criteria_met")

    for facts in EVERY:
        if facts["joint_working_concern"] is None and verdict(facts) is Truth.FALSE:
            assert verdict({**facts, "joint_working_concern": False}) is Truth.FALSE


def test_the_engine_assesses_as_its_rule_does(review: Workflow) -> None:
    """By the public door, with words for values, on every 97th combination."""
    verdict = verdict_of(review, "criteria_met")
    spelled = {True: "yes", False: "no", None: "unknown"}

    for facts in EVERY[::97]:
        said = {
            name: value if type(value) is int else spelled.get(value, value) for name, value in facts.items()
        }

        assessment = review.assess("criteria_met", said)

        assert assessment.verdict is verdict(facts)
        assert assessment.because.verdict is verdict(facts)


# --- learning more ------------------------------------------------------------------------------------------


def learnings(facts: Facts) -> Iterator[tuple[str, Facts]]:
    """Every way of learning one thing more, and which it is."""
    for name, value in facts.items():
        if value is None:
            yield from ((name, {**facts, name: answer}) for answer in DOMAIN[name])


def test_learning_more_overturns_nothing_but_a_concern_that_is_definitely_ruled_out(review: Workflow) -> None:
    """One thing at a time is enough: what is learnt together is learnt one after the other."""
    verdict = verdict_of(review, "criteria_met")

    overturned = {
        (name, more[name], verdict(facts), verdict(more))
        for facts in EVERY
        if verdict(facts) is not Truth.UNKNOWN
        for name, more in learnings(facts)
        if verdict(more) is not verdict(facts)
    }

    # To UNKNOWN where the child may yet turn out to have died, to FALSE where that is known, too.
    assert overturned == {
        ("joint_working_concern", False, Truth.TRUE, Truth.FALSE),
        ("joint_working_concern", False, Truth.TRUE, Truth.UNKNOWN),
    }


# One value for all that the rule treats alike.
FEWER = DOMAIN | {
    "abuse_or_neglect": ("suspected", "not_suspected"),
    "custody_setting": ("none", "remand"),
    "age_at_event": (15, 16),
}


def test_answering_the_open_questions_settles_it_whatever_the_answers(review: Workflow) -> None:
    """Whatever is not settled asks something, and nothing is asked that is known already."""
    verdict, condition = verdict_of(review, "criteria_met"), review.rule("criteria_met").condition

    for facts in combinations_of(FEWER):
        asked = open_questions(condition, situation(facts))

        assert bool(asked) is (verdict(facts) is Truth.UNKNOWN), facts
        assert all(facts[name] is None for name in asked), facts
        assert all(verdict(each) is not Truth.UNKNOWN for each in answered(facts, asked, FEWER)), facts
