"""A small framework with one door: what an incident must, should or may lead to, and how it is decided."""

from __future__ import annotations

FRAMEWORK = """\
framework: door
version: 1
title: A framework with one door
links:
  arises_from: {title: arises from, inverse: gave rise to}
agencies:
  police: {title: Police}
  school: {title: School}
  council: {title: Council}
intake: incident
routes:
  - {review: review, strength: must, title: A child was harmed, when: harmed, source: local}
  - {review: notice, strength: must, title: A child has died, when: died, source: local}
  - review: look-back
    strength: should
    title: It went nearly wrong
    when: near_miss and not harmed
    source: local
  - {review: look-back, strength: may, title: No harm was done, when: not harmed, source: local}
"""

INCIDENT = """\
workflow: incident
version: 1
title: Incident
reference: INC
starts: recorded
in_force: {from: 2015-03-26}
facts:
  children: {ask: "Which children is it about?", type: labels}
  notified_on: {ask: "When was the board notified?", type: date}
  agencies_involved: {ask: "Which agencies were involved?", type: parties}
  near_miss: {ask: "Was it a near miss?", type: yes_no}
  age_at_event: {ask: "How old is the child?", type: number, unit: years, for_each: children}
  died: {ask: "Has the child died?", type: yes_no, for_each: children}
  harmed: {ask: "Was the child harmed?", type: yes_no, needs_evidence: ["no"], for_each: children}
  decided:
    ask: Which reviews will there be?
    type: some_of
    values: reviews
    for_each: children
    by: [business_unit, independent_chair]
  together: {ask: "Which do the children share?", type: some_of, values: reviews, by: business_unit}
rules:
  as_must_be:
    title: What must be is decided on
    when: every(children, agrees(decided, "must"))
    source: local
  as_should_be:
    title: What should be is decided on
    when: every(children, agrees(decided, "should"))
    source: local
deadlines:
  decision:
    within: 10 working days
    from: [opened, notified_on]
    until: [decide, decide_otherwise]
    source: local
states:
  recorded:
    owner: business_unit
    on:
      decide:
        to: routed
        by: business_unit
        when: as_must_be and as_should_be
        opens: {reviews: decided, together: together, link: arises_from, carry: true}
      decide_otherwise:
        to: routed
        by: independent_chair
        when: as_must_be
        reason: required
        opens: {reviews: decided, together: together, link: arises_from, carry: true}
  routed: {final: true}
"""

REVIEW = """\
workflow: review
version: 1
title: Review
reference: REV
starts: referred
facts:
  children: {ask: "Which children is it about?", type: labels}
  notified_on: {ask: "When was the board notified?", type: date}
  harmed: {ask: "Was the child harmed?", type: yes_no, for_each: children}
states:
  referred: {on: {close: {to: closed, by: business_unit}}}
  closed: {final: true}
"""

NOTICE = """\
workflow: notice
version: 1
title: Notice
reference: NOT
starts: due
facts:
  age_at_event: {ask: "How old is the child?", type: number, unit: years}
states:
  due: {on: {send: {to: sent, by: business_unit}}}
  sent: {final: true}
"""

LOOK_BACK = """\
workflow: look-back
version: 1
title: Look back
reference: LOO
starts: asked
states:
  asked: {on: {close: {to: closed, by: business_unit}}}
  closed: {final: true}
"""

TEXTS = {
    "framework.yaml": FRAMEWORK,
    "incident.yaml": INCIDENT,
    "review.yaml": REVIEW,
    "notice.yaml": NOTICE,
    "look-back.yaml": LOOK_BACK,
}
