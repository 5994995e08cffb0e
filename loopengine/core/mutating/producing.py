"""All the mutants of a file: what a careful author could have got wrong in it, one slip at a time.

Knows the keys of workflow files as plain data. Claims, monitors and examples are left alone: they are the
judges. So are titles, sources and questions, by which nothing is decided.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from loopengine.core.mutating.expressions import durations_beside, slips
from loopengine.core.mutating.mutants import Change, Kind, Mutant, Path, Tree, at, keyed, listed

_STRENGTHS = ("must", "should", "may")
_ANYBODY = ("business_unit", "independent_chair")  # roles that every framework has
_KEYS = {"rules": "rule", "facts": "fact", "standing": "standing rule", "deadlines": "deadline"}


def mutants_of(file: str, tree: Tree) -> tuple[Mutant, ...]:
    """The mutants of *file*, of which *tree* is the data, in its order."""
    found = _Found(file, tree, _roles_in(tree))
    loops = keyed(at(tree, ("loops",)))
    produced = [*found.of_workflow(())]
    for name in loops:
        produced += found.of_workflow(("loops", name))
    produced += found.of_routes()
    return tuple(produced)


@dataclass(frozen=True, slots=True)
class _Found:
    """The mutants of one file; *roles* are those that it names."""

    file: str
    tree: Tree
    roles: Sequence[str]

    def of_workflow(self, home: Path) -> Iterator[Mutant]:
        """Those of what stands at *home*, which is a workflow or a loop."""
        for section in ("facts", "rules", "standing", "deadlines", "holds", "states", "anywhere"):
            for name in keyed(at(self.tree, (*home, section))):
                yield from self._of_part(section, (*home, section, name), name)

    def of_routes(self) -> Iterator[Mutant]:
        """Those of the routing table."""
        for n, row in enumerate(listed(at(self.tree, ("routes",)))):
            path: Path = ("routes", n)
            called = f"row {n + 1} of the routes"
            yield from self._rule((*path, "when"), called)
            strength = keyed(row).get("strength")
            for other in _STRENGTHS:
                if strength in _STRENGTHS and other != strength:
                    said = f"{called}: {strength} becomes {other}"
                    yield self._mutant((*path, "strength"), other, "strength", said, other)

    def _of_part(self, section: str, path: Path, name: str) -> Iterator[Mutant]:
        match section:
            case "states":
                yield from self._of_state(path, name)
            case "anywhere":
                yield from self._of_step(path, f"step {name}", (path[:-1], name))
            case "deadlines":
                yield from self._of_deadline(path, name)
            case "holds":
                yield from self._of_hold(path, name)
            case _:
                called = f"{_KEYS[section]} {name}"
                yield from self._rule((*path, "when"), called)
                yield from self._people((*path, "by"), f"{called}: who answers", anybody=True)
                yield from self._people((*path, "tell"), f"{called}: who is told")

    def _of_state(self, path: Path, name: str) -> Iterator[Mutant]:
        yield from self._people((*path, "owner"), f"state {name}: whose move it is")
        for event in keyed(at(self.tree, (*path, "on"))):
            yield from self._of_step((*path, "on", event), f"step {name}.{event}", ((*path, "on"), event))

    def _of_step(self, path: Path, called: str, beside: tuple[Path, str]) -> Iterator[Mutant]:
        step = keyed(at(self.tree, path))
        yield from self._rule((*path, "when"), called)
        if "when" in step and not step.get("automatic") and not step.get("override"):
            yield self._mutant((*path, "when"), "none", "guard", f"{called}: its rule is dropped", None)
        yield from self._people((*path, "by"), f"{called}: who takes it", anybody=True)
        if "override" in step:
            yield from self._people((*path, "override"), f"{called}: who overrides its rule", anybody=True)
        if "not_of" in step:
            said = f"{called}: it no longer matters for whom one works"
            yield self._mutant((*path, "not_of"), "none", "role", said, None)
        if "reason" in step:
            yield self._mutant((*path, "reason"), "none", "reason", f"{called}: it needs no reason", None)
        if "wait" in step:
            yield self._mutant((*path, "wait"), "none", "wait", f"{called}: it waits no longer", None)
            yield from self._duration((*path, "wait", "at_least"), f"{called}: it waits")
        yield from self._target(path, called, beside)

    def _target(self, path: Path, called: str, beside: tuple[Path, str]) -> Iterator[Mutant]:
        """The state to which another step from the same state leads; if none does, the next of the file."""
        to = at(self.tree, (*path, "to"))
        if not isinstance(to, str):
            return
        around, event = beside
        others = [
            keyed(each).get("to") for name, each in keyed(at(self.tree, around)).items() if name != event
        ]
        section: Path = path[: path.index("anywhere" if "anywhere" in path else "states")]
        states = [*keyed(at(self.tree, (*section, "states")))]
        after = states[states.index(to) + 1 :] if to in states else states
        candidates = (each for each in (*others, *after, *states) if isinstance(each, str) and each != to)
        other = next(candidates, None)
        if other is not None:
            said = f"{called}: it leads to {other} and not to {to}"
            yield self._mutant((*path, "to"), "elsewhere", "target", said, other)

    # --- clocks ---------------------------------------------------------------------------------------------

    def _of_deadline(self, path: Path, name: str) -> Iterator[Mutant]:
        called = f"deadline {name}"
        yield from self._duration((*path, "within"), called)
        starts, stops = (listed(at(self.tree, (*path, key))) for key in ("from", "until"))
        yield from self._less(path, "from", f"{called}: what starts it", starts)
        yield from self._less(path, "until", f"{called}: what stops it", stops)
        if starts and "opened" not in starts:
            said = f"{called}: it runs from the opening, and not from {_and(starts)}"
            yield self._mutant((*path, "from"), "opened", "clock", said, "opened")
        if starts and stops and "opened" not in starts:
            said = f"{called}: what starts it and what stops it are swapped"
            yield self._mutant(
                (*path, "from"), "swapped", "clock", said, stops, Change((*path, "until"), starts)
            )
        if then := at(self.tree, (*path, "then")):
            yield self._mutant((*path, "then"), "none", "clock", f"{called}: it fires no {then}", None)
        for key, word, verb in (("remind", "before", "reminds"), ("escalate", "after", "tells")):
            for n, rung in enumerate(listed(at(self.tree, (*path, key)))):
                here = (*path, key, n) if isinstance(at(self.tree, (*path, key)), list) else (*path, key)
                told = f"{called}: it {verb} {_and(listed(keyed(rung).get('tell')))}"
                yield from self._duration((*here, word), told)
                yield from self._people((*here, "tell"), f"{called}: whom it {verb}")

    def _of_hold(self, path: Path, name: str) -> Iterator[Mutant]:
        for key in ("stops", "blocks"):
            items = listed(at(self.tree, (*path, key)))
            for n, item in enumerate(items):
                rest: list[Tree] = [*items[:n], *items[n + 1 :]]
                said = f"hold {name}: it no longer {key} {item}"
                yield self._mutant((*path, key), f"without-{item}", "hold", said, rest or None)

    def _less(self, path: Path, key: str, called: str, items: list[Tree]) -> Iterator[Mutant]:
        """Of several *items* under *key*, all but one."""
        for n, item in enumerate(items if len(items) > 1 else ()):
            rest: list[Tree] = [*items[:n], *items[n + 1 :]]
            said = f"{called}: {item} is left out"
            yield self._mutant((*path, key), f"without-{item}", "clock", said, rest)

    def _duration(self, path: Path, called: str) -> Iterator[Mutant]:
        text = at(self.tree, path)
        if isinstance(text, str):
            for word, other in zip(("longer", "shorter"), durations_beside(text), strict=False):
                yield self._mutant(path, word, "duration", f"{called}: {text} becomes {other}", other)

    # --- people ---------------------------------------------------------------------------------------------

    def _people(self, path: Path, called: str, *, anybody: bool = False) -> Iterator[Mutant]:
        people = listed(at(self.tree, path))
        names = [_role_of(each) for each in people]
        for n, person in enumerate(people):
            other = self._other(names, names[n])
            before, after = people[:n], people[n + 1 :]
            instead: list[Tree] = [*before, other, *after]
            yield self._mutant(
                path,
                f"{names[n]}-becomes-other",
                "role",
                f"{called}: {_party(person)} becomes {other}",
                instead[0] if len(instead) == 1 else instead,
            )
            if len(people) > 1:
                said = f"{called}: {_party(person)} is left out"
                yield self._mutant(path, f"without-{names[n]}", "role", said, [*before, *after])
            if isinstance(person, dict) and "of" in person:
                said = f"{called}: {_party(person)} becomes any {names[n]}"
                yield self._mutant(path, f"any-{names[n]}", "role", said, [*before, names[n], *after])
        if people and anybody:
            yield self._mutant(path, "anybody", "role", f"{called}: it is not said", None)

    def _other(self, names: Sequence[str], name: str) -> str:
        """The role that the file names after *name*, and that is none of *names*."""
        at_place = self.roles.index(name) if name in self.roles else 0
        around = [*self.roles[at_place + 1 :], *self.roles[:at_place], *_ANYBODY]
        return next((each for each in around if each not in names), "executive")

    # --- rules ----------------------------------------------------------------------------------------------

    def _rule(self, path: Path, called: str) -> Iterator[Mutant]:
        text = at(self.tree, path)
        numbers: Counter[Kind] = Counter()
        for slip in slips(text) if isinstance(text, str) else ():
            numbers[slip.kind] += 1
            change = f"{slip.kind}-{numbers[slip.kind]}"
            yield self._mutant(path, change, slip.kind, f"{called}: {slip.said}", slip.text)

    def _mutant(self, path: Path, change: str, kind: Kind, said: str, value: Tree, *more: Change) -> Mutant:
        place = ".".join(str(each + 1) if isinstance(each, int) else each for each in path)
        where = f"loop {path[1]}: " if path[0] == "loops" else ""
        return Mutant(self.file, f"{place}/{change}", kind, where + said, (Change(path, value), *more))


def _roles_in(tree: Tree) -> tuple[str, ...]:
    """The roles that steps anywhere in *tree* name, in its order."""
    found: dict[str, None] = {}

    def look(part: Tree) -> None:
        for name, each in keyed(part).items():
            if name == "by":
                found.update(dict.fromkeys(_role_of(person) for person in listed(each)))
            look(each)
        for each in part if isinstance(part, list) else ():
            look(each)

    look(tree)
    return tuple(found)


def _role_of(person: Tree) -> str:
    return str(keyed(person).get("role")) if isinstance(person, dict) else str(person)


def _party(person: Tree) -> str:
    of = keyed(person).get("of")
    return f"{_role_of(person)} of {of}" if of else _role_of(person)


def _and(items: Sequence[Tree]) -> str:
    return " and ".join(map(_role_of, items))
