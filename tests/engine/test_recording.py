"""Opening cases and recording answers: types at the door, evidence, two times, corrections, no hindsight."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from support.small import CHAIR, TEXTS, UNIT, engine, framework

from loopengine import Actor, Engine
from loopengine.clock import FrozenClock, parse_instant
from loopengine.core.files.loading import framework_from_texts
from loopengine.errors import (
    BadValue,
    CaseNotFound,
    ClockWentBack,
    LoopEngineError,
    NotAnswered,
    UnknownName,
    UsageError,
)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock("2017-01-09T09:00Z")


@pytest.fixture
def board(clock: FrozenClock) -> Engine:
    return engine(clock=clock)


def test_references_count_by_year_of_opening(board: Engine) -> None:
    opened = [
        board.open("review", by=UNIT, on=day)
        for day in (date(2017, 1, 9), date(2016, 12, 30), date(2017, 1, 8))
    ]

    assert [str(case) for case in opened] == ["REV-2017-001", "REV-2016-001", "REV-2017-002"]


def test_opening_outside_the_days_in_force_warns_and_keeps_the_warning(board: Engine) -> None:
    case = board.open("review", by=UNIT, on=date(2015, 3, 25))

    said = ("review is in force from 2015-03-26 until 2019-09-29: 2015-03-25 lies outside",)
    assert case.warnings == said
    assert board.case(case).case.warnings == said
    assert board.open("review", by=UNIT, on=date(2015, 3, 26)).warnings == ()


@pytest.mark.parametrize(
    ("facts", "error", "said"),
    [
        ({"harmd": "yes"}, UnknownName, "no fact is called 'harmd'; did you mean 'harmed'?"),
        ({"harmed": "maybe"}, BadValue, "harmed cannot be 'maybe'; it is yes, no or unknown"),
        ({"harmed": 1}, BadValue, "harmed cannot be '1'; it is yes, no or unknown"),
        (
            {"told_on": "9 January"},
            BadValue,
            "told_on cannot be '9 January'; it is a date such as 2017-01-31, or unknown",
        ),
        (
            {"reviewer_of": "polic"},
            BadValue,
            "reviewer_of cannot be 'polic'; did you mean 'police'? "
            "it is one of police, hospital, school, council, or unknown",
        ),
        (
            {"concern": False},
            NotAnswered,
            "concern=no needs a reference to evidence; "
            "say with --evidence where it is recorded, or answer unknown",
        ),
        (
            {"chair_says": "yes"},
            NotAnswered,
            "chair_says is for independent_chair to answer; the actor acts as business_unit",
        ),
        ({}, UsageError, "nothing to record; give at least one fact=value"),
    ],
)
def test_a_wrong_answer_is_refused_with_what_is_allowed_and_changes_nothing(
    board: Engine, facts: dict[str, object], error: type[LoopEngineError], said: str
) -> None:
    case = board.open("review", by=UNIT)

    with pytest.raises(error) as raised:
        board.record(case, {"harmed": True, **facts} if facts and "harmed" not in facts else facts, by=UNIT)

    assert str(raised.value) == said
    assert len(board.history(case)) == 1
    assert board.case(case).facts == {}


def test_an_answer_that_needs_evidence_is_taken_with_it(board: Engine) -> None:
    case = board.open("review", by=UNIT)

    board.record(case, {"concern": "no"}, by=UNIT, evidence="minutes of 4 January, item 3")

    answer = board.case(case).answers["concern"]
    assert (answer.value, answer.evidence, answer.by) == (False, "minutes of 4 January, item 3", "Uma Unit")


def test_asked_but_not_known_is_unknown_to_a_rule_and_stands_in_the_history(board: Engine) -> None:
    case = board.open("review", by=UNIT)

    board.record(case, {"harmed": "unknown"}, by=UNIT)

    assert board.case(case).facts == {}
    assert board.case(case).answers["harmed"].value is None
    assert board.history(case)[-1].facts() == {"harmed": None}
    assert board.explain(case, "accept").event("accept").verdict == "undetermined"


def test_a_change_and_a_correction_are_two_things(board: Engine, clock: FrozenClock) -> None:
    case = board.open("review", {"told_on": "2017-01-05"}, by=UNIT, on=date(2017, 1, 5))
    clock.advance(days=2)

    board.record(case, {"told_on": "2017-01-06"}, by=UNIT)
    changed = board.case(case).answers["told_on"]
    board.record(case, {"told_on": "2017-01-04"}, by=UNIT, correction=True)
    corrected = board.case(case).answers["told_on"]

    assert (changed.value, changed.so_on) == (date(2017, 1, 6), date(2017, 1, 11))
    assert (corrected.value, corrected.so_on) == (date(2017, 1, 4), date(2017, 1, 11))
    assert [line.entry.kind for line in board.history(case)] == ["opened", "recorded", "corrected"]
    with pytest.raises(UsageError, match="harmed has no answer that could be corrected"):
        board.record(case, {"harmed": True}, by=UNIT, correction=True)


def test_what_is_corrected_from_a_day_on_which_nothing_stood_is_told_what_stands(board: Engine) -> None:
    case = board.open("review", {"harmed": False}, by=UNIT)

    with pytest.raises(UsageError) as refused:
        board.record(case, {"harmed": True}, by=UNIT, on=date(2017, 1, 8), correction=True)

    assert refused.value.message == (
        "harmed has no answer from 2017-01-08 or before that could be corrected; "
        "the one that stands is from 2017-01-09"
    )
    board.record(case, {"harmed": True}, by=UNIT, correction=True)
    board.record(case, {"harmed": True}, by=UNIT, on=date(2017, 1, 8))
    assert board.case(case).facts == {"harmed": True}


def test_the_value_on_a_day_is_the_latest_that_was_so_by_then(board: Engine, clock: FrozenClock) -> None:
    case = board.open("review", by=UNIT, on=date(2017, 1, 1))
    board.record(case, {"harmed": True}, by=UNIT, on=date(2017, 1, 6))

    board.record(case, {"harmed": False}, by=UNIT, on=date(2017, 1, 3))

    assert board.case(case).facts == {"harmed": True}


@pytest.mark.parametrize("day", [date.min, date.max - timedelta(days=1), date.max])
def test_a_clock_takes_any_day_that_there_is(clock: FrozenClock, day: date) -> None:
    due = TEXTS["review.yaml"].replace("{within: 1 month, from: told_on,", "{due: told_on,")
    board = engine(clock=clock, of=framework(review=due))
    case = board.open("review", {"told_on": day}, by=UNIT)
    clock.advance(days=400)

    board.sweep()

    assert [each.clock.due.on for each in board.due()] == [day]
    assert [line.entry.kind for line in board.history(case)][1:] == (["overdue"] if day == date.min else [])
    assert board.audit().problems == ()


def test_no_hindsight(board: Engine, clock: FrozenClock) -> None:
    case = board.open("review", by=UNIT)
    clock.advance(days=1)
    before = clock.now()
    clock.advance(days=1)
    board.record(case, {"harmed": True}, by=UNIT, on=date(2017, 1, 9))
    board.fire(case, "accept", by=CHAIR).require()

    then, now = board.case(case, as_of=before), board.case(case)

    assert (then.case.state, then.facts) == ("referred", {})
    assert (now.case.state, now.facts) == ("reviewing", {"harmed": True})
    assert board.explain(case, as_of=before).event("accept").verdict == "undetermined"
    assert len(board.history(case, as_of=before)) == 1
    assert [each.state for each in board.cases(as_of=before)] == ["referred"]
    assert board.case(case, as_of=parse_instant("2018-01-01T00:00Z")) == now
    with pytest.raises(CaseNotFound, match="did not exist at 2017-01-01"):
        board.case(case, as_of=parse_instant("2017-01-01T00:00Z"))


def test_time_never_runs_backwards_within_a_case(board: Engine, clock: FrozenClock) -> None:
    case = board.open("review", by=UNIT)
    board.clock = FrozenClock("2017-01-08T09:00Z")

    with pytest.raises(ClockWentBack, match=r"the clock says 2017-01-08T09:00:00\.000000Z, but REV-2017-001"):
        board.record(case, {"harmed": True}, by=UNIT)

    assert len(board.history(case)) == 1


def test_words_and_names_are_kept_apart_from_the_history(board: Engine) -> None:
    case = board.open("review", by=UNIT)
    board.record(case, {"note": "Child A was seen at home"}, by=UNIT, evidence="file 12")

    bodies = " ".join(str(line.entry.body) for line in board.history(case))

    assert board.case(case).facts["note"] == "Child A was seen at home"
    assert all(words not in bodies for words in ("Child A", "Uma", "file 12"))


def test_a_sub_case_is_opened_under_a_parent_that_takes_it(board: Engine) -> None:
    case = board.open("review", by=UNIT)

    action = board.open("action", by=UNIT, under=case)

    assert (action.parent, action.kind) == (case.reference, "actions")
    with pytest.raises(
        UsageError, match="no review can be opened under REV-2017-001, a review; it takes: action"
    ):
        board.open("review", by=UNIT, under=case)
    with pytest.raises(UnknownName, match="no workflow is called 'reviw'; did you mean 'review'"):
        board.open("reviw", by=UNIT)


def test_nothing_is_opened_under_a_case_that_has_ended(board: Engine) -> None:
    case = board.open("review", {"harmed": False}, by=UNIT)
    board.fire(case, "decline", by=CHAIR, reason="no").require()

    with pytest.raises(NotAnswered, match="has ended"):
        board.open("action", by=UNIT, under=case)


def test_cases_are_listed_by_what_is_asked_for(board: Engine) -> None:
    first = board.open("review", {"harmed": True}, by=UNIT)
    board.open("action", by=UNIT, under=first)
    board.fire(first, "accept", by=CHAIR).require()

    assert [str(each) for each in board.cases()] == ["REV-2017-001", "ACT-2017-001"]
    assert [str(each) for each in board.cases(workflow="action")] == ["ACT-2017-001"]
    assert [str(each) for each in board.cases(stage="review")] == ["REV-2017-001"]
    assert [str(each) for each in board.cases(state="referred")] == []


def test_a_text_that_is_not_known_is_not_the_word_none(board: Engine) -> None:
    case = board.open("review", {"note": "unknown"}, by=UNIT)

    assert board.case(case).answers["note"].value is None


SETTLED = TEXTS | {
    "review.yaml": TEXTS["review.yaml"]
    .replace('harmed?", type: yes_no}', 'harmed?", type: yes_no, settled_after: accept}')
    .replace("type: parties}", "type: parties, settled_after: opened}")
}


@pytest.fixture
def settling(clock: FrozenClock) -> Engine:
    return engine(clock=clock, of=framework_from_texts(SETTLED))


def test_what_is_settled_becomes_nothing_else_and_is_still_put_right(settling: Engine) -> None:
    case = settling.open("review", {"harmed": True}, by=UNIT)
    settling.record(case, {"harmed": False}, by=UNIT)
    settling.record(case, {"harmed": True}, by=UNIT)
    settling.fire(case, "accept", by=CHAIR).require()

    for other in ("no", "unknown"):
        with pytest.raises(NotAnswered) as raised:
            settling.record(case, {"harmed": other}, by=UNIT)
        assert str(raised.value) == (
            "harmed is settled after accept, and is yes; "
            "if that was wrong, record what is right with --correct"
        )
    settling.record(case, {"harmed": True}, by=UNIT)
    settling.record(case, {"harmed": False}, by=UNIT, on=date(2016, 12, 1))
    assert settling.case(case).facts["harmed"] is True, "what was so before may still be told"

    settling.record(case, {"harmed": False}, by=UNIT, correction=True)
    assert settling.case(case).facts["harmed"] is False


def test_what_nobody_knew_when_it_was_settled_is_answered_once(settling: Engine) -> None:
    case = settling.open("review", {"harmed": "unknown"}, by=UNIT)
    settling.fire(case, "accept", by=Actor("Eve", "executive"), reason="as agreed")

    settling.record(case, {"agencies": "police"}, by=UNIT)

    with pytest.raises(NotAnswered, match="agencies is settled after opened, and is police; "):
        settling.record(case, {"agencies": "police,school"}, by=UNIT)


def test_what_was_settled_by_a_step_that_is_struck_out_is_open_again(settling: Engine) -> None:
    case = settling.open("review", {"harmed": True}, by=UNIT)
    settling.fire(case, "accept", by=CHAIR).require()
    settling.correct(case, by=CHAIR, reason="the other case was meant")

    settling.record(case, {"harmed": False}, by=UNIT)

    assert settling.case(case).facts["harmed"] is False


def test_nobody_is_told_to_change_what_is_settled(clock: FrozenClock) -> None:
    rule = '"reviewer_of not in agencies"'
    changed = SETTLED["review.yaml"].replace(
        rule, '"reviewer_of not in agencies and not possible(not harmed)"'
    )
    board = engine(clock=clock, of=framework_from_texts(SETTLED | {"review.yaml": changed}))
    case = board.open("review", {"harmed": True, "agencies": "police", "reviewer_of": "police"}, by=UNIT)
    board.fire(case, "accept", by=CHAIR).require()

    fixes = board.explain(case).event("appoint").fixes

    assert {change.fact for fix in fixes for change in fix} == {"reviewer_of"}
