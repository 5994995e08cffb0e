"""Which open cases meet a rule, which do not, and of which it cannot be told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random

import pytest
from support import tied
from support.lists import framework as listed
from support.living_board import SHIPPED, LivingBoard
from support.postgresql import server
from support.small import REVIEW, UNIT, engine, framework, salts

from loopengine import Engine
from loopengine.clock import FrozenClock
from loopengine.core.rules.lists import asked_plainly
from loopengine.core.rules.verdicts import evaluate
from loopengine.engine import finding
from loopengine.engine.finding import Found, Group
from loopengine.errors import BadValue, UnknownName, UsageError
from loopengine.store.searching import Sought, verdicts_query

START = "2017-01-09T09:00Z"
TUESDAY = date(2017, 1, 10)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(START)


@pytest.fixture
def board(clock: FrozenClock) -> Engine:
    return engine(clock=clock)


def told(group: Group) -> list[str]:
    """The references of the cases in *group*."""
    return [each.case.reference for each in group.cases]


def groups(found: Found) -> tuple[list[str], list[str], list[str]]:
    """The references of the cases that meet it, that do not, and of which it cannot be told."""
    return told(found.yes), told(found.no), told(found.unknown)


def test_each_open_case_is_in_one_of_three_groups(board: Engine) -> None:
    yes = board.open("review", {"harmed": True}, by=UNIT)
    no = board.open("review", {"harmed": False}, by=UNIT)
    unknown = board.open("review", by=UNIT)
    ended = board.open("review", {"harmed": True}, by=UNIT)
    board.withdraw(ended, by=UNIT, reason="opened twice")

    found = board.find("review", "criteria")

    assert groups(found) == ([yes.reference], [no.reference], [unknown.reference])
    assert (found.rule, found.exact_by, found.looked_at, found.on) == (
        "criteria",
        "sql",
        (),
        date(2017, 1, 9),
    )
    assert [fact.name for fact in found.unknown.cases[0].questions] == ["harmed"]
    assert told(board.find("review", "criteria", ended=True).yes) == [yes.reference, ended.reference]


def test_an_expression_is_read_in_the_words_of_the_workflow(board: Engine) -> None:
    first = board.open("review", {"harmed": True, "agencies": "police,school"}, by=UNIT)
    board.open("review", {"harmed": True, "agencies": "hospital"}, by=UNIT)

    found = board.find("review", 'criteria and "police" in agencies and since("opened", "1 day")', on=TUESDAY)

    assert told(found.yes) == [first.reference]
    assert (found.no.count, found.unknown.count) == (1, 0)


def test_answers_count_from_the_day_on_which_they_were_so(board: Engine, clock: FrozenClock) -> None:
    case = board.open("review", {"harmed": False}, by=UNIT).reference
    clock.advance(days=3)
    board.record(case, {"harmed": True}, by=UNIT, on=date(2017, 1, 11))
    board.open("review", {"harmed": True}, by=UNIT)

    assert groups(board.find("review", "harmed", on=date(2017, 1, 8))) == ([], [], [])
    assert groups(board.find("review", "harmed", on=TUESDAY)) == ([], [case], [])
    assert case in told(board.find("review", "harmed", on=date(2017, 1, 11)).yes)


def test_an_answer_that_was_wrong_counts_for_nothing(board: Engine) -> None:
    case = board.open("review", {"harmed": True}, by=UNIT).reference
    board.record(case, {"harmed": None}, by=UNIT, correction=True)

    assert groups(board.find("review", "harmed")) == ([], [], [case])
    assert groups(board.find("review", "known(harmed)")) == ([], [case], [])


def test_all_are_counted_and_as_many_told_as_are_asked_for(board: Engine) -> None:
    cases = [board.open("review", {"harmed": True}, by=UNIT).reference for _ in range(3)]

    found = board.find("review", "harmed", limit=2)

    assert (found.yes.count, told(found.yes)) == (3, cases[:2])
    with pytest.raises(BadValue):
        board.find("review", "harmed", limit=-1)


def test_what_was_known_at_an_instant_is_looked_for_case_by_case(board: Engine, clock: FrozenClock) -> None:
    case = board.open("review", by=UNIT).reference
    before = clock.now()
    clock.advance(days=1)
    board.record(case, {"harmed": True}, by=UNIT, on=date(2017, 1, 9))

    then = board.find("review", "harmed", as_of=before)

    assert (groups(then), then.exact_by) == (([], [], [case]), "cases")
    assert told(board.find("review", "harmed", on=date(2017, 1, 9)).yes) == [case]


@pytest.mark.parametrize(
    ("workflow", "rule", "error", "said"),
    [
        ("revue", "criteria", UnknownName, "no workflow is called 'revue'; did you mean 'review'?"),
        ("review", "criterion", UnknownName, "no rule is called 'criterion'; did you mean 'criteria'?"),
        (
            "review",
            "harmed = concern",
            BadValue,
            "'harmed = concern' is no condition of review: a rule has no '='",
        ),
    ],
)
def test_what_nobody_can_say_is_refused(
    board: Engine, workflow: str, rule: str, error: type[UsageError], said: str
) -> None:
    board.open("review", by=UNIT)

    with pytest.raises(error, match=f"^{said[:40]}"):
        board.find(workflow, rule)


def test_cases_are_asked_by_the_files_that_they_began_under(clock: FrozenClock) -> None:
    before = engine(clock=clock)
    old = before.open("review", {"harmed": True}, by=UNIT).reference
    text = REVIEW.replace("version: 1", "version: 2").replace(
        "when: harmed and possible(concern)", "when: not harmed"
    )
    text = text.replace("rules:\n", "rules:\n  fresh: {when: harmed, source: local}\n")
    after = Engine(before.database._engine, framework=framework(review=text), clock=clock, salt=salts())
    new = after.open("review", {"harmed": True}, by=UNIT).reference

    assert groups(after.find("review", "criteria")) == ([old], [new], [])
    fresh = after.find("review", "fresh")
    assert (told(fresh.yes), told(fresh.without)) == ([new], [old])


# --- what a case says of its own lists, and of other cases --------------------------------------------------


def test_what_is_said_of_each_child_is_looked_at_where_children_are_named(clock: FrozenClock) -> None:
    board = Engine("sqlite://", framework=listed(), clock=clock, salt=salts())
    named = {"children": "A,B", "died.A": True, "years.A": 3}
    yes = board.open("audit", named, by=UNIT).reference
    open_ = board.open("audit", {"children": "A"}, by=UNIT).reference
    unnamed = board.open("audit", by=UNIT).reference

    found = board.find("audit", "criteria")

    assert groups(found) == ([yes], [], [open_, unnamed])
    assert (found.exact_by, found.looked_at) == ("cases", ("some(children, …)",))
    assert [fact.name for fact in found.unknown.cases[0].questions] == ["died.A", "years.A"]
    with pytest.raises(UsageError, match=r"asked of each of children; say some\(children, a_young_death\)"):
        board.find("audit", "a_young_death")


def test_while_nobody_is_named_the_database_tells_what_is_said_of_each(clock: FrozenClock) -> None:
    board = Engine("sqlite://", framework=listed(), clock=clock, salt=salts())
    case = board.open("audit", by=UNIT).reference

    found = board.find("audit", "criteria")

    assert (groups(found), found.exact_by) == (([], [], [case]), "sql")


def test_linked_cases_are_counted_as_the_rules_count_them() -> None:
    board = tied.engine()
    whole, other = (board.open("round", by=tied.UNIT).reference for _ in range(2))
    audits = [board.open("audit", by=tied.UNIT).reference for _ in range(3)]
    for each in audits:
        board.link(whole, each, "audits", by=tied.UNIT, reason="it belongs here")

    assert groups(board.find("round", "all_in")) == ([], [whole], [other])
    for each, events in zip(audits, (("hand_in", "mark"), ("excuse",), ("hand_in", "mark")), strict=True):
        for event in events:
            board.fire(each, event, by=tied.UNIT).require()
    assert groups(board.find("round", "all_in")) == ([whole], [], [other])
    assert groups(board.find("round", 'count(audits, "marked") == 2')) == ([whole], [other], [])
    assert groups(board.find("round", 'some(audits, "lost")')) == ([], [whole, other], [])
    board.withdraw(audits[0], by=tied.UNIT, reason="opened twice")
    assert groups(board.find("round", 'count(audits, "marked") == 1 and all_in')) == ([whole], [other], [])
    assert board.find("round", "all_in").exact_by == "sql"


def test_cases_that_are_alike_are_looked_at_one_by_one() -> None:
    board = tied.engine()
    alike = [board.open("point", {"theme": "voice"}, by=tied.UNIT).reference for _ in range(2)]
    alone = board.open("point", {"theme": "records"}, by=tied.UNIT).reference
    unknown = board.open("point", by=tied.UNIT).reference

    found = board.find("point", 'alike(theme, "24 months") >= 1')

    assert groups(found) == (alike, [alone], [unknown])
    assert (found.exact_by, found.looked_at) == ("cases", ('alike(theme, "24 months")',))


# --- the shipped framework ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lived() -> Iterator[LivingBoard]:
    living = LivingBoard(Random(6))
    living.live(120)
    yield living
    living.engine.close()


def agree_on_every_rule(board: Engine) -> int:
    """See that SQL says of every case what each rule and guard of its file says of it; how often it did."""
    asked = 0
    with board._view(None, None) as view:
        for name, workflow in SHIPPED.workflows.items():
            rules = {each.text: each for each in workflow.rules.values()}
            rules |= {step.when.text: step.when for step in workflow.steps() if step.when is not None}
            held = view.every({"workflow": name}, answers=True)
            each_of = {text for text in rules if asked_plainly(rules[text].condition, workflow.lists)}
            for text in rules.keys() - each_of if held else ():
                rule = finding.wanted(SHIPPED, workflow, text)
                found = finding.find(view, SHIPPED, name, text, on=view.today, ended=True)
                said = [
                    {each.case.reference for each in group.cases}
                    for group in (found.no, found.unknown, found.yes)
                ]
                for each in held:
                    condition = finding.about(rule.condition, each.workflow)
                    finding.look_beside_for(view, each, condition, view.today)
                    verdict = evaluate(condition, each.position(view.today).situation)
                    assert each.record.reference in said[verdict.value], (text, verdict)
                asked += len(held) if found.exact_by == "sql" else 0
    return asked


def test_sql_says_of_a_board_that_has_lived_what_every_shipped_rule_says(lived: LivingBoard) -> None:
    assert agree_on_every_rule(lived.engine) > 100


def test_postgresql_says_the_same_of_a_board_that_has_lived() -> None:
    with server() as url:
        living = LivingBoard(Random(7), url=url)
        living.live(40)

        assert agree_on_every_rule(living.engine) > 20
        living.engine.close()


def test_the_database_is_asked_one_statement() -> None:
    rule = SHIPPED.workflow("serious-case-review").rule("criteria_met")
    query = str(verdicts_query("sqlite", Sought("serious-case-review", TUESDAY), "d", rule.condition))

    assert query.startswith("WITH sought AS MATERIALIZED")
    assert query.count(";") == 0
