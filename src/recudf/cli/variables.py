"""What `--vars` gives, before dbt sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import yaml

from recudf.cli.dbt_options import last_value
from recudf.errors import ParameterError

TEMPLATES = ("{{", "{%", "{#")


def refuse_templates(dbt_options: Sequence[str]) -> None:
    """Raise ParameterError for a var whose value dbt would render: what it may read and run is the
    project's to say.

    Values inside of lists and mappings are not rendered, and pass. Vars that are no mapping are dbt's to
    refuse.
    """
    for name, value in given_variables(dbt_options).items():
        if isinstance(value, str) and any(mark in value for mark in TEMPLATES):
            raise ParameterError(
                f"{name} is '{value}': dbt would render it as a template: write the value itself"
            )


def given_variables(dbt_options: Sequence[str]) -> Mapping[str, object]:
    """Those among dbt's options; none where they are no mapping."""
    try:
        found = yaml.safe_load(last_value(dbt_options, "--vars") or "")
    except yaml.YAMLError:
        return {}
    return found if isinstance(found, Mapping) else {}
