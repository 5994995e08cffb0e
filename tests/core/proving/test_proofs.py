"""What is proved of workflows: planted faults of each kind are found, and shown by examples that are real."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest
from support.shipped import SHIPPED
from support.small import TEXTS

from loopengine import Truth, Workflow
from loopengine.core.files.loading import framework_from_texts
from loopengine.core.proving import worlds
from loopengine.core.proving.findings import Proof
from loopengine.core.proving.proofs import prove, ways_of
from loopengine.core.proving.routing import prove_routes
from loopengine.core.proving.telling import example_words, proof_json
from loopengine.workflow_files import default_framework

SOUND = """\
workflow: inquiry
version: 1
title: Inquiry
reference: INQ
starts: asked
facts:
  harmed: {ask: "Was the child harmed?", type: yes_no}
  died: {ask: "Has the child died?", type: yes_no}
  years: {ask: "How old was the child?", type: number, unit: years}
  setting: {ask: "Where?", type: one_of, values: [home, custody, hospital]}
  told_on: {ask: "When were we told?", type: date}
sub_cases: {actions: action}
rules:
  serious: {when: died or harmed, source: local}
  young: {when: 'years < 18', source: local}
deadlines:
  answer: {within: 1 month, from: opened, until: [drop, finish], source: local}
states:
  asked:
    owner: business_unit
    on:
      begin: {to: running, automatic: true, when: 'serious and young'}
      set_aside: {to: aside, automatic: true, when: 'serious and not young'}
      drop: {to: dropped}
  running:
    owner: business_unit
    on:
      finish: {to: finished, when: 'every(actions, "verified")'}
  aside: {final: true}
  dropped: {final: true}
  finished: {final: true}
