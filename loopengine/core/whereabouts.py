"""Where a case stands after an entry that takes it elsewhere: opened, moved, withdrawn, merged, or put back.

Gives what is different in a record. Knows entries by their bodies alone, and nothing of chains or clocks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from loopengine.core.definitions import OPENED, Workflow
from loopengine.core.records import ADOPTED, Answered, Happening, Record, reached_after
from loopengine.core.values import Json


def moved(workflow: Workflow, record: Record, body: Mapping[str, Json], on: date, n: int) -> dict[str, Any]:
    """What is different in a case that was opened, or brought to another state, or to the same again."""
    to = str(body["to"])
    event, happening = str(body.get("event") or OPENED), Happening(on, n)
    return {
        **_standing_in(workflow, to),
        "moved_on": _entered_on(record, body, on),
        "path": reached_after(workflow, record.path, to),
        "happened": {**record.happened, event: (*record.happened.get(event, ()), happening)},
    }


def _entered_on(record: Record, body: Mapping[str, Json], on: date) -> date | None:
    """The day on which the case has moved into the state in which an entry leaves it; None if it began there.

    An entry that does not say that the case `stayed` is one that moved it, as all did before there was the
    word: so that a history gives what it gave when it was written.
    """
    if "stayed" in body:
        return record.moved_on
    return on if body["kind"] == "moved" else None


def adopted(workflow: Workflow, body: Mapping[str, Json], on: date) -> dict[str, Any]:
    """What is different in a case that was taken over in the middle of its way.

    What happened before it was taken over has numbers below that of any entry, in the order in which it did;
    and no entry says that it was opened.
    """
    told = [(str(event), date.fromisoformat(str(day))) for event, day in _pairs(body["happened"])]
    happened: dict[str, tuple[Happening, ...]] = {OPENED: (Happening(on, ADOPTED),)}
    for number, (event, day) in enumerate(told, start=-len(told)):
        happened[event] = (*happened.get(event, ()), Happening(day, number))
    standing = _standing_in(workflow, str(body["to"]))
    last = told[-1][1] if told else on
    return {
        **standing,
        "moved_on": last if told or standing["ended"] else None,
        "path": _texts(body["path"]),
        "happened": happened,
    }


def ended_apart(workflow: Workflow, body: Mapping[str, Json], on: date) -> dict[str, Any]:
    """What is different in a case that was withdrawn or merged: it has reached nothing, so that no case above
    it counts it.
    """
    return {**_standing_in(workflow, str(body["to"])), "moved_on": on, "path": ()}


def put_back(workflow: Workflow, record: Record, body: Mapping[str, Json]) -> dict[str, Any]:
    """What is different in a case some of whose steps were struck out: it stands as it would without them."""
    struck = struck_by(body)
    moved_on = body.get("moved_on")
    return {
        **_standing_in(workflow, str(body["to"])),
        "moved_on": None if moved_on is None else date.fromisoformat(str(moved_on)),
        "path": _texts(body["path"]),
        "happened": _without_happenings(record.happened, struck),
        "answers": _without_answers(record.answers, struck),
        "opened_for": _without_parties(record.opened_for, body.get("not_opened_for")),
    }


def struck_by(body: Mapping[str, Json]) -> frozenset[int]:
    """The numbers of the entries that an entry with this *body* strikes out."""
    undoes = body.get("undoes", ())
    assert isinstance(undoes, Sequence)
    return frozenset(int(str(n)) for n in undoes)


def _standing_in(workflow: Workflow, name: str) -> dict[str, Any]:
    state = workflow.states[name]
    return {
        "state": state.name,
        "stage": state.stage,
        "ended": state.final,
        "excused": state.final and state.excused,
    }


def _without_happenings(
    happened: Mapping[str, tuple[Happening, ...]], struck: frozenset[int]
) -> dict[str, tuple[Happening, ...]]:
    left = {event: tuple(each for each in times if each.n not in struck) for event, times in happened.items()}
    return {event: times for event, times in left.items() if times}


def _without_answers(
    answers: Mapping[str, tuple[Answered, ...]], struck: frozenset[int]
) -> Mapping[str, tuple[Answered, ...]]:
    if not any(each.n in struck for given in answers.values() for each in given):
        return answers
    left = {fact: tuple(each for each in given if each.n not in struck) for fact, given in answers.items()}
    return {fact: given for fact, given in left.items() if given}


def _without_parties(
    opened_for: Mapping[str, tuple[str, ...]], taken_out: Json
) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(taken_out, Mapping):
        return opened_for
    left = {
        group: tuple(party for party in parties if party not in _texts(taken_out.get(group, ())))
        for group, parties in opened_for.items()
    }
    return {group: parties for group, parties in left.items() if parties}


def _texts(value: Json) -> tuple[str, ...]:
    assert isinstance(value, Sequence)
    return tuple(map(str, value))


def _pairs(value: Json) -> list[tuple[Json, Json]]:
    assert isinstance(value, Sequence)
    return [(each[0], each[1]) for each in value if isinstance(each, Sequence)]
