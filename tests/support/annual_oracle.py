"""The numbers of the annual report, worked out anew from the rows of the database and the files in it.

Shares nothing with the product: SQL, JSON, YAML, and the words of docs/annual-report.md. Slow, and simple.
"""

from __future__ import annotations

import json
import statistics
from collections import defaultdict
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Any
from unittest.mock import ANY

import yaml
from sqlalchemy import Connection, text

STAGES = (
    "referral", "decision", "review", "learning_identified", "disseminated", "embedded", "evaluated",
)  # fmt: skip
ENDS = {"withdrawn": "Withdrawn: it was opened in error", "merged": "Merged into another case"}
Numbers = dict[str, dict[str, Any]]
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # every word a text, however it looks


@lru_cache(maxsize=32)
def files(texts: str) -> dict[str, Any]:
    """The files of a framework, loops written into the workflows that say so."""
    read = {name: yaml.load(each, _LOADER) for name, each in json.loads(texts).items()}
    framework = read.pop("framework.yaml")
    workflows = {}
    for each in read.values():
        loop = framework.get("loops", {}).get(each.get("loop"), {})
        whole = dict(each)
        for key in ("facts", "states", "anywhere", "deadlines", "sub_cases"):
            whole[key] = {**loop.get(key, {}), **each.get(key, {})}
        # A workflow's own come first, as in its file; the loop's after them.
        whole["states"] = {
            **each["states"],
            **{k: v for k, v in loop.get("states", {}).items() if k not in each["states"]},
        }
        workflows[each["workflow"]] = whole
    return {"framework": framework, "workflows": workflows}


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def spoken(name: str) -> str:
    return name.replace("_", " ").replace("-", " ")


