"""Puts the page together: HTML, style, scripts and data, in one text that needs nothing else."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Mapping
from importlib import resources
from typing import Any

# in the order in which they need each other
SCRIPTS = (
    "dom.js",
    "data.js",
    "theme.js",
    "overview.js",
    "map.js",
    "growth.js",
    "groups.js",
    "interests.js",
    "people.js",
    "quality.js",
    "runs.js",
    "search.js",
    "main.js",
)
CHART = "chart.umd.min.js"  # Chart.js; vendor/chart.js.toml tells its version


def page(data: Mapping[str, Any]) -> str:
    """The report as HTML. data: what `recudf.engines.reports.read_report` returns.

    A browser runs and loads nothing but what stands in it: its policy names the scripts and the style by
    their digests, and allows no connection.
    """
    chart = _read("vendor", CHART).partition("//# sourceMappingURL=")[0]  # which a debugger would look for
    licence = _read("vendor", "LICENSE.md").strip()
    chart = f"/*!\n{licence}\n*/\n{chart}"
    script = "(() => {\n'use strict';\n" + "\n".join(_read("assets", name) for name in SCRIPTS) + "\n})();"
    style = _read("assets", "style.css")
    policy = (
        f"default-src 'none'; script-src {_digest(chart)} {_digest(script)}; style-src {_digest(style)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    parts = {
        "policy": html.escape(policy),
        "title": html.escape(f"{data['about']['database']}: what recudf made of it"),
        "style": style,
        "data": embedded(data),
        "chart": chart,
        "script": script,
    }
    text = _read("assets", "index.html")
    # in one pass, so that nothing in one part is taken for the place of another
    pieces = text.split("{{")
    return pieces[0] + "".join(
        parts[name] + rest for name, _, rest in (piece.partition("}}") for piece in pieces[1:])
    )


def embedded(data: Mapping[str, Any]) -> str:
    """JSON that may stand in a script element of HTML, whatever its texts say."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _read(*path: str) -> str:
    return resources.files("recudf.report").joinpath(*path).read_text(encoding="utf-8")
