"""The verbs about cases that have to do with one another: link and group, and what show and record tell."""

from __future__ import annotations

import pytest
from support.tied import TEXTS

WHY = ("--reason", "as the group decided", "--by", "Uma Unit", "--role", "business_unit")


@pytest.fixture
def tied(loop):
    for old in loop.workflows.iterdir():
        old.unlink()
    for name, text in TEXTS.items():
        (loop.workflows / name).write_text(text, "utf-8")
    return loop


def opened(tied, workflow, *facts):
    return tied.rehearse("open", workflow, *facts, "--json").json["case"]


def test_link_ties_a_case_to_another_and_show_tells_it_of_both(tied):
    first, second = opened(tied, "point"), opened(tied, "point")

    answer = tied.rehearse("link", second, first, "--as", "arises_from", *WHY)

    assert (answer.status, answer.out.splitlines()[:2]) == (
        0,
        [f"{second} is linked (revision 2)", f"  link        arises from {first}"],
    )
    assert f"arises from {first}" in tied.rehearse("show", second).out.splitlines()
    assert f"gave rise to {second}" in tied.rehearse("show", first).out.splitlines()
    assert (
        f"linked: arises_from {first}; reason: as the group decided" in tied.rehearse("history", second).out
    )


def test_link_as_json(tied):
    whole, audit = opened(tied, "round"), opened(tied, "audit")

    answer = tied.rehearse("link", whole, audit, "--as", "audits", *WHY, "--json")

    assert answer.json == {
        "case": whole,
        "link": "audits",
        "other": audit,
        "state": "gathering",
        "stage": None,
        "revision": 2,
        "links": [{"link": "audits", "case": audit, "away": True, "title": "has among its audits"}],
    }
    back = tied.rehearse("show", audit, "--json").json["links"]
    assert back == [{"link": "audits", "case": whole, "away": False, "title": "is among the audits of"}]


@pytest.mark.parametrize(
    ("name", "status", "said"),
    [
        ("folows", 2, "no link is called 'folows'\ndid you mean 'follows'?"),
        ("follows", 1, "is linked to PNT-2017-001 already: follows"),
    ],
)
def test_a_link_that_cannot_be_made_is_refused(tied, name, status, said):
    first, second = opened(tied, "point"), opened(tied, "point")
    tied.rehearse("link", second, first, "--as", "follows", *WHY)

    answer = tied.rehearse("link", second, first, "--as", name, *WHY)

    assert answer.status == status
    assert said in answer.err


def test_why_says_that_cases_can_be_linked(tied):
    whole = opened(tied, "round")

    assert "audits have reached marked; `loopengine link` ties one to it" in tied.rehearse("why", whole).out


def test_record_tells_on_standard_error_where_it_was_seen_before(tied):
    first, second = opened(tied, "point", "theme=voice"), opened(tied, "point")

    answer = tied.rehearse("record", second, "theme=voice", *WHY[2:], "--json")

    assert answer.json["alike"] == [
        {"fact": "theme", "value": "voice", "within": "3 years", "cases": [first]}
    ]
    assert f"theme = voice was previously identified, within 3 years before: {first}" in answer.err
    shown = tied.rehearse("show", second).out.splitlines()
    assert shown[shown.index("Previously identified") + 2].split() == ["theme", "voice", "3", "years", first]


def test_group_shows_what_the_group_has_to_see_to(tied):
    whole = opened(tied, "round")

    lines = tied.rehearse("group", "learning_group").out.splitlines()

    assert lines == [
        "The Learning Group (learning_group)",
        "  tier        sub_group",
        "  acts as     learning_and_improvement",
        "  meets       next on Thu 2017-02-02",
        "",
        "Reports to it",
        "WHAT      TITLE              WHO",
        "round     A round of audits  business_unit, performance_and_evaluation",
        "briefing  A briefing         business_unit",
        "",
        "Open cases",
        "CASE          WORKFLOW  STATE      WHOSE MOVE     DUE",
        f"{whole}  round     gathering  business_unit  Sun 2017-04-09, 64 working days left (report)",
    ]


def test_group_as_json(tied):
    whole = opened(tied, "round")

    answer = tied.rehearse("group", "learning_group", "--json").json

    (case,) = answer["cases"]
    assert (case["case"], case["reports"], case["owned"], case["owner"]) == (
        whole,
        True,
        False,
        ["business_unit"],
    )
    assert case["due"] == tied.rehearse("due", "--json").json


def test_a_group_without_anything_says_so(tied):
    opened(tied, "audit")

    answer = tied.rehearse("group", "executive_group")

    assert answer.out.splitlines() == [
        "The Executive (executive_group)",
        "  tier        executive",
        "  acts as     no role of its own",
        "  meets       no date is known",
        "",
        "No open cases.",
    ]


def test_an_unknown_group_is_a_mistake(tied):
    opened(tied, "audit")

    answer = tied.rehearse("group", "executive")

    assert answer.status == 2
    assert "no group is called 'executive'\ndid you mean 'executive_group'?" in answer.err


def test_files_that_cannot_be_read_are_named_where_a_group_is_asked_for(tied):
    opened(tied, "audit")
    (tied.workflows / "point.yaml").write_text("nonsense\n", "utf-8")

    answer = tied.rehearse("group", "executive_group")

    assert answer.status != 0
    assert "point.yaml" in answer.err
