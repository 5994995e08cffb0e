"""How often something is tried: a few times within one run, then again between runs, and in the end not.

The only importer of the library that waits and tries again. That is `tenacity` and not `stamina`, which tells
any structlog that it finds what it called with what, and with which error: an address would be in the log.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import sleep
from typing import Literal, TypeAlias

import tenacity

# Whose fault it was that something did not arrive: *unreachable*, nobody was there to be told; *busy*, they
# may take it soon; *refused*, they will not take this one.
Fault: TypeAlias = Literal["unreachable", "busy", "refused"]


class NotDelivered(Exception):
    """A message did not arrive: whose *fault* that was, and what *kind* of error, without any content."""

    def __init__(self, kind: str, fault: Fault) -> None:
        super().__init__(kind)
        self.kind = kind
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Patience:
    """*tries* within one run, with a *pause* that doubles; *attempts* runs, the first of them *apart* by so
    long, then four times that, up to *at_most*. Then a message is parked.

    *claim* is for how long a message is left to whoever has taken it in hand.
    """

    tries: int = 3
    pause: float = 0.5
    attempts: int = 7
    apart: timedelta = timedelta(minutes=15)
    at_most: timedelta = timedelta(days=1)
    claim: timedelta = timedelta(minutes=15)
    sleep: Callable[[float], None] = sleep

    def send(self, act: Callable[[], None]) -> None:
        """Do *act*, again if that may help; raises the NotDelivered of the last try."""
        tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self.tries),
            # Not all at once, where many had to wait for one server.
            wait=tenacity.wait_exponential(multiplier=self.pause) + tenacity.wait_random(0, self.pause),
            retry=tenacity.retry_if_exception(_may_pass),
            sleep=self.sleep,
            reraise=True,
        )(act)

    def next_at(self, now: datetime, attempts: int) -> datetime | None:
        """When to try again what has failed so often; None when it is not to be tried again."""
        if attempts >= self.attempts:
            return None
        return now + min(self.apart * (1 << 2 * (attempts - 1)), self.at_most)


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, NotDelivered) and error.fault != "refused"
