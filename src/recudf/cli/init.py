"""`recudf init`: write a small dbt project that uses recudf, or say what an existing one needs."""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path

import click

from recudf.cli import options

FILES = {
    "dbt_project.yml": "dbt_project.yml",
    "profiles.yml": "profiles.yml",
    "packages.yml": "packages.yml",
    "macros/generate_schema_name.sql": "macros/generate_schema_name.sql",
    "README.md": "README.md",
    "gitignore": ".gitignore",
}


@click.command(epilog="Example: recudf init shop && cd shop && recudf load ../exports && recudf build")
@click.argument("directory", metavar="[DIR]", default=".", type=click.Path(file_okay=False, path_type=Path))
@options.as_json
def init(directory: Path, as_json: bool) -> None:
    """Write a small dbt project into DIR (default: here) that builds recudf's tables from your files.

    A file that exists is never overwritten. Where DIR holds a dbt project already, nothing is changed: what
    to add to it is printed.
    """
    if (directory / "dbt_project.yml").exists():
        said = _instructions(directory)
        click.echo(json.dumps({"written": [], "to_add": said}, indent=2) if as_json else said)
        return
    written = write_project(directory)
    if as_json:
        click.echo(json.dumps({"written": [str(path) for path in written], "to_add": None}, indent=2))
        return
    for path in written:
        click.echo(path)
    click.echo(f"\nNext: cd {directory} && recudf load DIR && recudf build    (README.md says more)")


def write_project(directory: Path) -> list[Path]:
    """Write all files of the starter, or none if one of them exists; return their paths."""
    from recudf.errors import InputError

    targets = {source: directory / target for source, target in FILES.items()}
    for path in targets.values():
        if path.exists():
            raise InputError(f"{path} exists: give another folder, or move that file away")
    values = {"name": _project_name(directory), "package": _package_value()}
    for source, path in targets.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(_filled(source, values))
    return list(targets.values())


def _instructions(directory: Path) -> str:
    from recudf.cli.project import project_directory, uses_recudf

    if uses_recudf(directory):
        return (
            f"{directory} uses recudf already: nothing was changed. Build with `recudf build` or `dbt build`."
        )
    package = project_directory()
    values = {"directory": str(directory), "package": json.dumps(str(package))}
    return _filled("existing.txt", {**values, "readme": str(package / "README.md")})


def _filled(name: str, values: dict[str, str]) -> str:
    """A file of the starter with {these} filled in; all other braces stay."""
    text = (resources.files("recudf.cli") / "starter" / name).read_text(encoding="utf-8")
    return re.sub(r"(?<!\{)\{(\w+)\}(?!\})", lambda m: values.get(m[1], m[0]), text).rstrip() + "\n"


def _project_name(directory: Path) -> str:
    """A name that dbt takes, made of the folder's; the package's own name is taken."""
    name = re.sub(r"[^a-z0-9]+", "_", directory.resolve().name.lower()).strip("_")
    return name if name[:1].isalpha() and name not in ("recudf", "dbt") else f"my_{name or 'project'}"


def _package_value() -> str:
    """The YAML of where the package is: RECUDF_PACKAGE, which `recudf build` sets, or its place of today."""
    from recudf.cli.project import project_directory

    path = str(project_directory()).replace("\\", "\\\\").replace("'", "\\'")
    return json.dumps("{{ env_var('RECUDF_PACKAGE', '" + path + "') }}")
