"""What puts right a mistake of the office: its names, and the roles that may do it in a framework."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from loopengine.core.actors import Actor
from loopengine.core.definitions import Framework
from loopengine.errors import RefusedError

Remedy: TypeAlias = Literal["correct", "withdraw", "merge", "adopt", "reassign"]
REMEDIES: tuple[Remedy, ...] = get_args(Remedy)
WHO_MAY = ("business_unit", "independent_chair")  # unless the framework says otherwise


def entitle(remedy: Remedy, by: Actor, framework: Framework) -> None:
    """Raise RefusedError unless *by* may do this in *framework*."""
    may = framework.putting_right.get(remedy, WHO_MAY)
    if by.roles.isdisjoint(may):
        raise RefusedError(
            f"{remedy} is for {' or '.join(may)} to do",
            by.acting,
        )
