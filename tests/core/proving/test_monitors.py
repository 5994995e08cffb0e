"""Orders of events that are never to be: what they mean, that they are proved, and kept at run time."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.small import CHAIR, EXECUTIVE, TEXTS, UNIT

from loopengine import Engine, Framework
from loopengine.clock import FrozenClock
from loopengine.core.files.loading import framework_from_texts
from loopengine.core.monitors import Order, read_order
from loopengine.core.proving.findings import Proof
from loopengine.core.proving.proofs import prove

EVENTS = ("publish", "offer", "revise")


def last(event: str, happened: list[str]) -> int:
    """Where *event* happened last; -1 if it never did."""
    return max((n for n, each in enumerate(happened) if each == event), default=-1)


@given(st.lists(st.sampled_from(EVENTS), max_size=8))
def test_an_order_means_what_it_says(happened: list[str]) -> None:
    latest = {event: last(event, happened) for event in set(happened)}
    offered, revised = last("offer", happened), last("revise", happened)

    def forbids(text: str) -> bool:
        return read_order(text).forbids(latest)

    assert forbids("publish before offer") is (offered < 0)
    assert forbids("publish after offer") is (offered >= 0)
    assert forbids("publish unless offer since revise") is (offered < 0 or offered < revised)


@pytest.mark.parametrize(
    "order",
    [
        Order("publish", "offer"),
        Order("publish", "offer", after=True),
        Order("publish", "offer", since="revise"),
    ],
)
def test_what_is_written_is_read_back(order: Order) -> None:
    assert read_order(str(order).removeprefix("never ")) == order


@pytest.mark.parametrize("text", ["publish", "publish without offer", "publish unless offer", "a before b c"])
def test_what_says_no_order_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write `EVENT before EVENT`"):
        read_order(text)


# Ten steps lead to the end; by `go_back` some of them can be taken again.
LONG = """\
workflow: inquiry
version: 1
title: Inquiry
reference: INQ
starts: s0
facts:
  ready: {ask: "Is it ready?", type: yes_no}
monitors:
  watched: {never: NEVER, title: It would be wrong, source: local}
states:
"""
STATE = """\
  s{n}:
    owner: business_unit
    no_clock: it does not matter
    on:
      e{n}: {{to: s{next}}}
"""
LAST = """\
  s10:
    owner: business_unit
    no_clock: it does not matter
    on:
      go_back: {to: s4}
      finish: {to: done}
      skip: {to: s10, by: independent_chair, when: ready and not ready, override: executive}
  done: {final: true}
