"""Where an incident leads, against an independent reading of the law and of the framework's table (7.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import product

import pytest

from loopengine import Framework
from loopengine.core.situation import Situation
from loopengine.core.truth import Truth
from loopengine.core.values import Value
from loopengine.errors import UsageError

Answers = Mapping[str, Value | None]
_WORDS = {True: Truth.TRUE, False: Truth.FALSE, None: Truth.UNKNOWN}


# --- the reading: Kleene's three values as True, False and None ---------------------------------------------


def _not(a: bool | None) -> bool | None:
    return None if a is None else not a


def _and(*parts: bool | None) -> bool | None:
    return False if False in parts else None if None in parts else True


def _or(*parts: bool | None) -> bool | None:
    return _not(_and(*map(_not, parts)))


def _could_be(a: bool | None) -> bool:
    return a is not False


def _is(value: Value | None, *wanted: Value) -> bool | None:
    return None if value is None else value in wanted


def _under_18(age: Value | None) -> bool | None:
    return None if age is None else int(str(age)) < 18


def reading(given: Answers) -> dict[tuple[str, str], bool | None]:
    """What the rows should come to, by review and strength: regulations 5 and 6, guidance, and the table."""

    def yes(fact: str) -> bool | None:
        value = given[fact]
        assert value is None or isinstance(value, bool)
        return value

    age = given["age_at_event"]
    child = _could_be(_and(yes("born_alive"), _under_18(age)))
    suspected = _is(given["abuse_or_neglect"], "known", "suspected")
    serious = _and(
        suspected,
        _or(yes("child_died"), _and(yes("seriously_harmed"), _could_be(yes("joint_working_concern")))),
    )
    in_state_care = _or(
        _not(_is(given["custody_setting"], "none")),
        yes("detained_mental_health_act"),
        _and(yes("deprivation_of_liberty_order"), _is(age, 16, 17)),
    )
    criteria = _and(child, _or(serious, _and(yes("child_died"), in_state_care)))
    below = _and(child, _is(given["trigger"], "incident", "near_miss", "staff_disquiet"), _not(criteria))
    death = _and(
        yes("child_died"),
        _could_be(yes("normally_resident")),
        _could_be(_under_18(age)),
        _could_be(yes("born_alive")),
        _could_be(_not(yes("planned_termination"))),
    )
    notifiable = _and(
        child,
        _or(
            _and(suspected, _or(yes("child_died"), yes("seriously_harmed"))),
            _and(yes("child_died"), _or(yes("looked_after"), yes("regulated_setting_or_service"))),
        ),
    )
    concern = given["concern_level"]
    return {
        ("serious-case-review", "must"): criteria,
        ("child-death-review", "must"): death,
        ("notifiable-incident", "must"): notifiable,
        ("serious-incident-notification", "must"): yes("youth_justice_incident"),
        ("multi-agency-case-review", "should"): _and(below, _is(concern, "significant")),
        ("multi-agency-case-review", "may"): below,
        ("individual-management-review", "should"): _and(below, _is(concern, "limited")),
        ("individual-management-review", "may"): _and(below, _is(concern, "none")),
    }


CHOICES: Mapping[str, tuple[Value | None, ...]] = {
    "trigger": ("incident", "good_practice", None),
    "abuse_or_neglect": ("suspected", "not_suspected", None),
    "child_died": (True, False, None),
    "seriously_harmed": (True, False, None),
    "joint_working_concern": (True, False, None),
    "concern_level": ("none", "limited", "significant", None),
    "custody_setting": ("none", "remand", None),
    "deprivation_of_liberty_order": (True, False, None),
    "age_at_event": (9, 16, 18, None),
    "normally_resident": (True, False, None),
}
# What has less to do with the rest, in a few combinations.
BESIDE: tuple[Answers, ...] = (
    {"detained_mental_health_act": False, "born_alive": True, "planned_termination": False,
     "looked_after": False, "regulated_setting_or_service": False, "youth_justice_incident": False},
    {"detained_mental_health_act": None, "born_alive": None, "planned_termination": None,
     "looked_after": None, "regulated_setting_or_service": None, "youth_justice_incident": None},
    {"detained_mental_health_act": True, "born_alive": False, "planned_termination": True,
     "looked_after": True, "regulated_setting_or_service": None, "youth_justice_incident": True},
)  # fmt: skip


def combinations() -> Iterator[Answers]:
    for beside in BESIDE:
        for values in product(*CHOICES.values()):
            yield {**dict(zip(CHOICES, values, strict=True)), **beside}


def test_every_row_says_what_the_law_and_the_table_say_whatever_is_known(framework: Framework) -> None:
    assert framework.intake is not None
    rows = {
        (each.review, each.strength): each.rule.verdict
        for each in framework.workflow(framework.intake).routes
    }

    for given in combinations():
        known = {name: value for name, value in given.items() if value is not None}
        situation = Situation(today=date(2017, 1, 9), facts=known)
        for row, expected in reading(given).items():
            assert rows[row](situation) is _WORDS[expected], (row, given)


@pytest.mark.parametrize(
    ("facts", "required", "advised", "ruled_out"),
    [
        (
            {"trigger": "incident", "abuse_or_neglect": "known", "child_died": True, "age_at_event": 3},
            {"serious-case-review", "child-death-review", "notifiable-incident"},
            set(),
            {"multi-agency-case-review", "appreciative-inquiry"},
        ),
        # A death in custody without suspicion of abuse is a serious case, and not notifiable (law.md, 1.5).
        (
            {
                "trigger": "incident", "abuse_or_neglect": "not_suspected", "child_died": True,
                "age_at_event": 15, "custody_setting": "remand", "looked_after": False,
                "regulated_setting_or_service": False, "youth_justice_incident": False,
            },
            {"serious-case-review", "child-death-review"},
            set(),
            {"notifiable-incident", "serious-incident-notification"},
        ),
        (
            {
                "trigger": "near_miss", "abuse_or_neglect": "not_suspected", "child_died": False,
                "concern_level": "limited", "youth_justice_incident": False,
            },
            set(),
            {"individual-management-review"},
            {"serious-case-review", "child-death-review", "notifiable-incident"},
        ),
        ({"trigger": "good_practice"}, set(), {"appreciative-inquiry"}, {"multi-agency-thematic-case-audit"}),
        ({"trigger": "pattern"}, set(), {"multi-agency-thematic-case-audit"}, {"appreciative-inquiry"}),
    ],
)  # fmt: skip
def test_an_incident_leads_where_it_should(
    framework: Framework,
    facts: dict[str, object],
    required: set[str],
    advised: set[str],
    ruled_out: set[str],
) -> None:
    routing = framework.route(facts)

    assert set(routing.that_are("required")) == required
    assert set(routing.that_are("advised")) == advised
    assert ruled_out <= set(routing.that_are("ruled_out"))


def test_what_is_missing_is_asked_for_and_never_taken_for_a_no(framework: Framework) -> None:
    routing = framework.route({"trigger": "incident", "abuse_or_neglect": "suspected"})

    assert routing["serious-case-review"].outcome == "undetermined"
    assert routing["serious-case-review"].could_be == "must"
    assert "child_died" in [fact.name for fact in routing.open_questions]
    assert routing.that_are("required") == ()
    assert "serious-case-review" not in routing.that_are("ruled_out")


def test_answering_what_is_asked_settles_where_it_leads(framework: Framework) -> None:
    """Whatever the answers are: nothing is asked for ever."""
    for last in (0, -1):
        facts: dict[str, object] = {}
        for _ in range(40):
            asked = framework.route(facts).open_questions
            if not asked:
                break
            answers = {fact.name: (fact.allowed() or ("9",))[last] for fact in asked}
            facts |= answers
        assert framework.route(facts).that_are("undetermined") == ()


def test_a_route_is_of_one_child(framework: Framework) -> None:
    with pytest.raises(
        UsageError, match=r"'child_died\.A' names a child, and a route is of one; give child_died"
    ):
        framework.route({"child_died.A": True})
