"""Cases in which something is asked of each: of a list of the framework, of the children, of the agencies."""

from datetime import UTC, date, datetime

import pytest
from support.lists import framework
from support.small import UNIT, engine

from loopengine import Actor, Moved, Refused
from loopengine.clock import FrozenClock
from loopengine.errors import NotAnswered, UnknownName, UsageError

START = "2017-01-09T09:00Z"
CHAIR = Actor("Carys Chair", ["independent_chair"])


@pytest.fixture
def clock():
    return FrozenClock(START)


@pytest.fixture
def board(clock):
    return engine(of=framework(), clock=clock)


def opened(board, **facts):
    return board.open("audit", dotted(facts), by=UNIT).reference


def record(board, case, *, on=None, **facts):
    return board.record(case, dotted(facts), by=UNIT, on=on, evidence="the minutes")


def dotted(facts):
    """*facts*, in whose names __ stands for a full stop."""
    return {name.replace("__", "."): value for name, value in facts.items()}


def asked(board, case, event):
    (outlook,) = board.explain(case, event).events
    return [fact.name for fact in outlook.questions]


def graded(board, case):
    record(board, case, grade__commitment="met", grade__training="partly")


def test_each_of_a_list_is_recorded_by_its_name(board):
    case = opened(board, grade__commitment="met")

    record(board, case, grade__training="not_met", note__training="Half of the staff was trained")

    facts = board.case(case).facts
    assert facts["grade.commitment"] == "met"
    assert facts["grade.training"] == "not_met"
    assert facts["note.training"] == "Half of the staff was trained"
    assert board.audit().ok


def test_what_is_asked_of_each_is_for_those_to_answer_who_may_answer_it(board):
    case = opened(board)

    with pytest.raises(NotAnswered, match=r"grade\.training is for business_unit to answer"):
        board.record(case, {"grade.training": "met"}, by=CHAIR)
    with pytest.raises(NotAnswered, match=r"died=no needs a reference to evidence"):
        board.record(case, {"died": False}, by=UNIT)
    with pytest.raises(UsageError, match=r"grade is asked of each of standards; say grade\.commitment or"):
        record(board, case, grade="met")
    with pytest.raises(UnknownName, match=r"no fact is called 'dyed\.A'; did you mean 'died'"):
        record(board, case, dyed__A=True)


def test_why_asks_of_each_and_names_each(board):
    case = opened(board, children="A,B", grade__training="met")

    assert asked(board, case, "finish") == ["died.A", "years.A", "died.B", "years.B", "grade.commitment"]

    record(board, case, died__B=True, years__B=7)
    (outlook,) = board.explain(case, "finish").events

    assert [fact.name for fact in outlook.questions] == ["grade.commitment"]
    assert [change.fact for fix in outlook.fixes for change in fix] == ["grade.commitment"]
    assert "Senior management commitment" in str(outlook.because)


def test_a_step_is_allowed_once_it_is_so_of_each(board):
    case = opened(board, children="A,B", died__A=True, years__A=3)
    refused = board.fire(case, "finish", by=UNIT)
    graded(board, case)

    moved = board.fire(case, "finish", by=UNIT)

    assert isinstance(refused, Refused)
    assert [fact.name for fact in refused.questions] == ["grade.commitment", "grade.training"]
    assert isinstance(moved, Moved)
    (line,) = [line for line in board.history(case) if line.entry.kind == "moved"]
    assert line.entry.body["read"]["facts"]["years.A"] == 3
    assert board.audit().ok


def test_without_labels_a_case_is_about_the_only_child(board):
    case = opened(board)

    assert asked(board, case, "finish")[:2] == ["died", "years"]

    record(board, case, died=True, years=3)
    graded(board, case)

    assert board.fire(case, "finish", by=UNIT).moved


def test_labels_and_what_is_asked_of_them_are_recorded_together(board):
    case = opened(board)

    record(board, case, children="A,B", years__A=3, years__B=4)

    assert asked(board, case, "finish")[:2] == ["died.A", "died.B"]
    with pytest.raises(UsageError, match=r"years is asked of each of children; say years\.A or years\.B"):
        record(board, case, years=5)
    with pytest.raises(UsageError, match=r"children has no 'C' of which years could be asked"):
        record(board, case, years__C=5)


def test_what_was_answered_before_labels_counts_for_those_that_have_no_answer(board, clock):
    case = opened(board, died=True, years=30)
    clock.advance(days=1)

    record(board, case, children="A,B", years__B=7)
    graded(board, case)

    (outlook,) = board.explain(case, "finish").events
    assert outlook.verdict == "allowed"
    answers = board.case(case).answers
    assert (answers["years"].value, answers["years.B"].value) == (30, 7)
    assert "years.A" not in answers


