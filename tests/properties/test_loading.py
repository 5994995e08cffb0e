"""Whatever stands in the files, loading answers with definitions or with problems, never with an accident."""

from copy import deepcopy
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from loopengine.core.files import yaml_nodes
from loopengine.core.files.loading import framework_from_texts
from loopengine.core.files.yaml_nodes import plain_text
from loopengine.errors import DefinitionError

TESTS = Path(__file__).parents[1]
TEXTS = {path.name: path.read_text("utf-8") for path in sorted((TESTS / "valid" / "board").glob("*.yaml"))}
INVALID = sorted((TESTS / "invalid").glob("*.yaml"))
NAMES = sorted(TEXTS)

# What people and machines put into YAML, and the words of the format among it.
SIGNS = r"""[ ] { } , : ? # | >- ' " \ & &a *a !!str << --- ... %YAML ~ 12 1e9 -1 é"""
WORDS = "no Yes on true null to: when: local opened every( and == each unknown channels"
SPACE = ("\t", "\n", "\r", "\u2028", "\0", ": ", "- ", "final: true")
SCRAPS = (*SIGNS.split(), *WORDS.split(), *SPACE)
quick = settings(deadline=timedelta(seconds=2))


def load(texts):
    """What loading *texts* ends with: a framework, or None and problems, each at a place in one of them."""
    try:
        return framework_from_texts(texts)
    except DefinitionError as error:
        problems = error.problems
    assert problems
    for problem in problems:
        lines = plain_text(texts[problem.file].encode("utf-8", "replace")).split("\n")
        assert 1 <= problem.line <= len(lines) + 1
        assert problem.column >= 1
    return None


@st.composite
def damaged(draw):
    """A valid file with some scraps of it torn out, doubled, moved or put in."""
    name = draw(st.sampled_from(NAMES))
    text = TEXTS[name]
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 30)))
        scrap = draw(st.sampled_from(SCRAPS) | st.just(text[start:end] * 2) | st.text(max_size=5))
        text = text[:start] + scrap + text[end:]
    return name, text


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(SCRAPS) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(("to", "role", "from", "when", "x")), inner, max_size=3)
    ),
    max_leaves=5,
)


def places(data):
    """Every container in *data* with each of its keys or indices."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield data, key
        yield from places(value)


@st.composite
def misshapen(draw):
    """A valid file in which some values are exchanged for each other, or for anything at all."""
    name = draw(st.sampled_from(NAMES))
    data = yaml.load(TEXTS[name], Loader=yaml.BaseLoader)
    for _ in range(draw(st.integers(1, 3))):
        every = [*places(data)]
        holder, key = draw(st.sampled_from(every))
        other, another = draw(st.sampled_from(every))
        holder[key] = draw(st.just(deepcopy(other[another])) | junk)
        if draw(st.booleans()) and isinstance(holder, dict):
            holder[draw(st.sampled_from(("loop", "automatic", "x", "Bad name")))] = holder.pop(key)
    return name, yaml.dump(data, Dumper=_Plain, allow_unicode=True, sort_keys=False)


class _Plain(yaml.SafeDumper):
    """Writes out what stands twice, for an alias would hide what it stands for."""

    def ignore_aliases(self, data):
        return True


@quick
@given(st.text() | st.binary().map(lambda raw: raw.decode("utf-8", "replace")))
@example("\ud800")
@example("a: " + "[" * 2000)
@example("? " * 500)
@example("a: &a [*a, *a]")
@example("%YAML 1." + "9" * 5000 + "\n---\na: b")
@example('a: "\\UFFFFFFFF"')
def test_any_text_for_a_workflow_is_answered_with_problems(text):
    assert load({**TEXTS, "new.yaml": text}) is None


@quick
@given(damaged())
def test_a_damaged_file_is_read_or_refused(named):
    name, text = named

    load({**TEXTS, name: text})


@quick
@given(misshapen())
def test_a_misshapen_file_is_read_or_refused(named):
    name, text = named

    load({**TEXTS, name: text})


@quick
@given(st.sampled_from(INVALID), st.sampled_from(NAMES))
def test_any_wrong_file_in_the_place_of_any_other_is_refused(path, name):
    assert load({**TEXTS, name: path.read_text("utf-8", errors="replace")}) is None


@quick
@given(damaged())
@example(named=("review.yaml", "a: {when: x, source:[own, shared]}"))
@example(named=("review.yaml", "a: [b:[c]]"))
@example(named=("review.yaml", "a: {b:}"))
def test_both_loaders_agree_on_whether_a_file_can_be_read(named):
    name, text = named
    answers = []
    for loader in (yaml_nodes.LOADER, yaml.SafeLoader):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(yaml_nodes, "LOADER", loader)
            document = yaml_nodes.read_document(name, text)
        answers.append((bool(document.problems), document.data if not document.problems else None))

    assert answers[0] == answers[1]
