"""A framework in which little can be done at once: rules look back, wait, count, and exclude an agency."""

from __future__ import annotations

from functools import lru_cache

from loopengine import Framework
from loopengine.core.files.loading import framework_from_texts

FRAMEWORK = """\
framework: awkward
version: 1
title: An awkward framework
agencies:
  police: {title: Police}
  hospital: {title: Hospital}
  school: {title: School}
"""

VISIT = """\
workflow: visit
version: 1
title: Visit
reference: VIS
starts: begun
facts:
  looked_after: {ask: "Was the child looked after, then or in the six months before?", type: yes_no}
  died_on: {ask: "When did the child die?", type: date}
  agreed: {ask: "Is it agreed?", type: yes_no}
  signed: {ask: "Has the executive signed?", type: yes_no, by: executive, needs_evidence: ["yes"]}
  subject: {ask: "Whom is it about?", type: party}
sub_cases: {tasks: task}
rules:
  looked_after_then: {when: 'within_before(looked_after, "6 months", died_on)', source: local}
holds:
  proceedings: {blocks: [refer], source: local}
states:
  begun:
    on:
      visit: {to: visited, by: lead_reviewer, when: looked_after_then}
      refer: {to: referred, by: lead_reviewer, when: 'not looked_after_then'}
  referred:
    on:
      take_back: {to: begun, by: lead_reviewer, when: 'since("refer", "1 week") and agreed'}
      leave: {to: left, by: lead_reviewer, when: 'since("refer", "2 weeks") or signed'}
  visited:
    on:
      publish:
        to: published
        by: business_unit
        wait: {at_least: 7 working days, after: submit, source: local}
        when: agreed
      remind: {to: visited, by: business_unit, when: 'since("submit", "3 days") and signed'}
      submit: {to: visited, by: lead_reviewer}
  published:
    on:
      moderate: {to: moderated, by: agency, not_of: subject, when: 'since("publish", "3 days") and signed'}
  moderated:
    on:
      plan: {to: moderated, by: business_unit, opens: {workflow: task, as: tasks}}
      finish: {to: finished, by: business_unit, when: 'count(tasks, "done") >= 1 and since("plan", "1 week")'}
      give_up: {to: left, by: business_unit, when: 'count(tasks, "done") == 0 and not agreed'}
  finished: {final: true}
  left: {final: true}
"""

TASK = """\
workflow: task
version: 1
title: Task
reference: TSK
starts: open
states:
  open:
    on:
      do: {to: done, by: agency}
      drop: {to: dropped, by: business_unit}
      shelve: {to: shelved, by: business_unit}
  shelved:
    on:
      drop: {to: dropped, by: business_unit}
  done:
    on:
      close: {to: closed, by: business_unit}
  closed: {final: true}
  dropped: {final: true}
"""

TEXTS = {"framework.yaml": FRAMEWORK, "visit.yaml": VISIT, "task.yaml": TASK}


@lru_cache
def framework() -> Framework:
    """The awkward framework."""
    return framework_from_texts(TEXTS)
