"""A small framework for the tests of slips, and its file of a review with whatever is put in its places."""

from textwrap import dedent

import pytest

from loopengine.core.files.examples import load_examples
from loopengine.core.files.loading import framework_from_texts
from loopengine.core.files.mutating import Trial

FRAMEWORK = "framework: small\nversion: 1\ntitle: Small\nagencies: {police: {title: Police}}\n"
REVIEW = """\
workflow: review
version: 1
title: Review
reference: REV
starts: referred
facts:
  harmed: {ask: "Was the child harmed?", type: yes_no}
  years: {ask: "How old was the child?", type: number, unit: years, by: business_unit}
rules:
  child: {when: harmed and years < 18, source: local}
deadlines:
  decide:
    within: 5 working days
    from: [opened, ask_again]
    until: [begin, decline]
    source: local
    remind: {before: 1 working day, tell: business_unit}
    escalate: {after: 1 week, tell: executive}
  finish: {within: 1 month, from: begin, until: conclude, then: conclude, source: local}
holds:
  inquest: {stops: finish, blocks: conclude, source: local}
states:
  referred:
    owner: business_unit
    on:
      begin: {to: reviewing, by: independent_chair, when: child}
      decline: {to: declined, by: [independent_chair, business_unit], when: not child, reason: required}
      ask_again: {to: referred, by: business_unit}
  reviewing:
    owner: lead_reviewer
    on:
      conclude:
        to: concluded
        by: {role: agency, of: involved}
        when: child
        wait: {at_least: 2 weeks, after: begin}
  concluded: {final: true}
  declined: {final: true}
"""
REVIEW = REVIEW.replace("rules:", '  involved: {ask: "Who was involved?", type: parties}\nrules:', 1)


@pytest.fixture
def trial(tmp_path):
    """Makes the slips of the review, which has *more* keys, beside its examples as a text."""

    def made(examples="", more="", change=("", "")):
        review = REVIEW.replace(*change) + dedent(more)
        framework = framework_from_texts({"framework.yaml": FRAMEWORK, "review.yaml": review})
        (tmp_path / "examples").mkdir()
        if examples:
            text = "examples: review\n" + dedent(examples)
            (tmp_path / "examples" / "review.yaml").write_text(text, "utf-8")
        return Trial(framework, load_examples(tmp_path, framework))

    return made


@pytest.fixture
def fate(trial):
    """What becomes of the slip called *name* of such a review, and by what."""

    def found(name, **given):
        made = trial(**given)
        (verdict,) = made.judged(each for each in made.mutants(["review.yaml"]) if each.name == name)
        return verdict.fate, verdict.by

    return found
