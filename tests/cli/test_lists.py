"""Cases in which something is asked of each, as the command line has them."""

import pytest
from support.lists import TEXTS

UNIT = ("--by", "Uma", "--role", "business_unit")


@pytest.fixture
def audit(loop):
    """The command line on a framework with lists; *audit.case()* opens a case."""
    for name in loop.workflows.iterdir():
        name.unlink()
    for name, text in TEXTS.items():
        (loop.workflows / name).write_text(text, "utf-8")
    return loop


def test_facts_are_given_by_item(audit):
    facts = ("children=A,B", "died.A=yes", "grade.training=met")
    case = audit.rehearse("open", "audit", *facts, *UNIT, "--json").json["case"]

    recorded = audit.rehearse("record", case, "years.B=7", "needs=none", *UNIT, "--json")

    assert recorded.json["recorded"] == {"years.B": 7, "needs": []}
    shown = audit.rehearse("show", case, "--json").json["facts"]
    assert {name: each["value"] for name, each in shown.items()} == {
        "children": ["A", "B"],
        "died.A": "yes",
        "grade.training": "met",
        "needs": [],
        "years.B": 7,
    }
    history = audit.rehearse("history", case)
    assert "needs=none, years.B=7" in history.out
    assert audit.rehearse("audit").status == 0


def test_why_tells_of_each_in_words(audit):
    audit.rehearse("open", "audit", "children=A,B", "grade.training=met", *UNIT)

    told = audit.rehearse("why", "AUD-2017-001", "finish").out

    assert "Has the child died? (A)" in told
    assert "for at least one of the children, both died and years is less than 18" in told
    assert "Senior management commitment" in told


def test_a_question_about_labels_says_how_they_are_spelled(audit):
    audit.rehearse("open", "audit", *UNIT)
    told = audit.rehearse("assess", "audit", "several", "needs=none").out

    assert "children: Which children is it about? (labels such as A,B)" in told


def test_a_fact_that_is_asked_of_each_is_a_mistake_without_its_item(audit):
    answer = audit.rehearse("open", "audit", "children=A,B", "died=yes", *UNIT, "--evidence", "the minutes")

    assert answer.status == 2
    assert "died is asked of each of children" in answer.err
    assert "say died.A or died.B" in answer.err


def test_a_rule_about_one_is_assessed_about_one(audit):
    answer = audit.rehearse("assess", "audit", "good_enough", "grade=met", "--json")

    assert answer.json["verdict"] == "true"


def test_a_rule_over_labels_is_assessed_with_plain_facts_too(audit):
    plain = audit.rehearse("assess", "audit", "criteria", "died=yes", "--json").json
    named = audit.rehearse("assess", "audit", "criteria", "children=A", "died.A=yes", "--json").json

    assert [each["fact"] for each in plain["open_questions"]] == ["years"]
    assert [each["fact"] for each in named["open_questions"]] == ["years.A"]
