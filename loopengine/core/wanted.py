"""What somebody looks for: a rule of a workflow by its name, or an expression in terms of its names.

Knows workflows, and the language of rules. Does not know which cases there are.
"""

from __future__ import annotations

from loopengine.core.definitions import OPENED, Framework, Workflow
from loopengine.core.rules.expressions import Condition, RuleRef
from loopengine.core.rules.lists import Unfolding, asked_plainly
from loopengine.core.rules.operands import means_something
from loopengine.core.rules.parsing import RuleError, Scope, parse
from loopengine.core.rules.strengths import Strength
from loopengine.core.rules.verdicts import Rule
from loopengine.errors import BadValue, UnknownName, UsageError


def wanted(framework: Framework, workflow: Workflow, text: str) -> Rule:
    """The rule of *workflow* that *text* names, or the condition that it says in terms of its names.

    Raises UnknownName for a word that is neither, BadValue for what is no condition, and UsageError for one
    that is asked of each of a list.
    """
    rule = workflow.rules.get(text)
    if rule is None:
        rule = Rule(None, text, _read(framework, workflow, text))
    repeated = asked_plainly(rule.condition, workflow.as_filed.lists)
    if repeated:
        of = next(each.name for each in workflow.lists.values() if repeated[0] in each.facts)
        raise UsageError(
            f"{text!r} is asked of each of {of}", f"say some({of}, {text}), or every({of}, {text})"
        )
    return rule


def about(condition: Condition, workflow: Workflow) -> Condition:
    """*condition* as *workflow* says it, which may be written out for those whom one case is about."""
    if workflow.folded is None:
        return condition
    return Unfolding({name: workflow.lists[name] for name in workflow.naming}).of(condition)


def scope_of(framework: Framework, workflow: Workflow) -> Scope:
    """The names that a rule of *workflow* can use."""
    asked = {name: fact for name, fact in workflow.facts.items() if "." not in name}
    quorums = {name: each.quorum for name, each in framework.groups.items() if each.quorum is not None}
    led_to: dict[Strength, tuple[tuple[str, Condition], ...]] = {}
    for route in workflow.routes:
        led_to[route.strength] = (*led_to.get(route.strength, ()), (route.review, _named(route.rule)))
    return Scope(
        {**asked, **workflow.repeated},
        {name: _named(rule) for name, rule in workflow.rules.items()},
        {
            kind: frozenset(framework.workflow(each.workflow).states)
            for kind, each in workflow.sub_cases.items()
        },
        frozenset((*workflow.events, OPENED)),
        workflow.lists,
        quorums,
        led_to,
    )


def _read(framework: Framework, workflow: Workflow, text: str) -> Condition:
    scope = scope_of(framework, workflow)
    try:
        return parse(text, scope)
    except RuleError as error:
        # Of a name that means something else it is said what, and how a condition is made of it.
        if text.isidentifier() and not means_something(text, scope):
            raise UnknownName("rule", text, workflow.rules) from None
        raise BadValue(f"{text!r} is no condition of {workflow.name}: {error.message}", error.hint) from None


def _named(rule: Rule) -> RuleRef:
    return RuleRef(rule.name or "", rule.condition, rule.sources, rule.title)
