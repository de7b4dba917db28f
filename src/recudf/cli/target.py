"""Which target of its profile dbt will take, found as dbt finds it, before dbt is imported."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from recudf.cli.dbt_options import last_value
from recudf.cli.project import own_project, project_directory
from recudf.cli.variables import given_variables


def chosen(dbt_options: Sequence[str]) -> Mapping[str, Any]:
    """The output that the profile has for the target that dbt would take with these options.

    Only its type and method are rendered. Empty where there is none: then dbt says what is wrong.
    """
    from jinja2 import TemplateError

    try:
        return _output(dbt_options)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, yaml.YAMLError, TemplateError):
        return {}


def _output(dbt_options: Sequence[str]) -> Mapping[str, Any]:
    given = last_value(dbt_options, "--project-dir")
    project = Path(given) if given else own_project() or project_directory()
    name = (
        last_value(dbt_options, "--profile")
        or os.environ.get("DBT_PROFILE")
        or _rendered(_read(project / "dbt_project.yml")["profile"], dbt_options)
    )
    profile = _read(_profiles_folder(dbt_options) / "profiles.yml")[name]
    target = (
        last_value(dbt_options, "--target", "-t")
        or os.environ.get("DBT_TARGET")
        or _rendered(profile.get("target", "default"), dbt_options)
    )
    output = profile["outputs"][target]
    return {key: _rendered(output[key], dbt_options) for key in ("type", "method") if key in output}


def _profiles_folder(dbt_options: Sequence[str]) -> Path:
    """Where profiles.yml is: as `recudf.cli.project` tells dbt, which otherwise looks in three places."""
    if given := last_value(dbt_options, "--profiles-dir"):
        return Path(given)
    project = None if last_value(dbt_options, "--project-dir") else own_project()
    if project is None or (project / "profiles.yml").exists():
        return project or project_directory()
    if folder := os.environ.get("DBT_PROFILES_DIR"):
        return Path(folder)
    return Path.cwd() if Path("profiles.yml").exists() else Path.home() / ".dbt"


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _rendered(text: str, dbt_options: Sequence[str]) -> str:
    """A template with the functions that dbt has there: env_var and var."""
    from jinja2.sandbox import SandboxedEnvironment

    def env_var(name: str, default: str | None = None) -> str:
        return os.environ[name] if default is None else os.environ.get(name, default)

    def var(name: str, default: Any = None) -> Any:
        return given_variables(dbt_options).get(name, default)

    return SandboxedEnvironment().from_string(text).render(env_var=env_var, var=var)
