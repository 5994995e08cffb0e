"""Faults to be planted in the product, one line each, to see whether the tests would notice.

A fault is planted in the code of a function itself: whoever has imported the function has the fault, too.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from loopengine.core import actors, arising, deadlines, history, machine, notices, records
from loopengine.core.rules import leaves
from loopengine.core.situation import Tally
from loopengine.engine import answered, catching_up, firing, recording, settling, withdrawing
from loopengine.engine.engine import Engine
from loopengine.engine.reading import Then
from loopengine.engine.work import Work
from loopengine.testing.planting import PlantedBug


@dataclass(frozen=True)
class Fault:
    """In *function*, *wrong* stands where *right* should: *name* says what follows.

    A walk that goes *by* few of the rules of `tests/properties/test_lifecycle.py` comes upon it sooner.
    """

    name: str
    function: Callable[..., object]
    right: str
    wrong: str
    framework: str = "small"
    workflow: str = "review"
    by: tuple[str, ...] = ()

    def planted(self) -> AbstractContextManager[None]:
        """Let the function have the fault until the block is left."""
        return PlantedBug(self.name, self.function, self.right, self.wrong).planted()


def _by_the_clock(name: str, function: Callable[..., object], right: str, wrong: str, *by: str) -> Fault:
    return Fault(name, function, right, wrong, framework="clockwork", workflow="watch", by=by)


FAULTS = (
    # who may
    Fault("the role does not matter", actors.may_act_as, "party.role not in actor.roles", "False"),
    Fault("the agency does not matter", actors.may_act_as, "party.of is None", "True", workflow="action"),
    Fault(
        "everybody may verify their own",
        actors.objection,
        "step.not_of is not None",
        "False",
        workflow="action",
    ),
    Fault(
        "who does not say for whom they act may verify anything",
        actors.objection,
        "actor.agency is None",
        "False",
        workflow="action",
    ),
    Fault(
        "no reason need be given",
        machine.decide,
        "step.reason_required and",
        "False and",
        workflow="action",
    ),
    Fault("an override needs no reason", machine._overrides, 'bool((reason or "").strip())', "True"),
    Fault("an override needs no role", machine._overrides, "step.override in by.roles", "True"),
    # what a rule says
    Fault(
        "not known is as good as yes",
        machine.decide,
        "if truth is not Truth.TRUE and not",
        "if truth is Truth.FALSE and not",
    ),
    Fault("not known is as good as no", machine.decide, "truth is Truth.UNKNOWN and", "False and"),
    Fault(
        "not known is promised as a yes", machine.outlook, "truth is Truth.TRUE", "truth is not Truth.FALSE"
    ),
    Fault("every one of none", leaves.every, "if tally.total else None", "if tally.total else True"),
    Fault("nobody is excused", Tally.satisfied, "+ self.excused - self.excused_reached.get(state, 0)", ""),
    # when
    Fault(
        "the wait is ignored",
        machine.waiting,
        "step.wait is None",
        "True",
        by=(
            "do_what_is_asked",
            "try_anything",
        ),
    ),
    Fault(
        "the wait is a day short",
        machine.waiting,
        "earliest <= situation.today",
        "(earliest - situation.today).days <= 1",
        by=(
            "do_what_is_asked",
            "try_anything",
        ),
    ),
    Fault(
        "the wait is a day long",
        machine.waiting,
        "earliest <= situation.today",
        "earliest < situation.today",
        by=(
            "do_what_is_asked",
            "try_anything",
        ),
    ),
    Fault("a later day is read too early", records.Record.answer, "each.so_on <= on", "True"),
    Fault(
        "a move is of the day on which it is told",
        settling.move,
        "on=on, by=by, details=details",
        "on=work.today, by=by, details=details",
    ),
    Fault("a case is acted on before it was where it is", firing.fire, "on < entered", "False"),
    Fault("a day to come is as good as today", Work.day, "on > self.today", "False"),
    Fault("hindsight", Then._record, "each.recorded_at <= self.at", "True"),
    # what is written
    Fault(
        "a move is not audited",
        Work.write,
        "self.written.append((held, entry))",
        'kind == "moved" or self.written.append((held, entry))',
    ),
    Fault(
        "a refusal is not audited",
        Work.write,
        "self.written.append((held, entry))",
        'kind == "refused" or self.written.append((held, entry))',
    ),
    Fault(
        "audited, but not moved",
        Work.finish,
        "cases.Change(id_, held.record, ",
        'cases.Change(id_, changed(held.record, {"state": before.record.state}), ',
    ),
    Fault("the chain is not chained", history.next_body, "record.head or FIRST", "FIRST"),
    Fault("a refusal is a change", history.applied, "(kind in CHANGES)", "1"),
    Fault("what was wrong stays", history._answers, 'each.n != given.get("corrects")', "True"),
    Fault("a correction is of today", recording.correct, "on or wrong.so_on", "on or work.today"),
    Fault(
        "evidence is not asked for", recording.typed, "check_evidence(facts[name], value, evidence)", "pass"
    ),
    Fault("a key is not remembered", answered.remember, "request.key is not None", "False"),
    # what follows
    Fault("the parent is not told", Work._tell_parent, "self.unsettle(parent)", "pass"),
    Fault(
        "the parent does not count",
        Work._tell_parent,
        "parent.tallies = {**parent.tallies, kind: tally}",
        "pass",
    ),
    Fault(
        "going back leaves what was reached",
        records.reached_after,
        "(*path[: path.index(state)], state)",
        "path",
        framework="shipped",
        workflow="action",
        by=("do_what_is_asked", "try_anything", "let_time_pass"),
    ),
    Fault(
        "going back to where it was not leaves it, too",
        records.reached_after,
        "if each not in undone",
        "",
        workflow="action",
    ),
    Fault(
        "what a step sets is not set",
        settling.move,
        "step.sets",
        "{}",
        framework="shipped",
        workflow="action",
        by=("do_what_is_asked", "try_anything", "let_time_pass"),
    ),
    Fault("one party of several", settling._wanted, "in sorted(named)", "in sorted(named)[:1]"),
    _by_the_clock(
        "a new case is not told what it is about",
        settling._given,
        "facts.get(fact)",
        "None",
        "name_a_day",
        "sweep",
        "do_what_is_asked",
    ),
    Fault(
        "a party is opened for twice",
        settling._wanted,
        "has = held.record.opened_for.get(group, ())",
        "has = held.record.opened_for.get(group, ()) if work.opened else ()",
    ),
    _by_the_clock(
        "a party that joins later is forgotten", settling._follow_parties, "if wanted:", "if False:"
    ),
    _by_the_clock(
        "a party joins what has ended",
        settling._follow_parties,
        "record.ended or not any",
        "not any",
        "let_somebody_join",
        "withdraw_something",
        "do_what_is_asked",
    ),
    # what arises
    _by_the_clock(
        "what arose is opened twice",
        settling._write_change,
        "rule.name not in held.record.standing",
        "True",
        "change_ones_mind",
    ),
    _by_the_clock(
        "what has ceased is not told",
        settling._write_change,
        "if rule.tell:",
        "if rule.tell and arose:",
        "learn_something",
        "let_time_pass",
        "do_what_is_asked",
    ),
    _by_the_clock(
        "what arises by time is not seen",
        arising.changes_by_time,
        "if day > after",
        "if False",
        "let_time_pass",
        "sweep",
        "do_what_is_asked",
    ),
    _by_the_clock("what arose is of today", settling._let_arise, "rule, day)", "rule, work.today)"),
    _by_the_clock("what nobody is told of ceases", arising.next_change, "arisen and not rule.tell", "False"),
    _by_the_clock("nothing is carried", settling._open, "opens.carry", "False"),
    _by_the_clock(
        "what was answered for later days is not looked at",
        records.Record.days_of_change,
        "if first < day <= last",
        "if False",
        "learn_backwards",
    ),
    # what was opened in error
    Fault(
        "what was opened in error still counts",
        records.tally_changed,
        "record is None or not record.path",
        "record is None",
    ),
    Fault(
        "what is below goes on",
        withdrawing.withdraw,
        "if not each.record.ended",
        "if each.record.ended",
        by=(
            "open_below",
            "withdraw_something",
        ),
    ),
    # what clocks say
    _by_the_clock(
        "late a day early", notices._to_come, "_midnight(min(due, _LAST) + _ONE_DAY)", "_midnight(due)"
    ),
    _by_the_clock("late a day late", notices._to_come, "_LAST) + _ONE_DAY", "_LAST) + 2 * _ONE_DAY"),
    _by_the_clock(
        "late twice", notices._to_come, "OVERDUE not in clock.said", "clock.said.count(OVERDUE) < 2"
    ),
    _by_the_clock("never late", notices._to_come, "OVERDUE not in clock.said", "False"),
    _by_the_clock(
        "a rung is said twice",
        notices._to_come,
        '(name := f"escalate-{number}") not in clock.said',
        'clock.said.count(name := f"escalate-{number}") < 2',
    ),
    _by_the_clock("who is late is reminded", notices._to_come, "late_at > clock.settled_at", "True"),
    _by_the_clock("fired twice", notices._to_come, "THEN not in clock.said", "clock.said.count(THEN) < 2"),
    _by_the_clock("what is fired needs no rule", catching_up._fire, "isinstance(decision, Moved)", "step"),
    _by_the_clock("a notice is a change", history.applied, "(kind in CHANGES)", '(kind != "refused")'),
    _by_the_clock("nobody is told", Work.finish, "outbox.put(self.connection, self._notices)", "pass"),
    _by_the_clock(
        "what was learnt late was late before",
        notices._to_come,
        "max(at, clock.settled_at)",
        "at",
    ),
    # when clocks begin and end
    _by_the_clock("a clock begins but once", deadlines._clock, "known.start != start.name", "False"),
    _by_the_clock("the first of several begins it", deadlines._begun, "max(starts", "min(starts"),
    _by_the_clock(
        "a start that is told late begins it anew",
        deadlines._begun,
        "max(record.happened[name])",
        "record.happened[name][-1]",
        "tell_something_late",
        "do_what_is_asked",
        "let_time_pass",
    ),
    _by_the_clock(
        "what is told late was so last",
        records.Record.situation,
        "max(days)",
        "days[-1]",
        "tell_something_late",
        "do_what_is_asked",
        "let_time_pass",
    ),
    _by_the_clock(
        "a clock goes on after the end", deadlines._stopped_on, "not days and record.ended", "False"
    ),
    _by_the_clock("it stops at what came before", deadlines._stopped_on, "stop > began", "True"),
    # holds
    _by_the_clock("a hold blocks nothing", machine.blocking, "step.event in", "None in"),
    _by_the_clock(
        "a hold stops nothing",
        deadlines.stopping,
        "if deadline in",
        "if None in",
        "hold_for_a_while",
        "let_a_clock_run",
    ),
    _by_the_clock(
        "what was left is forgotten",
        deadlines.resumed,
        "left = calendar.working_days_left(since, target)",
        "left = duration.working_days",
        "hold_for_a_while",
        "do_what_is_asked",
    ),
    _by_the_clock(
        "days held are not added",
        deadlines.resumed,
        "target + (until - since)",
        "target",
        "hold_for_a_while",
        "do_what_is_asked",
    ),
    _by_the_clock(
        "late already, and put off",
        deadlines._due,
        "if calendar.rolled(due.on, deadline.roll).on >= since",
        "if True",
    ),
    _by_the_clock(
        "what is released was late before",
        deadlines._clock,
        "settled_at=at",
        "settled_at=known.settled_at",
        "hold_for_a_while",
        "let_a_clock_run",
    ),
    _by_the_clock(
        "what is blocked is not fired any more",
        notices._to_come,
        "not _is_blocked(workflow, record, deadline.then)",
        "True",
        "hold_or_release",
        "let_time_pass",
        "sweep",
    ),
    # what time alone brings
    _by_the_clock("nobody is brought up to now", Engine._take, "bring_up(work, held)", "pass"),
    _by_the_clock(
        "a parent is not brought up",
        Engine.open,
        "bring_up(work, parent)",
        "pass",
        "open_below",
        "let_a_clock_run",
    ),
    _by_the_clock(
        "its family is left behind",
        catching_up.bring_up,
        "held.root_id",
        "held.id",
        "let_a_clock_run",
        "open_below",
        "act_on_a_sub_case",
    ),
    _by_the_clock("what was due is of today", catching_up.catch_up, "else at", "else work.now"),
    _by_the_clock("time takes no step", Work.due_at, "None if day is None else london_midnight(day)", "None"),
    _by_the_clock(
        "a step is taken today, if it could be before", settling._automatic, "days=days", "days=[work.today]"
    ),
    _by_the_clock(
        "a step is of the first day asked",
        settling._automatic,
        "return step, day",
        "return step, first",
        "learn_backwards",
        "name_a_day",
        "sweep",
    ),
    _by_the_clock("in no order", notices.next_notice, "min(found, ", "max(found, "),
)
