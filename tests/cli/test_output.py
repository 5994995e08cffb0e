"""How answers look: in a pipe, in a terminal, without colour, and with strange characters in them."""

import json
import os
import pty
import re
import subprocess
import sys

import pytest

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
LONG = "A long and winding account of what happened, and to whom, and who knew of it when. " * 3


@pytest.fixture
def board(loop):
    """A database in which something was refused, and something long was recorded."""
    case = loop.case("harmed=yes", "told_on=2016-12-01", f"note={LONG}", "--by", "Ann Lee")
    loop.rehearse("fire", case, "decline", "--role", "independent_chair")
    return loop


def on_a_terminal(loop, *args, columns=80, **env):
    """What a terminal of so many *columns* receives."""
    shell = f'stty cols {columns} rows 50; exec "$0" "$@"'
    ours, theirs = pty.openpty()
    environment = {
        **os.environ,
        "LOOPENGINE_DB": str(loop.database),
        "LOOPENGINE_WORKFLOWS": str(loop.workflows),
        "TERM": "xterm-256color",
        **env,
    }
    environment.pop("COLUMNS", None)
    words = [sys.executable, "-m", "loopengine", "--now", "2017-01-09T09:00Z", *args]
    with subprocess.Popen(
        ["sh", "-c", shell, *words], stdin=theirs, stdout=theirs, stderr=theirs, env=environment
    ) as process:
        os.close(theirs)
        received = b""
        while True:
            try:
                chunk = os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
            if not chunk:
                break
            received += chunk
        os.close(ours)
    assert process.returncode == 0
    return received.decode().replace("\r\n", "\n")


@pytest.mark.parametrize(
    "verb", [["show", "REV-2017-001"], ["history", "REV-2017-001"], ["list"], ["why", "REV-2017-001"]]
)
def test_in_a_pipe_nothing_is_coloured_boxed_wrapped_or_cut(board, verb):
    out = board.rehearse(*verb).out

    assert "\x1b" not in out
    assert out.isascii()
    assert "…" not in out
    assert not any(line != line.rstrip() for line in out.splitlines())
    assert out.endswith("\n")
    assert not out.startswith("\n")


def test_in_a_pipe_a_long_text_stays_on_one_line(board):
    assert any(LONG.rstrip() in line for line in board.rehearse("show", "REV-2017-001").out.splitlines())


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("verb", ["show", "history"])
def test_in_a_terminal_text_is_wrapped_to_its_width_and_nothing_is_lost(board, verb, columns):
    out = COLOUR.sub("", on_a_terminal(board, verb, "REV-2017-001", columns=columns))

    assert max(map(len, out.splitlines())) <= columns
    assert "…" not in out
    assert "".join(LONG.split())[:40] in "".join(out.split()) or verb == "history"


def test_in_a_terminal_a_line_to_type_stays_one_line(board):
    out = COLOUR.sub("", on_a_terminal(board, "why", "REV-2017-001", columns=60))

    assert "loopengine fire REV-2017-001 accept --role independent_chair --now 2017-01-09T09:00:00Z\n" in out


def test_colour_only_repeats_what_words_say(board):
    coloured = on_a_terminal(board, "why", "REV-2017-001")
    plain = on_a_terminal(board, "why", "REV-2017-001", NO_COLOR="1")

    assert "\x1b[32mallowed\x1b[0m" in coloured
    assert "\x1b[32m" not in plain
    assert "\x1b[31m" not in plain
    assert COLOUR.sub("", coloured) == COLOUR.sub("", plain)


def test_no_markup_is_read_into_what_users_write(board):
    board.rehearse("record", "REV-2017-001", "note=[bold red]not markup[/] :smile:")

    assert "[bold red]not markup[/] :smile:" in COLOUR.sub(
        "", on_a_terminal(board, "show", "REV-2017-001", columns=120)
    )


@pytest.mark.parametrize("terminal", [False, True])
def test_control_characters_are_shown_and_not_obeyed(loop, terminal):
    case = loop.case(
        "note=red \x1b[31m, bell \x07, two\nlines, \x9b1m, turned \u202e", "--by", "A\x1b]0;title\x07"
    )

    for verb in ("show", "history"):
        out = on_a_terminal(loop, verb, case, columns=200) if terminal else loop.rehearse(verb, case).out
        text = COLOUR.sub("", out)
        assert not set(text) & set("\x1b\x07\x9b\u202e")
        assert "red \\x1b[31m, bell \\x07, two\\nlines, \\x9b1m, turned \\u202e" in text
        assert "A\\x1b]0;title\\x07" in text


def test_control_characters_in_a_mistake_are_shown_too(loop):
    assert "\x1b" not in loop.rehearse("show", "\x1b[31mREV").err
    assert "\x1b" not in loop.rehearse("list", "--\x1b[31m").err


def test_json_is_utf_8_whatever_the_terminal_is(loop):
    case = loop.case("note=Zoë – café", "--by", "Siân")
    words = [sys.executable, "-m", "loopengine", "--now", "2017-01-09T09:00Z", "show", case]
    env = {
        **os.environ,
        "LOOPENGINE_DB": str(loop.database),
        "LOOPENGINE_WORKFLOWS": str(loop.workflows),
        "PYTHONIOENCODING": "ascii",
    }

    in_json = subprocess.run([*words, "--json"], capture_output=True, env=env)
    in_words = subprocess.run(words, capture_output=True, env=env)

    assert json.loads(in_json.stdout.decode("utf-8"))["facts"]["note"]["value"] == "Zoë – café"
    assert "Zoë – café".encode() in in_json.stdout
    assert in_json.stdout.startswith(b'{\n  "case"')
    assert in_words.returncode == 0
    assert rb"Zo\xeb \u2013 caf\xe9" in in_words.stdout
