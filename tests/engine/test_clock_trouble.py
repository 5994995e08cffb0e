"""Clocks that are not what they were thought to be: in another time zone, set back, changed over night."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import date
from pathlib import Path

import pytest
from support.overdue import EVERYBODY, board, told

from loopengine import Actor, Engine
from loopengine.clock import FrozenClock, SystemClock, london_date, parse_instant
from loopengine.core.files.loading import framework_from_texts
from loopengine.engine.sweeping import Sweep
from loopengine.errors import BadValue, ClockWentBack

TESTS = Path(__file__).parents[1]


# --- a host in another time zone ----------------------------------------------------------------------------

# Whatever the time, one of the last two has another date than London.
ZONES = ("Europe/London", "America/Los_Angeles", "Pacific/Kiritimati", "Etc/GMT+12")


def test_on_a_host_in_another_time_zone_the_days_are_londons(tmp_path: Path) -> None:
    before = london_date(SystemClock().now())
    hosts = [_host(zone, tmp_path / str(number)) for number, zone in enumerate(ZONES)]
    said = [host.communicate()[0] for host in hosts]
    after = london_date(SystemClock().now())

    assert [host.returncode for host in hosts] == [0] * len(ZONES)
    told_alike, opened_on = zip(*(each.rstrip().rsplit("\n", 1) for each in said), strict=True)
    assert set(told_alike) == {told_alike[0]}
    assert set(opened_on) <= {str(before), str(after)}
    # Half an hour before midnight in London, and half an hour after it.
    listed = re.findall(r"^CHA-2017-00\d +chase +noted +(.+)$", told_alike[0], re.MULTILINE)
    assert listed == ["2017-07-02", "2017-07-03"]


def _host(zone: str, folder: Path) -> subprocess.Popen[str]:
    folder.mkdir()
    path = f"{TESTS.parent}{os.pathsep}{TESTS}"
    return subprocess.Popen(
        [sys.executable, "-m", "support.elsewhere", str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=TESTS,
        env=os.environ | {"TZ": zone, "PYTHONPATH": path},
    )


# --- what falls due next ------------------------------------------------------------------------------------


def test_a_case_that_cannot_be_brought_up_to_now_hides_nothing_that_falls_due_later(tmp_path: Path) -> None:
    clock = FrozenClock("2017-01-09T09:00Z")
    with closing(board(f"sqlite:///{tmp_path / 'board.db'}", clock)) as engine:
        broken, other = (engine.open("chase", {}, by=EVERYBODY).reference for _ in range(2))
        with engine.database.writing() as connection:
            connection.exec_driver_sql(
                "update loop_case set due_at = '2017-01-09 08:00:00.000000', state = 'nowhere' "
                f"where reference = '{broken}'"
            )
            connection.exec_driver_sql(
                f"update loop_case set due_at = '2017-03-01 00:00:00.000000' where reference = '{other}'"
            )

        swept = engine.sweep()

        assert [each.case for each in swept.failures] == [broken]
        assert (
            engine.next_due_at(after=swept.at) == engine.next_due_at() == parse_instant("2017-03-01T00:00Z")
        )
        assert engine.next_due_at(after=parse_instant("2017-03-01T00:00Z")) is None
        with pytest.raises(BadValue, match="is not an instant"):
            engine.next_due_at(after=date(2017, 3, 1))  # type: ignore[arg-type]


# --- a clock that was set back ------------------------------------------------------------------------------

NOON = "2017-02-09T12:00Z"
VERBS: dict[str, Callable[[Engine, str], object]] = {
    "record": lambda engine, case: engine.record(case, {"agreed": True}, by=EVERYBODY),
    "correct": lambda engine, case: engine.record(case, {"agreed": True}, by=EVERYBODY, correction=True),
    "fire": lambda engine, case: engine.fire(case, "answer", by=EVERYBODY),
    "be refused": lambda engine, case: engine.fire(case, "close", by=EVERYBODY),
    "hold": lambda engine, case: engine.hold(case, "court", by=EVERYBODY, reason="a trial"),
    "release": lambda engine, case: engine.release(case, "inquest", by=EVERYBODY),
}


@pytest.fixture
def at(tmp_path: Path) -> Callable[[str], Engine]:
    """The board as it is with its clock set to an instant."""
    return lambda instant: board(f"sqlite:///{tmp_path / 'board.db'}", FrozenClock(instant))


@pytest.mark.parametrize("verb", VERBS)
def test_no_verb_records_that_time_ran_backwards(at: Callable[[str], Engine], verb: str) -> None:
    with closing(at(NOON)) as engine:
        case = engine.open("inquiry", {"agreed": False}, by=EVERYBODY).reference
        engine.hold(case, "inquest", by=EVERYBODY, reason="an inquest")
        before = engine.history(case)

    with (
        closing(at("2017-02-09T11:59:59.999999Z")) as engine,
        pytest.raises(
            ClockWentBack, match=r"T11:59:59.999999Z, but INQ-2017-001 .*T12:00:00.000000Z; set the"
        ),
    ):
        VERBS[verb](engine, case)

    with closing(at(NOON)) as engine:  # the same instant will do
        assert engine.history(case) == before
        VERBS[verb](engine, case)
        assert len(engine.history(case)) > len(before)
        assert engine.audit().problems == ()


def test_what_is_opened_under_a_case_is_not_opened_before_it(at: Callable[[str], Engine]) -> None:
    """A case of its own may be: there is nothing that it would come before."""
    with closing(at(NOON)) as engine:
        case = engine.open("inquiry", {"recipients": ["police"], "agreed": True}, by=EVERYBODY).reference
        engine.fire(case, "answer", by=EVERYBODY).require()

    with closing(at("2017-02-09T11:00Z")) as engine:
        with pytest.raises(ClockWentBack):
            engine.fire(case, "write_to_all", by=EVERYBODY)
        there = engine.cases()
        opened = engine.open("letter", by=EVERYBODY)
        assert {each.reference for each in engine.cases()} - {each.reference for each in there} == {
            opened.reference
        }
        assert engine.audit().problems == ()


class _Ended(Exception):
    """Ends a sweep between two of its transactions."""


def _end(_: int) -> None:
    raise _Ended


@pytest.fixture
def half_swept(at: Callable[[str], Engine]) -> Callable[[str], Engine]:
    """A board with three cases, of which the first has half been swept at noon, and nobody went on."""
    with closing(at("2017-01-09T09:00Z")) as engine:
        for _ in range(3):
            engine.open("chase", by=EVERYBODY)
    with closing(at(NOON)) as engine, suppress(_Ended):
        engine.sweep(at_once=1, progress=_end)
    return at


def test_a_sweep_leaves_a_case_from_later_alone_and_goes_on_with_the_others(
    half_swept: Callable[[str], Engine],
) -> None:
    with closing(half_swept("2017-02-09T10:00Z")) as engine:
        before = engine.history("CHA-2017-001")
        early = engine.sweep()
        assert engine.history("CHA-2017-001") == before
        assert engine.audit().problems == ()
    with closing(half_swept(NOON)) as engine:
        late = engine.sweep()
        swept = [told(engine).entries[f"CHA-2017-00{number}"] for number in (1, 2, 3)]
        assert engine.audit().problems == ()

    assert [failure.case for failure in early.failures] == ["CHA-2017-001"]
    assert early.failures[0].message.startswith(
        "the clock says 2017-02-09T10:00:00.000000Z, but CHA-2017-001"
    )
    assert {each.case for each in early.done} == {"CHA-2017-002", "CHA-2017-003"}
    assert late.failures == ()
    assert {each.case for each in late.done} == {"CHA-2017-001"}
    assert len({len(entries) for entries in swept}) == 1, "in the end all three say the same"


def test_a_sweep_that_is_only_tried_says_the_same(half_swept: Callable[[str], Engine]) -> None:
    with closing(half_swept("2017-02-09T10:00Z")) as engine:
        tried = engine.sweep(dry_run=True)
        swept = engine.sweep()

    assert tried.failures == swept.failures
    assert tried.done == swept.done


# --- the nights on which the clocks change ------------------------------------------------------------------

NIGHTS = """\
workflow: visit
version: 1
title: Visit
reference: VIS
starts: planned
facts:
  visit_on: {ask: "When is the visit?", type: date}
  return_on: {ask: "When is the next?", type: date}
  seen: {ask: "Was the child seen?", type: yes_no}
