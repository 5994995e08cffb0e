"""The verbs of the door: where an incident leads, and taking it in, with every child whom it concerns."""

from __future__ import annotations

import pytest
from support.door import TEXTS

UNIT = ("--by", "Uma Unit", "--role", "business_unit")
CHAIR = ("--by", "Carys Chair", "--role", "independent_chair")
NOW = ("--now", "2017-01-09T09:00:00Z")
HARM = ("--child", "A", "harmed=yes", "died=no")
# Harmed and died; harmed; neither.
THREE = (
    "near_miss=no",
    *("--child", "A", "harmed=yes", "died=yes", "age_at_event=4", "decided=review,notice"),
    *("--child", "B", "harmed=yes", "died=no", "decided=review"),
    *("--child", "C", "harmed=no", "died=no", "decided=none"),
    *("--evidence", "letter of 6 January"),
)


@pytest.fixture
def door(loop):
    for old in loop.workflows.iterdir():
        old.unlink()
    for name, text in TEXTS.items():
        (loop.workflows / name).write_text(text, "utf-8")
    return loop


def listed(door):
    return [(each["case"], each["state"]) for each in door.rehearse("list", "--json").json]


def told(door, name, text):
    """A file with this *text*: its name."""
    path = door.database.parent / name
    path.write_text(text, "utf-8")
    return str(path)


# --- where it leads -----------------------------------------------------------------------------------------


def test_route_says_which_reviews_there_must_should_or_may_be_and_by_which_row(door):
    answer = door.rehearse("route", "harmed=no", "near_miss=yes", "died=yes")

    assert answer.status == 0
    assert answer.out.splitlines() == [
        "Notice (notice): must be carried out",
        "  must        yes: A child has died",
        "Look back (look-back): should be carried out",
        "  should      yes: It went nearly wrong",
        "  may         yes: No harm was done",
        "Review (review): is not called for",
        "  must        no: A child was harmed",
    ]


def test_route_asks_for_what_is_not_known_and_never_takes_it_for_a_no(door):
    lines = door.rehearse("route", "died=no", "near_miss=no").out.splitlines()

    assert lines[0] == "Review (review): cannot be told yet; it could still turn out that it must be"
    assert lines[-4:] == [
        "",
        "To be asked:",
        "  ask         Was the child harmed?",
        "              harmed=ANSWER: yes, no or unknown; no needs --evidence TEXT",
    ]


def test_route_without_a_fact_says_what_there_is_to_ask(door):
    answer = door.rehearse("route", "--json")

    assert answer.status == 0
    assert [each["fact"] for each in answer.json["open_questions"]] == ["harmed", "died", "near_miss"]


def test_route_needs_no_database_and_makes_none(door):
    door.rehearse("route", "harmed=yes")

    assert not door.database.exists()


def test_route_as_json_has_every_row_with_its_verdict_and_why(door):
    review = door.rehearse("route", "harmed=yes", "--json").json["reviews"][0]

    assert {key: review[key] for key in ("review", "title", "outcome", "could_be")} == {
        "review": "review",
        "title": "Review",
        "outcome": "required",
        "could_be": None,
    }
    (row,) = review["rows"]
    assert (row["strength"], row["verdict"], row["because"]["text"]) == ("must", "true", "A child was harmed")


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ("harmd=yes", "no fact is called 'harmd'\ndid you mean 'harmed'?"),
        ("harmed=maybe", "harmed cannot be 'maybe'\nit is yes, no or unknown"),
        ("harmed", "'harmed' is not fact=value"),
        ("notified_on=6/1/2017", "write 2017-01-06 if 6 January 2017 is meant"),
        ("harmed.A=yes", "'harmed.A' names a child, and a route is of one\ngive harmed"),
    ],
)
def test_route_refuses_what_makes_no_sense(door, fact, said):
    answer = door.rehearse("route", fact)

    assert answer.status == 2
    assert said in answer.err


def test_a_framework_without_a_door_has_no_routes(loop):
    answer = loop.rehearse("route")

    assert answer.status == 2
    assert "the framework small has no routes\nthey stand in its framework.yaml" in answer.err
    assert loop.rehearse("intake", "harmed=yes").status == 2


