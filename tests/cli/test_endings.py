"""How calls end: statuses, errors in words and in JSON, and never a traceback."""

import json
import os
import signal
import subprocess
import sys

import pytest

from loopengine.cli import looking


def run(*args, **kwargs):
    return subprocess.run(
        [sys.executable, "-m", "loopengine", *args], capture_output=True, text=True, **kwargs
    )


def raising(error):
    """An engine that cannot be had."""

    def engine(*_args, **_kwargs):
        raise error

    return engine


UNKNOWN = [
    (["opn"], "no verb is called 'opn'", "did you mean 'open'?"),
    (["open", "reveiw"], "no workflow is called 'reveiw'", "did you mean 'review'?"),
    (["open", "review", "harmd=yes"], "no fact is called 'harmd'", "did you mean 'harmed'?"),
    (["record", "REV-2017-001", "harmd=yes"], "no fact is called 'harmd'", "did you mean 'harmed'?"),
    (["fire", "REV-2017-001", "acept"], "no event is called 'acept'", "did you mean 'accept'?"),
    (["why", "REV-2017-001", "acept"], "no event is called 'acept'", "did you mean 'accept'?"),
    (["fire", "REV-2017-001", "accept", "--role", "chair"], "no role is called 'chair'", None),
    (["record", "REV-2017-001", "harmed=yes", "--role", "chair"], "no role is called 'chair'", None),
    (["open", "review", "--role", "executiv"], "no role is called 'executiv'", "did you mean 'executive'?"),
    (["open", "review", "--agency", "polic"], "no agency is called 'polic'", "did you mean 'police'?"),
    (["assess", "review", "criterai"], "no rule is called 'criterai'", "did you mean 'criteria'?"),
    (["assess", "reveiw", "criteria"], "no workflow is called 'reveiw'", "did you mean 'review'?"),
    (["assess", "review", "criteria", "harmd=yes"], "no fact is called 'harmd'", "did you mean 'harmed'?"),
    (["list", "--workflow", "reveiw"], "no workflow is called 'reveiw'", "did you mean 'review'?"),
    (["list", "--state", "refered"], "no state is called 'refered'", "did you mean 'referred'?"),
    (["list", "--stage", "revew"], "no stage is called 'revew'", "did you mean 'review'?"),
    (["diagram", "reveiw"], "no workflow is called 'reveiw'", "did you mean 'review'?"),
    (["diagram", "review", "--format", "dto"], "no format is called 'dto'", "did you mean 'dot'?"),
    (["list", "--stat", "x"], "no option is called '--stat'", "did you mean"),
]


@pytest.mark.parametrize(("args", "message", "hint"), UNKNOWN)
def test_an_unknown_name_is_told_with_the_nearest_and_changes_nothing(loop, args, message, hint):
    loop.case("harmed=yes")
    before = everything(loop)

    answer = loop.rehearse(*args)

    assert (answer.status, answer.out) == (2, "")
    first, *rest = answer.err.splitlines()
    assert first == f"error: {message}"
    assert hint is None or rest[0].startswith(hint)
    assert everything(loop) == before


BAD = [
    (["harmed=maybe"], "harmed cannot be 'maybe'"),
    (["harmed="], "harmed cannot be ''"),
    (["told_on=yesterday"], "told_on cannot be 'yesterday'"),
    (["agencies=police,polic"], "agencies cannot be 'polic'"),
    (["reviewer_of=army"], "reviewer_of cannot be 'army'"),
    (["note="], "note cannot be this value"),
    (["harmed"], "'harmed' is not fact=value"),
    (["=yes"], "'=yes' is not fact=value"),
    (["harmed=yes", "harmed=no"], "harmed is answered twice"),
    (["harmed=yes", "--on", "2017-02-01"], "2017-02-01 is yet to come"),
]


