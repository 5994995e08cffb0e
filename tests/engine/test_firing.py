"""What an event does to a case: moves, refusals, overrides, waits, and what follows of itself."""

from __future__ import annotations

import pickle
from copy import deepcopy
from dataclasses import replace
from datetime import date

import pytest
from support.small import (
    ACTION,
    CHAIR,
    EXECUTIVE,
    FRAMEWORK,
    OFFICER,
    REVIEW,
    REVIEWER,
    UNIT,
    engine,
    framework,
)

from loopengine import Actor, Engine, Moved, Refused
from loopengine.clock import FrozenClock
from loopengine.core.history import replay, sealed
from loopengine.core.rules.explanation import Node
from loopengine.core.rules.unread import Unread, unread
from loopengine.errors import BadValue, CaseNotFound, RefusedError, UnknownName
from loopengine.store import books

NEEDS_TWO = "all_done: {to: done, automatic: true, when: concern and known(told_on)}"


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock("2017-01-09T09:00Z")


@pytest.fixture
def board(clock: FrozenClock) -> Engine:
    return engine(clock=clock)


def reviewing(board: Engine, **facts: object) -> str:
    """A review that has been accepted."""
    case = board.open("review", {"harmed": True, **facts}, by=UNIT)
    board.fire(case, "accept", by=CHAIR).require()
    return case.reference


def test_a_rule_that_is_true_lets_the_event_move_the_case(board: Engine) -> None:
    case = board.open("review", {"harmed": True}, by=UNIT)

    decision = board.fire(case, "accept", by=CHAIR)

    assert isinstance(decision, Moved)
    assert (decision.from_state, decision.to, decision.stage) == ("referred", "reviewing", "review")
    assert board.case(case).case.state == "reviewing"
    assert (decision.revision, board.case(case).case.revision) == (2, 2)


def test_what_is_not_known_is_neither_a_yes_nor_a_no(board: Engine) -> None:
    case = board.open("review", by=UNIT)

    accept = board.fire(case, "accept", by=CHAIR)
    decline = board.fire(case, "decline", by=CHAIR, reason="nothing known")

    assert isinstance(accept, Refused)
    assert isinstance(decline, Refused)
    assert (accept.verdict, decline.verdict) == ("undetermined", "undetermined")
    assert [fact.name for fact in accept.questions] == ["harmed"]
    assert accept.reasons == (
        "accept needs what is not settled (criteria): ask for harmed; "
        "executive may override it with a reason",
    )


def test_a_refusal_is_recorded_and_changes_nothing_else(board: Engine) -> None:
    case = board.open("review", {"harmed": False}, by=UNIT)

    refused = board.fire(case, "accept", by=CHAIR)

    assert not refused.moved
    assert [line.entry.kind for line in board.history(case)] == ["opened", "refused"]
    assert board.case(case).case.revision == 1
    with pytest.raises(RefusedError, match="accept is refused"):
        refused.require()


def test_only_the_role_that_the_file_names_may_act(board: Engine) -> None:
    case = board.open("review", {"harmed": True}, by=UNIT)

    refused = board.fire(case, "accept", by=UNIT)

    assert isinstance(refused, Refused)
    assert refused.verdict == "refused"
    assert refused.reasons == ("accept is for independent_chair to take; the actor acts as business_unit",)


def test_a_required_reason_must_be_given(board: Engine) -> None:
    case = board.open("review", {"harmed": False}, by=UNIT)

    assert not board.fire(case, "decline", by=CHAIR).moved
    assert not board.fire(case, "decline", by=CHAIR, reason="  ").moved
    assert board.fire(case, "decline", by=CHAIR, reason="not harmed").moved


def test_an_override_needs_its_role_and_a_reason_and_is_never_silent(board: Engine) -> None:
    case = board.open("review", {"harmed": False}, by=UNIT)

    assert not board.fire(case, "accept", by=EXECUTIVE).moved
    assert not board.fire(case, "accept", by=CHAIR, reason="it matters").moved
    decision = board.fire(case, "accept", by=EXECUTIVE, reason="it matters")

    assert isinstance(decision, Moved)
    assert decision.overridden
    assert board.history(case)[-1].to_json()["overrode"] is True
    assert board.history(case)[-1].reason == "it matters"


