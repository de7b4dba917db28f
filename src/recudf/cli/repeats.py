"""What a `recudf build` depends on, for `recudf.engines.unchanged`."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from recudf.engines.unchanged import Build, Relation
from recudf.settings import LEXICAL, Settings

# with any other option, such as --select or --full-refresh, a build is not all that it could be, or more
WITHOUT_VALUE = {"--quiet", "-q", "--no-use-colors", "--use-colors", "--fail-fast", "-x"}
WITH_VALUE = {"--vars", "--threads", "--exclude-resource-type", "--log-level"}
MANY_VALUES = {"--exclude-resource-type"}
# what is built and tested depends on these; on the others only what is said, and how fast it goes
DECIDE = ("--vars", "--exclude-resource-type")
CODE = ("recudf", "recudf.udfs", "recudf.sql", "recudf.dbt_project")


def describe(dbt_options: Sequence[str], declared: Mapping[str, Any] | None = None) -> Build | None:
    """What a build with these options depends on; None where that cannot be told from here.

    declared: the vars of a dbt project, which those among the options win over.
    """
    given = None if os.environ.get("DBT_FULL_REFRESH") else _values(dbt_options)
    variables = None if given is None else _variables(given.get("--vars", ["{}"])[-1])
    variables = None if variables is None else {**(declared or {}), **variables}
    reads = None if variables is None else _reads(variables)
    if given is None or variables is None or reads is None:
        return None
    code = tuple(Path(str(resources.files(package))) for package in CODE)
    schema = os.environ.get("RECUDF_SCHEMA") or "recudf"
    options = tuple(text for name in DECIDE if name in given for text in (name, *given[name]))
    settings, encoder = Settings.from_environment(), str(variables.get("encoder", "default"))
    known = {"default", LEXICAL, *(alias for alias, _ in settings.encoders)}
    measured = str(variables.get("evaluation_schema", "recudf_evaluation"))
    return Build(schema, reads, measured, code, options, settings, encoder) if encoder in known else None


def _values(dbt_options: Sequence[str]) -> dict[str, list[str]] | None:
    """The values of each option; None where one is not known."""
    found: dict[str, list[str]] = {}
    rest = list(dbt_options)
    while rest:
        name, given, value = rest.pop(0).partition("=")
        if name in WITHOUT_VALUE and not given:
            continue
        if name not in WITH_VALUE or not (given or rest):
            return None
        values = found.setdefault(name, [])
        values.append(value if given else rest.pop(0))
        while name in MANY_VALUES and rest and not rest[0].startswith("-"):
            values.append(rest.pop(0))
    return found


def _variables(text: str) -> Mapping[str, Any] | None:
    """The vars that a text holds; None where it holds none."""
    try:
        found = yaml.safe_load(text) or {}
    except yaml.YAMLError:
        return None  # dbt says what is wrong
    return found if isinstance(found, Mapping) else None


def _reads(variables: Mapping[str, Any]) -> tuple[Relation | str, ...] | None:
    """Relations that the vars name, and the schema of inputs; None where one is elsewhere."""
    inputs = variables.get("inputs") or {}
    if not isinstance(inputs, Mapping):
        return None
    names = [value.get("relation") if isinstance(value, Mapping) else value for value in inputs.values()]
    names += [variables[name] for name in ("holdout", "evaluation_users") if variables.get(name)]
    relations: list[Relation | str] = []
    for name in names:
        parts = str(name).split(".")
        if len(parts) != 2:
            return None
        relations.append((parts[0], parts[1]))
    return (*relations, str(variables.get("raw_schema", "raw")))
