"""The words of a message to a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from loopengine.core.one_line import one_line
from loopengine.notices.digest import subject_of, text_of
from loopengine.notices.messages import Told, key_of
from loopengine.store.outbox import Posted

TODAY = date(2017, 4, 27)


def told(case="SCR-2017-001", *, deadline="decision", armed=1, name="overdue", on=TODAY, **given):
    notice = Posted(
        id=1,
        case_id=1,
        case=case,
        kind="overdue",
        deadline=deadline,
        armed=armed,
        name=name,
        due_on=date(2017, 4, 24),
        recorded_at=datetime(2017, 4, 25, tzinfo=UTC),
        roles=("independent_chair",),
        agencies=(),
        settled=False,
    )
    values = {
        "board": "small",
        "workflow": "scr",
        "case_title": "Serious Case Review",
        "title": "Decide whether to initiate a review",
        "standing": "overdue",
        "due": date(2017, 4, 24),
        "roles": (("independent_chair", "Independent Chair"),),
    }
    return Told(notice=notice, on=on, **(values | given))


def to_come(case, due, **given):
    return told(case, standing="to_come", due=due, **given)


def test_a_message_tells_what_is_due_by_when_how_late_and_what_to_type():
    items = [
        to_come("SCR-2017-003", date(2017, 4, 28)),
        told("SCR-2017-002", due=date(2017, 4, 26)),
        told("SCR-2017-001", due=date(2017, 4, 24)),
    ]

    assert text_of("Carys Chair", items).splitlines() == [
        "Carys Chair,",
        "",
        "2 deadlines are overdue, and 1 is to come.",
        "",
        "OVERDUE",
        "",
        "1. SCR-2017-001 (Serious Case Review)",
        "   Decide whether to initiate a review",
        "   was due on Monday 24 April 2017: 3 days late",
        "   told to you as: Independent Chair",
        "   loopengine why SCR-2017-001",
        "",
        "2. SCR-2017-002 (Serious Case Review)",
        "   Decide whether to initiate a review",
        "   was due on Wednesday 26 April 2017: 1 day late",
        "   told to you as: Independent Chair",
        "   loopengine why SCR-2017-002",
        "",
        "TO COME",
        "",
        "3. SCR-2017-003 (Serious Case Review)",
        "   Decide whether to initiate a review",
        "   due by Friday 28 April 2017: in 1 day",
        "   told to you as: Independent Chair",
        "   loopengine why SCR-2017-003",
        "",
        "The last line of each is what to type: it says what may happen next, why or",
        "why not, and whose move it is.",
    ]


def test_the_subject_counts_what_presses_first():
    items = [
        to_come("SCR-2017-003", date(2017, 4, 28)),
        told("SCR-2017-001"),
        told("SCR-2017-002"),
        told("SCR-2017-004", standing="over"),
        told("SCR-2017-005", standing="held"),
    ]

    assert subject_of(items) == ("Safeguarding board: 2 overdue, 1 to come, 1 on hold, 1 settled since")


def test_a_deadline_that_has_said_several_things_is_told_once():
    """After a month without a sweep: reminded, overdue and escalated, all in one night."""
    items = [told(name=name) for name in ("remind-1", "overdue", "escalate-1")]

    assert subject_of(items) == "Safeguarding board: 1 overdue"
    assert text_of("Carys Chair", items).count("SCR-2017-001 (") == 1


def test_one_that_began_anew_is_another():
    items = [told(armed=1, standing="over", why="done on Monday 1 May 2017"), told(armed=7)]

    assert subject_of(items) == "Safeguarding board: 1 overdue, 1 settled since"


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (to_come("SCR-2017-001", TODAY), "due by Thursday 27 April 2017: today"),
        (to_come("SCR-2017-001", date(2017, 4, 30)), "due by Sunday 30 April 2017: in 3 days"),
        (told(standing="held", why="on hold: A trial"), "on hold: A trial; it was due on Monday 24 April"),
        (
            told(standing="over", why="it no longer runs"),
            "was due on Monday 24 April 2017; it no longer runs",
        ),
        (
            to_come("SCR-2017-001", date(2030, 4, 26), provisional=True),
            "(provisional: bank holidays are not published so far ahead)",
        ),
    ],
)
def test_where_each_stands_is_said_in_words(item, said):
    assert said in " ".join(text_of("Carys Chair", [item]).split())


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ([told()], "1 deadline is overdue."),
        ([to_come("SCR-2017-001", TODAY)], "1 deadline is still to come."),
        (
            [told(), to_come("SCR-2017-002", TODAY), to_come("SCR-2017-003", TODAY)],
            "1 deadline is overdue, and 2",
        ),
        ([told(standing="over", why="x")], "Nothing below waits for anybody now; this is for you to know."),
    ],
)
def test_it_opens_with_what_matters(items, said):
    assert text_of("Carys Chair", items).splitlines()[2].startswith(said)


def test_lines_are_short_enough_for_any_mail_program():
    long = told(title="Decide " * 40, case_title="A very long title " * 10)

    assert max(map(len, text_of("Carys Chair", [long]).splitlines())) <= 76


def test_a_rehearsal_is_said_first():
    items = [told()]

    assert subject_of(items, rehearsal=True).startswith("REHEARSAL: ")
    assert text_of("Carys Chair", items, rehearsal=True).splitlines()[2].startswith("This is a rehearsal.")


@pytest.mark.parametrize("name", ["Carys\r\nBcc: x@example.org", "Carys\x1b[2J", "Carys\u202e"])
def test_a_name_ends_no_line_and_acts_on_no_terminal(name):
    first, empty, *_ = text_of(name, [told()]).split("\n")

    assert first == f"{one_line(name)},"
    assert first.isprintable()
    assert empty == ""


def test_the_key_of_a_message_is_that_of_its_notices_and_its_recipient():
    assert key_of("person-1", ["a", "b"]) == key_of("person-1", ["b", "a"])
    assert len({key_of("person-1", ["a"]), key_of("person-2", ["a"]), key_of("person-1", ["b"])}) == 3


def arose(case="SCR-2017-001", *, kind="arose", **given):
    item = told(case, deadline="serious_case", standing="arisen", due=date(2017, 4, 20), **given)
    notice = item.notice._replace(kind=kind, name=kind, due_on=date(2017, 4, 20))
    return replace(item, notice=notice, title="The facts of regulation 5 are there")


def test_what_has_arisen_is_told_after_what_is_due():
    text = text_of("Ann Lee", [arose(), told("SCR-2017-002")])

    assert text.index("OVERDUE") < text.index("WHAT HAS ARISEN")
    assert "The facts of regulation 5 are there\n   so since Thursday 20 April 2017" in text
    assert subject_of([arose()]) == "Safeguarding board: 1 arisen"


def test_what_has_arisen_and_ceased_is_read_of_once():
    why = "no longer so since Friday 21 April 2017"
    items = [arose(), arose(kind="ceased")]

    text = text_of("Ann Lee", [replace(each, standing="over", why=why) for each in items])

    assert text.count("SCR-2017-001 (Serious Case Review)") == 1
    assert f"so since Thursday 20 April 2017; {why}" in text
