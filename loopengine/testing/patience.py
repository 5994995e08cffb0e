"""How long a failure is shortened, and the shortest story of one so far.

Knows nothing of what fails.
"""

from __future__ import annotations

from dataclasses import dataclass

# How many more lives a failure is worth to be told in fewer acts.
MOST_RETRIES = 60


class Enough(BaseException):
    """A failure has been shortened for long enough. No Exception, so that hypothesis stops, too."""


@dataclass(slots=True)
class Patience:
    """The failure with the shortest story so far, and how many lives were lived since there is one."""

    failure: Exception | None = None
    acts: int = 0
    retries: int = 0

    def begin(self) -> None:
        """One life more; raises Enough if that would be one too many."""
        self.retries += self.failure is not None
        if self.is_out:
            raise Enough

    @property
    def is_out(self) -> bool:
        """Whether a failure has been shortened for long enough."""
        return self.retries > MOST_RETRIES

    def fail(self, failure: Exception, acts: int) -> None:
        """A life has failed after so many *acts*."""
        if self.failure is None or acts < self.acts:
            self.failure, self.acts = failure, acts