def test_a_label_that_joins_later_is_asked_about_and_the_past_is_told_as_it_was(board, clock):
    case = opened(board, children="A", years__A=3)
    refused = board.fire(case, "finish", by=UNIT, key="k1")
    clock.advance(days=2)
    before = clock.now()
    clock.advance(days=1)
    record(board, case, children="A,B")

    assert asked(board, case, "finish")[:3] == ["died.A", "died.B", "years.B"]
    then = board.explain(case, "finish", as_of=before).events[0]
    assert [fact.name for fact in then.questions][:2] == ["died.A", "grade.commitment"]
    assert board.case(case, as_of=before).facts["children"] == {"A"}
    assert board.fire(case, "finish", by=UNIT, key="k1") == refused
    assert board.audit().ok


def test_a_case_waits_for_a_label_that_has_joined(board):
    case = opened(board, children="A", needs="debt")
    record(board, case, children="A,B")

    record(board, case, died__A=True)
    assert board.case(case).case.state == "begun"

    record(board, case, died__B=True)
    assert board.case(case).case.state == "finished"


def test_a_label_does_not_count_on_a_day_on_which_it_was_not_there(board, clock):
    case = opened(board, children="A", years__A=3)
    graded(board, case)
    clock.advance(days=5)
    record(board, case, on=date(2017, 1, 13), children="B", years__B=30)
    record(board, case, on=date(2017, 1, 9), died__A=True)

    assert asked(board, case, "finish") == []
    assert board.explain(case, "finish").events[0].verdict == "refused"
    assert board.fire(case, "finish", by=UNIT, on=date(2017, 1, 10)).moved


def test_an_automatic_step_is_taken_when_it_is_so_of_each(board):
    case = opened(board, children="A,B", died__A=True, needs="debt")
    assert board.case(case).case.state == "begun"

    answers = record(board, case, died__B=True)

    assert answers.also_moved == (case,)
    assert board.case(case).case.state == "finished"
    assert board.audit().ok


def test_time_alone_moves_a_case_when_it_is_so_of_each(board, clock):
    case = opened(board, children="A,B", seen_on__A="2017-01-01", seen_on__B="2017-01-05")
    clock.advance_to(datetime(2017, 2, 4, 12, tzinfo=UTC))
    assert board.sweep() == [] or board.case(case).case.state == "begun"

    clock.advance_to(datetime(2017, 2, 8, 12, tzinfo=UTC))
    board.sweep()

    assert board.case(case).case.state == "finished"
    last = [*board.history(case)][-1].entry
    assert (last.so_on, last.text("event")) == (date(2017, 2, 5), "long_ago")
    assert board.audit().ok


def test_agencies_are_asked_about_once_they_are_named(board):
    case = opened(board)
    assert asked(board, case, "tell") == ["attended"]

    record(board, case, attended="police,school", report__police=True)
    assert asked(board, case, "tell") == ["report.school"]
    assert "Was there a report? (School)" in str(board.explain(case, "tell").to_json())

    record(board, case, attended="police")
    assert board.fire(case, "tell", by=UNIT).moved
    assert board.audit().ok


def test_a_way_to_a_large_enough_set_is_offered(board):
    case = opened(board, attended="police")
    (outlook,) = board.explain(case, "meet").events
    (fix,) = outlook.fixes

    record(board, case, attended=fix[0].values[0])

    assert board.fire(case, "meet", by=UNIT).moved


def test_a_set_of_values_that_is_empty_is_an_answer(board):
    case = opened(board, needs="none")

    assert board.case(case).facts["needs"] == frozenset()
    assert board.case(case).to_json()["facts"]["needs"]["value"] == []
    assert board.audit().ok


def test_a_request_is_answered_again_though_the_fact_is_asked_otherwise_since(board):
    case = opened(board)
    first = board.record(case, {"years": 5}, by=UNIT, key="k1")
    record(board, case, children="A")

    again = board.record(case, {"years": 5}, by=UNIT, key="k1")

    assert again.recorded == first.recorded


def test_labels_that_were_wrong_are_corrected(board):
    case = opened(board, children="A,B", died__B=True, years__B=3)

    board.record(case, {"children": "A"}, by=UNIT, correction=True)

    assert [name for name in asked(board, case, "finish") if name.startswith("died")] == ["died.A"]
    with pytest.raises(UsageError, match=r"children has no 'B'"):
        record(board, case, died__B=True)
    assert board.audit().ok


def test_no_way_out_is_offered_that_would_only_ask_about_others(board):
    case = opened(board, attended="police", report__police=True)
    (outlook,) = board.explain(case, "gather").events

    assert outlook.verdict == "refused"
    assert outlook.fixes == ()

    record(board, case, attended="police,school")
    assert asked(board, case, "gather") == ["report.school"]


def test_a_case_about_children_by_letter_is_withdrawn_or_merged_like_any_other(board):
    first, second, third = (opened(board, children="A,B") for _ in range(3))

    withdrawn = board.withdraw(first, by=UNIT, reason="a slip")
    merged = board.merge(second, third, by=UNIT, reason="the same audit")

    assert (withdrawn.state, merged.state) == ("withdrawn", "merged")
    assert board.correct(second, by=UNIT, reason="they are two").state == "begun"
    assert board.audit().ok
