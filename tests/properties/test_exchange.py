"""What one board sends, another has: in the same words, once, and with where it came from."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import jsonschema
from hypothesis import example, given, settings
from hypothesis import strategies as some
from sqlalchemy import text
from support.bodies import OURS, THEIRS, THIRD, UNIT, board_of, letter, point, review

from loopengine import Engine
from loopengine.core.values import UNKNOWN_WORD
from loopengine.engine.letters import TakenIn
from loopengine.errors import LoopEngineError
from loopengine.exchange.learning import Wanted, learning_of
from loopengine.exchange.learning_files import read_letter
from loopengine.exchange.learning_form import learning_schema

VALID = jsonschema.Draft7Validator(learning_schema(), format_checker=jsonschema.FormatChecker())
HOSTILE = (
    '=HYPERLINK("https://example.org")',
    "<script>alert('x')</script> & </style>",
    "\U0001f469\u200d\U0001f467 a family",
    "\u202e\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "x" * 10_000,
    "line\r\nline\ttab\u2028\u0000".replace("\0", ""),
    "{{ 7 * 7 }} %s ${x} '; drop table loop_case; --",
    "\ufeff\u0007",
)
LESSONS = some.one_of(
    some.sampled_from(HOSTILE),
    some.text(some.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1),
).filter(lambda lesson: bool(lesson.strip()) and lesson != UNKNOWN_WORD)


def sent(source: Engine, to: Engine) -> tuple[TakenIn, ...]:
    """What comes of it when *to* imports all that *source* exports, by a file."""
    document = learning_of(source, Wanted(unsent=True))
    VALID.validate(document)
    exchange = to.framework.exchange
    assert exchange is not None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "letter.json"
        file.write_bytes(json.dumps(document, ensure_ascii=False).encode())
        return to.learn_from(read_letter(file, exchange.body), by=UNIT)


def written(board: Engine) -> int:
    with board.database.reading() as connection:
        return int(connection.execute(text("select total_changes()")).scalar_one())


def messages(board: Engine) -> list[Any]:
    return [board.case(each).facts["message"] for each in board.cases(workflow="national-learning")]


@settings(max_examples=40)
@given(some.lists(LESSONS, min_size=1, max_size=4))
@example([*HOSTILE])
def test_what_was_sent_is_there_in_the_same_words_and_once(lessons: list[str]) -> None:
    ours, theirs, third = board_of(), board_of(THEIRS), board_of(THIRD)
    for lesson in lessons:
        ours.open("learning-point", {"lesson": lesson, "theme": "neglect"}, by=UNIT)

    taken = sent(ours, theirs)

    assert [(each.body, each.outcome) for each in taken] == [(OURS, "opened")] * len(lessons)
    assert messages(theirs) == lessons
    before = written(theirs)
    assert {each.outcome for each in sent(ours, theirs)} == {"unchanged"}
    assert written(theirs) == before
    # It goes round, says where it came from, and comes home to nobody's surprise.
    assert {(each.body, each.outcome) for each in sent(theirs, third)} == {(OURS, "opened")}
    assert messages(third) == lessons
    assert {each.outcome for each in sent(theirs, ours)} == {"own"}
    assert {each.outcome for each in sent(ours, third)} == {"unchanged"}
    assert {each.outcome for each in sent(theirs, third)} == {"unchanged"}
    reviews = learning_of(third)["reviews"]
    assert isinstance(reviews, list)
    assert [each["came_from"]["reference"] for each in reviews] == [each.reference for each in taken]
    for board in (ours, theirs, third):
        assert board.audit().ok


@settings(max_examples=20)
@given(LESSONS, LESSONS)
def test_what_is_put_otherwise_arrives_as_a_change(lesson: str, other: str) -> None:
    ours, theirs = board_of(), board_of(THEIRS)
    case = ours.open("learning-point", {"lesson": lesson}, by=UNIT)
    sent(ours, theirs)
    ours.record(case, {"lesson": other}, by=UNIT)

    (taken,) = sent(ours, theirs)

    assert taken.outcome == ("unchanged" if lesson == other else "changed")
    assert messages(theirs) == [other]


RIGHT = letter(point(review="SCR-2016-002"), reviews=(review(summary="Said.", published_on="2017-01-16"),))
SCALARS = some.one_of(
    some.none(),
    some.booleans(),
    some.integers(),
    some.floats(allow_nan=False),
    some.text(max_size=8),
    some.sampled_from(["0001-01-01", "9999-12-31T23:59:59-23:59", "2017-02-30", "LP-1", "open", "=1"]),
)
JSON = some.recursive(
    SCALARS, lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=4), inner)
)


def spoilt(value: Any, at: list[int], by: Any) -> Any:
    """*value*, in which what is *at* a place, counted level by level, is replaced *by* something else."""
    if not at or not isinstance(value, dict | list) or not value:
        return by
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    chosen = keys[at[0] % len(keys)]
    if isinstance(value, dict):
        return {**value, chosen: spoilt(value[chosen], at[1:], by)}
    return [spoilt(each, at[1:], by) if n == chosen else each for n, each in enumerate(value)]


@given(some.lists(some.integers(0, 20), max_size=5), JSON)
def test_whatever_comes_is_taken_whole_or_refused_in_words(at: list[int], by: Any) -> None:
    board = board_of()
    exchange = board.framework.exchange
    assert exchange is not None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "letter.json"
        file.write_text(json.dumps(spoilt(RIGHT, at, by)), "utf-8")
        try:
            taken = board.learn_from(read_letter(file, exchange.body), by=UNIT)
        except LoopEngineError:
            taken = ()

    assert len(board.cases()) == sum(each.outcome == "opened" for each in taken)
    assert board.audit().ok
