"""What YAML is read as, and where it says that everything stands."""

from textwrap import dedent

import pytest
import yaml

from loopengine.core.files import yaml_nodes
from loopengine.core.files.yaml_nodes import LARGEST, MOST_PROBLEMS, read_document


@pytest.fixture(params=sorted({"CSafeLoader", "SafeLoader"} & set(dir(yaml))), autouse=True)
def loader(request, monkeypatch):
    """Everything here holds of either loader."""
    monkeypatch.setattr(yaml_nodes, "LOADER", getattr(yaml, request.param))


def read(text):
    """The document that *text* is, in which nothing is wrong."""
    document = read_document("a.yaml", dedent(text) if isinstance(text, str) else text)
    assert document.problems == ()
    return document


def said_of(text):
    """What is wrong with *text*."""
    return [str(problem) for problem in read_document("a.yaml", text).problems]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("7", 7),
        ("-12", -12),
        ("+3", 3),
        ("0", 0),
        ("true", True),
        ("FALSE", False),
        ("2017-01-31", "2017-01-31"),
        ("12:30", "12:30"),
        ("1.10", "1.10"),
        ("1e3", "1e3"),
        ("007", "007"),
        ("0x10", "0x10"),
        ("1_000", "1_000"),
        ("9" * 30, "9" * 30),
        ("'no'", "no"),
        ('"true"', "true"),
        ("'7'", "7"),
        ("nothing", "nothing"),
        ("Has it?", "Has it?"),
        (">-\n  one\n  two", "one two"),
    ],
)
def test_text_stays_text(written, value):
    read_as = read(f"key: {written}\n").data["key"]

    assert (type(read_as), read_as) == (type(value), value)


def test_a_key_is_a_text_whatever_it_looks_like():
    assert read("on: a\nyes: b\n1: c\n~: d\n").data == {"on": "a", "yes": "b", "1": "c", "~": "d"}


def test_a_document_may_begin_with_dashes():
    assert read("---\nkey: a\n").data == {"key": "a"}


def test_every_key_and_value_knows_its_line_and_column():
    document = read("""\
        é: à
        list:
          - one
          - {two: 2}
        """)

    assert document.keys["é",][:2] == (1, 1)
    assert document.values["é",][:2] == (1, 4)
    assert document.values["list", 0][:2] == (3, 5)
    assert document.keys["list", 1, "two"][:2] == (4, 6)
    assert document.values["list", 1, "two"][:2] == (4, 11)


@pytest.mark.parametrize("text", [b"a: b\r\nc: d\r\n", b"\xef\xbb\xbfa: b\nc: d\n", b"a: b\rc: d\r"])
def test_neither_line_ends_nor_a_byte_order_mark_count(text):
    document = read(text)

    assert document.text == "a: b\nc: d\n"
    assert document.keys["c",][:2] == (2, 1)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("when: a and bad\n", (1, 13)),
        ("when: 'a and bad'\n", (1, 14)),
        ('when: "a and bad"\n', (1, 14)),
        ("when: a\n  and\n  bad\n", (3, 3)),
        ("when: >-\n  a and\n  bad\n", (3, 3)),
        ("when: |\n  a\n  and bad\n", (3, 7)),
        ("when: >  # a comment\n\n    a\n\n    and bad\n", (5, 9)),
        ("when: 'a\n  and bad'\n", (2, 7)),
        ("other: é\nwhen: à and bad\n", (2, 13)),
    ],
)
def test_a_character_of_a_text_is_found_though_the_text_be_folded(text, place):
    document = read(text)
    value = document.data["when"]

    assert document.inside(("when",), value, value.index("bad"))[:2] == place


@pytest.mark.parametrize("written", [r'"a \"and\" bad"', "'a ''and'' bad'"])
def test_a_text_with_escapes_in_it_is_found_as_a_whole(written):
    document = read(f"when: {written}\n")
    value = document.data["when"]

    assert document.inside(("when",), value, value.index("bad"))[:2] == (1, 7)


def test_the_end_of_a_text_is_after_its_last_character():
    document = read("when: >-\n  a\n  and\n")

    assert document.inside(("when",), "a and", 5)[:2] == (3, 6)


def test_a_file_of_more_than_a_megabyte_is_not_read():
    text = "a: " + "b" * LARGEST

    assert said_of(text) == ["a.yaml:1:1: the file has 1,000,003 bytes; at most 1,000,000 are read"]
    assert said_of(text[:LARGEST]) == []


def test_after_a_hundred_problems_no_more_are_looked_for():
    problems = said_of("a: [" + "no, " * 2 * MOST_PROBLEMS + "]")

    assert len(problems) == MOST_PROBLEMS + 1
    assert problems[-1].endswith("too many problems to go on; put these right first")


def test_what_a_loader_says_that_nobody_foresaw_is_passed_on(monkeypatch):
    class Broken(yaml.SafeLoader):
        def check_event(self, *choices):
            raise yaml.YAMLError("the disk has melted")

    monkeypatch.setattr(yaml_nodes, "LOADER", Broken)

    assert said_of("a: b") == ["a.yaml:1:1: this is not YAML: the disk has melted"]


@pytest.mark.parametrize("escape", [r'"\UFFFFFFFF"', r'"\ud800"', r'"\0"', r'"\u202e"', r'"\u200b"'])
def test_an_escape_brings_in_no_character_that_cannot_be_seen(escape):
    assert len(said_of(f"a: {escape}\n")) == 1
    assert len(said_of(f"{escape}: a\n")) == 1


# By their numbers: nobody could read them here.
UNSEEN = [
    *(0xAD, 0x34F, 0x61C, 0x115F, 0x180E, 0x200B, 0x200E, 0x200F),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2070),
    *(0x3164, 0xFFF9, 0xE0001, 0xE0041, 0xE007F),
]


@pytest.mark.parametrize("number", UNSEEN, ids=hex)
def test_what_turns_or_hides_words_is_refused_where_it_stands(number):
    assert said_of(f"title: A{chr(number)}B\n") == [
        f"a.yaml:1:9: the character U+{number:04X} cannot be seen; delete it"
    ]


@pytest.mark.parametrize("between", ["A\u200cB", "\u200dA"])
def test_what_joins_letters_or_keeps_them_apart_is_refused_among_our_own(between):
    assert len(said_of(f"title: {between}\n")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "\u05e9\u05dc\u05d5\u05dd, and \u0645\u0631\u062d\u0628\u0627",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\u2695\ufe0f and \U0001f469\u200d\u2695\ufe0f",
        "Zo\u00eb O\u2019Neill \u2013 caf\u00e9\u00a0\u2026",
    ],
    ids=["from right to left", "kept apart", "joined", "signs"],
)
def test_letters_of_every_script_stay_as_they_are(text):
    assert read(f"title: {text}\n").data["title"] == text
