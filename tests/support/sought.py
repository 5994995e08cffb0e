"""Cases written straight into a real database, with what was answered, and a rule put to each by hand.

By hand: from the rows as they were meant, without the evaluator, the situations that it reads, or any SQL.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from operator import eq, ge, gt, le, lt, ne

from hypothesis import strategies as st
from sqlalchemy import Connection, insert

from loopengine.core.durations import completed_years, shift
from loopengine.core.rules import expressions as tree
from loopengine.core.situation import Recorded, Situation, Tally
from loopengine.core.truth import Truth
from loopengine.core.values import Value, spell
from loopengine.store.books import FRAMEWORK
from loopengine.store.case_rows import tallies_text
from loopengine.store.cases import ANSWER, CASE
from support.model_rules import later
from support.rules import EVENTS, FACTS, KINDS, TODAY, days, past_days, tallies, values_of

DIGEST, WORKFLOW = "d" * 64, "review"
_AT = datetime(2017, 1, 3, 9, tzinfo=UTC)
_SIGNS = {"==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}


@dataclass(frozen=True)
class Said:
    """One answer, as somebody gave it; *corrected* says that it was wrong."""

    fact: str
    value: Value | None
    so_on: date
    corrected: bool = False


@dataclass(frozen=True)
class Written:
    """One case, as it stands in the rows."""

    opened_on: date = date(2016, 11, 28)
    said: tuple[Said, ...] = ()
    happened: Mapping[str, tuple[date, ...]] = field(default_factory=dict)
    tallies: Mapping[str, Tally] = field(default_factory=dict)

    def standing(self, on: date) -> dict[str, list[Said]]:
        """The answers that stand and were so by the day *on*, the latest last."""
        found: dict[str, list[Said]] = {}
        told = [each for each in self.said if not each.corrected and each.so_on <= on]
        for each in sorted(told, key=lambda each: each.so_on):
            found.setdefault(each.fact, []).append(each)
        return found

    def situation(self, on: date) -> Situation:
        """The case as the evaluator sees it."""
        said = self.standing(on)
        known = {fact: told[-1].value for fact, told in said.items()}
        last = {event: [each for each in times if each <= on] for event, times in self.happened.items()}
        return Situation(
            on,
            {fact: value for fact, value in known.items() if value is not None},
            {"opened": self.opened_on} | {event: max(times) for event, times in last.items() if times},
            self.tallies,
            {
                fact: tuple(Recorded(each.value, each.so_on, _AT) for each in told)
                for fact, told in said.items()
            },
        )


# What a text may be: the reference under which it is kept, or anything at all.
_HOSTILE = st.sampled_from(["'; drop table loop_case; --", '"yes"', "null", "%", "\\", "🙂", "[1]", "None"])


# Often the same days, so that what is recorded later counts, and what is so tomorrow does not.
_WHEN = st.sampled_from([TODAY - timedelta(1), TODAY, TODAY + timedelta(1)]) | past_days | days


@st.composite
def cases(draw: st.DrawFn, facts: Collection[str] = ()) -> Written:
    """A case about which some is known, some was, some will be, and some was wrong; of *facts* above all."""
    names = st.sampled_from(sorted(facts or FACTS)) | st.sampled_from(sorted(FACTS))
    said = []
    for fact in draw(st.lists(names, max_size=12)):
        value = draw(st.none() | (_HOSTILE if FACTS[fact].type == "text" else values_of(fact)))
        said.append(Said(fact, value, draw(_WHEN), draw(st.integers(0, 4)) == 0))
    happened = draw(st.dictionaries(st.sampled_from(EVENTS), st.lists(_WHEN, min_size=1, max_size=3)))
    return Written(
        draw(past_days),
        tuple(said),
        {event: tuple(times) for event, times in happened.items()},
        {kind: draw(tallies(kind)) for kind in KINDS if draw(st.booleans())},
    )


def write(connection: Connection, written: Sequence[Written]) -> list[int]:
    """Write cases as rows, under a framework that nobody reads; the rows."""
    connection.execute(
        insert(FRAMEWORK).values(digest=DIGEST, name="small", version=1, texts="{}", known_since=_AT)
    )
    return [_write(connection, n, each) for n, each in enumerate(written)]


def _write(connection: Connection, number: int, case: Written) -> int:
    happened = {
        event: [[on.isoformat(), n] for n, on in enumerate(times)] for event, times in case.happened.items()
    }
    row = {
        "reference": f"REV-{number}", "workflow": WORKFLOW, "framework": DIGEST, "opened_on": case.opened_on,
        "state": "referred", "ended": False, "excused": False, "revision": 1, "entries": 1, "head": "",
        "recorded_at": _AT, "path": "[]", "happened": json.dumps(happened),
        "tallies": tallies_text(case.tallies),
    }  # fmt: skip
    (id_,) = connection.execute(insert(CASE).values(**row)).inserted_primary_key or (0,)
    for n, each in enumerate(case.said):
        spelled = None if each.value is None else json.dumps(spell(each.value))
        answer = {"case_id": id_, "fact": each.fact, "n": n, "value": spelled, "so_on": each.so_on}
        told = {"recorded_at": _AT, "said_by": "", "corrected_by": 99 if each.corrected else None}
        connection.execute(insert(ANSWER).values(**answer, **told))
    return int(id_)


# --- by hand ------------------------------------------------------------------------------------------------

_ALL = {True, False}


def by_hand(node: tree.Condition, case: Written, on: date) -> Truth:
    """What *node* amounts to in *case* on the day *on*."""
    could = _could_be(node, case, on)
    return Truth.UNKNOWN if could == _ALL else Truth.TRUE if could == {True} else Truth.FALSE


def _could_be(node: tree.Condition, case: Written, on: date) -> set[bool]:
    """What *node* could be, as far as its parts tell: both, where it is unknown."""
    match node:
        case tree.RuleRef(condition=part):
            return _could_be(part, case, on)
        case tree.Not(part):
            return {not each for each in _could_be(part, case, on)}
        case tree.AllOf(parts) | tree.AnyOf(parts):
            # One of another mind decides; otherwise all are of one.
            deciding = isinstance(node, tree.AnyOf)
            outcomes = [_could_be(part, case, on) for part in parts]
            could = {deciding for each in outcomes if deciding in each}
            return could | ({not deciding} if all((not deciding) in each for each in outcomes) else set())
        case tree.Possible(part):
            return {True in _could_be(part, case, on)}
        case tree.Known(part):
            return {_could_be(part, case, on) != _ALL}
        case tree.Answer(fact) | tree.KnownFact(tree.FactValue(fact)):
            value = _latest(fact, case, on)
            if isinstance(node, tree.KnownFact):
                return {value is not None}
            return _ALL if value is None else {value is True}
        case tree.Compare(op, left, right):
            first, second = _value(left, case, on), _value(right, case, on)
            return _ALL if None in (first, second) else {_SIGNS[op](first, second)}
        case tree.Among(operand, values):
            value = _value(operand, case, on)
            return _ALL if value is None else {any(value == each for each in values)}
        case tree.Member(left, right) | tree.Disjoint(left, right):
            some, others = (_names(_value(each, case, on)) for each in (left, right))
            if some is None or others is None:
                return _ALL
            return {any(name in others for name in some) is isinstance(node, tree.Member)}
        case tree.Every(kind, state):
            tally = case.tallies.get(kind)
            if tally is None or not tally.total:
                return _ALL
            excused_only = tally.excused - tally.excused_reached.get(state, 0)
            return {tally.reached.get(state, 0) + excused_only == tally.total}
        case tree.Some(kind, state):
            return {_counted(kind, state, case) >= 1}
        case tree.Since(event, duration):
            times = [each for each in case.happened.get(event, ()) if each <= on]
            times = times or ([case.opened_on] if event == "opened" else [])
            return {bool(times) and later(max(times), duration) <= on}
        case tree.SinceDay(day, duration):
            value = _value(day, case, on)
            return _ALL if not isinstance(value, date) else {later(value, duration) <= on}
        case tree.Unlisted():
            return _ALL
        case _:
            raise NotImplementedError(node)


def _value(node: tree.Operand, case: Written, on: date) -> Value | None:
    match node:
        case tree.FactValue(name):
            return _latest(name, case, on)
        case tree.Constant(value):
            return value
        case tree.Arithmetic(op, left, tree.Span(duration)):
            day = _value(left, case, on)
            return shift(day, duration, back=op == "-") if isinstance(day, date) else None
        case tree.Arithmetic(op, left, right):
            return _reckoned(op, _value(left, case, on), _value(right, case, on))
        case tree.Count(kind, state):
            return _counted(kind, state, case)
        case tree.Age(born, anchor):
            first, second = _value(born, case, on), _value(anchor, case, on)
            both = isinstance(first, date) and isinstance(second, date)
            return completed_years(first, second) if both else None  # type: ignore[arg-type]  # both are
        case tree.Size(tree.FactValue(name), among):
            names = _names(_latest(name, case, on))
            return None if names is None else sum(1 for each in names if not among or each in among)
        case _:
            raise NotImplementedError(node)


def _reckoned(op: str, left: Value | None, right: Value | None) -> int | None:
    match op, left, right:
        case "-", date(), date():
            return left.toordinal() - right.toordinal()
        case "+", int(), int():
            return left + right
        case "-", int(), int():
            return left - right
        case "*", int(), int():
            return left * right
        case _:
            return None


def _names(value: Value | None) -> list[str] | None:
    return None if value is None else sorted(value) if isinstance(value, frozenset) else [str(value)]


def _counted(kind: str, state: str, case: Written) -> int:
    tally = case.tallies.get(kind)
    return 0 if tally is None else tally.reached.get(state, 0)


def _latest(fact: str, case: Written, on: date) -> Value | None:
    told = case.standing(on).get(fact)
    return told[-1].value if told else None
