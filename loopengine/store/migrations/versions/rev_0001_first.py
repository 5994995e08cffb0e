"""The first schema: cases, their histories, and what they began under."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from loopengine.store.migrations.schema import guard

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables, and the triggers that guard the history."""
    op.create_table(
        "loop_counter",
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("prefix", name=op.f("pk_loop_counter")),
    )
    op.create_table(
        "loop_framework",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("texts", sa.Text(), nullable=False),
        sa.Column("known_since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_loop_framework")),
    )
    op.create_table(
        "loop_key",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("request", sa.String(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_loop_key")),
    )
    op.create_table(
        "loop_setting",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_loop_setting")),
    )
    op.create_table(
        "loop_words",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sort", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("salt", sa.String(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.CheckConstraint("sort in ('name', 'text')", name=op.f("ck_loop_words_sort")),
        sa.CheckConstraint("(salt is null) = (words is null)", name=op.f("ck_loop_words_erased_together")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loop_words")),
        sa.UniqueConstraint("digest", name=op.f("uq_loop_words_digest")),
    )
    op.create_index(
        "ix_loop_words_name",
        "loop_words",
        ["words"],
        unique=False,
        sqlite_where=sa.text("sort = 'name'"),
        postgresql_where=sa.text("sort = 'name'"),
    )
    op.create_table(
        "loop_workflow",
        sa.Column("framework", sa.String(), nullable=False),
        sa.Column("workflow", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("framework", "workflow", "version", name=op.f("pk_loop_workflow")),
    )
    op.create_table(
        "loop_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("workflow", sa.String(), nullable=False),
        sa.Column("framework", sa.String(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("sub_case", sa.String(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=True),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.Column("excused", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=True),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("happened", sa.Text(), nullable=False),
        sa.Column("tallies", sa.Text(), nullable=False),
        sa.CheckConstraint("(parent_id is null) = (sub_case is null)", name=op.f("ck_loop_case_sub_case")),
        sa.CheckConstraint("revision >= 1 and entries >= revision", name=op.f("ck_loop_case_counted")),
        sa.ForeignKeyConstraint(
            ["framework"], ["loop_framework.digest"], name=op.f("fk_loop_case_framework")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["loop_case.id"], name=op.f("fk_loop_case_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loop_case")),
        sa.UniqueConstraint("reference", name=op.f("uq_loop_case_reference")),
    )
    op.create_index(op.f("ix_loop_case_parent_id"), "loop_case", ["parent_id"], unique=False)
    op.create_table(
        "loop_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("fact", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("so_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said_by", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=True),
        sa.Column("corrected_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["loop_case.id"], name=op.f("fk_loop_answer_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loop_answer")),
        sa.UniqueConstraint("case_id", "fact", "n", name=op.f("uq_loop_answer_case_id_fact_n")),
    )
    op.create_table(
        "loop_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["loop_case.id"], name=op.f("fk_loop_entry_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loop_entry")),
        sa.UniqueConstraint("case_id", "n", name=op.f("uq_loop_entry_case_id_n")),
    )
    op.create_table(
        "loop_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["loop_case.id"], name=op.f("fk_loop_link_case_id")),
        sa.ForeignKeyConstraint(["other_id"], ["loop_case.id"], name=op.f("fk_loop_link_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loop_link")),
        sa.UniqueConstraint("case_id", "other_id", "name", name=op.f("uq_loop_link_case_id_other_id_name")),
    )
    op.create_index(op.f("ix_loop_link_case_id"), "loop_link", ["case_id"], unique=False)
    op.create_index(op.f("ix_loop_link_other_id"), "loop_link", ["other_id"], unique=False)
    guard(op.get_bind())
