"""What is said over the items of a list: as it is read, judged, asked about and told."""

from pathlib import Path

import pytest
from support.lists import framework
from support.rules import TODAY

from loopengine import Truth
from loopengine.core.rules.english import render, shortfall
from loopengine.core.rules.expressions import AllOf, AnyOf, FactValue, Not, RuleRef
from loopengine.core.rules.fixing import fixes
from loopengine.core.rules.lists import Item, Listing
from loopengine.core.rules.parsing import RuleError, Scope, parse
from loopengine.core.rules.verdicts import evaluate
from loopengine.core.situation import Situation
from loopengine.core.values import Fact
from loopengine.errors import BadValue, UsageError

WORKFLOW = framework().workflow("audit")


def verdict(rule, **facts):
    """What *rule* makes of *facts*, in which __ stands for a full stop."""
    return assessed(rule, **facts).verdict.word


def assessed(rule, **facts):
    return WORKFLOW.assess(rule, {name.replace("__", "."): value for name, value in facts.items()})


def questions(rule, **facts):
    return [fact.name for fact in assessed(rule, **facts).open_questions]


def test_a_fact_for_each_of_a_list_is_asked_by_item_and_its_question_names_it():
    asked = {name: fact.ask for name, fact in WORKFLOW.facts.items() if name.startswith("grade")}

    assert asked == {
        "grade.commitment": "How well is it met? (Senior management commitment)",
        "grade.training": "How well is it met? (Training)",
    }


def test_every_over_a_list_is_true_of_all_its_items():
    assert verdict("audited") == "unknown"
    assert questions("audited", grade__training="met") == ["grade.commitment"]
    assert verdict("audited", grade__training="met", grade__commitment="partly") == "true"
    assert verdict("audited", grade__training="not_met") == "false"


def test_a_rule_about_one_of_a_list_is_assessed_about_one():
    assert verdict("good_enough", grade="met") == "true"
    assert questions("a_young_death", died=True) == ["years"]


def test_where_no_label_is_named_it_is_about_the_only_child():
    assert verdict("criteria", died=True, years=3) == "true"
    assert questions("criteria", died=True) == ["years"]
    assert verdict("all_died", died=False) == "false"


def test_where_labels_are_named_it_is_about_each():
    named = {"children": "A,B"}

    assert questions("criteria", **named) == ["died.A", "years.A", "died.B", "years.B"]
    assert verdict("criteria", **named, died__B=True, years__B=17) == "true"
    assert verdict("all_died", **named, died__B=True) == "unknown"
    assert verdict("all_died", **named, died__B=True, died__A=False) == "false"


def test_over_parties_it_asks_first_who_they_are():
    assert (verdict("reported"), questions("reported")) == ("unknown", ["attended"])
    assert (verdict("one_reported"), questions("one_reported")) == ("unknown", ["attended"])
    assert questions("reported", attended="school,police") == ["report.police", "report.school"]
    assert verdict("reported", attended="school", report__school=True) == "true"
    assert verdict("one_reported", attended="school", report__school=False) == "false"


def test_what_is_said_over_two_lists_is_said_of_each_with_each():
    facts = {"children": "A", "attended": "police,school", "died__A": True, "years__A": 2}

    assert questions("reported_for_each", **facts) == ["report.police", "report.school"]
    assert verdict("reported_for_each", **facts, report__school=True) == "true"


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"children": "A,B", "died": True}, "died is asked of each of children; say died.A or died.B"),
        ({"died.A": True}, "children has no 'A' of which died could be asked; name them first: children=…"),
        (
            {"children": "A", "died.B": True},
            "children has no 'B' of which died could be asked; say died.A",
        ),
        (
            {"grade": "met"},
            "grade is asked of each of standards; say grade.commitment or grade.training",
        ),
        ({"report": True}, "report is asked of each of attended; name them first: attended=…"),
    ],
)
def test_a_fact_that_is_asked_of_each_is_named_with_its_item(facts, said):
    with pytest.raises(UsageError) as refused:
        WORKFLOW.assess("criteria", facts)

    assert str(refused.value) == said


