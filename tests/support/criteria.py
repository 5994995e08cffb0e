"""The criteria for a Serious Case Review as rules, apart from any workflow file: law.md, 1.1 to 1.4."""

from __future__ import annotations

from collections.abc import Mapping

from loopengine.core.rules.expressions import RuleRef, Source
from loopengine.core.rules.parsing import Scope, parse
from loopengine.core.rules.verdicts import Rule
from loopengine.core.values import Fact


def _yes_no(name: str) -> Fact:
    return Fact(name, name.replace("_", " ").capitalize() + "?", "yes_no")


CUSTODY = (
    "none",
    "police_custody",
    "remand",
    "post_sentence",
    "young_offender_institution",
    "secure_training_centre",
    "secure_childrens_home",
)
FACTS = {
    fact.name: fact
    for fact in (
        Fact(
            "abuse_or_neglect",
            "Is abuse or neglect known or suspected?",
            "one_of",
            ("known", "suspected", "not_suspected"),
        ),
        _yes_no("child_died"),
        _yes_no("seriously_harmed"),
        _yes_no("joint_working_concern"),
        _yes_no("detained_mental_health_act"),
        _yes_no("deprivation_of_liberty_order"),
        Fact("custody_setting", "In what custody was the child?", "one_of", CUSTODY),
        Fact("age_at_event", "How old was the child?", "number", unit="years"),
    )
}
TEXTS = {
    "abuse_or_neglect_suspected": 'abuse_or_neglect in ("known", "suspected")',
    "died_in_state_care": """
        child_died and (custody_setting != "none" or detained_mental_health_act
        or (deprivation_of_liberty_order and age_at_event in (16, 17)))
    """,
    "criteria_met": """
        abuse_or_neglect_suspected and (child_died or (seriously_harmed and possible(joint_working_concern)))
        or died_in_state_care
    """,
}


REG_5 = Source("reg-5", "LSCB Regulations 2006, reg. 5(2)")


def read_all(texts: Mapping[str, str], facts: Mapping[str, Fact]) -> dict[str, Rule]:
    """The rules that *texts* say, each of which may use those before it."""
    rules: dict[str, Rule] = {}
    known: dict[str, RuleRef] = {}
    for name, text in texts.items():
        rules[name] = Rule(name, text, parse(text, Scope(facts, known)), (REG_5,))
        known[name] = RuleRef(name, rules[name].condition, (REG_5,))
    return rules


CRITERIA_MET = read_all(TEXTS, FACTS)["criteria_met"]
