"""docs/workflows.md shows every shipped workflow as it is: its pictures are made from the files."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.shipped import SHIPPED as FRAMEWORK

from loopengine.reports.diagrams import mermaid

PAGE = Path(__file__).resolve().parents[1] / "docs" / "workflows.md"


@pytest.mark.parametrize("name", FRAMEWORK.workflows)
def test_the_picture_of_a_workflow_is_that_of_its_file(name: str) -> None:
    """If this fails, put what `loopengine diagram NAME` prints in the place of the picture."""
    assert f"```mermaid\n{mermaid(FRAMEWORK.workflow(name)).rstrip()}\n```" in PAGE.read_text("utf-8")
