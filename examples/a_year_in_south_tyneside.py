"""Rehearse a year of South Tyneside on a made-up caseload: what came in, what came of it, and who was late.

Give a number of boards to rehearse more than a small part of one: 150 are about the nation.
"""

from __future__ import annotations

import sys
from datetime import date

from loopengine import load_framework
from loopengine.rehearsal import rehearse
from loopengine.workflow_files import default_framework

scale = float(sys.argv[1]) if len(sys.argv) > 1 else 0.2
year = rehearse(
    "a-year.db", framework=load_framework(default_framework()), start=date(2016, 4, 1), years=1, scale=scale
)
for workflow, count in sorted(year.by_workflow.items()):
    print(f"{workflow:34}{count:6} opened {year.ended[workflow]:6} ended")
late = [each for each in year.engine.due() if each.late]
print(f"{year.cases} cases and {year.entries} entries; {year.refused} refused, {year.corrected} put right")
print(f"{len(late)} deadlines are late on {year.end}, and the history verifies:", year.engine.audit().ok)
