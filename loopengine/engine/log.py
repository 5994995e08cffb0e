"""The log: one event a verb, dotted and in the past tense; references and codes, never a fact's content."""

from __future__ import annotations

import logging
from typing import Any

import structlog

_QUIET = structlog.wrap_logger(
    logging.getLogger("loopengine"),
    processors=[structlog.stdlib.filter_by_level, structlog.stdlib.render_to_log_kwargs],
    wrapper_class=structlog.stdlib.BoundLogger,
)


def log(happened: str, /, **keys: str | int | bool | None) -> None:
    """Say what *happened*, through the host's structlog if it has set that up, or else through `logging`."""
    logger: Any = structlog.get_logger("loopengine") if structlog.is_configured() else _QUIET
    logger.info(happened, **keys)
