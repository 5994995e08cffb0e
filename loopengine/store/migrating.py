"""Bringing a database's schema up to date: the only module that runs Alembic."""

from __future__ import annotations

from functools import cache

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, inspect

from loopengine.store.migrations.schema import HEAD


def upgrade(connection: Connection) -> None:
    """Run the migrations that the database has not had, on *connection*, in its transaction."""
    if _is_new_in_memory(connection):
        for statement in _statements():
            connection.exec_driver_sql(statement)
        return
    _migrate(connection)


def _migrate(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", "loopengine.store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)


def _is_new_in_memory(connection: Connection) -> bool:
    """Whether it is one of those databases of which tests make hundreds, and there is nothing in it yet."""
    url = connection.engine.url
    is_in_memory = url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:")
    return is_in_memory and not inspect(connection).get_table_names()


@cache
def _statements() -> tuple[str, ...]:
    """What the migrations come to in a database in memory: found once, because Alembic takes its time."""
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        _migrate(connection)
        driver = connection.connection.driver_connection
        assert driver is not None
        found = tuple(driver.iterdump())
    engine.dispose()
    return tuple(each for each in found if each not in ("BEGIN TRANSACTION;", "COMMIT;"))