def test_intake_says_for_each_child_where_it_leads_and_writes_nothing(door):
    answer = door.rehearse("intake", "near_miss=yes", *HARM, "--child", "B", "harmed=no", "died=no")

    assert answer.status == 0
    assert answer.out.splitlines() == [
        "Child A",
        "  must        Review (review)",
        "  no          Notice, Look back",
        "",
        "Child B",
        "  should      Look back (look-back)",
        "  no          Review, Notice",
        "",
        "Nothing was written: with --open it is. `loopengine route` says why, for each review.",
    ]
    assert not door.database.exists()


def test_intake_says_before_it_is_written_what_is_left_out(door):
    answer = door.rehearse("intake", *HARM, "decided=look-back")

    assert "  left out    Review (review) must be carried out for child A, and is not decided on" in (
        answer.out.splitlines()
    )


def test_what_is_told_of_a_child_by_itself_goes_before_what_is_told_of_all(door):
    answer = door.rehearse("intake", "harmed=yes", "--child=A", "--child=B", "harmed=no", "--json")

    first, second = (each["reviews"][0]["outcome"] for each in answer.json["children"])
    assert (first, second) == ("required", "ruled_out")


# --- taking it in -------------------------------------------------------------------------------------------


def test_intake_opens_what_is_decided_for_each_child_by_its_own_harm(door):
    answer = door.rehearse("intake", *THREE, "--open", *UNIT)

    assert answer.status == 0
    lines = answer.out.splitlines()
    assert lines[lines.index("INC-2017-001 is on record: Incident") + 1 :] == [
        "  opened      REV-2017-001 Review (A)",
        "  opened      REV-2017-002 Review (B)",
        "  opened      NOT-2017-001 Notice (A)",
    ]
    assert door.rehearse("show", "NOT-2017-001", "--json").json["facts"]["age_at_event"]["value"] == 4


def test_siblings_share_a_review_that_is_decided_on_together(door):
    answer = door.rehearse("intake", "together=review", *THREE, "--open", *UNIT)

    assert "  opened      REV-2017-001 Review (A, B)" in answer.out.splitlines()
    facts = door.rehearse("show", "REV-2017-001", "--json").json["facts"]
    assert facts["children"]["value"] == ["A", "B"]
    assert (facts["harmed.A"]["value"], facts["harmed.B"]["value"]) == ("yes", "yes")
    assert facts["harmed.A"]["evidence"] == "carried forward from INC-2017-001"
    assert "arises from INC-2017-001" in door.rehearse("show", "REV-2017-001").out


def test_an_incident_about_one_child_needs_no_letter(door):
    answer = door.rehearse("intake", "harmed=yes", "died=no", "decided=review", "--open", *UNIT)

    assert "  opened      REV-2017-001 Review" in answer.out.splitlines()


def test_no_review_at_all_can_be_decided_on(door):
    answer = door.rehearse(
        "intake", "harmed=no", "died=no", "near_miss=no", "decided=none", "--evidence", "x", "--open", *UNIT
    )

    assert answer.status == 0
    assert answer.out.splitlines()[-1] == "  opened      nothing: no review will be carried out"


def test_intake_as_json_has_what_is_recommended_decided_and_opened(door):
    answer = door.rehearse("intake", *THREE, "--open", *UNIT, "--json")

    document = answer.json
    assert document["case"] == {
        "case": "INC-2017-001",
        "workflow": "incident",
        "state": "routed",
        "stage": None,
        "revision": 2,
        "warnings": [],
    }
    assert [(each["child"], each["decided"]) for each in document["children"]] == [
        ("A", ["review", "notice"]),
        ("B", ["review"]),
        ("C", []),
    ]
    assert (document["decision"]["moved"], document["decision"]["event"]) == (True, "decide")
    assert document["opened"] == [
        {"case": "REV-2017-001", "workflow": "review", "children": ["A"]},
        {"case": "REV-2017-002", "workflow": "review", "children": ["B"]},
        {"case": "NOT-2017-001", "workflow": "notice", "children": ["A"]},
    ]


def test_intake_as_json_says_by_null_what_was_not_done(door):
    document = door.rehearse("intake", "harmed=yes", "--json").json

    assert (document["case"], document["decision"], document["opened"]) == (None, None, [])
    assert [(each["child"], each["decided"]) for each in document["children"]] == [(None, None)]


