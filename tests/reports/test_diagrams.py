"""Pictures of workflows: everything is drawn once, says what a reader needs, and is never read as code."""

import re
import shutil
import subprocess
from html import unescape
from xml.etree import ElementTree

import pytest

from loopengine.core.definitions import Deadline, Opens, Party, State, Step, Wait, Workflow
from loopengine.core.durations import Duration
from loopengine.core.files.loading import load_framework
from loopengine.core.rules.expressions import Answer
from loopengine.core.rules.verdicts import Rule
from loopengine.core.values import Fact
from loopengine.reports.diagrams import dot, mermaid
from loopengine.workflow_files import shipped_workflows


def shipped():
    """Every workflow of every framework that comes with the package."""
    for folder in sorted(shipped_workflows().glob("*/framework.yaml")):
        yield from load_framework(folder.parent).workflows.values()


SHIPPED = list(shipped())
every_shipped = pytest.mark.parametrize("workflow", SHIPPED, ids=[workflow.name for workflow in SHIPPED])
both = pytest.mark.parametrize("draw", [mermaid, dot])
needs_graphviz = pytest.mark.skipif(
    shutil.which("dot") is None, reason="needs Graphviz: `apt-get install graphviz`, or graphviz.org"
)

CHAIR = Party("independent_chair")
# What Mermaid, Markdown, HTML or Graphviz would do something with, if it came to them as it is.
HOSTILE = [
    'a; b: "c" #35; # d --> e',
    "<b>bold</b> <script>alert(1)</script> & &amp; &#60;",
    "wind direction LR",
    "%%{init: {'theme': 'dark'}}%% %% comment",
    "[[fork]] <<choice>> [a](b) www.example.com",
    "{ record | \\N } \\G back\\slash\\",
    "1. *one* _two_ `three`",
    "- dash ::: class",
    "line\nbreak\ttab\u202e\u2028end",
]
# Words of Mermaid and of Graphviz that are names of states all the same.
WORDS = [
    "state",
    "note",
    "class",
    "style",
    "default",
    "click",
    "direction",
    "root",
    "end",
    "graph",
    "node",
    "edge",
]


def workflow_of(*states, title="A workflow", facts=(), deadlines=()):
    """A workflow that begins in the first of *states*."""
    return Workflow(
        name="drawn",
        version=1,
        title=title,
        reference="DRN",
        starts=states[0].name,
        facts={name: Fact(name, f"{name}?", "date") for name in facts},
        rules={},
        states={state.name: state for state in states},
        deadlines={deadline.name: deadline for deadline in deadlines},
    )


def state(name, *steps, **given):
    """A state with *steps*, entitled with its name unless told otherwise."""
    return State(name, **{"title": name} | given, steps={step.event: step for step in steps})


def one_step(**given):
    """A workflow with one arrow, of a step with what is *given*."""
    step = Step("go_on", "first", "last", **given)
    return workflow_of(state("first", step, stage="review"), state("last", final=True))


def rule(text):
    return Rule(None, text, Answer("told"))


def arrows(drawing):
    """Each arrow of *drawing* between two states, as (from, to, what it says line by line)."""
    if drawing.startswith("---"):
        found = re.findall(r"^ *(\w+) --> (\w+) : (.*)$", drawing, re.MULTILINE)
        return [(a, b, [from_mermaid(line) for line in c.split("<br/>")]) for a, b, c in found]
    found = re.findall(r'^ *"(\w+)" -> "(\w+)" .*<TD CELLPADDING="4">(.*?)</TD>', drawing, re.MULTILINE)
    return [(a, b, [from_dot(line) for line in c.split("<BR/>")]) for a, b, c in found]


def boxes(drawing):
    """What is said in each box of *drawing*, by the name of its state: the title, and the notes in one."""
    if drawing.startswith("---"):
        found = re.findall(r'^ *state "(.*)" as (\w+)$', drawing, re.MULTILINE)
        noted = {name: re.findall(rf"^ *{name} : (.*)$", drawing, re.MULTILINE) for _, name in found}
        return {name: (from_mermaid(title), from_mermaid(" ".join(noted[name]))) for title, name in found}
    found = re.findall(r'^ *"(\w+)" \[tooltip="(.*?)".*?<TD.*?</TD>(.*)</TABLE>>\];$', drawing, re.MULTILINE)
    return {name: (from_dot(title), from_dot(rest)) for name, title, rest in found}


def from_mermaid(code):
    """The text that Mermaid would make of *code*."""
    return re.sub(r"#(\d+);", lambda found: chr(int(found[1])), re.sub("</?i>", "", code))


def from_dot(code):
    """The text that Graphviz would make of *code*."""
    return " ".join(unescape(re.sub("<.*?>", " ", code)).split())


def shown(title):
    """*title* as one line, which is how it is shown."""
    return " ".join("".join(char if char.isprintable() else " " for char in title).split())


def said(drawing):
    ((_, _, lines),) = arrows(drawing)
    return " ".join(lines)