class RawCase:
    """One case, as its rows have it."""

    def __init__(self, row: Any, entries: list[Any], words: dict[str, Any], known: dict[str, Any]) -> None:
        self.reference, self.name = row.reference, row.workflow
        self.all, self.words, self.known = entries, words, known
        self.workflow = known["workflows"][self.name]
        struck = {n for each in entries for n in each.get("undoes", [])}
        self.struck = struck
        self.entries = [each for each in entries if each["n"] not in struck]
        self.opened = date.fromisoformat(entries[0]["on"])
        self.nothing = any(each["kind"] in ENDS for each in self.entries)

    @cached_property
    def turns(self) -> list[tuple[date, str]]:
        """The days on which it came to a state."""
        turns = []
        for each in self.entries:
            if each["kind"] in ("opened", "moved", *ENDS) and "stayed" not in each:
                on = date.fromisoformat(each["on"])
                if each.get("adopted") and each["happened"] and each["to"] != self.workflow["starts"]:
                    turns.append((on, self.workflow["starts"]))
                    on = date.fromisoformat(each["happened"][-1][1])
                turns.append((on, each["to"]))
        return turns

    def state(self, name: str) -> dict[str, Any]:
        return self.workflow["states"].get(name) or {"title": ENDS[name], "final": "true", "excused": "true"}

    def at(self, day: date) -> dict[str, Any] | None:
        """The state in which it stood at the end of *day*, under its name."""
        been = [to for on, to in self.turns if on <= day]
        return {"name": been[-1]} | self.state(been[-1]) if been else None

    def is_open(self, day: date) -> bool:
        state = self.at(day)
        return state is not None and "final" not in state

    def ended(self, since: date, until: date) -> tuple[date, str] | None:
        on, to = self.turns[-1]
        return (on, to) if "final" in self.state(to) and since <= on <= until else None

    def step(self, entry: Any) -> dict[str, Any]:
        own = self.workflow["states"][entry["from"]].get("on", {})
        return own.get(entry["event"]) or self.workflow["anywhere"][entry["event"]]

    def moved(self, since: date, until: date) -> list[Any]:
        days = since.isoformat(), until.isoformat()
        return [each for each in self.entries if each["kind"] == "moved" and days[0] <= each["on"] <= days[1]]

    def answer(self, fact: str, day: date) -> tuple[str, Any] | None:
        """The day since which, and what was answered by the end of *day*."""
        told: dict[int, tuple[str, Any]] = {}
        for each in self.entries:
            given = each.get("facts", {}).get(fact)
            if given is not None:
                told.pop(given.get("corrects"), None)  # type: ignore[arg-type]  # None is no number
                told[each["n"]] = (given["on"], given["value"])
        so = sorted((on, n) for n, (on, _) in told.items() if on <= day.isoformat())
        if not so or told[so[-1][1]][1] is None:
            return None
        return told[so[-1][1]]

    def text(self, value: Any) -> str | None:
        return self.words.get(value["ref"]) if isinstance(value, dict) else value

    @property
    def is_review(self) -> bool:
        stages = {each.get("stage") for each in self.workflow["states"].values()}
        for state in self.workflow["states"].values():
            for step in state.get("on", {}).values():
                stages |= set(as_list(step.get("passes")))
        return stages >= set(STAGES)

    @property
    def agency(self) -> str | None:
        for state in self.workflow["states"].values():
            for owner in as_list(state.get("owner")):
                if (
                    isinstance(owner, dict)
                    and self.workflow["facts"].get(owner["of"], {}).get("type") == "party"
                ):
                    return owner["of"]
        return None

    def clocks(self) -> list[tuple[str, dict[str, Any]]]:
        """Every running of a deadline that was not overtaken: the last word on each."""
        over: dict[tuple[str, int], dict[str, Any]] = {}
        now: dict[str, dict[str, Any]] = {}
        for each in self.all:
            for name, clock in each.get("clocks", {}).items():
                last = now.pop(name, None)
                if clock is None:
                    continue
                if last is not None and last["n"] != clock["n"] and "stopped" in last:
                    over[name, last["n"]] = last
                over.pop((name, clock["n"]), None)
                now[name] = clock
        every = [(name, clock) for (name, _), clock in over.items()] + list(now.items())
        return [(name, clock) for name, clock in every if clock["n"] not in self.struck]

    def holds(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for each in self.all:
            if each["kind"] == "held":
                words = self.text(each["reason"])
                found.append({"name": each["hold"], "since": each["on"], "until": None, "reason": words})
            elif each["kind"] == "released":
                next(h for h in found if h["name"] == each["hold"] and h["until"] is None)["until"] = each[
                    "on"
                ]
        return found

    def held_at(self, deadline: str, due: str, day: date) -> bool:
        return any(
            hold["since"] <= day.isoformat()
            and (hold["until"] is None or hold["until"] > day.isoformat())
            and hold["since"] <= due
            and deadline in as_list(self.workflow["holds"][hold["name"]].get("stops"))
            for hold in self.holds()
        )

    def overdue(self, day: date) -> bool:
        return self.is_open(day) and any(
            clock["from"] <= day.isoformat()
            and clock["due"] < day.isoformat()
            and not ("stopped" in clock and clock["stopped"] <= day.isoformat())
            and not self.held_at(name, clock["due"], day)
            for name, clock in self.clocks()
        )


def raw_cases(connection: Connection) -> list[RawCase]:
    """All cases, read by SQL."""
    texts = {
        row.digest: row.texts for row in connection.execute(text("select digest, texts from loop_framework"))
    }
    words = {
        f"{row.sort}:{row.id}": row.words
        for row in connection.execute(text("select id, sort, words from loop_words"))
    }
    found = []
    for row in connection.execute(
        text("select id, reference, workflow, framework from loop_case order by id")
    ):
        entries = connection.execute(
            text("select body from loop_entry where case_id = :id order by n"), {"id": row.id}
        )
        found.append(
            RawCase(row, [json.loads(each.body) for each in entries], words, files(texts[row.framework]))
        )
    return found


class Oracle:
    """The tables of the report of the days from *since* to *until*, worked out anew."""

    def __init__(self, cases: list[RawCase], since: date, until: date) -> None:
        self.since, self.until, self.eve = since, until, since - timedelta(days=1)
        self.cases = [each for each in cases if not each.nothing]
        self.nothing = sum(each.nothing and each.opened <= until for each in cases)

    def in_period(self, day: str | date) -> bool:
        return self.since.isoformat() <= str(day) <= self.until.isoformat()

    def tables(self) -> dict[str, Numbers]:
        """Each table by section and key: by row, its cells by column; totals as the row `total`."""
        return {
            **self.reviews(),
            **self.time_taken(),
            **self.decisions(),
            **self.late_and_held(),
            **self.learning(),
            **self.actions(),
            **self.dissemination(),
            **self.evaluation(),
            **self.child_deaths(),
            **self.returns(),
            **self.challenges(),
            **self.framework_review(),
            **self.other_work(),
        }

    # --- cases that come and go -----------------------------------------------------------------------------

    def flow(self, cases: list[tuple[str, RawCase]], *, more: bool) -> Numbers:
        rows: Numbers = {}
        for key, case in cases:
            ended = case.ended(self.since, self.until)
            counted = {
                "open_before": case.is_open(self.eve),
                "opened": self.in_period(case.opened),
                "ended": ended is not None,
                "open_after": case.is_open(self.until),
            }
            if more:
                counted["set_aside"] = ended is not None and "excused" in case.state(ended[1])
                counted["overdue"] = case.overdue(self.until)
            row = rows.setdefault(key, dict.fromkeys(counted, 0))
            for column, is_so in counted.items():
                row[column] += is_so
        rows = {key: row for key, row in rows.items() if any(row.values())}
        return with_total(rows)

    def by_agency(self, case: RawCase) -> str:
        answer = None if case.agency is None else case.answer(case.agency, self.until)
        return "nobody" if answer is None else answer[1]

    def other_flow(self, table: str, cases: list[tuple[str, RawCase]]) -> dict[str, Numbers]:
        return {table: self.flow(cases, more=True)}

    # --- section by section ---------------------------------------------------------------------------------

    @property
    def of_reviews(self) -> list[RawCase]:
        return [each for each in self.cases if each.is_review]

    def reviews(self) -> dict[str, Numbers]:
        stages: Numbers = {}
        ends: Numbers = {}
        for case in self.of_reviews:
            state = case.at(self.until)
            if case.is_open(self.until) and state is not None and "stage" in state:
                row = stages.setdefault(case.name, dict.fromkeys((*STAGES, "total"), 0))
                row[state["stage"]] += 1
                row["total"] += 1
            if (ended := case.ended(self.since, self.until)) is not None:
                ends.setdefault(f"{case.name}/{ended[1]}", {"number": 0})["number"] += 1
        return {
            "reviews.by_type": self.flow([(each.name, each) for each in self.of_reviews], more=False),
            "reviews.by_stage": with_total(stages),
            "reviews.ended": with_total(ends),
        }

    def first_days(self, case: RawCase) -> dict[str, date]:
        """The day on which each stage was first entered, or passed."""
        days: list[tuple[date, str]] = []
        for on, to in case.turns:
            days.append((on, case.state(to).get("stage", "")))
        for each in case.entries:
            if each["kind"] == "moved" and "stayed" not in each:
                days += [(date.fromisoformat(each["on"]), stage) for stage in each.get("passes", [])]
        return {stage: min(on for on, other in days if other == stage) for _, stage in days if stage}

    def time_taken(self) -> dict[str, Numbers]:
        to_end, to_stage = defaultdict(list), defaultdict(list)
        for case in self.of_reviews:
            if (ended := case.ended(self.since, self.until)) is not None:
                to_end[case.name].append((ended[0] - case.opened).days)
            for stage, day in self.first_days(case).items():
                if stage != "referral" and self.in_period(day):
                    to_stage[case.name, stage].append((day - case.opened).days)
        all_days = [day for days in to_end.values() for day in days]
        ended_rows = {name: lengths(days) for name, days in to_end.items()}
        found = {
            "time_taken.to_end": {**ended_rows, "total": lengths(all_days)} if ended_rows else {},
            "time_taken.to_stage": {
                stage: lengths([day for (_, each), days in to_stage.items() if each == stage for day in days])
                for stage in STAGES[1:]
                if any(each == stage for _, each in to_stage)
            },
        }
        for which in ("median", "longest"):
            rows: Numbers = {name: dict.fromkeys(STAGES[1:]) for name, _ in to_stage}
            for (name, stage), days in to_stage.items():
                rows[name][stage] = lengths(days)[which]
            found[f"time_taken.to_stage_by_type_{which}"] = rows
        return found

    def decisions(self) -> dict[str, Numbers]:
        decided: Numbers = {}
        roles: Numbers = {}
        overrides: Numbers = {}
        refused: Numbers = {}
        reasons, against = [], []
        for case in self.cases:
            for each in case.all:
                if (
                    each["kind"] == "refused"
                    and self.in_period(each["on"])
                    and isinstance(each["by"]["name"], dict)
                ):
                    refused.setdefault(case.name, {"number": 0})["number"] += 1
            for each in case.moved(self.since, self.until):
                step = case.step(each)
                acting = self.roles(each, step)
                titles = case.known["framework"].get("roles", {})
                row = (
                    f"{case.reference}/{each['n']}",
                    each["on"],
                    # A role that the file does not name has a title that only the product knows.
                    ", ".join(titles[each]["title"] for each in acting) if titles else ANY,
                    case.text(each["reason"]) if "reason" in each else None,
                )
                if each.get("overrode"):
                    overrides.setdefault(case.name, {"number": 0})["number"] += 1
                    against.append(row)
                if not self.decides(case, each, step):
                    continue
                counts = decided.setdefault(f"{case.name}/{each['event']}", {"number": 0, "with_reason": 0})
                counts["number"] += 1
                counts["with_reason"] += "reason" in each
                for role in acting:
                    roles.setdefault(role, {"number": 0})["number"] += 1
                if "reason" in each:
                    reasons.append(row)
        return {
            "decisions.decided": with_total(decided),
            "decisions.by_role": roles,
            "decisions.overrides": with_total(overrides),
            "decisions.refused": with_total(refused),
            "decisions.reasons": listed(reasons),
            "decisions.against": listed(against),
        }

    def roles(self, entry: Any, step: dict[str, Any]) -> list[str]:
        may = {each["role"] if isinstance(each, dict) else each for each in as_list(step.get("by"))}
        if entry.get("overrode"):
            may.add(step["override"])
        acted = sorted(entry["by"]["roles"])
        return [role for role in acted if role in may] or acted

    def decides(self, case: RawCase, entry: Any, step: dict[str, Any]) -> bool:
        if not (case.is_review or case.name == case.known["framework"].get("intake")) or entry.get(
            "automatic"
        ):
            return False
        source, to = case.state(entry["from"]), case.state(entry["to"])
        if entry["from"] == entry["to"] and "opens" not in step:
            return False
        into = "decision" in (source.get("stage"), to.get("stage"), *entry.get("passes", []))
        return into or ("final" in to and to.get("stage") == "referral")

    def late_and_held(self) -> dict[str, Numbers]:
        by_workflow: Numbers = {}
        by_deadline: Numbers = {}
        days: dict[str, list[int]] = defaultdict(list)
        blank = dict.fromkeys(("fell_due", "in_time", "late", "not_met", "held"), 0)
        end = self.until.isoformat()
        for case in self.cases:
            for name, clock in case.clocks():
                if not self.in_period(clock["due"]) or clock["from"] > end:
                    continue
                stopped = clock.get("stopped", "9999")
                if stopped <= end:
                    outcome = "in_time" if stopped <= clock["due"] else "late"
                else:
                    outcome = "held" if case.held_at(name, clock["due"], self.until) else "not_met"
                key = f"{case.name}/{name}"
                for table, row in ((by_workflow, case.name), (by_deadline, key)):
                    table.setdefault(row, dict(blank))["fell_due"] += 1
                    table[row][outcome] += 1
                if outcome in ("late", "not_met"):
                    until = min(stopped, end)
                    late = date.fromisoformat(until) - date.fromisoformat(clock["due"])
                    days[key].append(late.days)
        troubled = {
            key: row | {"median": lengths(days[key])["median"], "longest": lengths(days[key])["longest"]}
            for key, row in by_deadline.items()
            if row["late"] or row["not_met"] or row["held"]
        }
        holds, reasons = self.holds()
        return {
            "late_and_held.by_workflow": with_total(by_workflow),
            "late_and_held.by_deadline": troubled,
            "late_and_held.holds": holds,
            "late_and_held.hold_reasons": reasons,
        }

    def holds(self) -> tuple[Numbers, Numbers]:
        rows: Numbers = {}
        reasons: Numbers = {}
        for case in self.cases:
            days: dict[str, int] = {}
            for hold in case.holds():
                ends = date.max if hold["until"] is None else date.fromisoformat(hold["until"])
                begins = date.fromisoformat(hold["since"])
                on = [day for day in each_day(self.since, self.until) if begins <= day < ends]
                at_once = begins == ends and self.in_period(begins)
                if on or at_once:
                    days[hold["name"]] = days.get(hold["name"], 0) + len(on)
                    reasons[f"{case.reference}/{hold['name']}/{begins}"] = {
                        "since": hold["since"], "case": case.reference, "reason": hold["reason"],
                    }  # fmt: skip
            for name, number in days.items():
                row = rows.setdefault(f"{case.name}/{name}", {"cases": 0, "days": 0, "still_on": 0})
                row["cases"] += 1
                row["days"] += number
                row["still_on"] += any(
                    hold["name"] == name
                    and hold["since"] <= self.until.isoformat()
                    and (hold["until"] is None or hold["until"] > self.until.isoformat())
                    for hold in case.holds()
                )
        return rows, reasons

    def learning(self) -> dict[str, Numbers]:
        points = [
            (case, case.answer("theme", self.until))
            for case in self.cases
            if "recurs" in case.workflow["facts"].get("theme", {}) and case.at(self.until) is not None
        ]
        rows: Numbers = {}
        states: Numbers = {}
        for case, theme in points:
            row = rows.setdefault(
                "none" if theme is None else theme[1], {"identified": 0, "came_back": 0, "standing": 0}
            )
            if self.in_period(case.opened):
                row["identified"] += 1
                row["came_back"] += theme is not None and any(
                    other is not case
                    and its is not None
                    and its[1] == theme[1]
                    and three_years_before(theme[0]) <= its[0] <= theme[0]
                    for other, its in points
                )
            row["standing"] += case.is_open(self.until)
            if case.is_open(self.until) or case.ended(self.since, self.until):
                state = case.at(self.until)
                assert state is not None
                states.setdefault(state["name"], {"number": 0})["number"] += 1
        rows = {key: row for key, row in rows.items() if any(row.values())}
        return {"learning.themes": with_total(rows), "learning.states": with_total(states)}

    def of_kind(self, kind: str) -> list[RawCase]:
        def is_one(case: RawCase) -> bool:
            return any(
                (each["workflow"] if isinstance(each, dict) else each) == case.name
                for workflow in case.known["workflows"].values()
                for name, each in workflow["sub_cases"].items()
                if name == kind
            )

        return [case for case in self.cases if is_one(case)]

    def actions(self) -> dict[str, Numbers]:
        def kind(case: RawCase) -> str:
            answer = case.answer("kind", self.until)
            return "none" if answer is None else answer[1]

        actions, recommendations = self.of_kind("actions"), self.of_kind("recommendations")
        return {
            "actions.by_agency": self.flow([(self.by_agency(each), each) for each in actions], more=True),
            "actions.by_kind": self.flow([(kind(each), each) for each in actions], more=True),
            "actions.recommendations": self.flow(
                [(self.by_agency(each), each) for each in recommendations], more=True
            ),
        }

    def dissemination(self) -> dict[str, Numbers]:
        ways = [
            each
            for each in self.cases
            if each.workflow["facts"].get("channel", {}).get("values") == "channels"
        ]
        ways = [each for each in ways if each.at(self.until) is not None]
        agencies: Numbers = {}
        channels: Numbers = {}
        days: dict[str, list[int]] = defaultdict(list)
        for case in ways:
            states = [name for name in case.workflow["states"] if name != case.workflow["starts"]]
            channel = case.answer("channel", self.until)
            agency = self.by_agency(case)
            first = {
                state: min((on for on, to in case.turns if to == state), default=None) for state in states
            }
            counted: dict[str, int] = {
                "opened": self.in_period(case.opened),
                **{state: first[state] is not None and self.in_period(first[state]) for state in states},
                "open_after": case.is_open(self.until),
                "overdue": case.overdue(self.until),
            }  # type: ignore[arg-type]  # the day is there
            for state in states:
                if counted[state]:
                    days[state].append((first[state] - case.opened).days)  # type: ignore[operator]  # it is
            for table, key in (
                (agencies, "everybody" if agency == "nobody" else agency),
                (channels, "none" if channel is None else channel[1]),
            ):
                row = table.setdefault(key, dict.fromkeys(counted, 0))
                for column, number in counted.items():
                    row[column] += number
        return {
            "dissemination.by_agency": with_total({k: v for k, v in agencies.items() if any(v.values())}),
            "dissemination.by_channel": with_total({k: v for k, v in channels.items() if any(v.values())}),
            "dissemination.days": {state: lengths(each) for state, each in days.items()},
        }

    def evaluation(self) -> dict[str, Numbers]:
        results: Numbers = {}
        found: Numbers = {}
        back: Numbers = {}
        differences: Numbers = {}
        for case in self.cases:
            order = list(case.workflow["states"])
            for each in case.moved(self.since, self.until):
                source, to, step = case.state(each["from"]), case.state(each["to"]), case.step(each)
                key = f"{case.name}/{each['event']}"
                result = step.get("set", {}).get("evaluation_result")
                if result is not None:
                    results.setdefault(result, {"number": 0})["number"] += 1
                into = to.get("stage") == "evaluated" != source.get("stage") and not each.get("automatic")
                if into or result is not None:
                    found.setdefault(key, {"number": 0})["number"] += 1
                elif (
                    source.get("stage") in ("embedded", "evaluated")
                    and "final" not in to
                    and order.index(each["to"]) < order.index(each["from"])
                ):
                    back.setdefault(key, {"number": 0})["number"] += 1
            made = case.answer("difference_made", self.until)
            if case.is_review and made is not None and self.in_period(made[0]):
                differences[case.reference] = {
                    "on": made[0], "case": case.reference, "difference": case.text(made[1]),
                }  # fmt: skip
        return {
            "evaluation.results": with_total(results),
            "evaluation.found": with_total(found),
            "evaluation.back": with_total(back),
            "evaluation.differences": differences,
        }

    def child_deaths(self) -> dict[str, Numbers]:
        rows: Numbers = {}
        for case in self.cases:
            facts = case.workflow["facts"]
            if "category" not in facts or "modifiable_factors" not in facts:
                continue
            category = case.answer("category", self.until)
            if category is None or not self.in_period(category[0]):
                continue
            modifiable = case.answer("modifiable_factors", self.until)
            columns = (*facts["modifiable_factors"]["values"], "not_recorded", "total")
            row = rows.setdefault(category[1], dict.fromkeys(columns, 0))
            row["not_recorded" if modifiable is None else modifiable[1]] += 1
            row["total"] += 1
        return {"child_deaths.deaths": with_total(rows)}

    def returns(self) -> dict[str, Numbers]:
        returns = [
            each for each in self.cases if "for_each" in each.workflow["facts"].get("moderated_grade", {})
        ]
        grades: Numbers = {}
        for case in returns:
            fact = case.workflow["facts"]["moderated_grade"]
            for standard in case.known["framework"]["lists"][fact["for_each"]]:
                grade = case.answer(f"moderated_grade.{standard}", self.until)
                if grade is not None and self.in_period(grade[0]):
                    grades.setdefault(standard, dict.fromkeys(fact["values"], 0))[grade[1]] += 1
        return {
            "section_11.by_agency": self.flow([(self.by_agency(each), each) for each in returns], more=True),
            "section_11.by_standard": grades,
        }

    def challenges(self) -> dict[str, Numbers]:
        challenges = [each for each in self.cases if each.name == "challenge"]
        ends: Numbers = {}
        for case in challenges:
            if (ended := case.ended(self.since, self.until)) is not None:
                ends.setdefault(ended[1], {"number": 0})["number"] += 1
        return {
            "challenges.by_agency": self.flow(
                [(self.by_agency(each), each) for each in challenges], more=True
            ),
            "challenges.ended": with_total(ends),
        }

    def framework_review(self) -> dict[str, Numbers]:
        rows: Numbers = {}
        for case in self.cases:
            if case.name != "framework-review":
                continue
            ended = case.ended(self.since, self.until)
            if ended is None and not case.is_open(self.until):
                continue
            occasion = case.answer("occasion", self.until)
            state = case.at(self.until)
            assert state is not None
            rows[str(len(rows) + 1)] = {
                "opened": case.opened.isoformat(),
                "occasion": "not said yet" if occasion is None else spoken(occasion[1]),
                "state": state["title"],
                "ended": None if ended is None else ended[0].isoformat(),
                "days": None if ended is None else (ended[0] - case.opened).days,
            }
        return {"framework_review.reviews": rows}

    def other_work(self) -> dict[str, Numbers]:
        elsewhere = {
            *(each.reference for each in (*self.of_kind("actions"), *self.of_kind("recommendations"))),
            *(each.reference for each in self.of_reviews),
        }
        others = [
            (each.name, each)
            for each in self.cases
            if each.reference not in elsewhere
            and each.name not in ("learning-point", "dissemination", "challenge", "framework-review")
        ]
        return {"other_work.by_workflow": self.flow(others, more=True)}


def with_total(rows: Numbers) -> Numbers:
    if not rows:
        return {}
    columns = next(iter(rows.values()))
    return {**rows, "total": {column: sum(row[column] for row in rows.values()) for column in columns}}


def lengths(days: list[int]) -> dict[str, Any]:
    return {
        "number": len(days),
        "median": statistics.median(days) if days else None,
        "longest": max(days, default=None),
    }


def listed(rows: list[tuple[str, str, str, str | None]]) -> Numbers:
    return {key: {"on": on, "by": by, "reason": reason} for key, on, by, reason in rows}


def three_years_before(day: str) -> str:
    """The same day three years before; the last of February for a 29th that is not there."""
    year, rest = int(day[:4]) - 3, day[4:]
    return f"{year:04}-02-28" if rest == "-02-29" else f"{year:04}{rest}"


def each_day(since: date, until: date) -> list[date]:
    return [since + timedelta(days=n) for n in range((until - since).days + 1)]