"""


def proofs(text: str = SOUND, *changes: tuple[str, str]) -> dict[tuple[str, str], Proof]:
    """What is proved of *text* with *changes*, by what sort of proof it is and what about."""
    workflow, others = read(text, *changes)
    return {(each.sort, each.about): each for each in prove(workflow, others)}


def read(text: str, *changes: tuple[str, str]) -> tuple[Workflow, Mapping[str, Workflow]]:
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    framework = framework_from_texts(TEXTS | {"inquiry.yaml": text})
    return framework.workflow("inquiry"), framework.workflows


def failed(*changes: tuple[str, str]) -> dict[tuple[str, str], Proof]:
    return {what: each for what, each in proofs(SOUND, *changes).items() if not each.holds}


def facts_of(proof: Proof) -> dict[str, object]:
    """The facts of an example, as somebody would record them."""
    assert proof.example is not None
    return {thing.name: state for thing, state in proof.example.items() if thing.sort == "fact"}


def test_of_a_sound_workflow_everything_holds() -> None:
    found = proofs()

    assert all(each.holds and each.exact and each.example is None for each in found.values())
    assert [*found] == [
        ("rule", "serious"),
        ("rule", "young"),
        ("guard", "asked.begin"),
        ("guard", "asked.set_aside"),
        ("guard", "running.finish"),
        ("race", "asked.begin and set_aside"),
        ("reach", "asked"),
        ("end", "asked"),
        ("reach", "running"),
        ("end", "running"),
        ("reach", "aside"),
        ("reach", "dropped"),
        ("reach", "finished"),
        ("owner", "asked"),
        ("clock", "asked"),
        ("owner", "running"),
        ("clock", "running"),
        ("deadline", "answer"),
        ("longest", "inquiry"),
    ]


def test_everything_holds_of_the_workflows_that_come_with_the_program() -> None:
    framework = SHIPPED

    found = [
        each for workflow in framework.workflows.values() for each in prove(workflow, framework.workflows)
    ]

    assert [each.said for each in found if not each.holds] == []
    assert all(each.holds for each in prove_routes(framework))
    assert {each.sort for each in found} == {
        *("rule", "guard", "claim", "race", "circle", "reach", "end", "settled"),
        *("monitor", "owner", "clock", "deadline", "longest"),
    }


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("years < 18 and years >= 18", "young can never be TRUE"),
        ("years < 18 and years > 16 and years != 17", "young can never be TRUE"),
        ("years >= 18 or years < 18 or not known(years)", "young can never be FALSE"),
        ('setting == "home" and setting == "custody"', "young can never be TRUE"),
        ('setting in ("home", "custody", "hospital")', "young can never be FALSE"),
        ("possible(died) or possible(not died)", "young can never be FALSE"),
        ("possible(died) and not died", "young can never be TRUE"),
        ('told_on < "2017-01-01" and told_on > "2016-12-31"', "young can never be TRUE"),
        ('count(actions, "verified") > 2 and not some(actions, "verified")', "young can never be TRUE"),
        ('every(actions, "closed") and not every(actions, "verified")', "young can never be TRUE"),
    ],
)
def test_a_rule_that_decides_nothing_is_found(rule: str, said: str) -> None:
    found = failed(("when: 'years < 18',", f"when: '{rule}',"))

    assert found["rule", "young"].said == said


@pytest.mark.parametrize(
    "rule",
    [
        "years < 18 and years > 15 and years != 17",
        'some(actions, "verified") and not every(actions, "verified")',
        'every(actions, "verified") and count(actions, "verified") == 0',
        'every(actions, "verified") and count(actions, "verified") == 2 and count(actions, "verified") != 5',
    ],
)
def test_a_rule_that_decides_something_in_one_world_is_none(rule: str) -> None:
    assert ("rule", "young") not in failed(("when: 'years < 18',", f"when: '{rule}',"))


def test_it_is_told_which_facts_can_turn_a_rule() -> None:
    found = proofs(
        SOUND,
        (
            "rules:\n",
            "rules:\n  odd: {when: (died or not died) and possible(harmed) or years > 3, source: local}\n",
        ),
    )

    assert found["rule", "odd"].decisive == ("harmed", "years"), "the death makes nothing FALSE by itself"
    assert found["rule", "serious"].decisive == ("died", "harmed")
    assert found["guard", "asked.begin"].decisive == ("died", "harmed", "years")
    assert found["guard", "running.finish"].decisive == ()


def test_two_steps_that_the_engine_could_take_at_once_are_found_with_an_example() -> None:
    change = ("serious and not young", "serious and years > 16")

    race = failed(change)["race", "asked.begin and set_aside"]

    workflow, _ = read(SOUND, change)
    steps = workflow.states["asked"].steps
    assert race.said == "asked.begin and set_aside are both automatic, and can be TRUE together"
    assert race.example is not None
    assert example_words(race.example) == "died: yes; years: 17"
    for event in ("begin", "set_aside"):
        rule = steps[event].when
        assert rule is not None
        assert workflow.facts.keys() >= facts_of(race).keys()
        assert rule.verdict(situation(facts_of(race))) is Truth.TRUE, "the example is real"


def test_automatic_steps_that_never_come_to_rest_are_found() -> None:
    found = failed(
        ("      finish:", "      back: {to: asked, automatic: true, when: young and died}\n      finish:")
    )

    circle = found["circle", "asked.begin -> running.back -> asked"]
    assert circle.said == (
        "asked.begin -> running.back -> asked never comes to rest: all of it can be TRUE at once"
    )
    assert facts_of(circle) == {"died": True, "years": 17}
    assert not circle.abstract


def test_a_state_that_only_contradictions_lead_to_or_out_of_is_found() -> None:
    never = 'setting == "home" and setting == "custody"'

    no_way_in = failed(("automatic: true, when: 'serious and young'", f"when: '{never}'"))
    no_way_out = failed(("when: 'every(actions, \"verified\")'", f"when: '{never}'"))

    assert {what for what in no_way_in if what[0] == "reach"} == {("reach", "running"), ("reach", "finished")}
    assert {what for what in no_way_out if what[0] == "end"} == {("end", "running")}


def claim(premise: str, conclusion: str) -> tuple[str, str]:
    text = f"claims:\n  claimed: {{if: '{premise}', then: '{conclusion}', source: local}}\n"
    return "deadlines:\n", f"{text}deadlines:\n"


def test_what_a_file_claims_is_proved_or_refuted_by_an_example() -> None:
    proved = proofs(SOUND, claim("died and young", "serious and years < 19"))["claim", "claimed"]
    refuted = proofs(SOUND, claim("serious", "young"))["claim", "claimed"]

    assert (proved.holds, proved.said) == (True, "died and young implies serious and years < 19")
    assert (refuted.holds, refuted.said) == (False, "it is not so that serious implies young")
    assert facts_of(refuted) == {"died": True, "years": 18}


def test_a_conclusion_that_is_only_unknown_does_not_refute_a_claim_and_is_noted() -> None:
    noted = proofs(SOUND, claim("serious and possible(young)", "possible(died) or years < 18 or harmed"))
    open_ = proofs(SOUND, claim("possible(young)", "young"))["claim", "claimed"]

    assert noted["claim", "claimed"].said.endswith("possible(died) or years < 18 or harmed")
    assert (open_.holds, open_.said) == (
        True,
        "possible(young) implies young, unless too little is known to say",
    )


def test_a_claim_about_nothing_says_so() -> None:
    empty = proofs(SOUND, claim("years > 3 and years < 4", "young"))["claim", "claimed"]

    assert empty.holds
    assert empty.said.endswith("but only since years > 3 and years < 4 can never be TRUE")


# law.md 1.5: a child may die in custody whom nobody looked after, in a setting that is not a regulated one.
def test_that_every_serious_case_is_notifiable_is_refuted_as_the_law_has_it() -> None:
    texts = {file.name: file.read_text("utf-8") for file in default_framework().glob("*.yaml")}
    name = "serious-case-review.yaml"
    claimed = "\nclaims:\n  all: {if: criteria_met, then: notifiable_incident, source: local}\n"
    texts[name] = texts[name].replace("\nclaims:\n", claimed, 1)
    framework = framework_from_texts(texts)
    workflow = framework.workflow("serious-case-review")

    (refuted,) = (each for each in prove(workflow, framework.workflows) if not each.holds)

    facts = facts_of(refuted)
    assert facts["abuse_or_neglect"] == "not_suspected"
    assert not facts["looked_after"]
    assert not facts["regulated_setting_or_service"]
    assert workflow.assess("criteria_met", facts).verdict is Truth.TRUE
    assert workflow.assess("notifiable_incident", facts).verdict is Truth.FALSE


def test_an_example_of_sub_cases_is_told_as_one_that_may_not_come_about() -> None:
    change = ("'serious and not young'", "'every(actions, \"verified\") and serious'")

    race = failed(change)["race", "asked.begin and set_aside"]

    assert race.abstract
    assert race.example is not None
    assert example_words(race.example) == "died: yes; years: 17; actions: 1, 1 of them verified"
    assert proof_json(race)["abstract"] is True
    assert proof_json(race)["example"] == {"died": "yes", "years": "17", "actions": "1, 1 of them verified"}


def test_of_a_rule_over_sub_cases_it_is_said_that_they_were_supposed() -> None:
    found = proofs()

    assert found["guard", "running.finish"].abstract, "that a case comes to such sub-cases is not proved"
    assert proof_json(found["guard", "running.finish"])["abstract"] is True
    assert not any(each.abstract for what, each in found.items() if what != ("guard", "running.finish"))


def test_what_is_too_much_to_look_at_is_not_taken_for_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worlds, "MOST_LOOKS", 2)

    found = failed()

    assert found["guard", "asked.begin"].said == (
        "asked.begin could not be decided: there is too much to look at"
    )


def test_whoever_has_reached_a_state_has_reached_all_that_lie_on_every_way_to_it() -> None:
    _, others = read(SOUND)

    ways = ways_of(others["action"])

    assert ways["closed"] == {"proposed", "verified"}
    assert ways["begun"] == {"proposed"}


def situation(facts: Mapping[str, object]) -> object:
    """A case with *facts*."""
    from loopengine.core.situation import Situation

    return Situation(date(2017, 1, 16), dict(facts))  # type: ignore[arg-type]
