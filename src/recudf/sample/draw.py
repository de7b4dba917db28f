"""Chance that is the same on every machine: only PCG64's uniform numbers and exact arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import TypeVar

import numpy as np

T = TypeVar("T")


class Draw:
    """Draws from one seeded stream.

    numpy keeps the stream of uniform numbers, while its other distributions may change between versions and
    depend on the machine's logarithm; so they are built here.
    """

    def __init__(self, seed: int) -> None:
        self._generator = np.random.Generator(np.random.PCG64(seed))

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        """A number from low up to high."""
        return low + (high - low) * float(self._generator.random())

    def below(self, count: int) -> int:
        """A whole number from 0 to count - 1."""
        return int(self._generator.random() * count)

    def chance(self, probability: float) -> bool:
        """True in this share of calls."""
        return float(self._generator.random()) < probability

    def pick(self, values: Sequence[T]) -> T:
        """One of the values, each as likely."""
        return values[self.below(len(values))]

    def weighted(self, weights: Sequence[float]) -> int:
        """A position, as likely as its weight; at least one weight is above 0."""
        sums = list(accumulate(weights))
        target = self.uniform(0.0, sums[-1])
        return next((i for i, total in enumerate(sums) if total > target), len(sums) - 1)

    def shuffled(self, values: Sequence[T]) -> list[T]:
        """The values in random order."""
        result = list(values)
        for i in range(len(result) - 1, 0, -1):
            j = self.below(i + 1)
            result[i], result[j] = result[j], result[i]
        return result
