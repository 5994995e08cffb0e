"""Whom something in a case concerns: whose move it is, and which agencies are meant.

Knows the case. Does not know what they are told.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from loopengine.core.actors import agencies_in
from loopengine.core.definitions import Party
from loopengine.engine.work import Held


def whose_move(held: Held, until: Iterable[str]) -> tuple[Party, ...]:
    """Who has to see that one of the events *until* happens: who may take such a step now; and the owner of
    the state, if none may, or if the case has to go on before another of them can happen.
    """
    state, until = held.workflow.states[held.record.state], tuple(until)
    able = [party for event in until if event in state.steps for party in state.steps[event].by]
    goes_on = not able or any(event not in state.steps for event in until)
    return tuple(dict.fromkeys((*state.owner, *able) if goes_on else able))


def agencies_of(held: Held, parties: Iterable[Party], on: date) -> tuple[str, ...]:
    """The agencies that are meant where `agency` or `agency_lead` is told something about *held*."""
    facts = held.record.facts(on)
    owner = held.workflow.states[held.record.state].owner
    for meant in (parties, owner):
        named = (agencies_in(party.of, facts) for party in meant if party.of is not None)
        if found := frozenset().union(*filter(None, named)):
            return tuple(sorted(found))
    return ()
