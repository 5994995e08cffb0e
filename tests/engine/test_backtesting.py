"""A proposed version over what has been: the same file changes nothing, and a planted change what it must.

What it must is counted here anew, from what the entries say, without the code that decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from random import Random
from typing import Any

import pytest
from support.living_board import LivingBoard
from support.shipped import SHIPPED as BOARD
from support.small import CHAIR, EXECUTIVE, REVIEWER, TEXTS, UNIT, engine, framework

from loopengine import Actor, Engine, LoopEngineError, Workflow, WorkingCalendar
from loopengine.clock import FrozenClock
from loopengine.core.durations import Duration
from loopengine.core.files.loading import framework_from_texts
from loopengine.engine.backtesting import Backtest
from loopengine.rehearsal import rehearse


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A year of a smaller board, from referral to whatever came of it."""
    path = tmp_path_factory.mktemp("year") / "year.db"
    rehearsal = rehearse(path, framework=BOARD, start=date(2016, 4, 1), years=1, scale=0.4)
    yield rehearsal.engine
    rehearsal.engine.close()


def shipped(name: str, *changes: tuple[str, str]) -> Workflow:
    """A shipped workflow with *changes* to its text."""
    text = BOARD.texts[f"{name}.yaml"]
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after)
    return framework_from_texts({**BOARD.texts, f"{name}.yaml": text}).workflow(name)


def proposed(*changes: tuple[str, str]) -> Workflow:
    """The small review with *changes* to its text."""
    text = TEXTS["review.yaml"]
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after)
    return framework(review=text).workflow("review")


def flips(found: Backtest) -> set[tuple[str, int, str]]:
    return {(each.case, each.n, each.would) for each in found.flips}


# --- nothing changed ----------------------------------------------------------------------------------------


def test_the_same_files_change_nothing_of_a_year(year: Engine) -> None:
    found = [year.backtest(workflow) for workflow in BOARD.workflows.values()]

    assert [(each.flips, each.moved, each.untold) for each in found] == [((), (), ())] * len(found)
    assert sum(each.decisions for each in found) > 200
    assert sum(each.clocks for each in found) > 200


@pytest.mark.parametrize("seed", range(4))
def test_the_same_files_change_nothing_of_what_nobody_has_thought_of(seed: int) -> None:
    board = LivingBoard(Random(seed))
    board.live(60)

    found = [board.engine.backtest(workflow) for workflow in BOARD.workflows.values()]

    assert [each.flips for each in found if each.flips] == []
    assert [each.moved for each in found if each.moved] == []
    assert sum(each.decisions for each in found) > 40
    board.engine.close()


# --- a rule changed -----------------------------------------------------------------------------------------


def walked(seed: int) -> Engine:
    """Reviews about which facts come and go, and of which the decision is asked for again and again."""
    rng = Random(seed)
    clock = FrozenClock("2017-01-09T09:00Z")
    board = engine(clock=clock)
    references = [
        board.open("review", {"harmed": harmed}, by=UNIT).reference for harmed in (True, False, None) * 4
    ]
    for _ in range(150):
        case = rng.choice(references)
        with suppress(LoopEngineError):
            match rng.randrange(4):
                case 0:
                    fact, value = rng.choice(["harmed", "concern"]), rng.choice(["yes", "no", "unknown"])
                    board.record(case, {fact: value}, by=UNIT, evidence="minutes")
                case 1:
                    by: Actor = rng.choice([CHAIR, CHAIR, REVIEWER, EXECUTIVE])
                    board.fire(case, "accept", by=by, reason=rng.choice([None, "it matters"]))
                case 2:
                    board.fire(case, "decline", by=CHAIR, reason=rng.choice([None, "no"]))
                case 3:
                    clock.advance(days=1)
    return board


def possible(truth: bool | None) -> bool | None:
    return truth is not False


def both(one: bool | None, other: bool | None) -> bool | None:
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def outcome(event: str, criteria: bool | None, roles: object, *, reasoned: bool) -> str:
    """What comes of asking for *event*, by hand."""
    truth = criteria if event == "accept" or criteria is None else not criteria
    overrides = event == "accept" and truth is not True and roles == ["executive"] and reasoned
    if not overrides and roles != ["independent_chair"]:
        return "refused"
    if event == "decline" and not reasoned:
        return "refused"
    if overrides and truth is not True:
        return "overridden"
    return {True: "moved", False: "refused", None: "undetermined"}[truth]


@pytest.mark.parametrize("seed", range(6))
def test_a_changed_rule_flips_what_a_recount_says(seed: int) -> None:
    board = walked(seed)

    found = board.backtest(proposed(("harmed and possible(concern)", "harmed and concern")))

    expected: set[tuple[str, int, str]] = set()
    bodies: list[Any] = [
        line.entry.body for case in board.cases(workflow="review") for line in board.history(case)
    ]
    decided = [body for body in bodies if body["kind"] in ("moved", "refused")]
    for body in (each for each in decided if "read" in each):
        said = {"yes": True, "no": False, None: None}
        harmed, concern = (said[body["read"]["facts"][fact]] for fact in ("harmed", "concern"))
        asked = {"roles": body["by"]["roles"], "reasoned": "reason" in body}
        was = outcome(body["event"], both(harmed, possible(concern)), **asked)
        would = outcome(body["event"], both(harmed, concern), **asked)
        assert was.replace("overridden", "moved") == body.get("verdict", "moved"), "the recount is right"
        if would != was and (was, would) != ("overridden", "moved"):
            expected.add(
                (body["case"], body["n"], would if was == "moved" else would.replace("overridden", "moved"))
            )
    assert found.decisions == len(decided)
    assert flips(found) == expected
    assert expected, "something is looked at"
    assert found.untold == found.moved == ()


