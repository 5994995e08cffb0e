"""Ask why: a Chair may not decline while nobody has ruled out that the partners worked together badly."""

from __future__ import annotations

from loopengine import Actor, Engine, Refused, load_framework
from loopengine.workflow_files import default_framework

framework = load_framework(default_framework())

# Without any database: what a rule makes of what is known.
known = {"abuse_or_neglect": "suspected", "child_died": False, "seriously_harmed": True}
assessment = framework.workflow("serious-case-review").assess("criteria_met", known)
print(assessment)
print("what could still change it:", ", ".join(fact.name for fact in assessment.would_change))

# On a case: the decision is refused, and says why, what to ask, and the smallest changes that would allow it.
engine = Engine("sqlite://", framework=framework)
unit = Actor("Business Manager", ["business_unit"])
group = Actor("Sub-group", ["learning_and_improvement"])
chair = Actor("Independent Chair", ["independent_chair"])
case = engine.open(
    "serious-case-review",
    {
        "normally_resident": True,
        "notified_on": "2017-01-09",
        "agencies_involved": "police,hospital_trust",
        **known,
    },
    by=unit,
)
for event, actor in (("gather_information", unit), ("refer", unit), ("recommend_no_review", group)):
    engine.fire(case, event, by=actor, reason="for the example").require()

decision = engine.fire(case, "decline", by=chair, reason="The agencies see no fault in themselves.")
assert isinstance(decision, Refused)
for reason in decision.reasons:
    print("refused:", reason)
for fix in engine.explain(case).event("decline").fixes:
    print("it would be allowed with", " and ".join(f"{each.fact}={' or '.join(each.values)}" for each in fix))
