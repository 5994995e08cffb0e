"""Who notices a slip: the check, an example of each sort, a claim or a monitor; or nobody, as is argued."""

import pytest

from loopengine.core.mutating.mutants import mutated


@pytest.mark.parametrize(
    ("name", "examples"),
    [
        ("rules.child.when/limit-1", "rules: {child: {given: {harmed: true, years: 18}, is: false}}"),
        ("rules.child.when/limit-2", "rules: {child: {given: {harmed: true, years: 17}, is: true}}"),
        ("rules.child.when/part-1", "rules: {child: {given: {years: 3}, is: unknown}}"),
        ("states.referred.on.begin.when/none", "guards: {begin: {given: {harmed: false}, is: false}}"),
        (
            "deadlines.decide.within/longer",
            "clocks: {decide: {worked: {from: {opened: 2017-04-11}, due: 2017-04-20}}}",
        ),
        (
            "deadlines.decide.remind.before/longer",
            "clocks: {decide: {worked: {from: {opened: 2017-04-11}, due: 2017-04-20, "
            "told: {2017-04-19: business_unit, 2017-04-27: executive}}}}",
        ),
        (
            "deadlines.decide.from/without-ask_again",
            "clocks: {decide: {worked: {from: {ask_again: 2017-04-11}, due: 2017-04-20}}}",
        ),
        ("deadlines.decide.until/without-decline", "clocks: {decide: {stopped_by: [begin, decline]}}"),
        ("deadlines.finish.then/none", "clocks: {finish: {fires: conclude}}"),
        ("holds.inquest.stops/without-finish", "holds: {inquest: {stops: finish, blocks: conclude}}"),
        ("holds.inquest.blocks/without-conclude", "holds: {inquest: {stops: finish, blocks: conclude}}"),
        (
            "states.reviewing.on.conclude.wait.at_least/longer",
            "waits: {conclude: {from: {begin: 2017-01-02}, not_before: 2017-01-16}}",
        ),
        (
            "states.reviewing.on.conclude.wait/none",
            "waits: {reviewing.conclude: {from: {begin: 2017-01-02}, not_before: 2017-01-16}}",
        ),
        (
            "states.referred.on.begin.by/independent_chair-becomes-other",
            "who: {independent_chair: {takes: begin}}",
        ),
        ("states.referred.on.begin.by/anybody", "who: {independent_chair: {takes: begin}}"),
        ("states.reviewing.on.conclude.by/any-agency", "who: {agency of involved: {takes: conclude}}"),
        (
            "states.referred.owner/business_unit-becomes-other",
            "who: {business_unit: {has_the_move: referred}}",
        ),
        ("facts.years.by/anybody", "who: {business_unit: {answers: years}}"),
        ("states.referred.on.decline.reason/none", "reasons: decline"),
        (
            "states.referred.on.ask_again.to/elsewhere",
            "ways: {again: {events: [ask_again, begin], ends: reviewing}}",
        ),
    ],
)
def test_an_example_notices_the_slip_that_it_is_about(fate, name, examples):
    assert fate(name, examples=examples)[0] == "example"


@pytest.mark.parametrize(
    "name",
    ["rules.child.when/limit-1", "deadlines.decide.within/longer", "states.referred.on.begin.by/anybody"],
)
def test_without_examples_nobody_notices_it(fate, name):
    assert fate(name) == ("survived", "")


def test_the_check_notices_what_makes_a_file_unsound(fate):
    assert fate("states.reviewing.on.conclude.to/elsewhere") == (
        "check",
        "no path leads from 'referred' to the state 'concluded'",
    )


def test_a_claim_notices_what_makes_it_false(fate):
    claims = "claims:\n  harm: {if: child, then: harmed, source: local}\n"

    assert fate("rules.child.when/connective-1", more=claims) == (
        "proof",
        "claim harm: it is not so that child implies harmed",
    )


def test_a_claim_over_time_notices_another_time(fate):
    change = (
        "rules:",
        'claims:\n  late: {if: \'since("begin", "2 months")\', then: long_ago, source: local}\n'
        'rules:\n  long_ago: {when: \'since("begin", "2 months")\', source: local}',
    )

    assert fate("rules.long_ago.when/duration-1", change=change)[0] == "proof"


def test_a_monitor_notices_a_way_that_breaks_it(fate):
    monitors = "monitors:\n  order: {never: conclude before begin, source: local}\n"
    change = ("        wait: {at_least: 2 weeks, after: begin}\n", "")

    found = fate("states.referred.on.ask_again.to/elsewhere", more=monitors, change=change)

    assert found == ("proof", "monitor order: never conclude before begin is broken by ask again -> conclude")


def test_what_means_the_same_is_proved_to_and_does_not_count(fate):
    change = ("harmed and years < 18", "harmed and years < 18 and years < 100")

    assert fate("rules.child.when/limit-3", change=change)[0] == "equivalent"


def test_what_is_argued_for_may_survive(trial):
    made = trial(examples='survivors: {"deadlines.*/longer": we may always take longer}')
    verdicts = [*made.judged(made.mutants(["review.yaml"]))]

    argued = {each.mutant.name for each in verdicts if each.fate == "argued"}

    assert "deadlines.decide.within/longer" in argued
    assert "deadlines.decide.within/shorter" not in argued
    assert made.stale(["review.yaml"], verdicts) == ()


@pytest.mark.parametrize(
    ("examples", "said"),
    [
        (
            "survivors: {deadlines.gone.within/longer: a reason}",
            "'deadlines.gone.within/longer' is argued for, and there is no such slip",
        ),
        (
            "reasons: decline\nsurvivors: {states.referred.on.decline.reason/none: a reason}",
            "'states.referred.on.decline.reason/none' is argued for, and it survives no more, "
            "and needs no argument",
        ),
    ],
)
def test_an_argument_that_nothing_needs_is_out_of_date(trial, examples, said):
    made = trial(examples=examples)

    (stale,) = made.stale(["review.yaml"], [*made.judged(made.mutants(["review.yaml"]))])

    assert stale.message == said


def test_a_file_stays_as_it_is_whatever_slips_are_made(trial):
    made = trial()
    data = made._files.data_of("review.yaml")
    before = repr(data)

    slipped = [mutated(data, each) for each in made.mutants(["review.yaml"])]

    assert repr(data) == before
    assert len({repr(each) for each in slipped}) == len(slipped)
