"""Explanations: every part with its verdict, every fact with its origin, for people and for programs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from support import criteria
from support.rules import FACTS, REG_5, TODAY, read, situation

from loopengine.core.rules.explanation import Node, explain, lines, node_json, render
from loopengine.core.rules.expressions import Not, RuleRef
from loopengine.core.situation import Recorded, Situation, Tally
from loopengine.core.truth import Truth
from loopengine.core.values import Value

T, U, F = Truth.TRUE, Truth.UNKNOWN, Truth.FALSE
RECORDED_AT = datetime(2017, 1, 3, 23, 30, tzinfo=UTC)


def because(text: str, case: Situation) -> Node:
    return explain(read(text), case, FACTS)


def answered(name: str, value: Value | None, by: str = "Ann", so_on: date = date(2016, 12, 20)) -> Situation:
    """A case in which *name* was answered once."""
    facts = {} if value is None else {name: value}
    return Situation(TODAY, facts, answers={name: (Recorded(value, so_on, RECORDED_AT, by),)})


def test_every_part_is_explained_although_one_settles_it() -> None:
    node = because("death or harm and possible(concern)", situation(death=True))

    assert (node.kind, node.verdict) == ("any", T)
    death, both = node.parts
    assert (death.kind, death.text, death.verdict, death.value) == ("fact", "death", T, True)
    assert (both.kind, both.verdict) == ("all", U)
    assert [part.kind for part in both.parts] == ["fact", "possible"]
    assert both.parts[1].parts[0].verdict is U


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("at_risk", "rule", "at risk"),
        ("not death", "not", "not"),
        ("known(death)", "known", "settled"),
        ("known(setting)", "known", "setting is on record"),
        ("age_at_event < 18", "comparison", "age at event is less than 18 years"),
        ("age_at_event in (16, 17)", "among", "age at event is 16 or 17 years"),
        ("employer in agencies", "member", "employer is among agencies"),
        ("disjoint(employers, agencies)", "disjoint", "employers and agencies have no party in common"),
        (
            'every(learning_points, "embedded")',
            "every",
            "every one of the learning points has reached embedded",
        ),
        ('some(actions, "open")', "some", "at least one of the actions has reached open"),
        ('since("publish", "1 month")', "since", "1 month has passed since publish"),
        ('since(died_on, "12 months")', "since", "12 months have passed since died on"),
        (
            'within_before(abuse, "6 months", died_on)',
            "within_before",
            "abuse at some time in the 6 months before died on",
        ),
    ],
)
def test_each_part_of_the_language_has_a_kind_and_words(text: str, kind: str, said: str) -> None:
    node = because(text, situation())

    assert (node.kind, node.text) == (kind, said)


def test_a_comparison_shows_what_it_was_reckoned_from() -> None:
    case = situation(born_on=date(2016, 2, 29), died_on=date(2017, 3, 1))
    (age,) = because("age(born_on, died_on) < 18", case).parts

    assert (age.kind, age.value, age.verdict) == ("age", 1, None)
    assert [(part.kind, part.value) for part in age.parts] == [
        ("fact", date(2016, 2, 29)),
        ("fact", date(2017, 3, 1)),
    ]


def test_sub_cases_are_shown_in_numbers() -> None:
    case = replace(situation(), tallies={"actions": Tally(3, {"verified": 1}, excused=1)})

    assert because('every(actions, "verified")', case).value == "2 of 3"
    assert because('some(actions, "verified")', case).value == 1
    assert because('count(actions, "verified") > 1', case).parts[0].value == 1


def test_since_shows_when_it_happened_and_until_when_it_waits() -> None:
    case = replace(situation(), happened={"publish": date(2017, 1, 31)})
    node = because('since("publish", "6 months")', case)

    assert (node.verdict, node.so_on, node.value) == (F, date(2017, 1, 31), date(2017, 7, 31))


def test_a_rule_brings_its_authorities_and_its_title() -> None:
    titled = RuleRef("at_risk", read("abuse"), (REG_5,), "The child is at risk")

    assert because("at_risk", situation()).sources == (REG_5,)
    assert explain(titled, situation(), FACTS).text == "The child is at risk"


# --- where a fact came from ---------------------------------------------------------------------------------


def test_a_fact_is_shown_with_who_said_so_and_when() -> None:
    node = because("death", answered("death", True))

    assert (node.value, node.by, node.recorded_at) == (True, "Ann", RECORDED_AT)
    assert node.so_on == date(2016, 12, 20)


def test_asked_and_not_known_has_an_origin_too() -> None:
    node = because("death", answered("death", None))

    assert (node.verdict, node.value, node.by) == (U, None, "Ann")


def test_what_is_only_supposed_is_nobodys_answer() -> None:
    node = because("death", answered("death", True).with_facts({"death": False}))

    assert (node.verdict, node.value, node.by, node.recorded_at) == (F, False, None, None)


def test_an_answer_of_a_later_day_is_no_origin_yet() -> None:
    node = because("death", answered("death", None, so_on=date(2018, 1, 1)))

    assert node.by is None


def test_the_words_of_a_text_are_not_repeated() -> None:
    node = because("known(notes)", answered("notes", "Child A told her aunt."))

    assert (node.verdict, node.by, node.value) == (T, "Ann", None)
    assert "aunt" not in repr(node)


# --- for programs -------------------------------------------------------------------------------------------


def test_a_node_as_json_has_every_key() -> None:
    assert node_json(because("at_risk", answered("abuse", True))) == {
        "kind": "rule",
        "text": "at risk",
        "verdict": "true",
        "value": None,
        "by": None,
        "recorded_at": None,
        "so_on": None,
        "sources": ["LSCB Regulations 2006, reg. 5(2)"],
        "parts": [
            {
                "kind": "any",
                "text": "any of these",
                "verdict": "true",
                "value": None,
                "by": None,
                "recorded_at": None,
                "so_on": None,
                "sources": [],
                "parts": [
                    {
                        "kind": "fact",
                        "text": "abuse",
                        "verdict": "true",
                        "value": "yes",
                        "by": "Ann",
                        "recorded_at": "2017-01-03T23:30:00.000000Z",
                        "so_on": "2016-12-20",
                        "sources": [],
                        "parts": [],
                    },
                    {
                        "kind": "fact",
                        "text": "harm",
                        "verdict": "unknown",
                        "value": None,
                        "by": None,
                        "recorded_at": None,
                        "so_on": None,
                        "sources": [],
                        "parts": [],
                    },
                ],
            }
        ],
    }


@pytest.mark.parametrize(
    ("text", "value", "spelled"),
    [
        ("known(agencies)", frozenset({"police", "health"}), ["health", "police"]),
        ("known(died_on)", date(2017, 1, 31), "2017-01-31"),
        ("known(age_at_event)", 17, 17),
    ],
)
def test_values_in_json_are_spelled_as_everywhere(text: str, value: Value, spelled: object) -> None:
    name = read(text).fact.name

    assert node_json(because(text, situation(**{name: value})))["value"] == spelled


# --- for people ---------------------------------------------------------------------------------------------


def test_an_explanation_reads_from_the_verdict_inwards() -> None:
    """A word stands for each verdict: colour alone would be lost in print, and on some readers."""
    case = replace(
        answered("death", False, so_on=date(2017, 1, 3)), facts={"death": False, "age_at_event": 17}
    )

    assert lines(because("at_risk and (death or age_at_event < 18)", case)) == [
        "?   all of these",
        "?     at risk [LSCB Regulations 2006, reg. 5(2)]",
        "?       any of these",
        "?         abuse: not recorded",
        "?         harm: not recorded",
        "yes   any of these",
        "no      death: no (Ann, recorded 2017-01-03)",
        "yes     age at event is less than 18 years",
        "          age at event: 17",
    ]


def test_a_day_before_the_recording_is_told() -> None:
    assert lines(because("death", answered("death", True))) == [
        "yes death: yes (Ann, recorded 2017-01-03, so on 2016-12-20)"
    ]


def test_asked_and_not_known_is_told_from_never_asked() -> None:
    assert lines(because("death", answered("death", None, so_on=date(2017, 1, 3)))) == [
        "?   death: not known (Ann, recorded 2017-01-03)"
    ]
    assert lines(because("death", situation())) == ["?   death: not recorded"]


# --- in English ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("at_risk", "abuse or harm"),
        ("death and at_risk", "death, and either abuse or harm"),
        ("death or (harm and (abuse or concern))", "death, or (harm, and either abuse or concern)"),
        ("death and harm and abuse", "death, harm and abuse"),
        ("not death", "it is not so that death"),
        ("not (death and harm)", "it is not so that both death and harm"),
        ("not at_risk", "it is not so that either abuse or harm"),
        ("possible(concern)", "it has not been ruled out that concern"),
        ("not possible(concern)", "it has been ruled out that concern"),
        ("known(death)", "it is settled whether death"),
        ("not known(at_risk)", "it is not settled whether either abuse or harm"),
        ("not known(notes)", "notes is not on record"),
        ('setting == "custody"', "setting is custody"),
        ('setting != "none"', "setting is other than none"),
        ('setting not in ("none", "hospital")', "setting is other than none or hospital"),
        ("age_at_event >= 16", "age at event is at least 16 years"),
        ("siblings <= 2", "siblings is at most 2"),
        (
            "siblings + 1 > age_at_event * (siblings - 2)",
            "siblings plus 1 is more than age at event times (siblings minus 2)",
        ),
        ('died_on >= "2017-01-31"', "died on is on or after 2017-01-31"),
        ('died_on < notified_on - "6 months"', "died on is before 6 months before notified on"),
        ('died_on + "1 day" == notified_on', "1 day after died on is notified on"),
        ("died_on - born_on > 28", "the days from born on to died on is more than 28"),
        ("age(born_on, died_on) < 18", "the completed years from born on to died on is less than 18"),
        ('"police" not in agencies', "police is not among agencies"),
        (
            'alike(setting, "24 months") >= 3',
            "the number of other cases of the last 24 months with the same setting is at least 3",
        ),
        ("not disjoint(employers, agencies)", "employers and agencies have some party in common"),
        ('count(actions, "open") == 0', "the number of actions that have reached open is 0"),
    ],
)
def test_a_rule_in_english(text: str, english: str) -> None:
    assert render(read(text), FACTS) == english


def test_the_criteria_in_english() -> None:
    criteria_met = criteria.CRITERIA_MET.condition

    assert render(criteria_met, criteria.FACTS) == (
        "(abuse or neglect is known or suspected, and (child died, or both seriously harmed and it has not"
        " been ruled out that joint working concern)), or (child died, and (custody setting is other than"
        " none, or detained mental health act, or both deprivation of liberty order and age at event is 16 or"
        " 17 years))"
    )
    assert render(Not(criteria_met), criteria.FACTS).startswith("it is not so that ((abuse or neglect is")
