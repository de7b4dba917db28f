"""Parameters of a fit: parsed from JSON once, refused by name where they make no sense."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from recudf.errors import ParameterError

Params = TypeVar("Params", bound="FitParams")


@dataclass(frozen=True)
class FitParams:
    """What all parameters of fits share: a frozen class whose fields are the keys of a JSON object."""

    @classmethod
    def parse(cls: type[Params], text: str | None) -> Params:
        """Parameters from a JSON object; NULL means the defaults, and so does a key whose value is null.

        Raises ParameterError for text that is no JSON object, an unknown key, and an impossible value.
        """
        try:
            given = json.loads(text) if text is not None else {}
        except (ValueError, RecursionError):
            given = None
        known = [field.name for field in fields(cls)]
        if not isinstance(given, dict):
            raise ParameterError(
                f'parameters {str(text)[:80]!r} are not a JSON object: write them like {{"{known[0]}": ...}}'
            )
        if unknown := sorted(set(given) - set(known)):
            raise ParameterError(f"unknown parameter {unknown[0]!r}: known are {', '.join(known)}")
        return cls(**{name: value for name, value in given.items() if value is not None})

    def require_whole(self, **least: int) -> None:
        """Raise ParameterError unless each of these is a whole number, at least what is given here."""
        for name, smallest in least.items():
            value: Any = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not smallest <= value < 2**31:
                raise ParameterError(
                    f"{name} is {value!r}: give a whole number from {smallest} to 2147483647"
                )

    def require_numbers(self, *names: str, above_zero: bool = False, instead: str = "") -> None:
        """Raise ParameterError unless each of these is a finite number of at least, or above, 0. instead: a
        word that the caller takes as well."""
        for name in names:
            value: Any = getattr(self, name)
            fits = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
            if not fits or value < 0 or (above_zero and value == 0):
                raise ParameterError(
                    f"{name} is {value!r}: give a number {'above' if above_zero else 'of at least'} 0"
                    + (f", or {instead}" if instead else "")
                )
