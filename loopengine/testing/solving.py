"""Answers that make a rule TRUE, found as the proofs find their counter-examples."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from loopengine.core.proving.domains import TODAY
from loopengine.core.proving.worlds import TRUE, Goal, TooMany, Worlds
from loopengine.core.rules.verdicts import Rule
from loopengine.core.values import Fact, Value
from loopengine.errors import BadValue


def satisfying(
    rule: Rule, facts: Mapping[str, Fact], *, today: date = TODAY
) -> dict[str, Value | None] | None:
    """Answers to those of *facts* that it takes to make *rule* TRUE on the day *today*, and no others.

    None for a fact that has to be unknown; None instead of a dict if nothing makes the rule TRUE, or there
    is too much to look at. A rule that also reads sub-cases, events or the past needs those as well.
    """
    try:
        world = Worlds([rule.condition], facts, today=today).find(Goal(rule.condition, TRUE))
    except (TooMany, KeyError):  # a rule about each of a list that nobody has named has no such facts
        return None
    if world is None:
        return None
    found: dict[str, Value | None] = {}
    for thing, state in world.items():
        if thing.sort == "fact":
            try:
                found[thing.name] = facts[thing.name].accept_or_unknown(state)
            except BadValue:  # somebody whom no rule names, and the framework does not either
                return None
    return found