def test_the_same_incident_under_the_same_key_is_taken_in_once(door):
    request = ("intake", *THREE, "--open", *UNIT, "--key", "form 12")

    first, second = door.rehearse(*request), door.rehearse(*request)

    assert first.out == second.out
    assert len(listed(door)) == 4


def test_intake_outside_the_time_in_force_warns_and_goes_on(door):
    answer = door.rehearse("intake", *HARM, "--open", "--on", "2014-12-01", *UNIT)

    assert answer.status == 0
    assert (
        "note: incident is in force from 2015-03-26 until further notice: 2014-12-01 lies outside"
        in answer.err
    )


def test_history_of_the_incident_tells_what_was_decided_and_by_whom(door):
    door.rehearse("intake", *THREE, "--open", *UNIT)

    decided = door.rehearse("history", "INC-2017-001", "--json").json[-1]

    assert (decided["kind"], decided["event"], decided["by"]) == ("moved", "decide", "Uma Unit")
    assert decided["opened"] == ["REV-2017-001", "REV-2017-002", "NOT-2017-001"]


def test_a_decision_that_was_a_mistake_is_struck_out_with_what_it_opened(door):
    door.rehearse("intake", *THREE, "--open", *UNIT)

    undone = door.rehearse("correct", "INC-2017-001", "--reason", "wrong form", *UNIT, "--json").json

    assert undone["state"] == "recorded"
    assert undone["withdrawn"] == ["REV-2017-001", "REV-2017-002", "NOT-2017-001"]


# --- not decided yet ----------------------------------------------------------------------------------------


def test_undecided_an_incident_is_on_record_and_the_lines_to_type_decide_it(door):
    answer = door.rehearse("intake", *HARM, "--open", *UNIT)

    assert answer.status == 0
    lines = answer.out.splitlines()
    assert lines[lines.index("INC-2017-001 is on record: Incident") + 1 :] == [
        "  next        say for each child which reviews there will be, and then decide:",
        f"              loopengine record INC-2017-001 decided.A=ANSWER --role business_unit {' '.join(NOW)}",
        f"              loopengine fire INC-2017-001 decide --role business_unit {' '.join(NOW)}",
    ]
    door.rehearse("record", "INC-2017-001", "decided.A=review", *UNIT)
    assert door.rehearse("fire", "INC-2017-001", "decide", *UNIT).status == 0
    assert listed(door) == [("INC-2017-001", "routed"), ("REV-2017-001", "referred")]


def test_what_is_not_known_is_asked_for_while_the_clock_runs(door):
    answer = door.rehearse(
        "intake", "notified_on=2017-01-06", "--child", "A", "decided=review", "--open", *UNIT
    )

    assert answer.status == 1
    assert "  ask         Has the child died?" in answer.out.splitlines()
    recording = "loopengine record INC-2017-001 harmed.A=ANSWER died.A=ANSWER near_miss=ANSWER --role"
    assert recording in answer.out
    assert listed(door) == [("INC-2017-001", "recorded")]
    (due,) = door.rehearse("due", "--json", now="2017-02-01T09:00Z").json
    assert (due["case"], due["deadline"], due["late"]) == ("INC-2017-001", "decision", True)


def test_what_must_be_cannot_be_left_out_and_the_refusal_names_it(door):
    answer = door.rehearse("intake", "near_miss=no", *HARM, "decided=none", "--open", *UNIT)

    assert answer.status == 1
    lines = answer.out.splitlines()
    assert lines[lines.index("INC-2017-001 is on record: Incident") + 1 :] == [
        "  refused     decide needs what is not so (What must be is decided on)",
        "  left out    Review (review) must be carried out for child A, and is not decided on",
        "  next        the incident is on record, and its clock runs: put it right there, and then decide:",
        f"              loopengine record INC-2017-001 decided.A=ANSWER --role business_unit {' '.join(NOW)}",
        f"              loopengine fire INC-2017-001 decide --role business_unit {' '.join(NOW)}",
    ]


def test_not_even_the_chair_leaves_out_what_must_be(door):
    facts = ("near_miss=no", *HARM)
    door.rehearse("intake", *facts, "decided=none", "--open", *UNIT)

    answer = door.rehearse("fire", "INC-2017-001", "decide_otherwise", "--reason", "enough", *CHAIR)

    assert answer.status == 1
    assert listed(door) == [("INC-2017-001", "recorded")]


