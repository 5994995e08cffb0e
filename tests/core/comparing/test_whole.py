"""What is told of two versions of a workflow: each planted change in words, and nothing where none is."""

from __future__ import annotations

import pytest
from support.shipped import SHIPPED
from support.small import TEXTS

from loopengine import Truth, Workflow
from loopengine.core.comparing.differences import Comparison, Difference
from loopengine.core.comparing.whole import compare_frameworks, compare_workflows
from loopengine.core.files.loading import framework_from_texts
from loopengine.core.proving.telling import example_words

REVIEW = (
    TEXTS["review.yaml"]
    .replace(
        '  told_on: {ask: "When were we told?", type: date}\n',
        '  told_on: {ask: "When were we told?", type: date}\n'
        '  years: {ask: "How old was the child?", type: number, unit: years}\n'
        '  siblings: {ask: "How many siblings?", type: number, unit: siblings}\n'
        '  setting: {ask: "Where?", type: one_of, values: [home, custody, hospital]}\n',
    )
    .replace(
        "rules:\n",
        "rules:\n"
        '  young: {when: "years < 18", source: local}\n'
        "  ours: {when: young and possible(harmed), source: local}\n"
        "  new_rules: {when: 'told_on > \"2016-04-01\"', source: local}\n"
        "  over_time: {when: 'since(told_on, \"12 months\")', source: local}\n",
    )
    .replace(
        "deadlines:\n",
        "holds:\n"
        "  trial: {title: A trial, stops: [decide], blocks: [publish], source: local}\n"
        "claims:\n"
        '  aged: {if: young, then: "years < 19", source: local}\n'
        "deadlines:\n",
    )
)


def review(*changes: tuple[str, str]) -> Workflow:
    """The review with *changes* to its text."""
    text = REVIEW
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after)
    return framework_from_texts(TEXTS | {"review.yaml": text}).workflow("review")


def compared(*changes: tuple[str, str]) -> Comparison:
    """What *changes* mean."""
    return compare_workflows(review(), review(*changes))


def told(*changes: tuple[str, str]) -> list[str]:
    """The differences in meaning, in words."""
    return [f"{each.sort} {each.about}: {each.said}" for each in compared(*changes).differences]


def examples(difference: Difference) -> list[str]:
    return [f"{example_words(each.world)}: {each.old.word}, {each.new.word}" for each in difference.examples]


def test_a_version_and_itself_mean_the_same_and_that_is_proved() -> None:
    found = compared()

    assert (found.same, found.proved, found.words) == (True, True, ())
    assert found.compared == 5 + 6 + 2, "rules, guarded steps, and both sides of a claim"


def test_every_shipped_workflow_means_what_it_means() -> None:
    old, new = (framework_from_texts(SHIPPED.texts) for _ in range(2))

    found = compare_frameworks(old, new)

    assert [each.name for each in found] == [new.name, *new.workflows]
    assert all(each.proved and not each.words for each in found)


def test_an_operator_that_is_turned_is_told_by_a_case_that_is_decided_otherwise() -> None:
    (found,) = compared(("years < 18", "years <= 18")).differences

    assert (found.sort, found.about, found.said) == ("rule", "young", "was years < 18; is years <= 18")
    assert examples(found) == ["years: 18: false, true"]
    assert found.through == ("ours", "aged: if")


def test_a_limit_that_is_moved_by_a_year_is_told_by_that_year() -> None:
    (found,) = compared(("years < 18", "years < 17")).differences

    assert examples(found) == ["years: 17: true, false"]


def test_a_limit_that_is_moved_by_a_day_is_told_by_that_day() -> None:
    (found,) = compared(('"2016-04-01"', '"2016-04-02"')).differences

    assert found.about == "new_rules"
    assert examples(found) == ["told_on: 2016-04-02: true, false"]


