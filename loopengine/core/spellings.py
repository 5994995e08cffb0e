"""How single values are spelled: names, texts, days, durations.

Knows what each looks like and says what is wrong with one that does not. Does not know what it is for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import TypeAlias, TypeVar

from loopengine.core import messages
from loopengine.core.messages import Message
from loopengine.core.reading import Scalar
from loopengine.core.workdays import Duration
from loopengine.core.yaml_nodes import Data
from loopengine.errors import BadValue
from loopengine.core.values import Fact

C = TypeVar("C", bound=str)
# What a fact is set to, before it is held against the fact.
Raw: TypeAlias = bool | int | str | tuple[str, ...] | None

_NAME = "[a-z][a-z0-9_]*"
_DASHED = "[a-z][a-z0-9_-]*"
_PREFIX = "[A-Z]+"
_DURATION = "[1-9][0-9]{0,3} (working day|day|week|month|year)s?"
