"""Lists as a framework file has them, and the facts that a workflow file asks of each."""

from support.lists import AUDIT, FRAMEWORK, framework

from loopengine.core.files.loading import framework_from_texts
from loopengine.core.rules.expressions import Quorum

BOARD = framework()
WORKFLOW = BOARD.workflow("audit")


def test_a_list_keeps_its_order_and_its_titles():
    assert {name: each.title for name, each in BOARD.lists["standards"].items()} == {
        "commitment": "Senior management commitment",
        "training": "Training",
    }
    assert [*BOARD.lists["categories"]] == ["suicide", "trauma", "chronic", "other"]


def test_facts_of_each_stand_where_the_file_has_them():
    assert [*WORKFLOW.facts] == [
        *("grade.commitment", "grade.training", "note.commitment", "note.training"),
        *("applies.suicide", "applies.trauma", "applies.chronic", "applies.other"),
        *("category", "children", "died", "years", "seen_on", "attended", "needs"),
    ]
    about = WORKFLOW.about({"children": "BA", "attended": ["school"]})
    assert [*about.facts][10:] == [
        *("died.A", "died.B", "years.A", "years.B", "seen_on.A", "seen_on.B"),
        *("attended", "report.school", "needs"),
    ]


def test_a_fact_of_each_is_like_the_one_it_is_made_of():
    fact = WORKFLOW.about({"children": "A"}).fact("years.A")

    assert (fact.type, fact.unit, fact.ask) == ("number", "years", "How old was the child? (A)")
    assert WORKFLOW.fact("grade.training").by == ("business_unit",)
    assert WORKFLOW.fact_asked("report.police").ask == "Was there a report? (Police)"


def test_a_choice_may_have_its_values_from_a_list():
    assert WORKFLOW.fact("category").values == ("suicide", "trauma", "chronic", "other")

    several = AUDIT.replace("values: [housing, debt, school_place]", "values: categories").replace(
        '"debt" in needs', '"trauma" in needs'
    )
    loaded = framework_from_texts({"framework.yaml": FRAMEWORK, "audit.yaml": several})
    assert loaded.workflow("audit").fact("needs").values == ("suicide", "trauma", "chronic", "other")


def test_a_group_has_its_quorum():
    assert BOARD.groups["panel"].quorum == Quorum(
        "The panel", 2, ("police", "hospital", "council"), ("school",)
    )
    assert BOARD.groups["forum"].quorum == Quorum("The forum", 4, ())


def test_a_set_and_a_workflow_without_a_framework_need_no_list():
    alone = AUDIT.split("facts:")[0] + (
        'facts:\n  children: {ask: "Who?", type: labels}\n'
        '  died: {ask: "Has the child died?", type: yes_no, for_each: children}\n'
        "states:\n  begun:\n    on:\n"
        "      end: {to: ended, by: business_unit, when: 'some(children, died)'}\n"
        "  ended: {final: true}\n"
    )
    texts = {"framework.yaml": "framework: bare\nversion: 1\ntitle: Bare\n", "audit.yaml": alone}

    workflow = framework_from_texts(texts).workflow("audit")

    assert workflow.naming == ("children",)
    assert [*workflow.about({"children": "A"}).facts] == ["children", "died.A"]
