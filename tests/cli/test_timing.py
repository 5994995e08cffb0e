"""The verbs about time, as somebody types them; what the clocks come to is in tests/engine."""

from __future__ import annotations

import json
import os
import pty
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from support.inquiries import TEXTS

ROOT = Path(__file__).parents[2]
LONG = 120
UNIT = ("--by", "Uma Unit", "--role", "business_unit")
OPENED, LATER, LATE = "2017-01-09T09:00Z", "2017-01-13T09:00Z", "2017-01-26T09:00Z"


@pytest.fixture
def loop(loop):
    """The same, on the framework of inquiries."""
    for file in loop.workflows.iterdir():
        file.unlink()
    for name, text in TEXTS.items():
        (loop.workflows / name).write_text(text, "utf-8")
    loop.env["COLUMNS"] = "200"
    return loop


@pytest.fixture
def case(loop):
    return loop.rehearse("open", "inquiry", *UNIT, "--json", now=OPENED).json["case"]


def due(loop, *args, now=LATER):
    """What is due, in short: the deadline, its day, the days left."""
    answer = loop.rehearse("due", *args, "--json", now=now)
    assert answer.status == 0
    return [(each["deadline"], each["due"], each["days"]) for each in answer.json]


# due


def test_due_is_a_list_of_what_by_when_and_whose_move(loop, case):
    answer = loop.rehearse("due", "--json", now=LATER)

    assert answer.status == 0
    first = answer.json[0]
    assert {
        key: first[key] for key in ("case", "deadline", "due", "whose", "days", "late", "provisional", "held")
    } == {
        "case": case,
        "deadline": "answer",
        "due": "2017-01-23",
        "whose": ["business_unit"],
        "days": 6,
        "late": False,
        "provisional": False,
        "held": [],
    }


def test_within_leaves_out_what_is_due_later_but_never_what_is_late(loop, case):
    everything = due(loop)

    assert due(loop, "--within", "5 working days") == []
    assert due(loop, "--within", "6 working days") == everything[:3]
    assert [name for name, _, _ in everything] == ["answer", "write", "tidy", "report"]
    assert [days for _, _, days in due(loop, "--within", "1 day", now=LATE)] == [-3, -3, -3]


def test_what_is_late_comes_first_and_in_words(loop, case):
    loop.rehearse("hold", case, "strike", "--reason", "as agreed", *UNIT, now=LATER)

    answer = loop.rehearse("due", now=LATE)

    lines = answer.out.splitlines()
    assert lines[0].split() == ["DUE", "STANDING", "CASE", "WHAT", "WHOSE", "MOVE"]
    assert [" ".join(line.split()) for line in lines[1:5]] == [
        f"Mon 2017-01-23 LATE by 3 working days {case} write business_unit",
        f"Mon 2017-01-23 LATE by 3 working days {case} tidy business_unit",
        f"on hold 6 working days left, on hold for strike {case} answer business_unit",
        f"Sun 2017-07-09 112 working days left {case} report business_unit",
    ]
    assert lines[-1].strip() == (f"loopengine why {case} --now 2017-01-26T09:00:00Z")


OR_AN_AGENCY = "answer: {to: answered, by: [business_unit, {role: agency, of: who}]}"


def test_by_role_the_table_is_in_groups(loop, case):
    """What several may do stands under each of them."""
    text = TEXTS["inquiry.yaml"].replace("answer: {to: answered, by: business_unit}", OR_AN_AGENCY)
    text = text.replace("facts:", 'facts:\n  who: {ask: "Who answers?", type: party}').replace(
        "version: 1", "version: 2"
    )
    (loop.workflows / "inquiry.yaml").write_text(text, "utf-8")
    other = loop.rehearse("open", "inquiry", "who=police", *UNIT, "--json", now=LATER).json["case"]

    lines = loop.rehearse("due", "--by-role", "--within", "2 weeks", now=LATE).out.splitlines()

    assert [line for line in lines if "deadline" in line] == [
        "business_unit: 6 deadlines, 3 LATE",
        "agency of police: 3 deadlines",
    ]
    assert "WHOSE MOVE" not in "\n".join(lines)
    assert sum(case in line for line in lines) == 3 + 1
    assert sum(other in line for line in lines) == 3 + 3


