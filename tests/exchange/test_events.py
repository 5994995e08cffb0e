"""The histories as an object-centric event log: read back by a process-mining library, and counted."""

from __future__ import annotations

import io
import json
import sqlite3
import tracemalloc
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from domain.board import Board
from domain.road import evaluated_lesson, opened
from support.bodies import UNIT, framework_of
from support.small import UNIT as SMALL_UNIT
from support.small import engine

from loopengine import Engine
from loopengine.errors import BrokenHistory
from loopengine.exchange.events import AGENCY, ROLE, Written, write_events

# What the standard asks of a log in JSON (OCEL 2.0, chapter on the JSON format).
TYPES = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["name", "attributes"],
        "properties": {
            "name": {"type": "string"},
            "attributes": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["name", "type"],
                    "properties": {
                        "name": {"type": "string"},
                        "type": {"enum": ["string", "time", "integer", "float", "boolean"]},
                    },
                },
            },
        },
    },
}
RELATED = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["objectId", "qualifier"],
        "properties": {"objectId": {"type": "string"}, "qualifier": {"type": "string"}},
    },
}
TIME = {"type": "string", "format": "date-time", "pattern": "^....-..-..T..:..:..([.]......)?Z$"}
OCEL = {
    "type": "object",
    "required": ["objectTypes", "eventTypes", "objects", "events"],
    "properties": {
        "objectTypes": TYPES,
        "eventTypes": TYPES,
        "objects": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "type"],
                "properties": {
                    "id": {"type": "string"},
                    "type": {"type": "string"},
                    "attributes": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["name", "value", "time"],
                            "properties": {"name": {"type": "string"}, "time": TIME},
                        },
                    },
                    "relationships": RELATED,
                },
            },
        },
        "events": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "type", "time"],
                "properties": {
                    "id": {"type": "string"},
                    "type": {"type": "string"},
                    "time": TIME,
                    "attributes": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["name", "value"],
                            "properties": {"name": {"type": "string"}},
                        },
                    },
                    "relationships": RELATED,
                },
            },
        },
    },
}
SORTS: dict[str, type] = {"string": str, "time": str, "integer": int, "boolean": bool}


@pytest.fixture(scope="module")
def board() -> Board:
    """A board with a review that was published, a lesson, a step struck out, and one case opened in error."""
    board = Board(framework_of())
    case = board.review(until="agree_learning")
    evaluated_lesson(board, case)
    board.engine.correct("LP-2017-001", by=UNIT, reason="fired by mistake")
    board.does(case, "add_action")
    lower = opened(board, "multi-agency-case-review")
    board.learn(lower, serious_case_criteria="met")
    board.does(lower, "refer_as_serious_case")
    mistaken = opened(board, "challenge")
    board.engine.withdraw(mistaken, by=UNIT, reason="opened twice")
    board.clock.advance(days=30)
    board.engine.sweep()
    return board


def written(engine: Engine) -> tuple[Any, Written]:
    """The log of *engine*, and what is said of it."""
    file = io.BytesIO()
    told = write_events(engine, file)
    return json.loads(file.getvalue()), told


def test_the_log_is_one_as_the_standard_has_it(board: Board) -> None:
    log, _ = written(board.engine)

    jsonschema.Draft7Validator(OCEL).validate(log)
    for sort, types in (("objects", "objectTypes"), ("events", "eventTypes")):
        declared = {
            each["name"]: {name["name"]: name["type"] for name in each["attributes"]} for each in log[types]
        }
        assert {each["type"] for each in log[sort]} == set(declared)
        for each in log[sort]:
            for attribute in each["attributes"]:
                value, type_ = attribute["value"], declared[each["type"]][attribute["name"]]
                assert type(value) is SORTS[type_], (each["id"], attribute)


def test_every_id_is_there_once_and_every_relation_leads_to_one(board: Board) -> None:
    log, told = written(board.engine)

    ids = [each["id"] for each in log["objects"]]
    assert len(set(ids)) == len(ids)
    assert len({each["id"] for each in log["events"]}) == len(log["events"])
    related = [each for sort in ("objects", "events") for one in log[sort] for each in one["relationships"]]
    assert {each["objectId"] for each in related} <= set(ids)
    assert told == Written(len(ids), len(log["events"]), len(related))


