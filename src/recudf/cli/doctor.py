"""`recudf doctor`: what may be wrong, and what to do about it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from recudf.cli import options

if TYPE_CHECKING:
    from recudf.doctor.findings import Finding
    from recudf.settings import EncoderSettings, Settings

COLOURS = {"ok": "green", "note": "yellow", "wrong": "red"}


@click.command(epilog="Example: recudf doctor --database shop.duckdb")
@options.database
@options.schema
@click.option("--vars", "given", metavar="YAML", default="{}", help="The vars that builds get, as for dbt.")
@options.as_json
def doctor(database: Path, schema: str, given: str, as_json: bool) -> None:
    """Look at the installation, the encoder, the file, the inputs and the last build, and say what to do.

    Works before the first build and after it, and changes nothing. Exit code 1: something is wrong.
    """
    from recudf.settings import Settings

    os.environ["HF_HUB_OFFLINE"] = "1"  # before anything that reads it is imported
    variables = _variables(given)
    findings = []
    for finding in examine(database, schema, variables, Settings.from_environment()):
        findings.append(finding)
        if not as_json:
            click.echo(_line(finding))
    bad = sum(finding.level == "wrong" for finding in findings)
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=2, ensure_ascii=False))
    else:
        click.echo(f"{bad} wrong" if bad else "nothing is wrong")
    if bad:
        click.get_current_context().exit(1)


def examine(
    database: Path, schema: str, variables: Mapping[str, Any], settings: Settings
) -> Iterator[Finding]:
    """All findings; what depends on something that is wrong is left out."""
    from recudf.doctor.encoder import encoder
    from recudf.doctor.findings import note
    from recudf.doctor.libraries import libraries
    from recudf.engines.examining import holder

    yield from libraries()
    name, chosen = _encoder(variables, settings)
    of_encoder = list(encoder(chosen, name))
    yield from of_encoder
    if not database.exists():
        yield note("file", f"{database} does not exist", f"run `recudf load DIR --database {database}`")
        return
    of_file = holder(database)
    yield of_file
    if of_file.level != "wrong":
        usable = all(finding.level != "wrong" for finding in of_encoder)
        yield from _examine_content(database, schema, variables, settings, name if usable else None)


def _examine_content(
    database: Path, schema: str, variables: Mapping[str, Any], settings: Settings, encoder: str | None
) -> Iterator[Finding]:
    """encoder: its name; None where it cannot be used."""
    from recudf import __version__
    from recudf.doctor.machine import memory_bytes, room
    from recudf.engines.beside import FILES_OF_DBT
    from recudf.engines.duckdb import connect, open_database
    from recudf.engines.examining import storage
    from recudf.engines.examining_builds import builds
    from recudf.engines.examining_inputs import extent, mapped_inputs, quality, unknown_characters
    from recudf.settings import LEXICAL

    has_model = encoder not in (None, LEXICAL)  # without, the functions cannot be registered
    opened = connect(database, settings, True) if has_model else open_database(database, read_only=True)
    with opened as connection:
        yield storage(connection)
        inputs, findings = mapped_inputs(connection, variables)
        yield from findings
        yield from quality(connection, inputs)
        size, free = database.stat().st_size, shutil.disk_usage(database.resolve().parent).free
        yield from room(extent(connection, inputs), size, free, size + FILES_OF_DBT, memory_bytes())
        fingerprint = None
        if has_model:
            suffix = "" if encoder == "default" else f"_{encoder}"
            limit = float(variables.get("unknown_share_limit", 0.2))
            yield from unknown_characters(connection, inputs, limit, suffix)
            ((fingerprint,),) = connection.execute(f"select encoder_info{suffix}().fingerprint").fetchall()
        yield from builds(connection, schema, __version__, fingerprint)


def _encoder(variables: Mapping[str, Any], settings: Settings) -> tuple[str, EncoderSettings]:
    """The var `encoder`, and the settings of the encoder that it names."""
    from recudf.errors import ParameterError
    from recudf.settings import LEXICAL

    name = str(variables.get("encoder", "default"))
    if name in ("default", LEXICAL):
        return name, settings.encoder
    found = dict(settings.encoders).get(name)
    if found is None:
        known = ", ".join(["default", LEXICAL, *(alias for alias, _ in settings.encoders)])
        raise ParameterError(f"the var encoder is {name!r}: known here are {known}")
    return name, found


def _variables(given: str) -> dict[str, Any]:
    """Those of the dbt project in the working directory, and those given, which win."""
    import yaml

    from recudf.cli.project import declared_variables
    from recudf.errors import ParameterError

    try:
        variables = yaml.safe_load(given) or {}
    except yaml.YAMLError:
        variables = None
    if not isinstance(variables, dict):
        raise ParameterError(f"--vars is {given!r}: give a mapping, as '{{encoder: lexical}}'")
    return {**declared_variables(), **variables}


def _line(finding: Finding) -> str:
    level = click.style(f"{finding.level:<5}", fg=COLOURS.get(finding.level))
    line = f"{level}  {finding.check}: {finding.found}"
    return f"{line}\n         -> {finding.remedy}" if finding.remedy else line