def test_the_same_in_json_whether_in_groups_or_not(loop, case):
    assert due(loop, "--by-role") == due(loop)


def test_what_is_provisional_says_so(loop):
    loop.rehearse("open", "inquiry", *UNIT, now="2028-12-18T09:00Z")

    answer = loop.rehearse("due", now="2028-12-18T09:00Z")

    assert "Thu 2029-01-04 (provisional)" in answer.out
    assert [each["provisional"] for each in loop.rehearse("due", "--json", now="2028-12-18T09:00Z").json] == [
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ((), "Nothing is due."),
        (("--within", "5 days"), "Nothing is late, and nothing falls due within 5 days."),
        (("--by-role",), "Nothing is due."),
    ],
)
def test_when_nothing_is_due_it_says_so(loop, case, asked, said):
    loop.rehearse("record", case, "ready=yes", *UNIT, now=LATER)

    answer = loop.rehearse("due", *asked, now=LATER)

    assert (answer.status, answer.out.splitlines()[0]) == (0, said)
    assert loop.rehearse("due", *asked, "--json", now=LATER).json == []


def test_due_can_be_asked_as_it_was_known_then(loop, case):
    loop.rehearse("fire", case, "answer", *UNIT, now=LATER)

    assert due(loop, now=LATE) == []
    assert len(due(loop, "--as-of", "2017-01-10T09:00Z", now=LATE)) == 4


@pytest.mark.parametrize("text", ["soon", "10", "10 workdays", "-1 days"])
def test_a_duration_that_is_none_is_refused(loop, case, text):
    answer = loop.rehearse("due", f"--within={text}", "--json", now=LATER)

    assert (answer.status, answer.out) == (2, "")
    assert answer.error["message"] == f"--within cannot be {text!r}"
    assert "working days" in answer.error["hint"]


# due --ics


def test_a_calendar_file_has_an_event_for_each_that_runs(loop, case, tmp_path):
    loop.rehearse("hold", case, "strike", "--reason", "as agreed", *UNIT, now=LATER)
    file = tmp_path / "due.ics"

    answer = loop.rehearse("due", "--ics", str(file), now=LATER)

    written = file.read_bytes().decode("utf-8")
    assert answer.status == 0
    assert "wrote 3 events to" in answer.err
    assert "1 on hold" in answer.err
    assert answer.out.startswith("DUE")
    assert written.startswith("BEGIN:VCALENDAR\r\n")
    assert written.count("BEGIN:VEVENT") == 3
    assert f"UID:{case}.write.1@loopengine" in written
    assert "DTSTAMP:20170113T090000Z" in written


def test_a_calendar_on_standard_output_stands_alone(loop, case):
    answer = loop.rehearse("due", "--ics", "-", now=LATER)

    assert answer.status == 0
    assert answer.out.startswith("BEGIN:VCALENDAR")
    assert answer.out.rstrip().endswith("END:VCALENDAR")
    assert answer.err == ""


def test_beside_a_calendar_file_there_may_be_json(loop, case, tmp_path):
    answer = loop.rehearse("due", "--ics", str(tmp_path / "due.ics"), "--json", now=LATER)

    assert len(answer.json) == 4
    assert (tmp_path / "due.ics").exists()


def test_two_documents_on_standard_output_are_refused(loop, case):
    answer = loop.rehearse("due", "--ics", "-", "--json", now=LATER)

    assert (answer.status, answer.out) == (2, "")
    assert answer.error["kind"] == "usage"


def test_a_calendar_without_an_event_is_not_written(loop, case, tmp_path):
    loop.rehearse("fire", case, "answer", *UNIT, now=LATER)

    answer = loop.rehearse("due", "--ics", str(tmp_path / "due.ics"), now=LATER)

    assert (answer.status, list(tmp_path.glob("*.ics"))) == (0, [])
    assert "no calendar was written" in answer.err


