"""The declaration of a SQL function, and the discovery of those in udfs/.

A function is declared once, here without an engine: its name, its arguments, an Arrow return type and a
kernel that maps one Arrow array per argument to one Arrow array of the same length. Engines register it.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import resources
from typing import Literal

import pyarrow as pa

from recudf.errors import InputError
from recudf.settings import Settings
from recudf.vectors import is_vector_type

Kernel = Callable[..., pa.Array]


@dataclass(frozen=True)
class Argument:
    """One argument of a SQL function.

    type: an Arrow type, to which engines cast; "vector" takes FLOAT[n] or FLOAT[] of any n, "vectors" a
    list of such; both reach the kernel as they are.
    optional: the call may leave it out; the kernel then sees NULLs. Optional arguments come last.
    """

    name: str
    type: pa.DataType | Literal["vector", "vectors"]
    optional: bool = False


@dataclass(frozen=True)
class ScalarFunction:
    """A SQL function: one row in, one value out. NULLs reach the kernel, which says what they mean.

    uses_indexes: the kernel makes or reads indexes; an engine that knows for which statement says so to the
    store of indexes, which keeps them for that long.
    expensive: worth computing once; an engine whose optimiser may evaluate a call twice is told not to.
    """

    name: str
    arguments: tuple[Argument, ...]
    returns: pa.DataType
    kernel: Kernel
    uses_indexes: bool = False
    expensive: bool = False


@dataclass(frozen=True)
class AggregateFunction(ScalarFunction):
    """A SQL aggregate. Its kernel gets, per group, one list<struct> whose fields are the arguments.

    A group without rows arrives as NULL.
    """


Function = ScalarFunction | AggregateFunction


def discover(settings: Settings) -> Iterator[Function]:
    """Every function that the modules of `recudf.udfs` declare, in order of module name.

    A module declares with `declare(settings) -> list[Function]`; its docstring documents the function.
    """
    for module in udf_modules():
        yield from importlib.import_module(module).declare(settings)


def udf_modules() -> list[str]:
    """Names of the modules in udfs/, sorted."""
    package = importlib.import_module("recudf.udfs")
    return sorted(f"{package.__name__}.{info.name}" for info in pkgutil.iter_modules(package.__path__))


def statements(folder: str) -> list[str]:
    """What a folder of sql/ holds: one statement a file, in order of file name."""
    found = (resources.files("recudf.sql") / folder).iterdir()
    files = sorted((f for f in found if f.name.endswith(".sql")), key=lambda f: f.name)
    return [f.read_text(encoding="utf-8") for f in files]


def check_arguments(function: Function, arrays: tuple[pa.Array, ...]) -> None:
    """Raise InputError when an argument's Arrow type does not fit the declaration."""
    for argument, array in zip(function.arguments, arrays, strict=True):
        fits = True
        if argument.type == "vector":
            fits = is_vector_type(array.type)
        elif argument.type == "vectors":
            fits = pa.types.is_null(array.type) or (
                hasattr(array.type, "value_type") and is_vector_type(array.type.value_type)
            )
        if not fits:
            wanted = "FLOAT[n] or FLOAT[]" if argument.type == "vector" else "a list of FLOAT[n] or FLOAT[]"
            raise InputError(f"{function.name}: {argument.name} is of type {array.type}: give {wanted}")
