"""What comes in on a day: incidents through the door, and other cases that somebody opens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from random import Random

from loopengine.core.definitions import Workflow
from loopengine.rehearsal.acting import Office
from loopengine.rehearsal.caseload import Arrival
from loopengine.rehearsal.chance import how_many
from loopengine.rehearsal.draws import Draw, drawn
from loopengine.rehearsal.people import UNIT

_LETTERS = ("A", "B")


def arrive(office: Office, arrivals: Iterable[Arrival], boards: float, working_days: float) -> None:
    """Open all that comes in today to so many *boards*, of which each has so many *working_days* a year."""
    for arrival in arrivals:
        chance = office.people.chance("arrival", arrival.what, office.today)
        for n in range(how_many(chance, arrival.a_year * boards / working_days)):
            _open(office, arrival, office.people.chance("arrival", arrival.what, office.today, n))


def _open(office: Office, arrival: Arrival, chance: Random) -> None:
    engine = office.engine
    workflow = engine.framework.workflow(arrival.workflow)
    who = office.people.acting(UNIT, None, chance)
    facts = _facts(office, workflow, arrival.facts, chance)
    evidence = f"referral of {office.today}"
    if arrival.workflow != engine.framework.intake:
        engine.open(arrival.workflow, facts, by=who, evidence=evidence)
        return
    letters = _LETTERS[: 1 + (chance.random() < arrival.siblings)]
    told = {**office.people.caseload.door, **arrival.children}
    children = {letter: _facts(office, workflow, told, chance) for letter in letters}
    engine.intake(facts, children, by=who, evidence=evidence)


def _facts(
    office: Office, workflow: Workflow, draws: Mapping[str, Draw], chance: Random
) -> dict[str, object]:
    outside = office.people.caseload.outside
    return {
        name: drawn(draw, workflow.fact_asked(name), chance, office.today, never=outside, of=str)
        for name, draw in draws.items()
    }