def test_a_calendar_that_cannot_be_written_is_told_of(loop, case, tmp_path):
    answer = loop.rehearse("due", "--ics", str(tmp_path / "none" / "due.ics"), now=LATER)

    assert answer.status == 6
    assert "cannot be used" in answer.err


# stalled


def test_nothing_is_stalled_in_sound_data(loop, case):
    answer, in_json = loop.rehearse("stalled"), loop.rehearse("stalled", "--json")

    assert (answer.status, in_json.status, in_json.json) == (0, 0, [])
    assert answer.out.startswith("No case is stalled")


# hold and release


def test_to_hold_says_what_stands_still_with_what_is_left_and_what_is_refused(loop, case):
    answer = loop.rehearse("hold", case, "proceedings", "--reason", "as agreed", *UNIT, now=LATER)

    assert answer.status == 0
    assert answer.out.splitlines() == [
        f"{case} is on hold: proceedings",
        "  stopped     answer, 6 working days left",
        "  stopped     write, 6 working days left",
        "  stopped     report, 121 working days left",
        "  refused     answer",
        "  next        when it is over:",
        f"              loopengine release {case} proceedings --now 2017-01-13T09:00:00Z",
    ]


def test_a_case_that_is_late_and_on_hold_says_both_and_no_day_for_what_stands_still(loop, case):
    loop.rehearse("hold", case, "strike", "--reason", "as agreed", *UNIT, now=LATER)

    shown = [" ".join(line.split()) for line in loop.rehearse("show", case, now=LATE).out.splitlines()]
    asked = [" ".join(line.split()) for line in loop.rehearse("why", case, now=LATE).out.splitlines()]

    assert "on hold strike" in shown
    assert "on hold strike" in asked
    assert "Mon 2017-01-23 LATE by 3 working days write" in shown
    assert "on hold 6 working days left, held by strike answer" in shown
    assert "due on hold, 6 working days left, held by strike (answer)" in asked


def test_a_hold_that_keeps_no_clock_still_is_told_all_the_same(loop, case):
    loop.rehearse("hold", case, "strike", "--reason", "as agreed", *UNIT, now=LATER)
    loop.rehearse("fire", case, "answer", *UNIT, now=LATER)

    assert "  on hold     strike" in loop.rehearse("show", case, now=LATER).out.splitlines()


def test_to_release_says_what_goes_on_and_until_when(loop, case):
    loop.rehearse("hold", case, "strike", "--reason", "as agreed", *UNIT, now=LATER)
    loop.rehearse("hold", case, "inquest", "--reason", "as agreed", *UNIT, now=LATER)
    first = loop.rehearse("release", case, "strike", *UNIT, now="2017-01-20T09:00Z")
    second = loop.rehearse("release", case, "inquest", *UNIT, now="2017-02-01T09:00Z")

    assert first.out.splitlines()[:2] == [
        f"{case} is not on hold any more: strike",
        "  still held  answer, for inquest, 6 working days left",
    ]
    assert second.out.splitlines()[:3] == [
        f"{case} is not on hold any more: inquest",
        "  goes on     answer, due Thu 2017-02-09, 6 working days left",
        "  goes on     write, due Sat 2017-02-11, 7 working days left",
    ]