def test_what_should_be_is_left_out_only_with_a_reason_and_by_who_answers_for_it(door):
    facts = ("near_miss=yes", "harmed=no", "died=no", "decided=none", "--evidence", "x")

    without = door.rehearse("intake", *facts, "--open", *UNIT)
    by_another = door.rehearse("intake", *facts, "--open", *UNIT, "--reason", "one is running")
    allowed = door.rehearse(
        "intake", *facts, "--open", "--reason", "one is running", *UNIT, "--role", "independent_chair"
    )

    assert [each.status for each in (without, by_another, allowed)] == [1, 1, 0]
    assert "  left out    Look back (look-back) should be carried out, and is not decided on" in without.out
    way_out = "loopengine fire INC-2017-001 decide_otherwise --reason REASON --role independent_chair"
    assert way_out in without.out
    assert (
        "decide_otherwise is for independent_chair to take; the actor acts as business_unit" in by_another.out
    )
    assert allowed.out.splitlines()[-1] == "  opened      nothing: no review will be carried out"


# --- what makes no sense ------------------------------------------------------------------------------------


@pytest.mark.parametrize("opens", [(), ("--open", *UNIT)])
@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "nothing is told of the incident\nwrite facts as fact=value, or name a file"),
        (("harmd=yes",), "no fact is called 'harmd'\ndid you mean 'harmed'?"),
        (("--child", "A", "harmd=yes"), "no fact is called 'harmd'\ndid you mean 'harmed'?"),
        (("--child", "A", "harmed=maybe"), "harmed.A cannot be 'maybe'\nit is yes, no or unknown"),
        (("age_at_event=1,200", "--child", "A"), "age_at_event.A cannot be '1,200'\nwrite 1200"),
        (("--child", "A", "age_at_event=4.5"), "age_at_event.A cannot be '4.5'\na number is whole"),
        (("notified_on=6/1/2017",), "write 2017-01-06 if 6 January 2017 is meant"),
        (("--child", "A", "decided=reviw"), "decided.A cannot be 'reviw'\ndid you mean 'review'?"),
        (("--child", "a", "harmed=yes"), "a child cannot be called so\na child has a capital letter"),
        (("--child", "Alice", "harmed=yes"), "a child cannot be called so"),
        (("--child", "--reason=x"), "--child names no child\nwrite --child A, and then what is known of A"),
        (("--child", "harmed=yes"), "--child names no child"),
        (("harmed=yes", "--child"), "--child names no child"),
        (("--child", "A", "--child", "A"), "child A is told of twice\ngive each child once"),
        (("--child", "A", "near_miss=yes"), "near_miss is asked of the incident, and not of each"),
        (("harmed.A=yes",), "names a child with the fact\ngive harmed among what is known of child A"),
        (("--child", "A", "harmed.A=yes"), "'harmed.A' names a child with the fact"),
        (("children=A,B",), "children are not given as a fact\ngive each by its letter, with its own facts"),
        (("harmed", "yes"), "'harmed' is not fact=value"),
        (("incident.yaml", "harmed=yes"), "the file 'incident.yaml' does not stand alone\nwrite all facts"),
        (("incident.yaml", "--child", "A"), "the file 'incident.yaml' does not stand alone"),
        (("nowhere.yaml",), "the file 'nowhere.yaml' cannot be read: No such file or directory\nname"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_told_and_nothing_is_written(door, words, said, opens):
    answer = door.rehearse("intake", *words, *opens)

    assert answer.status == 2
    assert said in (
        answer.err if "--json" not in words else answer.error["message"] + "\n" + answer.error["hint"]
    )
    assert answer.out == ""
    assert not door.database.exists()


def test_a_name_in_the_place_of_a_letter_is_not_repeated(door):
    assert "Alice" not in door.rehearse("intake", "--child", "Alice", "harmed=yes").err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--child", "A", "decided=review"), "decided.A is for business_unit or independent_chair to answer"),
        (("--child", "A", "harmed=no", *UNIT), "harmed.A=no needs a reference to evidence"),
    ],
)
def test_an_answer_that_is_not_accepted_leaves_no_incident(door, words, said):
    answer = door.rehearse("intake", *words, "--open")

    assert answer.status == 1
    assert said in answer.err
    assert listed(door) == []


