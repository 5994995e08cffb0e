"""The page of one case: that all of its history is on it, in words and in order, as text, for everybody."""

from datetime import date, timedelta

import pytest
from support.browser import SIZES, malformed, opened, printed, tab_stops, too_wide, violations
from support.inquiries import inquiries
from support.seen import HELD, HOSTILE, LONG, RIGHT_TO_LEFT, TITLE, board
from support.shipped import SHIPPED
from support.small import TEXTS, UNIT, framework
from support.small import engine as small_engine

from loopengine.cli.demo import Silence
from loopengine.cli.story import Story
from loopengine.clock import FrozenClock
from loopengine.reports.case_page import case_page, report_of
from loopengine.reports.pages import Imprint, seen


def html_of(engine, case, **as_of):
    dossier = engine.dossier(case, **as_of)
    now = engine.clock.now()
    return case_page(report_of(dossier), Imprint(dossier.found.framework.title, now, now))


@pytest.fixture(scope="module")
def looked_at():
    return board()


@pytest.fixture(scope="module")
def file(looked_at, tmp_path_factory):
    """The page of the case in which most has happened, in a file."""
    path = tmp_path_factory.mktemp("case") / "case.html"
    path.write_text(html_of(*looked_at), "utf-8")
    return path


@pytest.fixture(scope="module")
def review():
    """The review of the demonstration."""
    clock = FrozenClock("2017-01-09T09:00Z")
    engine = small_engine(clock=clock, of=SHIPPED)
    return engine, Story(engine, clock, Silence()).run()


@pytest.fixture(scope="module")
def review_file(review, tmp_path_factory):
    path = tmp_path_factory.mktemp("review") / "review.html"
    path.write_text(html_of(*review), "utf-8")
    return path


# What is on it.


def test_it_says_on_top_for_whom_it_is(browser, file):
    with opened(browser, file) as sight:
        said = sight.page.locator("main").inner_text()

    assert said.startswith("Only for those who may see this case.")


def test_every_entry_is_there_once_and_in_order(browser, review, review_file):
    engine, case = review
    lines = engine.history(case)

    with opened(browser, review_file) as sight:
        shown = sight.page.locator("ol.timeline > li")
        days = [each.get_attribute("datetime") for each in sight.page.locator(".when > time").all()]
        ids = [each.get_attribute("id") for each in shown.all()]

    assert ids == [f"entry-{line.entry.n}" for line in lines]
    assert days == [line.entry.so_on.isoformat() for line in lines]


def test_what_was_recorded_on_another_day_says_when(review):
    moments = report_of(review[0].dossier(review[1])).moments

    reminded = next(each for each in moments if each.kind == "reminded")
    assert (reminded.so_on, reminded.recorded_at.date()) == (date(2017, 3, 31), date(2017, 4, 7))
    assert moments[0].recorded_at is None


def test_a_decision_is_told_with_its_rule_its_authority_and_what_was_known_then(browser, review_file):
    with opened(browser, review_file) as sight:
        refusal = sight.page.locator("#entry-7")
        refusal.locator("summary").click()
        said = refusal.inner_text()

    assert "Refused: " in said
    assert "Alex (Independent Chair), as Independent Chair" in said
    assert "REFUSED BECAUSE" in said.upper()
    assert "Reason: No concern has been shown." in said
    assert "Local Safeguarding Children Boards Regulations 2006 (SI 2006/90), regulation 5(2)" in said
    assert "abuse or neglect: not recorded" in said  # it was recorded later


def test_what_was_known_is_told_with_who_had_said_it(browser, review_file):
    with opened(browser, review_file) as sight:
        refusal = sight.page.locator("#entry-11")
        refusal.locator("summary").click()

        assert "abuse or neglect: suspected (Morgan (Business Manager), 23 January 2017)" in (
            refusal.inner_text()
        )


def test_facts_are_told_as_questions_with_their_answers(review):
    moments = report_of(review[0].dossier(review[1])).moments

    answers = {one.ask: one.answer for each in moments for one in each.answers}

    assert answers["Which agencies were involved with the child or the family?"] == (
        "Children's social care, Hospital trust, Police"
    )
    assert answers["When was the board notified of the incident?"] == "9 January 2017"