@pytest.mark.parametrize("verb", [["record", "REV-2017-001"], ["open", "review"]])
@pytest.mark.parametrize(("args", "message"), BAD)
def test_a_wrong_value_is_told_with_what_is_allowed_and_changes_nothing(loop, verb, args, message):
    loop.case()
    before = everything(loop)

    answer = loop.rehearse(*verb, *args)

    assert (answer.status, answer.out) == (2, "")
    first, hint = answer.err.splitlines()
    assert first == f"error: {message}"
    assert hint
    assert everything(loop) == before


def test_an_answer_that_needs_evidence_is_refused_without(loop):
    case = loop.case()

    answer = loop.rehearse("record", case, "concern=no")

    assert answer.status == 1
    assert "needs a reference to evidence" in answer.err
    assert loop.rehearse("record", case, "concern=no", "--evidence", "minute 7").status == 0


@pytest.mark.parametrize(
    "args",
    [["show"], ["why"], ["history"], ["record", "harmed=yes"], ["fire", "accept"], ["open", "--under"]],
)
def test_no_such_case_is_status_3(loop, args):
    loop.case()
    before = everything(loop)
    verb, *rest = args
    words = ["open", "action", "--under", "REV-1"] if verb == "open" else [verb, "REV-1", *rest]

    answer = loop.rehearse(*words, "--json")

    assert (answer.status, answer.out) == (3, "")
    assert answer.error == {
        "kind": "case_not_found",
        "message": "no case is called 'REV-1'",
        "hint": "`loopengine list` shows those that there are",
    }
    assert everything(loop) == before


@pytest.mark.parametrize(
    "args",
    [
        ["opn", "--json"],
        ["--json", "show"],
        ["list", "--json", "--foo"],
        ["--json", "record", "REV-1", "harmed"],
    ],
)
def test_with_json_a_mistake_is_one_document_on_standard_error(loop, args):
    loop.case()

    answer = loop.rehearse(*args)

    assert (answer.status, answer.out) == (2, "")
    assert set(answer.error) == {"kind", "message", "hint"}


@pytest.mark.parametrize("damage", [None, "workflow: review\nversion: one\n"])
def test_with_json_a_mistake_stands_alone_whatever_there_is_to_note(loop, damage):
    loop.case()
    if damage is not None:
        (loop.workflows / "review.yaml").write_text(damage, "utf-8")

    found = loop("list", "--json")
    in_words, in_json = loop("show", "REV-1"), loop("show", "REV-1", "--json")

    notes = [line for line in found.err.splitlines() if line.startswith("note: ")]
    assert len(notes) == (1 if damage is None else 2)
    assert in_words.err.splitlines()[:-2] == notes
    assert (in_json.status, in_json.error["kind"]) == (3, "case_not_found")


def test_a_missing_argument_points_to_help(loop):
    answer = loop("fire")

    assert answer.status == 2
    assert answer.err == "error: missing argument 'CASE'\n`loopengine fire --help` says what it takes\n"


def test_an_option_without_its_value_points_to_help(loop):
    answer = loop("fire", "REV-2017-001", "accept", "--reason")

    assert answer.status == 2
    assert answer.err.startswith("error: option '--reason' requires an argument\n`loopengine VERB --help`")


def test_wrong_workflow_files_are_all_told_of(loop):
    (loop.workflows / "review.yaml").write_text("workflow: review\nversion: one\nstatse: {}\n", "utf-8")

    answer = loop("open", "review")
    in_json = loop("open", "review", "--json")

    assert answer.status == in_json.status == 1
    assert answer.err.startswith("error: the workflow files cannot be used as they are\n")
    assert len([line for line in answer.err.splitlines() if "review.yaml:" in line]) > 2
    assert str(loop.workflows / "review.yaml") in answer.err
    assert in_json.error["kind"] == "definition"
    assert not loop.database.exists()


def test_workflow_files_below_the_working_directory_are_named_from_there(loop, monkeypatch):
    (loop.workflows / "review.yaml").write_text("workflow: review\nversion: one\nstatse: {}\n", "utf-8")
    monkeypatch.chdir(loop.workflows.parent)

    opened, checked = loop("open", "review"), loop("check")

    assert opened.err.splitlines()[1].startswith("small/review.yaml:")
    assert checked.out.startswith("small/review.yaml:")


