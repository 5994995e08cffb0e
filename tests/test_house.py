"""The house of DESIGN: who may import whom, who may know which library, and who may know the time."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import loopengine

PACKAGE = Path(loopengine.__file__).parent

# From the bottom up: a room may import what is below it, and nothing beside it.
LAYERS = (
    {"errors"},
    {"clock", "workflow_files"},
    {"core"},
    {"store"},
    {"engine"},
    {"scheduler", "notices", "exchange", "reports", "rehearsal", "testing"},
    {"cli", "pytest_plugin"},
    {"__init__", "__main__"},
)
FLOOR = {room: floor for floor, rooms in enumerate(LAYERS) for room in rooms}

# Each of these libraries is imported in one place only.
FENCES = {
    "alembic": "store/",
    "apscheduler": "scheduler.py",
    "click": "cli/",
    "docx": "reports/word",
    "holidays": "core/forecast.py",
    "hypothesis": "testing/",
    "icalendar": "reports/icalendar.py",
    "jinja2": "reports/pages.py",
    "markupsafe": "reports/pages.py",
    "matplotlib": "reports/pictures.py",
    "openpyxl": "engine/spreadsheets.py",
    "pytest": ("testing/", "pytest_plugin.py"),
    "tenacity": "notices/patience.py",
    "transitions": "core/machine.py",
    "xlsxwriter": "exchange/workbooks.py",
    "yaml": "core/files/yaml_nodes.py",
    "z3": "core/proving/z3_",
}
IMPURE = {"logging", "os", "random", "sqlalchemy", "sqlmodel", "structlog", "time"}
IMPORTS_LATE = ("cli/", "__init__.py")
HIDDEN = "an import inside a function hides an arrow; `# late: ` and a reason excuses it"


def faults(package):
    """Everything in the Python files of *package* that breaks the house, as `file:line: what`."""
    return [
        f"{file.relative_to(package.parent).as_posix()}:{line}: {what}"
        for file in sorted(package.rglob("*.py"))
        for line, what in sorted(faults_of(file.relative_to(package).as_posix(), file.read_text("utf-8")))
    ]


def faults_of(name, source):
    """Each line of the module *name* that breaks the house, and how."""
    room = name.split("/")[0].removesuffix(".py")
    if room not in FLOOR:
        yield 1, f"{room!r} has no place in LAYERS"
        return
    tree = ast.parse(source)
    for node, module in imports(tree):
        library, *inside = module.split(".")
        if library == "loopengine":
            target = inside[0] if inside and inside[0] in FLOOR else "__init__"
            # The command line is a user of the public names like any other.
            public = target == "__init__" and room in ("cli", "__main__")
            if target != room and FLOOR[target] >= FLOOR[room] and not public:
                yield node.lineno, f"{room} may not import {module}"
        elif not name.startswith(FENCES.get(library, "")):
            doors = FENCES[library] if isinstance(FENCES[library], str) else " and ".join(FENCES[library])
            yield node.lineno, f"only {doors} may import {library}"
        elif room == "core" and library in IMPURE:
            yield node.lineno, f"core may not import {library}"
    for node in late_imports(tree):
        says_why = "# late: " in "\n".join(source.splitlines()[node.lineno - 1 : node.end_lineno])
        if not name.startswith(IMPORTS_LATE) and not says_why:
            yield node.lineno, HIDDEN
    for node in ast.walk(tree):
        if name != "clock.py" and isinstance(node, ast.Attribute) and asks_the_time(node):
            yield node.lineno, f"only clock.py may call {ast.unparse(node)}"


def imports(tree):
    """Each module that *tree* imports, by its full name, with the statement that does."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, each.name) for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "loopengine":
            yield from ((node, f"loopengine.{each.name}") for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node, node.module or "loopengine"


def late_imports(tree):
    """The imports of *tree* that stand inside a function."""
    functions = (each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))
    found = {id(node): node for function in functions for node, _ in imports(function)}
    return found.values()


def asks_the_time(node):
    """Whether *node* is the `now` or `today` of a datetime or date."""
    owner = ast.unparse(node.value).split(".")[-1]
    return node.attr in {"now", "today", "utcnow"} and owner in {"date", "datetime"}


def test_no_arrow_points_up_and_every_library_has_one_door():
    assert faults(PACKAGE) == []


# Within the core: the language of rules knows no workflows, and only the files know the files.
RULES_KNOW = {"durations", "rules", "situation", "truth", "values"}


