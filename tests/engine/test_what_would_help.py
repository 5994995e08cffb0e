"""What `why` says of an event that is not allowed is enough to have it allowed: changes, days, events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from support.awkward import framework
from support.small import engine as small_engine
from support.small import salts

from loopengine import Actor, Case, Engine
from loopengine.clock import FrozenClock
from loopengine.engine.why import Outlook

UNIT = Actor("Uma Unit", "business_unit")
REVIEWER = Actor("Rae Viewer", "lead_reviewer")
EXECUTIVE = Actor("Ed Executive", "executive")
LONG_AGO = date(2016, 3, 1)


class Board:
    """The awkward framework on a clock of its own; everything is recorded today, as a change."""

    def __init__(self) -> None:
        self.clock = FrozenClock("2017-01-09T09:00Z")
        self.engine = Engine("sqlite://", framework=framework(), clock=self.clock, salt=salts())

    def open(self, **facts: object) -> Case:
        return self.engine.open("visit", facts, by=EXECUTIVE, evidence="minute 3")

    def record(self, case: Case, **facts: object) -> None:
        self.engine.record(case, facts, by=EXECUTIVE, evidence="minute 3")

    def fire(self, case: Case, event: str, by: Actor = REVIEWER) -> None:
        self.engine.fire(case, event, by=by).require()

    def outlook(self, case: Case, event: str) -> Outlook:
        return self.engine.explain(case).event(event)

    def fixes(self, case: Case, event: str) -> list[dict[str, tuple[str, ...]]]:
        return [{change.fact: change.values for change in fix} for fix in self.outlook(case, event).fixes]


@pytest.fixture
def board() -> Board:
    return Board()


def moderating(board: Board, **facts: object) -> Case:
    """A visit that is published, and waits to be moderated."""
    case = board.open(looked_after="yes", died_on=LONG_AGO, agreed="yes", **facts)
    board.fire(case, "visit")
    board.fire(case, "submit")
    board.clock.advance(days=10)
    board.fire(case, "publish", by=UNIT)
    return case


# --- looking back -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "verdicts"), [("yes", ("allowed", "refused")), ("no", ("refused", "allowed"))]
)
def test_an_answer_of_today_settles_what_was_so_in_a_time_that_has_passed(
    board: Board, answer: str, verdicts: tuple[str, str]
) -> None:
    case = board.open(died_on=LONG_AGO)
    assert [fact.name for fact in board.outlook(case, "visit").questions] == ["looked_after"]

    board.record(case, looked_after=answer)

    assert (board.outlook(case, "visit").verdict, board.outlook(case, "refer").verdict) == verdicts
    assert board.outlook(case, "visit").questions == ()


PASTS: list[tuple[Mapping[str, object], Mapping[str, object]]] = [
    ({}, {}),
    ({"died_on": LONG_AGO}, {}),
    ({"died_on": LONG_AGO, "looked_after": "unknown"}, {}),
    ({"died_on": LONG_AGO, "looked_after": "no"}, {}),
    ({"looked_after": "no"}, {"died_on": date(2017, 1, 1)}),
    ({"looked_after": "yes"}, {"looked_after": "unknown"}),
    ({"looked_after": "no"}, {"looked_after": "yes"}),
]


@pytest.mark.parametrize("event", ["visit", "refer"])
@pytest.mark.parametrize(("before", "now"), PASTS)
def test_every_fix_of_a_look_back_does_when_it_is_recorded_today(
    event: str, before: Mapping[str, object], now: Mapping[str, object]
) -> None:
    def told() -> tuple[Board, Case]:
        board = Board()
        case = board.open(**before)
        board.clock.advance(days=20)
        if now:
            board.record(case, **now)
        return board, case

    board, case = told()
    fixes = board.outlook(case, event).fixes

    assert fixes or board.outlook(case, event).verdict == "allowed"
    for fix in fixes:
        for values in product(*(change.values for change in fix)):
            board, case = told()
            board.record(case, **dict(zip([change.fact for change in fix], values, strict=True)))
            assert board.outlook(case, event).verdict == "allowed"


# --- events and days ----------------------------------------------------------------------------------------


def test_what_waits_for_an_event_that_never_happened_names_it_and_offers_no_change(board: Board) -> None:
    case = board.open(looked_after="yes", died_on=LONG_AGO, agreed="no")
    board.fire(case, "visit")

    for event in ("publish", "remind"):
        outlook = board.outlook(case, event)
        assert outlook.verdict == "refused"
        assert outlook.waiting_for_events == ("submit",)
        assert (outlook.fixes, outlook.not_before, outlook.by_waiting) == ((), None, None)


def test_a_wait_and_a_rule_are_overcome_by_the_day_and_the_change_that_are_told(board: Board) -> None:
    case = board.open(looked_after="yes", died_on=LONG_AGO, agreed="no")
    board.fire(case, "visit")
    board.fire(case, "submit")

    outlook = board.outlook(case, "publish")
    assert (outlook.waiting_for_events, outlook.not_before) == ((), date(2017, 1, 18))
    assert board.fixes(case, "publish") == [{"agreed": ("yes",)}]
    board.record(case, agreed="yes")
    board.clock.advance_to(date(2017, 1, 18))

    assert board.outlook(case, "publish").verdict == "allowed"


@pytest.mark.parametrize("wait_first", [True, False])
def test_a_rule_that_needs_time_and_a_change_tells_of_both(board: Board, wait_first: bool) -> None:
    case = board.open(looked_after="no", died_on=LONG_AGO, agreed="no")
    board.fire(case, "refer")

    outlook = board.outlook(case, "take_back")
    assert (outlook.verdict, outlook.not_before, outlook.by_waiting) == ("refused", date(2017, 1, 16), None)
    assert board.fixes(case, "take_back") == [{"agreed": ("yes",)}]
    if wait_first:
        board.clock.advance_to(date(2017, 1, 16))
    board.record(case, agreed="yes")
    board.clock.advance_to(date(2017, 1, 16))

    assert board.outlook(case, "take_back").verdict == "allowed"


def test_what_would_do_now_is_told_with_the_day_on_which_nothing_need_be_done(board: Board) -> None:
    case = board.open(looked_after="no", died_on=LONG_AGO)
    board.fire(case, "refer")

    outlook = board.outlook(case, "leave")

    assert board.fixes(case, "leave") == [{"signed": ("yes",)}]
    assert (outlook.not_before, outlook.by_waiting) == (None, date(2017, 1, 23))


def test_no_change_is_offered_while_a_hold_blocks_the_event(board: Board) -> None:
    case = board.open(looked_after="yes", died_on=LONG_AGO)
    assert board.fixes(case, "refer") != []

    board.engine.hold(case, "proceedings", by=UNIT, reason="the police ask for it")

    outlook = board.outlook(case, "refer")
    assert (outlook.verdict, outlook.blocked_by) == ("refused", ("proceedings",))
    assert (outlook.fixes, outlook.waiting_for_events, outlook.by_waiting) == ((), (), None)


def test_what_is_allowed_waits_for_nothing(board: Board) -> None:
    case = board.open(looked_after="yes", died_on=LONG_AGO)

    outlook = board.outlook(case, "visit")

    assert outlook.verdict == "allowed"
    assert (outlook.fixes, outlook.waiting_for_events, outlook.not_before, outlook.by_waiting) == (
        (),
        (),
        None,
        None,
    )


# --- who, and with what -------------------------------------------------------------------------------------


def test_a_fix_says_all_that_is_needed_to_record_it(board: Board) -> None:
    case = moderating(board, subject="police")
    board.clock.advance(days=3)

    ((change,),) = board.engine.explain(case).to_json()["events"][0]["fixes"]

    assert change == {
        "case": case.reference,
        "fact": "signed",
        "values": ["yes"],
        "roles": ["executive"],
        "needs_evidence": ["yes"],
    }
    by = Actor("Ed Executive", change["roles"])
    board.engine.record(change["case"], {change["fact"]: change["values"][0]}, by=by, evidence="minute 8")
    assert board.outlook(case, "moderate").verdict == "allowed"


def test_a_fix_that_anybody_may_make_names_every_role(board: Board) -> None:
    case = board.open(died_on=LONG_AGO)

    change = board.engine.explain(case).to_json()["events"][0]["fixes"][0][0]

    assert (change["roles"], change["needs_evidence"]) == (list(board.engine.framework.roles), [])


def test_nobody_is_named_until_it_is_said_which_agency_may_not(board: Board) -> None:
    case = moderating(board, signed="yes")
    board.clock.advance(days=3)

    outlook = board.outlook(case, "moderate")

    assert (outlook.verdict, outlook.agencies) == ("allowed", ())
    assert [fact.name for fact in outlook.questions] == ["subject"]
    board.record(case, subject="police")
    assert board.outlook(case, "moderate").agencies == ("hospital", "school")


# --- sub-cases ----------------------------------------------------------------------------------------------


def planned(board: Board) -> tuple[Case, list[str]]:
    """A visit with three tasks."""
    case = moderating(board, subject="police", signed="yes")
    board.clock.advance(days=3)
    board.fire(case, "moderate", by=Actor("Hal Hospital", "agency", "hospital"))
    for _ in range(3):
        board.fire(case, "plan", by=UNIT)
    return case, [each.reference for each in board.engine.case(case).sub_cases]


def test_only_sub_cases_that_can_still_come_there_are_waited_for(board: Board) -> None:
    case, (first, second, third) = planned(board)
    board.engine.fire(first, "shelve", by=UNIT).require()
    board.engine.fire(second, "drop", by=UNIT).require()

    assert board.outlook(case, "finish").waiting_for == (third,)


def test_no_sub_case_is_waited_for_where_fewer_would_have_to_be_done(board: Board) -> None:
    case, (first, *_) = planned(board)
    board.engine.fire(first, "do", by=Actor("Pat Police", "agency", "police")).require()

    outlook = board.outlook(case, "give_up")

    assert (outlook.waiting_for, outlook.awaits, outlook.fixes) == ((), (), ())


def test_a_brief_answer_says_what_to_do_and_not_why() -> None:
    board = small_engine()
    case = board.open("review", by=UNIT)

    brief = board.explain(case, "accept", brief=True).event("accept")
    full = board.explain(case, "accept").event("accept")

    assert (brief.because, brief.would_change, brief.fixes) == (None, (), ())
    assert full.because is not None
    assert full.fixes
    assert replace(full, because=None, would_change=(), fixes=()) == replace(
        brief, not_before=full.not_before, by_waiting=full.by_waiting
    )


def test_a_brief_answer_has_the_fixes_once_nothing_is_left_to_answer() -> None:
    board = small_engine()
    case = board.open("review", {"harmed": False}, by=UNIT)
    asked = board.explain(case, "accept", brief=True).event("accept")
    assert ([fact.name for fact in asked.unanswered], asked.fixes) == (["concern"], ())
    board.record(case, {"concern": True}, by=UNIT)

    brief = board.explain(case, "accept", brief=True).event("accept")

    assert brief.fixes == board.explain(case, "accept").event("accept").fixes != ()