def test_a_step_that_is_dropped_turned_elsewhere_or_given_to_another_is_told_of_each_case() -> None:
    board = engine()
    one, other = (board.open("review", {"harmed": True}, by=UNIT) for _ in range(2))
    board.fire(one, "think", by=CHAIR)
    for case in (one, other):
        board.fire(case, "accept", by=CHAIR)

    def would(*changes: tuple[str, str]) -> list[tuple[str, str, str | None]]:
        return [(each.case, each.would, each.to) for each in board.backtest(proposed(*changes)).flips]

    think = "      think: {to: referred, by: independent_chair}\n"
    assert would((think, "")) == [(one.reference, "gone", None)]
    assert would((think, think.replace("referred", "reviewing"))) == [
        (one.reference, "elsewhere", "reviewing")
    ]
    assert would((think, think.replace("independent_chair", "executive"))) == [
        (one.reference, "refused", None)
    ]
    assert would(
        ("accept: {to: reviewing, by: independent_chair", "accept: {to: reviewing, by: executive")
    ) == [
        (one.reference, "refused", None),
        (other.reference, "refused", None),
    ]


def test_a_fact_that_nobody_was_asked_leaves_a_decision_undetermined() -> None:
    board = engine()
    case = board.open("review", {"harmed": True}, by=UNIT)
    board.fire(case, "accept", by=CHAIR)

    found = board.backtest(
        proposed(
            ("facts:\n", 'facts:\n  seen: {ask: "Was the child seen?", type: yes_no}\n'),
            ("harmed and possible(concern)", "harmed and possible(concern) and seen"),
        )
    )

    (flip,) = found.flips
    assert (flip.was, flip.would) == ("moved", "undetermined")
    assert "ask for seen" in flip.why[0]


def test_what_the_history_did_not_keep_is_not_guessed_at() -> None:
    board = engine()
    case = board.open("review", {"harmed": True}, by=UNIT)
    board.fire(case, "accept", by=CHAIR)
    board.fire(case, "propose", by=REVIEWER)

    found = board.backtest(
        proposed(
            (
                "when: harmed and possible(concern),",
                "when: 'harmed and (possible(concern) or some(actions, \"verified\"))',",
            )
        )
    )

    assert found.flips == ()
    assert [(each.n, each.event) for each in found.untold] == [(2, "accept")]
    assert found.untold[0].why.startswith("it reads actions, and the history does not say")


# --- a clock changed ----------------------------------------------------------------------------------------


def test_a_clock_that_is_lengthened_moves_every_deadline_of_it_as_the_calendar_says(year: Engine) -> None:
    name = "agency-information"
    old = BOARD.workflow(name).deadlines
    deadline = next(each for each, of in old.items() if of.within is not None and of.within.working_days)
    within = old[deadline].within
    assert within is not None
    longer = Duration(working_days=within.amount + 3)

    found = year.backtest(shipped(name, (f"within: {within}", f"within: {longer}")))

    calendar = WorkingCalendar.england_and_wales()
    armed = {
        (case.reference, str(clock["from"]))
        for case in year.cases(workflow=name)
        for line in year.history(case)
        for which, clock in (line.entry.body.get("clocks") or {}).items()  # type: ignore[union-attr]
        if which == deadline and clock is not None and clock["n"] == line.entry.n
    }
    assert {(each.case, str(each.started_on)) for each in found.moved if each.deadline == deadline} == armed
    assert armed
    for each in found.moved:
        assert each.would == calendar.due(each.started_on, longer).on
        assert each.was == calendar.due(each.started_on, within).on
    assert found.flips == ()


def test_a_deadline_that_is_new_or_gone_is_told_with_the_day_on_which_it_would_be_due() -> None:
    board = engine()
    case = board.open("review", {"told_on": "2017-01-09"}, by=UNIT)
    decide = "  decide: {within: 1 month, from: told_on, until: [accept, decline], source: local}\n"
    more = "  look: {within: 2 weeks, from: opened, until: [accept], source: local}\n"

    def moved(*changes: tuple[str, str]) -> list[tuple[str, date | None, date | None]]:
        found = board.backtest(proposed(*changes)).moved
        assert {each.case for each in found} == {case.reference}
        return [(each.deadline, each.was, each.would) for each in found]

    assert moved((decide, decide + more)) == [("look", None, date(2017, 1, 23))]
    assert moved((decide, more)) == [
        ("decide", date(2017, 2, 9), None),
        ("look", None, date(2017, 1, 23)),
    ]


def test_nothing_is_written() -> None:
    board = engine()
    case = board.open("review", {"harmed": True}, by=UNIT)
    before = board.history(case)

    found = board.backtest(proposed(("harmed and", "not harmed and")))

    assert board.history(case) == before
    assert (found.cases, found.versions) == (1, {1: 1})
