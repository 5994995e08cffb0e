"""docs/command-line.md names every key of every JSON document, and no other."""

from __future__ import annotations

import json
import re
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
from support.door import TEXTS
from support.seen import board as seen_board
from support.small import CHAIR, OFFICER, REVIEWER, UNIT, engine
from support.small import REVIEW as TEXTS_OF_REVIEW
from support.small import framework as framework_of

from loopengine.clock import london_date
from loopengine.core.comparing.telling import comparison_json
from loopengine.core.comparing.whole import compare_frameworks
from loopengine.core.files.loading import framework_from_texts
from loopengine.engine.why import decision_json
from loopengine.exchange.actions_in import import_actions
from loopengine.reports.annual.compiling import compile_annual
from loopengine.reports.annual.figures import Period
from loopengine.reports.case_page import report_of
from loopengine.reports.gathering import board_of

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "command-line.md").read_text("utf-8")


def item_of(verb: str) -> str:
    """What the page says of the JSON of *verb*."""
    item = re.search(rf"^- (?:\*{verb}\*|`{verb}`)[^:]*:(.*?)(?=^- |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert item, f"the page does not describe {verb}"
    return item[1]


def outside_brackets(said: str) -> set[str]:
    """The names in backquotes in *said*, but for those in brackets."""
    while "(" in said:
        said = re.sub(r"\([^()]*\)", "", said)
    return set(re.findall(r"`([a-z_]+)`", said))


def documented(verb: str) -> set[str]:
    """The names in backquotes after *verb*'s colon, outside of brackets, in its item of the page."""
    return outside_brackets(re.split(r"\. The verdict is|\. `fixes` are", item_of(verb))[0])


def within(verb: str, key: str) -> set[str]:
    """The names in backquotes in the brackets after *key* in the item of *verb*, and in none within."""
    begun = item_of(verb).partition(f"`{key}` (")[2]
    depths = accumulate(({"(": 1, ")": -1}.get(char, 0) for char in begun), initial=1)
    return outside_brackets(begun[: [*depths].index(0) - 1])


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    """One answer of each verb, through JSON and back."""
    board = engine()
    workflow = board.framework.workflow("review")
    case = board.open("review", {"harmed": True}, by=UNIT)
    recorded = board.record(case, {"note": "seen"}, by=UNIT)
    fired = board.fire(case, "accept", by=CHAIR)
    board.fire(case, "propose", by=REVIEWER)
    board.fire(case, "close", by=OFFICER)
    why = board.explain(case).to_json()
    assessed = workflow.assess("criteria", {}).to_json()
    found: dict[str, Any] = {
        "open": case.opened_json(),
        "record": recorded.to_json(),
        "fire": decision_json(fired),
        "why": why,
        "list": case.listed_json(),
        "show": board.case(case).to_json(),
        "history": board.history(case)[0].to_json(),
        "audit": board.audit().to_json(),
        "assess": assessed,
        "node": assessed["because"],
        "question": assessed["open_questions"],
    }
    return {verb: json.loads(json.dumps(answer)) for verb, answer in found.items()}


@pytest.mark.parametrize("verb", ["open", "record", "fire", "list", "history", "audit", "assess", "node"])
def test_the_keys_of_an_answer_are_those_of_the_page(answers: dict[str, Any], verb: str) -> None:
    assert documented(verb) == set(answers[verb])


@pytest.fixture(scope="module")
def at_the_door() -> dict[str, Any]:
    """What the verbs of the door answer, of an incident that was taken in and decided."""
    board = engine(of=framework_from_texts(TEXTS))
    facts = {"harmed": True, "died": False, "decided": "review"}
    taken = board.intake({"near_miss": False}, {"A": facts}, by=UNIT)
    found = {"route": board.framework.route({"harmed": True}).to_json(), "intake": taken.to_json()}
    return {verb: json.loads(json.dumps(answer)) for verb, answer in found.items()}


def test_the_keys_of_an_answer_at_the_door_are_those_of_the_page(
    answers: dict[str, Any], at_the_door: dict[str, Any]
) -> None:
    routing, taken = at_the_door["route"], at_the_door["intake"]

    assert documented("route") == set(routing)
    assert within("route", "reviews") == set(routing["reviews"][0])
    assert within("route", "rows") == set(routing["reviews"][0]["rows"][0])
    assert documented("intake") == set(taken)
    assert within("intake", "children") - {"route"} | set(routing) == set(taken["children"][0])
    assert within("intake", "opened") == set(taken["opened"][0])
    assert set(taken["case"]) == set(answers["open"])
    assert set(taken["decision"]) == set(answers["fire"])


def test_the_keys_of_a_board_are_those_of_the_page() -> None:
    at_work, case = seen_board()
    board = board_of(at_work.survey(open_only=True), limit=9).to_json()
    stage = next(each for each in json.loads(json.dumps(board["stages"])) if each["beneath"])
    row = stage["rows"][0]

    assert documented("board") - {"as_of", "rehearsal"} == set(board)
    assert within("board", "stages") | {"cases", "beneath", "late", "due_soon", "held"} == set(stage)
    assert within("board", "rows") == set(row)
    assert within("board", "next_due") == set(row["beneath"]["pressing"][0]["next_due"])
    assert {"cases", "late", "kinds", "pressing"} == set(row["beneath"])

    told = report_of(at_work.dossier(case)).to_json()
    shown = documented("show") - {"list"} | documented("list")
    assert (documented("report case") - {"show"}) | shown == set(told)
    assert within("report case", "stays") == set(json.loads(json.dumps(told["stays"]))[0])


def test_the_keys_of_a_question_are_those_of_the_page(answers: dict[str, Any]) -> None:
    assert documented("question") == set(answers["question"][0])


def test_the_keys_of_what_was_found_are_those_of_the_page(answers: dict[str, Any]) -> None:
    board = engine()
    board.open("review", by=UNIT)
    found = json.loads(json.dumps(board.find("review", "criteria").to_json()))
    case = found["unknown"]["cases"][0]

    assert documented("find") == set(found)
    assert within("find", "without") == set(found["unknown"])
    assert within("find", "cases") - {"list"} | documented("list") == set(case)
    assert set(case["open_questions"][0]) == set(answers["question"][0])


def test_the_keys_of_show_are_those_of_list_and_its_own(answers: dict[str, Any]) -> None:
    assert (documented("show") - {"list"}) | documented("list") == set(answers["show"])


def test_the_keys_of_why_are_those_of_the_case_and_of_each_event(answers: dict[str, Any]) -> None:
    why = answers["why"]

    assert documented("why") == set(why) | set(why["events"][0])


@pytest.fixture(scope="module")
def brought_in(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What bringing in a tracker answers, one of whose actions was there already."""
    file = tmp_path_factory.mktemp("tracker") / "tracker.csv"
    file.write_text("Note,Owner,Status,How\nAlpha,Police,cancelled,x\nBeta,School,begun,y\n")
    board = engine()
    review = board.open("review", {"harmed": True}, by=UNIT).reference
    board.open("action", {"note": "Beta", "owner": "school"}, by=UNIT, under=review)
    done = import_actions(board, file, by=UNIT, under=review, statuses={"cancelled": "dropped"})
    answer: dict[str, Any] = json.loads(json.dumps(done.to_json()))
    return answer


def test_the_keys_of_what_was_brought_in_are_those_of_the_page(
    answers: dict[str, Any], brought_in: dict[str, Any]
) -> None:
    assert documented("import actions") == set(brought_in)
    assert set(brought_in["cases"][0]) == set(answers["open"])
    for key in ("already", "columns", "left_out", "taken"):
        assert within("import actions", key) == set(brought_in[key][0])


def test_the_keys_of_what_was_exported_are_those_of_the_page() -> None:
    assert documented("export registers") == {"file", "cases", "cut"}


def test_the_keys_of_an_annual_report_are_those_of_the_page() -> None:
    board = engine()
    board.open("review", by=UNIT)
    today = london_date(board.clock.now())
    told = compile_annual(
        board.survey(histories=True), board.framework, Period(today, today, today)
    ).to_json()
    section = json.loads(json.dumps(told["sections"]))["reviews"]
    table = section["tables"]["by_type"]

    assert documented("report annual") - {"rehearsal"} == set(told)
    assert within("report annual", "sections") == set(section)
    assert within("report annual", "tables") == set(table)
    assert within("report annual", "rows") == {*table["rows"][0], "total"} - set(table["columns"])


def test_the_keys_of_what_a_change_means_are_those_of_the_page() -> None:
    changed = TEXTS_OF_REVIEW.replace("possible(concern)", "concern").replace("1 month", "2 months")
    board, other = engine(), framework_of(review=changed.replace("title: Review", "title: A review"))
    case = board.open("review", {"harmed": True, "told_on": "2017-01-09"}, by=UNIT)
    board.fire(case, "accept", by=CHAIR)
    (_, _, compared) = compare_frameworks(board.framework, other)

    told: Any = json.loads(json.dumps(comparison_json(compared)))
    tried: Any = json.loads(json.dumps(board.backtest(other.workflow("review")).to_json()))

    assert documented("diff") == {"same", "workflows"}
    assert within("diff", "workflows") == set(told)
    assert within("diff", "differences") == set(told["differences"][0])
    assert within("diff", "examples") == set(told["differences"][0]["examples"][0])
    assert within("diff", "words") == set(told["words"][0])
    assert documented("backtest") == set(tried)
    assert within("backtest", "flips") == set(tried["flips"][0])
    assert within("backtest", "moved") == set(tried["moved"][0])
    assert within("backtest", "untold") == {"case", "version", "n", "event", "why"}
