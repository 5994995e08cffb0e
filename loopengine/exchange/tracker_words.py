"""The words of action trackers, and what each means here: the one place where that is said.

Knows the headings and statuses that boards use. Does not know which of ours a framework has.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

# What a column may be beside one of the facts of an action.
STATE, OPENED, UNDER, EVIDENCE, KNOWN_AS = "state", "opened_on", "under", "evidence", "known_as"
DONE = "happened:submit_evidence"
OWN = (STATE, OPENED, UNDER, EVIDENCE, KNOWN_AS)
HAPPENED = "happened:"

# Headings by what they mean here; as people write them, without capitals and signs.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "change": (
        *("action", "actions", "what", "what will be done", "what will we do", "what needs to be done"),
        *("action required", "action needed", "action to be taken", "agreed action", "action agreed"),
        *("action description", "action point", "improvement action", "task", "actions required"),
        *("action for improvement", "smart action", "action plan"),
    ),
    "owner": (
        *("owner", "who", "agency", "lead agency", "agency lead", "responsible agency", "responsible"),
        *("by whom", "lead", "action owner", "organisation", "lead organisation", "responsibility"),
        *("responsible lead", "person responsible", "who is responsible", "who by", "agency responsible"),
    ),
    "due_on": (
        *("due", "due date", "due by", "when", "by when", "deadline", "target date", "timescale"),
        *("date due", "to be completed by", "target completion date", "timescales", "complete by", "due on"),
        *("target", "target timescale", "when by"),
    ),
    "success_measure": (
        *("success measure", "success measures", "success criteria", "success criterion", "measure"),
        *("measure of success", "measures of success", "how will we know", "how shall we know"),
        *(
            "success indicator",
            "success indicators",
            "intended outcome",
            "desired outcome",
            "what success looks like",
        ),
        *("how will we know it has worked", "outcome measure"),
    ),
    "finding": (
        *("finding", "findings", "recommendation", "recommendations", "finding or recommendation", "issue"),
        *("learning point", "learning", "recommendation number", "rec", "recommendation no"),
    ),
    "kind": ("kind", "kind of action", "type of action", "action type"),
    STATE: (
        *("status", "rag", "rag status", "rag rating", "brag", "brag rating", "brag status", "state"),
        *("current status", "action status", "progress status"),
    ),
    OPENED: (
        "date added",
        "date opened",
        "date raised",
        "opened",
        "opened on",
        "added on",
        "date logged",
        "date set",
    ),
    DONE: (
        "date completed",
        "completed on",
        "actual completion date",
        "date of completion",
        "completed date",
    ),
    UNDER: (
        *(
            "under",
            "review",
            "review reference",
            "case reference",
            "case ref",
            "scr",
            "scr reference",
            "parent",
        ),
        *("review ref", "source review", "which review"),
    ),
    EVIDENCE: (
        "evidence",
        "evidence reference",
        "where is the evidence",
        "evidence location",
        "source of evidence",
    ),
    KNOWN_AS: (
        *(
            "id",
            "ref",
            "reference",
            "ref no",
            "reference number",
            "no",
            "number",
            "item",
            "item no",
            "action no",
        ),
        *("action number", "action ref", "action reference", "action id", "ref number", "reference no"),
    ),
}
# Headings that are well known, and for which there is no place here, with what to do about that.
HOMELESS: Mapping[str, str] = {
    "how": "it can go with the action: put both in one column",
    "outcome": "whether it has worked is asked by measure_met, with evidence, once it is embedded",
    "outcomes": "whether it has worked is asked by measure_met, with evidence, once it is embedded",
    "impact": "whether it has worked is asked by measure_met, with evidence, once it is embedded",
    "comments": "the history of each action begins here",
    "notes": "the history of each action begins here",
    "update": "the history of each action begins here",
    "updates": "the history of each action begins here",
    "progress": "the history of each action begins here",
    "progress update": "the history of each action begins here",
    "completion date": 'say whether it is the day by which, --map "…=due_on", or on which, --map "…='
    + DONE
    + '"',
}

# Statuses by the state that they honestly are: at what is said to be done, nobody has looked here.
STATUSES: Mapping[str, tuple[str, ...]] = {
    "proposed": ("proposed", "new", "draft", "suggested", "to be agreed"),
    "agreed": (
        *("not started", "not yet started", "not begun", "to do", "todo", "planned", "agreed", "accepted"),
        *("scheduled", "yet to start"),
    ),
    "in_progress": (
        *("in progress", "ongoing", "on going", "started", "underway", "under way", "on track", "begun"),
        *(
            "partially complete",
            "partially completed",
            "partly complete",
            "part complete",
            "delayed",
            "amber",
        ),
        *("behind schedule", "at risk", "off track", "slipped", "slippage", "wip", "work in progress"),
    ),
    "evidence_submitted": (
        *("complete", "completed", "done", "finished", "achieved", "implemented", "delivered", "blue"),
        *("action complete", "action completed", "fully complete"),
    ),
    "verified": ("verified", "completed and verified", "evidenced", "evidence seen"),
    "embedded": ("embedded", "fully embedded"),
    "declined": (
        *(
            "declined",
            "rejected",
            "not accepted",
            "not agreed",
            "withdrawn",
            "cancelled",
            "no longer required",
        ),
        *("not required", "abandoned", "no longer needed"),
    ),
    "superseded": ("superseded", "replaced", "merged", "duplicate", "merged with another action"),
}
# Statuses that say how it goes, and not where it stands; with what they may be.
UNSURE: Mapping[str, str] = {
    "red": "red may be not begun, or begun and late",
    "green": "green may be on track, or done",
    "overdue": "what is overdue may have been begun, or not",
    "outstanding": "what is outstanding may have been begun, or not",
    "open": "what is open may have been begun, or not",
    "closed": "what is closed may be done, or declined; here it is closed once it is shown to have worked",
    "signed off": "what is signed off may be said to be done, or verified",
    "on hold": "say where it stands; a hold is put on it afterwards",
}
YES_NO: Mapping[str, str] = {"yes": "yes", "y": "yes", "true": "yes", "no": "no", "n": "no", "false": "no"}
_IN_BRACKETS = re.compile(r"\([^)]*\)|\[[^]]*\]")
_NO_LETTER = re.compile(r"[^\w]+|_")


def plainly(text: str) -> str:
    """*text* without capitals, signs and what stands in brackets, as headings and statuses are compared."""
    bare = _NO_LETTER.sub(" ", _IN_BRACKETS.sub(" ", text).casefold().replace("'", "").replace("\u2019", ""))
    return " ".join(bare.split()) or " ".join(_NO_LETTER.sub(" ", text.casefold()).split())