def test_what_too_little_is_known_for_is_a_difference_as_well() -> None:
    (found,) = compared(("young and possible(harmed)", "young and harmed")).differences

    assert examples(found) == ["years: 17; harmed: unknown: true, unknown"] or all(
        each.new is not Truth.TRUE for each in found.examples
    )
    assert found.said == "was young and possible(harmed); is young and harmed"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            ("think: {to: referred, by: independent_chair}", "think: {to: referred, by: executive}"),
            ["step referred.think: who may take it: was independent_chair; is executive"],
        ),
        (
            ("think: {to: referred,", "think: {to: reviewing,"),
            ["step referred.think: where it leads: was referred; is reviewing"],
        ),
        (
            ("      think: {to: referred, by: independent_chair}\n", ""),
            ["step referred.think: is gone"],
        ),
        (
            ("      think: {to", "      ponder: {to: referred}\n      think: {to"),
            ["step referred.ponder: is new, and leads to referred"],
        ),
        (
            ("when: criteria, override: executive", "override: executive, when: young and criteria"),
            None,
        ),
        (
            ("when: not criteria, reason: required}", "when: not criteria}"),
            ["step referred.decline: whether it needs a reason: was yes; is no"],
        ),
        (
            ("override: executive", "override: business_unit"),
            ["step referred.accept: who may override its rule: was executive; is business_unit"],
        ),
        (("within: 1 month", "within: 2 months"), ["deadline decide: its length: was 1 month; is 2 months"]),
        (("from: told_on, until", "from: opened, until"), 
            ["deadline decide: what starts it: was told_on; is opened"]),
        (
            ("until: [accept, decline], source", "until: [accept], source"),
            ["deadline decide: what stops it: was accept, decline; is accept"],
        ),
        (
            ("until: [accept, decline], source", "until: [accept, decline], roll: next, source"),
            ["deadline decide: where it moves off a day that is not worked: was none; is next"],
        ),
        (
            ("at_least: 7 working days", "at_least: 8 working days"),
            [
                "step reviewing.publish: how long it waits: was at least 7 working days after accept; "
                "is at least 8 working days after accept"
            ],
        ),
        (
            ("passes: [learning_identified]", "passes: [decision]"),
            ["step reviewing.publish: the stages that it passes: was learning_identified; is decision"],
        ),
        (("blocks: [publish]", "blocks: [close]"), 
            ["hold trial: the events that it blocks: was publish; is close"]),
        (
            ("    owner: business_unit\n", "    owner: executive\n"),
            ["state referred: whose move it is: was business_unit; is executive"],
        ),
        (
            ("as: actions, for_each: agencies, set: {owner: each}", "as: actions"),
            [
                "step reviewing.ask_all: what it opens: was action as actions for each of agencies with "
                "owner=each of them; is action as actions"
            ],
        ),
        (
            ("type: text, by: independent_chair}", "type: text, by: executive}"),
            ["fact chair_says: who may answer: was independent_chair; is executive"],
        ),
        (
            ('type: yes_no, needs_evidence: ["no"]}', "type: yes_no}"),
            ["fact concern: the answers that need evidence: was no; is nothing"],
        ),
        (
            ("values: [home, custody, hospital]", "values: [home, hospital]"),
            ["fact setting: its values: was home, custody, hospital; is home, hospital"],
        ),
        (("unit: years", "unit: months"), ["fact years: unit: was years; is months"]),
        (("stage: referral", "stage: review"), ["state referred: stage: was referral; is review"]),
        (("reference: REV", "reference: RVW"), 
            ["workflow review: the letters of its references: was REV; is RVW"]),
    ],
)  # fmt: skip
def test_a_planted_change_is_told_in_words(change: tuple[str, str], expected: list[str] | None) -> None:
    found = told(change)

    if expected is None:
        assert found == ["guard referred.accept: was criteria; is young and criteria"]
    else:
        assert found == expected


def test_a_guard_that_is_dropped_is_told_by_a_case_that_it_kept_back() -> None:
    (found,) = compared((', when: \'since("all_done", "12 months")\'', "")).differences

    assert found.about == "done.close"
    assert found.said == 'the rule is dropped: was since("all_done", "12 months")'
    assert {(each.old, each.new) for each in found.examples} == {(Truth.FALSE, Truth.TRUE)}
    assert all(each.abstract for each in found.examples)


