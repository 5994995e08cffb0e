"""What is proved of a routing table: planted gaps and overlaps are found, each shown by an incident."""

from __future__ import annotations

from loopengine import Framework
from loopengine.core.files.loading import framework_from_texts
from loopengine.core.proving.findings import Proof
from loopengine.core.proving.routing import prove_routes
from loopengine.core.proving.telling import example_words

DOOR = """\
workflow: door
version: 1
title: Door
reference: DOO
starts: recorded
facts:
  died: {ask: "Has the child died?", type: yes_no}
  suspected: {ask: "Is abuse suspected?", type: yes_no}
  years: {ask: "How old was the child?", type: number, unit: years}
states:
  recorded: {on: {close: {to: closed}}}
  closed: {final: true}
"""
REVIEW = """\
workflow: review
version: 1
title: Review
reference: REV
starts: begun
states:
  begun: {on: {close: {to: closed}}}
  closed: {final: true}
"""
ROW = "  - {{review: review, strength: must, when: '{when}', source: local{more}}}\n"


def framework(*rows: str, otherwise: str = "", alternatives: bool = False) -> Framework:
    """A framework with a row for each rule; if they are *alternatives*, they say so."""
    more = ", alternatives: one_of_them" if alternatives else ""
    table = "".join(ROW.format(when=when, more=more) for when in rows)
    shared = f"framework: small\nversion: 1\ntitle: Small\nintake: door\nroutes:\n{table}{otherwise}"
    return framework_from_texts({"framework.yaml": shared, "door.yaml": DOOR, "review.yaml": REVIEW})


def failed(board: Framework) -> list[tuple[str, str]]:
    """What is refuted, with the incident that does."""
    return [(each.sort, _example(each)) for each in prove_routes(board) if not each.holds]


def _example(proof: Proof) -> str:
    assert proof.example is not None
    return example_words(proof.example)


def test_a_table_that_answers_whatever_is_known_has_no_gap() -> None:
    board = framework("died and suspected", "possible(not died) or possible(not suspected)")

    (proof,) = prove_routes(board)

    assert (proof.holds, proof.said, proof.example) == (True, "some row answers, whatever is known", None)


def test_a_gap_of_one_year_is_found() -> None:
    board = framework("years < 18", "years > 18")

    assert failed(board) == [("gap", "years: 18")]
    assert board.route({"years": 18}).that_are("ruled_out") == ("review",), "the example is real"


def test_an_incident_of_which_too_little_is_known_is_no_gap() -> None:
    assert failed(framework("died", "not died")) == []
    assert failed(framework("died and suspected", "not died")) == [("gap", "died: yes; suspected: no")]


def test_who_is_asked_otherwise_fills_a_gap_and_is_told_of_such_an_incident() -> None:
    otherwise = "otherwise: {ask: independent_chair, title: Not ours, source: local}\n"
    board = framework("died", "suspected", otherwise=otherwise)

    (proof,) = prove_routes(board)

    assert (proof.holds, proof.said) == (True, "where no row answers, independent_chair is asked")
    assert _example(proof) == "died: no; suspected: no"
    nothing, something = board.route({"died": False, "suspected": False}), board.route({"died": True})
    assert nothing.otherwise is not None
    assert nothing.otherwise.to_json() == {
        "ask": ["independent_chair"],
        "title": "Not ours",
        "sources": ["the board's own choice"],
    }
    assert "Ask independent_chair" in str(nothing)
    assert something.otherwise is board.route({}).otherwise is None


def test_alternatives_that_can_both_be_true_are_found() -> None:
    overlapping = framework("years < 18", "years >= 17", alternatives=True)
    apart = framework("years < 18", "years >= 18", alternatives=True)

    assert failed(overlapping) == [("overlap", "years: 17")]
    assert failed(apart) == []


def test_rows_that_are_no_alternatives_may_both_be_true() -> None:
    assert failed(framework("years < 18", "years >= 17")) == []


def test_a_framework_without_routes_has_nothing_to_prove_of_them() -> None:
    alone = "framework: small\nversion: 1\ntitle: Small\n"

    assert prove_routes(framework_from_texts({"framework.yaml": alone, "review.yaml": REVIEW})) == ()
