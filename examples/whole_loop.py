"""Carry one review through the whole loop, from referral to evaluated, in fifteen lines after the imports.

Everything known is told at the door; then the events, one by one. Whatever is refused would say why.
"""

from __future__ import annotations

from datetime import date

from loopengine import Actor, Engine, load_framework
from loopengine.clock import FrozenClock
from loopengine.workflow_files import default_framework