def test_the_rules_know_no_workflows_and_nobody_in_the_core_reads_files():
    for file in sorted((PACKAGE / "core").rglob("*.py")):
        home = file.relative_to(PACKAGE / "core").parts[0]
        for node, module in imports(ast.parse(file.read_text("utf-8"))):
            parts = module.split(".")
            room = parts[2] if parts[:2] == ["loopengine", "core"] and len(parts) > 2 else None
            place = f"{file.name}:{node.lineno}: {module}"
            assert home != "rules" or room is None or room in RULES_KNOW, place
            assert home == "files" or room != "files", place


@pytest.mark.parametrize(
    ("name", "line", "what"),
    [
        ("errors.py", "from loopengine.clock import Clock", "errors may not import loopengine.clock"),
        ("clock.py", "import loopengine.workflow_files", "clock may not import loopengine.workflow_files"),
        ("core/rules.py", "from loopengine.store import tables", "core may not import loopengine.store"),
        ("store/tables.py", "from loopengine import engine", "store may not import loopengine.engine"),
        ("reports/pages.py", "import loopengine.exchange", "reports may not import loopengine.exchange"),
        ("engine/verbs.py", "from loopengine import Engine", "engine may not import loopengine.Engine"),
        ("scheduler.py", "import loopengine.cli", "scheduler may not import loopengine.cli"),
        ("core/rules.py", "import yaml", "only core/files/yaml_nodes.py may import yaml"),
        ("core/rules.py", "import transitions.core", "only core/machine.py may import transitions"),
        ("core/rules.py", "import holidays", "only core/forecast.py may import holidays"),
        ("engine/sweep.py", "import apscheduler", "only scheduler.py may import apscheduler"),
        ("engine/sweep.py", "import hypothesis", "only testing/ may import hypothesis"),
        ("engine/sweep.py", "import pytest", "only testing/ and pytest_plugin.py may import pytest"),
        ("engine/sweep.py", "import click", "only cli/ may import click"),
        ("engine/sweep.py", "import alembic", "only store/ may import alembic"),
        ("reports/board.py", "import jinja2", "only reports/pages.py may import jinja2"),
        ("core/rules.py", "import os.path", "core may not import os"),
        ("core/rules.py", "from time import monotonic", "core may not import time"),
        ("core/rules.py", "def f(): import json", HIDDEN),
        ("core/rules.py", "day = date.today()", "only clock.py may call date.today"),
        ("engine/verbs.py", "at = datetime.now(UTC)", "only clock.py may call datetime.now"),
        ("helpers.py", "pass", "'helpers' has no place in LAYERS"),
    ],
)  # fmt: skip
def test_a_planted_fault_is_found_with_its_file_and_line(tmp_path, name, line, what):
    module = tmp_path / "loopengine" / name
    module.parent.mkdir(parents=True, exist_ok=True)
    module.write_text(f'"""A module."""\n{line}\n', "utf-8")

    at = 1 if name == "helpers.py" else 2

    assert faults(tmp_path / "loopengine") == [f"loopengine/{name}:{at}: {what}"]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("clock.py", "from loopengine.errors import BadValue"),
        ("clock.py", "now = datetime.now(UTC)"),
        ("core/rules.py", "from datetime import date, time"),
        ("core/rules.py", "from loopengine.core.truth import Truth"),
        ("core/workdays.py", "def f(): import json  # late: it is slow, and hardly ever wanted"),
        ("scheduler.py", "import apscheduler.schedulers.background"),
        ("cli/demo.py", "def f(): from loopengine import Engine"),
        ("__init__.py", "def f(): from loopengine.engine import Engine"),
    ],
)
def test_what_the_house_allows_is_no_fault(tmp_path, name, line):
    module = tmp_path / "loopengine" / name
    module.parent.mkdir(parents=True, exist_ok=True)
    module.write_text(f"{line}\n", "utf-8")

    assert faults(tmp_path / "loopengine") == []


@pytest.mark.parametrize(
    "skip",
    ["@pytest.mark.skipif(True, reason='needs dot')", "pytest.skip('needs dot', allow_module_level=True)"],
)
@pytest.mark.parametrize("ci", ["1", "0"])
def test_a_skip_for_a_missing_tool_fails_in_ci_alone(tmp_path, monkeypatch, skip, ci):
    shutil.copy(Path(__file__).with_name("conftest.py"), tmp_path)
    (tmp_path / "test_diagram.py").write_text(f"import pytest\n{skip}\ndef test_a(): pass\n", "utf-8")
    (tmp_path / "test_sound.py").write_text("def test_b(): pass\n", "utf-8")
    monkeypatch.setenv("LOOPENGINE_CI", ci)

    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )

    assert (run.returncode != 0) is (ci == "1")
    assert ("skipped, which CI does not allow: needs dot" in run.stdout) is (ci == "1")
