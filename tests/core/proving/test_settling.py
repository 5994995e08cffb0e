"""What is proved of facts that are settled: a trap is found, with its answers and the way to it."""

from __future__ import annotations

from support.small import TEXTS

from loopengine.core.files.loading import framework_from_texts
from loopengine.core.proving.findings import Proof
from loopengine.core.proving.proofs import prove
from loopengine.core.proving.telling import example_words

SOUND = """\
workflow: inquiry
version: 1
title: Inquiry
reference: INQ
starts: asked
facts:
  died: {ask: "Has the child died?", type: yes_no, settled_after: begin}
  years: {ask: "How old was the child?", type: number, unit: years, settled_after: [begin, drop]}
  agreed: {ask: "Is it agreed?", type: yes_no}
states:
  asked:
    owner: business_unit
    no_clock: it does not matter
    on:
      begin: {to: running, when: 'died or years < 18'}
      drop: {to: dropped}
  running:
    owner: business_unit
    no_clock: it does not matter
    on:
      look: {to: looked_at, when: agreed}
  looked_at:
    owner: business_unit
    no_clock: it does not matter
    on:
      finish: {to: finished, when: died}
      put_aside: {to: finished, when: not died and years < 18}
  dropped: {final: true}
  finished: {final: true}
"""


def settled(*changes: tuple[str, str]) -> dict[str, Proof]:
    """What is proved of what is settled in the sound workflow with *changes*, by state."""
    text = SOUND
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    framework = framework_from_texts(TEXTS | {"inquiry.yaml": text})
    found = prove(framework.workflow("inquiry"), framework.workflows)
    return {each.about: each for each in found if each.sort == "settled"}


def test_what_is_settled_traps_no_case_where_some_way_is_left_for_every_answer() -> None:
    found = settled()

    assert [*found] == ["running", "looked_at"], "where a rule still reads what is settled"
    assert all(each.holds and each.exact for each in found.values())
    assert found["running"].said == "running can come to an end, whatever is settled of died, years"


def test_an_answer_that_leaves_no_way_on_is_a_trap_and_told_with_the_way_to_it() -> None:
    trap = settled(("not died and years < 18", "not died and years < 17"))

    assert not trap["running"].holds, "it is lost before it stands where nothing leads on"
    proof = trap["looked_at"]
    assert (proof.holds, proof.said) == (
        False,
        "looked_at after begin -> look comes to no end any more: what is settled cannot be changed",
    )
    assert proof.example is not None
    assert example_words(proof.example) == "died: no; years: 17"
    assert [(leg.event, example_words(leg.world)) for leg in proof.way] == [
        ("begin", "died: no; years: 17"),
        ("look", "died: no; years: 17; agreed: yes"),
    ]


def test_what_may_still_change_traps_nobody() -> None:
    assert not settled(("put_aside: {to: finished, when: not died and years < 18}", "stay: {to: looked_at}"))[
        "looked_at"
    ].holds
    free = ("yes_no, settled_after: begin", "yes_no")
    found = settled(
        free, ("put_aside: {to: finished, when: not died and years < 18}", "stay: {to: looked_at}")
    )
    assert [*found] == [], "no rule reads what is settled"


def test_what_nobody_knew_can_still_be_answered() -> None:
    found = settled(
        ("died or years < 18", "possible(died) and years < 18"), ("not died and years < 18", "not died")
    )

    assert all(each.holds for each in found.values())


def test_a_state_that_leads_round_and_round_is_a_trap_too() -> None:
    found = settled(
        ("put_aside: {to: finished, when: not died and years < 18}", "back: {to: running, when: not died}")
    )

    assert {name for name, each in found.items() if not each.holds} == {"running", "looked_at"}


def test_a_fact_may_be_settled_from_the_opening() -> None:
    found = settled(
        ("type: yes_no, settled_after: begin", "type: yes_no, settled_after: opened"),
        ("when: 'died or years < 18'", "when: died"),
    )

    assert found["asked"].holds, "there is still a way that asks for nothing"
    assert found["asked"].said == "asked can come to an end, whatever is settled of died"


def test_what_the_settling_step_sets_is_what_is_settled() -> None:
    sets = ("begin: {to: running, when: 'died or years < 18'}", "begin: {to: running, set: {died: VALUE}}")
    gone = ("      put_aside: {to: finished, when: not died and years < 18}\n", "")

    assert settled(sets, ("VALUE", "true"), gone)["looked_at"].holds
    assert not settled(sets, ("VALUE", "false"), gone)["looked_at"].holds


def test_there_is_nothing_to_prove_where_nothing_is_settled() -> None:
    assert settled(("settled_after: begin", "by: executive"), (", settled_after: [begin, drop]", "")) == {}
