"""A small workflow that has one of everything in which an engine can have a fault."""

from __future__ import annotations

from loopengine.core.files.loading import framework_from_texts

FRAMEWORK = "framework: full\nversion: 1\ntitle: One of everything\n"
WORKFLOW = """\
workflow: talk
version: 1
title: A talk with a family
reference: TLK
starts: asked
facts:
  agreed: {ask: "Does the family agree?", type: yes_no}
  all_came: {ask: "Did everybody come?", type: yes_no}
deadlines:
  arrange:
    within: 10 working days
    from: opened
    until: [arrange, refuse]
    source: local
    remind: {before: 2 working days, tell: business_unit}
    escalate: {after: 3 working days, tell: independent_chair}
  hold_it:
    within: 1 month
    from: arrange
    until: end
    source: local
holds:
  court: {title: The court sits, stops: [arrange, hold_it], blocks: arrange, source: local}
states:
  asked:
    title: Somebody has asked for a talk
    owner: business_unit
    on:
      arrange: {to: arranged, by: business_unit, when: agreed}
      refuse: {to: refused, by: independent_chair, when: not agreed, reason: required}
  arranged:
    title: It is arranged
    owner: business_unit
    on:
      end: {to: ended, automatic: true, when: all_came}
      give_up:
        to: refused
        by: business_unit
        wait: {at_least: 5 working days, after: arrange, source: local}
  ended: {title: It was held, final: true}
  refused: {title: It was not held, final: true}
"""
FULL = framework_from_texts({"framework.yaml": FRAMEWORK, "talk.yaml": WORKFLOW})
