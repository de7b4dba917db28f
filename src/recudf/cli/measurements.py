"""Measurements as a person reads them: models beside each other, differences, slices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from recudf.evaluation.measurements import Measurement


def describe(measurements: Sequence[Measurement], split: str, replays: int) -> str:
    """The headline figures, with intervals where they are defined."""
    short, long = min(m.k for m in measurements), max(m.k for m in measurements)
    main = [("ndcg", short), ("recall", long)]
    accuracy = [(metric, short) for metric in ("precision", "map", "mrr", "hit_rate")]
    lists = [
        (metric, short) for metric in ("coverage", "novelty", "diversity", "serendipity", "miscalibration")
    ]
    everybody = [m for m in measurements if m.slice == "all"]
    n_users = max(m.n_users for m in everybody)
    blocks = [
        f"split {split}, {replays} replay{'s' if replays > 1 else ''}, {n_users:,} users; [95 % interval]",
        _block("model", [m for m in everybody if m.baseline == "none"], main, accuracy),
        _block("beyond accuracy", [m for m in everybody if m.baseline == "none"], [], lists),
        _block("difference, paired", [m for m in everybody if m.baseline != "none"], main, []),
        _slices(measurements, short),
        _exposure(measurements, short, "popularity decile "),
        _exposure(measurements, short, "provider "),
    ]
    return "\n\n".join(block for block in blocks if block)


def _block(
    title: str,
    measurements: Sequence[Measurement],
    with_interval: Sequence[tuple[str, int]],
    plain: Sequence[tuple[str, int]],
) -> str:
    """One line per model or pair of models, one column per (metric, k)."""
    cells = {(_name(m), m.metric, m.k): m for m in measurements}
    names = list(dict.fromkeys(_name(m) for m in measurements))
    header = [title, *(f"{metric}@{k}" for metric, k in (*with_interval, *plain))]
    rows = [
        [
            name,
            *(_cell(cells.get((name, *column)), _value_and_interval) for column in with_interval),
            *(_cell(cells.get((name, *column)), _value) for column in plain),
        ]
        for name in names
    ]
    return _aligned([header, *rows]) if rows else ""


def _slices(measurements: Sequence[Measurement], k: int) -> str:
    """One line per model, one column per slice, ndcg."""
    chosen = [
        m
        for m in measurements
        if m.metric == "ndcg" and m.k == k and m.baseline == "none" and m.slice != "all"
    ]
    cells = {(m.model, m.slice): m for m in chosen}
    slices = {m.slice: m.n_users for m in chosen}
    header = [f"ndcg@{k} by slice", *(f"{name} ({n:,} users)" for name, n in slices.items())]
    rows = [
        [model, *(_cell(cells.get((model, name)), _value_and_interval) for name in slices)]
        for model in dict.fromkeys(m.model for m in chosen)
    ]
    return _aligned([header, *rows]) if rows else ""


def _exposure(measurements: Sequence[Measurement], k: int, kind: str) -> str:
    """One line per model, one column per slice of a kind, of which the first ten."""
    chosen = [m for m in measurements if m.metric == "exposure" and m.k == k and m.slice.startswith(kind)]
    cells = {(m.model, m.slice): m for m in chosen}
    slices = list(dict.fromkeys(m.slice for m in chosen))[:10]
    header = [f"exposure@{k}", *slices]
    rows = [
        [model, *(_cell(cells.get((model, name)), _value) for name in slices)]
        for model in dict.fromkeys(m.model for m in chosen)
    ]
    return _aligned([header, *rows]) if rows else ""


def _name(measurement: Measurement) -> str:
    other = "" if measurement.baseline == "none" else f" - {measurement.baseline}"
    return measurement.model + other


def _cell(measurement: Measurement | None, text: Callable[[Measurement], str]) -> str:
    return "" if measurement is None else text(measurement)


def _value(m: Measurement) -> str:
    return f"{m.value:.4f}" if m.baseline == "none" else f"{m.value:+.4f}"


def _value_and_interval(m: Measurement) -> str:
    if m.ci_low is None or m.ci_high is None:
        return _value(m)
    return f"{_value(m)} [{m.ci_low:.4f}, {m.ci_high:.4f}]"


def _aligned(rows: Iterable[Sequence[str]]) -> str:
    rows = list(rows)
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
