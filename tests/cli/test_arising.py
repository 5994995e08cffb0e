"""What has arisen, on the command line: shown, told in a history and by a sweep, and warned of."""

from support.small import REVIEW

STANDING = """\
standing:
  grave:
    title: The facts of regulation 5
    when: harmed and concern
    opens: {workflow: review, link: arises_from}
    source: local
  old: {when: 'since(told_on, "2 months")', tell: [owner, executive], source: local}
  met: {when: criteria, tell: executive, source: local}
states:
"""


def lay_down(loop, **changed):
    """Give the command line the small framework with another review."""
    text = REVIEW.replace("states:\n", STANDING, 1)
    for old, new in changed.items():
        text = text.replace(old, new)
    (loop.workflows / "review.yaml").write_text(text, "utf-8")


def test_a_case_shows_what_has_arisen_and_its_history_when(loop):
    lay_down(loop)
    case = loop.case("harmed=yes", "told_on=2017-01-02")
    loop.rehearse("record", case, "concern=yes")
    loop.rehearse("record", case, "harmed=no")

    shown = loop.rehearse("show", case)
    history = loop.rehearse("history", case).out

    assert "What has arisen\n" in shown.out
    assert "Mon 2017-01-09  The facts of regulation 5 (grave)" in shown.out
    assert "(met)" not in shown.out
    assert loop.rehearse("show", case, "--json").json["standing"] == [
        {"name": "grave", "title": "The facts of regulation 5", "since": "2017-01-09"}
    ]
    assert "AROSE grave; opened REV-2017-002" in history
    assert "AROSE met; told executive" in history
    assert "no longer met; told executive" in history
    lines = loop.rehearse("history", case, "--json").json
    assert [line["standing"] for line in lines if line["kind"] == "arose"] == ["met", "grave"]


def test_a_sweep_says_what_time_has_let_arise(loop):
    lay_down(loop)
    loop.case("told_on=2017-01-09")

    swept = loop.rehearse("sweep", "--dry-run", now="2017-03-20T09:00Z")

    assert "AROSE old" in swept.out
    done = loop.rehearse("sweep", "--json", now="2017-03-20T09:00Z").json["done"]
    arose = next(each for each in done if each["kind"] == "arose")
    assert (arose["standing"], arose["told"]) == ("old", ["business_unit", "executive"])


def test_an_event_that_opens_too_many_is_warned_of(loop):
    lay_down(loop, **{"{actions: action}": "{actions: {workflow: action, warn_above: 1}}"})
    case = loop.case("harmed=yes")
    loop.rehearse("fire", case, "accept", "--role", "independent_chair")
    loop.rehearse("fire", case, "propose", "--role", "lead_reviewer")

    fired = loop.rehearse("fire", case, "propose", "--role", "lead_reviewer", "--json")

    warning = "REV-2017-001 has 2 actions, and more than 1 are many"
    assert fired.json["warnings"] == [warning]
    assert warning in fired.err