@pytest.mark.parametrize("verb", [["due"], ["stalled"], ["sweep", "--dry-run"], ["sweep"]])
@pytest.mark.parametrize("changed", ["clocks = '{'", "clocks = x'ff'", "state = 'nowhere'"])
def test_a_case_that_cannot_be_read_keeps_nobody_from_being_told_of_the_others(loop, case, verb, changed):
    other = loop.rehearse("open", "inquiry", *UNIT, "--json", now=OPENED).json["case"]
    whole = loop.rehearse(
        *verb[:1], *verb[1:] or (["--dry-run"] if verb == ["sweep"] else []), "--json", now=LATE
    )
    with closing(sqlite3.connect(loop.database, isolation_level=None)) as behind:
        behind.execute(f"update loop_case set {changed} where reference = ?", (case,))

    answer = loop.rehearse(*verb, "--json", now=LATE)

    def of_other(found):
        return [each for each in (found["done"] if "sweep" in verb else found) if each["case"] == other]

    assert answer.status == 5
    assert case in answer.error["message"] or "row 1 of loop_case" in answer.error["message"]
    assert of_other(answer.json) == of_other(whole.json)
    assert verb == ["stalled"] or of_other(answer.json) != []


def test_what_a_program_is_told_of_a_hold(loop, case):
    held = loop.rehearse("hold", case, "strike", "--reason", "x", *UNIT, "--json", now=LATER)
    shown = loop.rehearse("show", case, "--json", now=LATER).json
    released = loop.rehearse("release", case, "strike", *UNIT, "--json", now=LATER)

    assert held.json == {
        "case": case,
        "hold": "strike",
        "on": True,
        "state": "asked",
        "stage": None,
        "revision": 2,
        "holds": ["strike"],
        "clocks": shown["clocks"],
    }
    assert [each["held"] for each in shown["clocks"]] == [["strike"], [], [], []]
    assert (released.json["on"], released.json["holds"], released.json["revision"]) == (False, [], 3)


def test_a_step_that_the_hold_kept_back_is_seen_after_the_release(loop, case):
    loop.rehearse("hold", case, "inquest", "--reason", "as agreed", *UNIT, now=LATER)
    loop.rehearse("record", case, "ready=yes", *UNIT, now=LATER)

    answer = loop.rehearse("release", case, "inquest", *UNIT, now=LATER)

    assert "  state       finished" in answer.out.splitlines()


def test_a_hold_takes_a_day_a_key_and_a_revision(loop, case):
    words = ("hold", case, "strike", "--reason", "x", "--on", "2017-01-11", "--key", "k", *UNIT, "--json")
    first = loop.rehearse(*words, "--revision", "1", now=LATER)
    again = loop.rehearse(*words, now=LATER)
    stale = loop.rehearse("release", case, "strike", "--revision", "1", *UNIT, now=LATER)

    assert (first.status, again.status, stale.status) == (0, 0, 4)
    assert first.json == again.json
    assert first.json["clocks"][0]["days"] == 8


def test_a_case_without_a_clock_that_runs_can_be_held_too(loop, case):
    loop.rehearse("fire", case, "answer", *UNIT, now=LATER)

    answer = loop.rehearse("hold", case, "strike", "--reason", "x", *UNIT, now=LATER)

    assert "  stopped     no clock that runs" in answer.out.splitlines()


@pytest.mark.parametrize(
    ("words", "status", "kind"),
    [
        (["hold", "CASE", "strike", "--reason", "x"], 1, "refused"),
        (["release", "CASE", "inquest"], 1, "refused"),
        (["hold", "CASE", "inquests", "--reason", "x"], 2, "unknown_name"),
        (["hold", "CASE", "inquest"], 2, "usage"),
        (["hold", "CASE", "inquest", "--reason", " "], 2, "bad_value"),
        (["hold", "INQ-2017-999", "inquest", "--reason", "x"], 3, "case_not_found"),
        (["release", "CASE", "strike", "--on", "2017-01-10"], 2, "bad_value"),
    ],
)
def test_what_makes_no_sense_ends_with_its_status(loop, case, words, status, kind):
    loop.rehearse("hold", case, "strike", "--reason", "x", *UNIT, now=LATER)

    named = [case if word == "CASE" else word for word in words]
    answer = loop.rehearse(*named, *UNIT, "--json", now=LATER)

    assert (answer.status, answer.out, answer.error["kind"]) == (status, "", kind)


# sweep


