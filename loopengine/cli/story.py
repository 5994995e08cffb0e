"""One synthetic Serious Case Review, told from referral to evaluated: what the demonstration shows.

Uses the public names alone, on a clock held in the hand. Everybody in it is invented.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from loopengine import Actor
from loopengine.cli.narrator import Narrator
from loopengine.core.values import Value

UNIT = Actor("Morgan (Business Manager)", ["business_unit"])
AUTHORITY = Actor("Jo (Director of Children's Services)", ["local_authority"])
SUB_GROUP = Actor("Robin (Learning and Improvement)", ["learning_and_improvement"])
CHAIR = Actor("Alex (Independent Chair)", ["independent_chair"])
EXECUTIVE = Actor("The Executive", ["executive"])
REVIEWER = Actor("Sam (lead reviewer)", ["lead_reviewer"])
EVALUATION = Actor("Chris (Performance and Evaluation)", ["performance_and_evaluation"], "public_health")
AGENCIES = ("childrens_social_care", "hospital_trust", "police")

LESSONS = (
    (
        "An injury to a baby who cannot move yet is talked over with a consultant on the same day.",
        "injuries_to_babies",
    ),
    ("What one agency knows of a father is asked for, and told to the others.", "working_with_fathers"),
)
ACTIONS = (
    (
        "hospital_trust",
        "A consultant sees every injured baby under six months.",
        "Nine of ten records show it.",
    ),
    (
        "childrens_social_care",
        "Assessments ask about fathers.",
        "An audit of twenty finds fathers in eighteen.",
    ),
)


@dataclass
class Story(Narrator):
    """The story; *lessons* and *actions* are the references of what the review opens."""

    lessons: list[str] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)

    def run(self) -> str:
        """Tell it all; the reference of the review."""
        self.referral()
        self.decision()
        self.independence()
        self.conduct()
        self.publication()
        self.learning()
        self.embedding()
        self.evaluation()
        return self.case.reference

    # --- the chapters -------------------------------------------------------------------------------------

    def referral(self) -> None:
        """A referral with too little known."""
        self.chapter("A referral")
        facts = {
            "normally_resident": True, "born_alive": True,
            "became_aware_on": date(2017, 1, 5), "notified_on": date(2017, 1, 9),
        }  # fmt: skip
        self.review = self.engine.open("serious-case-review", facts, by=UNIT)
        self.tell(f"The board is notified of an incident. It becomes {self.review}: {self.review.doing}.")
        self.fire("notify_incident", AUTHORITY)
        self.fire("gather_information", UNIT)
        self.record({"agencies_involved": AGENCIES}, UNIT)
        self.fire("refer", UNIT)
        self.fire("recommend_no_review", SUB_GROUP, reason="The family was known to nobody as a worry.")
        self.tell("Can the Chair decline? Nothing is known of harm, abuse or joint working yet:")
        self.fire("decline", CHAIR, reason="No concern has been shown.")
        self.ask("decline")

    def decision(self) -> None:
        """Facts arrive; declining is refused with its reasons; the review is commissioned."""
        self.chapter("The decision", days=14)
        self.record({"child_died": False, "seriously_harmed": True, "age_at_event": 0}, UNIT)
        self.record({"abuse_or_neglect": "suspected"}, UNIT)
        self.tell(
            "Nobody has ruled out that the partners worked together badly. The Chair tries to decline again:"
        )
        self.fire("decline", CHAIR, reason="The agencies see no fault in themselves.")
        workflow = self.engine.framework.workflow("serious-case-review")
        for line in str(workflow.assess("criteria_met", self.facts())).splitlines():
            self.page.say(line, indent=6)
        self.tell(
            "So it is commissioned. That is not what the sub-group recommended, and the Chair has to say why:"
        )
        self.fire("commission", CHAIR)
        self.record({"disagreement_explained": True}, CHAIR, evidence="the Chair's note of 23 January")
        self.fire("commission", CHAIR)
        self.fire("tell_national_bodies", UNIT)
        self.fire("ratify", EXECUTIVE)

    def independence(self) -> None:
        """A reviewer who works for an agency involved is refused, and then a fit one is appointed."""
        self.chapter("An independent reviewer", days=10)
        self.record(
            {"lead_reviewer_employers": ["hospital_trust"], "lead_reviewer_has_case_responsibility": False},
            UNIT,
        )
        self.fire("appoint_reviewer", SUB_GROUP)
        self.suggest("appoint_reviewer")
        self.record({"lead_reviewer_employers": ["outside_the_area"]}, UNIT)
        self.fire("appoint_reviewer", SUB_GROUP)

    def conduct(self) -> None:
        """Terms, chronology, people, analysis; and a first lesson while the review is running."""
        self.chapter("The review", days=14)
        terms = {"terms_of_reference": "Two years to January 2017.", "method": "systems_methodology"}
        self.record(terms | {"reviewers_named_to_panel": True}, UNIT)
        self.fire("agree_scope", SUB_GROUP, reason="One family, three agencies: two learning days will do.")
        self.days(50)
        self.record({"information_complete": True}, REVIEWER)
        self.fire("complete_chronology", REVIEWER)
        self.record({"practitioners_response": "contributed"}, REVIEWER)
        self.record({"family_response": "declined"}, REVIEWER, evidence="letter of 20 March, on file")
        self.fire("begin_analysis", REVIEWER)
        self.tell("A first lesson cannot wait for the report:")
        self.lessons += self.fire("add_learning_point", REVIEWER)
        self.days(30)
        self.fire("draft_report", REVIEWER)

    def publication(self) -> None:
        """Report, response, and a publication that waits for its copies."""
        self.chapter("Report and response", days=21)
        self.record({"fit_to_publish": True}, UNIT)
        self.fire("agree_report", SUB_GROUP)
        self.record({"response_complete": True}, UNIT, evidence="response, version 3")
        self.fire("agree_response", EXECUTIVE)
        self.record({"planned_publication_on": date(2017, 6, 5)}, UNIT)
        self.fire("send_copies", UNIT)
        self.days(3)
        self.tell("The report would be out three days after the copies, if nobody minded the guidance:")
        self.fire("publish", EXECUTIVE)
        self.days(5)
        self.fire("publish", EXECUTIVE)

    def learning(self) -> None:
        """Two learning points go out to the agencies, and the agencies say that they have them."""
        self.chapter("Learning", days=7)
        self.lessons += self.fire("add_learning_point", SUB_GROUP)
        for reference, (lesson, theme) in zip(self.lessons, LESSONS, strict=True):
            facts = {"lesson": lesson, "theme": theme, "finding": "Finding 1", "recipients": AGENCIES}
            self.record(facts | {"embed_by": date(2018, 1, 31)}, UNIT, case=reference)
        for owner, change, measure in ACTIONS:
            action = self.fire("add_action", SUB_GROUP)[0]
            self.actions.append(action)
            self.record({"owner": owner, "change": change, "success_measure": measure}, UNIT, case=action)
        self.fire("agree_learning", SUB_GROUP)
        for reference in self.lessons:
            self.fire("disseminate", UNIT, case=reference)
        self.tell("Sent is not received. Each agency says for itself that it has it:")
        self.days(7)
        for dissemination in self.sub_cases(self.lessons):
            self.record(
                {"channel": "briefings", "was_sent": True}, UNIT, case=dissemination, evidence="e-mail"
            )
            self.fire("send", UNIT, case=dissemination, quiet=True)
            self.acknowledge(dissemination)

    def embedding(self) -> None:
        """Actions are agreed, done and verified; learning is put to use."""
        self.chapter("Embedding", days=30)
        for reference in self.actions:
            agency = self.agency(reference, "owner")
            self.record({"kind": "system", "due_on": date(2017, 12, 1)}, UNIT, case=reference)
            self.fire("agree", agency, case=reference)
            self.fire("begin", agency, case=reference, quiet=True)
            self.record({"carried_out": True}, agency, case=reference, evidence="new pathway, version 1")
            self.fire("submit_evidence", agency, case=reference, quiet=True)
            self.fire("verify", EVALUATION, case=reference)
            self.record({"in_everyday_practice": True}, agency, case=reference, evidence="supervision notes")
            self.fire("confirm_embedded", EVALUATION, case=reference)
        for dissemination in self.sub_cases(self.lessons):
            agency = self.agency(dissemination, "recipient")
            used = {"was_used": True, "how_it_was_used": "Team meetings, and a question in supervision."}
            self.record(used, agency, case=dissemination, evidence="team plan")
            self.fire("report_use", agency, case=dissemination, quiet=True)
        for reference in self.lessons:
            self.embed(reference)

    def evaluation(self) -> None:
        """One lesson is found not learnt, is embedded again, and the review is evaluated and closed."""
        self.chapter("Evaluation", days=180)
        first, second = self.lessons
        self.evaluate(first, learnt=True)
        self.tell("The audit finds nothing of the second lesson in the records:")
        self.evaluate(second, learnt=False)
        self.tell(f"So {self.case} is back to embedding: {self.engine.case(self.case).case.doing}.")
        self.days(90)
        self.embed(second)
        self.days(90)
        self.evaluate(second, learnt=True)
        for action in self.actions:
            self.record({"measure_met": True}, EVALUATION, case=action, evidence="audit of June 2018")
            self.fire("confirm_impact", EVALUATION, case=action)
        method = {"evaluation_method": "case_audit", "difference_made": "Injured babies are seen on the day."}
        self.record(method, EVALUATION)
        self.fire("learnt", EVALUATION)

    # --- what happens more than once -----------------------------------------------------------------------

    def acknowledge(self, reference: str) -> None:
        """An agency says that it has received what was sent."""
        agency = self.agency(reference, "recipient")
        self.record({"was_received": True}, agency, case=reference, evidence="reply of the safeguarding lead")
        self.fire("acknowledge", agency, case=reference)

    def embed(self, reference: str) -> None:
        """A learning point is built into practice."""
        self.record({"built_into_practice": True}, SUB_GROUP, case=reference, evidence="procedure 4.2")
        self.fire("confirm_embedded", SUB_GROUP, case=reference)

    def evaluate(self, reference: str, *, learnt: bool) -> None:
        """A learning point is evaluated."""
        facts = {"found_in_practice": learnt, "evaluation_method": "case_audit"}
        self.record(facts, EVALUATION, case=reference, evidence="audit of twenty records")
        event, reason = ("learnt", None) if learnt else ("not_learnt", "Found in two records of twenty.")
        self.fire(event, EVALUATION, case=reference, reason=reason)

    def agency(self, reference: str, fact: str) -> Actor:
        """Somebody of the agency that *fact* of a case names."""
        name = str(self.engine.case(reference).facts[fact])
        return Actor(f"Lead for {name.replace('_', ' ')}", ["agency"], agency=name)

    def sub_cases(self, references: list[str]) -> list[str]:
        """What is open under these cases."""
        return [
            sub.reference for each in references for sub in self.engine.case(each).sub_cases if not sub.ended
        ]

    def facts(self) -> dict[str, Value]:
        """What is known of the review."""
        return self.engine.case(self.case).facts
