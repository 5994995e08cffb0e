"""What is reached from somewhere by going on and on. Knows nothing of what it is that leads on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable


def closure(first: Iterable[str], following: Callable[[str], Iterable[str]]) -> set[str]:
    """Everything that is reached from *first* by way of *following*, with *first* itself."""
    found, waiting = set(first), deque(first)
    while waiting:
        new = [name for name in following(waiting.popleft()) if name not in found]
        found.update(new)
        waiting.extend(new)
    return found
