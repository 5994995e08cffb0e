"""Run by Alembic on the connection that `database.py` hands over; the transaction is the caller's."""

from __future__ import annotations

from alembic import context

from loopengine.store.migrations.schema import SCHEMA_TABLE
from loopengine.store.tables import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    version_table=SCHEMA_TABLE,
    # Only our own tables: the database may be somebody else's too.
    include_name=lambda name, kind, _parents: kind != "table" or str(name).startswith("loop_"),
    render_as_batch=False,
    transactional_ddl=False,
)
context.run_migrations()
