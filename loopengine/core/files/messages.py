"""Everything that can be wrong with a workflow file, in words: what is wrong, and what was probably meant.

Each function is one message. A file under tests/invalid provokes each of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from loopengine.errors import nearest

_BESIDE = "what other cases do moves none of itself; let a person take it"


class Message(NamedTuple):
    """What is wrong, and the way out if there is one to name."""

    what: str
    hint: str | None = None


def too_many_problems() -> Message:
    return Message("too many problems to go on", "put these right first")


# --- keys and their values ----------------------------------------------------------------------------------


def missing_key(key: str, meaning: str) -> Message:
    return Message(f"`{key}` is missing", meaning)


def unknown_key(key: str, known: Iterable[str]) -> Message:
    return Message(f"no key is called {key!r} here", nearest(key, known))


def wrong_sort(key: str, value: object, wanted: str) -> Message:
    return Message(f"`{key}` is {_shown(value)}", f"it takes {wanted}")


def not_in_quotes(key: str, value: object) -> Message:
    return Message(f"`{key}` is {_shown(value)}, and it takes a text", "put it in quotes")


def misspelt(text: str, wanted: str, spelling: str) -> Message:
    return Message(f"{_shown(text)} is not {wanted}", spelling)


def not_one_of(key: str, value: object, allowed: Iterable[str]) -> Message:
    return Message(f"`{key}` is {_shown(value)}", nearest(str(value), allowed))


def empty_list(key: str) -> Message:
    return Message(f"`{key}` is an empty list", "leave it out, or say what is in it")


def empty_table(key: str) -> Message:
    return Message(f"`{key}` is empty", "leave it out, or say what is in it")


def listed_twice(value: object) -> Message:
    return Message(f"{_shown(value)} is in this list twice")


def _shown(value: object) -> str:
    """*value*, as far as it can be shown in a line."""
    match value:
        case bool():
            return str(value).lower()
        case str() if len(value) > 40:
            return repr(value[:40] + "…")
        case list():
            return "a list"
        case dict():
            return "a set of keys"
        case _:
            return repr(value)


# --- what keys refer to -------------------------------------------------------------------------------------


def unknown_name(sort: str, name: str, known: Iterable[str]) -> Message:
    return Message(f"no {sort} is called {name!r}", nearest(name, known))


def fact_of_another_type(name: str, type_: str, wanted: Iterable[str]) -> Message:
    return Message(f"the fact {name!r} is of type {type_}", f"it must be of type {' or '.join(wanted)}")


def refused_value(what: str, hint: str | None) -> Message:
    return Message(what, hint)


def key_of_another_type(key: str, type_: str) -> Message:
    return Message(f"a fact of type {type_} has no `{key}`", "leave it out")


def type_needs_key(type_: str, key: str) -> Message:
    return Message(f"a fact of type {type_} needs `{key}`")


def no_channels() -> Message:
    return Message("the framework has no channels", "list the values, or give the framework `channels`")


def none_is_no_value() -> Message:
    return Message("`none` is no value", "that none applies is what a some_of without values says")


def list_and_fact(name: str) -> Message:
    return Message(f"a list of the framework is called {name!r} already", "choose another name for the fact")


def unknown_list(name: str, known: Iterable[str]) -> Message:
    hint = nearest(name, known) or "name a list of the framework, or a fact of type labels or parties"
    return Message(f"no list is called {name!r}", hint)


def set_for_each(name: str) -> Message:
    return Message(f"{name!r} says who there is", "a fact that others are asked for each of is asked once")


def repeated_fact(name: str, of: str) -> Message:
    return Message(f"the fact {name!r} is asked of each of {of!r}", "name one that is asked once")


def not_over_list(fact: str, of: str) -> Message:
    return Message(
        f"{fact} is asked of each of {of}, and no step is about one",
        f"write some({of}, …) or every({of}, …)",
    )


def quorum_too_large(at_least: int, counted: int) -> Message:
    return Message(f"a quorum of {at_least} where only {counted} count", "lower it, or say who else counts")


def no_routes() -> Message:
    return Message("the framework has no routes", "list the values, or give the framework `routes`")


def unknown_is_no_value() -> Message:
    return Message("`unknown` is no value", "every fact can be answered unknown")


def rule_error(what: str, hint: str | None) -> Message:
    return Message(what, hint)


def rules_in_a_circle(names: list[str]) -> Message:
    circle = ", which uses ".join(repr(name) for name in (*names, names[0]))
    return Message(f"rules in a circle: {circle}", "a rule cannot need its own verdict")


def workflow_or_reviews() -> Message:
    return Message(
        "what is opened needs either `workflow` or `reviews`", "`reviews` names a fact that has chosen"
    )


def not_beside_reviews(key: str) -> Message:
    return Message(
        f"`{key}` beside `reviews`", "reviews that are chosen are linked, and take over answers by `carry`"
    )


def as_or_link() -> Message:
    return Message("what is opened needs either `as` or `link`", "`as` is a kind of sub-case, `link` a tie")


def kind_of_another_workflow(kind: str, declared: str, given: str) -> Message:
    return Message(f"{kind!r} are of the workflow {declared!r}, not {given!r}", f"write {declared!r}")


def kind_called_like_a_link(kind: str) -> Message:
    return Message(f"a link is called {kind!r} already", "linked cases are tied by the name of their kind")


def linked_kind_opened(kind: str) -> Message:
    return Message(f"{kind!r} are not opened under a case", "they are tied to it: `loopengine link`")


def linked_kind_in(what: str, kind: str) -> Message:
    return Message(f"{what} cannot read {kind!r}, which are linked", _BESIDE)


def alike_in(what: str, fact: str) -> Message:
    return Message(f"{what} cannot read alike({fact}, …)", _BESIDE)


def recurs_in_working_days() -> Message:
    return Message("`recurs` is not counted in working days", "write days, weeks, months or years")


def each_without_for_each() -> Message:
    return Message("`each` without `for_each`", "say for which parties a case is opened")


def nothing_to_carry(workflow: str) -> Message:
    return Message(f"there is nothing to carry: no fact of {workflow!r} has the name and type of one here")


def nothing_comes_of_it(name: str) -> Message:
    return Message(f"nothing comes of {name!r}", "a standing rule needs `opens`, `tell`, or both")


def called_like_a_deadline(name: str) -> Message:
    return Message(f"a deadline is called {name!r} already", "notices are told under these names")


def facts_that_differ(own: str, other: str, workflow: str) -> Message:
    return Message(
        f"{own!r} has answers that {other!r} of {workflow!r} does not take", "the two must be of one type"
    )


def not_beside(key: str, other: str) -> Message:
    return Message(f"`{key}` beside `{other}`", f"a deadline with `{other}` has its day from that fact")


def no_day_for_deadline() -> Message:
    return Message("a deadline needs `within`, or `due`")


def from_or_before() -> Message:
    return Message("`within` needs either `from` or `before`")


def every_or_meetings() -> Message:
    return Message("a cycle needs either `every` or `meetings_of`")


def cycle_for_nobody() -> Message:
    return Message("`for_each` without `each`", "say in `set` which fact names the agency: {FACT: each}")


def without_for_each() -> Message:
    return Message("`without` leaves agencies out of none", "say `for_each: agencies`, or leave it out")


def no_agencies() -> Message:
    return Message("the framework has no agencies", "give it `agencies`, or leave out `for_each`")


def cycle_of_working_days() -> Message:
    return Message("a cycle is not counted in working days", "write days, weeks, months or years")


def no_meetings(group: str) -> Message:
    return Message(f"the group {group!r} has no meetings", "say under `meets` when it meets")


def routes_without_intake() -> Message:
    return Message("`routes` without `intake`", "name the workflow of incidents, whose facts the routes read")


def no_order(text: str, written_so: str) -> Message:
    return Message(f"{text!r} says no order of events", written_so)


def monitor_of_an_automatic_step(event: str) -> Message:
    return Message(f"the engine takes {event} by itself", "a monitor is about what people do")


def otherwise_without_routes() -> Message:
    return Message("`otherwise` without `routes`", "it says who is asked where none of them answers")


def intake_without_routes() -> Message:
    return Message("`intake` without `routes`", "say where incidents lead")


def nothing_of_the_message() -> Message:
    return Message("what is opened says nothing of what was learnt", "set a fact {from: message}")


def ends_before_it_begins() -> Message:
    return Message("`until` is before `from`")


# --- workflows as a whole -----------------------------------------------------------------------------------


def reserved_name(name: str, meaning: str) -> Message:
    return Message(f"{name!r} is {meaning}", "choose another name")


def shared_name(name: str, sort: str) -> Message:
    return Message(f"a {sort} is called {name!r} already", "facts, rules and events never share a name")


def excused_and_not_final(name: str) -> Message:
    return Message(f"the state {name!r} is `excused` and not `final`", "only an end can be excused")


def not_an_end(name: str, what: str) -> Message:
    return Message(f"the state {name!r} is not `final`", f"a case {what} ends in it: say so, or rename it")


def final_state_answers(name: str) -> Message:
    return Message(f"the state {name!r} is `final`, and answers nothing", "delete this, or `final`")


def answers_twice(name: str, event: str) -> Message:
    return Message(f"the state {name!r} answers {event!r} itself", "a state answers an event with one step")


def not_of_an_automatic_step(key: str) -> Message:
    return Message(f"an automatic step takes no `{key}`", "nobody takes it but the engine")


def automatic_without_when() -> Message:
    return Message("an automatic step needs `when`", "it is taken as soon as that is TRUE")


def automatic_and_stays() -> Message:
    return Message("an automatic step that leads back to its own state would never stop", "lead it elsewhere")


def override_without_when() -> Message:
    return Message("`override` without `when`", "there is no rule to override")


def set_once_settled(fact: str, event: str, set_by: str) -> Message:
    return Message(
        f"{set_by} sets {fact!r} after {event!r}, when it is settled",
        "let it be settled by the step that sets it last, or set another fact",
    )


def unreachable(name: str, starts: str) -> Message:
    return Message(f"no path leads from {starts!r} to the state {name!r}")


def dead_end(name: str) -> Message:
    return Message(f"no step leads out of the state {name!r}", "give it one, or say `final: true`")


def no_end(name: str) -> Message:
    return Message(f"no path leads from the state {name!r} to an end", "an end is a state with `final: true`")


def stage_left_out(stage: str, after: str | None) -> Message:
    where = f"after {after!r}" if after else "first"
    return Message(
        f"no path of this review enters the stage {stage!r} {where}", "one must enter all seven in order"
    )


# --- the files of a framework -------------------------------------------------------------------------------


def not_called_after_workflow(file: str, name: str) -> Message:
    return Message(f"the workflow {name!r} stands in {file!r}", f"call the file {name + '.yaml'!r}")


def not_called_yaml(file: str) -> Message:
    return Message(f"{file!r} is not read", "the name of a workflow file ends in .yaml")


def workflow_twice(name: str, file: str) -> Message:
    return Message(f"a workflow is called {name!r} already", f"it stands in {file!r}")


def prefix_twice(prefix: str, workflow: str) -> Message:
    return Message(f"the workflow {workflow!r} has the prefix {prefix!r} already", "choose another")
