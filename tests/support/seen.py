"""A board to be looked at: cases late, held, due soon and idle, beneath one another; with hostile words."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path

from loopengine import Engine, Framework
from loopengine.clock import FrozenClock
from loopengine.core.files.loading import framework_from_texts
from support.small import ACTION, CHAIR, FRAMEWORK, REVIEW, REVIEWER, UNIT
from support.small import engine as small_engine

SCRIPT = '<script>alert("ran")</script><img src=x onerror=alert(1)> & "quoted"'
FORMULA = '=HYPERLINK("https://elsewhere.example","=1+1")'
EMOJI = "The family 👩‍👧 asked \U0001f642"
RIGHT_TO_LEFT = "محمد علي \u202eevil\u202c said so"
LONG = "unbroken" * 1_250  # 10,000 characters
CONTROLS = "a\x1b[31mred\x07 and\u2028a line"
HOSTILE = (SCRIPT, FORMULA, EMOJI, RIGHT_TO_LEFT, CONTROLS, LONG)

TITLE = (
    'Review <script>alert("title")</script> of whatever was done, by whom, and on which day of all, & more'
)
HELD = 'Proceedings <b onclick="alert(2)">brought</b>'
NOW = "2017-03-06T09:00Z"

_HOLDS = f"""\
holds:
  proceedings: {{title: '{HELD}', stops: [decide], blocks: [publish], source: local}}
states:
  referred:
"""
_DUE = """\
  due_on: {ask: "By when?", type: date}
deadlines:
  finish: {due: due_on, until: [verify], title: Finish the action, source: local}
states:
"""
TEXTS = {
    "framework.yaml": FRAMEWORK + "roles:\n  business_unit: {title: Business Unit <i>of the board</i>}\n",
    "review.yaml": REVIEW.replace("title: Review\n", f"title: '{TITLE}'\n").replace(
        "states:\n  referred:\n", _HOLDS
    ),
    "action.yaml": ACTION.replace("states:\n", _DUE, 1),
}


@lru_cache
def framework() -> Framework:
    """The framework of the board."""
    return framework_from_texts(TEXTS)


def board(path: Path | None = None) -> tuple[Engine, str]:
    """The engine, and the reference of the case in which most has happened."""
    clock = FrozenClock("2017-01-09T09:00Z")
    engine = small_engine(path, clock=clock, of=framework())
    told = {"told_on": date(2017, 1, 5)}
    idle = engine.open("review", by=UNIT)
    late = engine.open("review", told, by=UNIT)
    held = engine.open("review", {"told_on": date(2017, 1, 9)}, by=UNIT)
    soon = engine.open("review", {"told_on": date(2017, 2, 8)}, by=UNIT)
    busy = engine.open("review", told | {"harmed": True}, by=UNIT)
    engine.hold(held, "proceedings", by=UNIT, reason=SCRIPT)
    engine.link(idle, late, "arises_from", by=UNIT, reason=FORMULA)
    for each in HOSTILE:
        engine.record(busy, {"note": each}, by=UNIT, evidence=each)
    engine.fire(busy, "decline", by=CHAIR, reason=EMOJI)
    engine.hold(busy, "proceedings", by=UNIT, reason=RIGHT_TO_LEFT)
    clock.advance(days=9)
    engine.release(busy, "proceedings", by=UNIT, reason=FORMULA)
    engine.fire(busy, "accept", by=CHAIR, reason=SCRIPT, on=date(2017, 1, 17))
    actions = [engine.fire(busy, "propose", by=REVIEWER).require().opened[0] for _ in range(11)]
    for n, each in enumerate(actions[:6]):
        engine.record(each, {"owner": "police", "due_on": date(2017, 3, 1 + 2 * n)}, by=UNIT)
    engine.fire(actions[-1], "drop", by=UNIT, reason=LONG)
    alone = engine.open("review", {"harmed": True}, by=UNIT)
    engine.fire(alone, "accept", by=CHAIR)
    engine.fire(alone, "propose", by=REVIEWER)
    clock.advance(days=14)
    engine.fire(alone, "publish", by=UNIT)  # ended, and its action goes on
    engine.fire(soon, "think", by=CHAIR)
    engine.correct(soon, by=UNIT, reason=CONTROLS)
    clock.advance_to(date(2017, 3, 6))
    engine.sweep()
    return engine, busy.reference
