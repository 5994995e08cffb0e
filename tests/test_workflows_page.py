"""docs/workflows.md names every workflow that is shipped, review types apart from what comes of them."""

from __future__ import annotations

import re
from pathlib import Path

from support.shipped import SHIPPED as FRAMEWORK

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "workflows.md").read_text("utf-8")


def named_under(heading: str) -> list[str]:
    """The workflows in the first column of the table under *heading*."""
    part = PAGE.partition(f"## {heading}\n")[2].partition("\n#")[0]
    return re.findall(r"^\| `([a-z0-9-]+)` \|", part, re.MULTILINE)


def test_the_table_of_review_types_names_each_of_them_once() -> None:
    reviews = [name for name, workflow in FRAMEWORK.workflows.items() if workflow.loop]

    assert sorted(named_under("Types of review")) == sorted(reviews)


def test_what_is_no_review_type_stands_in_the_other_table() -> None:
    others = [name for name, workflow in FRAMEWORK.workflows.items() if not workflow.loop]

    assert sorted(named_under("What comes of them, and what stands beside them")) == sorted(others)
