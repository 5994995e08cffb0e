"""Which cases meet a condition, and of which it cannot be told: asked of the database in one statement.

Functions take a connection and never commit. They know cases as rows; what a rule means in SQL is
`rules_sql.py`'s.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, Select, false, select

from loopengine.core.rules.expressions import Condition, facts_of
from loopengine.core.truth import Truth, truth
from loopengine.store.cases import ANSWER, CASE
from loopengine.store.legible import legible
from loopengine.store.operands_sql import Read
from loopengine.store.rules_sql import condition_sql
from loopengine.store.tongues import tongue_of


@dataclass(frozen=True, slots=True)
class Sought:
    """The cases that are looked through: of *workflow*, opened by the day *on*; open ones, or *ended* too."""

    workflow: str
    on: date
    ended: bool = False

    def conditions(self) -> list[ColumnElement[bool]]:
        """The same of the rows."""
        found = [CASE.c.workflow == self.workflow, CASE.c.opened_on <= self.on]
        return found if self.ended else [*found, CASE.c.ended == false()]


def frameworks_of(connection: Connection, workflow: str) -> list[str]:
    """The content hashes of the frameworks under which cases of *workflow* began."""
    query = select(CASE.c.framework).where(CASE.c.workflow == workflow).distinct()
    return sorted(connection.execute(query).scalars())


def rows_of(
    connection: Connection, sought: Sought, framework: str, *, naming: Collection[str] | None = None
) -> list[int]:
    """The rows of the cases *sought* that began under *framework*; of those alone that say who is in one of
    the sets *naming*.
    """
    query = select(CASE.c.id).where(*sought.conditions(), CASE.c.framework == framework)
    if naming is not None:
        says = select(ANSWER.c.case_id).where(
            ANSWER.c.fact.in_(naming), ANSWER.c.corrected_by.is_(None), ANSWER.c.value.is_not(None)
        )
        query = query.where(CASE.c.id.in_(says))
    return list(connection.execute(query.order_by(CASE.c.id)).scalars())


@legible("one of the cases")
def verdicts(
    connection: Connection, sought: Sought, framework: str, condition: Condition, linked: Collection[str]
) -> dict[int, Truth]:
    """What *condition* amounts to, in each of the cases *sought* that began under *framework*, by row."""
    query = verdicts_query(connection.dialect.name, sought, framework, condition, linked)
    return {row.id: truth(row.verdict) for row in connection.execute(query)}


def verdicts_query(
    dialect: str, sought: Sought, framework: str, condition: Condition, linked: Collection[str] = ()
) -> Select[tuple[int, bool | None]]:
    """The statement that is asked: each case, and TRUE, FALSE or NULL."""
    facts = facts_of(condition)
    columns = [_answer(fact, sought.on).label(f"fact_{n}") for n, fact in enumerate(facts)]
    # Apart, so that no fact is looked up twice, and nothing is read as what it is not.
    cases = (
        select(CASE.c.id, CASE.c.opened_on, CASE.c.tallies, CASE.c.happened, *columns)
        .where(*sought.conditions(), CASE.c.framework == framework)
        .cte("sought")
        .prefix_with("MATERIALIZED")
    )
    known = {fact: cases.c[f"fact_{n}"] for n, fact in enumerate(facts)}
    read = Read(tongue_of(dialect), sought.on, cases, known, linked)
    return select(cases.c.id, condition_sql(condition, read).label("verdict")).order_by(cases.c.id)


def _answer(fact: str, on: date) -> ColumnElement[str]:
    """The answer to *fact* that was so on the day *on*, of each case."""
    return (
        select(ANSWER.c.value)
        .where(
            ANSWER.c.case_id == CASE.c.id,
            ANSWER.c.fact == fact,
            ANSWER.c.corrected_by.is_(None),
            ANSWER.c.so_on <= on,
        )
        .order_by(ANSWER.c.so_on.desc(), ANSWER.c.n.desc())
        .limit(1)
        .correlate(CASE)
        .scalar_subquery()
    )
