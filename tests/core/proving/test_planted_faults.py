"""Faults planted one by one: each is found, in these words, and its example is seen on a real engine.

The engine is driven along the way of the example, with its facts, on a database of its own.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from support.small import TEXTS

from loopengine import Actor, Engine, Framework, Truth
from loopengine.clock import FrozenClock
from loopengine.core.definitions import ROLES
from loopengine.core.files.loading import framework_from_texts
from loopengine.core.proving.domains import World
from loopengine.core.proving.findings import Proof
from loopengine.core.proving.proofs import prove
from loopengine.core.proving.routing import prove_routes
from loopengine.core.proving.telling import example_words, proof_json
from loopengine.core.situation import Situation
from loopengine.core.values import UNKNOWN_WORD, Value
from loopengine.errors import NotAnswered, RefusedError

EVERYBODY = Actor("Everybody", list(ROLES))
SOUND = """\
workflow: inquiry
version: 1
title: Inquiry
reference: INQ
starts: asked
facts:
  harmed: {ask: "Was the child harmed?", type: yes_no}
  died: {ask: "Has the child died?", type: yes_no, settled_after: begin}
  years: {ask: "How old was the child?", type: number, unit: years}
  ready: {ask: "Is it ready?", type: yes_no}
rules:
  serious: {when: died or harmed, source: local}
  young: {when: 'years < 18', source: local}
claims:
  claimed: {if: died, then: serious, source: local}
monitors:
  in_order: {never: publish before check, source: local}
deadlines:
  answer: {within: 1 month, from: opened, until: [begin, drop], source: local}
  finish: {within: 6 months, from: begin, until: [publish, put_aside], source: local}
states:
  asked:
    owner: business_unit
    on:
      begin: {to: sorting, when: serious}
      drop: {to: closed}
  sorting:
    owner: business_unit
    on:
      to_children: {to: writing, automatic: true, when: young}
      to_adults: {to: writing, automatic: true, when: not young}
  writing:
    owner: lead_reviewer
    on:
      check: {to: checked, when: ready}
  checked:
    owner: business_unit
    on:
      publish: {to: closed, when: died}
      put_aside: {to: closed, when: not died}
  closed: {final: true}
"""
STEPS = "".join(
    f"  s{n}: {{owner: business_unit, no_clock: none, on: {{e{n}: {{to: s{n + 1}}}}}}}\n" for n in range(10)
)
LONG = f"""\
workflow: inquiry
version: 1
title: Inquiry
reference: INQ
starts: s0
monitors:
  in_order: {{never: finish after e0, source: local}}
states:
{STEPS}  s10: {{owner: business_unit, no_clock: none, on: {{finish: {{to: done}}}}}}
  done: {{final: true}}
"""
DOOR = """\
workflow: door
version: 1
title: Door
reference: DOO
starts: recorded
facts:
  suspected: {ask: "Is abuse suspected?", type: yes_no}
  years: {ask: "How old was the child?", type: number, unit: years}
states:
  recorded: {on: {close: {to: closed}}}
  closed: {final: true}
"""
TABLE = """\
framework: small
version: 1
title: Small
intake: door
routes:
  - {review: inquiry, strength: must, when: 'ONE', source: local, alternatives: either}
  - {review: inquiry, strength: may, when: 'OTHER', source: local, alternatives: either}
