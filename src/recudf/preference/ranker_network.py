"""A small network beside a linear score: one layer of rectified units, fitted by the listwise loss.

One layer of them is piecewise linear, so that SQL can say exactly what a feature adds to a score: integrated
gradients (Sundararajan et al., ICML 2017), in the macro `network_parts` of the dbt project.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recudf import interrupts
from recudf.preference.events import Floats
from recudf.preference.ranker_linear import Linear
from recudf.preference.ranker_rows import Ranked
from recudf.preference.threads import one_thread

BATCH = 32  # groups of a step
RATE = 0.02  # of the first step; it falls to nothing along half a cosine
MEMORY = (0.9, 0.999)  # of the means of gradients and of their squares
Single = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Network:
    """linear + sum over units of out x max(0, bias + into . z), z being the features as `linear` scales them.

    into: float64 [f, units]. bias, out: float64 [units]. linear has no intercept.
    """

    linear: Linear
    into: Floats
    bias: Floats
    out: Floats

    def __call__(self, features: Floats) -> Floats:
        """The scores of rows [n, f]."""
        scaled = (features - self.linear.means) / self.linear.deviations
        scores: Floats = (
            scaled @ self.linear.weights + np.maximum(scaled @ self.into + self.bias, 0) @ self.out
        )
        return scores


def fit_network(rows: Ranked, linear: Linear, units: int, l2: float, epochs: int, seed: int) -> Network:
    """From a linear score, by Adam (Kingma & Ba, ICLR 2015) on batches of groups.

    Loss: the mean over groups of the cross-entropy between the softmax of their scores and one mass spread
    over their positives, + l2 / 2 of all squared weights but the biases. Units begin as He et al. (ICCV 2015)
    have them, and their weights in the score near nothing. The same seed gives the same network.
    """
    scaled = ((rows.features - linear.means) / linear.deviations).astype(np.float32)
    draw = np.random.default_rng(seed)
    n_features = scaled.shape[1]
    into = draw.standard_normal((n_features, units)) * np.sqrt(2 / n_features)
    out = draw.standard_normal(units) * 0.1 / np.sqrt(units)
    weights = [part.astype(np.float32) for part in (linear.weights, into, np.zeros(units), out)]
    penalties = (l2, l2, 0.0, l2)
    moments = [(np.zeros_like(part), np.zeros_like(part)) for part in weights]
    n_groups = len(rows.groups)
    steps = epochs * -(-n_groups // BATCH)
    step, since = 0, interrupts.generation()
    with one_thread():
        for _ in range(epochs):
            interrupts.check(since)
            order = draw.permutation(n_groups)
            for first in range(0, n_groups, BATCH):
                step += 1
                slopes = _gradients(scaled, rows, np.sort(order[first : first + BATCH]), weights)
                rate = RATE / 2 * (1 + np.cos(np.pi * step / steps))
                for part, slope, penalty, of in zip(weights, slopes, penalties, moments, strict=True):
                    _descend(part, slope + penalty * part, of, step, rate)
    of_linear, into, bias, out = (part.astype(np.float64) for part in weights)
    return Network(Linear(linear.means, linear.deviations, of_linear, 0.0), into, bias, out)


def _gradients(
    scaled: Single, rows: Ranked, groups: npt.NDArray[np.int64], weights: list[Single]
) -> list[Single]:
    """Of the loss of these groups: by the linear weights, into, bias and out."""
    linear, into, bias, out = weights
    starts, lengths = rows.starts[groups], rows.starts[groups + 1] - rows.starts[groups]
    firsts = np.cumsum(lengths) - lengths
    owners = np.repeat(np.arange(len(groups)), lengths)
    chosen = np.arange(lengths.sum()) + np.repeat(starts - firsts, lengths)
    given, positive = scaled[chosen], rows.positive[chosen].astype(np.float32)
    active = np.maximum(given @ into + bias, 0)
    scores = given @ linear + active @ out
    exponents = np.exp(scores - np.maximum.reduceat(scores, firsts)[owners])
    wanted = positive / np.add.reduceat(positive, firsts)[owners]
    errors = (exponents / np.add.reduceat(exponents, firsts)[owners] - wanted) / np.float32(len(groups))
    back = errors[:, None] * out * (active > 0)
    return [given.T @ errors, given.T @ back, back.sum(axis=0), active.T @ errors]


def _descend(part: Single, slope: Single, of: tuple[Single, Single], step: int, rate: float) -> None:
    """One step of Adam, in place."""
    mean, square = of
    mean += (1 - MEMORY[0]) * (slope - mean)
    square += (1 - MEMORY[1]) * (slope * slope - square)
    part -= rate * (mean / (1 - MEMORY[0] ** step)) / (np.sqrt(square / (1 - MEMORY[1] ** step)) + 1e-8)
