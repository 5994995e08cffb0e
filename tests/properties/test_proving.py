"""Whether rules can come to certain verdicts at once: what is found is so, and nothing is overlooked."""

from __future__ import annotations

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from support.rules import FACTS, TODAY, conditions, situations

from loopengine.core.proving.domains import situation_of
from loopengine.core.proving.worlds import Goal, Worlds
from loopengine.core.rules.expressions import Condition
from loopengine.core.rules.verdicts import evaluate
from loopengine.core.situation import Situation
from loopengine.core.truth import Truth

rules = st.lists(conditions, min_size=1, max_size=3)


@settings(suppress_health_check=list(HealthCheck))
@given(rules, situations())
def test_what_is_so_anywhere_is_found(some: list[Condition], case: Situation) -> None:
    goals = [Goal(each, frozenset({evaluate(each, case)})) for each in some]
    worlds = Worlds(some, FACTS, today=TODAY)

    found = worlds.find(*goals)

    assume(worlds.is_exact(*goals))
    assert found is not None


@settings(suppress_health_check=list(HealthCheck))
@given(rules, st.data())
def test_what_is_found_is_so_whatever_else_is(some: list[Condition], data: st.DataObject) -> None:
    goals = [Goal(each, frozenset({data.draw(st.sampled_from(Truth))})) for each in some]
    worlds = Worlds(some, FACTS, today=TODAY)

    found = worlds.find(*goals)

    assume(found is not None)
    assert found is not None
    whole = dict(found)
    for thing, domain in worlds.domains.items():
        if thing not in whole:
            whole[thing] = data.draw(st.sampled_from(domain.states))
    situation = situation_of(whole, TODAY)
    for goal in goals:
        assert evaluate(goal.condition, situation) in goal.wanted
