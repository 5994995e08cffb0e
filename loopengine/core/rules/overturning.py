"""Which unknown facts could overturn a verdict that does not depend on them now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import combinations, product
from math import prod

from loopengine.core.rules.compiling import compile_condition
from loopengine.core.rules.expressions import Condition
from loopengine.core.rules.regions import Regions
from loopengine.core.rules.supposing import Supposition
from loopengine.core.situation import Situation
from loopengine.core.values import Fact, Value

# So many combinations of answers are looked at; what has been found by then is given.
MOST_TRIED = 5_000


def overturning(
    sought: Collection[str],
    condition: Condition,
    situation: Situation,
    facts: Mapping[str, Fact],
    *,
    among: Sequence[str],
) -> set[str]:
    """Those of the *sought* facts that take part in some change of the verdict by answers, none of them idle.

    The answers are to facts *among* those given, all of them unknown now.
    """
    regions = Regions(condition, situation, facts)
    trial = _Trial(condition, situation)
    remaining, left = set(sought), MOST_TRIED
    for chosen in (some for size in range(1, len(among) + 1) for some in combinations(among, size)):
        if not remaining:
            break
        wanted = remaining.intersection(chosen)
        if not wanted:
            continue
        options = regions.of(chosen)
        left -= prod(map(len, options))
        if left < 0:
            break
        answers = product(*([region[0] for region in each] for each in options))
        if any(trial.only_together(dict(zip(chosen, values, strict=True))) for values in answers):
            remaining -= wanted
    return set(sought) - remaining


class _Trial:
    """What the verdict would be, given some answers."""

    def __init__(self, condition: Condition, situation: Situation) -> None:
        self._supposition = Supposition(situation, condition)
        self._verdict = compile_condition(condition)
        self._now = self._verdict(situation)

    def only_together(self, answers: Mapping[str, Value | None]) -> bool:
        """Whether all of *answers* change the verdict, and no fewer of them do."""
        if not self._changes(answers, list(answers)):
            return False
        fewer = (some for size in range(1, len(answers)) for some in combinations(answers, size))
        return not any(self._changes(answers, some) for some in fewer)

    def _changes(self, answers: Mapping[str, Value | None], names: Sequence[str]) -> bool:
        for name in names:
            self._supposition.suppose(name, answers[name])
        verdict = self._verdict(self._supposition.situation)
        for name in names:
            self._supposition.forget(name)
        return verdict is not self._now
