"""What goes to other bodies: reviews and learning points as they stand, and nobody's name."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from domain.board import MEETS_THE_CRITERIA, Board
from domain.road import evaluated_lesson, finish_action, opened, sent_and_used
from support.bodies import OURS, THEIRS, UNIT, board_of, framework_of, letter, point

from loopengine import Engine
from loopengine.clock import parse_instant
from loopengine.core.exchange import Body
from loopengine.core.files.loading import framework_from_texts
from loopengine.engine.letters import Learnt, Letter
from loopengine.errors import UnknownName, UsageError
from loopengine.exchange.learning import Wanted, learning_of
from loopengine.exchange.learning_form import learning_schema

VALID = jsonschema.Draft7Validator(learning_schema(), format_checker=jsonschema.FormatChecker())


def exported(engine: Engine, **wanted: Any) -> Any:
    """What is exported, through JSON and back; it fits the schema."""
    document = json.loads(json.dumps(learning_of(engine, Wanted(**wanted))))
    VALID.validate(document)
    return document


@pytest.fixture
def board() -> Board:
    return Board(framework_of())


def reviewed(board: Board) -> str:
    """A Serious Case Review that was published, with a lesson that was evaluated and one that was sent."""
    case = board.review(until="agree_learning", published_at="https://example.org/scr")
    evaluated_lesson(board, case)
    sent_and_used(board, case)
    return case


def test_a_review_goes_out_with_what_a_tracker_of_reviews_has(board: Board) -> None:
    case = reviewed(board)
    board.learn(case, published_at="https://example.org/scr")
    board.does(case, "add_recommendation", "add_recommendation")
    (mistaken,) = board.does(case, "add_recommendation").opened
    board.engine.withdraw(mistaken, by=UNIT, reason="twice")

    (review,) = exported(board.engine)["reviews"]

    assert review == {
        "reference": case,
        "type": {"name": "serious-case-review", "title": "Serious Case Review"},
        "status": "open",
        "stage": "learning_identified",
        "opened_on": "2017-01-09",
        "closed_on": None,
        "published_on": "2017-01-16",
        "title": None,
        "summary": None,
        "link": "https://example.org/scr",
        "converted_from": [],
        "converted_to": [],
        "themes": [{"name": "professional_curiosity", "title": "Professional curiosity"}],
        "recommendations": 2,
        "came_from": None,
    }


def test_a_learning_point_goes_out_with_how_far_it_has_come(board: Board) -> None:
    case = reviewed(board)

    document = exported(board.engine)

    assert document["body"] == {"id": OURS, "name": "South Tyneside Safeguarding Children Board"}
    learnt, sent = document["learning_points"]
    assert learnt == {
        "reference": "LP-2017-001",
        "review": case,
        "status": "open",
        "stage": "evaluated",
        "identified_on": "2017-01-16",
        "sent_on": "2017-01-16",
        "embedded_on": "2017-01-16",
        "evaluated_on": "2017-01-16",
        "theme": {"name": "professional_curiosity", "title": "Professional curiosity"},
        "lesson": "Ask who else lives in the house.",
        "good_practice": None,
        "evaluation": {"method": {"name": "case_audit", "title": "case audit"}, "found_in_practice": True},
        "came_from": None,
    }
    assert (sent["stage"], sent["evaluated_on"]) == ("embedded", None)


def test_nobody_is_named_and_nothing_else_that_was_written_goes_out(board: Board) -> None:
    case = reviewed(board)
    board.learn(case, agencies_involved="police", **MEETS_THE_CRITERIA)

    told = json.dumps(exported(board.engine))

    for word in ("Uma", "Whoever", "minuted", "file 12", "uncle", "Two years", "police", "known"):
        assert word not in told


def test_without_text_there_is_nothing_left_that_anybody_wrote(board: Board) -> None:
    case = reviewed(board)
    board.learn(case, published_at="https://example.org/scr")

    document = exported(board.engine, words=False)

    assert {each["lesson"] for each in document["learning_points"]} == {None}
    assert {document["reviews"][0][key] for key in ("title", "summary", "link")} == {None}
    assert len(document["learning_points"]) == 2


def test_what_has_not_gone_out_to_the_agencies_goes_to_nobody_unless_it_is_asked_for(board: Board) -> None:
    case = opened(board, "learning-point", lesson="Not sent.", theme="neglect")

    assert exported(board.engine)["learning_points"] == []
    (unsent,) = exported(board.engine, unsent=True)["learning_points"]
    assert (unsent["reference"], unsent["sent_on"], unsent["review"]) == (case, None, None)


def test_what_was_withdrawn_after_it_had_gone_out_says_so_and_before_that_says_nothing(board: Board) -> None:
    case = reviewed(board)
    board.does("LP-2017-002", "withdraw")
    (unsent,) = board.does(case, "add_learning_point").opened
    board.does(unsent, "withdraw")

    points = {each["reference"]: each["status"] for each in exported(board.engine)["learning_points"]}

    assert points == {"LP-2017-001": "open", "LP-2017-002": "withdrawn"}


def test_a_step_that_was_struck_out_has_not_happened(board: Board) -> None:
    case = reviewed(board)
    board.engine.correct("LP-2017-001", by=UNIT, reason="fired by mistake")

    learnt, _ = exported(board.engine)["learning_points"]

    assert (learnt["review"], learnt["stage"], learnt["evaluated_on"]) == (case, "embedded", None)


def test_a_report_without_the_boards_name_bears_no_day(board: Board) -> None:
    case = board.review(until="publish", planned_publication_on="2017-12-01")
    board.learn(case, planned_publication_on="2017-12-01")
    board.clock.advance(days=7)
    board.does(case, "consider_not_publishing")
    board.learn(case, panel_on_publication="publish_anonymously")
    board.does(case, "publish_anonymously")

    (review,) = exported(board.engine)["reviews"]

    assert (review["published_on"], review["link"]) == (None, None)


def test_a_review_that_gave_way_to_another_says_so_and_so_does_the_other(board: Board) -> None:
    lower = opened(board, "multi-agency-case-review")
    board.learn(lower, serious_case_criteria="met")
    (higher,) = board.does(lower, "refer_as_serious_case").opened
    alone = board.refer()

    reviews = {each["reference"]: each for each in exported(board.engine)["reviews"]}

    assert (reviews[lower]["converted_to"], reviews[lower]["converted_from"]) == ([higher], [])
    assert (reviews[higher]["converted_to"], reviews[higher]["converted_from"]) == ([], [lower])
    assert (reviews[alone]["converted_to"], reviews[alone]["converted_from"]) == ([], [])
    assert (reviews[lower]["status"], reviews[lower]["closed_on"]) == ("closed", "2017-01-09")


def test_a_review_that_a_new_issue_gave_rise_to_is_another_matter(board: Board) -> None:
    case = board.review(until="agree_learning")
    evaluated_lesson(board, case)
    (action,) = board.does(case, "add_action").opened
    finish_action(board, action)
    board.does(case, "agree_learning")
    board.learn(case, evaluation_method="case_audit", difference_made="Uncles are asked about.")
    (other,) = board.does(case, "new_issue").opened

    reviews = {each["reference"]: each for each in exported(board.engine)["reviews"]}

    assert reviews[other]["converted_from"] == []


def test_only_what_has_moved_on_those_days_goes_out_and_the_review_with_its_lesson(board: Board) -> None:
    case = reviewed(board)
    other = board.refer()
    board.clock.advance(days=60)
    (late,) = board.does(case, "add_learning_point").opened
    board.learn(
        late, lesson="Later.", theme="neglect", finding="x", recipients="police", embed_by="2018-01-31"
    )
    board.does(late, "disseminate")
    last = date(2017, 3, 17)

    def references(**wanted: Any) -> tuple[list[str], list[str]]:
        document = exported(board.engine, **wanted)
        reviews, points = document["reviews"], document["learning_points"]
        return [each["reference"] for each in reviews], [each["reference"] for each in points]

    assert references(since=last) == ([case], [late])
    assert references(until=date(2017, 3, 16)) == ([case, other], ["LP-2017-001", "LP-2017-002"])
    assert references(since=date(2017, 3, 18)) == ([], [])
    assert exported(board.engine, since=last)["period"] == {"from": "2017-03-17", "to": None}


def test_of_the_types_that_are_asked_for_alone(board: Board) -> None:
    reviewed(board)
    opened(board, "multi-agency-case-review")

    some = exported(board.engine, workflows=("multi-agency-case-review",))

    assert [each["type"]["name"] for each in some["reviews"]] == ["multi-agency-case-review"]
    assert some["learning_points"] == []
    assert len(exported(board.engine, workflows=("serious-case-review",))["learning_points"]) == 2
    with pytest.raises(UnknownName, match="did you mean 'serious-case-review'"):
        learning_of(board.engine, Wanted(workflows=("serious-case-reviews",)))


def test_the_death_of_a_child_and_an_individual_review_go_to_nobody(board: Board) -> None:
    opened(board, "child-death-review")
    opened(board, "individual-management-review")

    assert exported(board.engine)["reviews"] == []


def test_what_was_taken_over_from_another_body_says_so_when_it_goes_out_again() -> None:
    engine = board_of()
    learnt = Learnt(
        Body(THEIRS, "Riverside"), "LP-2017-003", {"message": "Theirs.", "publication": "A report"}
    )
    engine.learn_from(Letter((learnt,), parse_instant("2017-04-03T09:00Z")), by=UNIT)

    (review,) = exported(engine)["reviews"]

    assert review["came_from"] == {
        "body": THEIRS,
        "reference": "LP-2017-003",
        "exchanged_on": "2017-04-10",
    }
    assert (review["title"], review["summary"]) == ("A report", "Theirs.")


def test_a_framework_that_exchanges_nothing_says_so() -> None:
    bare = "framework: bare\nversion: 1\ntitle: Bare\n"
    engine = Engine("sqlite://", framework=framework_from_texts({"framework.yaml": bare}))

    with pytest.raises(UsageError, match="does not say what is exchanged with other bodies"):
        learning_of(engine)


def test_the_file_that_the_page_shows_fits_the_schema_and_so_do_our_own() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "exchange.md").read_text("utf-8")
    shown = json.loads(page.partition("```json\n")[2].partition("```")[0])

    VALID.validate(shown)
    VALID.validate(letter(point()))
    assert exported(board_of(), since=None)["reviews"] == []


def test_a_case_of_before_there_was_an_exchange_goes_out_like_the_others(tmp_path: Path) -> None:
    """The present framework says what goes out, also of cases that began under one that did not."""
    url, texts = f"sqlite:///{tmp_path / 'board.db'}", dict(framework_of().texts)
    own = texts["framework.yaml"]
    texts["framework.yaml"] = own[: own.index("exchange:\n")] + own[own.index("\nloops:") :]
    before = Engine(url, framework=framework_from_texts(texts))
    before.open("multi-agency-case-audit", by=UNIT)
    before.close()
    texts["framework.yaml"] = own.replace("version: 1\n", "version: 2\n", 1)

    after = Engine(url, framework=framework_from_texts(texts))

    assert len(exported(after)["reviews"]) == 1
    after.close()
