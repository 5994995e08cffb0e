"""The verbs about the outbox, on a board whose review is late."""

from __future__ import annotations

import pytest
from support.posting import TELLING_REVIEW, receiver

LATE = "2017-02-06T09:00Z"
CASE = "REV-2017-001"


@pytest.fixture
def late(loop):
    """A board on which a decision is three days late, and nobody has been told."""
    (loop.workflows / "review.yaml").write_text(TELLING_REVIEW, "utf-8")
    assert loop.case("told_on=2017-01-03") == CASE
    assert loop.rehearse("sweep", now=LATE).status == 0
    return loop


def outbox(loop, *args, now=LATE):
    return loop.rehearse("outbox", *args, now=now)


def people(loop, *roles):
    for name, role in roles:
        added = loop.rehearse("people", "add", name, role, "--since", "2016-01-01")
        assert added.status == 0, added.err


EVERYBODY = (("Uma Unit", "business_unit"), ("Carys Chair", "independent_chair"), ("Ed Exec", "executive"))


# list


@pytest.mark.parametrize("args", [[], ["list"]])
def test_what_nobody_can_be_told_is_listed_with_what_helps(late, args):
    answer = outbox(late, *args)

    assert answer.status == 0
    lines = answer.out.splitlines()
    assert lines[0].split() == ["NOTICE", "DUE", "TELLS", "STATE"]
    assert [line.split()[0] for line in lines[1:4]] == [
        f"{CASE}/decide/1/remind-1",
        f"{CASE}/decide/1/overdue",
        f"{CASE}/decide/1/escalate-1",
    ]
    assert lines[3].endswith("Fri 2017-02-03  executive          undeliverable: nobody holds executive")
    assert lines[5] == "What helps"
    assert f"  loopengine people add NAME executive --now {LATE}"[:50] in answer.out


@pytest.mark.parametrize("args", [["--json"], ["list", "--json"]])
def test_a_program_reads_it_as_a_list(late, args):
    first, *_ = outbox(late, *args).json

    assert first == {
        "key": f"{CASE}/decide/1/remind-1",
        "case": CASE,
        "deadline": "decide",
        "title": "Decide whether to review",
        "kind": "reminded",
        "due": "2017-02-03",
        "recorded_at": "2017-02-06T09:00:00.000000Z",
        "roles": ["business_unit"],
        "agencies": [],
        "state": "undeliverable",
        "nobody_holds": ["business_unit"],
        "no_address": [],
        "deliveries": [],
    }


def test_an_empty_outbox_says_so(loop):
    loop.case()

    assert outbox(loop).out == "Nothing waits in the outbox\n"
    assert outbox(loop, "list", "--json").json == []


def test_somebody_without_an_address_is_named_with_the_line_that_gives_them_one(late):
    people(late, *EVERYBODY)
    late.env["LOOPENGINE_SMTP_FROM"] = "board@example.org"

    delivered = outbox(late, "deliver", "--to", "smtp://127.0.0.1:1", "--json")

    assert (delivered.status, delivered.json["undeliverable"]) == (1, 3)
    answer = outbox(late)
    assert "undeliverable: Carys Chair has no address" in answer.out
    assert "  loopengine people change 'Carys Chair' --address ADDRESS --now" in answer.out
    assert outbox(late, "list", "--json").json[0]["no_address"] == ["Uma Unit"]


# deliver


def test_messages_are_printed(late):
    people(late, *EVERYBODY)

    answer = outbox(late, "deliver", "--to", "print")

    assert answer.status == 0
    assert "To: Carys Chair\nSubject: REHEARSAL: Safeguarding board: 1 overdue\n" in answer.out
    assert f"\n   loopengine why {CASE}\n" in answer.out
    assert answer.out.endswith("\n3 messages delivered, with 3 notices\n")
    assert outbox(late, "list", "--json").json == []


def test_with_json_one_document_is_all_on_standard_output(late):
    people(late, *EVERYBODY)

    answer = outbox(late, "deliver", "--to", "print", "--json")

    assert answer.json == {
        "messages": 3,
        "sent": 3,
        "failed": 0,
        "parked": 0,
        "waiting": 0,
        "undeliverable": 0,
    }
    assert "To: Carys Chair" in answer.err


def test_it_goes_every_way_that_is_named(late, tmp_path):
    people(late, *EVERYBODY)
    late.env["LOOPENGINE_WEBHOOK_SECRET"] = "hush"
    with receiver() as program:
        answer = outbox(late, "deliver", "--to", f"file:{tmp_path / 'out'}", "--to", program.url, "--json")

    assert (answer.status, answer.json["messages"], answer.json["sent"]) == (0, 6, 6)
    assert len(list((tmp_path / "out").glob("2017-02-06-*.txt"))) == 3
    assert len(program.got) == 3


