"""The framework as it ships, read once for all tests of a process: nobody can change it."""

from __future__ import annotations

from loopengine import load_framework
from loopengine.workflow_files import default_framework

SHIPPED = load_framework(default_framework())
