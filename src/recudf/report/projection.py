"""A map: vectors of users and items on a plane, by principal components."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Projection:
    """Points n x 2, in a square from -1 to 1, and the share of the variance that the two axes hold."""

    points: NDArray[np.float64]
    explained: float


def project(vectors: NDArray[np.floating]) -> Projection | None:
    """The first two principal components of n vectors, in proportion; None for fewer than three.

    Each axis points to where its coordinate of largest weight grows, so equal vectors give equal maps.
    Vectors that do not differ fall on one point, and explained is 0.
    """
    if len(vectors) < 3:
        return None
    centred = np.asarray(vectors, dtype=np.float64)
    centred = centred - centred.mean(axis=0)
    values, axes = np.linalg.eigh(centred.T @ centred)
    axes = axes[:, ::-1][:, :2]
    largest = np.abs(axes).argmax(axis=0)
    axes = axes * np.sign(axes[largest, np.arange(axes.shape[1])])
    points = np.zeros((len(vectors), 2))
    points[:, : axes.shape[1]] = centred @ axes
    total = float(values.sum())
    if total <= 1e-12:
        return Projection(np.zeros_like(points), 0.0)
    points /= np.abs(points).max()
    return Projection(points, float(values[::-1][:2].sum()) / total)