@pytest.mark.parametrize("extra", [("--role", "business_unt"), ("--agency", "polize")])
def test_a_role_or_an_agency_that_nobody_knows_leaves_no_database(door, extra):
    answer = door.rehearse("intake", *HARM, "--open", *extra)

    assert answer.status == 2
    assert "did you mean" in answer.err
    assert not door.database.exists()


def test_an_error_as_json_stands_alone(door):
    answer = door.rehearse("intake", "--child", "A", "near_miss=yes", "--json")

    assert answer.out == ""
    assert answer.error == {
        "kind": "usage",
        "message": "near_miss is asked of the incident, and not of each child",
        "hint": "give it before the first child",
    }


# --- a file -------------------------------------------------------------------------------------------------

AS_YAML = """\
notified_on: 2017-01-06
agencies_involved: [police, school]
near_miss: no
together: review
children:
  A: {harmed: yes, died: "yes", age_at_event: 4, decided: [review, notice]}
  B:
    harmed: true
    died: false
    decided: review
"""
AS_JSON = """\
{
  "notified_on": "2017-01-06",
  "agencies_involved": ["police", "school"],
  "near_miss": false,
  "together": "review",
  "children": {
    "A": {"harmed": true, "died": true, "age_at_event": 4, "decided": ["review", "notice"]},
    "B": {"harmed": "yes", "died": "no", "decided": ["review"]}
  }
}
"""


@pytest.mark.parametrize(("name", "text"), [("incident.yaml", AS_YAML), ("incident.json", AS_JSON)])
def test_a_file_says_the_same_as_facts_do(door, name, text):
    answer = door.rehearse("intake", told(door, name, text), "--open", *UNIT)

    assert (answer.status, answer.err) == (0, f"note: made the database {door.database}\n")
    assert "  opened      REV-2017-001 Review (A, B)" in answer.out.splitlines()
    facts = door.rehearse("show", "INC-2017-001", "--json").json["facts"]
    assert facts["agencies_involved"]["value"] == ["police", "school"]
    assert (facts["died.A"]["value"], facts["died.B"]["value"]) == ("yes", "no")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ":1:1: the file is empty"),
        ("near_miss,harmed\n", ":1:1: the file does not consist of keys"),
        ("children: [A, B]\n", ":1:1: `children` holds no children; write each by letter"),
        ("children: {A: harmed}\n", ":1:12: a child has no facts; write them below it"),
        ("children:\n  A:\n", ":2:5: `A` has no value; give it one, or leave it out"),
        ("near_miss: {a: b}\n", ":1:1: `near_miss` is no answer; write one, or a list of names"),
        ("near_miss: off\n", ':1:12: `off` is false to many readers of YAML; write "off" in quotes'),
        ("near_miss: yes\n: : :", ":2:1: "),
    ],
)  # fmt: skip
def test_a_file_that_is_no_incident_is_told_with_its_places(door, text, said):
    name = told(door, "incident.yaml", text)

    answer = door.rehearse("intake", name, "--open", *UNIT)

    assert answer.status == 1
    assert name + said in answer.err
    assert answer.err.endswith(
        "\nan incident is YAML or JSON: a line `fact: value` for each fact, and `children:` by letter\n"
    )
    assert not door.database.exists()


def test_all_that_is_wrong_in_a_file_is_told_each_in_a_line(door):
    name = told(door, "incident.yaml", "near_miss: {a: b}\nchildren: {A: harmed, B: {died: [[]]}}\n")

    lines = door.rehearse("intake", name).err.splitlines()

    assert [line.partition(name)[2].partition(";")[0] for line in lines[:-1]] == [
        ":1:1: `near_miss` is no answer",
        ":2:12: a child has no facts",
        ":2:27: `died` is no answer",
    ]


def test_a_file_with_a_fact_that_nobody_knows_is_refused(door):
    answer = door.rehearse("intake", told(door, "incident.yaml", "children: {A: {harmd: yes}}\n"), "--json")

    assert answer.status == 2
    assert answer.error["message"] == "no fact is called 'harmd'"
