"""When what each standing rule watches for was so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column; no case of before has such a rule."""
    op.add_column("loop_case", sa.Column("standing", sa.Text(), nullable=False, server_default="{}"))
