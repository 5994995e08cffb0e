"""What we write for Mermaid, rendered by Mermaid itself: no error, and all is in the picture."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.npm import npm_file
from support.shipped import SHIPPED as FRAMEWORK

from loopengine.core.definitions import State, Step, Workflow
from loopengine.reports.captions import caption
from loopengine.reports.diagrams import mermaid

PAGE = '<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title><body></body></html>'
# What is drawn: the words in each box and on each arrow, in order.
RENDER = """async code => {
    const {svg} = await mermaid.render('drawn', code);
    const page = new DOMParser().parseFromString(svg, 'text/html');
    const said = e => e.innerHTML.replace(/<br[^>]*>|<\\/p>|<\\/tspan>/g, ' ').replace(/<[^>]*>/g, '');
    const area = document.createElement('textarea');
    const text = e => { area.innerHTML = said(e); return area.value; };
    const all = s => [...page.querySelectorAll(s)].map(text);
    return {boxes: all('g.node'), arrows: all('g.edgeLabel'), title: all('text[class*=Title]'),
            stages: all('.cluster-label'), failed: page.querySelector('.error-icon') !== null};
}"""


@pytest.fixture(scope="module")
def renders(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Mermaid in a page that can reach nothing else."""
    script = npm_file("mermaid/dist/mermaid.min.js")
    page = browser.new_page()
    file = Path(tmp_path_factory.mktemp("mermaid"), "page.html")
    file.write_text(PAGE, "utf-8")
    page.goto(file.as_uri())
    page.add_script_tag(path=str(script))
    page.evaluate("mermaid.initialize({startOnLoad: false, securityLevel: 'strict'})")
    yield lambda code: page.evaluate(RENDER, code)
    page.close()


def plain(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("name", FRAMEWORK.workflows)
def test_mermaid_draws_every_state_and_every_step_of_what_is_shipped(name: str, renders: Any) -> None:
    workflow = FRAMEWORK.workflow(name)

    seen = renders(mermaid(workflow))

    boxes = [plain(each) for each in seen["boxes"]]
    moves = [step for step in workflow.steps() if step.to != step.source]
    arrows = sorted(plain(each) for each in seen["arrows"] if each.strip())
    captions = [caption(step, workflow) for step in moves]
    assert not seen["failed"]
    assert [
        state.title
        for state in workflow.states.values()
        if not any(box.startswith(plain(state.title)) for box in boxes)
    ] == []
    assert arrows == sorted(plain("".join((each.event, *each.terms))) for each in captions)
    assert plain(workflow.title) in map(plain, seen["title"])
    assert sorted(plain(each) for each in seen["stages"] if each.strip()) == sorted(
        {
            plain(state.stage.replace("_", " ").capitalize())
            for state in workflow.states.values()
            if state.stage
        }
    )


def test_what_is_no_mermaid_is_refused_so_that_the_test_above_would_fail(renders: Any) -> None:
    from playwright.sync_api import Error

    with pytest.raises(Error):
        renders(mermaid(FRAMEWORK.workflow("challenge")) + "  first -->\n")


@pytest.mark.parametrize(
    "title",
    [
        'a; b: "c" #35; # d --> e',
        "<b>bold</b> <script>alert(1)</script> & &amp; &#60;",
        "wind direction LR",
        "%%{init: {'theme': 'dark'}}%% %% comment",
        "[[fork]] <<choice>> [a](b) www.example.com",
        "1. *one* _two_ `three`",
        "- dash ::: class",
    ],
)
def test_mermaid_shows_a_hostile_title_as_it_is(title: str, renders: Any) -> None:
    step = Step("go", "first", "last")
    states = {"first": State("first", title, steps={"go": step}), "last": State("last", "Last", final=True)}
    workflow = Workflow("drawn", 1, "Drawn", "DRN", "first", {}, {}, states)

    seen = renders(mermaid(workflow))

    assert plain(title) in [plain(each) for each in seen["boxes"]]
