"""How long a case may take if nobody is late: by hand, beside what is told."""

from __future__ import annotations

import pytest
from support.small import TEXTS

from loopengine.core.files.loading import framework_from_texts
from loopengine.core.proving.proofs import prove

# From Monday 16 January 2017 on: five working days to begin, then ten to publish.
WORKFLOW = """\
workflow: inquiry
version: 1
title: Inquiry
reference: INQ
starts: asked
facts:
  told_on: {ask: "When were we told?", type: date}
deadlines:
  answer: {within: 5 working days, from: opened, until: [begin, drop], source: local}
  finish: {within: 10 working days, from: begin, until: publish, source: local}
states:
  asked:
    on:
      begin: {to: running}
      drop: {to: dropped}
  running:
    on:
      publish: {to: published}
      go_back: {to: asked}
  dropped: {final: true}
  published: {final: true}
"""
FINISH = "  finish: {within: 10 working days, from: begin, until: publish, source: local}\n"
PUBLISH = "publish: {to: published}"


def whole(clock: str) -> tuple[str, str]:
    """That another deadline runs, too, until the report is published."""
    return FINISH, f"{FINISH}  whole: {{{clock}, until: publish, source: local}}\n"


def told(*changes: tuple[str, str]) -> str:
    """What is told of the longest way, with *changes*."""
    text = WORKFLOW
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    framework = framework_from_texts(TEXTS | {"inquiry.yaml": text})
    found = prove(framework.workflow("inquiry"), framework.workflows)
    (longest,) = (each.said for each in found if each.sort == "longest")
    return longest


def test_deadlines_that_follow_each_other_add_up_and_a_way_back_does_not() -> None:
    assert told() == (
        "15 working days to an end at most, as far as deadlines bound it and are met: begin -> publish"
    )


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        # A deadline over the whole way is kept as well.
        (whole("within: 12 working days, from: opened"), 12),
        # One that a fact starts is taken to run from the opening.
        (whole("within: 7 working days, from: told_on"), 7),
        # What is due on the day in a fact bounds nothing that is known here.
        (whole("due: told_on"), 15),
        # Nobody can be quicker than a wait.
        (
            (PUBLISH, f"{PUBLISH[:-1]}, wait: {{at_least: 20 working days, after: begin, source: local}}}}"),
            25,
        ),
        # Where nothing runs, nothing is added.
        ((FINISH, ""), 5),
        # 14 days from Monday the 23rd are Monday 6 February: ten working days on from five.
        (("within: 10 working days", "within: 14 days"), 15),
    ],
)
def test_it_is_what_one_counts_by_hand(change: tuple[str, str], expected: int) -> None:
    assert int(told(change).split()[0]) == expected


def test_a_case_that_no_deadline_bounds_is_told_as_such() -> None:
    unbounded = ("until: [begin, drop]", "until: go_back"), (FINISH, "")

    assert told(*unbounded) == "no deadline bounds how long a case takes to its end"