def rendered(drawing):
    """The SVG that Graphviz makes of *drawing*."""
    run = subprocess.run(["dot", "-Tsvg"], input=drawing.encode(), capture_output=True, check=True)
    return ElementTree.fromstring(run.stdout)


def drawn_in(svg, sort):
    """The names of the nodes, edges or clusters in *svg*."""
    groups = [each for each in svg.iter() if each.get("class") == sort]
    return [next(part.text for part in group if part.tag.endswith("title")) for group in groups]


# --- what is drawn ----------------------------------------------------------------------------------------


@both
@every_shipped
def test_every_state_and_every_step_that_leads_on_is_drawn_once_in_the_order_of_the_file(workflow, draw):
    drawing = draw(workflow)
    moves = [step for step in workflow.steps() if step.to != step.source]

    titles = {name: title for name, (title, _) in boxes(drawing).items()}

    assert titles == {state.name: state.title for state in workflow.states.values()}
    assert [(a, b) for a, b, _ in arrows(drawing)] == [(step.source, step.to) for step in moves]
    for step, (_, _, lines) in zip(moves, arrows(drawing), strict=True):
        assert lines[0] == step.event.replace("_", " ")


@both
@every_shipped
def test_steps_that_stay_and_clocks_that_begin_are_told_in_the_box_of_their_state(workflow, draw):
    notes = {name: note for name, (_, note) in boxes(draw(workflow)).items()}

    for step in workflow.steps():
        assert (step.to != step.source) or step.event.replace("_", " ") in notes[step.source]
    for deadline in workflow.deadlines.values():
        assert any(f"{deadline.name.replace('_', ' ')}: " in note for note in notes.values())


@both
def test_stages_are_headings_in_the_order_of_the_loop(draw):
    drawing = draw(
        workflow_of(
            state("closed", final=True),
            state("evaluating", stage="evaluated"),
            state("learning", stage="learning_identified"),
            state("referred", stage="referral"),
        )
    )

    headings = re.findall(r'state "([^"]*)" as [A-Z_]+ {|label=<<B>(.*?)</B>>\];$', drawing, re.MULTILINE)
    found = [one or other for one, other in headings]

    assert found[-3:] == ["Referral", "Learning identified", "Evaluated"]
    assert list(boxes(drawing)) == ["referred", "learning", "evaluating", "closed"]


@both
def test_the_title_and_the_beginning_are_drawn(draw):
    drawing = draw(workflow_of(state("first"), title="Serious Case Review"))

    assert "Serious Case Review" in drawing.split("first", 1)[0]
    assert re.search(r'\[\*\]"? --?> "?first', drawing)


def test_an_end_is_drawn_as_one():
    workflow = one_step()

    assert "last --> [*]\n" in mermaid(workflow)
    assert "class last final\n" in mermaid(workflow)
    assert re.search('"last" .*peripheries="2"', dot(workflow))
    assert not re.search('"first" .*peripheries', dot(workflow))


@both
def test_a_picture_is_the_same_every_time(draw):
    assert [draw(workflow) for workflow in SHIPPED] == [draw(workflow) for workflow in shipped()]


# --- what is said -----------------------------------------------------------------------------------------


@both
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"by": (CHAIR,)}, "go on independent chair"),
        ({"by": (CHAIR, Party("agency", "owner"))}, "go on independent chair or agency (owner)"),
        ({"by": (CHAIR,), "not_of": "owner"}, "go on independent chair, but not owner"),
        ({}, "go on anybody"),
        ({"automatic": True, "when": rule("all_told")}, "go on automatically [all told]"),
        (
            {"by": (CHAIR,), "when": rule("criteria_met and\n  known(reason_given) and abuse_or_neglect")},
            "go on independent chair [criteria met and known(reason given) …]",
        ),
        (
            {"by": (CHAIR,), "wait": Wait(Duration(working_days=7), "submit_it")},
            "go on independent chair [7 working days after submit it]",
        ),
        ({"by": (CHAIR,), "override": "executive"}, "go on independent chair override: executive"),
        (
            {"by": (CHAIR,), "passes": ("review", "embedded")},
            "go on independent chair passes review and embedded",
        ),
        ({"by": (CHAIR,), "opens": (Opens("action", "actions"),)}, "go on independent chair opens actions"),
    ],
)
def test_an_arrow_says_who_may_take_it_and_on_what_terms(draw, given, expected):
    assert said(draw(one_step(**given))) == expected


def test_an_automatic_step_looks_different():
    by_itself, by_chair = one_step(automatic=True, when=rule("told")), one_step(by=(CHAIR,))

    assert "<i>go on<br/>automatically" in mermaid(by_itself)
    assert 'style="dashed"' in dot(by_itself)
    assert "<i>" not in mermaid(by_chair)
    assert "dashed" not in dot(by_chair)


