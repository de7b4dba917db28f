"""Links of the documentation, in the repository and on the site; the references that are made from code."""

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml

from recudf.cli import COMMANDS
from recudf.cli.errors import PAGES, PAGES_BY_MESSAGE
from recudf.cli.project import project_directory

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    *ROOT.glob("*.md"),
    *(ROOT / "docs").rglob("*.md"),
    *(ROOT / "benchmarks").rglob("*.md"),
    ROOT / "dbt_project" / "README.md",
]


def prose(path):
    """Without code, in which brackets are no links and # is no heading."""
    return re.sub(r"^(```+|~~~+).*?^\1", "", path.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)


def anchors(path):
    """Of the headings, as GitHub makes them: lower case, no punctuation, a hyphen for a space."""
    found = []
    for title in re.findall(r"^#+ (.*)$", prose(path), re.MULTILINE):
        title = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", title)
        found.append(re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-"))
    return found


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(document):
    links = re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]*`", "", prose(document)))
    for link in links:
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = unquote(link).partition("#")
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target), link


def test_the_pages_that_errors_name_are_there():
    for page in (*PAGES.values(), *PAGES_BY_MESSAGE.values()):
        name, _, anchor = page.partition("#")
        assert (ROOT / "docs" / name).exists(), page
        assert not anchor or anchor in anchors(ROOT / "docs" / name), page


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """What the site is made of."""
    folder = tmp_path_factory.mktemp("site") / "source"
    subprocess.run([sys.executable, str(ROOT / "docs/site/stage.py"), str(folder)], check=True)
    return folder


def test_the_references_have_everything(source):
    commands = (source / "reference" / "commands.md").read_text()
    assert re.findall(r"^## recudf (\w+)$", commands, re.MULTILINE) == sorted(COMMANDS)
    assert "--rollback" in commands
    project = yaml.safe_load((project_directory() / "dbt_project.yml").read_text())
    rows = re.findall(
        r"^\| `(\w+)` \| `(.*?)` \|", (source / "reference" / "vars.md").read_text(), re.MULTILINE
    )
    assert {name: yaml.safe_load(value) for name, value in rows} == project["vars"]["recudf"]
    marts = (source / "reference" / "marts.md").read_text()
    folder = project_directory() / "models" / "marts"
    assert re.findall(r"^## (\w+)$", marts, re.MULTILINE) == sorted(p.stem for p in folder.rglob("*.sql"))
    assert "| `reason` | string | " in marts


def test_the_site_builds_without_a_warning_and_needs_no_network(source, tmp_path):
    """--strict fails for links and anchors that lead nowhere, and for pages that no menu has."""
    pytest.importorskip("material", reason="the extra docs is not installed")
    config = (ROOT / "docs" / "site" / "mkdocs.yml").read_text()
    config = config.replace("../../build/site-source", str(source)).replace(
        "../../build/site", str(tmp_path / "site")
    )
    (tmp_path / "mkdocs.yml").write_text(config)
    command = [
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "--strict",
        "--config-file",
        str(tmp_path / "mkdocs.yml"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    page = (tmp_path / "site" / "docs" / "tutorial.html").read_text()
    assert "<h1" in page
    assert not re.findall(r"<(?:link|script|img)[^>]*(?:href|src)=.?https?://(?!squidfunk)[^>]*>", page)
