"""The slips of a file: of each kind those that there are, under names that stay, in the order of the file."""

import pytest


def slips(trial, kind, **given):
    """The slips of a *kind* in the review, by name."""
    return {each.name: each.said for each in trial(**given).mutants(["review.yaml"], [kind])}


@pytest.mark.parametrize(
    ("kind", "name", "said"),
    [
        ("limit", "rules.child.when/limit-1", "rule child: 18 becomes 19"),
        (
            "connective",
            "rules.child.when/connective-1",
            "rule child: `and` becomes `or` in `harmed and years < 18`",
        ),
        ("guard", "states.referred.on.begin.when/none", "step referred.begin: its rule is dropped"),
        (
            "duration",
            "deadlines.decide.within/longer",
            "deadline decide: 5 working days becomes 6 working days",
        ),
        (
            "duration",
            "deadlines.decide.remind.before/longer",
            "deadline decide: it reminds business_unit: 1 working day becomes 2 working days",
        ),
        (
            "duration",
            "states.reviewing.on.conclude.wait.at_least/shorter",
            "step reviewing.conclude: it waits: 2 weeks becomes 1 week",
        ),
        ("wait", "states.reviewing.on.conclude.wait/none", "step reviewing.conclude: it waits no longer"),
        (
            "role",
            "states.referred.on.begin.by/independent_chair-becomes-other",
            "step referred.begin: who takes it: independent_chair becomes agency",
        ),
        (
            "role",
            "states.referred.on.decline.by/without-business_unit",
            "step referred.decline: who takes it: business_unit is left out",
        ),
        (
            "role",
            "states.reviewing.on.conclude.by/any-agency",
            "step reviewing.conclude: who takes it: agency of involved becomes any agency",
        ),
        ("role", "states.referred.on.begin.by/anybody", "step referred.begin: who takes it: it is not said"),
        ("role", "facts.years.by/anybody", "fact years: who answers: it is not said"),
        (
            "target",
            "states.referred.on.begin.to/elsewhere",
            "step referred.begin: it leads to declined and not to reviewing",
        ),
        (
            "clock",
            "deadlines.decide.from/without-opened",
            "deadline decide: what starts it: opened is left out",
        ),
        (
            "clock",
            "deadlines.finish.from/swapped",
            "deadline finish: what starts it and what stops it are swapped",
        ),
        (
            "clock",
            "deadlines.finish.from/opened",
            "deadline finish: it runs from the opening, and not from begin",
        ),
        ("clock", "deadlines.finish.then/none", "deadline finish: it fires no conclude"),
        ("hold", "holds.inquest.stops/without-finish", "hold inquest: it no longer stops finish"),
        ("hold", "holds.inquest.blocks/without-conclude", "hold inquest: it no longer blocks conclude"),
        ("reason", "states.referred.on.decline.reason/none", "step referred.decline: it needs no reason"),
    ],
)
def test_a_slip_of_each_kind_is_made_and_told_in_words(trial, kind, name, said):
    assert slips(trial, kind)[name] == said


def test_every_slip_has_a_name_of_its_own_and_the_order_stays(trial):
    names = [each.name for each in trial().mutants(["review.yaml"])]

    assert len({*names}) == len(names) == 54
    assert names[0] == "facts.years.by/business_unit-becomes-other"
    assert names[-1] == "states.reviewing.on.conclude.to/elsewhere"


def test_what_judges_is_left_alone(trial):
    claims = """\
        claims:
          adults: {if: child, then: harmed, source: local}
        monitors:
          order: {never: conclude before begin, source: local}
    """

    names = [each.name for each in trial(more=claims).mutants(["review.yaml"])]

    assert not [name for name in names if name.startswith(("claims", "monitors"))]
