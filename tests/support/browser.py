"""Pages as a reader meets them: in headless Chromium, at several sizes, by keyboard, on paper, and by axe.

For a test module: `browser` is a fixture of tests/conftest.py; the rest is called with what it gives.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from html5lib import HTMLParser
from playwright.sync_api import Browser, Page, sync_playwright
from pypdf import PdfReader

# Width and height in CSS pixels; a window of 1280 at 400 % zoom is 320 wide.
SIZES = {"desktop": (1280, 900), "phone": (390, 844), "zoomed": (320, 640)}
# On Debian's terms: no sandbox for root, and nothing asked of the network behind our back.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class Sight:
    """An open page, and what it has done since: what it asked for, what of that was *stopped* and by what,
    and the dialogs that it opened.
    """

    page: Page
    requests: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    stopped: dict[str, str] = field(default_factory=dict)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, headless; the test is skipped where it is missing."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("needs chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, headless=True, args=FLAGS)
        yield started
        started.close()


@contextmanager
def opened(browser: Browser, file: Path, size: str = "desktop") -> Iterator[Sight]:
    """The page in *file*, in a window of that *size*."""
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="en-GB")
    page = context.new_page()
    sight = Sight(page)

    def dismissed(dialog: object) -> None:
        sight.dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("request", lambda request: sight.requests.append(request.url))
    page.on("requestfailed", lambda request: sight.stopped.update({request.url: request.failure}))
    page.on("dialog", dismissed)
    page.on("pageerror", lambda error: sight.errors.append(str(error)))
    page.goto(file.resolve().as_uri())
    yield sight
    context.close()


def violations(page: Page) -> list[str]:
    """What axe finds wrong with *page*: each rule, and where."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
    return [
        f"{each['id']}: {node['target']} {node.get('failureSummary', '')}"
        for each in found.response["violations"]
        for node in each["nodes"]
    ]


def too_wide(page: Page) -> list[str]:
    """Whatever makes *page* scroll sideways: nothing, if it does not."""
    width = page.viewport_size["width"] if page.viewport_size else 0
    if page.evaluate("document.scrollingElement.scrollWidth") <= width:
        return []
    return page.evaluate(
        """width => [...document.querySelectorAll('body *')]
            .filter(e => e.getBoundingClientRect().right > width + 0.5)
            .map(e => e.tagName + '.' + e.className + ': ' + e.textContent.trim().slice(0, 40))
            .slice(0, 10)""",
        width,
    )


def tab_stops(page: Page) -> list[str]:
    """What the Tab key comes to, from the top of *page* to its end; each must show that it has the focus."""
    stops: list[str] = []
    expected = page.locator("a[href]:visible, summary:visible, [tabindex='0']:visible").count()
    for _ in range(expected + 1):
        page.keyboard.press("Tab")
        stop = page.evaluate(
            """() => {
                const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
                if (e === document.body) return null;
                const shown = s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2
                    && r.width > 0 && r.bottom > 0 && r.top < innerHeight;
                return (shown ? '' : 'UNSEEN ') + e.tagName.toLowerCase() + ' ' + e.textContent.trim();
            }"""
        )
        if stop is None:
            break
        stops.append(stop)
    return stops


def printed(page: Page) -> PdfReader:
    """*page* on paper, of the size and the way round that it asks for."""
    return PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True, print_background=True)))


def malformed(html: str) -> list[str]:
    """What is wrong with *html* by the standard's own parser, and the ids that it gives twice."""
    parser = HTMLParser(strict=False)
    tree = parser.parse(html)
    faults = [f"line {place[0]}: {code} {data}" for place, code, data in parser.errors]
    ids = [each.get("id") for each in tree.iter() if each.get("id")]
    return faults + sorted({f"the id {each!r} is given twice" for each in ids if ids.count(each) > 1})
