"""A small framework that goes by the clock: whatever time can do, it does here within weeks of the opening.

For the walk of `tests/properties/test_lifecycle.py`, where a long way to the first clock would be a waste.
"""

from __future__ import annotations

from functools import lru_cache

from loopengine import Framework
from loopengine.core.files.loading import framework_from_texts

FRAMEWORK = """\
framework: clockwork
version: 1
title: A framework that goes by the clock
links:
  begun_by: {title: was begun by, inverse: began}
  grew_from: {title: grew from, inverse: grew into}
agencies:
  police: {title: Police}
  hospital: {title: Hospital}
  school: {title: School}
"""

WATCH = """\
workflow: watch
version: 1
title: Watch
reference: WAT
starts: open
facts:
  told_on: {ask: "When were we told?", type: date}
  heard_on: {ask: "When is it heard?", type: date}
  hearers: {ask: "Who has to hear it?", type: parties}
  agreed: {ask: "Is it agreed?", type: yes_no}
  settled: {ask: "Is it settled?", type: yes_no}
sub_cases: {chimes: {workflow: chime, warn_above: 2}}
standing:
  doubt:                          # opens a case of its own, once, and nobody is told
    when: agreed and not settled
    opens: {workflow: watch, link: grew_from, carry: [heard_on, hearers]}
    source: local
  quiet:                          # time brings it about, and takes it away
    when: 'since("wind", "2 days") and possible(not since(heard_on, "2 weeks"))'
    tell: [business_unit, owner]
    source: local
  loud:                           # opens for each, once, and tells whenever it is so again
    when: 'settled or count(chimes, "heard") > 1'
    opens:
      - {workflow: chime, as: chimes, for_each: hearers, set: {hearer: each}}
      - {workflow: chime, link: grew_from}
    tell: executive
    source: local
deadlines:
  answer:                         # a ladder, and nothing that stops it but an answer
    within: 5 working days
    from: [opened, told_on, wind]
    until: answer
    source: local
    remind:
      - {before: 1 week, tell: business_unit}
      - {before: 2 working days, tell: business_unit}
    escalate:
      - {after: 1 working day, tell: business_unit}
      - {after: 10 days, tell: executive}
      - {after: 2 months, tell: executive}
  look:                           # an event that is refused, unless it is agreed
    within: 2 weeks
    from: [opened, wind]
    until: [answer, look]
    source: local
    escalate: {after: 1 day, tell: executive}
    then: look
  hearing:
    due: heard_on
    until: answer
    roll: next
    source: local
    remind: {before: 1 month, tell: business_unit}
    escalate: {after: 3 working days, tell: executive}
  papers:
    within: 3 working days
    before: heard_on
    until: send
    roll: previous
    source: local
    then: send
  writing: {within: 10 working days, from: answer, until: [close, reopen], source: local, then: close}
holds:
  court: {stops: [answer, look, hearing], blocks: [answer, rest, close], source: local}
  illness: {stops: [answer, papers, writing], blocks: [wind, look], source: local}
states:
  open:
    on:
      answer: {to: answered, by: independent_chair, when: agreed}
      look: {to: watched, by: business_unit, when: agreed}
      settle: {to: answered, automatic: true, when: agreed and settled}
      rest: {to: resting, automatic: true, when: 'since("wind", "3 days") or since(told_on, "2 months")'}
  watched:
    on:
      reopen: {to: open, by: independent_chair, reason: required}
      tire:
        to: resting
        automatic: true
        when: not settled
        wait: {at_least: 3 working days, after: look, source: local}
  resting:
    on:
      wake: {to: open, by: business_unit, not_of: hearers}
      end:
        to: closed
        automatic: true
        when: 'since("rest", "6 weeks") and possible(settled)'
        opens: {workflow: watch, link: begun_by, set: {heard_on: {from: heard_on}}, carry: [hearers, agreed]}
  answered:
    on:
      heard: {to: closed, automatic: true, when: 'every(chimes, "heard")'}
      reopen: {to: open, by: independent_chair, reason: required}
      close: {to: closed, by: business_unit}
  closed: {final: true}
anywhere:
  wind: {in: [open, watched], to: open, by: business_unit}
  send: {in: [open, answered, watched], by: business_unit}
  ring:
    in: [open, watched, answered]
    by: business_unit
    opens: {workflow: chime, as: chimes, for_each: hearers, set: {hearer: each}}
"""

CHIME = """\
workflow: chime
version: 1
title: Chime
reference: CHI
starts: rung
facts:
  hearer: {ask: "Who hears it?", type: party}
deadlines:
  hear: {within: 8 days, from: opened, until: hear, source: local, then: hear}
states:
  rung:
    on:
      hear: {to: heard, by: {role: agency, of: hearer}}
      muffle: {to: muffled, by: business_unit, reason: required}
  heard: {final: true}
  muffled: {final: true, excused: true}
"""

TEXTS = {"framework.yaml": FRAMEWORK, "watch.yaml": WATCH, "chime.yaml": CHIME}


@lru_cache
def framework() -> Framework:
    """The framework that goes by the clock."""
    return framework_from_texts(TEXTS)