def test_an_event_that_this_state_does_not_answer_is_refused_and_one_that_nobody_knows_is_an_error(
    board: Engine,
) -> None:
    case = board.open("review", by=UNIT)

    assert board.fire(case, "publish", by=UNIT).reasons == (
        "publish is not answered in referred (The referral is being looked at), "
        "which answers to accept, decline, think",
    )
    with pytest.raises(UnknownName, match="no event is called 'publsh'; did you mean 'publish'"):
        board.fire(case, "publsh", by=UNIT)
    with pytest.raises(CaseNotFound):
        board.fire("REV-2017-099", "publish", by=UNIT)
    with pytest.raises(UnknownName, match="role"):
        board.fire(case, "think", by=Actor("Nobody", "chairman"))
    with pytest.raises(UnknownName, match="agency"):
        board.fire(case, "think", by=Actor("Nobody", "agency", agency="polise"))


def test_a_published_report_waited_seven_working_days(board: Engine, clock: FrozenClock) -> None:
    case = reviewing(board)  # on Monday the 9th: seven working days later is Wednesday the 18th
    clock.advance_to(date(2017, 1, 17))
    assert board.fire(case, "publish", by=UNIT).reasons == (
        "publish waits at least 7 working days after accept: not before 2017-01-18",
    )
    assert board.explain(case, "publish").event("publish").not_before == date(2017, 1, 18)

    clock.advance_to(date(2017, 1, 18))

    assert board.fire(case, "publish", by=UNIT).moved


def test_an_ended_case_answers_nothing(board: Engine) -> None:
    case = board.open("review", {"harmed": False}, by=UNIT)
    board.fire(case, "decline", by=CHAIR, reason="not harmed").require()

    refused = board.fire(case, "accept", by=CHAIR)

    assert refused.reasons == ("accept is not answered: the case has ended (declined)",)
    assert board.explain(case).events == ()


def test_nobody_acts_on_a_day_that_is_yet_to_come_or_before_the_case_was_where_it_is(
    board: Engine, clock: FrozenClock
) -> None:
    case = board.open("review", {"harmed": True}, by=UNIT, on=date(2017, 1, 2))
    board.fire(case, "accept", by=CHAIR, on=date(2017, 1, 5)).require()

    with pytest.raises(BadValue, match="2017-01-10 is yet to come"):
        board.fire(case, "propose", by=REVIEWER, on=date(2017, 1, 10))
    with pytest.raises(BadValue, match="entered its present state, reviewing, on 2017-01-05"):
        board.fire(case, "propose", by=REVIEWER, on=date(2017, 1, 4))


def test_what_happens_while_a_case_is_in_its_state_is_told_in_any_order(
    board: Engine, clock: FrozenClock
) -> None:
    case = reviewing(board)
    clock.advance_to(date(2017, 1, 20))
    board.fire(case, "propose", by=REVIEWER, on=date(2017, 1, 16)).require()

    told_late = board.fire(case, "appoint", by=UNIT, on=date(2017, 1, 13))

    assert told_late.verdict == "undetermined"  # and not: impossible
    assert board.fire(case, "propose", by=REVIEWER, on=date(2017, 1, 13)).moved
    with pytest.raises(BadValue, match="entered its present state, reviewing, on 2017-01-09"):
        board.fire(case, "propose", by=REVIEWER, on=date(2017, 1, 8))
    assert board.audit().ok


def test_a_history_from_before_there_was_the_word_stayed_gives_what_it_gave(
    board: Engine, clock: FrozenClock
) -> None:
    case = reviewing(board)
    clock.advance(days=5)
    board.fire(case, "propose", by=REVIEWER).require()
    entries = [line.entry for line in board.history(case)]
    body = {key: value for key, value in entries[-1].body.items() if key != "stayed"}

    before, now = replay(board.framework, [*entries[:-1], sealed(body)]), replay(board.framework, entries)

    assert (before.moved_on, now.moved_on) == (date(2017, 1, 14), date(2017, 1, 9))


