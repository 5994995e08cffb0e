"""Files of examples: read whole, each mistake told at its place, and held against what they are of."""

import inspect
import re
from pathlib import Path
from textwrap import dedent

import pytest

from loopengine.core.files import example_shapes
from loopengine.core.files.examples import examples_problems, load_examples
from loopengine.core.files.loading import framework_from_texts, load_framework
from loopengine.core.files.reading import Shape, keys_of
from loopengine.errors import DefinitionError
from loopengine.workflow_files import default_framework

FRAMEWORK = """\
framework: small
version: 1
title: Small
intake: incident
agencies: {police: {title: Police}, school: {title: School}}
routes:
  - {review: review, strength: must, when: harmed, source: local}
otherwise: {ask: business_unit, source: local}
"""
INCIDENT = """\
workflow: incident
version: 1
title: Incident
reference: INC
starts: recorded
facts:
  harmed: {ask: "Was the child harmed?", type: yes_no}
states:
  recorded: {on: {close: {to: closed, by: business_unit}}}
  closed: {final: true}
"""
REVIEW = """\
workflow: review
version: 1
title: Review
reference: REV
starts: referred
sub_cases: {actions: review}
facts:
  children: {ask: "Which children?", type: labels}
  harmed: {ask: "Was the child harmed?", type: yes_no, for_each: children}
  looked_after: {ask: "Was the child looked after?", type: yes_no, by: business_unit}
  theme: {ask: "What is it about?", type: one_of, values: [neglect, injury]}
  died_on: {ask: "When did the child die?", type: date}
rules:
  a_child_harmed: {when: 'some(children, harmed)', source: local}
  all_done: {when: 'every(actions, "closed")', source: local}
  a_year_on: {when: 'since("accept", "12 months")', source: local}
  was_looked_after: {when: 'within_before(looked_after, "6 months", died_on)', source: local}
  seen_before: {when: 'alike(theme, "24 months") >= 1', source: local}
standing:
  serious: {when: a_child_harmed, tell: executive, source: local}
deadlines:
  decide: {within: 5 working days, from: opened, until: [accept, decline], then: ask, source: local}
holds:
  inquest: {stops: decide, blocks: [accept, decline], source: local}
states:
  referred:
    owner: business_unit
    on:
      accept: {to: closed, by: independent_chair, when: a_child_harmed, override: executive}
      decline: {to: closed, by: [independent_chair, business_unit], reason: required}
      ask: {to: referred, by: business_unit}
  closed: {final: true}
"""


@pytest.fixture
def told(tmp_path):
    """What is said of examples of the review, or of a *file* of another name."""
    texts = {"framework.yaml": FRAMEWORK, "review.yaml": REVIEW, "incident.yaml": INCIDENT}
    framework = framework_from_texts(texts)
    home = tmp_path / "examples"
    home.mkdir()

    def said(text, file="review.yaml", head="examples: review\n"):
        (home / file).write_text(head + dedent(text), "utf-8")
        problems = examples_problems(tmp_path, framework)
        return [str(each).removeprefix(f"{home}/") for each in problems]

    return said