"""


def framework(*changes: tuple[str, str], text: str = SOUND) -> Framework:
    """The sound workflow with *changes*."""
    for before, after in changes:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return framework_from_texts(TEXTS | {"inquiry.yaml": text})


def faults(board: Framework) -> dict[str, Proof]:
    """What is refuted of the workflow, by its sort and what it is about."""
    found = prove(board.workflow("inquiry"), board.workflows)
    return {f"{each.sort} {each.about}": each for each in found if not each.holds}


def on_a_file(board: Framework, tmp_path: Path) -> Engine:
    clock = FrozenClock("2017-01-09T09:00Z")
    return Engine(f"sqlite:///{tmp_path / 'board.db'}", framework=board, clock=clock)


def led(board: Framework, proof: Proof, tmp_path: Path) -> tuple[Engine, str]:
    """An engine, and a case that has come by the way of *proof* to where it has its facts."""
    engine = Engine(
        f"sqlite:///{tmp_path / 'board.db'}", framework=board, clock=FrozenClock("2017-01-09T09:00Z")
    )
    case = engine.open("inquiry", by=EVERYBODY).reference
    assert not proof.abstract, "a case may never come to it"
    for leg in proof.way[: -1 if proof.sort == "monitor" else None]:
        learn(engine, case, leg.world)
        state = engine.case(case).case.state
        step = board.workflow("inquiry").states[state].steps.get(leg.event)
        if step is not None and not step.automatic:
            engine.fire(case, leg.event, by=EVERYBODY, reason="as agreed").require()
    return engine, case


def learn(engine: Engine, case: str, world: World) -> None:
    facts = {thing.name: UNKNOWN_WORD if state is None else state for thing, state in world.items()}
    if facts:
        engine.record(case, facts, by=EVERYBODY)


def state_of(engine: Engine, case: str) -> str:
    return engine.case(case).case.state


def test_nothing_is_wrong_before_something_is_planted() -> None:
    assert faults(framework()) == {}


# --- automatic steps ----------------------------------------------------------------------------------------

RACE = (
    "to_adults: {to: writing, automatic: true, when: not young}",
    "to_adults: {to: closed, automatic: true, when: years > 16}",
)
SWAPPED = (
    "      to_children: {to: writing, automatic: true, when: young}\n"
    "      to_adults: {to: closed, automatic: true, when: years > 16}\n",
    "      to_adults: {to: closed, automatic: true, when: years > 16}\n"
    "      to_children: {to: writing, automatic: true, when: young}\n",
)


def test_a_race_is_found_and_what_becomes_of_the_case_hangs_on_the_order_of_the_file(tmp_path: Path) -> None:
    board = framework(RACE)

    (race,) = (each for each in faults(board).values() if each.sort == "race")

    assert race.said == "sorting.to_children and to_adults are both automatic, and can be TRUE together"
    assert race.example is not None
    assert example_words(race.example) == "years: 17"
    assert [leg.event for leg in race.way] == ["begin"]
    came_to = []
    for name, raced in {"first": board, "second": framework(RACE, SWAPPED)}.items():
        (tmp_path / name).mkdir()
        engine, case = led(raced, race, tmp_path / name)
        assert state_of(engine, case) == "sorting"
        learn(engine, case, race.example)
        came_to.append(state_of(engine, case))
    assert came_to == ["writing", "closed"]


def test_a_circle_is_found_and_the_engine_does_not_come_to_rest_in_it(tmp_path: Path) -> None:
    board = framework(
        (
            "check: {to: checked, when: ready}",
            "check: {to: checked, when: ready}\n      back: {to: sorting, automatic: true, when: harmed}",
        )
    )

    circles = [each for each in faults(board).values() if each.sort == "circle"]

    assert [each.said for each in circles] == [
        f"sorting.{event} -> writing.back -> sorting never comes to rest: all of it can be TRUE at once"
        for event in ("to_children", "to_adults")
    ]
    circle = circles[0]
    assert circle.example is not None
    assert example_words(circle.example) == "years: 17; harmed: yes"
    engine, case = led(board, circle, tmp_path)
    with pytest.raises(RefusedError, match="over 1000 automatic steps and openings followed"):
        learn(engine, case, circle.example)


# --- states -------------------------------------------------------------------------------------------------


def test_a_state_that_a_contradiction_makes_unreachable_is_found(tmp_path: Path) -> None:
    board = framework(
        ("begin: {to: sorting, when: serious}", "begin: {to: sorting, when: died and not serious}")
    )

    found = faults(board)

    assert found["guard asked.begin"].said == "asked.begin can never be TRUE"
    assert found["reach sorting"].said == "sorting is reached by no step whose rule can be TRUE"
    engine, case = led(board, found["reach sorting"], tmp_path)
    for died in ("yes", "no", "unknown"):
        for harmed in ("yes", "no", "unknown"):
            engine.record(case, {"died": died, "harmed": harmed}, by=EVERYBODY)
            assert not engine.fire(case, "begin", by=EVERYBODY).moved, "there is no example: nothing does it"


def test_a_state_that_leads_to_no_end_is_found_and_no_step_is_taken_there(tmp_path: Path) -> None:
    board = framework(
        ("check: {to: checked, when: ready}", "check: {to: checked, when: ready and not ready}")
    )

    found = faults(board)["end writing"]

    assert found.said == "writing comes to no end by steps whose rules can be TRUE"
    assert [leg.event for leg in found.way] == ["begin", "to_children"]
    engine, case = led(board, found, tmp_path)
    assert state_of(engine, case) == "writing"
    for ready in ("yes", "no", "unknown"):
        engine.record(case, {"ready": ready}, by=EVERYBODY)
        assert not engine.fire(case, "check", by=EVERYBODY).moved
    (outlook,) = engine.explain(case).events
    assert outlook.fixes == ()


def test_a_trap_is_found_and_nobody_gets_out_of_it(tmp_path: Path) -> None:
    board = framework(("put_aside: {to: closed, when: not died}", "put_aside: {to: closed, when: died}"))

    found = faults(board)["settled checked"]

    assert found.said == (
        "checked after begin -> to children -> check comes to no end any more: "
        "what is settled cannot be changed"
    )
    assert found.example is not None
    assert example_words(found.example) == "died: no"
    engine, case = led(board, found, tmp_path)
    assert state_of(engine, case) == "checked"
    for event in ("publish", "put_aside"):
        assert not engine.fire(case, event, by=EVERYBODY).moved
    with pytest.raises(NotAnswered, match="died is settled after begin, and is no"):
        engine.record(case, {"died": "yes"}, by=EVERYBODY)
    assert all(outlook.fixes == () for outlook in engine.explain(case).events)


# --- clocks -------------------------------------------------------------------------------------------------


def test_a_missing_clock_is_found_and_nothing_is_due_there(tmp_path: Path) -> None:
    board = framework(("from: begin, until: [publish, put_aside]", "from: begin, until: check"))

    found = faults(board)["clock checked"]

    assert found.said == (
        "no deadline runs in checked after begin -> to children -> check, and no `no_clock` says why"
    )
    engine, case = led(board, found, tmp_path)
    assert state_of(engine, case) == "checked"
    assert engine.due() == ()


def test_a_deadline_that_can_only_be_missed_is_found_and_stays_due(tmp_path: Path) -> None:
    board = framework(("from: begin, until: [publish, put_aside]", "from: begin, until: [drop]"))

    found = faults(board)["deadline finish"]

    assert found.said == "finish can never be met: once it runs, nothing can end it"
    engine, case = led(board, found, tmp_path)
    engine.record(case, {"years": 3, "ready": "yes"}, by=EVERYBODY)
    for event in ("check", "publish"):
        assert [each.clock.deadline.name for each in engine.due()] == ["finish"]
        assert "drop" not in {each.event for each in engine.explain(case).events}
        engine.fire(case, event, by=EVERYBODY).require()
    assert state_of(engine, case) == "closed", "from the start to the end, and nothing stopped it"


def test_a_state_in_which_nobody_has_the_move_is_found_and_the_board_shows_nobody(tmp_path: Path) -> None:
    board = framework(("  writing:\n    owner: lead_reviewer\n", "  writing:\n"))

    found = faults(board)["owner writing"]

    assert found.said == "nobody has the move in writing: it has no `owner`"
    engine, case = led(board, found, tmp_path)
    assert state_of(engine, case) == "writing"
    assert board.workflow("inquiry").states["writing"].owner == ()


# --- monitors -----------------------------------------------------------------------------------------------


def test_a_monitor_that_only_ten_steps_break_is_found_and_kept_by_the_engine(
    tmp_path: Path,
) -> None:
    board = framework(text=LONG)

    found = faults(board)["monitor in_order"]

    way = [*(f"e{n}" for n in range(10)), "finish"]
    assert found.said == f"never finish after e0 is broken by {' -> '.join(way)}"
    assert [leg.event for leg in found.way] == way
    engine, case = led(board, found, tmp_path)
    assert state_of(engine, case) == "s10", "ten steps, each of them taken"
    refused = engine.fire(case, "finish", by=EVERYBODY)
    assert refused.reasons == ("finish is not to be now: never finish after e0 (in_order)",)  # type: ignore[union-attr]  # refused
    free = framework(
        (
            "  in_order: {never: finish after e0, source: local}\n",
            "  in_order: {never: finish before e0, source: local}\n",
        ),
        text=LONG,
    )
    (tmp_path / "free").mkdir()
    engine, case = led(free, found, tmp_path / "free")
    assert engine.fire(case, "finish", by=EVERYBODY).moved, "nothing but the monitor is in the way"


# --- rules --------------------------------------------------------------------------------------------------


def test_a_claim_that_is_false_is_found_and_refuted_by_the_rules_of_a_case(tmp_path: Path) -> None:
    board = framework(("if: died, then: serious", "if: serious, then: died"))

    found = faults(board)["claim claimed"]

    assert found.said == "it is not so that serious implies died"
    assert found.example is not None
    assert example_words(found.example) == "died: no; harmed: yes"
    engine, case = led(board, found, tmp_path)
    learn(engine, case, found.example)
    assert engine.case(case).facts == {"died": False, "harmed": True}
    assert engine.fire(case, "begin", by=EVERYBODY).moved, "serious"


def test_a_rule_that_decides_nothing_is_found() -> None:
    board = framework(("{when: 'years < 18',", "{when: 'years < 18 or years > 17 or not known(years)',"))

    assert faults(board)["rule young"].said == "young can never be FALSE"


# --- the routing table --------------------------------------------------------------------------------------


def table(one: str, other: str) -> Framework:
    shared = TABLE.replace("ONE", one).replace("OTHER", other)
    return framework_from_texts({"framework.yaml": shared, "door.yaml": DOOR, "inquiry.yaml": SOUND})


def incident(board: Framework, proof: Proof, tmp_path: Path) -> tuple[Engine, str, dict[str, Value]]:
    assert proof.example is not None
    assert not proof.abstract
    engine = Engine(
        f"sqlite:///{tmp_path / 'board.db'}", framework=board, clock=FrozenClock("2017-01-09T09:00Z")
    )
    facts: dict[str, object] = {thing.name: state for thing, state in proof.example.items()}
    case = engine.open("door", facts, by=EVERYBODY).reference
    return engine, case, dict(engine.case(case).facts)


def test_a_gap_of_one_year_is_found_and_no_row_answers_such_an_incident(tmp_path: Path) -> None:
    board = table("years < 18", "years > 18")

    (gap,) = (each for each in prove_routes(board) if not each.holds)

    assert gap.said == "no row answers, and `otherwise` does not say who is asked"
    assert gap.example is not None
    assert example_words(gap.example) == "years: 18"
    engine, _, facts = incident(board, gap, tmp_path)
    assert engine.framework.route(facts).that_are("ruled_out") == ("inquiry",)


def test_an_overlap_of_one_year_is_found_and_both_rows_answer(tmp_path: Path) -> None:
    board = table("years <= 18 and suspected", "years >= 18 or possible(not suspected) and years > 3")

    overlaps = [each for each in prove_routes(board) if not each.holds and each.sort == "overlap"]

    (overlap,) = overlaps
    assert overlap.said.endswith("are alternatives, and can be TRUE together")
    assert overlap.example is not None
    assert example_words(overlap.example) == "years: 18; suspected: yes"
    _, _, facts = incident(board, overlap, tmp_path)
    rows = board.workflow("door").routes
    assert facts == {"years": 18, "suspected": True}
    case = Situation(date(2017, 1, 9), facts)
    assert [row.rule.verdict(case) for row in rows] == [Truth.TRUE, Truth.TRUE]


# --- for machines -------------------------------------------------------------------------------------------


def test_the_way_and_the_facts_can_be_read_by_a_machine() -> None:
    found = faults(
        framework(("put_aside: {to: closed, when: not died}", "put_aside: {to: closed, when: died}"))
    )

    said = proof_json(found["settled checked"])

    assert said["example"] == {"died": "no"}
    assert said["way"] == [
        {"event": "begin", "example": {"died": "no", "harmed": "yes"}},
        {"event": "to_children", "example": {"died": "no", "years": "17"}},
        {"event": "check", "example": {"died": "no", "ready": "yes"}},
    ]