def test_what_was_opened_and_who_was_told_are_said(review):
    moments = report_of(review[0].dossier(review[1])).moments

    assert [each for moment in moments for each in moment.opened] == [
        *("LP-2017-001", "LP-2017-002", "ACT-2017-001", "ACT-2017-002")
    ]
    assert next(each for each in moments if each.kind == "overdue").told == ("Business Unit of the board",)


def test_days_in_stages_add_up_to_the_life_of_the_case(review):
    report = report_of(review[0].dossier(review[1]))

    life = report.dossier.file.today - report.dossier.file.case.opened_on
    assert sum(each.days for each in report.stages) == sum(each.days for each in report.stays) == life.days
    assert [each.stage for each in report.stages] == [
        *("Referral", "Decision", "Review", "Learning identified", "Disseminated", "Embedded", "Evaluated")
    ]


def test_what_was_struck_out_says_so_in_words(browser, looked_at, tmp_path):
    engine, _ = looked_at
    case = next(
        each.reference
        for each in engine.cases()
        if any(line.undone_by is not None for line in engine.history(each))
    )
    path = tmp_path / "case.html"
    path.write_text(html_of(engine, case), "utf-8")
    struck = next(line for line in engine.history(case) if line.undone_by is not None)

    with opened(browser, path) as sight:
        said = sight.page.locator(f"#entry-{struck.entry.n}").inner_text()
        righted = sight.page.locator(f"#entry-{struck.undone_by}").inner_text()

    assert f"struck out by entry {struck.undone_by}" in said
    assert "Put right: Think is undone" in righted


def test_it_is_told_as_it_was_known_then(looked_at):
    engine, case = looked_at
    then = engine.clock.now() - timedelta(days=53)

    before = html_of(engine, case, as_of=then)

    assert "Refused: Decline" in before
    assert "Hold released" not in before


def test_every_kind_of_entry_has_words_of_its_own():
    clock = FrozenClock("2017-01-09T09:00Z")
    engine = small_engine(clock=clock)
    case, other = (engine.open("review", {"harmed": True}, by=UNIT) for _ in range(2))
    engine.record(case, {"harmed": None}, by=UNIT, correction=True)
    engine.merge(case, other, by=UNIT, reason="the same")
    engine.withdraw(other, by=UNIT, reason="opened twice")
    taken = engine.adopt("review", {}, by=UNIT, state="reviewing", on=date(2016, 1, 4), happened={})

    told = [report_of(engine.dossier(each.reference)).moments for each in (case, other, taken)]

    assert [[each.what for each in moments] for moments in told] == [
        ["Opened", "Corrected: what was on file was wrong", f"Merged into {other}"],
        ["Opened", "Withdrawn: it was opened in error"],
        ["Taken over in the middle of its way"],
    ]
    assert told[0][1].answers[0].answer == "Asked, and not known"


# Its clocks.


def test_clocks_are_drawn_with_what_was_held_and_what_is_late(looked_at):
    chart = report_of(looked_at[0].dossier(looked_at[1])).chart

    (bar,) = chart.bars
    assert bar.stopped == date(2017, 1, 17)
    assert bar.held == (HELD,)
    assert {each.part for each in bar.pieces} == {"ran", "held"}


def test_a_late_clock_is_drawn_past_its_day_until_today(looked_at):
    engine, _ = looked_at
    late = next(each.case.reference for each in engine.due() if each.late and each.case.workflow == "review")
    chart = report_of(engine.dossier(late)).chart

    (bar,) = chart.bars
    overrun = next(each for each in bar.pieces if each.part == "late")
    assert bar.standing == "late"
    assert "working days late" in bar.words
    assert overrun.x == bar.due_x
    assert overrun.x + overrun.wide == pytest.approx(chart.today_x, abs=0.05)


