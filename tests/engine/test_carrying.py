"""Answers that are carried: to a case that another opens, and from one case of a cycle to the next."""

from __future__ import annotations

from datetime import date

import pytest
from support.small import ACTION, CHAIR, FRAMEWORK, REVIEW, UNIT, engine, framework

from loopengine import Actor, Engine
from loopengine.clock import FrozenClock
from loopengine.store import books

OPENS = 'opens: {workflow: review, link: arises_from, set: {harmed: "yes"}}'
CYCLES = """\
cycles:
  yearly:
    workflow: audit
    every: 1 year
    from: 2017-02-01
    for_each: agencies
    set: {agency: each}
    carry: [grade, note]
    source: local
"""
AUDIT = """\
workflow: audit
version: 1
title: Audit
reference: AUD
starts: asked
facts:
  agency: {ask: "Whose audit is it?", type: party}
  grade: {ask: "How good is it?", type: one_of, values: [met, unmet]}
  note: {ask: "What is to be said?", type: text}
  done: {ask: "Is it done?", type: yes_no}
deadlines:
  file: {within: 1 month, from: opened, until: file, source: local, then: lapse}
states:
  asked:
    on:
      file: {to: filed, set: {done: "yes"}}
      lapse: {to: filed, set: {grade: unmet}}
      drop: {to: dropped}
  filed: {final: true}
  dropped: {final: true, excused: true}
"""


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock("2017-01-09T09:00Z")


@pytest.fixture
def board(clock: FrozenClock) -> Engine:
    return engine(clock=clock, of=framework(framework=FRAMEWORK + CYCLES, audit=AUDIT))


def followed(clock: FrozenClock, carry: str) -> tuple[Engine, str]:
    """A board on which a review was followed by another, which takes over what *carry* says."""
    review = REVIEW.replace(OPENS, OPENS.replace("}}", f"}}, carry: {carry}}}"))
    assert review != REVIEW
    board = engine(clock=clock, of=framework(review=review))
    facts = {"harmed": True, "note": "Child A", "agencies": "police,school", "concern": "unknown"}
    case = board.open("review", facts, by=UNIT)
    board.fire(case, "accept", by=CHAIR).require()
    action = board.open("action", by=UNIT, under=case)
    board.fire(board.open("action", {"owner": "school"}, by=UNIT, under=case), "drop", by=UNIT, reason="no")
    board.record(action, {"owner": "police"}, by=UNIT)
    board.fire(action, "verify", by=UNIT).require()
    clock.advance(days=1)
    return board, board.fire(case, "follow", by=UNIT).require().opened[0]


def test_everything_known_that_both_ask_for_is_carried(clock: FrozenClock) -> None:
    board, opened = followed(clock, "true")
    file = board.case(opened)

    assert file.facts == {"harmed": True, "note": "Child A", "agencies": frozenset({"police", "school"})}
    assert {each.so_on for each in file.answers.values()} == {date(2017, 1, 10)}
    assert board.audit().problems == ()


def test_what_is_carried_says_from_where(clock: FrozenClock) -> None:
    board, opened = followed(clock, "true")
    file = board.case(opened)

    evidence = {fact: each.evidence for fact, each in file.answers.items()}
    carried = "carried forward from REV-2017-001"
    assert evidence == {"harmed": None, "note": carried, "agencies": carried}
    assert board.history(opened)[0].evidence() == carried


def test_what_is_set_goes_before_what_is_carried(clock: FrozenClock) -> None:
    review = REVIEW.replace(OPENS, OPENS.replace('"yes"}}', '"no"}, carry: true}'))
    board = engine(clock=clock, of=framework(review=review))
    case = board.open("review", {"harmed": True}, by=UNIT)
    board.fire(case, "accept", by=CHAIR).require()
    board.fire(board.open("action", by=UNIT, under=case), "drop", by=UNIT, reason="no").require()

    opened = board.fire(case, "follow", by=UNIT).require().opened[0]

    assert board.case(opened).facts["harmed"] is False


def test_only_the_facts_that_are_named_are_carried(clock: FrozenClock) -> None:
    board, opened = followed(clock, "[agencies, told_on]")

    assert set(board.case(opened).facts) == {"harmed", "agencies"}


def test_what_the_other_does_not_take_is_not_carried(clock: FrozenClock) -> None:
    """Another type, an answer that it does not know, or a fact that it does not ask for."""
    other = (
        "workflow: other\nversion: 1\ntitle: Other\nreference: OTH\nstarts: made\nfacts:\n"
        '  note: {ask: "What?", type: yes_no}\n'
        '  owner: {ask: "Whose?", type: party}\n'
        "states: {made: {final: true}}\n"
    )
    action = ACTION.replace(
        "begin: {to: begun,", "begin: {to: begun, opens: {workflow: other, link: arises_from, carry: true},"
    )
    board = engine(clock=clock, of=framework(action=action, other=other))
    case = board.open("action", {"owner": "police", "note": "words"}, by=UNIT)

    opened = board.fire(case, "begin", by=Actor("P", ["agency"], agency="police")).require().opened[0]

    assert board.case(opened).facts == {"owner": "police"}


