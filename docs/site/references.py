"""Reference pages made from the code: commands from click, marts and vars from the dbt project."""

import re

import click
import yaml

from recudf.cli import COMMANDS, main
from recudf.cli.project import project_directory


def commands() -> str:
    """Every command with its help, as a terminal shows it."""
    parts = [f"# Commands\n\n```text\n{_help(main, 'recudf', None)}\n```\n"]
    top = click.Context(main, info_name="recudf", **main.context_settings)
    for name in sorted(COMMANDS):
        command = main.get_command(top, name)
        parts.append(f"## recudf {name}\n\n```text\n{_help(command, name, top)}\n```\n")
    return "\n".join(parts)


def _help(command: click.Command, name: str, parent: click.Context | None) -> str:
    settings = main.context_settings if parent is None else {}
    context = click.Context(command, info_name=name, parent=parent, **{**settings, "terminal_width": 100})
    return command.get_help(context)


def marts() -> str:
    """Every mart with its columns, from the descriptions that its contract has."""
    parts = ["# Marts\n\nScalars only; every table has `run_id` and `as_of`.\n"]
    models = {}
    for path in sorted((project_directory() / "models" / "marts").glob("_*.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models") or []:
            models[model["name"]] = model
    for name, model in sorted(models.items()):
        rows = [
            f"| `{column['name']}` | {column.get('data_type', '')} | {_cell(column['description'])} |"
            for column in model["columns"]
        ]
        table = "\n".join(["| column | type | what it is |", "|---|---|---|", *rows])
        parts.append(f"## {name}\n\n{_text(model['description'])}\n\n{table}\n")
    return "\n".join(parts)


def variables() -> str:
    """Every var with its default and comment, in the sections of dbt_project.yml."""
    text = (project_directory() / "dbt_project.yml").read_text(encoding="utf-8")
    parts = [
        "# Vars\n\nIn `vars: {recudf: {...}}` of dbt_project.yml, "
        "or `recudf build --vars '{half_life_days: 90}'`.\n"
    ]
    for line in text[text.index("\nvars:\n") :].splitlines():
        if section := re.match(r"    # --- (.*?) -+$", line):
            parts.append(f"\n## {section[1].capitalize()}\n\n| var | default | what it does |\n|---|---|---|")
        elif found := re.match(r"    (\w+): (.*)$", line):
            default, _, comment = found[2].partition(" # ")
            parts.append(f"| `{found[1]}` | `{default.strip()}` | {_cell(comment.strip())} |")
        elif (more := re.match(r" {8,}# ?(.*)$", line)) and parts[-1].endswith(" |"):
            parts[-1] = f"{parts[-1][:-2]} {_cell(more[1])} |"
    return "\n".join(parts) + "\n"


def _text(value: str) -> str:
    return " ".join(value.split())


def _cell(value: str) -> str:
    return _text(value).replace("|", "\\|").replace("<", "&lt;")
