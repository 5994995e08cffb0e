"""Typed links: one case tied to another, by a person, with a reason.

A tie is one of the framework's `links`, or makes the other case one of a linked kind of the first.
"""

from __future__ import annotations

from datetime import date

from loopengine.core.actors import Actor
from loopengine.core.history import words_body
from loopengine.engine.settling import settle
from loopengine.engine.work import Held, Work, is_said, no_such_case
from loopengine.errors import BadValue, RefusedError, UnknownName, UsageError
from loopengine.store import cases


def link(work: Work, held: Held, other: str, name: str, *, by: Actor, on: date, reason: str) -> None:
    """Write that *held* is tied to the case *other* by *name* since the day *on*.

    Raises CaseNotFound, UnknownName, BadValue, UsageError for a case that cannot be of the kind, or
    RefusedError if it is tied so already.
    """
    kinds = held.workflow.linked_kinds
    if name not in held.framework.links and name not in kinds:
        raise UnknownName("link", name, [*held.framework.links, *sorted(kinds)])
    if not is_said(reason):
        raise BadValue("a link needs a reason", "say why")
    there = cases.find(work.connection, other)
    if there is None:
        raise no_such_case(other)
    reference = held.record.reference
    if there.id == held.id:
        raise RefusedError(f"{reference} cannot be linked to itself", "name another case")
    wanted = held.workflow.sub_cases[name].workflow if name in kinds else there.record.workflow
    if there.record.workflow != wanted:
        raise UsageError(f"{other} is of the workflow {there.record.workflow}", f"{name} are of {wanted}")
    if on < max(held.record.opened_on, there.record.opened_on):
        raise BadValue(f"{reference} cannot be linked to {other} on {on}", "one of them was not open yet")
    if (name, there.id) in cases.tied(work.connection, held.id):
        raise RefusedError(f"{reference} is linked to {other} already: {name}", "nothing more is to be said")
    details = {"link": {"name": name, "case": other}, "reason": words_body(work.keep(reason))}
    work.write(held, "linked", on=on, by=work.signed(by), details=details)
    work.link(held, there.id, name)
    settle(work, on)
