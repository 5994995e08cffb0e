"""The verbs about workflow files."""

import importlib.util
import json
import shutil
import subprocess

import pytest
from jsonschema import Draft202012Validator

from loopengine.workflow_files import default_framework

BROKEN = """\
workflow: broken
version: 1
title: Broken
reference: BRO
starts: nowhere
states:
  here: {final: true}
"""


def test_workflows_lists_those_of_the_framework(loop):
    answer = loop("workflows", "--json")

    assert answer.status == 0
    assert [set(each) for each in answer.json] == [{"name", "title", "version", "states", "in_force"}] * 2
    review = {each["name"]: each for each in answer.json}["review"]
    assert review["title"] == "Review"
    assert review["states"][:2] == ["referred", "reviewing"]
    assert review["in_force"] == {"from": "2015-03-26", "until": "2019-09-29"}


def test_workflows_are_a_table_for_people(loop):
    lines = loop("workflows").out.splitlines()

    assert lines[0].split() == ["WORKFLOW", "TITLE", "VERSION", "STATES", "IN", "FORCE"]
    assert "review    Review  1        6       from 2015-03-26 until 2019-09-29" in lines


def test_a_sound_framework_has_no_problems(loop):
    answer = loop("check", "--json")

    assert answer.status == 0
    assert answer.json["ok"] is True
    assert answer.json["problems"] == []


def test_the_framework_that_comes_with_loopengine_is_sound_and_is_the_default(loop):
    loop.env = {"LOOPENGINE_WORKFLOWS": None}

    answer = loop("check", "--json")

    assert answer.status == 0
    assert answer.json["to_confirm"]
    assert all(each["file"].startswith(str(default_framework())) for each in answer.json["to_confirm"])


def test_check_tells_every_problem_with_its_place_and_ends_with_1(loop):
    (loop.workflows / "broken.yaml").write_text(BROKEN, "utf-8")

    answer, in_json = loop("check"), loop("check", "--json")

    assert answer.status == in_json.status == 1
    assert in_json.json["ok"] is False
    problem = in_json.json["problems"][0]
    assert set(problem) == {"file", "line", "column", "message", "hint"}
    assert f"{problem['file']}:{problem['line']}:{problem['column']}: {problem['message']}" in answer.out
    assert problem["file"] == str(loop.workflows / "broken.yaml")
    assert (answer.err, in_json.err) == ("", "")


def test_what_is_to_be_confirmed_below_the_working_directory_is_named_from_there(loop, tmp_path, monkeypatch):
    shutil.copytree(default_framework(), tmp_path / "copy")
    monkeypatch.chdir(tmp_path)

    lines = [line for line in loop("check", str(tmp_path / "copy")).out.splitlines() if ".yaml:" in line]

    assert lines
    assert all(line.startswith("copy/") for line in lines)


def test_check_of_a_file_tells_of_that_file_alone(loop):
    (loop.workflows / "broken.yaml").write_text(BROKEN, "utf-8")

    assert loop("check", str(loop.workflows / "broken.yaml")).status == 1
    assert loop("check", str(loop.workflows / "review.yaml")).status == 0
    assert loop("check", str(loop.workflows / "framework.yaml")).status == 0
    both = loop("check", str(loop.workflows / "review.yaml"), str(loop.workflows / "broken.yaml"), "--json")
    assert {each["file"] for each in both.json["problems"]} == {str(loop.workflows / "broken.yaml")}