def test_a_wait_begins_on_the_latest_day_whatever_is_told_last(clock: FrozenClock) -> None:
    review = REVIEW.replace("after: accept", "after: propose")
    board = engine(clock=clock, of=framework(review=review))
    case = reviewing(board)
    clock.advance_to(date(2017, 2, 20))
    board.fire(case, "propose", by=REVIEWER, on=date(2017, 2, 13)).require()
    board.fire(case, "propose", by=REVIEWER, on=date(2017, 1, 16)).require()

    assert board.explain(case, "publish").event("publish").not_before == date(2017, 2, 22)
    assert not board.fire(case, "publish", by=UNIT, on=date(2017, 1, 24)).moved
    assert board.fire(case, "publish", by=UNIT, on=date(2017, 1, 25)).moved  # by then only one had happened


def test_an_automatic_step_is_taken_on_the_first_day_on_which_all_that_it_needs_was_so(
    clock: FrozenClock,
) -> None:
    review = REVIEW.replace(
        "all_done: {to: done, automatic: true, when: 'every(actions, \"verified\")'}", NEEDS_TWO
    )
    board = engine(clock=clock, of=framework(review=review))
    case = reviewing(board)
    clock.advance_to(date(2017, 1, 20))
    board.record(case, {"concern": True}, by=UNIT, on=date(2017, 1, 17))

    board.record(case, {"told_on": "2017-01-02"}, by=UNIT, on=date(2017, 1, 12))

    last = board.history(case)[-1].entry
    assert (last.kind, last.text("to"), last.so_on) == ("moved", "done", date(2017, 1, 17))


def test_rules_read_the_day_on_which_it_was_so(board: Engine) -> None:
    case = board.open("review", by=UNIT, on=date(2017, 1, 2))
    board.record(case, {"harmed": True}, by=UNIT, on=date(2017, 1, 6))

    before = board.fire(case, "accept", by=CHAIR, on=date(2017, 1, 5))
    after = board.fire(case, "accept", by=CHAIR, on=date(2017, 1, 6))

    assert (before.moved, after.moved) == (False, True)


def test_a_reviewer_may_not_work_for_an_agency_involved(board: Engine) -> None:
    case = reviewing(board)
    board.record(case, {"agencies": "police,hospital", "reviewer_of": "police"}, by=UNIT)

    assert not board.fire(case, "appoint", by=UNIT).moved
    assert board.explain(case, "appoint").event("appoint").fixes != ()

    board.record(case, {"reviewer_of": "school"}, by=UNIT)
    assert board.fire(case, "appoint", by=UNIT).moved


# --- sub-cases ----------------------------------------------------------------------------------------------


def test_a_step_opens_a_sub_case_for_each_party_with_what_it_is_given(board: Engine) -> None:
    case = reviewing(board, agencies=["police", "hospital"], note="the note")

    decision = board.fire(case, "ask_all", by=REVIEWER).require()
    single = board.fire(case, "propose", by=REVIEWER).require()

    assert decision.opened == ("ACT-2017-001", "ACT-2017-002")
    assert [board.case(each).facts["owner"] for each in decision.opened] == ["hospital", "police"]
    assert board.case(single.opened[0]).facts["note"] == "the note"
    assert [each.reference for each in board.case(case).sub_cases] == [
        "ACT-2017-001",
        "ACT-2017-002",
        "ACT-2017-003",
    ]
    assert board.case("ACT-2017-001").case.parent == case


def test_a_parent_moves_in_the_transaction_of_the_sub_case_that_made_its_rule_true(board: Engine) -> None:
    case = reviewing(board)
    first, second = (board.fire(case, "propose", by=REVIEWER).require().opened[0] for _ in range(2))
    board.record(first, {"owner": "police"}, by=UNIT)
    board.record(second, {"owner": "police"}, by=UNIT)

    assert board.fire(first, "verify", by=UNIT).require().also_moved == ()
    assert board.explain(case).event("all_done").waiting_for == (second,)
    assert board.fire(second, "verify", by=UNIT).require().also_moved == (case,)

    assert board.case(case).case.state == "done"
    assert board.history(case)[-1].by == "loopengine"


def test_going_back_takes_away_what_was_reached(board: Engine) -> None:
    case = reviewing(board)
    action = board.fire(case, "propose", by=REVIEWER).require().opened[0]
    board.record(action, {"owner": "police"}, by=UNIT)
    board.fire(action, "verify", by=UNIT).require()
    assert board.case(case).case.state == "done"

    back = board.fire(action, "return", by=UNIT).require()

    assert back.also_moved == (case,)
    assert board.case(case).case.state == "reviewing"


