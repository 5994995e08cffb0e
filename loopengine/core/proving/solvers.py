"""Who decides what cannot all be looked at."""

from __future__ import annotations

import importlib.util

from loopengine.core.proving.worlds import Solving


def installed() -> Solving | None:
    """Z3, where it is installed: it is imported only now, because it takes its time."""
    if importlib.util.find_spec("z3") is None:
        return None
    from loopengine.core.proving.z3_solver import Z3  # late: z3 is large, and seldom wanted

    return Z3
