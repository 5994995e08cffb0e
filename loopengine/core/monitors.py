"""What is never to happen in some order: a small language of the past, and whether a case would break it.

Three things can be said: `never E before F`, `never E after F`, `never E unless F since G`. Knows the events
of a case by their order; nothing of rules, files or days.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from loopengine.core.rules.expressions import Source

_SAID = re.compile(
    r"(?P<event>\w+) (?:(?P<how>before|after) (?P<other>\w+)|unless (?P<unless>\w+) since (?P<since>\w+))"
)
WRITTEN_SO = "write `EVENT before EVENT`, `EVENT after EVENT` or `EVENT unless EVENT since EVENT`"


@dataclass(frozen=True, slots=True)
class Order:
    """What *event* never happens in: *before* an event ever has; *after* it has; or unless *other* has since
    *since* last did (which need not have happened at all).
    """

    event: str
    other: str
    after: bool = False
    since: str | None = None

    @property
    def events(self) -> tuple[str, ...]:
        """The events that it is about, that which never happens so first."""
        return (self.event, self.other) if self.since is None else (self.event, self.other, self.since)

    def forbids(self, latest: Mapping[str, int]) -> bool:
        """Whether the event would break it; *latest* says when each event last happened, in their order."""
        happened = self.other in latest
        if self.after:
            return happened
        if self.since is None or not happened:
            return not happened
        return latest[self.other] < latest.get(self.since, latest[self.other])

    def __str__(self) -> str:
        if self.since is not None:
            return f"never {self.event} unless {self.other} since {self.since}"
        return f"never {self.event} {'after' if self.after else 'before'} {self.other}"


@dataclass(frozen=True, slots=True)
class Monitor:
    """An *order* that is never to be; an *overridable* one may be, where somebody overrides a rule."""

    name: str
    order: Order
    overridable: bool = False
    title: str | None = None
    sources: tuple[Source, ...] = ()


def read_order(text: str) -> Order:
    """The order that *text* forbids, which follows `never`; raises ValueError, saying how one is written."""
    said = _SAID.fullmatch(" ".join(text.split()))
    if said is None:
        raise ValueError(WRITTEN_SO)
    if said["how"] is None:
        return Order(said["event"], said["unless"], since=said["since"])
    return Order(said["event"], said["other"], after=said["how"] == "after")
