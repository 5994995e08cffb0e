"""The log: one event a verb, dotted and in the past tense; references and codes, never a fact's content."""

from __future__ import annotations

import logging
from typing import Any

import structlog

_LOGGER = logging.getLogger("loopengine")
_QUIET = structlog.wrap_logger(
    _LOGGER,
    processors=[structlog.stdlib.filter_by_level, structlog.stdlib.render_to_log_kwargs],
    wrapper_class=structlog.stdlib.BoundLogger,
)


def log(happened: str, /, **keys: str | int | bool | None) -> None:
    """Say what *happened*, through the host's structlog if it has set that up, or else through `logging`."""
    if not structlog.is_configured() and not _LOGGER.isEnabledFor(logging.INFO):
        return
    logger: Any = structlog.get_logger("loopengine") if structlog.is_configured() else _QUIET
    logger.info(happened, **keys)
