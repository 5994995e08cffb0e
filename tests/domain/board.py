"""A board for scenarios: an engine in memory, a clock held in the hand, and the straight road of a review."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from loopengine import Actor, Decision, Engine, Framework, Moved
from loopengine.clock import FrozenClock
from loopengine.core.deadlines import Running
from loopengine.core.values import Value

UNIT = Actor("Uma of the Business Unit", "business_unit")
AUTHORITY = Actor("Lou of the local authority", "local_authority")
SUB_GROUP = Actor("Lin of Learning and Improvement", "learning_and_improvement")
EVALUATORS = Actor("Eve of Performance and Evaluation", "performance_and_evaluation", agency="public_health")
CHAIR = Actor("Carys, the Independent Chair", "independent_chair")
EXECUTIVE = Actor("Ed of the Executive", "executive")
REVIEWER = Actor("Rae, the lead reviewer", "lead_reviewer")
PANEL = Actor("Pia of the national panel", "national_panel")
POLICE = Actor("Pat of the police", "agency", agency="police")
SCHOOL = Actor("Sam of a school", "agency", agency="schools")

AT_HOME = {
    "custody_setting": "none",
    "detained_mental_health_act": False,
    "deprivation_of_liberty_order": False,
    "age_at_event": 3,
}
MEETS_THE_CRITERIA = {**AT_HOME, "abuse_or_neglect": "known", "child_died": True}
DOES_NOT = {**MEETS_THE_CRITERIA, "abuse_or_neglect": "not_suspected"}

# The straight road, event by event, with what has to be known for each.
ROAD: dict[str, dict[str, object]] = {
    "gather_information": {"normally_resident": True, "born_alive": True, "age_at_event": 3},
    "refer": {"agencies_involved": "police,hospital_trust"},
    "recommend_review": {},
    "commission": MEETS_THE_CRITERIA,
    "appoint_reviewer": {
        "lead_reviewer_employers": "outside_the_area",
        "lead_reviewer_has_case_responsibility": False,
    },
    "agree_scope": {
        "terms_of_reference": "Two years to January 2017.",
        "method": "systems_methodology",
        "reviewers_named_to_panel": True,
    },
    "complete_chronology": {"information_complete": True},
    "begin_analysis": {"practitioners_response": "contributed", "family_response": "contributed"},
    "draft_report": {},
    "agree_report": {"fit_to_publish": True},
    "agree_response": {"response_complete": True},
    "send_copies": {},
    "publish": {"planned_publication_on": "2017-12-01"},
    "agree_learning": {},
}


class Board:
    """A board on the day *today*, which does what it is told in the roles that its files name."""

    def __init__(self, framework: Framework, today: str = "2017-01-09") -> None:
        self.clock = FrozenClock(f"{today}T09:00Z")
        self.engine = Engine("sqlite://", framework=framework, clock=self.clock)

    def refer(self, **facts: object) -> str:
        """An incident is referred to the board, which is notified of it today."""
        told = {"notified_on": self.clock.today(), **facts}
        return self.engine.open("serious-case-review", told, by=UNIT).reference

    def review(self, *, until: str, **facts: object) -> str:
        """A review that has come the straight road *until* just before an event; *facts* replace its own."""
        case = self.refer()
        for event, needed in ROAD.items():
            if event == until:
                return case
            if event == "publish":
                self.clock.advance(days=7)
            self.learn(case, **{name: facts.get(name, value) for name, value in needed.items()})
            self.does(case, event)
        return case

    def before_the_chair(self, recommendation: str = "recommend_review", **facts: object) -> str:
        """A referral on which the sub-group has made its *recommendation*; *facts* are all that is known."""
        case = self.refer(normally_resident=True, agencies_involved="police,hospital_trust")
        self.does(case, "gather_information", "refer", recommendation)
        self.learn(case, **facts)
        return case

    def learn(
        self, case: str, *, by: Actor = UNIT, evidence: str | None = "file 12", **facts: object
    ) -> None:
        """Somebody finds out, and can show it."""
        if facts:
            self.engine.record(case, facts, by=by, evidence=evidence)

    def puts_right(self, case: str, *, by: Actor = UNIT, **facts: object) -> None:
        """What was recorded had been wrong."""
        self.engine.record(case, facts, by=by, evidence="file 13", correction=True)

    def tries(
        self, case: str, event: str, by: Actor | None = None, reason: str | None = "minuted"
    ) -> Decision:
        """Somebody tries to do it: whoever may, unless it is said who."""
        return self.engine.fire(case, event, by=by or self._whoever_may(case, event), reason=reason)

    def does(self, case: str, *events: str, by: Actor | None = None) -> Moved:
        """They are done one after the other, and nobody objects; the last is what comes of it."""
        *_, last = [self.tries(case, event, by).require() for event in events]
        return last

    def state(self, case: str) -> str:
        return self.engine.case(case).case.state

    def fact(self, case: str, name: str) -> Value | None:
        return self.engine.case(case).facts.get(name)

    def clock_of(self, case: str, deadline: str) -> Running:
        """The clock of that name, which has begun."""
        return {each.deadline.name: each for each in self.engine.case(case).clocks}[deadline]

    def due(self, case: str, deadline: str) -> date:
        return self.clock_of(case, deadline).due.on

    def under(self, case: str) -> Iterator[str]:
        """The sub-cases of *case*."""
        yield from (each.reference for each in self.engine.case(case).sub_cases)

    def _whoever_may(self, case: str, event: str) -> Actor:
        workflow = self.engine.framework.workflow(self.engine.case(case).case.workflow)
        party, not_of = next((step.by[0], step.not_of) for step in workflow.steps() if step.event == event)
        if not_of is not None and self.fact(case, not_of) != EVALUATORS.agency:
            return Actor("Whoever may", party.role, agency=EVALUATORS.agency)
        agency = None if party.of is None else self.fact(case, party.of)
        return Actor("Whoever may", party.role, agency=agency if isinstance(agency, str) else None)


def asked(decision: Decision) -> list[str]:
    """What has to be found out before it can be decided."""
    return [] if isinstance(decision, Moved) else [fact.name for fact in decision.questions]
