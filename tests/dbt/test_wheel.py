"""What is built and shipped works without the repository: from the wheel, in a folder somewhere else."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
SOURCES = ("pyproject.toml", "README.md", "LICENSE", "src", "udfs", "sql", "dbt_project")
LEFT = shutil.ignore_patterns("__pycache__", "*.egg-info")


def run(*command, cwd, **environment):
    done = subprocess.run(
        [str(c) for c in command], cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder with wheel and sdist, made from sources beside which lie what dbt leaves."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=LEFT)
        else:
            shutil.copy(ROOT / name, source)
    for leftover in ("target/compiled", "logs", "dbt_packages/other/macros"):
        (source / "dbt_project" / leftover).mkdir(parents=True, exist_ok=True)
        (source / "dbt_project" / leftover / "leftover.sql").write_text("select 1")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder / "dist", ".", cwd=source)
    return folder / "dist"


def shipped():
    """Files that git would keep of those in the repository, as they are called in the package."""
    names = {"udfs": "recudf/udfs", "sql": "recudf/sql", "dbt_project": "recudf/dbt_project", "src": ""}
    suffixes = (".py", ".sql", ".yml", ".csv", ".md", ".toml", ".txt", ".typed", ".html", ".css", ".js")
    found = set()
    for top, package in names.items():
        for path in (ROOT / top).rglob("*"):
            inside = path.relative_to(ROOT / top)
            hidden = {"__pycache__", "target", "logs", "dbt_packages"} & set(inside.parts)
            if path.suffix in suffixes and not hidden and not any(p.startswith(".") for p in inside.parts):
                found.add(str(Path(package) / inside))
    return found


def test_the_wheel_holds_what_is_needed_and_nothing_else(built):
    (wheel,) = built.glob("*.whl")
    names = {n for n in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in n}
    assert names == shipped() | {"recudf/cli/starter/gitignore", "recudf/py.typed"}
    assert wheel.stat().st_size < 1_000_000


def test_a_wheel_built_from_the_sdist_is_the_same(built, tmp_path):
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (source,) = tmp_path.iterdir()
    run(
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        tmp_path / "again",
        source,
        cwd=tmp_path,
    )
    (again,), (wheel,) = (tmp_path / "again").glob("*.whl"), built.glob("*.whl")
    assert sorted(zipfile.ZipFile(again).namelist()) == sorted(zipfile.ZipFile(wheel).namelist())


def test_it_works_away_from_the_repository(built, tmp_path):
    """sample, load, init, build on the starter project and on the bundled one, with the installed package alone."""
    (wheel,) = built.glob("*.whl")
    place = tmp_path / "site"
    run(
        sys.executable,
        "-m",
        "pip",
        "install",
        "--no-deps",
        "--no-index",
        "--quiet",
        "--target",
        place,
        wheel,
        cwd=tmp_path,
    )
    work = tmp_path / "work"
    work.mkdir()

    def recudf(*arguments, cwd=work):
        return run(sys.executable, "-m", "recudf", *arguments, cwd=cwd, PYTHONPATH=str(place))

    code = "import recudf.udfs, recudf.sql, recudf.dbt_project as p; print(recudf.__file__, recudf.udfs.__path__, p.__path__)"
    said = run(sys.executable, "-c", code, cwd=work, PYTHONPATH=str(place))
    assert len(re.findall(re.escape(str(place)), said)) == 3, said
    before = sorted(place.rglob("*.sql"))
    recudf(
        "sample",
        "shop",
        "--users",
        "40",
        "--items",
        "40",
        "--interactions",
        "500",
        "--texts",
        "40",
        "--groups",
        "2",
    )
    recudf("load", "shop", "--database", "shop.duckdb")
    recudf("build", "--database", "shop.duckdb", "--quiet")
    count = "select count(*) > 100 as many from recudf.fct_recommendations"
    assert "true" in recudf("sql", count, "--database", "shop.duckdb", "--format", "json")
    recudf("init", "mine")
    assert str(place) in (work / "mine" / "packages.yml").read_text()
    recudf("load", "../shop", cwd=work / "mine")
    recudf("build", "--quiet", "--exclude-resource-type", "test", cwd=work / "mine")
    assert "true" in recudf("sql", count, "--format", "json", cwd=work / "mine")
    assert sorted(place.rglob("*.sql")) == before  # nothing is written to where it is installed
    assert {p.name for p in (place / "recudf" / "dbt_project").iterdir()} - {"__pycache__"} == {
        p.name for p in (ROOT / "dbt_project").iterdir()
    } - {"__pycache__", "target", "logs", "dbt_packages", ".user.yml"}
