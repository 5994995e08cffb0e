"""Carry one review through the whole loop, from referral to evaluated and closed, in fifteen lines: the last.

What is known stands above them; then the events are fired, one by one. Whatever were refused would say why.
"""

from __future__ import annotations

from loopengine import Actor, Engine, load_framework
from loopengine.clock import FrozenClock
from loopengine.workflow_files import default_framework

clock, framework = FrozenClock("2017-01-09T09:00Z"), load_framework(default_framework())
engine = Engine("sqlite:///whole-loop.db", framework=framework, clock=clock, rehearsal=True)
everybody, police = (Actor("Everybody at once", framework.roles, agency) for agency in ("schools", "police"))


def go(case: str, events: str, by: Actor = everybody) -> list[str]:
    """Record what is known of *case*, fire *events* one by one, and give back what they opened."""
    engine.record(case, KNOWN[case[:3]], by=by, evidence="on file")
    moves = [engine.fire(case, event, by=by, reason="as agreed").require() for event in events.split()]
    return [reference for move in moves for reference in move.opened]


# What is known, by the prefix of the case: in life it arrives one by one.
KNOWN: dict[str, dict[str, object]] = {
    "SCR": {
        "notified_on": "2017-01-09",
        "normally_resident": True,
        "agencies_involved": ["police", "hospital_trust"],
        "abuse_or_neglect": "known",
        "child_died": True,
        "lead_reviewer_employers": ["outside_the_area"],
        "lead_reviewer_has_case_responsibility": False,
        "terms_of_reference": "Two years.",
        "method": "hybrid",
        "reviewers_named_to_panel": True,
        "information_complete": True,
        "practitioners_response": "contributed",
        "family_response": "contributed",
        "fit_to_publish": True,
        "response_complete": True,
        "planned_publication_on": "2017-01-16",
        "evaluation_method": "case_audit",
        "difference_made": "Seen sooner.",
    },
    "LP-": {
        "lesson": "Ask about the father.",
        "theme": "working_with_fathers",
        "finding": "Finding 1",
        "recipients": ["police"],
        "embed_by": "2018-01-31",
        "built_into_practice": True,
        "found_in_practice": True,
        "evaluation_method": "case_audit",
    },
    "ACT": {
        "change": "Ask.",
        "owner": "police",
        "due_on": "2017-06-30",
        "success_measure": "9 of 10",
        "kind": "system",
        "carried_out": True,
        "in_everyday_practice": True,
        "measure_met": True,
    },
    "DIS": {
        "channel": "briefings",
        "was_sent": True,
        "was_received": True,
        "was_used": True,
        "how_it_was_used": "Weekly.",
    },
}

review = engine.open("serious-case-review", by=everybody).reference
go(review, "gather_information refer recommend_review commission appoint_reviewer agree_scope")
go(review, "complete_chronology begin_analysis draft_report agree_report agree_response send_copies")
clock.advance(days=7)  # a week between the copies and the publication: the step waits for it
lesson, action = go(review, "publish add_learning_point add_action")
go(review, "agree_learning")
(dissemination,) = go(lesson, "disseminate")
go(dissemination, "send acknowledge report_use", police)
go(action, "agree begin submit_evidence", police)
go(action, "verify confirm_embedded confirm_impact")
go(lesson, "confirm_embedded learnt")
go(review, "learnt")
clock.advance(days=366)  # three months in which it may be questioned, and a year on the website
go(review, "end_website_year close")
print(review, "is", engine.case(review).case.state, "and its history verifies:", engine.audit().ok)
