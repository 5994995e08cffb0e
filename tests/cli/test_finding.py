"""`loopengine find`: which cases meet a rule, which do not, and of which it cannot be told."""

from __future__ import annotations

from cli.conftest import CommandLine


def test_counts_come_first_then_each_group_and_what_to_ask(loop: CommandLine) -> None:
    yes, no, unknown = loop.case("harmed=yes"), loop.case("harmed=no"), loop.case()

    said = loop.rehearse("find", "review", "criteria")

    assert said.status == 0
    counts, *listed = said.out.split("\n\n")
    assert counts.splitlines() == [
        "criteria (review) on Mon 2017-01-09",
        "  yes         1",
        "  no          1",
        "  cannot tell 1",
    ]
    assert [each.splitlines()[0] for each in listed] == ["Yes", "No", "Cannot tell"]
    for part, case in zip(listed, (yes, no, unknown), strict=True):
        assert case in part
    assert "Was the child harmed?" in listed[2]
    assert f"loopengine record {unknown} harmed=ANSWER" in listed[2]


def test_no_more_are_shown_than_asked_for_and_all_are_counted(loop: CommandLine) -> None:
    first, second = loop.case("harmed=yes"), loop.case("harmed=yes")

    said = loop.rehearse("find", "review", "harmed", "--limit", "1")

    assert first in said.out
    assert second not in said.out
    assert "and 1 case more (see --limit)" in said.out
    assert loop.rehearse("find", "review", "harmed", "--limit", "few").status == 2


def test_it_can_be_asked_of_a_day_and_of_ended_cases(loop: CommandLine) -> None:
    case = loop.case("harmed=yes")
    loop.rehearse("withdraw", case, "--reason", "opened twice", "--role", "business_unit")
    rule = 'since("opened", "1 week")'

    assert loop.rehearse("find", "review", rule, "--json").json["no"]["count"] == 0
    assert loop.rehearse("find", "review", rule, "--all", "--json").json["no"]["count"] == 1
    later = loop.rehearse("find", "review", rule, "--all", "--on", "2017-01-16", "--json").json
    assert later["yes"]["cases"][0]["case"] == case


def test_what_had_to_be_looked_at_is_told(loop: CommandLine) -> None:
    loop.case("harmed=yes")

    said = loop.rehearse("find", "review", 'within_before(harmed, "6 months", told_on)')

    assert 'looked at   one by one, because of within_before(harmed, "6 months", …)' in said.out


def test_what_is_no_condition_is_refused_with_what_was_meant(loop: CommandLine) -> None:
    loop.case()

    wrong = loop.rehearse("find", "review", "harmd and concern")

    assert wrong.status == 2
    assert "no fact or rule is called 'harmd'" in wrong.err
    assert "did you mean 'harmed'?" in wrong.err
