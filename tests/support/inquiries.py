"""A small framework of inquiries, with every sort of clock, and holds that stop some of them."""

from __future__ import annotations

from loopengine import Framework
from loopengine.core.files.loading import framework_from_texts
from support.small import FRAMEWORK

INQUIRY = """\
workflow: inquiry
version: 1
title: Inquiry
reference: INQ
starts: asked
facts:
  meeting_on: {ask: "When is the meeting?", type: date}
  ready: {ask: "Is it ready?", type: yes_no}
sub_cases: {tasks: task}
deadlines:
  answer:
    within: 10 working days
    from: opened
    until: answer
    source: local
    remind: {before: 3 working days, tell: [business_unit]}
    escalate: [{after: 5 working days, tell: [executive]}]
  write: {within: 14 days, from: opened, until: answer, source: local}
  report: {within: 6 months, from: opened, until: answer, source: local}
  meet: {due: meeting_on, until: answer, source: local}
  prepare: {within: 5 working days, before: meeting_on, until: answer, source: local}
  tidy: {within: 10 working days, from: opened, until: answer, source: local}
  reply: {within: 5 working days, from: think, until: answer, source: local}
holds:
  proceedings:
    title: A prosecution is going on
    stops: [answer, write, report, meet, prepare]
    blocks: [answer]
    source: local
  inquest: {stops: [answer, write, report], blocks: [answer, finish], source: local}
  strike: {stops: [answer, reply], source: local}
states:
  asked:
    on:
      answer: {to: answered, by: business_unit}
      overrule: {to: answered, by: independent_chair, when: ready, override: executive}
      think: {to: asked, by: business_unit, wait: {at_least: 7 working days, after: opened, source: local}}
      ask: {to: asked, by: business_unit, opens: {workflow: task, as: tasks}}
      finish: {to: finished, automatic: true, when: ready}
  answered: {on: {close: {to: closed, by: business_unit}}}
  finished: {final: true}
  closed: {final: true}
"""

TASK = """\
workflow: task
version: 1
title: Task
reference: TSK
starts: set
deadlines:
  do: {within: 10 working days, from: opened, until: do, source: local}
states:
  set: {on: {do: {to: done, by: business_unit}}}
  done: {final: true}
"""

TEXTS = {"framework.yaml": FRAMEWORK, "inquiry.yaml": INQUIRY, "task.yaml": TASK}


def inquiries(inquiry: str = INQUIRY, *, first_day: str = "day_after") -> Framework:
    """The framework, with another *inquiry* perhaps, and one of the two conventions of counting."""
    framework = FRAMEWORK + f"calendar: {{first_day: {first_day}}}\n"
    return framework_from_texts(TEXTS | {"framework.yaml": framework, "inquiry.yaml": inquiry})