def test_a_sweep_says_what_it_did_when_that_was_due_and_whom_it_told(loop, case):
    answer = loop.rehearse("sweep", now="2017-01-31T09:00Z")

    assert answer.status == 0
    assert [" ".join(line.split()) for line in answer.out.splitlines()[:6]] == [
        "CASE WHAT DUE TOLD",
        f"{case} reminded of answer 2017-01-18 00:00 business_unit",
        f"{case} answer is OVERDUE 2017-01-24 00:00 business_unit",
        f"{case} write is OVERDUE 2017-01-24 00:00 business_unit",
        f"{case} tidy is OVERDUE 2017-01-24 00:00 business_unit",
        f"{case} escalated answer 2017-01-30 00:00 executive",
    ]
    assert "5 things done in 1 case" in answer.out
    assert answer.err == ""


def test_a_sweep_in_json_is_one_document_and_the_second_is_empty(loop, case):
    first = loop.rehearse("sweep", "--json", now=LATE)
    second = loop.rehearse("sweep", "--json", now=LATE)

    assert [(each["kind"], each["deadline"]) for each in first.json["done"]] == [
        ("reminded", "answer"),
        ("overdue", "answer"),
        ("overdue", "write"),
        ("overdue", "tidy"),
    ]
    assert second.json == {"at": "2017-01-26T09:00:00.000000Z", "dry_run": False, "done": [], "failures": []}


def test_a_dry_run_says_the_same_and_does_nothing(loop, case):
    dry = loop.rehearse("sweep", "--dry-run", "--json", now=LATE)
    told = loop.rehearse("sweep", "--dry-run", now=LATE)
    wet = loop.rehearse("sweep", "--json", now=LATE)

    assert (dry.json["dry_run"], dry.json["done"]) == (True, wet.json["done"])
    assert "4 things in 1 case would be done; nothing was" in told.out


def test_when_nothing_has_fallen_due_it_says_so(loop, case):
    answer = loop.rehearse("sweep", now=OPENED)

    assert (answer.status, answer.out.splitlines()[0]) == (0, "Nothing has fallen due.")


def test_a_case_that_cannot_be_brought_up_to_now_is_shown_and_the_others_are(loop, case):
    other = loop.rehearse("open", "inquiry", *UNIT, "--json", now=OPENED).json["case"]
    with closing(sqlite3.connect(loop.database)) as somebody:
        somebody.execute("update loop_case set workflow = 'gone' where reference = ?", [case])
        somebody.commit()

    answer = loop.rehearse("sweep", now=LATE)
    in_json = loop.rehearse("sweep", "--json", now=LATE)

    assert (answer.status, in_json.status) == (5, 5)
    assert f"FAILED {case}: {case} stands where its workflow has no such state" in answer.out
    assert f"{other}  reminded of answer" in answer.out
    assert [each["case"] for each in in_json.json["failures"]] == [case]


def test_in_a_terminal_a_bar_shows_how_far_it_is_and_goes_away(loop, case, tmp_path):
    """On standard error alone: what stands on standard output can still be piped."""
    ours, theirs = pty.openpty()
    words = ["sweep", "--json", "--now", LATE, "--db", str(loop.database)]

    run = subprocess.run(
        [sys.executable, "-m", "loopengine", *words],
        stdout=subprocess.PIPE,
        stderr=theirs,
        cwd=ROOT,
        env={**os.environ, "LOOPENGINE_WORKFLOWS": str(loop.workflows), "TERM": "xterm", "COLUMNS": "100"},
        timeout=LONG,
    )
    os.close(theirs)
    seen = os.read(ours, 100_000).decode()
    os.close(ours)

    assert len(json.loads(run.stdout)["done"]) == 4
    assert "sweeping" in seen
    assert "4 done" in seen


# run


def started(loop, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "loopengine", "run", "--db", str(loop.database), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "LOOPENGINE_WORKFLOWS": str(loop.workflows), **loop.env},
    )


