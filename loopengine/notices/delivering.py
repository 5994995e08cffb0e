"""Delivering what is in the outbox: at least once, each message in short transactions of its own.

First a message is taken in hand, so that nobody else sends it; then it is sent, with no transaction open;
then what came of it is written. Whoever is killed in between leaves it in hand for a while, and then it is
sent again, under the same key.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from loopengine.clock import london_date, london_midnight
from loopengine.engine.engine import Engine
from loopengine.engine.log import log
from loopengine.errors import UsageError
from loopengine.notices.deliverers import Deliverer, deliverer_of
from loopengine.notices.digest import subject_of, text_of
from loopengine.notices.mail import is_address
from loopengine.notices.messages import Message, key_of
from loopengine.notices.patience import NotDelivered, Patience
from loopengine.notices.standing import NO_ADDRESS, Addressed, addressed, by_recipient, name_of
from loopengine.store import outbox
from loopengine.store.outbox import Address, Delivery
from loopengine.store.people import Recipient

__all__ = ["Delivered", "Deliverer", "deliver", "deliverer_of"]

UNFINISHED = "whoever sent it never came to an end"


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a run of delivery came to.

    *messages* arrived, with the *sent* notices in them; *failed* are to be tried again, *parked* are not
    until somebody has looked; *waiting* were left for later. Each notice counts once for each of its
    recipients by each channel; *undeliverable* are the notices for which somebody, or an address, is missing.
    """

    messages: int = 0
    sent: int = 0
    failed: int = 0
    parked: int = 0
    waiting: int = 0
    undeliverable: int = 0

    @property
    def ok(self) -> bool:
        """Whether nothing went wrong, and nobody is missing."""
        return not (self.failed or self.parked or self.undeliverable)

    def to_json(self) -> dict[str, int]:
        """What `outbox deliver` prints."""
        return {
            "messages": self.messages,
            "sent": self.sent,
            "failed": self.failed,
            "parked": self.parked,
            "waiting": self.waiting,
            "undeliverable": self.undeliverable,
        }


def deliver(
    engine: Engine,
    deliverers: Sequence[Deliverer],
    *,
    now: datetime | None = None,
    daily: bool = True,
    patience: Patience | None = None,
) -> Delivered:
    """Deliver what is in the outbox by each of *deliverers*, as it is due *now*.

    Somebody whom a message has reached today gets the next one tomorrow, unless *daily* is False. A notice is
    done with when it has reached everybody whom it is for by all of *deliverers*: give all of them at once.
    Raises UsageError for two of one channel, and StorageError; what cannot be delivered is an answer.
    """
    channels = [each.channel for each in deliverers]
    if twice := next((each for each, number in Counter(channels).items() if number > 1), None):
        raise UsageError(f"two deliverers are both {twice!r}", "give one of them")
    if not deliverers:
        return Delivered()
    run = _Run(engine, patience or Patience(), daily, (lambda: now) if now is not None else engine.clock.now)
    for deliverer in deliverers:
        run.deliver_by(deliverer)
    run.settle(deliverers)
    result = run.result()
    log("outbox.delivered", **result.to_json())
    return result


