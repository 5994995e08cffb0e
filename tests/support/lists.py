"""A small framework with a list of every sort, for tests of what is asked of each and said over all."""

from __future__ import annotations

from functools import lru_cache

from loopengine import Framework
from loopengine.core.files.loading import framework_from_texts

FRAMEWORK = """\
framework: listed
version: 1
title: A framework with lists
agencies:
  police: {title: Police}
  hospital: {title: Hospital}
  school: {title: School}
  council: {title: Council}
  charity: {title: A charity}
  prison: {title: Prison}
groups:
  panel:
    title: The panel
    tier: sub_group
    quorum: {at_least: 2, of: [police, hospital, council], with: [school]}
  forum: {title: The forum, tier: sub_group, quorum: {at_least: 4}}
lists:
  standards:
    commitment: Senior management commitment
    training: {title: Training}
  categories: {suicide: Suicide, trauma: Trauma, chronic: Chronic condition, other: Other}
"""

AUDIT = """\
workflow: audit
version: 1
title: Audit
reference: AUD
starts: begun
facts:
  grade:
    ask: How well is it met?
    type: one_of
    values: [met, partly, not_met]
    for_each: standards
    by: business_unit
  note: {ask: "What is there to say?", type: text, for_each: standards}
  applies: {ask: "Does it apply?", type: yes_no, for_each: categories}
  category: {ask: "Which is it?", type: one_of, values: categories}
  children: {ask: "Which children is it about?", type: labels}
  died: {ask: "Has the child died?", type: yes_no, for_each: children, needs_evidence: ["no"]}
  years: {ask: "How old was the child?", type: number, unit: years, for_each: children}
  seen_on: {ask: "When was the child seen?", type: date, for_each: children}
  attended: {ask: "Who was there?", type: parties}
  report: {ask: "Was there a report?", type: yes_no, for_each: attended}
  needs: {ask: "What is needed?", type: some_of, values: [housing, debt, school_place]}
rules:
  audited: {when: 'every(standards, good_enough)', source: local}
  good_enough: {when: 'grade in ("met", "partly")', source: local, title: The standard is met well enough}
  a_young_death: {when: 'died and years < 18', source: local}
  criteria: {when: 'some(children, a_young_death)', source: local}
  all_died: {when: 'every(children, died)', source: local}
  reported: {when: 'every(attended, report)', source: local}
  one_reported: {when: 'some(attended, report)', source: local}
  seen_long_ago: {when: 'every(children, since(seen_on, "1 month"))', source: local}
  died_lately: {when: 'some(children, within_before(died, "6 months", "2017-02-01"))', source: local}
  reported_for_each: {when: 'every(children, died and some(attended, report and years > 1))', source: local}
  by_suicide: {when: 'uppermost(applies) == "suicide"', source: local}
  by_others: {when: 'uppermost(applies) in ("other", "trauma")', source: local}
  chosen: {when: 'category == uppermost(applies)', source: local}
  settled: {when: 'known(uppermost(applies))', source: local}
  panel_met: {when: 'quorate(attended, "panel")', source: local}
  forum_met: {when: 'quorate(attended, "forum")', source: local}
  several: {when: 'size(children) > 1 or size(needs) >= 2', source: local}
  in_debt: {when: '"debt" in needs', source: local}
states:
  begun:
    on:
      finish: {to: finished, by: business_unit, when: criteria and audited}
      tell: {to: begun, by: business_unit, when: reported}
      meet: {to: begun, by: business_unit, when: 'size(attended) >= 5 and "prison" in attended'}
      gather: {to: begun, by: business_unit, when: 'size(attended) >= 2 and reported'}
      all_gone: {to: finished, automatic: true, when: 'all_died and "debt" in needs'}
      long_ago: {to: finished, automatic: true, when: seen_long_ago}
  finished:
    final: true
"""

TEXTS = {"framework.yaml": FRAMEWORK, "audit.yaml": AUDIT}


@lru_cache
def framework() -> Framework:
    """The framework with lists."""
    return framework_from_texts(TEXTS)
