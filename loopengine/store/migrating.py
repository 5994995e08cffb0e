"""Bringing a database's schema up to date: the only module that runs Alembic."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from loopengine.store.migrations.schema import HEAD


def upgrade(connection: Connection) -> None:
    """Run the migrations that the database has not had, on *connection*, in its transaction."""
    config = Config()
    config.set_main_option("script_location", "loopengine.store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)
