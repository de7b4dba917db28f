"""What is among dbt's own options, before dbt reads them."""

from __future__ import annotations

from collections.abc import Sequence


def names(dbt_options: Sequence[str]) -> set[str]:
    """The options that are given, without their values."""
    return {option.partition("=")[0] for option in dbt_options}


def last_value(dbt_options: Sequence[str], *options: str) -> str | None:
    """The last value of an option by any of its names: `--name value`, `--name=value` or `-nvalue`."""
    found = None
    for option, following in zip(dbt_options, [*dbt_options, ""][1:], strict=True):
        name, separate, value = option.partition("=")
        if name in options:
            found = value if separate else following
        elif option[:2] in options and not option.startswith("--"):
            found = option[2:]
    return found
