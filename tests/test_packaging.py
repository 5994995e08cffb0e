"""What travels in a wheel, where its workflow files are found, and what no file may give away."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from itertools import chain
from pathlib import Path

import pytest

from loopengine import workflow_files
from loopengine.errors import LoopEngineError

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

# Somebody's own folders, and the hosts of package registries; written so that this file does not name them.
FOLDERS = "|".join(("work", "root", "home", "Users"))
HOSTS = "|".join(("py" + "pi", "python" + "hosted", "npm" + "js", "deb" + "ian", "crates", "conda"))
TELLTALE = re.compile(
    rf"(?<![\w.])/(?:(?:{FOLDERS})/|tmp/ven[v]\b)|\b(?:{HOSTS})\.(?:org|com|io)\b|[.]pyenv/"
)

WHERE = """
import loopengine
from loopengine.workflow_files import default_framework, shipped_workflows
print(loopengine.__file__, shipped_workflows(), (default_framework() / "framework.yaml").is_file(), sep="\\n")
"""


def run(*command, **options):
    """What *command* printed; a failure shows what it said."""
    ended = subprocess.run(command, capture_output=True, text=True, **options)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def where(python, path=""):
    """The folders where *python*, run from elsewhere, finds the package and its workflow files."""
    environment = os.environ | {"PYTHONPATH": str(path)}
    package, workflows, has_framework = run(python, "-c", WHERE, cwd="/", env=environment).splitlines()
    assert has_framework == "True"
    return Path(package).parent, Path(workflows)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The sdist of this checkout, and the wheel that is built from that sdist."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, ROOT)
    (sdist,), (wheel,) = out.glob("*.tar.gz"), out.glob("*.whl")
    return sdist, wheel


@pytest.fixture
def fresh(tmp_path):
    """The Python of a new virtual environment that borrows the libraries of this one."""
    venv.create(tmp_path / "venv")
    bin_folder, suffix = ("Scripts", ".exe") if sys.platform == "win32" else ("bin", "")
    python = tmp_path / "venv" / bin_folder / f"python{suffix}"
    site = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    borrowed = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    # Read last, so that nothing borrowed hides what is installed here.
    Path(site, "zz-borrowed.pth").write_text("\n".join(borrowed), "utf-8")
    return python


def install(python, *what):
    """Install *what* for *python* without the network, whatever it can import already."""
    alone = ("--no-deps", "--no-index", "--no-build-isolation", "--ignore-installed")
    run(sys.executable, "-m", "pip", "--python", python, "install", "-q", *alone, *what)


def test_a_checkout_finds_the_workflow_files_beside_the_package():
    assert where(sys.executable, path=ROOT) == (ROOT / "loopengine", ROOT / "workflows")


def test_an_editable_install_finds_the_workflow_files_beside_the_package(fresh):
    install(fresh, "-e", ROOT)

    assert where(fresh) == (ROOT / "loopengine", ROOT / "workflows")


def test_an_installed_wheel_finds_the_workflow_files_inside_the_package(fresh, built):
    _, wheel = built
    install(fresh, wheel)

    package, workflows = where(fresh)

    assert package.is_relative_to(fresh.parents[1])
    assert workflows == package / "workflows"


def test_workflow_files_that_are_nowhere_are_reported_with_where_they_were_sought(tmp_path, monkeypatch):
    monkeypatch.setattr(workflow_files, "__file__", str(tmp_path / "loopengine" / "workflow_files.py"))

    with pytest.raises(LoopEngineError) as error:
        workflow_files.shipped_workflows()

    places = f"'{tmp_path / 'loopengine' / 'workflows'}' and '{tmp_path / 'workflows'}'"
    assert error.value.message == f"no folder of workflow files: looked in {places}"
    assert error.value.hint == "install loopengine again, or name your own folder of workflow files"


def test_the_wheel_carries_the_package_its_types_its_templates_and_every_workflow_file_and_no_more(built):
    _, wheel = built
    names = set(zipfile.ZipFile(wheel).namelist())
    workflows = {f"loopengine/{name}" for name in kept_files("workflows")}
    templates = set(kept_files("loopengine/reports/templates"))

    assert templates
    assert workflows | templates | {"loopengine/py.typed"} <= names
    assert {name.split("/")[0] for name in names} == {
        "loopengine",
        f"loopengine-{PROJECT['version']}.dist-info",
    }


def test_the_sdist_carries_all_that_its_tests_and_readers_need(built):
    sdist, _ = built
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    folders = ("workflows", "tests", "examples", "docs", ".ci")
    assert {name for folder in folders for name in kept_files(folder)} <= names
    assert {"README.md", "LICENSE", "constraints.txt"} <= names


def test_the_constraints_name_an_exact_version_of_everything_the_tests_install_and_no_address():
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    wanted = chain(PROJECT["dependencies"], *PROJECT["optional-dependencies"].values())
    names = {re.match(r"[\w-]+", requirement)[0].lower() for requirement in wanted}

    assert [pin for pin in pins if not re.fullmatch(r"[\w.-]+==[\w.]+", pin)] == []
    assert names - {pin.split("==")[0].lower() for pin in pins} == {"loopengine"}


def test_no_file_names_a_machine_or_a_registry():
    found = [
        f"{name}:{number}: {line.strip()[:80]}"
        for name in kept_files(".")
        for number, line in enumerate((ROOT / name).read_text("utf-8", "replace").splitlines(), 1)
        if TELLTALE.search(line)
    ]

    assert found == []


@pytest.mark.parametrize(
    "parts", [("cd /", "work/x"), ("'/tmp", "/venv/bin'"), ("https://py", "pi.org/simple")]
)
def test_a_machine_or_a_registry_is_known_by_its_name(parts):
    assert TELLTALE.search("".join(parts))


def kept_files(folder):
    """The files under *folder* that git keeps, or would."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("needs git and a checkout")
    # In CI the checkout may belong to somebody else than the one who tests it.
    git = ("git", "-c", "safe.directory=*", "-C", ROOT)
    listed = run(*git, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", folder)
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]
