"""The verbs that put right what the office did by mistake: `Engine` takes them over.

Each is one transaction, needs a reason, and is for the roles that the framework names.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from loopengine.core.actors import Actor
from loopengine.core.history import words_body
from loopengine.core.remedies import Remedy, entitle
from loopengine.core.values import Json
from loopengine.engine.answered import Request, recall, remember
from loopengine.engine.catching_up import bring_up
from loopengine.engine.log import log
from loopengine.engine.reassigning import Reassignment, reassign_all
from loopengine.engine.results import Case, CaseFile
from loopengine.engine.righted import Corrected, EndedApart, Reassigned
from loopengine.engine.righted_again import corrected_again, ended_again
from loopengine.engine.striking import strike_out
from loopengine.engine.taking_over import TakingOver
from loopengine.engine.withdrawing import merge, withdraw
from loopengine.engine.work import Held, Work, is_said
from loopengine.errors import BadValue


class PuttingRight(TakingOver):
    """What an engine can put right."""

    @abstractmethod
    def _take(self, work: Work, case: Case | CaseFile | str, by: Actor, revision: int | None) -> Held:
        """The case, brought up to now."""

    def correct(
        self,
        case: Case | CaseFile | str,
        *,
        by: Actor,
        reason: str,
        on: date | None = None,
        key: str | None = None,
        revision: int | None = None,
        dry_run: bool = False,
        session: Session | None = None,
    ) -> Corrected:
        """Strike out the last step that a person took by mistake, with the automatic ones that followed it.

        The case stands as it would without them; what was recorded since stays, and so does the history. The
        cases that the steps had opened are withdrawn. A withdrawal and a merger are steps, too. As a
        *dry_run*, say what that would be.

        Raises CaseNotFound, BadValue, StaleCase, or RefusedError if the actor is not entitled to it, nobody
        has taken a step, or a case that it opened has itself moved on.
        """
        request = Request(key, "correct", str(case), {}, by, on, [reason])
        with self._tried(session, dry_run) as work:
            if (before := recall(work, request)) is not None:
                return corrected_again(before)
            held = self._entitled(work, "correct", case, by, revision)
            because, from_state = _because(work, reason, "a correction"), held.record.state
            struck, concerned = strike_out(work, held, by=work.signed(by), on=work.day(on), reason=because)
            withdrawn = tuple(each for each in concerned if not work.load(each).record.path)
            result = Corrected(
                case=held.record.reference,
                event=struck.first.text("event"),
                undoes=tuple(struck.undoes),
                from_state=from_state,
                to=struck.past.state,
                state=held.record.state,
                stage=held.record.stage,
                revision=held.record.revision,
                withdrawn=withdrawn,
                reopened=tuple(each for each in concerned if each not in withdrawn),
                also_moved=_others(work, held, *concerned),
                dry_run=dry_run,
            )
            if not dry_run:
                remember(work, request, result.to_json())
        log("case.corrected", case=result.case, step=result.event, to=result.to, dry_run=dry_run)
        return result

    def withdraw(
        self,
        case: Case | CaseFile | str,
        *,
        by: Actor,
        reason: str,
        on: date | None = None,
        key: str | None = None,
        revision: int | None = None,
        dry_run: bool = False,
        session: Session | None = None,
    ) -> EndedApart:
        """End a case that was opened in error, with its sub-cases that have not ended; no case above it
        counts it any more. As a *dry_run*, say what that would be. `correct` takes it back.

        Raises CaseNotFound, BadValue, StaleCase, or RefusedError if the actor is not entitled to it or the
        case has ended.
        """
        request = Request(key, "withdraw", str(case), {}, by, on, [reason])
        with self._tried(session, dry_run) as work:
            if (before := recall(work, request)) is not None:
                return ended_again(before)
            held = self._entitled(work, "withdraw", case, by, revision)
            because, from_state = _because(work, reason, "a withdrawal"), held.record.state
            withdrawn = withdraw(work, held, by=work.signed(by), on=work.day(on), reason=because)
            result = EndedApart(
                held.record.reference,
                from_state,
                held.record.state,
                held.record.revision,
                withdrawn=withdrawn,
                also_moved=_others(work, held, *withdrawn),
                dry_run=dry_run,
            )
            if not dry_run:
                remember(work, request, result.to_json())
        log("case.withdrawn", case=result.case, sub_cases=len(result.withdrawn), dry_run=dry_run)
        return result

    def merge(
        self,
        case: Case | CaseFile | str,
        into: Case | CaseFile | str,
        *,
        by: Actor,
        reason: str,
        on: date | None = None,
        key: str | None = None,
        revision: int | None = None,
        dry_run: bool = False,
        session: Session | None = None,
    ) -> EndedApart:
        """End a case that is the same as *into*, and tie it to that one by the link `merged_into`. As a
        *dry_run*, see only whether that can be. `correct` takes it back.

        Raises CaseNotFound, BadValue, StaleCase, or RefusedError if the actor is not entitled to it, either
        has ended, they are of two workflows, one is below the other, or a sub-case goes on.
        """
        request = Request(key, "merge", str(case), {}, by, on, [reason, str(into)])
        with self._tried(session, dry_run) as work:
            if (before := recall(work, request)) is not None:
                return ended_again(before)
            # In one order, so that two who merge do not wait for each other for ever.
            for reference in sorted({str(case), str(into)}):
                bring_up(work, work.load(reference))
            held, other = self._entitled(work, "merge", case, by, revision), work.load(str(into))
            because, from_state = _because(work, reason, "a merger"), held.record.state
            merge(work, held, other, by=work.signed(by), on=work.day(on), reason=because)
            result = EndedApart(
                held.record.reference,
                from_state,
                held.record.state,
                held.record.revision,
                into=other.record.reference,
                also_moved=_others(work, held),
                dry_run=dry_run,
            )
            if not dry_run:
                remember(work, request, result.to_json())
        log("case.merged", case=result.case, into=result.into, dry_run=dry_run)
        return result

    def reassign(
        self,
        old: str,
        new: str,
        *,
        by: Actor,
        reason: str,
        workflow: str | None = None,
        dry_run: bool = False,
    ) -> Reassigned:
        """Put the agency *new* in the place of *old* in every open case whose facts name that: a change from
        today on, one transaction for each family.

        Done once, there is nothing left of it to do. Raises UnknownName, BadValue, or RefusedError if the
        actor is not entitled to it.
        """
        request = Reassignment(old, new, reason, workflow)
        done, failures = reassign_all(lambda: self._tried(None, dry_run), request, by)
        log("cases.reassigned", cases=len(done), failures=len(failures), dry_run=dry_run)
        return Reassigned(old, new, done, failures, dry_run)

    def _entitled(
        self, work: Work, remedy: Remedy, case: Case | CaseFile | str, by: Actor, revision: int | None
    ) -> Held:
        held = self._take(work, case, by, revision)
        entitle(remedy, by, held.framework)
        return held


def _because(work: Work, reason: str, what: str) -> Mapping[str, Json]:
    """The reason as an entry holds it; raises BadValue for none."""
    if not is_said(reason):
        raise BadValue(f"{what} needs a reason", "say why")
    return words_body(work.keep(reason))


def _others(work: Work, *held: Held | str) -> tuple[str, ...]:
    """The cases that have moved, but for those that are told already."""
    told = {each if isinstance(each, str) else each.record.reference for each in held}
    return tuple(each for each in work.moved if each not in told)
