"""Drawings of workflows: all is in them, nothing lies on anything else, and everybody can read them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.browser import printed, violations
from support.shipped import SHIPPED as FRAMEWORK

from loopengine.core.definitions import State, Step, Workflow
from loopengine.core.files.loading import framework_from_texts
from loopengine.reports.lanes import Leaving, buses
from loopengine.reports.lettering import lines_of, width_of
from loopengine.reports.svg import svg

every_shipped = pytest.mark.parametrize("name", FRAMEWORK.workflows)
SVG = "{http://www.w3.org/2000/svg}"
# The boxes that the browser gives whatever carries words, and the frames around them.
MEASURED = """() => ({
    words: [...document.querySelectorAll('text')].map(e => {
        const b = e.getBBox(), f = e.closest('.state')?.querySelector('.frame').getBBox();
        return {said: e.textContent, box: [b.x, b.y, b.x + b.width, b.y + b.height],
                frame: f ? [f.x, f.y, f.x + f.width, f.y + f.height] : null};
    }),
    size: [document.documentElement.width.baseVal.value, document.documentElement.height.baseVal.value],
})"""


@dataclass(frozen=True)
class Stretch:
    """A straight piece of a line, and the place where its arrow arrives, which says whose it is."""

    x: tuple[float, float]
    y: tuple[float, float]
    of: tuple[float, float]


def drawn(workflow: Workflow) -> Element:
    return ElementTree.fromstring(svg(workflow))


def with_class(root: Element, *classes: str) -> list[Element]:
    return [each for each in root.iter() if set(classes) <= set((each.get("class") or "").split())]


def words_in(element: Element) -> str:
    """What stands in *element*, line after line."""
    return " ".join(" ".join("".join(text.itertext()).split()) for text in element.iter(f"{SVG}text"))


def drawn_of(*states: State) -> Workflow:
    return Workflow(
        "drawn", 1, "Drawn", "DRN", states[0].name, {}, {}, {state.name: state for state in states}
    )


def stretches(root: Element) -> list[Stretch]:
    """The straight pieces of all the lines in the drawing, those of one arrow together."""
    found: list[Stretch] = []
    mine: list[Stretch] = []
    for path in with_class(root, "line") + with_class(root, "head"):
        assert path.get("d")
    for path in root.iter(f"{SVG}path"):
        code = path.get("d") or ""
        if path.get("class") == "head":
            x, y = map(float, re.findall(r"M([\d.]+) ([\d.]+)l", code)[0])
            found += [replace(each, of=(x, y)) for each in mine]
            mine = []
        elif across := re.fullmatch(r"M([\d.]+) ([\d.]+)H([\d.]+)", code):
            one, y, other = map(float, across.groups())
            mine.append(Stretch((min(one, other), max(one, other)), (y, y), (0, 0)))
        elif down := re.fullmatch(r"M([\d.]+) ([\d.]+)V([\d.]+)", code):
            x, one, other = map(float, down.groups())
            mine.append(Stretch((x, x), (min(one, other), max(one, other)), (0, 0)))
    assert not mine
    return found


def share_more_than_a_point(one: Stretch, other: Stretch) -> bool:
    wide = min(one.x[1], other.x[1]) - max(one.x[0], other.x[0])
    high = min(one.y[1], other.y[1]) - max(one.y[0], other.y[0])
    return min(wide, high) >= 0 and max(wide, high) > 0


# --- what is drawn ------------------------------------------------------------------------------------------


@every_shipped
def test_every_state_and_every_step_that_leads_on_is_drawn_once_and_says_where_it_leads(name: str) -> None:
    workflow = FRAMEWORK.workflow(name)
    boxes = {box.get("data-state"): box for box in with_class(drawn(workflow), "state")}

    assert sorted(boxes) == sorted(workflow.states)
    for state in workflow.states.values():
        box = boxes[state.name]
        moves = [step for step in state.steps.values() if step.to != state.name]
        assert " ".join(state.title.split()) in words_in(box)
        assert [(way.get("data-event"), way.get("data-to")) for way in with_class(box, "step")] == [
            (step.event, step.to) for step in moves
        ]
        for way, step in zip(with_class(box, "step"), moves, strict=True):
            title = " ".join(workflow.states[step.to].title.split())
            assert words_in(way).startswith(f"{step.event.replace('_', ' ')} → {title}")
        for step in state.steps.values():
            assert step.to != state.name or step.event.replace("_", " ") in words_in(box)


@every_shipped
def test_there_is_an_arrow_from_every_step_to_the_state_that_it_leads_to(name: str) -> None:
    workflow = FRAMEWORK.workflow(name)
    root = drawn(workflow)
    frames = {}
    for box in with_class(root, "state"):
        frame = with_class(box, "frame")[0]
        top, height = float(frame.get("y") or 0), float(frame.get("height") or 0)
        frames[box.get("data-state")] = (top, top + height)

    def at(y: float) -> str:
        (name,) = (name for name, (top, bottom) in frames.items() if top <= y <= bottom)
        return str(name)

    edges = {x for each in stretches(root) for x in (each.of[0],)}
    leaving = [
        (at(each.y[0]), at(each.of[1]))
        for each in stretches(root)
        if each.y[0] == each.y[1] and each.y[0] != each.of[1] and edges & set(each.x)
    ]

    assert sorted(leaving) == sorted((s.source, s.to) for s in workflow.steps() if s.to != s.source)


@every_shipped
def test_lines_run_on_top_of_no_other_line_and_through_no_box(name: str) -> None:
    root = drawn(FRAMEWORK.workflow(name))
    lines = stretches(root)
    frame = with_class(root, "frame")[0]
    left = float(frame.get("x") or 0)
    right = left + float(frame.get("width") or 0)

    assert not [
        (one, other)
        for one, other in combinations(lines, 2)
        if one.of != other.of and share_more_than_a_point(one, other)
    ]
    assert all(each.x[1] <= left or each.x[0] >= right for each in lines)


def test_stages_are_bands_in_the_order_of_the_loop() -> None:
    root = drawn(FRAMEWORK.workflow("serious-case-review"))
    headings = ["".join(each.itertext()) for each in with_class(root, "stage")]

    assert headings == [
        "Referral", "Decision", "Review", "Learning identified", "Disseminated", "Embedded", "Evaluated",
    ]  # fmt: skip


def test_the_beginning_the_ends_and_what_the_engine_does_itself_are_told_without_colour() -> None:
    step = Step("go_on", "first", "last", automatic=True)
    root = drawn(drawn_of(State("first", "First", steps={"go_on": step}), State("last", "Last", final=True)))
    first, last = with_class(root, "state")

    assert "begins here" in words_in(first)
    assert "an end" in words_in(last)
    assert (len(with_class(first, "frame")), len(with_class(last, "frame"))) == (1, 2)
    assert "automatically" in words_in(first)
    assert len(with_class(root, "line", "dashed")) == len(with_class(root, "line")) > 0


@every_shipped
def test_a_drawing_is_the_same_every_time_and_asks_for_nothing_from_elsewhere(name: str) -> None:
    once = svg(FRAMEWORK.workflow(name))

    assert once == svg(framework_from_texts(FRAMEWORK.texts).workflow(name))
    assert not re.search(r"href|url\(|@import|<script|<foreignObject", once)


@pytest.mark.parametrize(
    "title", ['<b>"bold"</b> & more', "line\nbreak\ttab\u202e\u0007end", "]]> <!-- -->", "長" * 80, "x" * 300]
)
def test_a_title_comes_out_as_text_within_its_frame(title: str, browser: Any, tmp_path: Path) -> None:
    workflow = drawn_of(
        State("first", title, steps={"go": Step("go", "first", "last")}), State("last", title)
    )
    file = tmp_path / "drawn.svg"
    file.write_text(svg(workflow), "utf-8")

    page = browser.new_page()
    page.goto(file.as_uri())
    outside = [each for each in page.evaluate(MEASURED)["words"] if sticks_out(each["box"], each["frame"])]

    shown = "".join("".join(char if char.isprintable() else " " for char in title).split())
    assert words_in(with_class(drawn(workflow), "state")[0]).replace(" ", "").startswith(shown)
    assert outside == []
    page.close()


# --- as a reader meets it -----------------------------------------------------------------------------------


def sticks_out(box: list[float], frame: list[float] | None) -> bool:
    return frame is not None and (
        box[0] < frame[0] or box[1] < frame[1] or box[2] > frame[2] or box[3] > frame[3]
    )


@every_shipped
def test_in_a_browser_no_words_leave_their_box_or_lie_on_others(
    name: str, browser: Any, tmp_path: Path
) -> None:
    file = tmp_path / "drawn.svg"
    file.write_text(svg(FRAMEWORK.workflow(name)), "utf-8")

    page = browser.new_page()
    page.goto(file.as_uri())
    seen = page.evaluate(MEASURED)
    page.close()

    width, height = seen["size"]
    boxes = sorted((each["box"] for each in seen["words"]), key=lambda box: box[1])
    assert not [
        each for each in seen["words"] if sticks_out(each["box"], each["frame"] or [0, 0, width, height])
    ]
    # Lines of letters may touch with their empty upper and lower edges.
    assert not [
        (one, other)
        for one, other in combinations(boxes, 2)
        if min(one[2], other[2]) > max(one[0], other[0]) and min(one[3], other[3]) - max(one[1], other[1]) > 3
    ]


@pytest.mark.parametrize("name", ["incident", "serious-case-review"])
def test_a_drawing_on_a_page_is_announced_and_hard_for_nobody(
    name: str, browser: Any, tmp_path: Path
) -> None:
    workflow = FRAMEWORK.workflow(name)
    file = tmp_path / "page.html"
    file.write_text(
        f'<!doctype html><html lang="en-GB"><title>t</title><main><h1>A workflow</h1>{svg(workflow)}</main>',
        "utf-8",
    )

    page = browser.new_page()
    page.goto(file.as_uri())
    image = page.get_by_role("img", name=re.compile(re.escape(workflow.title)))

    assert image.count() == 1
    assert f"{len(workflow.states)} states" in page.locator("desc").text_content()
    assert violations(page) == []
    on_paper = "".join(part.extract_text() for part in printed(page).pages)
    assert all(
        word in on_paper.replace("\n", " ")
        for state in workflow.states.values()
        for word in state.title.split()
    )
    page.close()


# --- lanes and letters --------------------------------------------------------------------------------------

heights = st.integers(0, 500).map(float)
arrivals = st.lists(st.tuples(heights, st.lists(heights, min_size=1, max_size=4)), max_size=12)


@given(arrivals)
def test_in_a_lane_every_run_ends_before_the_next_begins(given_arrivals: Any) -> None:
    found = buses((y, tuple(map(Leaving, leaving))) for y, leaving in given_arrivals)

    lanes: dict[int, list[Any]] = {}
    for bus in found:
        lanes.setdefault(bus.lane, []).append(bus)

    assert len(found) == len(given_arrivals)
    assert sorted(lanes) == list(range(len(lanes)))
    for lane in lanes.values():
        lane.sort(key=lambda bus: bus.top)
        assert all(one.bottom < other.top for one, other in pairwise(lane))


@given(st.text(max_size=80), st.integers(60, 400), st.integers(0, 400))
def test_lines_keep_to_their_width_and_lose_no_letter(text: str, width: int, indent: int) -> None:
    lines = lines_of(text, width, 12, indent=indent)

    shown = "".join("".join(char if char.isprintable() else " " for char in text).split())
    assert "".join(lines).replace(" ", "") == shown
    assert all(width_of(line, 12) <= width for line in lines[1:])
    assert width_of(lines[0], 12) <= max(width - indent, 0)
