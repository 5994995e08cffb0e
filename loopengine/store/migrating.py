"""Bringing a database's schema up to date: the only module that runs Alembic."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from loopengine.store.migrations.schema import HEAD, SCHEMA_TABLE

# What an empty SQLite database came to by its migrations, as statements: whoever tests makes thousands of
# databases in one process, and the migrations take as long as a test.
_made: list[str] = []


def upgrade(connection: Connection) -> None:
    """Run the migrations that the database has not had, on *connection*, in its transaction."""
    was_empty = _is_empty_sqlite(connection)
    if was_empty and _made:
        for statement in _made:
            connection.exec_driver_sql(statement)
        return
    config = Config()
    config.set_main_option("script_location", "loopengine.store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)
    if was_empty:
        made = "select sql from sqlite_master where sql is not null and name not like 'sqlite!_%' escape '!'"
        statements = connection.exec_driver_sql(f"{made} order by rowid").scalars().all()
        _made[:] = [*statements, f"insert into {SCHEMA_TABLE} values ('{HEAD}')"]


def _is_empty_sqlite(connection: Connection) -> bool:
    if connection.dialect.name != "sqlite":
        return False
    return connection.exec_driver_sql("select 1 from sqlite_master").first() is None
