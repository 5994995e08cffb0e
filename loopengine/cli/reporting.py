"""The verb `report`: in which module each report is that can be written."""

from __future__ import annotations

from loopengine.cli.two_words import TwoWords

report_verb = TwoWords(
    "report",
    {"annual": "annual", "case": "case_report"},
    """Write a report, to be read in a browser and printed.

    \b
    Example:
      loopengine report case SCR-2017-001
    """,
)