def test_what_is_to_be_confirmed_in_a_file_is_that_of_the_file(loop, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(default_framework(), copy)

    answer = loop("check", str(copy / "serious-case-review.yaml"), "--json")

    assert answer.status == 0
    assert {each["file"] for each in answer.json["to_confirm"]} == {str(copy / "serious-case-review.yaml")}
    assert set(answer.json["to_confirm"][0]) == {"file", "line", "column", "what"}


def test_a_workflow_file_can_be_checked_without_a_framework(loop, tmp_path):
    shutil.copy(loop.workflows / "action.yaml", tmp_path)

    answer = loop("check", str(tmp_path / "action.yaml"), "--json")

    assert answer.json == {"ok": True, "problems": [], "to_confirm": []}


def test_a_file_that_is_not_there_is_a_mistake(loop, tmp_path):
    answer = loop("check", str(tmp_path / "nothing.yaml"))

    assert (answer.status, answer.out) == (2, "")


def claiming(loop, premise, conclusion):
    """Have the review claim that something follows."""
    file = loop.workflows / "review.yaml"
    claims = f"claims:\n  claimed: {{if: '{premise}', then: '{conclusion}', source: local}}\n"
    file.write_text(file.read_text("utf-8").replace("\ndeadlines:\n", f"\n{claims}deadlines:\n"), "utf-8")
    return str(file)


def test_of_the_framework_that_comes_with_loopengine_everything_is_proved(loop):
    loop.env = {"LOOPENGINE_WORKFLOWS": None}

    answer = loop("check", "--prove")

    assert (answer.status, answer.err) == (0, "")
    assert answer.out.splitlines()[-1].endswith("proofs of 26 files: all hold")


def test_what_does_not_follow_is_shown_by_an_example_and_ends_with_1(loop):
    file = claiming(loop, "harmed or concern", "harmed")

    for named in ([], [file]):
        words, document = loop("check", *named, "--prove"), loop("check", *named, "--prove", "--json")

        (proof,) = (each for each in document.json["proofs"] if each["proof"] == "claim")
        assert (words.status, document.status, document.json["ok"]) == (1, 1, False)
        assert (
            "review: it is not so that harmed or concern implies harmed\n"
            "  for example harmed: no; concern: yes\n"
        ) in words.out
        assert (proof["workflow"], proof["about"], proof["holds"]) == ("review", "claimed", False)
        assert proof["example"] == {"harmed": "no", "concern": "yes"}


def test_what_follows_is_proved(loop):
    claiming(loop, "criteria", "harmed")

    proofs = loop("check", "--prove", "--json").json["proofs"]

    (proof,) = (each for each in proofs if each["proof"] == "claim")
    assert (proof["said"], proof["holds"], proof["exact"]) == ("criteria implies harmed", True, True)


TRAP = """\
workflow: trap
version: 1
title: Trap
reference: TRA
starts: open
facts:
  agreed: {ask: "Is it agreed?", type: yes_no, settled_after: decide}
states:
  open: {owner: business_unit, no_clock: it does not matter, on: {decide: {to: decided}}}
  decided: {owner: business_unit, no_clock: it does not matter, on: {close: {to: closed, when: agreed}}}
  closed: {final: true}
"""


def counting(loop):
    """Have the review claim something about sums."""
    file = loop.workflows / "review.yaml"
    each = '  {0}: {{ask: "How many {0}?", type: number, unit: {0}}}\n'
    asked = "facts:\n" + each.format("sons") + each.format("girls")
    file.write_text(file.read_text("utf-8").replace("facts:\n", asked, 1), "utf-8")
    claiming(loop, "sons + girls == 7 and sons - girls == 4", "harmed")


def test_sums_are_decided_by_z3(loop):
    pytest.importorskip("z3", reason="needs z3-solver")
    counting(loop)

    words, document = loop("check", "--prove"), loop("check", "--prove", "--json")

    (proof,) = (each for each in document.json["proofs"] if each["proof"] == "claim")
    assert (proof["holds"], proof["exact"]) == (True, True)
    assert proof["said"].endswith("but only since sons + girls == 7 and sons - girls == 4 can never be TRUE")
    assert "tried out" not in words.out


def test_without_z3_it_is_told_what_was_only_tried_out(loop, monkeypatch):
    counting(loop)
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "z3" else real(name))

    words, document = loop("check", "--prove"), loop("check", "--prove", "--json")

    (proof,) = (each for each in document.json["proofs"] if each["proof"] == "claim")
    assert (proof["holds"], proof["exact"]) == (True, False)
    assert (
        "Of 1 proof, sums or large sets were tried out and not looked at whole. "
        "Install 'loopengine[prove]', and they are decided as far as z3 can say them."
    ) in words.out


def test_a_trap_is_told_with_the_way_to_it(loop):
    (loop.workflows / "trap.yaml").write_text(TRAP, "utf-8")

    words, document = loop("check", "--prove"), loop("check", "--prove", "--json")

    found = [each for each in document.json["proofs"] if each["workflow"] == "trap"]
    (proof,) = (each for each in found if not each["holds"])
    assert (words.status, proof["proof"], proof["about"]) == (1, "settled", "decided")
    assert (
        "trap: decided after decide comes to no end any more: what is settled cannot be changed\n"
        "  for example agreed: no\n"
    ) in words.out
    assert proof["way"] == [{"event": "decide", "example": {"agreed": "no"}}]