def test_a_clock_that_is_late_and_held_says_that_it_stands_still():
    clock = FrozenClock("2017-01-09T09:00Z")
    engine = small_engine(clock=clock, of=inquiries())
    case = engine.open("inquiry", by=UNIT)
    clock.advance(days=17)
    engine.hold(case, "strike", by=UNIT, reason="as agreed")
    clock.advance(days=17)

    bars = report_of(engine.dossier(case.reference)).chart.bars

    said = {bar.title: (bar.standing, bar.words) for bar in bars}
    assert said["Answer"] == ("late", "3 working days late, standing still")
    assert said["Tidy"] == ("late", "15 working days late")


@pytest.mark.parametrize("due_on", [date.min, date(1017, 1, 9), date(2170, 1, 9), date.max])
def test_a_day_mistyped_by_centuries_is_drawn_as_any_other(due_on):
    review = TEXTS["review.yaml"].replace("{within: 1 month, from: told_on,", "{due: told_on,")
    engine = small_engine(of=framework(review=review))
    case = engine.open("review", {"told_on": due_on}, by=UNIT)

    chart = report_of(engine.dossier(case)).chart

    assert len(chart.bars) == 1
    assert 2 <= len(chart.ticks) <= 5
    assert all(0 <= place <= 100 for place, _ in chart.ticks)


def test_the_picture_says_in_words_what_it_shows_and_a_table_says_the_same(browser, review, review_file):
    clocks = review[0].case(review[1]).clocks

    with opened(browser, review_file) as sight:
        pictures = sight.page.locator("svg.bar[role=img]").all()
        said = [each.evaluate("each => each.querySelector('title').textContent") for each in pictures]
        rows = sight.page.locator("section[aria-labelledby=clocks] table tbody tr").all_inner_texts()

    assert len(said) == len(rows) == len(clocks)
    assert all("began on " in each and "due on " in each for each in said)
    due = {f"{clock.due.on.day} {clock.due.on:%B %Y}" for clock in clocks}
    assert all(any(day in row for row in rows) for day in due)


# How it is read.


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("which", ["file", "review_file"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(browser, size, which, request):
    with opened(browser, request.getfixturevalue(which), size) as sight:
        sight.page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")

        assert violations(sight.page) == []
        assert too_wide(sight.page) == []


def test_it_is_well_formed(file, review_file):
    assert malformed(file.read_text("utf-8")) == []
    assert malformed(review_file.read_text("utf-8")) == []


def test_hostile_words_are_text_and_nothing_runs_or_loads(browser, file):
    with opened(browser, file) as sight:
        sight.page.wait_for_timeout(100)
        said = sight.page.locator("main").inner_text()

        assert [each for each in (*HOSTILE, TITLE, HELD) if seen(each) not in said] == []
        assert sight.dialogs == sight.errors == []
        assert sight.requests == [file.as_uri()]
        assert sight.page.locator("script, main img, main b, main i").count() == 0


def test_a_name_that_runs_from_right_to_left_turns_nothing_around_it(browser, file):
    with opened(browser, file) as sight:
        words = sight.page.locator("bdi", has_text="محمد").first

        assert words.inner_text() == seen(RIGHT_TO_LEFT)
        assert sight.page.locator("main").evaluate("each => getComputedStyle(each).direction") == "ltr"


def test_the_keyboard_comes_to_every_part_and_every_rule(browser, review_file):
    with opened(browser, review_file) as sight:
        stops = tab_stops(sight.page)
        summaries = sight.page.locator("summary").count()

    assert stops[:2] == ["a Skip to the main content", "a Clocks"]
    assert [each for each in stops if each.startswith("UNSEEN")] == []
    assert sum(each.startswith("summary") for each in stops) == summaries > 10


def test_on_paper_it_is_a4_and_nothing_is_cut(browser, file, looked_at):
    with opened(browser, file) as sight:
        sheets = printed(sight.page).pages

    text = "".join(each.extract_text() for each in sheets)
    assert {tuple(round(float(side) / 72 * 25.4) for side in each.mediabox[2:]) for each in sheets} == {
        (210, 297)
    }
    # An answer and its evidence, on file and in what happened; where a page ends, a word may be in two parts.
    words = text.replace("\n", "").count("unbroken")
    assert 0 <= 4 * LONG.count("unbroken") - words < len(sheets)
    for line in looked_at[0].history(looked_at[1]):
        assert f"{line.entry.so_on.day} {line.entry.so_on:%B %Y}" in text
