"""Puts the pages of the site together: the Markdown of the repository, and references made of code.

Every link of a page is as in the repository. Folders that pages link to get a list of what is in them.
"""

import shutil
import sys
from pathlib import Path

from references import commands, marts, variables

ROOT = Path(__file__).parents[2]
PAGES = (
    "*.md",
    "docs/*.md",
    "docs/decisions/*.md",
    "docs/images/*",
    "docs/notebooks/*",
    "docs/bi/*",
    "benchmarks/results/*.md",
)
FILES = ("dbt_project/README.md", "sql/queries/*.sql", "LICENSE")
LISTS = {"benchmarks/results": ("Measurements", "*.md"), "sql/queries": ("Queries", "*.sql")}


def stage(target: Path) -> None:
    """Make the folder anew."""
    shutil.rmtree(target, ignore_errors=True)
    for pattern in (*PAGES, *FILES):
        for path in sorted(ROOT.glob(pattern)):
            copy = target / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    for folder, (title, pattern) in LISTS.items():
        paths = sorted((target / folder).glob(pattern))
        rows = "\n".join(f"- [{path.name}]({path.name}): {_first_words(path)}" for path in paths)
        (target / folder / "README.md").write_text(f"# {title}\n\n{rows}\n", encoding="utf-8")
    (target / "reference").mkdir()
    for name, text in (("commands", commands()), ("marts", marts()), ("vars", variables())):
        (target / "reference" / f"{name}.md").write_text(text, encoding="utf-8")
    for path in target.rglob("*.md"):  # a link to a folder leads to its list
        text = path.read_text(encoding="utf-8")
        for folder in (*LISTS, "docs/decisions"):
            ends = (f"{folder})", f"{folder}/)")
            for end in ends:
                for up in ("", "../", "../../"):
                    text = text.replace(f"]({up}{end}", f"]({up}{folder}/README.md)")
        text = text.replace("](decisions/)", "](decisions/README.md)")
        path.write_text(text, encoding="utf-8")


def _first_words(path: Path) -> str:
    """The question that a query answers, the title of a page."""
    return path.read_text(encoding="utf-8").splitlines()[0].lstrip("-# ")


if __name__ == "__main__":
    stage(Path(sys.argv[1]))
