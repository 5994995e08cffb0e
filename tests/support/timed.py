"""A small framework in which time does everything that it can: for tests of clocks, holds and sweeps."""

from __future__ import annotations

FRAMEWORK = """\
framework: timed
version: 1
title: A framework of clocks
links:
  about: {title: is about, inverse: is told of in}
agencies:
  police: {title: Police}
  hospital: {title: Hospital}
  school: {title: School}
"""

CYCLES = """\
cycles:
  letters:
    workflow: letter
    every: 10 weeks
    from: 2017-01-20
    for_each: agencies
    set: {to: each}
    carry: true
    source: local
  inquiries:
    workflow: inquiry
    every: 4 months
    from: 2017-03-01
    carry: [heard_on, recipients]
    source: local
"""

INQUIRY = """\
workflow: inquiry
version: 1
title: Inquiry
reference: INQ
starts: open
facts:
  told_on: {ask: "When were we told?", type: date}
  heard_on: {ask: "When is it heard?", type: date}
  recipients: {ask: "Who has to know?", type: parties}
  agreed: {ask: "Is it agreed?", type: yes_no}
sub_cases: {letters: {workflow: letter, warn_above: 2}}
standing:
  forgotten:                      # time brings it about, and opens something
    title: Nobody has heard anything for long
    when: 'since("opened", "2 months") and since(heard_on, "1 month")'
    opens: {workflow: letter, link: about, carry: true}
    source: local
  pressing:                       # time brings it about, and an answer takes it away
    when: >-
      since(told_on, "6 weeks") and not known(heard_on)
      or since("answer", "3 weeks") and not since("answer", "3 months")
    tell: [owner, independent_chair]
    source: local
  agreement:
    when: agreed
    opens: {workflow: letter, as: letters, for_each: recipients, set: {to: each}}
    tell: business_unit
    source: local
deadlines:
  answer:
    within: 10 working days
    from: [told_on, reopen]
    until: [answer, lapse]
    source: local
    remind:
      - {before: 5 working days, tell: business_unit}
      - {before: 1 working day, tell: [business_unit, independent_chair]}
    escalate:
      - {after: 1 working day, tell: business_unit}
      - {after: 10 working days, tell: independent_chair}
      - {after: 1 month, tell: executive}
    then: lapse
  hearing:
    due: heard_on
    until: answer
    roll: next
    source: local
    remind: {before: 2 weeks, tell: business_unit}
    escalate:
      - {after: 1 working day, tell: independent_chair}
      - {after: 10 working days, tell: executive}
  papers:
    within: 5 working days
    before: heard_on
    until: send_papers
    source: local
    then: send_papers
  writing:
    within: 2 months
    from: answer
    until: close
    source: local
    then: close
    escalate: {after: 5 days, tell: executive}
holds:
  court: {title: A court case, stops: [answer, writing], blocks: [answer, rest], source: local}
  inquest: {title: An inquest, stops: [answer, hearing], source: local}
states:
  open:
    title: Open
    stage: referral
    owner: business_unit
    on:
      answer: {to: answered, by: independent_chair, when: agreed}
      lapse: {to: lapsed, by: business_unit}
  answered:
    title: Answered
    stage: decision
    owner: [business_unit, {role: agency, of: recipients}]
    on:
      write_to_all:
        to: answered
        by: business_unit
        opens: {workflow: letter, as: letters, for_each: recipients, set: {to: each}}
      rest: {to: resting, automatic: true, when: 'since("answer", "6 weeks")'}
      close: {to: closed, by: business_unit, when: 'every(letters, "read")'}
  resting:
    title: Resting
    stage: review
    owner: business_unit
    on:
      wake:
        to: open
        automatic: true
        when: agreed
        wait: {at_least: 15 working days, after: rest, source: local}
      close: {to: closed, by: business_unit}
  lapsed:
    title: Lapsed
    stage: review
    owner: business_unit
    on:
      reopen: {to: open, by: independent_chair, reason: required}
      end:
        to: closed
        automatic: true
        when: 'since("lapse", "2 months")'
        opens: {workflow: letter, link: about}
  closed: {title: Closed, stage: evaluated, final: true}
anywhere:
  send_papers: {in: [open, answered], by: business_unit}
"""

LETTER = """\
workflow: letter
version: 1
title: Letter
reference: LET
starts: written
facts:
  to: {ask: "To whom?", type: party}
  heard_on: {ask: "When was it heard?", type: date}
  agreed: {ask: "Is it agreed?", type: yes_no}
deadlines:
  read:
    within: 1 month
    from: opened
    until: read
    source: local
    then: read
    escalate: {after: 2 days, tell: agency_lead}
states:
  written:
    title: Written
    owner: {role: agency, of: to}
    on:
      read: {to: read, by: {role: agency, of: to}}
  read: {title: Read, final: true}
"""

TIMED = {"framework.yaml": FRAMEWORK + CYCLES, "inquiry.yaml": INQUIRY, "letter.yaml": LETTER}
