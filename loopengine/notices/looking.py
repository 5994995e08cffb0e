"""What is in the outbox, for whoever looks after it: what waits, what is parked, and what nobody can be told.

Knows no channel by itself: what was tried is in the outbox. Does not send anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from loopengine.clock import instant_text, london_date
from loopengine.core.values import Json
from loopengine.engine.engine import Engine
from loopengine.engine.log import log
from loopengine.errors import BadValue, UnknownName
from loopengine.notices.mail import is_address
from loopengine.notices.standing import NO_ADDRESS, PROGRAM, Addressed, addressed, name_of
from loopengine.store import outbox
from loopengine.store.outbox import Delivery
from loopengine.store.people import Recipient

# From the one that needs somebody most.
State: TypeAlias = Literal["parked", "undeliverable", "failing", "open"]
STATES: tuple[State, ...] = ("parked", "undeliverable", "failing", "open")


@dataclass(frozen=True, slots=True)
class Tried:
    """A notice on its way to somebody, or, without *to*, to a program."""

    delivery: Delivery
    to: Recipient | None

    @property
    def name(self) -> str | None:
        """Whom it is on its way to."""
        return None if self.to is None else self.to.name

    @property
    def state(self) -> State:
        """How it goes."""
        if self.delivery.parked_at is not None:
            return "parked"
        if self.delivery.error == NO_ADDRESS:
            # There may be one since it was last tried.
            return "open" if self.to is not None and is_address(self.to.address or "") else "undeliverable"
        return "open" if self.delivery.error is None else "failing"

    def to_json(self) -> dict[str, Json]:
        """One of the deliveries of what `outbox` prints."""
        delivery = self.delivery
        return {
            "channel": delivery.to.channel,
            "to": self.name,
            "state": self.state,
            "attempts": delivery.attempts,
            "next_at": _text(delivery.next_at),
            "parked_at": _text(delivery.parked_at),
            "error": delivery.error,
        }


@dataclass(frozen=True, slots=True)
class Listed:
    """A notice that has yet to reach somebody, and where it has not arrived."""

    notice: Addressed
    tried: tuple[Tried, ...]

    @property
    def state(self) -> State:
        """How it goes where it goes worst."""
        found = {each.state for each in self.tried}
        if self.notice.vacant:
            found.add("undeliverable")
        return next((each for each in STATES if each in found), "open")

    @property
    def nameless(self) -> tuple[str, ...]:
        """The names of those who have no address by a channel that needs one."""
        missing = (each.name for each in self.tried if each.state == "undeliverable")
        return tuple(dict.fromkeys(name for name in missing if name is not None))

    def to_json(self) -> dict[str, Json]:
        """One of the notices that `outbox` prints."""
        told, notice = self.notice.told, self.notice.notice
        return {
            "key": notice.key,
            "case": notice.case,
            "deadline": notice.deadline,
            "title": told.title,
            "kind": notice.kind,
            "due": told.due.isoformat(),
            "recorded_at": instant_text(notice.recorded_at),
            "roles": list(notice.roles),
            "agencies": list(notice.agencies),
            "state": self.state,
            "nobody_holds": list(self.notice.vacant),
            "no_address": list(self.nameless),
            "deliveries": [each.to_json() for each in self.tried],
        }


def in_outbox(engine: Engine, *, now: datetime | None = None) -> tuple[Listed, ...]:
    """Every notice that has yet to reach somebody, in the order in which they were given."""
    at = engine.clock.now() if now is None else now
    return tuple(Listed(each, tuple(_tried(each))) for each in addressed(engine, london_date(at)))


def retry(engine: Engine, key: str) -> int:
    """Have the notice called *key* tried again from the beginning; in how many places it has not arrived.

    Raises UnknownName, or BadValue for what is no key.
    """
    parts = key.split("/")
    if len(parts) != 4 or not all(parts):
        raise BadValue(f"{key!r} is not the key of a notice", "`loopengine outbox` shows the keys")
    with engine.database.writing() as connection:
        found = {each.key: each for each in outbox.notices_of(connection, parts[0])}
        if key not in found:
            raise UnknownName("notice", key, found or _open_keys(outbox.open_notices(connection)))
        places = 0 if found[key].settled else outbox.unpark(connection, found[key].id)
    log("notice.retried", case=parts[0], deadline=parts[1], places=places)
    return places


def _open_keys(notices: list[outbox.Posted]) -> list[str]:
    return [each.key for each in notices]


def _tried(notice: Addressed) -> Iterator[Tried]:
    """Where *notice* has not arrived; what was on its way to those who hold no such role now is left out."""
    present = {name_of(each): each for each in notice.everybody}
    for to, delivery in notice.deliveries.items():
        if delivery.delivered_at is None and (to.recipient == PROGRAM or to.recipient in present):
            yield Tried(delivery, present.get(to.recipient))


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else instant_text(instant)
