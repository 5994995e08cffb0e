"""Holds through the engine: what stands still, what goes on, what is refused, on worked dates.

And against somebody who counts day by day: a day passes for a clock, or is taken out of it by a hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.dates_oracle import Pencil
from support.inquiries import INQUIRY, inquiries
from support.small import CHAIR, EXECUTIVE, UNIT

from loopengine import Actor, Engine
from loopengine.clock import FrozenClock
from loopengine.core.deadlines import Running
from loopengine.engine.sweeping import Done
from loopengine.errors import BadValue, RefusedError, StaleCase, UnknownName

INQUIRIES = {starts: inquiries(first_day=starts) for starts in ("day_after", "same_day")}


class Board:
    """An engine on which one inquiry was opened, and the days on which things happen to it."""

    def __init__(
        self,
        opened: date = date(2017, 1, 9),
        *,
        starts: str = "day_after",
        of: str | None = None,
        **facts: object,
    ) -> None:
        self.clock = FrozenClock(f"{opened.isoformat()}T09:00Z")
        framework = INQUIRIES[starts] if of is None else inquiries(of)
        self.engine = Engine("sqlite://", framework=framework, clock=self.clock)
        self.case = self.engine.open("inquiry", facts, by=UNIT).reference

    def on(self, day: str | date) -> Board:
        """Let it be nine in the morning of a later *day*, or still the same."""
        day = date.fromisoformat(day) if isinstance(day, str) else day
        self.clock.advance(days=(day - self.clock.today()).days)
        assert self.clock.today() == day
        return self

    def hold(self, name: str = "proceedings", **more: object) -> Board:
        self.engine.hold(self.case, name, by=UNIT, reason="as agreed", **more)
        return self

    def release(self, name: str = "proceedings", **more: object) -> Board:
        self.engine.release(self.case, name, by=UNIT, **more)
        return self

    def clocks(self) -> dict[str, Running]:
        return {each.deadline.name: each for each in self.engine.case(self.case).clocks}

    def due(self) -> dict[str, str]:
        return {name: each.due.on.isoformat() for name, each in self.clocks().items()}

    def days(self) -> dict[str, int | None]:
        return {name: each.days for name, each in self.clocks().items()}

    def said(self, deadline: str) -> list[str]:
        """What a clock has said, whoever brought the case up to then."""
        lines = self.engine.history(self.case)
        return [each.entry.kind for each in lines if each.entry.text("deadline") == deadline]

    def sweep(self) -> list[tuple[str, str | None, str]]:
        """What a sweep did: the kind, of which deadline, and the day on which it had fallen due."""
        swept = self.engine.sweep()
        assert swept.failures == ()
        return [(each.kind, each.deadline, _day(each)) for each in swept.done]


def _day(done: Done) -> str:
    assert done.due_at is not None
    return done.due_at.date().isoformat()


# what stands still, and goes on


def test_working_days_resume_with_what_was_left_and_all_else_moves_by_the_days_held():
    board = Board(meeting_on="2017-02-20")
    assert board.due() == {
        "answer": "2017-01-23",
        "write": "2017-01-23",
        "report": "2017-07-09",
        "meet": "2017-02-20",
        "prepare": "2017-02-13",
        "tidy": "2017-01-23",
    }

    # Four of ten working days are used: six are left. It is held for 19 days.
    board.on("2017-01-13").hold().on("2017-02-01").release()

    assert board.due() == {
        "answer": "2017-02-09",
        "write": "2017-02-11",
        "report": "2017-07-28",
        "meet": "2017-03-11",
        "prepare": "2017-03-02",
        "tidy": "2017-01-23",
    }


@pytest.mark.parametrize(
    ("starts", "held", "released", "due"),
    [
        # 10 working days from Thursday 6 April 2017: Good Friday and Easter Monday are not worked.
        ("day_after", "2017-04-12", "2017-04-12", "2017-04-24"),
        ("day_after", "2017-04-12", "2017-04-13", "2017-04-25"),
        ("day_after", "2017-04-12", "2017-04-14", "2017-04-25"),
        ("day_after", "2017-04-12", "2017-04-17", "2017-04-25"),
        ("day_after", "2017-04-12", "2017-04-18", "2017-04-26"),
        ("day_after", "2017-04-14", "2017-04-17", "2017-04-24"),
        ("day_after", "2017-04-06", "2017-04-21", "2017-05-08"),
        ("same_day", "2017-04-12", "2017-04-12", "2017-04-21"),
        ("same_day", "2017-04-12", "2017-04-18", "2017-04-25"),
        ("same_day", "2017-04-06", "2017-04-21", "2017-05-05"),
    ],
)
def test_only_working_days_are_taken_out(starts: str, held: str, released: str, due: str):
    board = Board(date(2017, 4, 6), starts=starts)

    board.on(held).hold("strike").on(released).release("strike")

    assert board.due()["answer"] == due


def test_a_clock_that_is_held_on_its_due_day_is_due_on_the_day_of_the_release():
    board = Board().on("2017-01-23").hold().on("2017-02-01").release()

    assert (board.due()["answer"], board.days()["answer"]) == ("2017-02-01", 0)
    assert not board.clocks()["answer"].is_late(date(2017, 2, 1))


def test_to_hold_and_release_on_one_day_changes_nothing():
    board = Board(meeting_on="2017-02-20")
    before = board.on("2017-01-13").due()

    board.hold().release()

    assert board.due() == before
    assert board.engine.history(board.case)[-1].clocks() is None


def test_a_month_end_is_reached_by_days_once_it_is_held():
    """Six months from 31 August end on 28 February; one day held is one day later."""
    board = Board(date(2016, 8, 31)).on("2016-12-01").hold().on("2016-12-02").release()

    assert board.due()["report"] == "2017-03-01"


def test_a_hold_beyond_what_is_published_makes_working_days_provisional():
    board = Board(date(2028, 12, 11))
    assert not board.clocks()["answer"].due.provisional

    board.on("2028-12-20").hold("strike").on("2029-01-10").release("strike")

    answer = board.clocks()["answer"].due
    assert answer.provisional
    assert board.clocks()["write"].due.provisional is False


def test_a_clock_that_begins_while_it_is_held_stands_still_from_its_first_day():
    board = Board().on("2017-01-16").hold("strike").on("2017-01-18")
    board.engine.fire(board.case, "think", by=UNIT).require()
    assert (board.clocks()["reply"].held, board.days()["reply"]) == (("strike",), 5)

    board.on("2017-01-25").release("strike")

    assert board.due()["reply"] == "2017-02-01"


def test_a_clock_that_is_armed_again_forgets_the_holds_before():
    board = Board().on("2017-01-18")
    board.engine.fire(board.case, "think", by=UNIT).require()
    board.hold("strike").on("2017-01-25").release("strike")
    assert board.due()["reply"] == "2017-02-01"

    board.engine.fire(board.case, "think", by=UNIT).require()
    assert board.due()["reply"] == "2017-02-01"
    board.on("2017-01-27")
    board.engine.fire(board.case, "think", by=UNIT).require()

    assert board.due()["reply"] == "2017-02-03"


# several holds


def test_holds_overlap_and_a_clock_stands_still_while_any_is_on_that_stops_it():
    board = Board().on("2017-01-13").hold("strike").on("2017-01-18").hold("inquest")
    assert board.clocks()["answer"].held == ("inquest", "strike")
    assert board.clocks()["write"].held == ("inquest",)

    board.on("2017-01-25").release("strike")
    assert board.clocks()["answer"].held == ("inquest",)
    assert board.days()["answer"] == 6
    board.on("2017-02-01").release("inquest")

    assert board.due() == {
        "answer": "2017-02-09",
        "write": "2017-02-06",
        "report": "2017-07-23",
        "tidy": "2017-01-23",
    }


def test_a_hold_within_another_takes_nothing_out_twice():
    board = Board().on("2017-01-13").hold("inquest").on("2017-01-16").hold("strike")

    board.on("2017-01-20").release("strike").on("2017-02-01").release("inquest")

    assert board.due()["answer"] == "2017-02-09"


def test_what_is_left_is_exact_after_any_number_of_holds():
    """Held every Tuesday until Wednesday: of each week four working days pass."""
    board = Board()
    for tuesday in ("2017-01-10", "2017-01-17", "2017-01-24"):
        wednesday = date.fromisoformat(tuesday) + timedelta(days=1)
        board.on(tuesday).hold("strike").on(wednesday).release("strike")

    assert board.due()["answer"] == "2017-01-26"


def test_a_hold_may_be_put_on_again_and_goes_on_from_there():
    board = Board().on("2017-01-11").hold().on("2017-01-13").release()
    assert board.due()["answer"] == "2017-01-25"

    board.on("2017-01-13").hold().on("2017-02-01").release()

    assert board.due()["answer"] == "2017-02-13"


# while it is held


@pytest.mark.parametrize(
    ("first", "then"), [("inquest", "strike"), ("strike", "strike"), ("strike", "inquest")]
)
def test_a_hold_on_the_day_of_a_release_goes_on_from_there(first: str, then: str):
    """What the first hold moved stays moved while the second is on, and no due date is another one."""
    board = Board().on("2017-01-11").hold(first).on("2017-01-13").release(first)
    due, days = board.due(), board.days()
    assert (due["answer"], days["answer"]) == ("2017-01-25", 8)

    board.hold(then)

    assert (board.due(), board.days()) == (due, days)
    board.on("2017-01-18").release(then)
    assert board.due()["answer"] == "2017-01-30"


def test_while_it_is_held_days_are_frozen_and_nothing_is_said():
    board = Board().on("2017-01-13").hold()

    board.on("2017-06-30")
    said = board.sweep()

    clocks = board.clocks()
    assert said == [("overdue", "tidy", "2017-01-24")]
    assert board.days() | {"report": None} == {"answer": 6, "write": 6, "report": None, "tidy": -110}
    assert {name for name, each in clocks.items() if each.held} == {"answer", "write", "report"}
    assert not clocks["answer"].is_late(board.clock.today())
    [due] = [each for each in board.engine.due() if each.clock.deadline.name == "answer"]
    assert (due.days, due.late, due.clock.held) == (6, False, ("proceedings",))


def test_after_the_release_it_says_what_it_has_to_say_by_the_new_day():
    board = Board().on("2017-01-13").hold("strike").on("2017-02-01").release("strike")

    said = [each for each in board.on("2017-03-01").sweep() if each[1] == "answer"]

    assert said == [
        ("reminded", "answer", "2017-02-06"),
        ("overdue", "answer", "2017-02-10"),
        ("escalated", "answer", "2017-02-16"),
    ]


def test_what_was_said_before_a_hold_is_not_said_again():
    board = Board().on("2017-01-19")
    assert board.sweep() == [("reminded", "answer", "2017-01-18")]

    board.hold("strike").on("2017-02-01").release("strike").on("2017-02-03")

    assert board.due()["answer"] == "2017-02-03"
    assert [each for each in board.sweep() if each[1] == "answer"] == []


def test_a_breach_before_the_hold_stays_a_breach():
    board = Board().on("2017-01-26").hold("strike")
    assert board.days()["answer"] == -3

    board.on("2017-02-10")
    held = board.clocks()["answer"]
    board.release("strike")
    released = board.clocks()["answer"]

    assert (held.days, held.is_late(board.clock.today())) == (-3, True)
    assert (released.due.on, released.days) == (date(2017, 1, 23), -14)
    assert released.is_late(board.clock.today())


def test_the_ladder_of_a_late_clock_stands_still_too():
    """Late by three working days when it is held, and by five two working days after the release."""
    board = Board().on("2017-01-26").hold("strike")
    assert board.said("answer") == ["reminded", "overdue"]
    assert board.on("2017-02-10").sweep() == []
    board.release("strike")

    assert board.on("2017-02-13").sweep() == []
    assert board.on("2017-02-14").sweep() == [("escalated", "answer", "2017-02-14")]


def test_an_event_stops_a_clock_also_while_it_is_held():
    board = Board().on("2017-01-13").hold("strike").on("2017-02-01")

    board.engine.fire(board.case, "answer", by=UNIT).require()

    answer = board.clocks()["answer"]
    assert (answer.stopped_on, answer.is_late(board.clock.today())) == (date(2017, 2, 1), True)


# what is blocked, and what is not


def test_an_event_that_is_blocked_is_refused_by_the_name_of_every_hold():
    board = Board().on("2017-01-13").hold("proceedings").hold("inquest")

    refused = board.engine.fire(board.case, "answer", by=UNIT)

    assert (refused.moved, refused.verdict) == (False, "refused")
    assert refused.reasons == (
        "answer is blocked by inquest (inquest)",
        "answer is blocked by proceedings (A prosecution is going on)",
    )
    outlook = board.engine.explain(board.case, "answer").event("answer")
    assert (outlook.verdict, outlook.blocked_by) == ("refused", ("inquest", "proceedings"))


@pytest.mark.parametrize(
    ("day", "told", "verdict"),
    [
        ("2017-01-10", "2017-01-13", "allowed"),  # before the hold, and told while it was on
        ("2017-01-11", "2017-01-13", "refused"),
        ("2017-01-13", "2017-01-18", "refused"),  # while it was on, and told after its release
        ("2017-01-17", "2017-01-18", "refused"),
        ("2017-01-18", "2017-01-19", "allowed"),
    ],
)
def test_an_event_is_blocked_by_the_holds_of_its_day_whenever_it_is_told(day: str, told: str, verdict: str):
    board = Board().on("2017-01-11").hold("inquest")
    board = board.on(told) if told < "2017-01-18" else board.on("2017-01-18").release("inquest").on(told)

    decision = board.engine.fire(board.case, "answer", by=UNIT, on=date.fromisoformat(day))

    assert decision.verdict == verdict
    assert board.engine.audit().problems == ()


def test_it_is_allowed_again_once_no_hold_is_on_that_blocks_it():
    board = Board().on("2017-01-13").hold("proceedings").hold("inquest").release("proceedings")
    assert not board.engine.fire(board.case, "answer", by=UNIT).moved

    board.release("inquest")

    assert board.engine.explain(board.case, "answer").event("answer").blocked_by == ()
    assert board.engine.fire(board.case, "answer", by=UNIT).moved


def test_an_event_that_no_hold_names_is_answered():
    board = Board().on("2017-01-20").hold("proceedings")

    assert board.engine.fire(board.case, "ask", by=UNIT).moved


def test_a_hold_cannot_be_overridden():
    framework = inquiries(INQUIRY.replace("blocks: [answer]", "blocks: [answer, overrule]"))
    engine = Engine("sqlite://", framework=framework, clock=FrozenClock("2017-01-09T09:00Z"))
    case = engine.open("inquiry", by=UNIT).reference
    engine.hold(case, "proceedings", by=UNIT, reason="as agreed")

    executive = Actor("Ed Executive", {*EXECUTIVE.roles, *CHAIR.roles})
    refused = engine.fire(case, "overrule", by=executive, reason="it is urgent")

    assert refused.verdict == "refused"
    engine.release(case, "proceedings", by=UNIT)
    assert engine.fire(case, "overrule", by=executive, reason="it is urgent").moved


def test_a_wait_goes_on_while_clocks_stand_still():
    board = Board().hold("proceedings").on("2017-01-18")

    assert board.engine.explain(board.case, "think").event("think").verdict == "allowed"


def test_a_sub_case_is_not_held_with_its_parent():
    board = Board()
    [task] = board.engine.fire(board.case, "ask", by=UNIT).require().opened

    board.hold("proceedings").on("2017-02-01")

    [clock] = board.engine.case(task).clocks
    assert (clock.due.on, clock.held) == (date(2017, 1, 23), ())
    assert [(each.case, each.kind) for each in board.engine.sweep().done if each.deadline == "do"] == [
        (task, "overdue")
    ]


def test_an_automatic_step_that_is_blocked_is_taken_in_the_transaction_of_the_release():
    board = Board().on("2017-01-13").hold("inquest")
    board.engine.record(board.case, {"ready": True}, by=UNIT)
    assert board.engine.case(board.case).case.state == "asked"
    assert board.on("2017-02-01").engine.stalled() == ()

    after = board.engine.release(board.case, "inquest", by=UNIT)

    assert (after.case.state, after.case.ended) == ("finished", True)
    last = board.engine.history(board.case)[-1].entry
    assert (last.kind, last.text("event"), last.so_on) == ("moved", "finish", date(2017, 2, 1))


def test_an_automatic_step_that_no_hold_names_is_taken():
    board = Board().on("2017-01-13").hold("proceedings")

    board.engine.record(board.case, {"ready": True}, by=UNIT)

    assert board.engine.case(board.case).case.state == "finished"


# what is refused, and what is on record


@pytest.mark.parametrize(
    ("act", "error", "said"),
    [
        (lambda board: board.hold("proceedings"), RefusedError, "is on hold already for proceedings"),
        (lambda board: board.release("inquest"), RefusedError, "is not on hold for inquest"),
        (lambda board: board.hold("inquests"), UnknownName, "did you mean 'inquest'"),
        (lambda board: board.release("inquests"), UnknownName, "did you mean 'inquest'"),
        (lambda board: board.hold("inquest", on=date(2017, 1, 8)), BadValue, "from 2017-01-09 on"),
        (lambda board: board.release(on=date(2017, 1, 12)), BadValue, "from 2017-01-13 on"),
        (lambda board: board.release(on=date(2017, 1, 17)), BadValue, "yet to come"),
        (lambda board: board.release(revision=1), StaleCase, "at revision 2, not 1"),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(act, error, said):
    board = Board().on("2017-01-13").hold().on("2017-01-16")
    before = board.engine.history(board.case)

    with pytest.raises(error, match=said):
        act(board)

    assert board.engine.history(board.case) == before


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_hold_needs_a_reason(reason):
    board = Board()

    with pytest.raises(BadValue, match="a hold needs a reason"):
        board.engine.hold(board.case, "strike", by=UNIT, reason=reason)


def test_what_has_ended_is_not_held():
    board = Board(ready=True)

    with pytest.raises(RefusedError, match="has ended"):
        board.hold()


def test_a_hold_and_its_release_are_on_record_with_who_why_and_since_when():
    board = Board().on("2017-01-16").hold(on=date(2017, 1, 13)).on("2017-02-03")
    board.engine.release(
        board.case, "proceedings", by=CHAIR, reason="sentence was passed", on=date(2017, 2, 1)
    )

    held, released = (each for each in board.engine.history(board.case) if each.entry.text("hold"))

    assert [each.entry.kind for each in (held, released)] == ["held", "released"]
    assert [each.entry.text("hold") for each in (held, released)] == ["proceedings", "proceedings"]
    assert [each.entry.so_on for each in (held, released)] == [date(2017, 1, 13), date(2017, 2, 1)]
    assert (held.by, held.reason) == (UNIT.name, "as agreed")
    assert (released.by, released.reason) == (CHAIR.name, "sentence was passed")
    assert board.due()["answer"] == "2017-02-09"
    assert board.engine.audit().ok


def test_the_same_request_under_the_same_key_holds_once():
    board = Board().on("2017-01-13").hold(key="a").hold(key="a")

    assert [each.entry.kind for each in board.engine.history(board.case)] == ["opened", "held"]
    assert board.engine.case(board.case).holds == ("proceedings",)


def test_what_was_held_then_is_seen_as_it_was_known_then():
    board = Board().on("2017-01-13").hold().on("2017-01-16")
    then = board.clock.now()
    board.on("2017-02-01").release()

    file = board.engine.case(board.case, as_of=then)

    assert file.holds == ("proceedings",)
    answer = next(each for each in file.clocks if each.deadline.name == "answer")
    assert (answer.held, answer.days, answer.due.on) == (("proceedings",), 6, date(2017, 1, 23))


# somebody who counts day by day


class Counted:
    """A clock counted by somebody with a calendar on the wall: *left* after each day, held or not."""

    def __init__(self, start: date, left: int, spans: Iterable[tuple[date, date | None]], *, working: bool):
        self.spans = [(since, date.max if until is None else until) for since, until in spans]
        self.wall, self.working = Pencil(), working
        self.start, self.left_at_start = start, left

    def stands_still(self, day: date) -> bool:
        """Whether the step from *day* to the next is taken out."""
        return any(since <= day < until for since, until in self.spans)

    def due(self, today: date) -> date | None:
        """The day on which nothing is left any more, if that is settled by *today*."""
        day, left = self.start, self.left_at_start
        while left > 0 or self.stands_still(day):
            if day > today and self.stands_still(day):
                return None  # it is held still, and nobody knows for how long
            if not self.stands_still(day):
                left -= self.wall.works(day + timedelta(days=1)) if self.working else 1
            day += timedelta(days=1)
        return day


STOPS = {
    "proceedings": ("answer", "write", "report"),
    "inquest": ("answer", "write", "report"),
    "strike": ("answer",),
}
acts = st.lists(st.tuples(st.sampled_from(sorted(STOPS)), st.integers(0, 8)), max_size=10)


@settings(max_examples=30)
@given(st.dates(date(2016, 1, 1), date(2018, 12, 31)), acts, st.booleans(), st.integers(0, 30))
def test_any_number_of_holds_comes_to_what_somebody_counts_day_by_day(opened, acts, sweeping, later):
    """A hold is put on, or released if it is on, on a day and some days after, and so on; swept or not."""
    board = Board(opened)
    spans: dict[str, list[tuple[date, date | None]]] = {name: [] for name in STOPS}
    plain = board.clocks()
    for name, pause in acts:
        board.on(board.clock.today() + timedelta(days=pause))
        if sweeping:
            board.sweep()
        if spans[name] and spans[name][-1][1] is None:
            spans[name][-1] = (spans[name][-1][0], board.clock.today())
            board.release(name)
        else:
            spans[name].append((board.clock.today(), None))
            board.hold(name)
    today = board.on(board.clock.today() + timedelta(days=later)).clock.today()
    board.sweep()

    for deadline in ("answer", "write", "report"):
        clock = board.clocks()[deadline]
        theirs = [span for name, each in spans.items() if deadline in STOPS[name] for span in each]
        working = deadline == "answer"
        left = 10 if working else (plain[deadline].due.on - opened).days
        due = Counted(opened, left, theirs, working=working).due(today)

        held = tuple(sorted(name for name, each in spans.items() if each and each[-1][1] is None))
        assert clock.held == tuple(name for name in held if deadline in STOPS[name])
        if due is not None:
            assert clock.due.on == due
        elif clock.held:
            assert not clock.is_late(today)
        assert board.said(deadline).count("overdue") == (due is not None and due < today)
    assert board.engine.audit().ok


@settings(max_examples=15)
@given(st.dates(date(2016, 1, 1), date(2018, 12, 31)), acts)
def test_holds_that_are_recorded_late_come_to_the_same_days(opened, acts):
    days: list[tuple[str, date]] = []
    prompt = Board(opened)
    for name, pause in acts:
        days.append((name, prompt.on(prompt.clock.today() + timedelta(days=pause)).clock.today()))
        _turn(prompt, name)
    late = Board(opened).on(prompt.clock.today())

    for name, day in days:
        _turn(late, name, on=day)

    assert late.due() == prompt.due()
    assert late.days() == prompt.days()


def _turn(board: Board, name: str, **more: object) -> None:
    """Put the hold called *name* on, or release it if it is on."""
    if name in board.engine.case(board.case).holds:
        board.release(name, **more)
    else:
        board.hold(name, **more)


# what a hold does not do


def test_a_day_that_is_given_after_a_hold_is_not_moved_by_it():
    board = Board(meeting_on="2017-02-20").on("2017-01-13").hold().on("2017-02-01").release()

    board.on("2017-02-02").engine.record(board.case, {"meeting_on": "2017-03-10"}, by=UNIT)

    assert (board.due()["meet"], board.due()["prepare"]) == ("2017-03-10", "2017-03-03")


def test_a_day_that_is_given_during_a_hold_is_moved_by_the_rest_of_it():
    board = Board().on("2017-01-12").hold().on("2017-01-16")
    board.engine.record(board.case, {"meeting_on": "2017-03-10"}, by=UNIT)

    board.on("2017-01-20").release()

    assert board.due()["meet"] == "2017-03-14"


@pytest.mark.parametrize("since", ["2017-01-20", "2017-02-06"])
def test_a_clock_that_has_stopped_is_not_moved_by_a_later_hold(since: str):
    board = Board().on("2017-02-06")
    board.engine.fire(board.case, "answer", by=UNIT).require()

    board.hold(on=date.fromisoformat(since)).on("2017-02-07").release()

    assert board.due()["answer"] == "2017-01-23"
    assert board.clocks()["answer"].is_late(board.clock.today())


def test_a_day_is_moved_off_what_is_not_worked_once_and_at_the_end():
    rolled = INQUIRY.replace(
        "write: {within: 14 days, from: opened", "write: {within: 12 days, roll: previous, from: opened"
    )
    board = Board(of=rolled)
    assert board.due()["write"] == "2017-01-20"  # a Friday, since 12 days end on a Saturday

    board.on("2017-01-12").hold().on("2017-01-14").release()

    assert board.due()["write"] == "2017-01-23"


def test_an_event_that_is_due_while_it_is_blocked_is_fired_when_the_hold_is_released():
    board = Board(of=INQUIRY.replace("tidy: {within", "tidy: {then: answer, within"))
    board.on("2017-01-13").hold().on("2017-01-27").sweep()
    assert board.engine.case(board.case).case.state == "asked"

    board.on("2017-02-01").release()

    assert ("moved", "tidy", "2017-01-24") in board.sweep()
    moved = board.engine.history(board.case)[-1].entry
    assert (moved.kind, moved.so_on) == ("moved", date(2017, 2, 1))


def test_what_somebody_says_of_a_closure_is_kept_apart_and_signed():
    board = Board()

    closed = board.engine.close_day(date(2017, 1, 18), reason="a private matter", by=UNIT)

    last = board.engine.history(board.case)[-1]
    assert [each.deadline for each in closed.moved] == ["answer", "tidy"]
    assert (last.entry.kind, last.reason, last.by) == ("reckoned", "a private matter", UNIT.name)
    assert "private" not in str(last.entry.body)


@pytest.mark.parametrize(
    "ask",
    [
        lambda board: board.engine.hold(board.case, ["court"], by=UNIT, reason="x"),
        lambda board: board.engine.release(board.case, {"court": 1}, by=UNIT),
        lambda board: board.engine.fire(board.case, 5, by=UNIT),
        lambda board: board.engine.fire(board.case, "answer", by=UNIT, key=5),
        lambda board: board.engine.cases(stage="x"),
        lambda board: board.engine.sweep(at_once="all"),
        lambda board: board.engine.sweep(at_once=0),
    ],
)
def test_what_has_no_types_is_met_with_our_own_errors(ask: Callable[[Board], object]) -> None:
    with pytest.raises((BadValue, UnknownName)):
        ask(Board())
