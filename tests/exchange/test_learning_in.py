"""What another body has learnt comes in: once, whole or not at all, and the case says where it came from."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session
from support.bodies import (
    LESSON,
    NAMES,
    OURS,
    THEIRS,
    THIRD,
    UNIT,
    board_of,
    framework_of,
    letter,
    point,
    review,
)

from loopengine import Actor, Engine
from loopengine.clock import FrozenClock
from loopengine.core.exchange import Body
from loopengine.core.files.loading import framework_from_texts
from loopengine.engine.letters import LearningRefused, Learnt, Letter, TakenIn
from loopengine.errors import LoopEngineError, RefusedError, UsageError
from loopengine.exchange import learning_files
from loopengine.exchange.learning_files import read_letter

FROM = f"{NAMES[THEIRS]} LP-2017-003, exchanged on 2017-04-10"


@pytest.fixture
def board() -> Engine:
    return board_of()


@pytest.fixture
def post(board: Engine, tmp_path: Path) -> Any:
    """A file comes to the board, and is imported."""

    def posted(document: object, *, by: Actor = UNIT, dry_run: bool = False) -> tuple[TakenIn, ...]:
        file = tmp_path / "letter.json"
        file.write_text(json.dumps(document), "utf-8")
        exchange = board.framework.exchange
        assert exchange is not None
        return board.learn_from(read_letter(file, exchange.body), by=by, dry_run=dry_run)

    return posted


def outcomes(taken: tuple[TakenIn, ...]) -> list[str]:
    return [each.outcome for each in taken]


def written(board: Engine) -> int:
    """How many rows have ever been written."""
    with board.database.reading() as connection:
        return int(connection.execute(text("select total_changes()")).scalar_one())


def test_a_learning_point_opens_a_case_that_says_where_it_came_from(board: Engine, post: Any) -> None:
    (taken,) = post(letter(point(review="SCR-2016-002"), reviews=(review(published_on="2017-01-16"),)))

    assert taken == TakenIn(THEIRS, "LP-2017-003", "opened", "NAT-2017-001")
    file = board.case("NAT-2017-001")
    assert file.case.workflow == "national-learning"
    assert file.facts == {
        "publication": f"{NAMES[THEIRS]}: Serious Case Review SCR-2016-002 (2017), "
        "learning point LP-2017-003",
        "published_on": date(2017, 1, 16),
        "kind_of_source": "review_of_another_board",
        "message": LESSON,
    }
    assert {answer.evidence for answer in file.answers.values()} == {FROM}
    (line,) = board.history("NAT-2017-001")
    assert line.to_json()["evidence"] == FROM
    assert line.to_json()["came_from"] == {"body": THEIRS, "reference": "LP-2017-003"}
    assert board.audit().ok


def test_a_review_without_learning_points_comes_in_if_it_says_something(board: Engine, post: Any) -> None:
    told = review("SCR-2016-002", title="The report on Child B", summary="Nobody asked the school.")
    silent, with_a_point = review("SCR-2016-003"), review("SCR-2016-004", summary="Said again below.")

    taken = post(letter(point(review="SCR-2016-004"), reviews=(told, silent, with_a_point)))

    assert [each.reference for each in taken] == ["LP-2017-003", "SCR-2016-002"]
    facts = board.case("NAT-2017-002").facts
    assert (facts["publication"], facts["message"]) == ("The report on Child B", "Nobody asked the school.")


def test_the_same_again_changes_nothing_whoever_brings_it(board: Engine, post: Any) -> None:
    post(letter(point()))
    before = written(board)

    again = post(
        letter(point(), made_at="2017-04-05T09:00:00Z"), by=Actor("Ann", ["learning_and_improvement"])
    )

    assert [(each.outcome, each.case) for each in again] == [("unchanged", "NAT-2017-001")]
    assert written(board) == before


def test_what_is_said_otherwise_now_is_a_change_of_the_facts_with_the_new_day(
    board: Engine, post: Any
) -> None:
    post(letter(point(), reviews=(review(),)))
    clock = board.clock
    assert isinstance(clock, FrozenClock)
    clock.advance(days=30)

    changed = letter(point(lesson="It is written down at once."), made_at="2017-05-02T09:00:00Z")

    assert [(each.outcome, each.facts) for each in post(changed)] == [("changed", ("message",))]
    answer = board.case("NAT-2017-001").answers["message"]
    assert (answer.value, answer.evidence) == (
        "It is written down at once.",
        f"{NAMES[THEIRS]} LP-2017-003, exchanged on 2017-05-10",
    )
    assert [line.entry.kind for line in board.history("NAT-2017-001") if line.to_json()["facts"]] == [
        "opened",
        "recorded",
    ]
    assert outcomes(post(changed)) == ["unchanged"]


def test_there_and_back_again_is_two_changes(board: Engine, post: Any) -> None:
    other = point(lesson="Otherwise.")
    said = [outcomes(post(letter(each))) for each in (point(), other, point(), other, other)]

    assert said == [["opened"], ["changed"], ["changed"], ["changed"], ["unchanged"]]
    assert board.case("NAT-2017-001").facts["message"] == "Otherwise."


def test_what_is_not_said_any_more_is_not_known_any_more(board: Engine, post: Any) -> None:
    post(letter(point(review="SCR-2016-002"), reviews=(review(published_on="2017-01-16"),)))

    taken = post(letter(point(review="SCR-2016-002"), reviews=(review(),)))

    assert taken[0].facts == ("publication", "published_on")
    assert board.case("NAT-2017-001").answers["published_on"].value is None


def test_an_answer_that_people_have_given_since_stays(board: Engine, post: Any) -> None:
    post(letter(point()))
    board.record("NAT-2017-001", {"message": "In our words."}, by=UNIT)

    assert outcomes(post(letter(point(), reviews=(review(),)))) == ["unchanged"]
    assert board.case("NAT-2017-001").facts["message"] == "In our words."


def test_a_case_that_has_ended_stays_as_it_is(board: Engine, post: Any) -> None:
    post(letter(point()))
    board.withdraw("NAT-2017-001", by=UNIT, reason="not for us")
    before = written(board)

    for _ in range(2):
        (taken,) = post(letter(point(lesson="Otherwise.")))
        assert (taken.outcome, taken.case, taken.facts) == ("changed_too_late", "NAT-2017-001", ("message",))
    assert written(board) == before


def test_what_was_made_earlier_does_not_undo_what_was_made_later(board: Engine, post: Any) -> None:
    post(letter(point(lesson="Later."), made_at="2017-04-04T09:00:00Z"))

    assert outcomes(post(letter(point(lesson="Earlier."), made_at="2017-04-03T09:00:00Z"))) == ["older"]
    assert board.case("NAT-2017-001").facts["message"] == "Later."


def test_a_clock_that_was_fast_there_does_not_shut_out_what_comes_later(board: Engine, post: Any) -> None:
    post(letter(point(), made_at="2199-01-01T00:00:00Z"))
    clock = board.clock
    assert isinstance(clock, FrozenClock)
    clock.advance(days=1)

    assert outcomes(post(letter(point(lesson="Otherwise."), made_at="2017-04-11T09:00:00Z"))) == ["changed"]


def passed_on(**said: object) -> dict[str, Any]:
    """The same lesson, as a third body has taken it over."""
    origin = {"body": THEIRS, "reference": "LP-2017-003", "exchanged_on": "2017-04-05"}
    return review("NAT-2017-009", summary="In the words of a third.", came_from=origin, **said)


def by_way_of_a_third(**said: object) -> Any:
    return letter(reviews=(passed_on(**said),), body={"id": THIRD, "name": NAMES[THIRD]})


def test_what_is_passed_on_is_the_same_as_what_comes_from_its_own_body(board: Engine, post: Any) -> None:
    post(letter(point()))

    assert [(each.reference, each.outcome) for each in post(by_way_of_a_third())] == [
        ("LP-2017-003", "known")
    ]
    assert len(board.cases()) == 1


def test_what_came_by_way_of_another_is_put_in_the_words_of_its_own_body(board: Engine, post: Any) -> None:
    assert outcomes(post(by_way_of_a_third())) == ["opened"]
    evidence = board.case("NAT-2017-001").answers["message"].evidence
    assert evidence == f"{THEIRS} LP-2017-003, by way of {NAMES[THIRD]} NAT-2017-009, exchanged on 2017-04-10"

    assert outcomes(post(letter(point(), made_at="2017-01-01T09:00:00Z"))) == ["changed"]
    assert board.case("NAT-2017-001").facts["message"] == LESSON
    assert outcomes(post(by_way_of_a_third())) == ["known"]


def test_what_was_ours_in_the_first_place_is_left_alone(board: Engine, post: Any) -> None:
    origin = {"body": OURS, "reference": "LP-2017-001"}

    taken = post(letter(reviews=(review("NAT-2017-002", summary="Ours.", came_from=origin),)))

    assert [(each.body, each.reference, each.outcome) for each in taken] == [(OURS, "LP-2017-001", "own")]
    assert board.cases() == ()


@pytest.mark.parametrize("lesson", [None, "", " \n", "unknown"])
def test_a_lesson_without_words_opens_nothing(board: Engine, post: Any, lesson: str | None) -> None:
    assert outcomes(post(letter(point(lesson=lesson)))) == ["says_nothing"]
    assert board.cases() == ()


def test_what_was_withdrawn_opens_nothing_and_is_said_of_what_it_opened(board: Engine, post: Any) -> None:
    post(letter(point()))

    taken = post(letter(point(status="withdrawn"), point("LP-2017-004", status="withdrawn")))

    assert [(each.outcome, each.case) for each in taken] == [
        ("withdrawn", "NAT-2017-001"),
        ("withdrawn", None),
    ]
    assert len(board.cases()) == 1


def test_a_dry_run_says_what_would_be_done_and_does_nothing(board: Engine, post: Any) -> None:
    before = written(board)

    tried = post(letter(point(), point("LP-2017-004")), dry_run=True)

    assert [each.case for each in tried] == ["NAT-2017-001", "NAT-2017-002"]
    assert board.cases() == ()
    assert tried == post(letter(point(), point("LP-2017-004")))
    assert written(board) > before


def test_two_lessons_of_one_review_are_two_cases(board: Engine, post: Any) -> None:
    taken = post(letter(point(review="SCR-2016-002"), point("LP-2017-004", review="SCR-2016-002")))

    assert [each.case for each in taken] == ["NAT-2017-001", "NAT-2017-002"]


def test_what_came_in_stands_where_it_can_be_erased_and_nowhere_else(board: Engine, post: Any) -> None:
    post(letter(point(), reviews=(review(),)))

    with board.database.reading() as connection:
        tables = connection.execute(text("select name from sqlite_master where type = 'table'")).scalars()
        held = {
            name for name in tables if LESSON in repr(connection.execute(text(f"select * from {name}")).all())
        }
    assert held == {"loop_words"}


# --- what does not fit --------------------------------------------------------------------------------------


def problems(error: LearningRefused) -> list[str]:
    return [str(each).partition(": ")[2] for each in error.problems]


LP, R = "/learning_points/0", "/reviews/0"


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (
            letter(point(status="done")),
            [f"{LP}/status: this is 'done'; there is: closed, open, withdrawn"],
        ),
        (
            letter({"reference": "LP 1", "status": "open", "lessons": "x"}),
            [
                f"{LP}: `lesson` is missing; what is to be learnt, in words",
                f"{LP}/reference: this is 'LP 1'; what it is called there, such as LP-2017-001: letters, "
                "digits, and . _ / - between them",
                f"{LP}: nothing is called 'lessons' here; did you mean 'lesson'?",
            ],
        ),
        (
            letter(point(), point()),
            ["/learning_points/1/reference: 'LP-2017-003' is there already, at "
             "/learning_points/0/reference; keep one"],
        ),
        (
            letter(reviews=(passed_on(), {**passed_on(), "reference": "NAT-2017-010"})),
            ["/reviews/1/came_from: 'LP-2017-003' is there already, at /reviews/0/came_from; keep one"],
        ),
        (letter(point(lesson=17)), [f"{LP}/lesson: this is 17; it takes a text or null"]),
        (
            letter(point(lesson="x" * 20_001)),
            [f"{LP}/lesson: this text has 20001 characters; it has at most 20000"],
        ),
        (
            letter(point(lesson="\ud83d")),
            [f"{LP}/lesson: this text has half a character, or a null, in it; no database could keep it"],
        ),
        (
            letter(reviews=(review(published_on="2017-02-30"),)),
            [f"{R}/published_on: there is no '2017-02-30'; a day is written as 2017-01-31"],
        ),
        (
            letter(reviews=(review(opened_on="31/01/2017"),)),
            [f"{R}/opened_on: this is '31/01/2017'; a day is written as 2017-01-31"],
        ),
        (
            letter(reviews=(review(recommendations=-1),)),
            [f"{R}/recommendations: this is -1; it is at least 0"],
        ),
        (
            letter(point(), body={"id": "B", "name": ""}),
            ["/body/id: this is 'B'; the name under which its learning is known for good: a-z, 0-9 and -",
             "/body/name: this text is empty; say something"],
        ),
        (
            letter(point(), made_at="yesterday"),
            ["/made_at: this is 'yesterday'; an instant is written as 2017-01-31T09:00:00Z"],
        ),
        (letter(point(), version=True), ["/version: this is true; it takes a whole number"]),
        (letter(point(), version=0), ["/version: this is 0; it takes 1"]),
        (letter("LP-1"), [f"{LP}: this is 'LP-1'; it takes keys and values"]),
        (letter(point(theme={"name": "neglect"})), [f"{LP}/theme: `title` is missing; its title"]),
        (
            letter(point(good_practice="yes")),
            [f"{LP}/good_practice: this is 'yes'; it takes true or false or null"],
        ),
    ],
)  # fmt: skip
def test_what_does_not_fit_the_form_is_said_with_its_place_and_nothing_is_written(
    board: Engine, post: Any, document: Any, said: list[str]
) -> None:
    with pytest.raises(LearningRefused) as raised:
        post(document)

    assert problems(raised.value) == said
    assert board.cases() == ()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04\xff\xfe", "is not a text in UTF-8"),
        (b"", "is not JSON: expecting value, line 1, column 1"),
        (b'{"format": "loopengine-learning"', "is not JSON"),
        (b"reference,lesson\nLP-1,x\n", "is not JSON"),
        (b'{"format": "loopengine-learning", "x": NaN}', "is not JSON that anybody would write"),
        (b"[" * 100_000, "is not JSON that anybody would write"),
        (b"1" * 5_000, "is not JSON that anybody would write"),
        (b'{"format": 1, "format": 2}', "the key 'format' stands twice in one place"),
        (b"[]", "is JSON, but has no `format`"),
        (b'{"cases": []}', "is JSON, but has no `format`"),
        (b'{"format": "other"}', "has the `format` 'other'"),
        (b'{"format": "loopengine-learning", "version": 2}', "is of version 2 of the format"),
    ],
)  # fmt: skip
def test_what_is_no_file_of_learning_is_a_mistake(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "letter.json"
    file.write_bytes(content)

    with pytest.raises(UsageError) as raised:
        read_letter(file, _own())

    assert said in raised.value.message


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning_files, "MOST_BYTES", 2_000_000)
    file = tmp_path / "letter.json"
    file.write_bytes(b" " * 2_000_001)

    with pytest.raises(UsageError, match="more than 2 million bytes"):
        read_letter(file, _own())


def test_a_file_that_is_not_there_or_is_a_folder_is_a_mistake(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing.json", tmp_path):
        with pytest.raises(UsageError):
            read_letter(path, _own())


def test_our_own_file_is_refused_by_name(post: Any) -> None:
    with pytest.raises(RefusedError, match=r"is what this board, south-tyneside-scb, has exported itself"):
        post(letter(point(), body={"id": OURS, "name": "Anything"}))


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "letter.json"
    file.write_text(json.dumps(letter(point())), "utf-8-sig")

    assert len(read_letter(file, _own()).items) == 1


def test_no_more_is_said_than_anybody_reads(post: Any) -> None:
    with pytest.raises(LearningRefused) as raised:
        post(letter(*({"a": 1} for _ in range(1000))))

    assert len(raised.value.problems) == 100


def test_an_answer_that_the_workflow_does_not_take_is_told_with_its_place(tmp_path: Path) -> None:
    texts = dict(framework_of().texts)
    asked = "    ask: What does it say that could matter here, in two sentences?\n    type: text\n"
    assert asked in texts["national-learning.yaml"]
    texts["national-learning.yaml"] = texts["national-learning.yaml"].replace(
        asked, f"{asked}    by: executive\n"
    )
    board = Engine("sqlite://", framework=framework_from_texts(texts), clock=FrozenClock("2017-04-10T09:00Z"))
    file = tmp_path / "letter.json"
    file.write_text(json.dumps(letter(point(), point("LP-2017-004"))), "utf-8")

    with pytest.raises(LearningRefused) as raised:
        board.learn_from(read_letter(file, _own()), by=UNIT)

    assert [each.pointer for each in raised.value.problems] == [
        "/learning_points/0/lesson",
        "/learning_points/1/lesson",
    ]
    assert "message is for executive to answer" in problems(raised.value)[0]
    assert board.cases() == ()


def test_a_framework_that_opens_nothing_for_others_says_so(tmp_path: Path) -> None:
    bare = "framework: bare\nversion: 1\ntitle: Bare\n"
    board = Engine("sqlite://", framework=framework_from_texts({"framework.yaml": bare}))
    file = tmp_path / "letter.json"
    file.write_text(json.dumps(letter(point())), "utf-8")

    with pytest.raises(UsageError, match="does not say what is opened for the learning of other bodies"):
        board.learn_from(read_letter(file, _own()), by=UNIT)


def test_an_actor_without_a_name_takes_nothing_in(post: Any) -> None:
    with pytest.raises(LoopEngineError):
        post(letter(point()), by=None)


def _own() -> Any:
    exchange = framework_of().exchange
    assert exchange is not None
    return exchange.body


def test_in_a_transaction_of_the_host_it_stays_or_goes_with_that(board: Engine, tmp_path: Path) -> None:
    learnt = Letter((Learnt(Body(THEIRS, NAMES[THEIRS]), "LP-1", {"message": "Theirs."}),), board.clock.now())
    with Session(board.database._engine) as session:
        board.learn_from(learnt, by=UNIT, session=session)
        session.rollback()
    assert board.cases() == ()

    with Session(board.database._engine) as session:
        board.learn_from(learnt, by=UNIT, session=session)
        session.commit()
    assert [each.reference for each in board.cases()] == ["NAT-2017-001"]