def test_an_excused_sub_case_does_not_hold_its_parent_up(board: Engine) -> None:
    case = reviewing(board)
    action = board.fire(case, "propose", by=REVIEWER).require().opened[0]

    dropped = board.fire(action, "drop", by=UNIT, reason="not needed").require()

    assert dropped.also_moved == (case,)


def test_an_agency_acts_for_itself_and_nobody_verifies_their_own(board: Engine) -> None:
    case = reviewing(board)
    action = board.fire(case, "propose", by=REVIEWER).require().opened[0]

    assert board.fire(action, "begin", by=OFFICER).moved is False  # nobody has said whose it is
    assert [fact.name for fact in board.explain(action, "begin").event("begin").questions] == ["owner"]
    board.record(action, {"owner": "police"}, by=UNIT)
    own = Actor("Pat Police", ["business_unit"], agency="police")
    assert board.fire(action, "verify", by=own).reasons == (
        "verify may not be taken by police, the agency in owner",
    )
    assert board.explain(action, "verify").event("verify").agencies == ("council", "hospital", "school")
    assert board.fire(action, "begin", by=OFFICER).moved


@pytest.mark.parametrize(
    ("agency", "said"), [("school", "for school"), (None, "and does not say for which agency")]
)
def test_who_acts_for_another_agency_is_told_for_which(board: Engine, agency: str | None, said: str) -> None:
    case = reviewing(board)
    action = board.fire(case, "propose", by=REVIEWER).require().opened[0]
    board.record(action, {"owner": "police"}, by=UNIT)

    assert board.fire(action, "begin", by=Actor("Sam School", ["agency"], agency=agency)).reasons == (
        f"begin is for agency (the agency in owner) to take; the actor acts as agency {said}",
    )


def test_nobody_verifies_their_own_by_not_saying_for_whom_they_act(board: Engine) -> None:
    case = reviewing(board)
    action = board.fire(case, "propose", by=REVIEWER).require().opened[0]
    board.record(action, {"owner": "police"}, by=UNIT)

    assert board.fire(action, "verify", by=Actor("Uma Unit", ["business_unit"])).reasons == (
        "verify may not be taken by the agency in owner; the actor does not say for which agency they act",
    )


def test_a_linked_case_is_a_case_of_its_own(board: Engine, clock: FrozenClock) -> None:
    case = reviewing(board)
    action = board.fire(case, "propose", by=REVIEWER).require().opened[0]
    board.fire(action, "drop", by=UNIT, reason="not needed").require()

    followed = board.fire(case, "follow", by=UNIT).require().opened[0]

    assert board.case(followed).case.parent is None
    assert board.case(followed).facts == {"harmed": True}
    assert [(link.name, link.case, link.away) for link in board.case(followed).links] == [
        ("arises_from", case, True)
    ]
    assert [(link.name, link.case, link.away) for link in board.case(case).links] == [
        ("arises_from", followed, False)
    ]


def test_time_alone_opens_a_step_and_the_day_is_said_beforehand(board: Engine, clock: FrozenClock) -> None:
    case = reviewing(board)
    action = board.fire(case, "propose", by=REVIEWER).require().opened[0]
    board.fire(action, "drop", by=UNIT, reason="not needed").require()

    close = board.explain(case).event("close")
    assert (close.verdict, close.not_before) == ("refused", date(2018, 1, 9))

    clock.advance_to(date(2018, 1, 9))
    assert board.fire(case, "close", by=UNIT).moved


def test_a_wait_for_what_has_not_happened_is_said() -> None:
    waits = REVIEW.replace("version: 1", "version: 2").replace("after: accept", "after: think")
    other = engine(of=framework(review=waits))
    case = other.open("review", {"harmed": True}, by=UNIT).reference
    other.fire(case, "accept", by=CHAIR).require()

    publish = other.explain(case, "publish").event("publish")

    assert (publish.verdict, publish.not_before) == ("refused", None)
    assert publish.obstacles == ("publish waits for think, which has not happened",)


def test_many_sub_cases_at_once_are_no_circle() -> None:
    agencies = "".join(f"  agency_{n}: {{title: Agency {n}}}\n" for n in range(600))
    board = engine(of=framework(framework=FRAMEWORK + agencies))
    names = [f"agency_{n}" for n in range(600)]
    case = reviewing(board, agencies=names)

    opened = board.fire(case, "ask_all", by=REVIEWER).require().opened

    assert len(opened) == 600
    assert board.explain(case).event("all_done").waiting_for == opened


