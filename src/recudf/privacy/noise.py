"""Whole numbers with noise: the discrete Laplace (two-sided geometric) mechanism.

Adding noise with P(x) proportional to exp(-|x| / scale) to counts that one person can change by no more than
scale x epsilon in all is epsilon-differentially private (Ghosh, Roughgarden & Sundararajan, SIAM J. Comput.
41, 2012). It is drawn with whole numbers alone, after Canonne, Kamath & Steinke, "The Discrete Gaussian for
Differential Privacy" (NeurIPS 2020), algorithms 1 and 2: no rounding of a float tells what the count was.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from fractions import Fraction

Draw = Callable[[int], int]  # a whole number from 0 to below its argument, each as likely


def noisy_counts(counts: Sequence[int], scale: Fraction, draw: Draw = secrets.randbelow) -> list[int]:
    """Counts, each with noise of its own; below zero is zero. scale: what one person can change / epsilon."""
    return [max(0, count + discrete_laplace(scale, draw)) for count in counts]


def discrete_laplace(scale: Fraction, draw: Draw = secrets.randbelow) -> int:
    """A whole number x with P(x) proportional to exp(-|x| / scale), scale above 0."""
    if scale <= 0:
        raise ValueError(f"scale is {scale}: give a number above 0")
    over, under = scale.numerator, scale.denominator
    while True:
        part = draw(over)
        if not _happens_exp(Fraction(part, over), draw):
            continue
        whole = 0
        while _happens_exp(Fraction(1), draw):
            whole += 1
        size = (part + over * whole) // under
        if draw(2):
            return size
        if size:  # zero has one sign
            return -size


def _happens_exp(exponent: Fraction, draw: Draw) -> bool:
    """True with probability exp(-exponent), exponent from 0 to 1."""
    terms = 1
    while draw(exponent.denominator * terms) < exponent.numerator:
        terms += 1
    return terms % 2 == 1