"""


def inquiry(never: str, *changes: tuple[str, str]) -> Framework:
    """A workflow of ten steps in which something is *never* to be, with *changes*."""
    text = LONG.replace("NEVER", never) + "".join(STATE.format(n=n, next=n + 1) for n in range(10)) + LAST
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    return framework_from_texts(TEXTS | {"inquiry.yaml": text})


def proved(framework: Framework) -> Proof:
    found = prove(framework.workflow("inquiry"), framework.workflows)
    (proof,) = (each for each in found if each.sort == "monitor")
    return proof


ALL_TEN = " -> ".join(f"e{n}" for n in range(10))
FROM_E4 = ALL_TEN[ALL_TEN.index("e4") :]


@pytest.mark.parametrize(
    "never",
    [
        "finish before e3",
        "finish before e9",
        "e3 after e4",
        "finish unless e7 since go_back",
        "finish unless e3 since e2",
        "e5 before e4",
    ],
)
def test_an_order_that_no_way_breaks_is_proved(never: str) -> None:
    proof = proved(inquiry(never))

    assert (proof.holds, proof.said) == (True, f"never {never}")


@pytest.mark.parametrize(
    ("never", "way"),
    [
        ("finish before go_back", f"{ALL_TEN} -> finish"),
        (
            "finish unless e3 since go_back",
            f"{ALL_TEN} -> go back -> {ALL_TEN[ALL_TEN.index('e4') :]} -> finish",
        ),
        ("e4 after e9", f"{ALL_TEN} -> go back -> e4"),
        ("finish after e0", f"{ALL_TEN} -> finish"),
    ],
)
def test_one_that_only_a_long_way_breaks_is_refuted_by_it(never: str, way: str) -> None:
    proof = proved(inquiry(never))

    assert (proof.holds, proof.said) == (False, f"never {never} is broken by {way}")


def test_a_way_on_which_a_rule_cannot_be_true_is_none() -> None:
    guarded = ("finish: {to: done}", 'finish: {to: done, when: \'since("go_back", "1 day")\'}')
    waiting = (
        "finish: {to: done}",
        "finish: {to: done, wait: {at_least: 1 day, after: go_back, source: local}}",
    )

    assert proved(inquiry("finish before go_back", guarded)).holds
    assert proved(inquiry("finish before go_back", waiting)).holds


def test_an_order_that_an_override_breaks_holds_only_if_the_file_lets_it() -> None:
    overridable = ("title: It would be wrong,", "overridable: true, title: It would be wrong,")

    strict, lenient = proved(inquiry("skip after e9")), proved(inquiry("skip after e9", overridable))

    said = f"never skip after e9 can be broken where a rule is overridden, by {ALL_TEN} -> skip"
    assert (strict.holds, strict.said) == (False, said)
    assert (lenient.holds, lenient.said, lenient.noted) == (True, said, True)


# --- at run time --------------------------------------------------------------------------------------------


def run(framework: Framework) -> tuple[Engine, str]:
    """An engine, and an inquiry that has come to its last state."""
    board = Engine("sqlite://", framework=framework, clock=FrozenClock("2017-01-09T09:00Z"))
    case = board.open("inquiry", by=UNIT).reference
    for n in range(10):
        board.fire(case, f"e{n}", by=UNIT).require()
    return board, case


def test_the_engine_refuses_what_would_break_an_order_and_why_says_so() -> None:
    board, case = run(inquiry("finish before go_back"))

    refused = board.fire(case, "finish", by=UNIT)
    (outlook,) = board.explain(case, "finish").events
    board.fire(case, "go_back", by=UNIT).require()
    for n in range(4, 10):
        board.fire(case, f"e{n}", by=UNIT).require()

    assert not refused.moved
    assert refused.reasons == ("finish is not to be now: never finish before go_back (It would be wrong)",)  # type: ignore[union-attr]  # refused
    assert outlook.verdict == "refused"
    assert board.fire(case, "finish", by=UNIT).moved
    assert board.audit().ok


def test_a_step_that_was_struck_out_has_not_happened() -> None:
    board, case = run(inquiry("finish before go_back"))
    board.fire(case, "go_back", by=UNIT).require()

    board.correct(case, by=UNIT, reason="the wrong case")

    assert not board.fire(case, "finish", by=UNIT).moved


@pytest.mark.parametrize(("overridable", "moved"), [("true", True), ("false", False)])
def test_an_override_breaks_an_order_only_if_the_file_lets_it(overridable: str, moved: bool) -> None:
    changed = ("title: It would be wrong,", f"overridable: {overridable}, title: It would be wrong,")
    board, case = run(inquiry("skip after e9", changed))

    assert not board.fire(case, "skip", by=CHAIR).moved
    assert board.fire(case, "skip", by=EXECUTIVE, reason="as we decided").moved is moved


def test_of_a_case_that_was_taken_over_nobody_knows_what_had_happened() -> None:
    board = Engine(
        "sqlite://", framework=inquiry("finish before go_back"), clock=FrozenClock("2017-01-09T09:00Z")
    )

    case = board.adopt("inquiry", by=UNIT, state="s10", on=date(2017, 1, 9), happened={})

    assert board.fire(case, "finish", by=UNIT).moved
