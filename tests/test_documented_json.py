"""docs/command-line.md names every key of every JSON document, and no other."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from support.small import CHAIR, OFFICER, REVIEWER, UNIT, engine

from loopengine.engine.why import decision_json

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "command-line.md").read_text("utf-8")


def documented(verb: str) -> set[str]:
    """The names in backquotes after *verb*'s colon, outside of brackets, in its item of the page."""
    item = re.search(rf"^- (?:\*{verb}\*|`{verb}`)[^:]*:(.*?)(?=^- |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert item, f"the page does not describe {verb}"
    said = re.split(r"\. The verdict is|\. `fixes` are", item[1])[0]
    while "(" in said:
        said = re.sub(r"\([^()]*\)", "", said)
    return set(re.findall(r"`([a-z_]+)`", said))


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


def test_the_keys_of_a_question_are_those_of_the_page(answers: dict[str, Any]) -> None:
    assert documented("question") == set(answers["question"][0])


def test_the_keys_of_show_are_those_of_list_and_its_own(answers: dict[str, Any]) -> None:
    assert (documented("show") - {"list"}) | documented("list") == set(answers["show"])


def test_the_keys_of_why_are_those_of_the_case_and_of_each_event(answers: dict[str, Any]) -> None:
    why = answers["why"]

    assert documented("why") == set(why) | set(why["events"][0])
