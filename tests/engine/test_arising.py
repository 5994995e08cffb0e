"""Standing rules: what arises in a case opens another and is told, once; and what ceases is told, too."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from support.small import CHAIR, FRAMEWORK, REVIEW, REVIEWER, UNIT, engine, framework

from loopengine import Case, Engine
from loopengine.clock import FrozenClock
from loopengine.core.files.loading import load_workflow
from loopengine.core.history import Entry, replay
from loopengine.core.retelling import retell
from loopengine.errors import DefinitionError, RefusedError
from loopengine.store import cases, outbox

STANDING = """\
standing:
  grave:
    title: The facts of regulation 5
    when: harmed and concern
    opens: {workflow: review, link: arises_from, carry: [note, told_on]}
    source: local
  threshold:
    title: The threshold is met
    when: criteria
    tell: [owner, executive]
    source: local
  old:
    when: 'since(told_on, "2 months") and not since(told_on, "4 months")'
    tell: independent_chair
    source: local
states:
"""


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock("2017-01-09T09:00Z")


def board_of(clock: FrozenClock, standing: str = STANDING, path: Path | None = None) -> Engine:
    return engine(path, clock=clock, of=framework(review=REVIEW.replace("states:\n", standing, 1)))


@pytest.fixture
def board(clock: FrozenClock) -> Engine:
    return board_of(clock)


def arisen(board: Engine, case: Case) -> list[tuple[str, str, date]]:
    """What the history of *case* says of its standing rules."""
    entries = [line.entry for line in board.history(case) if line.entry.kind in ("arose", "ceased")]
    return [(entry.kind, str(entry.text("standing")), entry.so_on) for entry in entries]


def told(board: Engine, case: Case) -> list[tuple[str, str, int, tuple[str, ...]]]:
    """The notices about *case* in the outbox."""
    with board.database.reading() as connection:
        notices = outbox.notices_of(connection, case.reference)
    return [(each.kind, each.deadline, each.armed, each.roles) for each in notices]


def test_what_arises_opens_a_case_in_the_transaction_that_made_it_so(board: Engine) -> None:
    case = board.open("review", {"harmed": True, "note": "Child A"}, by=UNIT)
    assert len(board.cases()) == 1

    answers = board.record(case, {"concern": True}, by=UNIT, on=date(2017, 1, 9))

    (opened,) = board.cases()[1:]
    assert arisen(board, case)[-1] == ("arose", "grave", date(2017, 1, 9))
    assert answers.revision == board.case(case).case.revision
    assert [(link.name, link.case) for link in board.case(opened).links] == [("arises_from", "REV-2017-001")]
    entry = board.history(case)[-1].entry
    assert entry.body["opened"] == [opened.reference]
    assert entry.body["read"] == {
        "verdict": "true", "facts": {"harmed": "yes", "concern": "yes"}, "sub_cases": {},
    }  # fmt: skip
    assert board.audit().problems == ()


def test_what_is_refused_lets_nothing_arise(board: Engine) -> None:
    case = board.open("review", {"harmed": True}, by=UNIT)
    before = arisen(board, case)

    board.fire(case, "publish", by=UNIT)

    assert arisen(board, case) == before


def test_it_is_opened_once_however_often_it_is_so_again(board: Engine) -> None:
    case = board.open("review", {"harmed": True}, by=UNIT)

    for concern in (True, "unknown", True, "unknown", True):
        board.record(case, {"concern": concern}, by=UNIT)

    assert len(board.cases()) == 2
    assert [each for each in arisen(board, case) if each[1] == "grave"] == [
        ("arose", "grave", date(2017, 1, 9))
    ]


def test_it_arises_in_a_case_that_has_ended(board: Engine) -> None:
    case = board.open("review", {"harmed": False}, by=UNIT)
    board.fire(case, "decline", by=CHAIR, reason="no harm").require()
    assert board.case(case).case.ended

    board.record(case, {"harmed": True, "concern": True}, by=UNIT)

    assert [each[1] for each in arisen(board, case)] == ["grave", "threshold"]
    assert len(board.cases()) == 2
    assert board.audit().problems == ()


def test_what_newly_arises_and_what_has_ceased_is_told_each_time(board: Engine) -> None:
    case = board.open("review", {"harmed": True}, by=UNIT)

    board.record(case, {"harmed": "unknown"}, by=UNIT)
    board.record(case, {"harmed": True}, by=UNIT)

    roles = ("business_unit", "executive")
    assert told(board, case) == [
        ("arose", "threshold", 1, roles), ("ceased", "threshold", 1, roles), ("arose", "threshold", 2, roles),
    ]  # fmt: skip
    assert board.audit().problems == ()


def test_the_owner_who_is_told_is_the_one_of_the_state(board: Engine) -> None:
    case = board.open("review", {"harmed": True}, by=UNIT)
    board.fire(case, "accept", by=CHAIR).require()

    board.record(case, {"harmed": False}, by=UNIT)

    assert told(board, case)[-1][3] == ("lead_reviewer", "executive")


def test_it_is_so_from_the_day_on_which_the_facts_were(board: Engine, clock: FrozenClock) -> None:
    case = board.open("review", {}, by=UNIT, on=date(2017, 1, 2))
    board.record(case, {"harmed": True}, by=UNIT, on=date(2017, 1, 5))
    board.record(case, {"concern": True}, by=UNIT, on=date(2017, 1, 3), evidence="minutes")

    assert arisen(board, case) == [
        ("arose", "threshold", date(2017, 1, 5)), ("arose", "grave", date(2017, 1, 5)),
    ]  # fmt: skip
    assert board.cases()[1].opened_on == date(2017, 1, 5)


def test_time_brings_it_about_and_takes_it_away(board: Engine, clock: FrozenClock) -> None:
    case = board.open("review", {"told_on": "2017-01-09"}, by=UNIT)
    clock.advance_to(date(2017, 8, 1))

    done = [(each.kind, each.standing) for each in board.sweep().done if each.standing]

    assert done == [("arose", "old"), ("ceased", "old")]
    assert arisen(board, case) == [("arose", "old", date(2017, 3, 9)), ("ceased", "old", date(2017, 5, 9))]
    assert not board.sweep()


def test_who_acts_finds_what_time_has_brought_about(board: Engine, clock: FrozenClock) -> None:
    case = board.open("review", {"told_on": "2017-01-09"}, by=UNIT)
    clock.advance_to(date(2017, 3, 20))

    board.record(case, {"note": "seen"}, by=UNIT)

    kinds = [line.entry.kind for line in board.history(case)]
    assert kinds.index("arose") < kinds.index("recorded")
    assert arisen(board, case) == [("arose", "old", date(2017, 3, 9))]


def test_a_case_file_shows_what_has_arisen_now_and_then(board: Engine, clock: FrozenClock) -> None:
    case = board.open("review", {"harmed": True, "concern": True}, by=UNIT)
    then = clock.now()
    clock.advance(days=1)
    board.record(case, {"harmed": False}, by=UNIT)

    grave = {"name": "grave", "title": "The facts of regulation 5", "since": "2017-01-09"}
    threshold = {"name": "threshold", "title": "The threshold is met", "since": "2017-01-09"}
    assert board.case(case).to_json()["standing"] == [grave]
    assert board.case(case, as_of=then).to_json()["standing"] == [grave, threshold]


def test_the_row_is_what_the_history_says(board: Engine) -> None:
    case = board.open("review", {"harmed": True, "concern": True}, by=UNIT)
    board.record(case, {"harmed": False}, by=UNIT)

    with board.database.reading() as connection:
        stored = cases.find(connection, case.reference)
        assert stored is not None
        entries: tuple[Entry, ...] = cases.history_of(connection, stored.id)

    assert replay(board.framework, entries).standing == stored.record.standing
    assert set(stored.record.standing) == {"grave", "threshold"}


def test_why_something_arose_is_told_as_it_was_then(board: Engine) -> None:
    case = board.open("review", {"harmed": True, "concern": True}, by=UNIT)
    board.record(case, {"harmed": False}, by=UNIT)
    entries = [line.entry for line in board.history(case)]
    arose = next(entry.n for entry in entries if entry.kind == "arose")

    node = retell(board.framework, entries, arose)

    assert node is not None
    assert node.verdict.word == "true"


def test_a_party_that_joins_is_opened_for_as_by_a_step(clock: FrozenClock) -> None:
    standing = (
        "standing:\n  all: {when: harmed, source: local, "
        "opens: {workflow: action, as: actions, for_each: agencies, set: {owner: each}}}\nstates:\n"
    )
    board = board_of(clock, standing)
    case = board.open("review", {"harmed": True, "agencies": "police"}, by=UNIT)

    board.record(case, {"agencies": "police,school"}, by=UNIT)

    owners = [board.case(each).facts["owner"] for each in board.cases(workflow="action")]
    assert owners == ["police", "school"]
    assert board.audit().problems == ()


def test_cases_that_open_each_other_without_end_are_refused(clock: FrozenClock) -> None:
    standing = STANDING.replace("carry: [note, told_on]", "carry: true")
    board = board_of(clock, standing)

    with pytest.raises(RefusedError, match="followed from one another"):
        board.open("review", {"harmed": True, "concern": True}, by=UNIT)

    assert board.cases() == ()


def test_a_loop_may_have_standing_rules(clock: FrozenClock) -> None:
    loop = (
        'loops:\n  last:\n    facts: {late: {ask: "Is it late?", type: yes_no}}\n'
        "    standing: {lateness: {when: late, tell: executive, source: local}}\n"
        "    states: {looped: {stage: evaluated, final: true}}\n"
    )
    review = REVIEW.replace("starts: referred\n", "starts: referred\nloop: last\n").replace(
        "reopen: {to: reviewing", "round: {to: looped}\n      reopen: {to: reviewing"
    )
    review = review.replace("passes: [learning_identified]", "passes: [learning_identified, disseminated]")
    review = review.replace(
        "all_done: {to: done,", "all_done: {to: done, passes: [learning_identified, disseminated],"
    )
    review = review.replace("stage: referral", "stage: referral").replace(
        "to: reviewing, by: independent_chair,", "to: reviewing, passes: [decision], by: independent_chair,"
    )
    board = engine(clock=clock, of=framework(framework=FRAMEWORK + loop, review=review))

    case = board.open("review", {"late": True}, by=UNIT)

    assert [each.name for each in board.case(case).standing] == ["lateness"]


def test_a_sub_case_too_many_is_warned_of(clock: FrozenClock) -> None:
    review = REVIEW.replace(
        "sub_cases: {actions: action}", "sub_cases: {actions: {workflow: action, warn_above: 2}}"
    )
    board = engine(clock=clock, of=framework(review=review))
    case = board.open("review", {"harmed": True, "agencies": "police,school"}, by=UNIT)
    board.fire(case, "accept", by=CHAIR).require()
    warning = "REV-2017-001 has 3 actions, and more than 2 are many"

    assert board.fire(case, "ask_all", by=REVIEWER).require().warnings == ()
    moved = board.fire(case, "propose", by=REVIEWER, key="again").require()

    assert moved.warnings == (warning,)
    assert board.case(moved.opened[0]).case.warnings == (warning,)
    again = board.fire(case, "propose", by=REVIEWER, key="again").require()
    assert again.warnings == (warning,)
    assert board.open("action", by=UNIT, under=case).warnings == (warning.replace("3", "4", 1),)


def test_one_that_is_out_of_the_account_is_not_one_too_many(clock: FrozenClock) -> None:
    review = REVIEW.replace(
        "sub_cases: {actions: action}", "sub_cases: {actions: {workflow: action, warn_above: 1}}"
    )
    board = engine(clock=clock, of=framework(review=review))
    case = board.open("review", by=UNIT)
    dropped = board.open("action", by=UNIT, under=case)
    board.fire(dropped, "drop", by=UNIT, reason="not needed").require()

    assert board.open("action", by=UNIT, under=case).warnings == ()


def test_a_file_alone_knows_the_neighbours_of_its_standing_rules(tmp_path: Path) -> None:
    """What it opens stands in another file, which is read as well."""
    text = REVIEW.replace("states:\n", STANDING.replace("workflow: review, link", "workflow: note, link"), 1)
    for name, content in {
        "framework.yaml": FRAMEWORK,
        "review.yaml": text,
        "note.yaml": "workflow: note\nversion: 1\ntitle: Note\nreference: NOT\nstarts: made\n"
        "facts: {note: {ask: What?, type: text}}\nstates: {made: {final: true}}\n",
        "action.yaml": "workflow: action\nversion: 1\ntitle: Action\nreference: ACT\nstarts: made\n"
        "facts: {note: {ask: What?, type: text}, owner: {ask: Whose?, type: party}}\n"
        "states: {made: {on: {verify: {to: verified}}}, verified: {final: true}}\n",
    }.items():
        (tmp_path / name).write_text(content, "utf-8")

    with pytest.raises(DefinitionError, match="'told_on'"):
        load_workflow(tmp_path / "review.yaml")