class _Run:
    """One run of delivery, and what has come of it so far."""

    def __init__(self, engine: Engine, patience: Patience, daily: bool, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._patience = patience
        self._daily = daily
        self._now = now
        self._today = london_date(now())
        self._notices = addressed(engine, self._today)
        self._counts: Counter[str] = Counter()
        self._undeliverable: set[int] = set()

    def deliver_by(self, deliverer: Deliverer) -> None:
        """Deliver what is due by one channel, until it turns out that nobody is there."""
        people = deliverer.audience != "program"
        if people:
            self._undeliverable |= {each.notice.id for each in self._notices if each.vacant}
        had_theirs = self._had_theirs(deliverer) if people and self._daily else set()
        is_there = True
        for recipient, to, pending in self._pending(deliverer, people=people):
            due = [each for each in pending if each.is_due(to, self._now())]
            if recipient is not None and not _can_reach(deliverer, recipient):
                self._cannot(to, pending)
            elif not is_there or not due or to.recipient in had_theirs:
                self._counts["waiting"] += len(pending)
            else:
                self._counts["waiting"] += len(pending) - len(due)
                is_there = self._send(deliverer, recipient, to, due)

    def settle(self, deliverers: Sequence[Deliverer]) -> None:
        """Write which notices have reached everybody by all of *deliverers*."""
        with self._engine.database.writing() as connection:
            deliveries = outbox.open_deliveries(connection)
            done = [
                each.notice.id
                for each in self._notices
                if all(_has_arrived(each, by, deliveries.get(each.notice.id, {})) for by in deliverers)
            ]
            outbox.settle(connection, done)

    def result(self) -> Delivered:
        """What the run has come to."""
        return Delivered(**self._counts, undeliverable=len(self._undeliverable))

    def _pending(
        self, deliverer: Deliverer, *, people: bool
    ) -> list[tuple[Recipient | None, Address, list[Addressed]]]:
        """What has not arrived by a channel, and is not parked; what was tried least comes first."""
        found = []
        for recipient, notices in by_recipient(self._notices, people=people):
            to = Address(deliverer.channel, name_of(recipient))
            if pending := [each for each in notices if each.is_pending(to)]:
                found.append((recipient, to, pending))
        return sorted(found, key=lambda each: max(notice.attempts(each[1]) for notice in each[2]))

    def _had_theirs(self, deliverer: Deliverer) -> set[str]:
        with self._engine.database.reading() as connection:
            return outbox.reached_since(connection, deliverer.channel, london_midnight(self._today))

    def _cannot(self, to: Address, pending: Sequence[Addressed]) -> None:
        """Write that there is no address for somebody, where that is not written yet."""
        self._undeliverable |= {each.notice.id for each in pending}
        news = [each.notice.id for each in pending if each.error(to) != NO_ADDRESS]
        if news:
            with self._engine.database.writing() as connection:
                outbox.mark_unreachable(connection, to, news, error=NO_ADDRESS)

    def _send(
        self, deliverer: Deliverer, recipient: Recipient | None, to: Address, due: Sequence[Addressed]
    ) -> bool:
        """Send what is *due* to one recipient, and write what came of it; False if nobody was there."""
        mine = self._claim(to, due)
        self._counts["waiting"] += len(due) - len(mine)
        notices = [each for each in due if each.notice.id in mine]
        finished = [each for each in notices if mine[each.notice.id].attempts <= self._patience.attempts]
        self._park(to, [mine[each.notice.id] for each in notices if each not in finished], UNFINISHED)
        if not finished:
            return True
        trouble = self._trouble(deliverer, self._message(recipient, finished))
        self._write(to, [mine[each.notice.id] for each in finished], trouble)
        return trouble is None or trouble.fault != "unreachable"

    def _claim(self, to: Address, due: Sequence[Addressed]) -> dict[int, Delivery]:
        now = self._now()
        ids = [each.notice.id for each in due]
        with self._engine.database.writing() as connection:
            taken = outbox.claim(connection, to, ids, now=now, until=now + self._patience.claim)
        return {each.notice_id: each for each in taken}

    def _message(self, recipient: Recipient | None, notices: Sequence[Addressed]) -> Message:
        rehearsal = self._engine.rehearsal
        if recipient is None:
            (one,) = notices
            return Message(one.notice.key, None, (one.told,), "", "", self._now(), rehearsal)
        told = tuple(each.told_to(recipient) for each in notices)
        return Message(
            key=key_of(name_of(recipient), (each.notice.key for each in notices)),
            to=recipient,
            told=told,
            subject=subject_of(told, rehearsal=rehearsal),
            text=text_of(recipient.name, told, rehearsal=rehearsal),
            at=self._now(),
            rehearsal=rehearsal,
        )

    def _trouble(self, deliverer: Deliverer, message: Message) -> NotDelivered | None:
        try:
            self._patience.send(lambda: deliverer.deliver(message))
        except NotDelivered as trouble:
            return trouble
        except (
            Exception
        ) as error:  # a deliverer of the host's may fail in any way, and stops no other message
            return NotDelivered(type(error).__name__, "refused")
        return None

    def _write(self, to: Address, mine: Sequence[Delivery], trouble: NotDelivered | None) -> None:
        """Write what came of the deliveries that are *mine*."""
        if trouble is None:
            with self._engine.database.writing() as connection:
                outbox.mark_delivered(connection, to, _ids(mine), at=self._now())
            self._counts.update(messages=1, sent=len(mine))
            self._log("notice.delivered", mine)
        elif trouble.fault == "unreachable":
            with self._engine.database.writing() as connection:
                outbox.mark_not_tried(connection, to, _ids(mine), error=trouble.kind)
            self._counts["failed"] += len(mine)
            self._log("notice.failed", mine, trouble.kind)
        else:
            again = [each for each in mine if each.attempts < self._patience.attempts]
            with self._engine.database.writing() as connection:
                for each in again:
                    next_at = self._patience.next_at(self._now(), each.attempts)
                    outbox.mark_failed(connection, to, [each.notice_id], error=trouble.kind, next_at=next_at)
            self._counts["failed"] += len(again)
            self._log("notice.failed", again, trouble.kind)
            self._park(to, [each for each in mine if each not in again], trouble.kind)

    def _park(self, to: Address, spent: Sequence[Delivery], error: str) -> None:
        if spent:
            with self._engine.database.writing() as connection:
                outbox.mark_parked(connection, to, _ids(spent), error=error, at=self._now())
            self._counts["parked"] += len(spent)
            self._log("notice.parked", spent, error)

    def _log(self, happened: str, deliveries: Sequence[Delivery], error: str | None = None) -> None:
        notices = {each.notice.id: each.notice for each in self._notices}
        more = {} if error is None else {"error": error}
        for each in deliveries:
            notice = notices[each.notice_id]
            log(
                happened,
                case=notice.case,
                deadline=notice.deadline,
                notice=notice.name,
                channel=each.to.channel,
                attempts=each.attempts,
                **more,
            )


def _ids(deliveries: Sequence[Delivery]) -> list[int]:
    return [each.notice_id for each in deliveries]


def _can_reach(deliverer: Deliverer, recipient: Recipient) -> bool:
    return deliverer.audience != "addresses" or is_address(recipient.address or "")


def _has_arrived(notice: Addressed, deliverer: Deliverer, deliveries: Mapping[Address, Delivery]) -> bool:
    """Whether *notice* has reached everybody by *deliverer*; one that is for nobody has not."""
    program = deliverer.audience == "program"
    wanted = [None] if program else notice.everybody
    if not wanted or (notice.vacant and not program):
        return False
    addresses = (Address(deliverer.channel, name_of(each)) for each in wanted)
    return all(
        (delivery := deliveries.get(to)) is not None and delivery.delivered_at is not None for to in addresses
    )
