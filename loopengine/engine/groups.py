"""A group's own register: what reports to it, which cases that makes, what is due, and when it meets next.

Reads; writes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from loopengine.core.definitions import Channel, Framework, Group, Workflow
from loopengine.engine.looking_ahead import Due, dues_of
from loopengine.engine.reading import Now, Then, case_of, owners_of
from loopengine.engine.results import Case, Document


@dataclass(frozen=True, slots=True)
class GroupCase:
    """An open case on a group's register: whose move it is, and what is *due*.

    It *reports* to the group by its workflow; or it is *owned*: its state is the group's own to see to.
    """

    case: Case
    owner: tuple[str, ...]
    due: tuple[Due, ...]
    reports: bool
    owned: bool

    def to_json(self) -> Document:
        """One of the cases that `group` prints."""
        return {
            **self.case.listed_json(),
            "doing": self.case.doing,
            "owner": list(self.owner),
            "reports": self.reports,
            "owned": self.owned,
            "due": [each.to_json() for each in self.due],
        }


@dataclass(frozen=True, slots=True)
class GroupRegister:
    """What a group has to see to: the workflows and channels that report to it, and their open cases.

    *meeting* is its next one, if the framework knows any that is to come.
    """

    group: Group
    meeting: date | None
    workflows: tuple[Workflow, ...]
    channels: tuple[Channel, ...]
    cases: tuple[GroupCase, ...]

    def to_json(self) -> Document:
        """What `group` prints."""
        return {
            "group": self.group.name,
            "title": self.group.title,
            "tier": self.group.tier,
            "role": self.group.role,
            "meeting": None if self.meeting is None else self.meeting.isoformat(),
            "workflows": [
                {"name": each.name, "title": each.title, "who": list(each.who), "about": each.description}
                for each in self.workflows
            ],
            "channels": [{"name": each.name, "title": each.title, "who": each.who} for each in self.channels],
            "cases": [each.to_json() for each in self.cases],
        }


def register_of(view: Now | Then, framework: Framework, group: Group) -> GroupRegister:
    """The register of *group* of the present *framework*; what is due first comes first."""
    workflows = tuple(each for each in framework.workflows.values() if group.name in each.reports_to)
    reporting = {each.name for each in workflows}
    found: list[GroupCase] = []
    for held in view.every({"ended": False}, answers=True):
        owners = held.workflow.states[held.record.state].owner
        reports = held.record.workflow in reporting
        owned = group.role is not None and group.role in {party.role for party in owners}
        if reports or owned:
            due = tuple(sorted(dues_of(view, held), key=lambda each: each.clock.due.on))
            found.append(GroupCase(case_of(held), owners_of(held, view.today), due, reports, owned))
    return GroupRegister(
        group,
        next((day for day in group.meets if day >= view.today), None),
        workflows,
        tuple(each for each in framework.channels.values() if each.reports_to == group.name),
        tuple(sorted(found, key=_urgency)),
    )


def _urgency(each: GroupCase) -> date:
    return each.due[0].clock.due.on if each.due else date.max
