"""A rule put to some facts without a case: what is printed, and what is sent on."""

from __future__ import annotations

from datetime import date

import pytest
from support import criteria
from support.rules import FACTS, REG_5, read

from loopengine.core.rules.assessment import assess, question_json
from loopengine.core.rules.verdicts import Rule
from loopengine.core.truth import Truth
from loopengine.core.values import Fact

HARMED = {"abuse_or_neglect": "known", "seriously_harmed": True}


def test_an_assessment_says_what_to_ask_and_what_could_change_it() -> None:
    nothing = assess(criteria.CRITERIA_MET, criteria.FACTS, {})
    harmed = assess(criteria.CRITERIA_MET, criteria.FACTS, HARMED)

    assert (nothing.verdict, nothing.open_questions[0].name) == (Truth.UNKNOWN, "abuse_or_neglect")
    assert (harmed.verdict, harmed.open_questions) == (Truth.TRUE, ())
    assert [fact.name for fact in harmed.would_change] == ["joint_working_concern"]


def test_asked_but_not_known_is_as_unknown_as_never_asked() -> None:
    asked = assess(criteria.CRITERIA_MET, criteria.FACTS, {"child_died": None})

    assert asked == assess(criteria.CRITERIA_MET, criteria.FACTS, {})


def test_without_a_day_no_time_has_passed() -> None:
    rule = Rule("due", "", read('since(notified_on, "1 month")'))
    given = {"notified_on": date(2017, 1, 31)}

    assert assess(rule, FACTS, given).verdict is Truth.FALSE
    assert assess(rule, FACTS, given, on=date(2017, 2, 28)).verdict is Truth.TRUE


def test_an_assessment_can_be_printed() -> None:
    rule = Rule("met", "", read("death and possible(concern)"), (REG_5,), "The criteria are met")

    assert str(assess(rule, FACTS, {})).splitlines() == [
        "met: unknown",
        "",
        "?   The criteria are met [LSCB Regulations 2006, reg. 5(2)]",
        "?     all of these",
        "?       death: not recorded",
        "yes     not ruled out",
        "?         concern: not recorded",
        "",
        "To be settled first:",
        "  death: Has the child died? (yes, no)",
        "",
        "Could still change the verdict:",
        "  concern: Is there concern about joint working? (yes, no)",
    ]


def test_an_assessment_as_json_has_questions_of_no_case() -> None:
    told = assess(criteria.CRITERIA_MET, criteria.FACTS, HARMED).to_json()

    assert told.keys() == {"rule", "verdict", "open_questions", "would_change", "because"}
    assert (told["rule"], told["verdict"], told["open_questions"]) == ("criteria_met", "true", [])
    assert told["would_change"] == [
        {
            "case": None,
            "fact": "joint_working_concern",
            "ask": "Joint working concern?",
            "type": "yes_no",
            "values": ["yes", "no"],
            "needs_evidence": [],
            "roles": [],
        }
    ]


def test_a_rule_without_a_name_is_called_by_its_text() -> None:
    assessed = assess(Rule(None, "death or harm", read("death or harm")), FACTS, {"death": True})

    assert assessed.rule == "death or harm"
    assert assessed.because.kind == "any"


@pytest.mark.parametrize(
    ("by", "roles"), [((), ["agency", "executive"]), (("business_unit",), ["business_unit"])]
)
def test_a_question_names_who_may_answer(by: tuple[str, ...], roles: list[str]) -> None:
    """The roles that the fact names, or else those that are given."""
    fact = Fact("concern", "Concern?", "yes_no", needs_evidence=frozenset({False}), by=by)
    question = question_json(fact, "SCR-2017-001", ("agency", "executive"))

    assert (question["case"], question["roles"]) == ("SCR-2017-001", roles)
    assert question["needs_evidence"] == ["no"]


def test_a_question_about_parties_lists_the_parties_and_one_about_a_date_nothing() -> None:
    assert question_json(FACTS["agencies"])["values"] == ["police", "health", "school"]
    assert question_json(FACTS["died_on"])["values"] is None


def test_the_questions_of_an_assessment_are_for_the_roles_that_it_is_told() -> None:
    told = assess(criteria.CRITERIA_MET, criteria.FACTS, HARMED).to_json(("agency", "executive"))

    assert [question["roles"] for question in told["would_change"]] == [["agency", "executive"]]


def test_the_answers_that_need_evidence_are_spelled_as_they_are_typed() -> None:
    several = frozenset({frozenset({"school", "police"}), frozenset({"health"})})
    fact = Fact("agencies", "Who was involved?", "parties", needs_evidence=several)

    assert question_json(fact)["needs_evidence"] == ["health", "police,school"]