def test_somebody_missing_is_status_1_and_says_where_to_look(late):
    answer = outbox(late, "deliver", "--to", "print")

    assert answer.status == 1
    assert answer.out.splitlines()[:2] == [
        "0 messages delivered, with 0 notices",
        "  missing     somebody to tell, for 3",
    ]
    assert "loopengine outbox --now" in answer.out


def test_whoever_was_told_today_waits_unless_one_says_otherwise(late):
    people(late, *EVERYBODY)
    outbox(late, "deliver", "--to", "print")
    assert late.rehearse("open", "review", "told_on=2017-01-03", now=LATE).status == 0
    late.rehearse("sweep", now=LATE)

    waiting = outbox(late, "deliver", "--to", "print", "--json").json
    told = outbox(late, "deliver", "--to", "print", "--again-today", "--json").json

    assert (waiting["sent"], waiting["waiting"]) == (0, told["sent"])
    assert told["sent"] > 0


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ([], "missing option '--to'"),
        (["--to", "pigeon"], "'pigeon' is not a way to deliver"),
        (["--to", "smtp://me:hush@host"], "a user and a password are not for the command line"),
        (["--to", "https://host/hush"], "there is no secret to sign with"),
        (["--to", "print", "--to", "print"], "two deliverers are both 'print'"),
    ],
)
def test_what_is_no_way_to_deliver_is_refused(late, to, said):
    answer = outbox(late, "deliver", *to)

    assert (answer.status, answer.out) == (2, "")
    assert said in answer.err
    assert "hush" not in answer.err
    assert len(answer.err.splitlines()) == 2


# retry


def test_what_is_parked_is_shown_and_tried_again(late):
    key = f"{CASE}/decide/1/overdue"
    late.env["LOOPENGINE_WEBHOOK_SECRET"] = "hush"
    with receiver() as program:
        program.answers = lambda posted: 400
        for day in range(6, 13):
            tried = outbox(late, "deliver", "--to", program.url, now=f"2017-02-{day:02}T09:00Z")
        now = "2017-02-12T09:00Z"
        assert tried.status == 1
        assert "  parked      3, until you have looked" in tried.out

        listed = outbox(late, now=now).out
        assert "http 400 after 7 attempts" in listed
        assert f"  loopengine outbox retry {key} --now" in listed

        program.answers = lambda posted: 204
        assert outbox(late, "deliver", "--to", program.url, "--json", now=now).json["sent"] == 0
        assert outbox(late, "retry", key, now=now).out == f"{key} is tried again in 1 place\n"
        listed = {each["key"]: each for each in outbox(late, "list", "--json", now=now).json}
        assert [each["state"] for each in listed[key]["deliveries"]] == ["open"]
        assert outbox(late, "deliver", "--to", program.url, "--json", now=now).json["sent"] == 1
    left = [each["key"] for each in outbox(late, "list", "--json", now=now).json]
    assert key not in left
    assert len(left) == 2


def test_what_has_arrived_waits_nowhere(late):
    people(late, *EVERYBODY)
    key = f"{CASE}/decide/1/overdue"
    outbox(late, "deliver", "--to", "print")

    assert outbox(late, "retry", key).out == f"{key} waits nowhere\n"
    assert outbox(late, "retry", key, "--json").json == [{"key": key, "deliveries": 0}]


@pytest.mark.parametrize(
    ("key", "said", "hint"),
    [
        (CASE, f"'{CASE}' is not the key of a notice", "`loopengine outbox` shows the keys"),
        (f"{CASE}/decide/1/overdo", f"no notice is called '{CASE}/decide/1/overdo'", "/overdue'"),
        ("REV-2017-009/decide/1/overdue", "no notice is called 'REV-2017-009/", f"'{CASE}/decide/1/overdue'"),
    ],
)
def test_a_key_that_nothing_has_is_refused_with_the_nearest(late, key, said, hint):
    answer = outbox(late, "retry", key)

    assert answer.status == 2
    first, second = answer.err.splitlines()
    assert said in first
    assert hint in second


# what is not told


def test_no_address_is_ever_shown(late):
    for name, role in EVERYBODY:
        late.rehearse("people", "add", name, role, "--address", "hush@example.org", "--since", "2016-01-01")
    late.env |= {"LOOPENGINE_SMTP_FROM": "hush@example.org", "LOOPENGINE_LOG": "1"}

    answers = [
        outbox(late, "deliver", "--to", "smtp://127.0.0.1:1"),
        outbox(late),
        outbox(late, "list", "--json"),
    ]

    assert answers[0].status == 1
    assert "unreachable: ConnectionRefusedError" in answers[1].out
    assert all("hush" not in each.out + each.err for each in answers)


def test_it_needs_a_database(loop):
    assert loop("outbox").status == 6
    assert not loop.database.exists()
