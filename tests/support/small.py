"""A small framework with one of everything, for tests of the engine that should be read at a glance."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import count
from pathlib import Path

from loopengine import Actor, Engine, Framework
from loopengine.clock import FrozenClock
from loopengine.core.files.loading import framework_from_texts

FRAMEWORK = """\
framework: small
version: 1
title: A small framework
links:
  arises_from: {title: arises from, inverse: gave rise to}
agencies:
  police: {title: Police}
  hospital: {title: Hospital}
  school: {title: School}
  council: {title: Council}
"""

REVIEW = """\
workflow: review
version: 1
title: Review
reference: REV
starts: referred
in_force: {from: 2015-03-26, until: 2019-09-29}
facts:
  harmed: {ask: "Was the child harmed?", type: yes_no}
  concern: {ask: "Is there a concern?", type: yes_no, needs_evidence: ["no"]}
  note: {ask: "What happened?", type: text}
  agencies: {ask: "Who was involved?", type: parties}
  reviewer_of: {ask: "For whom does the reviewer work?", type: party}
  told_on: {ask: "When were we told?", type: date}
  chair_says: {ask: "What does the chair say?", type: text, by: independent_chair}
sub_cases: {actions: action}
rules:
  criteria: {when: harmed and possible(concern), source: local}
deadlines:
  decide: {within: 1 month, from: told_on, until: [accept, decline], source: local}
states:
  referred:
    stage: referral
    title: The referral is being looked at
    owner: business_unit
    on:
      accept: {to: reviewing, by: independent_chair, when: criteria, override: executive}
      decline: {to: declined, by: independent_chair, when: not criteria, reason: required}
      think: {to: referred, by: independent_chair}
  reviewing:
    stage: review
    title: The review is running
    owner: lead_reviewer
    on:
      propose:
        to: reviewing
        by: lead_reviewer
        opens: {workflow: action, as: actions, set: {note: {from: note}}}
      ask_all:
        to: reviewing
        by: lead_reviewer
        opens: {workflow: action, as: actions, for_each: agencies, set: {owner: each}}
      appoint: {to: reviewing, by: business_unit, when: "reviewer_of not in agencies"}
      publish:
        to: published
        by: business_unit
        wait: {at_least: 7 working days, after: accept, source: local}
        passes: [learning_identified]
      all_done: {to: done, automatic: true, when: 'every(actions, "verified")'}
  published: {stage: disseminated, final: true}
  done:
    stage: embedded
    on:
      reopen: {to: reviewing, automatic: true, when: 'not every(actions, "verified")'}
      close: {to: closed, by: business_unit, when: 'since("all_done", "12 months")'}
      follow:
        to: closed
        by: business_unit
        opens: {workflow: review, link: arises_from, set: {harmed: "yes"}}
  closed: {stage: evaluated, final: true}
  declined: {stage: decision, final: true}
"""

ACTION = """\
workflow: action
version: 1
title: Action
reference: ACT
starts: proposed
facts:
  owner: {ask: "Who owns it?", type: party}
  note: {ask: "What is it about?", type: text}
states:
  proposed:
    title: Proposed
    owner: {role: agency, of: owner}
    on:
      verify: {to: verified, by: business_unit, not_of: owner}
      begin: {to: begun, by: {role: agency, of: owner}}
      drop: {to: dropped, by: business_unit, reason: required}
  begun:
    on:
      verify: {to: verified, by: business_unit}
      drop: {to: dropped, by: business_unit, reason: required}
  verified:
    on:
      return: {to: begun, by: business_unit}
      close: {to: closed, by: business_unit}
  closed: {final: true}
  dropped: {final: true, excused: true}
"""

TEXTS = {"framework.yaml": FRAMEWORK, "review.yaml": REVIEW, "action.yaml": ACTION}

UNIT = Actor("Uma Unit", ["business_unit"], "council")
CHAIR = Actor("Carys Chair", ["independent_chair"])
REVIEWER = Actor("Rae Viewer", ["lead_reviewer"])
EXECUTIVE = Actor("Ed Executive", ["executive"])
OFFICER = Actor("Pat Police", ["agency"], agency="police")


@lru_cache
def framework(**changed: str) -> Framework:
    """The small framework; a keyword replaces the text of a file (`review=...`)."""
    return framework_from_texts(TEXTS | {f"{name}.yaml": text for name, text in changed.items()})


def salts() -> Callable[[], str]:
    """Salts that are the same in every run."""
    numbers = count(1)
    return lambda: f"salt-{next(numbers)}"


def engine(
    path: Path | None = None, *, clock: FrozenClock | None = None, of: Framework | None = None
) -> Engine:
    """An engine of the small framework on a file, or in memory."""
    url = "sqlite://" if path is None else f"sqlite:///{path}"
    clock = clock or FrozenClock("2017-01-09T09:00Z")
    return Engine(url, framework=of or framework(), clock=clock, salt=salts())