def test_of_sub_cases_and_times_it_is_said_that_they_were_supposed(loop):
    claiming(loop, 'some(actions, "verified")', "harmed")

    words, document = loop("check", "--prove"), loop("check", "--prove", "--json")

    (proof,) = (each for each in document.json["proofs"] if each["proof"] == "claim")
    assert (proof["abstract"], proof["example"]) == (
        True,
        {"actions": "1, 1 of them verified", "harmed": "no"},
    )
    assert "it may be that no case comes to such an example." in words.out
    supposed = [each for each in document.json["proofs"] if each["abstract"] and each["holds"]]
    assert (
        f"{len(supposed)} rules read sub-cases, events or times, which are supposed one by one" in words.out
    )


def test_what_is_from_memory_is_listed_beside_what_is_proved(loop):
    loop.env = {"LOOPENGINE_WORKFLOWS": None}

    words, document = loop("check", "--prove"), loop("check", "--prove", "--json")

    doubts = {each["what"] for each in document.json["to_confirm"]}
    assert any(each.startswith("the source 'wt-decision': that the month runs from") for each in doubts)
    assert "To be confirmed by a person:" in words.out
    assert all(each in words.out for each in doubts)


def test_nothing_is_proved_of_files_that_are_wrong(loop):
    (loop.workflows / "broken.yaml").write_text(BROKEN, "utf-8")

    answer = loop("check", "--prove", "--json")

    assert (answer.status, answer.json["proofs"]) == (1, [])


def test_the_schema_is_one_that_the_files_meet(loop):
    schema = loop("schema").json
    shared = loop("schema", "--framework", "--json").json

    Draft202012Validator.check_schema(schema)
    Draft202012Validator.check_schema(shared)
    assert schema["title"] != shared["title"]


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [([], "unknown"), (["harmed=no"], "false"), (["harmed=yes"], "true"), (["harmed=unknown"], "unknown")],
)
def test_assess_is_answered_whatever_the_verdict(loop, facts, verdict):
    answer = loop("assess", "review", "criteria", *facts, "--json")

    assert answer.status == 0
    assert set(answer.json) >= {"rule", "verdict", "open_questions", "would_change", "because"}
    assert answer.json["verdict"] == verdict
    assert [each["fact"] for each in answer.json["open_questions"]] == (
        ["harmed"] if verdict == "unknown" else []
    )


def test_assess_says_the_same_in_words(loop):
    answer = loop("assess", "review", "criteria", "harmed=no")

    assert answer.status == 0
    assert answer.out.startswith("criteria: false\n")
    assert "harmed: no" in answer.out


def test_a_diagram_is_text_for_mermaid_or_graphviz(loop):
    mermaid, dot = loop("diagram", "review"), loop("diagram", "review", "--format", "dot")

    assert mermaid.status == dot.status == 0
    assert "stateDiagram" in mermaid.out
    assert dot.out.startswith("digraph")
    assert loop("diagram", "review", "--json").json["diagram"].strip() == mermaid.out.strip()


def test_a_drawing_is_written_to_a_file_which_is_never_lost(loop, tmp_path):
    file = tmp_path / "review.svg"
    verb = ("diagram", "review", "--format", "svg")

    written, again = loop(*verb, "--out", str(file)), loop(*verb, "--out", str(file))

    assert written.status == 0
    assert str(file) in written.out.replace("\n", "")
    assert file.read_text("utf-8") == loop(*verb).out == loop(*verb, "--out", "-").out
    assert again.status == 2
    assert "is there already" in again.err
    assert loop(*verb, "--out", str(file), "--replace").status == 0
    assert loop(*verb, "--out", str(tmp_path / "review.png")).status == 2


@pytest.mark.skipif(shutil.which("dot") is None, reason="needs dot")
def test_graphviz_draws_what_is_meant_for_it(loop):
    drawn = subprocess.run(
        ["dot", "-Tsvg"],
        input=loop("diagram", "review", "--format", "dot").out,
        capture_output=True,
        text=True,
    )

    assert drawn.returncode == 0
    assert "<svg" in drawn.stdout


def test_no_verb_about_files_opens_a_database(loop):
    for verb in (
        ["workflows"],
        ["check"],
        ["schema"],
        ["assess", "review", "criteria"],
        ["diagram", "review"],
    ):
        assert loop(*verb).status == 0
    assert not loop.database.exists()
    assert json.loads(loop("schema").out)
