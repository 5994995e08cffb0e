"""What the present schema is called, and the triggers that make a history append-only.

A migration that rebuilds a table on SQLite (Alembic's batch mode) drops its triggers without a word: such a
migration must run `guard` again, and `audit` reports a database without them.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

SCHEMA_TABLE = "loop_schema"
HEAD = "0003"
TRIGGERS = ("loop_entry_no_update", "loop_entry_no_delete", "loop_entry_no_replace")

_SQLITE = (
    """create trigger loop_entry_no_update before update on loop_entry
       begin select raise(abort, 'history is append-only'); end""",
    """create trigger loop_entry_no_delete before delete on loop_entry
       begin select raise(abort, 'history is append-only'); end""",
    # INSERT OR REPLACE deletes without telling the DELETE trigger, unless recursive_triggers is on.
    """create trigger loop_entry_no_replace before insert on loop_entry
       when exists (select 1 from loop_entry where id = new.id or (case_id = new.case_id and n = new.n))
       begin select raise(abort, 'history is append-only'); end""",
)
_POSTGRESQL = (
    """create function loop_entry_refuse() returns trigger language plpgsql as
       $$ begin raise exception 'history is append-only'; end $$""",
    """create trigger loop_entry_no_update before update on loop_entry
       for each row execute function loop_entry_refuse()""",
    """create trigger loop_entry_no_delete before delete on loop_entry
       for each row execute function loop_entry_refuse()""",
    # Row triggers do not see TRUNCATE.
    """create trigger loop_entry_no_replace before truncate on loop_entry
       for each statement execute function loop_entry_refuse()""",
)


def guard(connection: Connection) -> None:
    """Make the triggers that refuse to change the history."""
    for statement in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL:
        connection.execute(text(statement))


def version(connection: Connection) -> str:
    """The database's own name and version: some have faults that an inspector should know of."""
    sqlite = connection.dialect.name == "sqlite"
    query = "select sqlite_version()" if sqlite else "show server_version"
    known = connection.execute(text(query)).scalar_one()
    return f"{'SQLite' if sqlite else 'PostgreSQL'} {known}"


def missing_guards(connection: Connection) -> list[str]:
    """The triggers of `guard` that are not there, or do not do what it made them do."""
    if connection.dialect.name == "sqlite":
        query = "select sql from sqlite_master where type = 'trigger' and tbl_name = 'loop_entry'"
        present = {_spaced(str(row[0])) for row in connection.execute(text(query))}
        return [name for name, made in zip(TRIGGERS, _SQLITE, strict=True) if _spaced(made) not in present]
    query = (
        "select tgname from pg_trigger join pg_proc on pg_proc.oid = tgfoid "
        "where tgrelid = 'loop_entry'::regclass and tgenabled in ('O', 'A') and tgqual is null "
        "and prosrc like '%raise exception ''history is append-only''%'"
    )
    present = {str(row[0]) for row in connection.execute(text(query))}
    return [name for name in TRIGGERS if name not in present]


def _spaced(statement: str) -> str:
    return " ".join(statement.lower().split())