def test_a_name_is_no_label_and_is_not_repeated():
    with pytest.raises(BadValue, match="children cannot be this value; it is short labels") as refused:
        WORKFLOW.assess("criteria", {"children": "Charlotte"})

    assert "Charlotte" not in str(refused.value)


def test_a_set_of_values_may_be_empty_and_a_set_of_labels_not():
    needs, children = WORKFLOW.fact("needs"), WORKFLOW.fact("children")

    assert needs.accept("debt, housing") == needs.accept(["housing", "debt"]) == {"housing", "debt"}
    assert needs.accept("none") == needs.accept([]) == frozenset()
    assert children.accept("B,A1") == {"A1", "B"}
    for wrong in ("", [], "a", "A,,B", "Abcde", 3, [1], [f"A{n}" for n in range(30)]):
        with pytest.raises(BadValue):
            children.accept(wrong)


def test_sets_are_looked_into_and_counted():
    assert verdict("in_debt", needs="debt,housing") == "true"
    assert verdict("in_debt", needs="none") == "false"
    assert verdict("in_debt") == "unknown"
    assert verdict("several", needs="debt,housing") == "true"
    assert verdict("several", needs="none", children="A") == "false"
    assert verdict("several", needs="none") == "unknown"


def test_a_group_is_quorate_with_enough_of_those_who_count_and_all_who_are_needed():
    assert verdict("panel_met") == "unknown"
    assert verdict("panel_met", attended="police,council,school") == "true"
    assert verdict("panel_met", attended="police,council") == "false"
    assert verdict("panel_met", attended="police,school,charity,prison") == "false"
    assert verdict("forum_met", attended="police,school,charity,prison") == "true"
    assert "The panel is quorate" in str(assessed("panel_met"))


@pytest.mark.parametrize(
    ("rule", "attended"), [("panel_met", "charity"), ("forum_met", "police"), ("panel_met", None)]
)
def test_there_is_a_way_to_a_quorum(rule, attended):
    known = {} if attended is None else {"attended": frozenset({attended})}
    found = fixes(WORKFLOW.rule(rule).condition, Situation(TODAY, known), WORKFLOW.facts)

    assert found
    for change in (change for fix in found for change in fix):
        for value in change.values:
            assert verdict(rule, **{change.fact: value}) == "true"


def test_the_uppermost_is_the_first_that_applies():
    assert questions("by_suicide") == ["applies.suicide"]
    assert verdict("by_others", applies__suicide=False, applies__trauma=True) == "true"
    assert verdict("by_others", applies__suicide=True) == "false"
    assert questions("by_others", applies__suicide=False, applies__trauma=False) == [
        "applies.chronic",
        "applies.other",
    ]


def test_a_choice_is_held_against_the_uppermost():
    facts = {"applies__suicide": False, "applies__trauma": True}

    assert verdict("chosen", category="trauma", **facts) == "true"
    assert verdict("chosen", category="other", **facts) == "false"
    assert questions("chosen", category="trauma", applies__trauma=True) == ["applies.suicide"]


def test_the_uppermost_is_known_once_it_is_settled_which_it_is():
    nothing = {f"applies__{name}": False for name in ("suicide", "trauma", "chronic", "other")}

    assert verdict("settled", applies__suicide=True) == "true"
    assert verdict("settled", applies__trauma=True) == "false"
    assert verdict("settled", **nothing) == "false"


def test_an_explanation_names_the_items():
    said = str(assessed("audited", grade__training="met"))

    assert "for every one of the standards, grade is met or partly" in said
    assert "Senior management commitment" in said
    assert "grade (training): met" in said


def test_a_refusal_says_of_which_items_it_is_not_so():
    condition = WORKFLOW.rule("audited").condition
    facts = {"grade.training": "met", "grade.commitment": "not_met"}

    assert shortfall(condition, Situation(TODAY, facts), WORKFLOW.facts) == [
        "for every one of the standards, grade is met or partly: see Senior management commitment"
    ]
    assert shortfall(Not(condition), Situation(TODAY, {**facts, "grade.commitment": "met"}), {}) == [
        "it is not so that, for every one of the standards, grade is met or partly"
    ]