def test_a_library_reads_back_what_is_in_the_histories(board: Board, tmp_path: Path) -> None:
    # AGPL: it reads what we write here, and nowhere else.
    pm4py = pytest.importorskip("pm4py", reason="needs pm4py")
    log, _ = written(board.engine)
    file = tmp_path / "log.json"
    file.write_text(json.dumps(log), "utf-8")

    read = pm4py.read_ocel2_json(str(file))

    cases = board.engine.cases()
    history = [(case, line) for case in cases for line in board.engine.history(case)]
    # Objects, type by type.
    types = Counter(read.objects["ocel:type"])
    assert {name: n for name, n in types.items() if name not in (AGENCY, ROLE)} == Counter(
        case.workflow for case in cases
    )
    roles = {role for _, line in history for role in line.entry.body["by"]["roles"]}  # type: ignore[index,call-overload,union-attr]
    assert types[ROLE] == len(roles)
    # Events, type by type, each at its instant.
    assert Counter(name.partition(" ")[0] for name in read.events["ocel:activity"]) == Counter(
        line.entry.kind for _, line in history
    )
    assert Counter(read.events["ocel:timestamp"].map(lambda time: time.to_pydatetime())) == Counter(
        line.entry.recorded_at for _, line in history
    )
    # Relations of events: to its case each, and to the parent if there is one.
    qualified = Counter(read.relations["ocel:qualifier"])
    assert qualified["case"] == len(history)
    assert qualified["sub_case_of"] == sum(case.parent is not None for case, _ in history)
    assert qualified["opened"] == sum(len(line.entry.body.get("opened") or ()) for _, line in history)  # type: ignore[arg-type]
    # Relations of objects.
    between = Counter(read.o2o["ocel:qualifier"])
    assert between["sub_case_of"] == sum(case.parent is not None for case in cases)
    assert between["arises_from"] == 1
    assert between["agencies_involved"] == 2
    # The state in which each case began, and those to which it has come since.
    state = dict(zip(read.objects["ocel:oid"], read.objects["state"], strict=True))
    for change in read.object_changes.sort_values("ocel:timestamp").itertuples():
        if change.state == change.state:  # it is not that of another attribute
            state[change[1]] = change.state
    assert {case.reference: state[case.reference] for case in cases} == {
        case.reference: case.state for case in cases
    }
    assert len(pm4py.discover_ocdfg(read)["activities"]) == len(set(read.events["ocel:activity"]))


def test_what_was_struck_out_is_an_event_and_no_state_any_more(board: Board) -> None:
    log, _ = written(board.engine)
    events = {each["id"]: each for each in log["events"]}
    (struck,) = (
        each
        for each in events.values()
        if each["id"].startswith("LP-") and {"name": "struck_out", "value": True} in each["attributes"]
    )
    (point,) = (each for each in log["objects"] if each["id"] == "LP-2017-001")

    assert struck["type"] == "moved learnt"
    states = [each["value"] for each in point["attributes"] if each["name"] == "state"]
    assert "evaluated" not in states
    assert states[-1] == "embedded"


def test_nobody_is_named_and_no_free_text_is_told(board: Board) -> None:
    told = json.dumps(written(board.engine)[0])

    for word in ("Uma", "Whoever", "minuted", "file 12", "uncle", "Two years", "Ask who else", "mistake"):
        assert word not in told


def test_what_hangs_in_the_air_is_found(tmp_path: Path) -> None:
    board = engine(tmp_path / "board.db")
    first, second = (board.open("review", by=SMALL_UNIT) for _ in range(2))
    board.link(first, second, "arises_from", by=SMALL_UNIT, reason="the same family")
    board.close()
    with sqlite3.connect(tmp_path / "board.db") as behind:  # which looks after no references
        behind.execute("delete from loop_link")
        behind.execute("delete from loop_case where reference = ?", [str(second)])
    behind.close()
    board = engine(tmp_path / "board.db")

    with pytest.raises(BrokenHistory, match=f"a history names {second}, and there is no such case"):
        write_events(board, io.BytesIO())
    board.close()


def test_an_empty_database_is_an_empty_log() -> None:
    log, told = written(engine())

    assert log == {"objects": [], "events": [], "objectTypes": [], "eventTypes": []}
    assert told == Written(0, 0, 0)


class _Nowhere(io.RawIOBase):
    """A file that keeps nothing."""

    def write(self, content: Any) -> int:
        return len(content)


def test_memory_does_not_grow_with_the_cases() -> None:
    board = engine()
    peaks: list[int] = []
    for cases in (300, 900):
        for _ in range(cases):
            board.open("review", {"note": "x" * 2_000}, by=SMALL_UNIT)
        tracemalloc.start()
        write_events(board, _Nowhere())  # type: ignore[arg-type]
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    fewer, more = peaks
    # Four times the cases; what is kept of each is its reference.
    assert more < 1.5 * fewer
