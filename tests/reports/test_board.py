"""The board page: that its numbers are those of the engine, and that everybody can read it."""

from collections import Counter
from datetime import timedelta

import pytest
from support.browser import SIZES, malformed, opened, printed, tab_stops, too_wide, violations
from support.inquiries import INQUIRY, inquiries
from support.seen import HELD, TITLE, board, framework
from support.small import UNIT
from support.small import engine as small_engine

from loopengine.clock import FrozenClock
from loopengine.reports.board_page import board_page
from loopengine.reports.gathering import MOST_BENEATH, board_of
from loopengine.reports.pages import Imprint


@pytest.fixture(scope="module")
def engine():
    return board()[0]


@pytest.fixture(scope="module")
def found(engine):
    return gathered(engine)


def gathered(engine, limit=200, **only):
    return board_of(engine.survey(open_only=True), limit=limit, **only)


def html_of(engine, board):
    now = engine.clock.now()
    return board_page(board, Imprint(engine.framework.title, now, now, engine.rehearsal))


@pytest.fixture(scope="module")
def file(engine, found, tmp_path_factory):
    """The page in a file."""
    path = tmp_path_factory.mktemp("board") / "board.html"
    path.write_text(html_of(engine, found), "utf-8")
    return path


def tops(engine):
    """Each open case with the one at the top of its family, as `list` and nothing else says it."""
    cases = {each.reference: each for each in engine.cases(open_only=True)}

    def top(case):
        return top(cases[case.parent]) if case.parent in cases else case

    return {reference: top(case) for reference, case in cases.items()}


# What is on it.


def test_the_counts_are_those_of_list_due_and_show(engine, found):
    above, pressing = tops(engine), {}
    for due in engine.due():
        pressing.setdefault(due.case.reference, []).append(due)
    expected = {}
    for reference, top in above.items():
        counts = expected.setdefault(top.stage, Counter())
        counts["cases" if top.reference == reference else "beneath"] += 1
        dues = pressing.get(reference, ())
        late = any(each.late for each in dues)
        counts["late"] += late
        counts["due_soon"] += not late and any(not each.clock.held and each.days <= 10 for each in dues)
        counts["held"] += bool(engine.case(reference).holds)

    told = {each["stage"]: each for each in found.to_json()["stages"] if each["cases"]}

    assert {
        stage: Counter({key: counts[key] for key in ("cases", "beneath", "late", "due_soon", "held")})
        for stage, counts in told.items()
    } == expected
    assert found.to_json()["cases"] + found.to_json()["beneath"] == len(above)
    assert 0 not in (found.counts.late, found.counts.soon, found.counts.held, found.counts.beneath)


def test_every_row_says_where_its_case_stands_and_by_when(engine, found):
    rows = [each.head for section in found.sections for each in section.families]
    first = {}
    for due in engine.due():  # late ones first, then by the day
        first.setdefault(due.case.reference, due)

    assert {row.case: (row.state, row.doing, row.stage) for row in rows} == {
        top.reference: (top.state, top.doing, top.stage) for top in tops(engine).values()
    }
    assert {row.case: (row.next_due.due, row.next_due.days) for row in rows if row.next_due} == {
        case: (due.clock.due.on, due.days)
        for case, due in first.items()
        if case in {row.case for row in rows}
    }


def test_the_stages_stand_in_the_order_of_the_loop_and_what_has_none_comes_last(found):
    assert [each.title for each in found.sections] == [
        *("Referral", "Decision", "Review", "Learning identified", "Disseminated", "Embedded", "Evaluated"),
        "In no stage of the loop",
    ]


def test_the_most_pressing_case_comes_first_and_what_stands_still_last(found):
    referral = found.sections[0]

    assert [each.head.standing for each in referral.families] == ["late", "soon", "held", "none"]


def test_a_case_is_as_pressing_as_what_stands_beneath_it(engine, found):
    (busy,) = found.sections[2].families

    assert busy.head.standing == "none"
    assert busy.late_beneath == 3  # due on 1, 3 and 5 March
    assert busy.urgency == busy.pressing[0].urgency < busy.head.urgency
    assert [each.standing for each in busy.pressing[:6]] == ["late"] * 3 + ["soon"] * 3
    assert busy.counts.beneath == 10
    assert len(busy.pressing) == MOST_BENEATH


def test_a_case_whose_parent_has_ended_stands_by_itself(found):
    (alone,) = found.sections[-1].families

    assert alone.head.title == "Action"
    assert alone.head.under is not None


def test_a_hold_is_named_and_its_deadline_is_due_on_no_day(found, file):
    held = next(each.head for each in found.sections[0].families if each.head.holds)

    assert held.holds == held.next_due.held == (HELD,)
    assert not held.next_due.late
    assert "standing still, " in file.read_text("utf-8")


@pytest.mark.parametrize(("hold", "said"), [("strike", "4 late"), ("court", "3 late, standing still")])
def test_a_case_that_is_late_and_on_hold_says_both(hold, said):
    """A hold keeps still what its file names: another deadline becomes later from day to day."""
    court = "  court: {stops: [answer, write, report, tidy], source: local}\nstates:"
    clock = FrozenClock("2017-01-09T09:00Z")
    engine = small_engine(clock=clock, of=inquiries(INQUIRY.replace("states:", court)))
    case = engine.open("inquiry", by=UNIT)
    clock.advance(days=17)
    engine.hold(case, hold, by=UNIT, reason="as agreed")
    clock.advance(days=1)

    page = " ".join(html_of(engine, gathered(engine)).split())

    assert f"on hold: {hold}" in page
    assert f"{said}</span>" in page