def test_a_rule_in_english_is_not_written_out():
    both = AllOf((WORKFLOW.rule("audited").condition, WORKFLOW.rule("criteria").condition))

    assert render(both, {}) == (
        "(for every one of the standards, grade is met or partly) "
        "and (for at least one of the children, both died and years is less than 18)"
    )


def test_the_fixes_are_of_the_items():
    about = WORKFLOW.about({"children": ("A", "B")})
    first, second = fixes(
        about.rule("criteria").condition, Situation(TODAY, {"years.A": 3, "years.B": 4}), about.facts
    )

    assert [change.fact for change in (*first, *second)] == ["died.A", "died.B"]


def test_a_workflow_about_the_same_is_the_same():
    about = WORKFLOW.about({"children": ("B", "A")})

    assert about is WORKFLOW.about({"children": {"A", "B"}})
    assert WORKFLOW.about({}) is WORKFLOW
    assert about.as_filed is WORKFLOW
    assert about.about({"children": ("C",)}).facts.keys() == WORKFLOW.about({"children": ("C",)}).facts.keys()


FACTS = {
    "applies": Fact("applies", "Does it apply?", "yes_no"),
    "died": Fact("died", "Has the child died?", "yes_no"),
    "harmed": Fact("harmed", "Was anybody harmed?", "yes_no"),
    "grade": Fact("grade", "How good?", "one_of", ("met", "not_met")),
    "category": Fact("category", "Which?", "one_of", ("one", "two")),
    "level": Fact("level", "Which?", "one_of", ("low", "high")),
    "children": Fact("children", "Who?", "labels"),
    "needs": Fact("needs", "What?", "some_of", ("debt", "housing")),
    "present": Fact("present", "Who?", "parties", ("police", "school")),
}
LISTS = {
    "causes": Listing("causes", (Item("one", "One"), Item("two", "Two")), frozenset({"applies", "grade"})),
    "children": Listing("children", (), frozenset({"died"}), FactValue("children", "labels"), plainly=True),
    "unused": Listing("unused", (Item("one", "One"),)),
}


def wrong_rules():
    """What `wrong-lists.txt` holds: a rule, the column where it is wrong, and what is said of it."""
    blocks = Path(__file__).with_name("wrong-lists.txt").read_text("utf-8").split("\n\n")
    for text, mark, message, *hint in (block.strip("\n").split("\n") for block in blocks):
        yield text, mark.index("^"), message, "".join(hint) or None


@pytest.mark.parametrize(("text", "column", "message", "hint"), [*wrong_rules()])
def test_what_makes_no_sense_over_a_list_is_refused_where_it_stands(text, column, message, hint):
    with pytest.raises(RuleError) as refused:
        parse(text, Scope(FACTS, lists=LISTS))

    assert (refused.value.message, refused.value.hint) == (message, hint)
    assert refused.value.column == column


def test_what_is_said_over_a_list_is_written_out_at_once():
    said = parse("some(causes, applies and not harmed)", Scope(FACTS, lists=LISTS))

    assert isinstance(said, RuleRef)
    assert isinstance(said.condition, AnyOf)
    assert said.condition.parts == (
        RuleRef("one", parse_each("one"), title="One"),
        RuleRef("two", parse_each("two"), title="Two"),
    )


def parse_each(item):
    facts = {**FACTS, "it": Fact("it", "", "yes_no")}
    condition = parse("it and not harmed", Scope(facts))
    first, second = condition.parts
    return AllOf((type(first)(f"applies.{item}"), second))


def test_truths_are_not_lost_over_a_long_list():
    items = tuple(Item(f"i{n}", f"Item {n}") for n in range(60))
    lists = {"many": Listing("many", items, frozenset({"applies"}))}
    condition = parse('uppermost(applies) == "i59"', Scope(FACTS, lists=lists))
    facts = {f"applies.i{n}": n == 59 for n in range(60)}
    assert evaluate(condition, Situation(TODAY, facts)) is Truth.TRUE