@pytest.mark.parametrize(
    "text",
    [
        "rules: {a_child_harmed: {given: {harmed: true}, is: true}}",
        "rules: {a_child_harmed: {given: {children: [A, B], harmed.A: false, harmed.B: true}, is: true}}",
        "rules: {all_done: {sub_cases: {actions: {number: 2, reached: {closed: 2}}}, is: true}}",
        "rules: {all_done: {is: unknown}}",
        "rules: {all_done: {sub_cases: {actions: {number: 2, excused: 1}}, is: false}}",
        "rules: {a_year_on: {on: 2018-01-16, happened: {accept: 2017-01-16}, is: true}}",
        "rules: {a_year_on: {on: 2018-01-15, happened: {accept: 2017-01-16}, is: false}}",
        "rules: {was_looked_after: {given: {looked_after: false, died_on: 2017-01-16}, "
        "earlier: {looked_after: true}, is: true}}",
        "rules: {seen_before: {given: {theme: neglect}, alike: {theme: 2015-01-16}, is: true}}",
        "rules: {seen_before: {given: {theme: neglect}, alike: {theme: 2015-01-15}, is: false}}",
        "guards: {referred.accept: {given: {harmed: false}, is: false}, decline: {is: true}}",
        "standing: {serious: {given: {harmed: true}, is: true}}",
        "clocks: {decide: {stopped_by: [decline, accept]}}",
        "clocks: {decide: {worked: {from: {opened: 2017-04-11}, due: 2017-04-20}}}",
        "who: {independent_chair: {takes: [accept, decline]}}",
        "who: {executive: {overrides: accept, is_told: serious}}",
        "who: {business_unit: {takes: decline, answers: looked_after, has_the_move: referred}}",
        "reasons: referred.decline",
        "ways: {no: {from: referred, events: decline, ends: closed}}",
    ],
)
def test_what_comes_out_as_it_says_is_no_problem(told, text):
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "rules:\n  a_child_harmed:\n    - {title: nobody, given: {harmed: false}, is: true}",
            "4:7: example rule a_child_harmed 1: nobody: a_child_harmed is FALSE then, and not TRUE",
        ),
        (
            "guards: {accept: {is: true}}",
            "2:10: example guard accept 1: the rule of referred.accept is UNKNOWN then, and not TRUE",
        ),
        (
            "clocks: {decide: {worked: {from: {opened: 2017-04-11}, due: 2017-04-18}}}",
            "2:19: example clock decide 1: decide falls due on 2017-04-20, and not on 2017-04-18",
        ),
        (
            "clocks: {decide: {worked: {from: {accept: 2017-04-11}, due: 2017-04-18}}}",
            "2:19: example clock decide 1: decide has not begun then",
        ),
        (
            "clocks: {decide: {stopped_by: accept}}",
            "2:10: example clock decide stops: decide is stopped by accept, decline, and not by accept",
        ),
        (
            "clocks: {decide: {fires: decline}}",
            "2:10: example clock decide fires: decide fires ask when its time is up, and not decline",
        ),
        (
            "holds: {inquest: {stops: decide, blocks: accept}}",
            "2:9: example hold inquest: inquest blocks accept, decline, and not accept",
        ),
        (
            "holds: {inquest: {blocks: [accept, decline]}}",
            "2:9: example hold inquest: inquest stops decide, and not nothing",
        ),
        (
            "who: {business_unit: {takes: accept}}",
            "2:7: example who business_unit: business_unit never takes referred.accept",
        ),
        (
            "who: {independent_chair: {takes: [accept, decline]}, business_unit: {has_the_move: referred}}",
            "2:54: example who business_unit: business_unit also takes referred.decline",
        ),
        ("reasons: accept", "2:1: example reasons: referred.accept needs no reason"),
        (
            "ways: {no: {events: [accept, decline], ends: closed}}",
            "2:8: example way no: decline is not answered in closed",
        ),
        (
            "ways: {no: {events: accept, ends: referred}}",
            "2:8: example way no: it ends in closed, and not in referred",
        ),
        (
            "waits: {accept: {from: {opened: 2017-01-02}, not_before: 2017-01-09}}",
            "2:9: example wait accept 1: referred.accept does not wait, and not until 2017-01-09",
        ),
    ],
)
def test_what_comes_out_otherwise_is_told_with_what_is_so(told, text, problem):
    assert told(text) == [f"review.yaml:{problem}"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rules: {gone: {is: true}}", "example rule gone 1: no rule is called 'gone'"),
        ("rules: {all_done: {given: {gone: true}, is: true}}", "no fact is called 'gone'"),
        (
            "rules: {all_done: {sub_cases: {gone: {number: 1}}, is: true}}",
            "no kind of sub-case is called 'gone'",
        ),
        ("rules: {all_done: {happened: {gone: 2017-01-02}, is: true}}", "no event is called 'gone'"),
        ("rules: {seen_before: {alike: {gone: 2017-01-02}, is: true}}", "no fact is called 'gone'"),
        ("rules: {a_child_harmed: {given: {harmed: perhaps}, is: true}}", "harmed cannot be 'perhaps'"),
        ("guards: {gone: {is: true}}", "no step is called 'gone'"),
        ("standing: {gone: {is: true}}", "no standing rule is called 'gone'"),
        ("holds: {gone: {stops: decide}}", "no hold is called 'gone'"),
        ("clocks: {gone: {stopped_by: accept}}", "no deadline is called 'gone'"),
        (
            "clocks: {decide: {worked: {from: {gone: 2017-01-02}, due: 2017-01-03}}}",
            "no event or date fact is called 'gone'",
        ),
        (
            "clocks: {decide: {worked: {from: {opend: 2017-01-02}, due: 2017-01-03}}}",
            "did you mean 'opened'?",
        ),
        ("clocks: {decide: {stopped_by: [acept, decline]}}", "'acept'; did you mean 'accept'?"),
        (
            "clocks: {decide: {worked: {from: {opened: 2017-04-11}, due: 2017-04-20, "
            "told: {2017-04-20: busines_unit}}}}",
            "no role is called 'busines_unit'; did you mean 'business_unit'?",
        ),
        (
            "waits: {accept: {from: {declin: 2017-01-02}, not_before: 2017-01-09}}",
            "no event or date fact is called 'declin'; did you mean 'decline'?",
        ),
        ("ways: {no: {events: acept, ends: closed}}", "no event is called 'acept'; did you mean 'accept'?"),
        ("ways: {no: {events: accept, ends: close}}", "no state is called 'close'; did you mean 'closed'?"),
        ("who: {gone: {takes: accept}}", "no role is called 'gone'"),
        ("who: {busines_unit: {}}", "did you mean 'business_unit'?"),
        ("who: {agency of gone: {takes: accept}}", "no fact is called 'gone'"),
        ("who: {not of gone: {takes: accept}}", "no fact is called 'gone'"),
        ("who: {business_unit: {answers: gone}}", "no fact is called 'gone'"),
        ("who: {business_unit: {is_told: gone}}", "no standing rule is called 'gone'"),
        ("routes: {given: {harmed: true}, must: review}", "routes are the framework's"),
    ],
)
def test_a_name_that_there_is_not_is_told(told, text, said):
    (problem,) = told(text)

    assert said in problem


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("rules: {all_done: {is: perhaps}}", "2:24: `is` is"),
        ("rules: {all_done: {given: {harmed: true}}}", "2:9: `is` is missing"),
        ("gone: 1", "2:1: "),
        (
            "clocks: {decide: {worked: {from: {opened: 2017-04-11}, due: 2017-04-20, told: {soon: agency}}}}",
            "'soon' is no day; write a date such as 2017-01-31, of one of the years 1900 to 2199",
        ),
        (
            "clocks: {decide: {worked: {from: {opened: 2017-04-11}, due: 2017-04-20, "
            "told: {9017-04-20: agency}}}}",
            "'9017-04-20' is no day",
        ),
        (
            "clocks: {decide: {worked: {from: {opened: 4017-04-11}, due: 2017-04-20}}}",
            "it takes a date such as 2017-01-31, of one of the years 1900 to 2199",
        ),
        (
            "clocks: {decide: {worked: {from: {opened: 2017-04-11}, due: 0017-04-20}}}",
            "of one of the years 1900 to 2199",
        ),
        ("waits: {accept: {from: {opened: 2017-01-02}, not_before: 2200-01-01}}", "the years 1900 to 2199"),
        ("rules: {all_done: {on: 1899-12-31, is: true}}", "the years 1900 to 2199"),
        (
            "clocks: {decide: {}}",
            "2:10: nothing is said of the clock 'decide'; say `stopped_by`, `fires` or `worked`",
        ),
    ],
)
def test_what_is_spelled_wrongly_is_told_at_its_place(told, text, problem):
    (said,) = told(text)

    assert problem in said