@pytest.mark.parametrize("folder", ["nowhere", "file", "empty"])
def test_a_folder_without_workflow_files_is_a_mistake(loop, tmp_path, folder):
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("", "utf-8")

    answer = loop("workflows", "--workflows", str(tmp_path / folder))

    assert (answer.status, answer.out) == (2, "")
    assert answer.err.startswith("error: ")


def test_a_fault_is_told_without_a_traceback_or_anything_of_a_case(loop, monkeypatch):
    monkeypatch.setattr(looking, "engine", raising(KeyError("Child A")))

    answer, in_json = loop("list"), loop("list", "--json")

    assert answer.status == in_json.status == 70
    assert (answer.out, in_json.out) == ("", "")
    assert answer.err.startswith(
        "error: this is a fault of loopengine: KeyError\nrun again with LOOPENGINE_LOG=1"
    )
    assert in_json.error["kind"] == "fault"
    assert "Child A" not in answer.err + in_json.err


def test_the_log_of_a_fault_says_where_and_not_what(loop, monkeypatch):
    monkeypatch.setattr(looking, "engine", raising(KeyError("Child A")))
    loop.env = {"LOOPENGINE_LOG": "1"}

    answer = loop("list")

    logged = json.loads(answer.err.splitlines()[0])
    assert logged["event"] == "fault"
    assert logged["frames"][-1].endswith(" engine")
    assert "Child A" not in answer.err


def test_ctrl_c_ends_quietly(loop, monkeypatch):
    monkeypatch.setattr(looking, "engine", raising(KeyboardInterrupt()))

    answer = loop("list")

    assert (answer.status, answer.out, answer.err) == (130, "", "")


def test_a_reader_who_went_away_is_no_fault(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", "loopengine", "schema"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    process.stdout.close()

    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 128 + signal.SIGPIPE


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_an_answer_that_cannot_be_written_is_told_of():
    with open("/dev/full", "w") as full:
        answer = subprocess.run(
            [sys.executable, "-m", "loopengine", "schema"], stdout=full, stderr=subprocess.PIPE, text=True
        )

    assert answer.returncode == 6
    assert answer.stderr == "error: the answer cannot be written: No space left on device\n"


def test_arguments_that_are_not_text_are_a_mistake(loop):
    answer = run("record", "REV-1", b"note=\xff", env={**os.environ, "LC_ALL": "C.UTF-8"})

    assert answer.returncode == 2
    assert answer.stderr == "error: an argument is not text\nwrite it in UTF-8\n"


def test_answers_and_errors_never_share_a_stream(tmp_path):
    env = {**os.environ, "LOOPENGINE_DB": str(tmp_path / "board.db")}

    opened = run("open", "action", "--json", env=env)
    missing = run("show", "ACT-1", "--json", env=env)

    assert opened.returncode == 0
    assert set(json.loads(opened.stdout)) == {"case", "workflow", "state", "stage", "revision", "warnings"}
    assert opened.stderr == f"note: made the database {tmp_path / 'board.db'}\n"
    assert missing.returncode == 3
    assert missing.stdout == ""
    assert json.loads(missing.stderr)["error"]["kind"] == "case_not_found"


def test_the_log_is_on_standard_error_and_only_if_asked_for(tmp_path):
    env = {**os.environ, "LOOPENGINE_DB": str(tmp_path / "board.db")}
    run("open", "action", env=env)

    silent = run("audit", "--json", env=env)
    logged = run("audit", "--json", env=env | {"LOOPENGINE_LOG": "1"})

    assert silent.stderr == ""
    assert logged.stdout == silent.stdout
    assert json.loads(logged.stderr)["event"] == "audit.finished"


def everything(loop):
    """Every case and its whole history."""
    cases = loop.rehearse("list", "--json").json
    return cases, [loop.rehearse("history", each["case"], "--json").json for each in cases]