def test_a_fact_of_another_type_is_told_and_rules_that_read_it_are_not_compared() -> None:
    found = told(
        ('"How old was the child?", type: number, unit: years', '"How old was the child?", type: yes_no'),
        ('"years < 18"', "years"),
        ('"years < 19"', "years"),
    )

    assert "fact years: its type: was number; is yes_no" in found
    assert "rule young: reads years, which is not of the type that it was: it cannot be compared" in found


def test_other_words_with_the_same_meaning_are_proved_to_be_no_difference() -> None:
    found = compared(
        ("young and possible(harmed)", "not (not possible(harmed) or not young)"),
        ('"years < 18"', '"not (years >= 18)"'),
        ("title: Review\n", "title: A review\n"),
        ("Was the child harmed?", "Has the child been harmed?"),
        ("version: 1", "version: 2"),
    )

    assert (found.same, found.proved) == (True, True)
    assert [(each.sort, each.about) for each in found.words] == [
        ("rule", "young"),
        ("rule", "ours"),
        ("workflow", "review"),
        ("fact", "harmed"),
    ]


def test_a_rule_with_another_name_alone_is_told_as_renamed() -> None:
    found = compared(("  new_rules:", "  since_april:"))

    assert found.proved
    assert [(each.about, each.said) for each in found.words] == [("new_rules", "is called since_april now")]


def test_a_rule_over_time_in_other_words_is_proved_and_one_of_another_length_is_told() -> None:
    reworded = compared(("'since(told_on, \"12 months\")'", "'not not since(told_on, \"12 months\")'"))
    (longer,) = compared(('since(told_on, "12 months")', 'since(told_on, "13 months")')).differences
    (days,) = compared(('since(told_on, "12 months")', 'since(told_on, "365 days")')).differences

    assert reworded.proved
    assert [each.on is not None for each in longer.examples] == [True]
    assert days.examples, "not on every day, but around the 29th of February"


def test_where_nothing_is_found_and_not_everything_was_looked_at_it_is_said() -> None:
    found = compared(
        (
            'told_on > "2016-04-01"',
            'told_on > "2016-04-01" and possible(years * siblings == siblings * years)',
        ),
    )

    assert (found.same, found.proved, found.inexact) == (True, False, ("new_rules",))


def test_the_order_of_states_is_told_where_it_means_something() -> None:
    text = TEXTS["action.yaml"]
    first, second = text.index("  begun:\n"), text.index("  verified:\n")
    third = text.index("  closed: {final")
    turned = text[:first] + text[second:third] + text[first:second] + text[third:]

    old, new = (
        framework_from_texts(TEXTS | {"action.yaml": each}).workflow("action") for each in (text, turned)
    )
    (found,) = compare_workflows(old, new).differences

    assert found.said.startswith("the states stand in another order")


def test_of_two_folders_what_they_share_is_told_and_which_workflows_are_gone() -> None:
    old = framework_from_texts(TEXTS)
    less = TEXTS["framework.yaml"].replace("  school: {title: School}\n", "")
    extra = TEXTS["action.yaml"].replace("workflow: action", "workflow: deed").replace("ACT", "DEE")
    new = framework_from_texts(TEXTS | {"framework.yaml": less, "deed.yaml": extra})

    whole, *_ = compare_frameworks(old, new)

    said = [f"{each.about}: {each.said}" for each in whole.differences]
    assert said[0].startswith("small: agencies: was police=police (Police)")
    assert said[1:] == ["deed: is new"]


def test_a_rule_that_is_too_much_to_look_at_is_told_by_the_rules_that_it_uses() -> None:
    framework = SHIPPED
    text = framework.texts["incident.yaml"]
    start = 'decided_as_required and (since("decide", "3 months") '
    changed = text.replace(f"{start}or", f"{start}and")
    assert changed != text
    new = framework_from_texts({**framework.texts, "incident.yaml": changed}).workflow("incident")

    found = compare_workflows(framework.workflow("incident"), new)

    assert [(each.sort, each.about) for each in found.differences] == [("guard", "routed.close")]
    assert {(each.old, each.new) for each in found.differences[0].examples} >= {(Truth.TRUE, Truth.FALSE)}