@both
def test_an_event_that_a_clock_fires_says_so(draw):
    states = (state("first", Step("go_on", "first", "last", by=(CHAIR,))), state("last", final=True))
    clock = Deadline(
        "patience", (), within=Duration(months=1), starts=("opened",), until=("go_on",), then="go_on"
    )

    drawing = draw(workflow_of(*states, deadlines=[clock]))

    assert said(drawing) == "go on independent chair, or when the time is up"
    assert boxes(drawing)["first"][1] == "patience: 1 month from opened, then go on"


@both
@pytest.mark.parametrize(
    ("clock", "name", "note"),
    [
        ({"within": Duration(months=1), "starts": ("opened",)}, "first", "1 month from opened"),
        ({"within": Duration(working_days=5), "starts": ("go_on",)}, "last", "5 working days from go on"),
        ({"within": Duration(months=1), "starts": ("told_on",)}, "first", "1 month from “told on”"),
        (
            {"within": Duration(weeks=2), "starts": ("go_on", "told_on")},
            "last",
            "2 weeks from go on or “told on”",
        ),
        ({"within": Duration(weeks=1), "before": "told_on"}, "first", "1 week before “told on”"),
        ({"due": "told_on"}, "first", "by the date “told on”"),
    ],
)
def test_a_clock_is_told_where_it_begins(draw, clock, name, note):
    states = (state("first", Step("go_on", "first", "last")), state("last"))
    deadline = Deadline("decide", (), until=("go_on",), **clock)

    notes = {
        name: note
        for name, (_, note) in boxes(
            draw(workflow_of(*states, facts=["told_on"], deadlines=[deadline]))
        ).items()
    }

    assert notes == {"first": "", "last": ""} | {name: f"decide: {note}"}


# --- what is hostile --------------------------------------------------------------------------------------


@both
@pytest.mark.parametrize("title", HOSTILE)
def test_a_title_comes_out_as_text(draw, title):
    drawing = draw(workflow_of(state("first", title=title), title=title))

    assert boxes(drawing)["first"][0].replace("∖", "\\") == shown(title)


@pytest.mark.parametrize("title", HOSTILE)
def test_nothing_of_a_title_reaches_mermaid_as_code(title):
    calm, wild = (mermaid(workflow_of(state("first", title=each), title="-")) for each in ("calm", title))
    (line,) = (new for old, new in zip(calm.splitlines(), wild.splitlines(), strict=True) if old != new)
    quoted = re.sub(r"#\d+;", "", re.fullmatch(r'  state "(.*)" as first', line)[1])

    assert not re.search(r"""[;:"#<>&{}*_`|%=\\]|\[\[|\]\(|\.\w|^[\d-]|direction""", quoted)


@both
@pytest.mark.parametrize("name", WORDS)
def test_a_state_may_have_the_name_of_a_word_of_the_language(draw, name):
    drawing = draw(workflow_of(state(name, Step("go_on", name, "last")), state("last"), title="-"))

    ((source, to, _),) = arrows(drawing)

    assert source in boxes(drawing)
    assert (source == name) or (draw is mermaid and source == f"{name}State")
    assert to == "last"


@both
def test_a_state_without_a_title_has_its_name(draw):
    assert boxes(draw(workflow_of(state("first_of_all", title=" ")))) == {
        "first_of_all": ("first of all", "")
    }


# --- Graphviz itself --------------------------------------------------------------------------------------


@needs_graphviz
@every_shipped
def test_graphviz_draws_what_is_shipped(workflow):
    svg = rendered(dot(workflow))
    moves = [f"{step.source}->{step.to}" for step in workflow.steps() if step.to != step.source]
    stages = {f"cluster_{state.stage}" for state in workflow.states.values() if state.stage}

    assert sorted(drawn_in(svg, "node")) == sorted(["[*]", *workflow.states])
    assert sorted(drawn_in(svg, "edge")) == sorted([f"[*]->{workflow.starts}", *moves])
    assert set(drawn_in(svg, "cluster")) == stages


@needs_graphviz
@every_shipped
def test_graphviz_keeps_the_stages_in_their_order(workflow):
    drawing = dot(workflow)
    svg = rendered(drawing)

    tops = {}
    for group in svg.iter():
        if group.get("class") == "cluster":
            name, outline = (
                next(each for each in group if each.tag.endswith(tag)) for tag in ("title", "path")
            )
            tops[name.text] = min(float(y) for y in re.findall(r",(-?[\d.]+)", outline.get("d")))

    assert sorted(tops, key=tops.get) == re.findall(r'subgraph "(\w+)"', drawing)


@needs_graphviz
@pytest.mark.parametrize("title", HOSTILE)
def test_graphviz_shows_a_title_as_text(title):
    svg = rendered(dot(workflow_of(state("first", title=title), title=title)))
    drawn = "".join(part.text for part in svg.iter() if part.tag.endswith("text"))
    hovering = {value for part in svg.iter() for key, value in part.items() if key.endswith("title")}

    assert drawn.replace(" ", "").replace("∖", "\\") == 2 * shown(title).replace(" ", "")
    assert shown(title).replace("\\", "∖") in hovering
