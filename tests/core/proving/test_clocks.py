"""What is proved of deadlines and owners: planted gaps are found, each with a way that leads to it."""

from __future__ import annotations

import pytest
from support.small import TEXTS

from loopengine.core.files.loading import framework_from_texts
from loopengine.core.proving.proofs import prove

SOUND = """\
workflow: inquiry
version: 1
title: Inquiry
reference: INQ
starts: asked
facts:
  told_on: {ask: "When were we told?", type: date}
  harmed: {ask: "Was the child harmed?", type: yes_no}
deadlines:
  answer: {within: 1 month, from: opened, until: [begin, drop], source: local}
  finish: {within: 6 months, from: [begin, ask_again], until: [publish, drop], source: local}
states:
  asked:
    owner: business_unit
    on:
      begin: {to: running}
      drop: {to: dropped}
  running:
    owner: lead_reviewer
    on:
      publish: {to: published}
  published:
    owner: business_unit
    no_clock: it may be questioned as long as anybody likes
    on:
      ask_again: {to: running}
      file: {to: filed}
  dropped: {final: true}
  filed: {final: true}
"""


def failed(*changes: tuple[str, str]) -> list[str]:
    """What is refuted of the sound workflow with *changes*."""
    text = SOUND
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    framework = framework_from_texts(TEXTS | {"inquiry.yaml": text})
    found = prove(framework.workflow("inquiry"), framework.workflows)
    return [each.said for each in found if not each.holds]


def test_of_a_workflow_that_is_watched_throughout_everything_holds() -> None:
    assert failed() == []


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            "from: [begin, ask_again]",
            "from: begin",
            "no deadline runs in running after begin -> publish -> ask again, and no `no_clock` says why",
        ),
        (
            "    no_clock: it may be questioned as long as anybody likes\n",
            "",
            "no deadline runs in published after begin -> publish, and no `no_clock` says why",
        ),
        (
            "from: opened, until: [begin, drop]",
            "from: begin, until: publish",
            "no deadline runs in asked, where a case begins, and no `no_clock` says why",
        ),
        (
            "until: [publish, drop]",
            "until: [file, drop]",
            "a deadline runs whenever a case stands in published: `no_clock` argues for nothing",
        ),
        (
            "    owner: lead_reviewer\n",
            "",
            "nobody has the move in running: it has no `owner`",
        ),
        (
            "until: [publish, drop]",
            "until: [begin]",
            "finish can never be met: once it runs, nothing can end it",
        ),
    ],
)
def test_a_planted_fault_is_found(before: str, after: str, said: str) -> None:
    assert said in failed((before, after))


def test_a_deadline_that_nothing_starts_is_found() -> None:
    never = ("begin: {to: running}", "begin: {to: running, when: harmed and not harmed}")
    never_again = ("ask_again: {to: running}", "ask_again: {to: running, when: harmed and not harmed}")

    assert "nothing that can happen starts finish" in failed(never, never_again)


def test_a_deadline_that_a_fact_starts_runs_until_it_is_stopped() -> None:
    by_fact = ("from: opened, until: [begin, drop]", "from: told_on, until: [begin, drop]")

    assert failed(by_fact) == []
