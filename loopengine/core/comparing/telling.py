"""A comparison as JSON."""

from __future__ import annotations

from collections.abc import Mapping

from loopengine.core.comparing.differences import Comparison, Difference, Example
from loopengine.core.proving.telling import example_json
from loopengine.core.values import Json


def comparison_json(comparison: Comparison) -> Mapping[str, Json]:
    """One of the `workflows` that `diff` prints."""
    return {
        "workflow": comparison.name,
        "versions": None if comparison.versions is None else list(comparison.versions),
        "same": comparison.same,
        "proved": comparison.proved,
        "differences": [_difference_json(each) for each in comparison.differences],
        "words": [_change_json(each) for each in comparison.words],
        "compared": comparison.compared,
        "inexact": list(comparison.inexact),
    }


def _difference_json(difference: Difference) -> Mapping[str, Json]:
    return {
        **_change_json(difference),
        "examples": [_example_json(each) for each in difference.examples],
        "through": list(difference.through),
    }


def _change_json(difference: Difference) -> Mapping[str, Json]:
    return {"sort": difference.sort, "about": difference.about, "said": difference.said}


def _example_json(example: Example) -> Mapping[str, Json]:
    return {
        "facts": example_json(example.world),
        "on": None if example.on is None else example.on.isoformat(),
        "old": example.old.word,
        "new": example.new.word,
        "abstract": example.abstract,
    }
