"""Clocks, holds and what is due; the outbox, the people it goes to, closures and cycles."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_DUE = sa.text("due_at is not null")
_OPEN = sa.text("not settled")
# Cases of the first schema have clocks that nobody has written down: they are looked at first of all.
_AT_ONCE = "0001-01-02 00:00:00.000000"
_ROOTS = """
with recursive family(id, root_id) as (
    select id, id from loop_case where parent_id is null
    union all
    select loop_case.id, family.root_id from loop_case join family on loop_case.parent_id = family.id
)
update loop_case set root_id = (select root_id from family where family.id = loop_case.id)
where parent_id is not null
"""


def upgrade() -> None:
    """Add the columns and tables; column by column, so that no table is rebuilt and no trigger dropped."""
    # Alembic adds no column with a key of another table on SQLite; both databases know these words.
    op.execute(
        "alter table loop_case add column root_id integer "
        "constraint fk_loop_case_root_id references loop_case (id)"
    )
    for name in ("opened_for", "holds", "clocks"):
        op.add_column("loop_case", sa.Column(name, sa.Text(), nullable=False, server_default="{}"))
    op.add_column("loop_case", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(_ROOTS)
    op.execute(f"update loop_case set due_at = '{_AT_ONCE}' where not ended")
    op.create_index(
        "ix_loop_case_due", "loop_case", ["due_at", "id", "root_id"], sqlite_where=_DUE, postgresql_where=_DUE
    )
    op.create_index(
        "ix_loop_case_family", "loop_case", ["root_id", "due_at"], sqlite_where=_DUE, postgresql_where=_DUE
    )
    _outbox()
    _people()
    op.create_table(
        "loop_closure",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("known_since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_loop_closure")),
    )
    op.create_table(
        "loop_cycle",
        sa.Column("framework", sa.String(), nullable=False),
        sa.Column("cycle", sa.String(), nullable=False),
        sa.Column("occurs_on", sa.Date(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["loop_case.id"], name=op.f("fk_loop_cycle_case_id")),
        sa.PrimaryKeyConstraint("framework", "cycle", "occurs_on", name=op.f("pk_loop_cycle")),
    )


def _outbox() -> None:
    op.create_table(
        "loop_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("deadline", sa.String(), nullable=False),
        sa.Column("armed", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("agencies", sa.Text(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["loop_case.id"], name=op.f("fk_loop_notice_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loop_notice")),
        sa.UniqueConstraint(
            "case_id", "deadline", "armed", "name", name=op.f("uq_loop_notice_case_id_deadline_armed_name")
        ),
    )
    op.create_index("ix_loop_notice_open", "loop_notice", ["id"], sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_table(
        "loop_delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["notice_id"], ["loop_notice.id"], name=op.f("fk_loop_delivery_notice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loop_delivery")),
        sa.UniqueConstraint(
            "notice_id", "channel", "recipient", name=op.f("uq_loop_delivery_notice_id_channel_recipient")
        ),
    )
    op.create_index(op.f("ix_loop_delivery_notice_id"), "loop_delivery", ["notice_id"])
    op.create_index("ix_loop_delivery_reached", "loop_delivery", ["channel", "delivered_at", "recipient"])


def _people() -> None:
    op.create_table(
        "loop_person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loop_person")),
        sa.UniqueConstraint("name", name=op.f("uq_loop_person_name")),
    )
    op.create_table(
        "loop_office",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=True),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "standing in ('holder', 'deputy', 'acting')", name=op.f("ck_loop_office_standing")
        ),
        sa.CheckConstraint("until is null or since <= until", name=op.f("ck_loop_office_in_order")),
        sa.ForeignKeyConstraint(["person_id"], ["loop_person.id"], name=op.f("fk_loop_office_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loop_office")),
    )
    op.create_index(op.f("ix_loop_office_person_id"), "loop_office", ["person_id"])
