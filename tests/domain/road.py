"""The road that every review type ends on: what is learnt is sent out, embedded and evaluated."""

from __future__ import annotations

from domain.board import EVALUATORS, UNIT, Board

from loopengine.core.definitions import STAGES

LESSON = {
    "lesson": "Ask who else lives in the house.",
    "theme": "professional_curiosity",
    "finding": "Nobody had asked about the uncle.",
    "recipients": "police,schools",
    "embed_by": "2018-01-31",
}
ACTION = {
    "change": "The first form asks who lives in the house.",
    "owner": "police",
    "due_on": "2017-12-01",
    "success_measure": "Nine of ten forms tell it.",
    "kind": "system",
}


def opened(board: Board, workflow: str, **facts: object) -> str:
    """A case of *workflow*, of which so much is known."""
    return board.engine.open(workflow, facts, by=UNIT).reference


def sent_and_used(board: Board, case: str) -> str:
    """A learning point of *case* that every agency has received and put to use."""
    (lesson,) = board.does(case, "add_learning_point").opened
    board.learn(lesson, **LESSON)
    board.does(lesson, "disseminate")
    for sent in board.under(lesson):
        board.learn(sent, was_sent=True, channel="briefings", was_received=True)
        board.learn(sent, was_used=True, how_it_was_used="A question in every supervision.")
        board.does(sent, "send", "acknowledge", "report_use")
    return lesson


def evaluated_lesson(board: Board, case: str) -> str:
    """The same, embedded in practice, and found there."""
    lesson = sent_and_used(board, case)
    board.learn(lesson, built_into_practice=True)
    board.does(lesson, "confirm_embedded")
    board.learn(lesson, evaluation_method="case_audit", found_in_practice=True)
    board.does(lesson, "learnt", by=EVALUATORS)
    return lesson


def finish_action(board: Board, action: str) -> None:
    """Carry *action* out, until it has worked."""
    board.learn(action, **ACTION, carried_out=True, in_everyday_practice=True, measure_met=True)
    board.does(action, "agree", "begin", "submit_evidence", "verify", "confirm_embedded", "confirm_impact")


def from_learning_to_evaluated(board: Board, case: str) -> None:
    """Carry *case* from the loop's first state to its last but one, with one lesson and one action."""
    assert board.state(case) == "learning"
    evaluated_lesson(board, case)
    (action,) = board.does(case, "add_action").opened
    finish_action(board, action)
    board.does(case, "agree_learning")
    board.learn(case, evaluation_method="case_audit", difference_made="Uncles are asked about.")
    board.does(case, "learnt", by=EVALUATORS)


def stages_of(board: Board, case: str) -> tuple[str, ...]:
    """The stages that *case* has entered, one after the other."""
    stages: list[str] = []
    for line in board.engine.history(case):
        told = line.to_json()
        for stage in (*(told["passes"] or ()), told["stage"]):
            if stage and stage != (stages or [None])[-1]:
                stages.append(stage)
    return tuple(stages)


def has_gone_all_the_way(board: Board, case: str) -> bool:
    """Whether it has entered the seven stages, each in its turn."""
    return stages_of(board, case) == STAGES