def test_an_override_passes_the_rule_and_nothing_else() -> None:
    step = "verify: {to: verified, by: business_unit, not_of: owner"
    action = ACTION.replace(step, f"{step}, when: known(note), override: executive", 1)
    board = engine(of=framework(action=action))
    case = board.open("action", {"owner": "police"}, by=UNIT)
    of_police = Actor("Ed Executive", "executive", agency="police")

    refused = board.fire(case, "verify", by=of_police, reason="it is fine")
    of_council = Actor("Ed Executive", "executive", agency="council")
    passed = board.fire(case, "verify", by=of_council, reason="it is fine")

    assert refused.reasons == ("verify may not be taken by police, the agency in owner",)
    assert isinstance(passed, Moved)
    assert passed.overridden


def test_an_agency_is_asked_for_only_where_nobody_else_may_act() -> None:
    action = ACTION.replace(
        "by: {role: agency, of: owner}}", "by: [business_unit, {role: agency, of: owner}]}"
    )
    board = engine(of=framework(action=action))
    case = board.open("action", by=UNIT)

    nobody_knows = board.explain(case).event("begin")
    board.record(case, {"owner": "police"}, by=UNIT)
    begin = board.explain(case).event("begin")

    assert (nobody_knows.roles, nobody_knows.agencies) == (("business_unit",), None)
    assert (begin.roles, begin.agencies) == (("business_unit", "agency"), ("police",))
    assert board.fire(case, "begin", by=UNIT).moved


def test_a_sub_case_does_not_overtake_what_time_did_to_its_parent(clock: FrozenClock) -> None:
    closing = REVIEW.replace(
        "close: {to: closed, by: business_unit, when:", "close: {to: closed, automatic: true, when:"
    )
    board = engine(clock=clock, of=framework(review=closing))
    case = reviewing(board)
    action = board.fire(case, "propose", by=REVIEWER).require().opened[0]
    board.record(action, {"owner": "police"}, by=UNIT)
    board.fire(action, "verify", by=UNIT).require()
    clock.advance(days=400)

    board.fire(action, "return", by=UNIT).require()

    assert board.case(case).case.state == "closed"


def test_an_explanation_that_is_read_late_says_what_was_so_and_who_had_said_it(board: Engine) -> None:
    case = board.open("review", {"harmed": True}, by=UNIT)
    decision = board.fire(case, "accept", by=CHAIR).require()
    assert isinstance(unread(decision), Unread)

    board.record(case, {"harmed": False}, by=REVIEWER, correction=True)
    with board.database.writing() as connection:
        for sort, id_ in connection.exec_driver_sql("select sort, id from loop_words").all():
            books.erase(connection, f"{sort}:{id_}")
    board.close()
    because = decision.because

    assert isinstance(because, Node)
    assert because is decision.because
    (harmed,) = [each for each in _parts(because) if each.text == "harmed"]
    assert (harmed.value, harmed.by) == (True, UNIT.name)


def test_a_decision_that_is_copied_takes_its_explanation_along(board: Engine) -> None:
    case = board.open("review", {"harmed": False}, by=UNIT)
    refused = board.fire(case, "accept", by=CHAIR)
    board.record(case, {"harmed": True}, by=UNIT)
    moved = board.fire(case, "accept", by=CHAIR)

    for decision in (refused, moved):
        assert pickle.loads(pickle.dumps(decision)) == deepcopy(decision) == replace(decision) == decision
        assert decision.because is not None
        assert repr(decision.because) in repr(decision)


def _parts(node: Node) -> list[Node]:
    return [node, *(each for part in node.parts for each in _parts(part))]


def test_whoever_is_refused_because_nobody_knows_who_is_meant_is_told_what_to_ask(board: Engine) -> None:
    """As `why` says it: while nobody has said whose action it is, nobody may verify it."""
    case = board.open("action", by=UNIT)

    refused = board.fire(case, "verify", by=UNIT)

    assert isinstance(refused, Refused)
    assert [fact.name for fact in refused.questions] == ["owner"]
    assert refused.questions == board.explain(case).event("verify").questions
