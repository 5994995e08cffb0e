"""The board of the benchmarks: one workflow without rules and clocks, and one with both.

Knows what its cases are like. Does not know what is done with them.
"""

from __future__ import annotations

from pathlib import Path

from loopengine import Actor, Engine
from loopengine.clock import FrozenClock
from loopengine.core.files.loading import framework_from_texts

UNIT = Actor("Uma Unit", ["business_unit"])
KNOWN = {
    "harmed": True,
    "concern": "unknown",
    "told_on": "2017-01-03",
    "abuse": "suspected",
    "agencies_involved": ["hospital", "police"],
}
FRAMEWORK = """\
framework: bench
version: 1
title: For benchmarks
agencies: {hospital: {title: Hospital}, police: {title: Police}}
"""
CASE = """\
workflow: NAME
version: 1
title: A case
reference: PREFIX
starts: open
facts:
  harmed: {ask: "Was the child harmed?", type: yes_no}
  concern: {ask: "Is there a concern?", type: yes_no}
  told_on: {ask: "When were we told?", type: date}
  abuse: {ask: "Is abuse known?", type: one_of, values: ["known", "suspected", "not_suspected"]}
  agencies_involved: {ask: "Who was involved?", type: parties}
states:
  open:
    title: Open
    owner: business_unit
    on:
      look: {to: looking, by: business_unit, RULE}
      end: {to: ended, by: business_unit}
  looking:
    title: Being looked at
    owner: business_unit
    on:
      end: {to: ended, by: business_unit}
  ended: {title: Ended, final: true}
"""
CLOCKS = """\
deadlines:
  decide:
    within: 20 working days
    from: told_on
    until: look
    source: local
    escalate: {after: 6 months, tell: executive}
  finish:
    within: 20 working days
    from: look
    until: end
    source: local
    remind: {before: 5 working days, tell: business_unit}
    escalate: {after: 1 working day, tell: independent_chair}
"""
RULE = 'when: \'harmed and possible(concern) and abuse in ("known", "suspected")\''


def _workflow(name: str, rule: str, clocks: str) -> str:
    return CASE.replace("NAME", name).replace("PREFIX", name[:3].upper()).replace(", RULE", rule) + clocks


TEXTS = {
    "framework.yaml": FRAMEWORK,
    "plain.yaml": _workflow("plain", "", ""),
    "clocked.yaml": _workflow("clocked", f", {RULE}", CLOCKS),
}


def engine(path: Path, clock: FrozenClock) -> Engine:
    """An engine of this board on a file."""
    return Engine(f"sqlite:///{path}", framework=framework_from_texts(TEXTS), clock=clock)