def test_of_many_cases_the_most_pressing_are_shown_and_all_are_counted(engine, found):
    few = gathered(engine, limit=1)

    assert few.counts == found.counts
    assert [len(each.families) for each in few.sections] == [1, 0, 1, 0, 0, 0, 0, 1]
    assert few.sections[0].families[0] == found.sections[0].families[0]
    html = html_of(engine, few)
    assert "The 1 most pressing of 4 cases are shown." in html
    assert "loopengine board --limit 4" in html
    assert "loopengine board --limit" not in html_of(engine, found)


def test_a_group_sees_each_case_in_which_the_move_is_its_own(engine):
    police = gathered(engine, only="police", whose="Police")
    unit = gathered(engine, only="business_unit", whose="Business Unit")
    shown = {each.head.case for section in unit.sections for each in section.families}

    assert police.counts.cases == 6
    assert police.counts.beneath == 0
    assert {each.head.whose for section in police.sections for each in section.families} == {("Police",)}
    theirs = {each.case.reference for each in engine.due() if "business_unit" in each.whose}
    owned = {each.case.reference for each in engine.survey(open_only=True) if "business_unit" in each.owners}
    assert shown == theirs | owned
    assert "Open cases: Police" in html_of(engine, police)


def test_the_board_is_told_as_it_was_known_then(engine):
    then = engine.clock.now() - timedelta(days=50)

    before = board_of(engine.survey(open_only=True, as_of=then), limit=200)

    assert before.counts.late == 0
    assert before.counts.cases == len(engine.cases(open_only=True, as_of=then)) == 5


def test_a_board_without_cases_says_so(browser, tmp_path):
    engine = small_engine(clock=FrozenClock("2017-01-09T09:00Z"), of=framework())
    path = tmp_path / "board.html"
    path.write_text(html_of(engine, gathered(engine)), "utf-8")

    with opened(browser, path) as sight:
        assert "No case is open." in sight.page.locator("main").inner_text()
        assert violations(sight.page) == []


def test_no_free_text_and_no_name_of_a_person_is_on_it(engine, file):
    html = file.read_text("utf-8")
    written = {
        str(each)
        for found in engine.survey(histories=True)
        for line in found.lines
        for each in (line.by, line.reason, line.evidence(), *line.texts.values())
        if each and each != "loopengine"
    }

    assert UNIT.name in written
    assert [each for each in written if each[:30] in html] == []


# How it is read.


@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(browser, file, size):
    with opened(browser, file, size) as sight:
        sight.page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")

        assert violations(sight.page) == []
        assert too_wide(sight.page) == []


def test_it_is_well_formed(file):
    assert malformed(file.read_text("utf-8")) == []


def test_hostile_titles_are_text_and_nothing_runs_or_loads(browser, file):
    with opened(browser, file) as sight:
        sight.page.wait_for_timeout(100)

        assert TITLE in sight.page.locator("main").inner_text()
        assert HELD in sight.page.locator("main").inner_text()
        assert sight.dialogs == sight.errors == []
        assert sight.requests == [file.as_uri()]
        assert sight.page.locator("script, main b, main i").count() == 0


def test_the_keyboard_comes_to_every_stage_and_every_family(browser, file):
    with opened(browser, file) as sight:
        stops = tab_stops(sight.page)
        sight.page.locator("summary").first.focus()
        sight.page.keyboard.press("Enter")

        assert stops[0] == "a Skip to the main content"
        assert stops[1:4] == ["a Referral", "a Review", "a In no stage of the loop"]
        assert [each.startswith("summary 10 open cases beneath it") for each in stops[4:]] == [True]
        assert sight.page.locator("details[open] table").is_visible()


def test_a_link_to_a_stage_leads_there(browser, file):
    with opened(browser, file, "phone") as sight:
        sight.page.get_by_role("link", name="Review").click()

        assert sight.page.locator("h2#stage-review").bounding_box()["y"] < 200


@pytest.mark.parametrize("size", ["phone", "zoomed"])
def test_on_a_narrow_screen_each_value_says_what_it_is(browser, file, size):
    with opened(browser, file, size) as sight:
        cell = sight.page.locator("table.cases td[data-label='Whose move']").first

        assert cell.evaluate("each => getComputedStyle(each, '::before').content") == '"Whose move: "'
        assert cell.evaluate("each => getComputedStyle(each).display") == "block"


def test_on_paper_it_is_a4_landscape_with_its_headings_repeated_and_nothing_cut(browser, engine, tmp_path):
    many = small_engine(clock=FrozenClock("2017-01-09T09:00Z"), of=framework())
    cases = [many.open("review", {"harmed": True}, by=UNIT).reference for _ in range(60)]
    path = tmp_path / "board.html"
    path.write_text(html_of(many, gathered(many)), "utf-8")

    with opened(browser, path) as sight:
        sheets = printed(sight.page).pages

    texts = [each.extract_text() for each in sheets]
    assert {tuple(round(float(side) / 72 * 25.4) for side in each.mediabox[2:]) for each in sheets} == {
        (297, 210)
    }
    assert len(texts) > 3
    assert all("Where it stands" in text for text in texts if "REV-2017" in text)
    assert [case for case in cases if sum(case in text for text in texts) != 1] == []
    # A row is on one page: whoever is at its beginning is there at its end.
    assert all(text.count("REV-2017") == text.count("& more") for text in texts)
