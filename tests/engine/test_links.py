"""Typed links between cases, and kinds of case that are linked and not opened under one."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from support.small import TEXTS as SMALL
from support.tied import FRAMEWORK, TEXTS, UNIT, engine, framework

from loopengine import Case, Engine, Refused
from loopengine.clock import FrozenClock
from loopengine.core.files.loading import framework_from_texts
from loopengine.core.rules.explanation import lines
from loopengine.errors import (
    BadValue,
    CaseNotFound,
    DefinitionError,
    RefusedError,
    StaleCase,
    UnknownName,
    UsageError,
)

WHY = "as the group decided"


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock("2017-01-03T09:00Z")


@pytest.fixture
def board(clock: FrozenClock) -> Engine:
    return engine(clock=clock)


def audited(board: Engine, many: int) -> tuple[Case, list[Case]]:
    """A round of audits, and so many audits that are linked to it."""
    whole = board.open("round", by=UNIT)
    audits = [board.open("audit", {"agency": "police"}, by=UNIT) for _ in range(many)]
    for each in audits:
        board.link(whole, each, "audits", by=UNIT, reason=WHY)
    return whole, audits


def mark(board: Engine, audit: Case) -> None:
    """Let an audit be handed in and marked."""
    for event in ("hand_in", "mark"):
        board.fire(audit, event, by=UNIT).require()


# --- links --------------------------------------------------------------------------------------------------


def test_a_link_is_told_of_both_cases_in_their_own_words(board: Engine) -> None:
    first, second = board.open("point", by=UNIT), board.open("point", by=UNIT)

    file = board.link(second, first, "arises_from", by=UNIT, reason=WHY)

    away, back = file.links, board.case(first).links
    assert [(each.name, each.case, each.away, each.title) for each in away] == [
        ("arises_from", first.reference, True, "arises from")
    ]
    assert [(each.name, each.case, each.away, each.title) for each in back] == [
        ("arises_from", second.reference, False, "gave rise to")
    ]


def test_a_link_is_an_entry_with_who_and_why(board: Engine) -> None:
    first, second = board.open("point", by=UNIT), board.open("point", by=UNIT)

    file = board.link(second, first, "follows", by=UNIT, reason=WHY, on=date(2017, 1, 3))

    line = board.history(second)[-1]
    assert (line.entry.kind, line.by, line.reason) == ("linked", "Uma Unit", WHY)
    assert line.to_json()["link"] == {"name": "follows", "case": first.reference}
    assert file.case.revision == second.revision + 1
    assert board.audit().ok


def test_a_case_may_have_several_origins(board: Engine) -> None:
    point, *origins = [board.open("point", by=UNIT) for _ in range(3)]

    for each in origins:
        board.link(point, each, "arises_from", by=UNIT, reason=WHY)

    assert [each.case for each in board.case(point).links] == [each.reference for each in origins]
    assert board.audit().ok


def test_the_same_link_is_not_made_twice(board: Engine) -> None:
    first, second = board.open("point", by=UNIT), board.open("point", by=UNIT)
    board.link(second, first, "follows", by=UNIT, reason=WHY)

    with pytest.raises(RefusedError, match="PNT-2017-002 is linked to PNT-2017-001 already: follows"):
        board.link(second, first, "follows", by=UNIT, reason=WHY)

    assert len(board.link(second, first, "arises_from", by=UNIT, reason=WHY).links) == 2


def test_what_a_step_has_linked_is_linked_already(board: Engine) -> None:
    first = board.open("round", by=UNIT)
    (second,) = board.fire(first, "follow", by=UNIT, reason=WHY).require().opened

    with pytest.raises(RefusedError, match="is linked to RND-2017-001 already"):
        board.link(second, first, "follows", by=UNIT, reason=WHY)


def test_a_link_that_makes_no_sense_is_refused(board: Engine) -> None:
    whole, point = board.open("round", by=UNIT), board.open("point", by=UNIT)

    with pytest.raises(UnknownName, match="no link is called 'folows'; did you mean 'follows'"):
        board.link(point, whole, "folows", by=UNIT, reason=WHY)
    with pytest.raises(UnknownName, match="no link is called 'points'"):
        board.link(whole, point, "points", by=UNIT, reason=WHY)
    with pytest.raises(UsageError, match="PNT-2017-001 is of the workflow point; audits are of audit"):
        board.link(whole, point, "audits", by=UNIT, reason=WHY)
    with pytest.raises(CaseNotFound, match="no case is called 'PNT-2017-009'"):
        board.link(point, "PNT-2017-009", "follows", by=UNIT, reason=WHY)
    with pytest.raises(RefusedError, match="cannot be linked to itself"):
        board.link(point, point, "follows", by=UNIT, reason=WHY)
    with pytest.raises(BadValue, match="a link needs a reason"):
        board.link(point, whole, "follows", by=UNIT, reason=" ")
    with pytest.raises(BadValue, match="one of them was not open yet"):
        board.link(point, whole, "follows", by=UNIT, reason=WHY, on=date(2017, 1, 2))
    with pytest.raises(StaleCase):
        board.link(point, whole, "follows", by=UNIT, reason=WHY, revision=9)
    assert board.case(point).links == ()


def test_a_link_under_a_key_is_made_once(board: Engine) -> None:
    first, second = board.open("point", by=UNIT), board.open("point", by=UNIT)

    files = [board.link(second, first, "follows", by=UNIT, reason=WHY, key="k") for _ in range(2)]

    assert files[0].to_json() == files[1].to_json()
    assert len(board.history(second)) == 2


def test_nobody_sees_a_link_before_it_was_made(board: Engine, clock: FrozenClock) -> None:
    first, second = board.open("point", by=UNIT), board.open("point", by=UNIT)
    before = clock.now()
    clock.advance(days=1)
    board.link(second, first, "follows", by=UNIT, reason=WHY)

    assert [len(board.case(each, as_of=before).links) for each in (first, second)] == [0, 0]
    assert [len(board.case(each, as_of=clock.now()).links) for each in (first, second)] == [1, 1]


def test_a_link_that_no_history_tells_is_found_by_an_audit(board: Engine) -> None:
    first, second = board.open("point", by=UNIT), board.open("point", by=UNIT)
    board.link(second, first, "follows", by=UNIT, reason=WHY)

    with board.database.writing() as connection:
        connection.execute(text("delete from loop_link"))

    (problem,) = board.audit().problems
    assert problem.message == "PNT-2017-002 has other links than its history says"


# --- kinds that are linked ----------------------------------------------------------------------------------


def test_linked_cases_are_read_as_sub_cases_are(board: Engine) -> None:
    whole, (one, other, third) = audited(board, 3)
    mark(board, one)

    assert not board.fire(whole, "report", by=UNIT)

    mark(board, other)
    board.fire(third, "excuse", by=UNIT).require()

    assert board.fire(whole, "report", by=UNIT)
    assert board.audit().ok


def test_nothing_linked_is_unknown_to_every(board: Engine) -> None:
    whole, _ = audited(board, 0)

    decision = board.fire(whole, "report", by=UNIT)

    assert isinstance(decision, Refused)
    assert decision.because is not None
    assert decision.because.parts[0].verdict is not None
    assert decision.because.parts[0].verdict.word == "unknown"


def test_an_audit_that_goes_back_is_not_marked_any_more(board: Engine) -> None:
    whole, audits = audited(board, 2)
    for each in audits:
        mark(board, each)
    board.fire(audits[0], "return", by=UNIT).require()

    assert not board.fire(whole, "report", by=UNIT)


def test_one_audit_may_belong_to_two_rounds(board: Engine) -> None:
    one, audits = audited(board, 2)
    other = board.open("round", by=UNIT)
    for each in audits:
        board.link(other, each, "audits", by=UNIT, reason=WHY)
        mark(board, each)

    assert board.fire(one, "report", by=UNIT)
    assert board.fire(other, "report", by=UNIT)


def test_an_entry_keeps_what_was_read_and_is_retold_so(board: Engine, clock: FrozenClock) -> None:
    whole, audits = audited(board, 2)
    mark(board, audits[0])
    told = [board.fire(whole, "report", by=UNIT, key="first")]
    mark(board, audits[1])

    told.append(board.fire(whole, "report", by=UNIT, key="first"))

    assert told[0] == told[1]
    read = board.history(whole)[-1].entry.body["read"]
    assert isinstance(read, dict)
    assert read["sub_cases"]["audits"] == {
        "total": 2,
        "reached": {"begun": 2, "handed_in": 1, "marked": 1},
        "excused": 0,
        "excused_reached": {},
    }


def test_what_was_known_then_is_told_as_it_was(board: Engine, clock: FrozenClock) -> None:
    whole, audits = audited(board, 2)
    mark(board, audits[0])
    one_marked = clock.now()
    clock.advance(days=1)
    mark(board, audits[1])
    both_marked = clock.now()
    clock.advance(days=1)
    third = board.open("audit", by=UNIT)
    board.link(whole, third, "audits", by=UNIT, reason=WHY)

    verdicts = [board.explain(whole, "report", as_of=at).events[0] for at in (one_marked, both_marked)]

    assert [each.verdict for each in verdicts] == ["refused", "allowed"]
    assert verdicts[0].waiting_for == (audits[1].reference,)
    assert board.explain(whole, "report").events[0].waiting_for == (third.reference,)


def test_why_points_to_what_is_linked(board: Engine) -> None:
    whole, audits = audited(board, 2)
    mark(board, audits[0])

    why = board.explain(whole)

    assert why.sub_cases == tuple(each.reference for each in audits)
    report = why.event("report")
    assert report.waiting_for == (audits[1].reference,)
    assert report.to_json(whole.reference, ())["awaits"] == [
        {"kind": "audits", "state": "marked", "linked": True}
    ]
    assert report.because is not None
    assert any("every one of the audits has reached marked: 1 of 2" in line for line in lines(report.because))


def test_a_round_that_waits_for_audits_is_not_stalled(board: Engine) -> None:
    audited(board, 0)

    assert board.stalled() == ()


def test_a_linked_case_stands_in_a_family_of_its_own(board: Engine) -> None:
    whole, audits = audited(board, 1)

    assert board.case(audits[0]).case.parent is None
    assert board.case(whole).sub_cases == ()
    with pytest.raises(
        UsageError, match=re.escape("no audit can be opened under RND-2017-001, a round; it takes: point")
    ):
        board.open("audit", by=UNIT, under=whole)


def test_a_sub_case_may_be_linked_as_well(board: Engine) -> None:
    """What time does to a family first is what the rule then reads."""
    whole = board.open("round", by=UNIT)
    (point,) = board.fire(whole, "find", by=UNIT).require().opened

    board.link(point, whole, "arises_from", by=UNIT, reason=WHY)

    assert [each.title for each in board.case(whole).links] == ["gave rise to"]
    assert board.audit().ok


# --- what is declared ---------------------------------------------------------------------------------------


def test_a_kind_may_be_written_as_a_table_or_in_a_word() -> None:
    kinds = framework().workflow("round").sub_cases

    assert {kind: (each.workflow, each.linked) for kind, each in kinds.items()} == {
        "audits": ("audit", True),
        "points": ("point", False),
    }


def test_a_link_has_to_be_declared() -> None:
    files = TEXTS | {
        "framework.yaml": FRAMEWORK.replace("  follows: {title: follows, inverse: is followed by}\n", "")
    }

    with pytest.raises(DefinitionError, match="no link is called 'follows'"):
        framework_from_texts(files)


def test_files_kept_from_before_links_were_declared_still_serve(clock: FrozenClock) -> None:
    old = SMALL | {
        "framework.yaml": SMALL["framework.yaml"].replace(
            "links:\n  arises_from: {title: arises from, inverse: gave rise to}\n", ""
        )
    }

    kept = framework_from_texts(old, kept=True)

    assert kept.links == {}
    with pytest.raises(DefinitionError, match="no link is called 'arises_from'"):
        framework_from_texts(old)


def test_the_day_of_a_link_is_the_day_that_was_given(board: Engine, clock: FrozenClock) -> None:
    first, second = board.open("point", by=UNIT), board.open("point", by=UNIT)
    clock.advance(days=7)

    board.link(second, first, "follows", by=UNIT, reason=WHY, on=date(2017, 1, 5))

    entry = board.history(second)[-1].entry
    assert entry.so_on == date(2017, 1, 5)
    assert entry.recorded_at == datetime(2017, 1, 3, 9, tzinfo=UTC) + timedelta(days=7)
