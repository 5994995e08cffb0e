"""docs/proofs.md: every clause of the framework once, and each proved by tests that there are."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "proofs.md"
DECODED = ROOT.parent / "shared" / "domain" / "framework.md"

# The rows of framework.md, 9.7.
CLAUSES = (
    *("2.3", "3.1 a", "3.1 b", "3.1 c", "3.1 d", "3.1 e", "3.1 f", "3.1 g", "3.2", "4.1, 4.2", "5.1", "6.1"),
    *("7.1, 7.2, App. 1", "7.2 table", "8.1, 8.2", "10.2", "10.3", "11.1", "12.1", "12.2, 12.3", "13.1"),
)
NAMED = re.compile(r"`(tests/[a-z0-9_/]+\.py)::(test_[a-z0-9_]+)`")


def rows(text: str) -> list[list[str]]:
    """The rows of the first table in *text*, without its head, cell by cell."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


PROOFS = rows(PAGE.read_text("utf-8"))


@lru_cache
def those_in(file: str) -> frozenset[str]:
    """The tests that *file* has."""
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_every_clause_stands_there_once_and_in_its_order() -> None:
    assert tuple(clause for clause, *_ in PROOFS) == CLAUSES


def test_the_clauses_are_those_of_the_framework() -> None:
    if not DECODED.exists():
        pytest.skip("the decoded framework does not lie beside this folder")
    part = DECODED.read_text("utf-8").partition("\n### 9.7")[2]

    assert tuple(clause for clause, *_ in rows(part)) == CLAUSES


@pytest.mark.parametrize(("clause", "does", "proved_by"), PROOFS, ids=CLAUSES)
def test_a_clause_is_proved_by_tests_that_there_are(clause: str, does: str, proved_by: str) -> None:
    named = NAMED.findall(proved_by)
    missing = [f"{file}::{name}" for file, name in named if name not in those_in(file)]

    assert does, clause
    assert named, "a clause that nothing proves"
    assert missing == []
    assert NAMED.sub("", proved_by).replace(",", "").strip() == "", "something that is no name of a test"
