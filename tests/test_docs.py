"""The documents tell the truth: what they show is run, in reading order, and must come out as shown.

```python``` blocks of a document share one namespace; in ```console``` blocks, lines that begin with `$ ` are
run, and what follows is what they print, where `...` alone on a line stands for any lines. A block after
`<!-- not run: reason -->` is left out; one after `<!-- file: path -->` is written there.
"""

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
DOCUMENTS = [README, *sorted((ROOT / "docs").rglob("*.md"))]

RUN = {"python", "console"}
SHOWN_ONLY = {"json", "mermaid", "sh", "text", "toml", "yaml"}

FENCE = re.compile(
    r"(?:^ *<!-- (?:not run(?P<reason>[^>]*)|file: (?P<path>[\w./-]+) )-->\n+)?"
    r"^(?P<indent> *)```(?P<kind>[^\n`]*)\n(?P<body>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    """A fenced block: its kind, the place of its first line, why it is not run, if it is not, and where it is
    written, if it is."""

    kind: str
    body: str
    file: str
    line: int
    left_out: str | None
    path: str | None = None

    @property
    def runs(self):
        return self.kind in RUN and self.left_out is None


def blocks(document):
    """Every fenced block of *document*, in reading order."""
    text = document.read_text("utf-8")
    for found in FENCE.finditer(text):
        line = text.count("\n", 0, found.start("body")) + 1
        reason = found["reason"] and found["reason"].strip(": ")
        yield Block(found["kind"], dedent(found["body"]), document.name, line, reason, found["path"])


def perform(document, setenv):
    """Run what *document* shows, here and now; what is not so fails at its own file and line."""
    namespace = {"__name__": "__main__"}
    status = 0
    for block in blocks(document):
        if block.path is not None:
            Path(block.path).parent.mkdir(parents=True, exist_ok=True)
            Path(block.path).write_text(block.body, "utf-8")
        if not block.runs:
            continue
        if block.kind == "python":
            # Moved down to where it stands, so that a traceback points into the document.
            source = "\n" * (block.line - 1) + block.body
            exec(compile(source, block.file, "exec", dont_inherit=True), namespace)
            continue
        for line, command, told in transcript(block):
            printed, status = typed(command, status, setenv)
            if not matches(told, printed):
                where = f"{block.file}:{line}: $ {command}"
                pytest.fail(f"{where}\n--- told\n{told}\n--- printed\n{printed}", pytrace=False)


def transcript(block):
    """The commands of a console *block*: each with its line and what is told to follow it."""
    before, *parts = re.split(r"^\$ ((?:.*\\\n)*.*)\n?", block.body, flags=re.MULTILINE)
    assert before == "", f"{block.file}:{block.line}: a console block begins with a command, `$ `"
    line = block.line
    for command, told in zip(parts[::2], parts[1::2], strict=True):
        yield line, command.replace("\\\n", " "), told
        line += command.count("\n") + 1 + told.count("\n")


def typed(command, status, setenv):
    """What a terminal shows after *command*, and its exit status; that of the command before was *status*."""
    if command == "echo $?":
        return f"{status}\n", 0
    program, *arguments = shlex.split(command)
    if program == "export":
        for argument in arguments:
            setenv(*argument.split("=", 1))
        return "", 0
    runs = program in ("loopengine", "pytest")
    assert runs, f"only loopengine, pytest, export and `echo $?` are run, not {command!r}"
    ended = subprocess.run(
        [sys.executable, "-m", program, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=120,
    )
    return ended.stdout, ended.returncode


def matches(told, printed):
    """Whether *printed* is what was *told*, but for blanks at the ends of lines and of all."""
    wanted, got = ([line.rstrip() for line in text.rstrip().splitlines()] for text in (told, printed))
    pattern = "".join(r"(?:.*\n)*" if line == "..." else re.escape(line) + r"\n" for line in wanted)
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in got)) is not None


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """An empty folder to work in, with its own database, a plain terminal, and nobody acting."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("LOOPENGINE_")]:
        monkeypatch.delenv(name)
    plain = {"COLUMNS": "100", "NO_COLOR": "1", "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}
    own = {"LOOPENGINE_DB": "sqlite:///cases.db", "XDG_DATA_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    for name, value in (plain | own).items():
        monkeypatch.setenv(name, value)
    return monkeypatch


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_a_document_shows_is_what_happens(document, desk):
    perform(document, desk.setenv)


def test_a_block_that_is_not_run_says_why():
    """`pytest -rP` lists them."""
    left_out = [block for document in DOCUMENTS for block in blocks(document) if block.left_out is not None]
    for block in left_out:
        print(f"{block.file}:{block.line}: {block.left_out}")

    assert [f"{block.file}:{block.line}" for block in left_out if not block.left_out] == []


def test_every_block_says_what_it_is_so_that_none_is_left_out_by_a_slip():
    unknown = [
        f"{block.file}:{block.line}: {block.kind!r}"
        for document in DOCUMENTS
        for block in blocks(document)
        if block.kind not in RUN | SHOWN_ONLY
    ]

    assert unknown == []


def test_the_quick_start_is_two_lines_that_begin_with_a_new_environment():
    quickstart = subprocess.run(
        [sys.executable, ROOT / ".ci" / "quickstart.py"], capture_output=True, check=True, encoding="utf-8"
    )
    first, second = quickstart.stdout.splitlines()

    assert first.startswith("python3 -m venv .venv && ")
    assert second.startswith("python3 -m venv .venv && ")
    assert first.endswith("loopengine demo")
    assert second.endswith("pytest -n auto")


LIES = {
    "a_python_block_that_fails": "```python\ntold = True\n```\n\n```python\nassert not told\n```\n",
    "a_wrong_answer": "```console\n$ export LOOPENGINE_BY='a chair'\n$ echo $?\n1\n```\n",
    "an_answer_left_out": "```console\n$ echo $?\n```\n",
    "another_program": "```console\n$ ls\n```\n",
    "an_answer_to_nothing": "```console\n0\n```\n",
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_document_that_does_not_tell_the_truth_is_found_out(lie, tmp_path, desk):
    document = tmp_path / "lie.md"
    document.write_text(f"# A lie\n\n{lie}", "utf-8")

    with pytest.raises((AssertionError, pytest.fail.Exception)):
        perform(document, desk.setenv)


def test_blocks_run_in_reading_order_in_one_namespace_and_those_left_out_do_not(tmp_path, desk):
    document = tmp_path / "truth.md"
    document.write_text(
        dedent(
            """
            ```python
            import os
            told = os.path.exists("cases.db")
            ```

            ```console
            $ export LOOPENGINE_BY='a chair' \\
                LOOPENGINE_ROLES=independent_chair
            $ echo $?
            0
            ```

            <!-- not run: it would end the test -->
            ```python
            raise SystemExit
            ```

            1. And in a list:

               ```python
               assert not told
               assert os.environ["LOOPENGINE_BY"] == "a chair"
               assert os.environ["LOOPENGINE_ROLES"] == "independent_chair"
               ```
            """
        ),
        "utf-8",
    )

    perform(document, desk.setenv)

    assert [block.left_out for block in blocks(document)] == [None, None, "it would end the test", None]
    assert [block.line for block in blocks(document)] == [3, 8, 16, 22]


@pytest.mark.parametrize(
    ("told", "same"),
    [
        ("case  A\nstate  B\nend\n", True),
        ("case  A\n...\nend\n", True),
        ("...\n", True),
        ("case  A\n...\nstate  B\n...\nend\n\n", True),
        ("case  A\n...\n", True),
        ("case  A\n", False),
        ("...\nstate  B\n", False),
        ("case A\nstate  B\nend\n", False),
        ("case  .\n...\n", False),
        ("", False),
    ],
)
def test_three_dots_stand_for_lines_and_everything_else_for_itself(told, same):
    assert matches(told, "case  A  \nstate  B\nend\n") is same
