"""Python and the libraries that are installed, beside the ranges that recudf asks for."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator
from importlib import metadata

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from recudf.doctor.findings import Finding, ok, wrong

TOLD = ("duckdb", "dbt-core", "dbt-duckdb", "torch")  # the others only where they do not fit


def libraries() -> Iterator[Finding]:
    """Python, what is TOLD, and every other library that is missing or out of its range."""
    about = metadata.metadata("recudf")
    yield python(platform.python_version(), about["Requires-Python"])
    yield from fitting(metadata.requires("recudf") or [])


def python(version: str, wanted: str) -> Finding:
    """The version of Python beside the range that is wanted."""
    if SpecifierSet(wanted).contains(version, prereleases=True):
        return ok("python", version)
    return wrong(
        "python", f"{version}, and recudf needs {wanted}", "install recudf in a Python of that range"
    )


def fitting(requirements: Iterable[str]) -> Iterator[Finding]:
    """A finding of each requirement that is told or not met; those of extras are left out."""
    for text in requirements:
        requirement = Requirement(text)
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        remedy = f"pip install '{requirement.name}{requirement.specifier}'"
        try:
            version = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            yield wrong(requirement.name, "not installed", remedy)
            continue
        if not requirement.specifier.contains(version, prereleases=True):
            found = f"{version}, and recudf needs {requirement.specifier}"
            yield wrong(requirement.name, found, remedy)
        elif requirement.name in TOLD:
            yield ok(requirement.name, version)
