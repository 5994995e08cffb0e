"""What every page has: words that come out as text, days in words, and a harness that finds what is wrong."""

from datetime import UTC, date, datetime

import pytest
from jinja2 import UndefinedError
from support.browser import malformed, opened, printed, tab_stops, too_wide, violations

from loopengine.reports import pages
from loopengine.reports.pages import Imprint, days_left_words, page, seen

MADE, AS_OF = datetime(2017, 1, 9, 9, tzinfo=UTC), datetime(2017, 7, 9, 9, 30, tzinfo=UTC)
IMPRINT = Imprint("A board & its partners", MADE, AS_OF)
EMPTY = '{% extends "base.html" %}{% block title %}A page{% endblock %}{% block main %}'
SOUND = f'{EMPTY}<h1>A page</h1><p><a href="#main">Up</a></p>{{% endblock %}}'


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Make a page of a template that is written here, and put it in a file."""

    def made(source, **values):
        folder = tmp_path / "templates"
        if not folder.exists():
            folder.mkdir()
            for each in pages.TEMPLATES.iterdir():
                (folder / each.name).write_bytes(each.read_bytes())
        (folder / "made.html").write_text(source, "utf-8")
        monkeypatch.setattr(pages, "TEMPLATES", folder)
        pages._environment.cache_clear()
        file = tmp_path / "page.html"
        file.write_text(page("made.html", values.pop("imprint", IMPRINT), **values), "utf-8")
        return file

    yield made
    pages._environment.cache_clear()


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-1, "1 working day late"),
        (-12, "12 working days late"),
        (0, "no working day left"),
        (1, "1 working day left"),
        (1200, "1,200 working days left"),
    ],
)
def test_days_left_are_said_in_words(days, words):
    assert days_left_words(days) == words


def test_days_and_moments_are_said_as_london_says_them(made):
    source = f"{EMPTY}{{{{ on|day }}}}, {{{{ on|short_day }}}}{{% endblock %}}"

    html = made(source, on=date(2017, 1, 9)).read_text("utf-8")

    assert '<time datetime="2017-01-09">9 January 2017</time>' in html
    assert '<time datetime="2017-01-09">Mon 9 Jan 2017</time>' in html
    assert '<time datetime="2017-07-09T10:30+01:00">9 July 2017, 10:30</time>' in html  # summer time


def test_what_acts_unseen_is_shown_and_lines_stay_lines():
    assert seen("a\x00b\u202ec\u2028d\ud800e\nf\tg\u200dh") == "a\\x00b\\u202ec\\u2028d\\ud800e\nf\tg\u200dh"


@pytest.mark.parametrize("filter_", ["", "|said"])
def test_whatever_is_printed_is_text(made, browser, filter_):
    source = f"{EMPTY}<p title='{{{{ text }}}}'>{{{{ text{filter_} }}}}</p>{{% endblock %}}"
    text = "<script>alert(1)</script><img src=x onerror=alert(2)>'\" onload=alert(3) &amp; \x1b[31m\u202e"

    with opened(browser, made(source, text=text)) as sight:
        sight.page.wait_for_timeout(100)

        assert sight.page.locator("main p").inner_text() == seen(text)
        assert sight.page.locator("main p").get_attribute("title") == seen(text)
        assert sight.dialogs == sight.errors == []
        assert sight.page.locator("script, main img").count() == 0


def test_what_is_printed_is_escaped_even_where_nobody_looks_at_it():
    assert pages._environment().autoescape is True


def test_a_page_cannot_print_what_nobody_gave_it(made):
    with pytest.raises(UndefinedError, match="nobody"):
        made(f"{EMPTY}{{{{ nobody }}}}{{% endblock %}}")
    with pytest.raises(ValueError, match="cannot print None"):
        made(f"{EMPTY}{{{{ nothing }}}}{{% endblock %}}", nothing=None)


@pytest.mark.parametrize("size", ["desktop", "phone", "zoomed"])
def test_what_every_page_has_is_sound(made, browser, size):
    with opened(browser, made(SOUND), size) as sight:
        assert violations(sight.page) == []
        assert too_wide(sight.page) == []
        assert tab_stops(sight.page) == ["a Skip to the main content", "a Up"]
        assert sight.page.title() == "A page"
        assert sight.page.locator("html").get_attribute("lang") == "en-GB"


def test_a_page_loads_nothing_and_could_not(made, browser):
    tries = (
        '<img src="https://elsewhere.example/a.png" alt=""><iframe src="https://elsewhere.example/b"></iframe>'
        '<script>alert("ran")</script><style>@import "https://elsewhere.example/c.css";</style>'
    )
    sound = made(SOUND)
    with opened(browser, sound) as sight:
        assert sight.requests == [sound.as_uri()]

    with opened(browser, made(f"{EMPTY}<h1>A page</h1>{tries}{{% endblock %}}")) as sight:
        sight.page.wait_for_timeout(100)

        assert sight.dialogs == []
        assert {sight.stopped[each] for each in sight.requests if each.startswith("http")} == {"csp"}


def test_a_rehearsal_says_so_at_both_ends(made):
    rehearsal = Imprint("A board", MADE, AS_OF, rehearsal=True)

    assert made(SOUND).read_text("utf-8").count("synthetic") == 0
    assert made(SOUND, imprint=rehearsal).read_text("utf-8").count("synthetic") == 2


# The harness itself: what it is there to find, it finds.


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        ('<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">', "image-alt"),
        ('<p style="color: #bbb">Pale</p>', "color-contrast"),
        ("<table><tr><th></th></tr><tr><td>1</td></tr></table>", "empty-table-header"),
        ('<svg role="img"><rect width="5" height="5"/></svg>', "svg-img-alt"),
        ('<p><a href="#main"></a></p>', "link-name"),
    ],
)
def test_axe_finds_a_fault_that_was_planted(made, browser, fault, rule):
    with opened(browser, made(f"{EMPTY}<h1>A page</h1>{fault}{{% endblock %}}")) as sight:
        assert [each.partition(":")[0] for each in violations(sight.page)] == [rule]


def test_what_is_too_wide_is_found(made, browser):
    wide = f'{EMPTY}<p class="wide" style="width: 400px">Wide</p>{{% endblock %}}'

    with opened(browser, made(wide), "zoomed") as sight:
        assert too_wide(sight.page) == ["P.wide: Wide"]


def test_a_focus_that_cannot_be_seen_is_found(made, browser):
    with opened(browser, made(SOUND.replace("<a href", '<a style="outline: none" href'))) as sight:
        assert tab_stops(sight.page) == ["a Skip to the main content", "UNSEEN a Up"]


def test_malformed_html_is_found(made):
    assert malformed(made(SOUND).read_text("utf-8")) == []
    assert malformed("<!doctype html><title>A</title><p id=a><b></p><p id=a>") != []
    assert malformed("<!doctype html><title>A</title><p id=a><p id=a>") == ["the id 'a' is given twice"]


def test_a_page_is_printed_on_a4(made, browser):
    with opened(browser, made(SOUND)) as sight:
        (sheet,) = printed(sight.page).pages

    assert [round(float(each) / 72 * 25.4) for each in sheet.mediabox[2:]] == [210, 297]
    assert "A board & its partners" in sheet.extract_text()