deadlines:
  visit: {due: visit_on, until: [visit, miss], source: local, then: miss}
  return: {due: return_on, until: end, source: local, remind: {before: 1 day, tell: business_unit}}
states:
  planned:
    on:
      visit: {to: visited, by: business_unit}
      miss: {to: missed, by: business_unit}
  visited:
    on:
      end: {to: ended, automatic: true, when: seen, wait: {at_least: 1 day, after: visit, source: local}}
  missed: {on: {end: {to: ended, automatic: true, when: 'since(visit_on, "1 day")'}}}
  ended: {final: true}
"""
UNIT = Actor("Uma Unit", ["business_unit"])
MIDNIGHTS = [  # worked by hand: the clocks go forward at one on 26 March, and back at two on 29 October
    ("2017-03-25", "2017-03-26T00:00:00Z"),  # the night in which they go forward begins in winter time
    ("2017-03-26", "2017-03-26T23:00:00Z"),  # and the next one in summer time: a day of 23 hours
    ("2017-10-28", "2017-10-28T23:00:00Z"),  # the night in which they go back begins in summer time
    ("2017-10-29", "2017-10-30T00:00:00Z"),  # and the next one in winter time: a day of 25 hours
]


@pytest.mark.parametrize(("day", "midnight"), MIDNIGHTS)
def test_what_is_due_at_midnight_happens_at_midnight_and_once(
    day: str, midnight: str, tmp_path: Path
) -> None:
    framework = framework_from_texts(
        {"framework.yaml": "framework: nights\nversion: 1\ntitle: Nights\n", "visit.yaml": NIGHTS}
    )
    clock, on = FrozenClock(f"{day}T12:00Z"), date.fromisoformat(day)
    engine = Engine(f"sqlite:///{tmp_path / 'board.db'}", framework=framework, clock=clock)
    engine.open("visit", {"visit_on": on}, by=UNIT)
    visited = engine.open("visit", {"seen": True}, by=UNIT)
    engine.fire(visited, "visit", by=UNIT).require()
    engine.open("visit", {"return_on": on.fromordinal(on.toordinal() + 2)}, by=UNIT)
    instant = parse_instant(midnight)

    swept: dict[int, Sweep] = {}
    for seconds in (-3600, -1, 0, 1, 1800, 3600, 5400, 7200, 10800):
        clock.advance(seconds=int((instant - clock.now()).total_seconds()) + seconds)
        swept[seconds] = engine.sweep()

    assert [seconds for seconds, sweep in swept.items() if sweep] == [0]
    assert {each.due_at for each in swept[0].done} == {instant}
    assert [(each.case, each.event or each.kind) for each in swept[0].done] == [
        ("VIS-2017-001", "overdue"),
        ("VIS-2017-001", "miss"),
        ("VIS-2017-001", "end"),
        ("VIS-2017-002", "end"),
        ("VIS-2017-003", "reminded"),
    ]
    assert engine.audit().problems == ()
    engine.close()
