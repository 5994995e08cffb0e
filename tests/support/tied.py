"""A framework of cases that have to do with one another: linked, counted, alike, reported to a group."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from loopengine import Actor, Engine, Framework
from loopengine.clock import FrozenClock
from loopengine.core.files.loading import framework_from_texts
from support.small import salts

FRAMEWORK = """\
framework: tied
version: 1
title: A framework of cases that have to do with one another
groups:
  learning_group:
    title: The Learning Group
    tier: sub_group
    role: learning_and_improvement
    meets: [2017-01-05, 2017-02-02]
  executive_group: {title: The Executive, tier: executive}
agencies:
  police: {title: Police}
  hospital: {title: Hospital}
channels:
  briefing: {title: A briefing, who: business_unit, reports_to: learning_group}
links:
  arises_from: {title: arises from, inverse: gave rise to}
  follows: {title: follows, inverse: is followed by}
"""

ROUND = """\
workflow: round
version: 1
title: A round of audits
reference: RND
who: [business_unit, performance_and_evaluation]
reports_to: learning_group
about: What every agency's audit says, drawn together.
starts: gathering
sub_cases: {audits: {workflow: audit, linked: true}, points: point}
rules:
  all_in: {when: 'every(audits, "marked")', source: local, title: every audit is marked}
deadlines:
  report: {within: 3 months, from: opened, until: report, source: local}
states:
  gathering:
    owner: business_unit
    on:
      report: {to: reported, by: business_unit, when: 'all_in and count(audits, "marked") >= 2'}
      find: {to: gathering, by: business_unit, opens: {workflow: point, as: points}}
      give_up: {to: given_up, by: business_unit, when: 'some(audits, "lost")'}
      follow: {to: given_up, by: business_unit, reason: required, opens: {workflow: round, link: follows}}
  reported: {final: true}
  given_up: {final: true}
"""

AUDIT = """\
workflow: audit
version: 1
title: An agency's audit
reference: AUD
starts: begun
facts:
  agency: {ask: "Whose is it?", type: party}
states:
  begun:
    owner: {role: agency, of: agency}
    on:
      hand_in: {to: handed_in}
      excuse: {to: excused}
      lose: {to: lost}
  handed_in:
    owner: learning_and_improvement
    on:
      mark: {to: marked}
      give_back: {to: begun}
  marked:
    on:
      return: {to: handed_in}
      close: {to: closed}
  closed: {final: true}
  lost: {final: true}
  excused: {final: true, excused: true}
"""

POINT = """\
workflow: point
version: 1
title: A learning point
reference: PNT
starts: found
facts:
  theme: {ask: "What is it about?", type: one_of, values: [voice, records, neglect], recurs: 3 years}
  times: {ask: "How often was it seen?", type: number, unit: times}
  serious: {ask: "Is it serious?", type: yes_no, recurs: 6 months}
  agency: {ask: "Whose is it?", type: party}
states:
  found:
    owner: business_unit
    on:
      raise: {to: raised, by: business_unit, when: 'alike(theme, "24 months") >= 2'}
      let_be:
        to: closed
        by: business_unit
        when: 'alike(theme, "24 months") == 0 and alike(serious, "1 month") < 5'
      mislay: {to: withdrawn, by: business_unit}
  raised:
    on:
      close: {to: closed, when: 'alike(theme, "1 month") == 0'}
  closed: {final: true}
  withdrawn: {final: true, excused: true}
"""

TEXTS = {
    "framework.yaml": FRAMEWORK,
    "round.yaml": ROUND,
    "audit.yaml": AUDIT,
    "point.yaml": POINT,
}

UNIT = Actor("Uma Unit", ["business_unit"], "police")


@lru_cache
def framework(**changed: str) -> Framework:
    """The framework; a keyword replaces the text of a file (`round=...`)."""
    return framework_from_texts(TEXTS | {f"{name}.yaml": text for name, text in changed.items()})


def engine(
    path: Path | None = None, *, clock: FrozenClock | None = None, of: Framework | None = None
) -> Engine:
    """An engine of the framework on a file, or in memory."""
    url = "sqlite://" if path is None else f"sqlite:///{path}"
    return Engine(
        url, framework=of or framework(), clock=clock or FrozenClock("2017-01-03T09:00Z"), salt=salts()
    )
