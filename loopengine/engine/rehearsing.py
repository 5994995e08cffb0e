"""Whether a database is a rehearsal: one whose clock is not the real one, marked as such for good."""

from __future__ import annotations

from loopengine.errors import UsageError
from loopengine.store import books
from loopengine.store.database import Database

_NAME = "rehearsal"


def marked(database: Database, rehearse: bool) -> bool:
    """Whether *database* is a rehearsal, after marking it if it was made just now to *rehearse*.

    One that is, and is not opened to *rehearse*, is only looked at: nothing in it is of the real time. Raises
    UsageError if it is to be one, and was not made as one.
    """
    if database.made and rehearse:
        with database.writing() as connection:
            books.set_once(connection, _NAME, "yes")
        return True
    with database.reading() as connection:
        is_one = books.setting(connection, _NAME) == "yes"
    if rehearse and not is_one:
        raise UsageError(
            f"{database.name} was not made as a rehearsal",
            "its clock is the real one; rehearse in a new database",
        )
    if is_one and not rehearse:
        database.only_look(
            f"{database.name} is a rehearsal, and nothing of the real time belongs in it",
            "say with --now INSTANT (in Python: rehearsal=True and a clock) what time it is there",
        )
    return is_one
