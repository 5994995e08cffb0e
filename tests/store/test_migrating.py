"""The schema of a new database: made at once, and just what its migrations come to."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from loopengine.store import migrating
from loopengine.store.database import Database


def test_a_database_made_by_what_the_first_came_to_is_like_it_to_the_last_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrating, "_made", [])

    for name in ("migrated.db", "made.db"):
        Database(f"sqlite:///{tmp_path / name}").close()
    migrated, made = contents(tmp_path / "migrated.db"), contents(tmp_path / "made.db")

    assert len(made) > 30
    assert made == migrated


def contents(path: Path) -> list[tuple[object, ...]]:
    """Everything that the database says of itself, and every row in it."""
    with closing(sqlite3.connect(path)) as db:
        made = db.execute("select type, name, tbl_name, sql from sqlite_master order by rowid").fetchall()
        tables = [name for kind, name, _, _ in made if kind == "table"]
        rows = [(name, *row) for name in tables for row in db.execute(f"select * from {name}")]
    return [*made, *rows]