def test_a_file_is_called_after_what_it_has_examples_of(told):
    assert told("reasons: decline", head="examples: incident\n") == [
        "review.yaml:1:11: these are examples of 'incident', and the file is called after 'review'; "
        "write review"
    ]
    assert told("reasons: decline", file="gone.yaml", head="examples: gone\n")[0].startswith(
        "gone.yaml:1:1: there is no workflow 'gone' of which these could be examples"
    )


@pytest.mark.parametrize("text", ["", "# nothing yet", "- one"])
def test_a_file_that_says_nothing_is_told_how_one_begins(told, text):
    assert told(text, head="")[0].endswith("; a file of examples begins with `examples:`")


def test_what_is_nearly_called_yaml_is_told_and_what_is_hidden_is_left_alone(told):
    told("gone: 1", file=".review.yaml")

    assert told("reasons: decline", file="review.yml") == [
        "review.yml:1:1: 'review.yml' is not read; the name of a workflow file ends in .yaml"
    ]


def test_routes_are_examples_of_the_framework(told):
    right = "routes: [{given: {harmed: true}, must: review}, {given: {harmed: false}}]"
    wrong = "routes: {title: nobody, given: {harmed: true}, may: review}"
    other = "reasons: close"

    assert told(right, file="framework.yaml", head="examples: small\n") == []
    assert told(wrong, file="framework.yaml", head="examples: small\n") == [
        "framework.yaml:2:1: example nobody: it must lead to review, and not to nothing; "
        "it may lead to nothing, and not to review"
    ]
    assert (
        "of a framework there are examples of `routes` alone"
        in told(other, file="framework.yaml", head="examples: small\n")[0]
    )


def test_examples_that_cannot_be_read_are_not_loaded(told, tmp_path):
    told("gone: 1")
    texts = {"framework.yaml": FRAMEWORK, "review.yaml": REVIEW, "incident.yaml": INCIDENT}

    with pytest.raises(DefinitionError):
        load_examples(tmp_path, framework_from_texts(texts))


def test_every_shipped_file_has_examples_and_they_come_out():
    folder = default_framework()
    framework = load_framework(folder)

    assert examples_problems(folder, framework) == ()
    assert load_examples(folder, framework).keys() == {framework.name, *framework.workflows}


def test_the_page_names_every_key_there_is():
    page = (Path(__file__).parents[3] / "docs" / "examples.md").read_text("utf-8")
    shapes = inspect.getmembers(
        example_shapes, lambda each: inspect.isclass(each) and issubclass(each, Shape) and each is not Shape
    )

    keys = {key for _, shape in shapes for key in keys_of(shape)}

    assert keys - {*re.findall(r"[a-z_]+", " ".join(re.findall(r"`([^`]+)`", page)))} == set()