def test_words_that_were_erased_are_not_carried(clock: FrozenClock) -> None:
    review = REVIEW.replace(OPENS, OPENS.replace("}}", "}, carry: true}"))
    board = engine(clock=clock, of=framework(review=review))
    case = board.open("review", {"harmed": True, "note": "Child A"}, by=UNIT)
    board.fire(case, "accept", by=CHAIR).require()
    board.fire(board.open("action", by=UNIT, under=case), "drop", by=UNIT, reason="no").require()
    with board.database.writing() as connection:
        books.erase(connection, "text:2")

    opened = board.fire(case, "follow", by=UNIT).require().opened[0]

    assert set(board.case(opened).facts) == {"harmed"}


def test_a_cycle_opens_a_case_for_every_agency(board: Engine, clock: FrozenClock) -> None:
    board.sweep()
    clock.advance_to(date(2017, 2, 3))

    tried = board.sweep(dry_run=True).done
    done = board.sweep().done

    assert len(tried) == len(done) == 4
    opened = board.cases(workflow="audit")
    assert [board.case(case).facts["agency"] for case in opened] == [
        "police",
        "hospital",
        "school",
        "council",
    ]
    assert {case.opened_on for case in opened} == {date(2017, 2, 1)}
    assert not board.sweep()
    assert board.audit().problems == ()


def test_a_cycle_carries_what_the_same_agency_said_before(board: Engine, clock: FrozenClock) -> None:
    board.sweep()
    clock.advance_to(date(2017, 2, 3))
    board.sweep()
    police, hospital, *_ = board.cases(workflow="audit")
    board.record(police, {"grade": "met", "note": "well done", "done": True}, by=UNIT)
    board.record(hospital, {"grade": "unmet"}, by=UNIT)
    for case in (police, hospital):
        board.fire(case, "file", by=UNIT).require()
    clock.advance_to(date(2018, 2, 3))

    board.sweep()

    again = [board.case(case) for case in board.cases(workflow="audit")[4:]]
    assert [file.facts for file in again] == [
        {"agency": "police", "grade": "met", "note": "well done"},
        {"agency": "hospital", "grade": "unmet"},
        {"agency": "school", "grade": "unmet"},  # its time was up, which nobody had swept before
        {"agency": "council", "grade": "unmet"},
    ]
    assert again[0].answers["grade"].evidence == "carried forward from AUD-2017-001"
    assert [(link.name, link.case) for link in again[0].links] == [("follows", "AUD-2017-001")]
    assert board.audit().problems == ()


def test_a_case_that_is_opened_late_takes_over_what_was_known_on_its_day(
    board: Engine, clock: FrozenClock
) -> None:
    board.sweep()
    clock.advance_to(date(2017, 2, 3))
    board.sweep()
    police = board.cases(workflow="audit")[0]
    board.record(police, {"grade": "met"}, by=UNIT)
    board.fire(police, "file", by=UNIT).require()
    clock.advance_to(date(2018, 2, 20))
    board.record(police, {"grade": "unmet"}, by=UNIT, on=date(2018, 1, 5))  # nobody knew it on 1 February

    board.sweep()

    assert board.case(board.cases(workflow="audit")[4]).facts["grade"] == "met"


def test_what_was_opened_in_error_is_not_gone_on_from(board: Engine, clock: FrozenClock) -> None:
    board.sweep()
    clock.advance_to(date(2017, 2, 3))
    board.sweep()
    police = board.cases(workflow="audit")[0]
    board.record(police, {"grade": "met"}, by=UNIT)
    board.fire(police, "file", by=UNIT).require()
    twin = board.open("audit", {"agency": "police", "grade": "unmet"}, by=UNIT)
    board.fire(twin, "drop", by=UNIT).require()
    clock.advance_to(date(2018, 2, 3))

    board.sweep()

    assert board.case(board.cases(workflow="audit")[5]).facts["grade"] == "met"


def test_answers_of_two_past_days_let_a_step_be_taken_on_the_later(clock: FrozenClock) -> None:
    review = REVIEW.replace(
        "think: {to: referred,",
        "begin: {to: reviewing, automatic: true, when: harmed and concern}\n      think: {to: referred,",
    )
    board = engine(clock=clock, of=framework(review=review))
    case = board.open("review", {}, by=UNIT, on=date(2017, 1, 2))
    board.record(case, {"harmed": True}, by=UNIT, on=date(2017, 1, 6))

    answers = board.record(case, {"concern": True}, by=UNIT, on=date(2017, 1, 4))

    assert answers.also_moved == (case.reference,)
    assert board.history(case)[-1].entry.so_on == date(2017, 1, 6)