def healthy(run: subprocess.Popen[str]) -> dict[str, Any]:
    """The first line of its log that says so."""
    assert run.stderr is not None
    for line in run.stderr:
        said = json.loads(line)
        if said["event"] == "scheduler.healthy":
            return said
    raise AssertionError("it ended before that")


TOLD_TO_END_AT_ONCE = """
import os, signal, sys
from loopengine.cli import main

class Meanwhile:
    def find_spec(self, name, *_):
        if name == "loopengine.cli.program":
            os.kill(os.getpid(), signal.SIGTERM)

sys.meta_path.insert(0, Meanwhile())
sys.argv = ["loopengine", *sys.argv[1:]]
main()
"""


@pytest.mark.parametrize(("verb", "status"), [("run", 0), ("list", -signal.SIGTERM)])
def test_run_ends_well_though_it_is_told_to_before_it_has_begun(verb, status):
    ended = subprocess.run([sys.executable, "-c", TOLD_TO_END_AT_ONCE, verb], cwd=ROOT, check=False)

    assert ended.returncode == status


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_run_goes_on_until_a_signal_and_ends_well(loop, number):
    case = loop("open", "inquiry", *UNIT, "--on", "2017-01-09", "--json").json["case"]

    run = started(loop, "--every", "30")
    said = healthy(run)
    run.send_signal(number)
    out, err = run.communicate(timeout=LONG)

    assert (run.returncode, out) == (0, "")
    assert said["failures"] == 0
    assert said["swept"] >= 4
    assert json.loads(err.splitlines()[-1])["event"] == "scheduler.stopped"
    kinds = [each["kind"] for each in loop("history", case, "--json").json]
    assert kinds.count("overdue") == 4


def test_run_delivers_after_a_sweep(loop, tmp_path):
    loop("open", "inquiry", *UNIT, "--on", "2017-01-09")

    run = started(loop, "--deliver", f"file:{tmp_path / 'letters'}")
    healthy(run)
    run.send_signal(signal.SIGTERM)
    run.communicate(timeout=LONG)

    assert run.returncode == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--every", "soon"], "--every cannot be 'soon'"),
        (["--every", "0"], "a heartbeat cannot be every 0 seconds"),
        (["--every", "nan"], "a heartbeat cannot be every nan seconds"),
        (["--deliver", "pigeon"], "'pigeon' is not a way to deliver"),
        (["--now", LATER], "time stands still in a rehearsal"),
    ],
)
def test_run_refuses_what_makes_no_sense(loop, words, said):
    loop("open", "inquiry", *UNIT)

    answer = loop("run", *words, "--json")

    assert (answer.status, answer.out) == (2, "")
    assert answer.error["message"] == said


@pytest.mark.parametrize("words", [["due"], ["stalled"], ["sweep"], ["run"], ["release", "X", "strike"]])
def test_none_of_them_makes_a_database(loop, words):
    answer = loop(*words, "--json")

    assert (answer.status, loop.database.exists()) == (6, False)


# what history tells of it


def test_history_tells_what_time_and_holds_have_done(loop, case):
    loop.rehearse("hold", case, "strike", "--reason", "as agreed", *UNIT, now=OPENED)
    loop.rehearse("release", case, "strike", *UNIT, now=OPENED)
    loop.rehearse("sweep", now="2017-03-01T09:00Z")

    told = loop.rehearse("history", case, now="2017-03-01T09:00Z").out

    assert "held by strike; reason: as agreed" in told
    assert "released from strike" in told
    assert "reminded of answer; told business_unit" in told
    assert "answer is OVERDUE" in told
    assert "escalated answer; told executive" in told
    assert "None" not in told


def test_history_tells_why_a_due_date_is_another_one(loop, case):
    loop.rehearse("calendar", "close", "2017-01-18", "--reason", "offices shut", *UNIT, now=OPENED)

    told = loop.rehearse("history", case, now=OPENED).out

    assert "due dates reckoned anew: answer 2017-01-24, tidy 2017-01-24; closed on 2017-01-18" in told
    assert "; reason: offices shut" in told
